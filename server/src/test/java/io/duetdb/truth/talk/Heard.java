package io.duetdb.truth.talk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the clients of one side got in one step.
 *
 * @param bytes by client, in the order in which they came
 * @param gone by client, whether its connection has ended
 */
record Heard(byte[][] bytes, boolean[] gone) {

    /** What a client got, a character per byte. */
    String text(int client) {
        return new String(bytes[client], StandardCharsets.ISO_8859_1);
    }

    /** Whether a client of both sides got the same and is as alive. */
    boolean same(Heard other, int client) {
        return gone[client] == other.gone[client] && Arrays.equals(bytes[client], other.bytes[client]);
    }
}
