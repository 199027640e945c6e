package io.duetdb.rest;

import java.nio.charset.StandardCharsets;

/**
 * The value of {@code upstash-sync-token}: run id (8 bytes), offset (8 bytes), version (1 byte), in base64url. Opaque to
 * clients; it changes with every write.
 */
final class SyncToken {
    /** Characters of a token. */
    static final int LENGTH = 23;

    private static final int VERSION = 1;
    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);

    private final byte[] raw = new byte[18];
    private final byte[] text = new byte[24];
    private long offset = -1;

    /** Tokens of the history {@code runId}. */
    SyncToken(long runId) {
        number(runId, 0);
        raw[16] = VERSION;
    }

    private void number(long value, int at) {
        for (int i = 0; i < 8; i++) {
            raw[at + i] = (byte) (value >>> 56 - 8 * i);
        }
    }

    /** The token for {@code at}, {@link #LENGTH} bytes from 0, valid until the next call. */
    byte[] at(long at) {
        if (at != offset) {
            offset = at;
            number(at, 8);
            for (int i = 0, to = 0; i < 18; i += 3) {
                int bits = (raw[i] & 0xFF) << 16 | (raw[i + 1] & 0xFF) << 8 | (raw[i + 2] & 0xFF);
                text[to++] = DIGITS[bits >>> 18];
                text[to++] = DIGITS[bits >>> 12 & 63];
                text[to++] = DIGITS[bits >>> 6 & 63];
                text[to++] = DIGITS[bits & 63];
            }
        }
        return text;
    }
}
