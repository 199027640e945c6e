package io.duetdb.engine.api;

/** The engine's state of one connected user, as far as a front-end may see it. */
public interface Client {
    /** Unique among all clients of one engine, ascending from 1. */
    long id();

    /** The connection this client was made for. */
    Connection connection();

    /** Whether AUTH or the lack of a password lets this client run ordinary commands. */
    boolean authenticated();

    /** The offset of the last effect this client caused (see {@link Propagator}). */
    long writeOffset();

    /** Whether a command of this client is under way without having replied. */
    default boolean suspended() {
        return false;
    }

    /** Whether this client waits for us and not we for it: for a command under way, for what others do (MONITOR). */
    default boolean waits() {
        return suspended();
    }

    /** Whether no further command will be executed for this client. */
    boolean closing();
}
