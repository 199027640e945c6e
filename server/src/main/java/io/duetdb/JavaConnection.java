package io.duetdb;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;

/** The connection of a caller inside the JVM: positions count whole replies. Used under the instance's lock. */
final class JavaConnection implements Connection {
    private final ReplyValue reply = new ReplyValue();
    private long taken;
    private long released;
    private boolean ended;

    @Override
    public Reply reply() {
        return reply;
    }

    @Override
    public long produced() {
        return reply.isEmpty() ? taken : taken + 1;
    }

    @Override
    public void release(long position) {
        released = position;
    }

    @Override
    public void closeAfterReply() {
        ended = true;
    }

    @Override
    public void abort() {
        ended = true;
    }

    @Override
    public boolean takesMessages() {
        return false; // a call has one answer
    }

    @Override
    public String remoteAddress() {
        return "";
    }

    @Override
    public String localAddress() {
        return "";
    }

    /** Whether there is a reply, though it may have to wait before it leaves. */
    boolean replied() {
        return !reply.isEmpty();
    }

    /** Whether the reply to the last request is complete and may leave. */
    boolean ready() {
        return released > taken;
    }

    /** Whether the engine or QUIT ended this connection: no further reply comes. */
    boolean ended() {
        return ended;
    }

    /** The reply as a value, see {@link ReplyValue#take}. */
    @org.jspecify.annotations.Nullable
    Object take(boolean raw) {
        taken++;
        return reply.take(raw);
    }
}
