package io.duetdb.truth;

import java.util.List;

/** One of the two that are compared: some clients, numbered from 0, each of which gets one reply per command. */
interface Side extends AutoCloseable {
    /** Runs commands of one client as a pipeline. Replies are raw, out-of-band messages left out. */
    List<byte[]> run(int client, List<byte[][]> commands) throws Exception;

    /** Runs one command. */
    default byte[] run(int client, byte[]... argv) throws Exception {
        return run(client, List.<byte[][]>of(argv)).get(0);
    }
}
