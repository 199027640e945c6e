package io.duetdb.persistence.tool;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection to a running server that speaks RESP2. Who waits, waits on its own thread. */
public interface RemoteRedis extends Closeable {
    /** An error that the server answered: its line. */
    record Failure(String line) {}

    /** Who answers, for people: {@code host:port}. */
    String name();

    /** Sends a request, at the latest when an answer is asked for. */
    void send(byte[]... request) throws IOException;

    /** The next answer: Long, String (a status), byte[], List of these, null, or {@link Failure}. */
    @Nullable
    Object receive() throws IOException;
}
