package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP side needs of an engine: its door, seen through whatever the composition root puts in between, such as a
 * lock. All methods but {@link #monotonicNs} are called on the engine's thread.
 */
public interface RestEngine {
    /**
     * Makes a client that gets Upstash's answers where they differ from Redis', as the user that may only read or as the
     * default user. Commands that bring messages are for connections that take them.
     *
     * @throws CommandError when there are too many clients
     */
    Client connect(Connection connection, boolean readOnly);

    /**
     * Executes the first {@code count} commands of {@code batch} in order and returns how many ran. The end of turn that
     * releases their replies must follow.
     */
    int execute(Client client, Argv[] batch, int count);

    /**
     * Queues a command of a transaction for {@link #exec}. Copies it. Returns the error why it can't be queued, or null;
     * what was queued before stays until {@link #exec} or {@link #discard}.
     */
    @Nullable
    CommandError queue(Client client, Argv argv);

    /**
     * Runs what was queued as one: one reply, the array of theirs or an error, or none yet. Returns 0 when the client was
     * closed. The end of turn that releases the reply must follow.
     */
    int exec(Client client);

    /** Forgets what was queued. */
    void discard(Client client);

    /** Forgets a client. */
    void disconnect(Client client);

    /** The offset behind the last effect. */
    long offset();

    /**
     * What callers inside the JVM may touch as well, while they own the engine, is going to be touched: the turn begins,
     * if it has not.
     */
    void begin();

    /** The engine's monotonic time in ns: what streams of events go by. */
    long monotonicNs();

    /** Notes something in the log: a client that is cut off. */
    default void log(String message) {}
}
