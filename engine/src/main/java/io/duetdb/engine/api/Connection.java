package io.duetdb.engine.api;

/**
 * What a front-end supplies for one connected user: a sink for replies and a way to let them go. All methods are called
 * on the engine's thread.
 *
 * <p>Replies do not leave when they are written. A connection counts what was written since it was opened as a position
 * (bytes, or whole replies for callers inside the JVM); the engine's reply gate says up to which position it may leave.
 * That is how replies wait for the append-only file.
 */
public interface Connection {
    /** The sink for this connection's next reply. Valid until another connection's sink is asked for. */
    Reply reply();

    /** Writes something that the peer did not ask for, behind all that was written before. */
    default void message(Message message) {
        reply().message(message);
    }

    /** The position behind everything written so far. */
    long produced();

    /**
     * Everything before {@code position} may leave now, in one flush. Never called with a smaller position than before.
     * A close that was asked for takes place when all that was produced before it has left.
     */
    void release(long position);

    /**
     * How much may wait for the end of the turn, in units of the position: beyond it the gate lets a client's replies
     * go after each batch, if nothing holds them back. Never, where a connection doesn't say.
     */
    default long leavesEarlyFrom() {
        return Long.MAX_VALUE;
    }

    /** Asks for an orderly end: what was produced up to now still leaves, no further command is taken. */
    void closeAfterReply();

    /** Ends the connection at once, dropping what has not left. */
    void abort();

    /** The peer's address as {@code CLIENT LIST} shows it, {@code ip:port}; empty for callers inside the JVM. */
    String remoteAddress();

    /** Our own end, {@code ip:port}; empty for callers inside the JVM. */
    String localAddress();

    /**
     * What this client's last command waited for has ended: its requests that came meanwhile may run. They are offered
     * to the engine again before the turn ends, never from within this call.
     */
    default void resume() {}

    /** Whether a command of this client may wait for something to happen, for however long (BLPOP). */
    default boolean mayWait() {
        return true;
    }

    /** Whether the peer can take messages it did not ask for, behind a reply or instead of one. */
    default boolean takesMessages() {
        return true;
    }

    /** The socket's number where the transport knows it, otherwise -1. */
    default int descriptor() {
        return -1;
    }

    /** Bytes that arrived and were not executed yet. */
    default long pendingInput() {
        return 0;
    }

    /** Bytes of replies that the peer has not taken yet. */
    default long pendingOutput() {
        return 0;
    }

    /** Whether this client gets messages it did not ask for, so that stricter limits apply to what it leaves unread. */
    default void subscriber(boolean value) {}
}
