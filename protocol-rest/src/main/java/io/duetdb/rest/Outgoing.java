package io.duetdb.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a connection that have not been handed to its socket, and how far the engine's gate lets them go. */
final class Outgoing {
    /*
     * A position counts executions, not bytes: it goes up before the engine runs something for this connection, and what
     * is appended from then on belongs to it. ends[] remembers where in the stream of bytes a position that has not been
     * released ends. So the gate may ask and release at any time, even before a response is composed, and answers that
     * never saw the engine (400, 401) leave with whatever stands before them, or at once.
     */
    private static final int SMALLEST = 1024;
    private static final int SMALLEST_EVENT = 64;

    private final RestServer server;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf waiting;
    private @Nullable Runnable whenAllLeft;
    private long appended;
    private long sent;
    private long position;
    private long released;
    private long[] ends = new long[4];
    private int smallest = SMALLEST;

    Outgoing(RestServer server) {
        this.server = server;
    }

    void context(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** Little pieces are to come, each for itself: they take no more memory than they need, as many may wait unread. */
    void thrifty() {
        smallest = SMALLEST_EVENT;
    }

    /** The present position. */
    long position() {
        return position;
    }

    /** Whether this thread is the one that may write to the socket. */
    boolean mayWrite() {
        ChannelHandlerContext ctx = context;
        return ctx != null && ctx.executor().inEventLoop();
    }

    /** Whether the gate holds nothing of this connection back. */
    boolean allReleased() {
        return released == position;
    }

    /** The engine is about to run something whose reply is appended later. */
    void advance() {
        if (position - released == ends.length) {
            long[] longer = new long[ends.length * 2];
            for (long p = released; p < position; p++) {
                longer[(int) p & (longer.length - 1)] = ends[(int) p & (ends.length - 1)];
            }
            ends = longer;
        }
        ends[(int) position & (ends.length - 1)] = appended;
        position++;
    }

    /** Appends a copy of the bytes. */
    void append(byte[] bytes, int from, int length) {
        ChannelHandlerContext ctx = context;
        if (ctx != null && length > 0) {
            room(ctx, length).writeBytes(bytes, from, length);
            appended += length;
            server.unsent(length);
        }
    }

    /** Appends the readable bytes and releases {@code bytes}. */
    void append(ByteBuf bytes) {
        int length = bytes.readableBytes();
        ChannelHandlerContext ctx = context;
        if (ctx != null && length > 0) {
            room(ctx, length).writeBytes(bytes);
            appended += length;
            server.unsent(length);
        }
        bytes.release();
    }

    private ByteBuf room(ChannelHandlerContext ctx, int length) {
        ByteBuf buffer = waiting;
        if (buffer == null) {
            buffer = ctx.alloc().directBuffer(Math.max(smallest, length));
            waiting = buffer;
        }
        return buffer;
    }

    /** Bytes that wait here. */
    long held() {
        return appended - sent;
    }

    /** Bytes that the socket was handed and has not taken. */
    long queued() {
        ChannelHandlerContext ctx = context;
        ChannelOutboundBuffer leaving =
                ctx == null ? null : ctx.channel().unsafe().outboundBuffer();
        return leaving == null ? 0 : leaving.totalPendingWriteBytes();
    }

    /** Lets everything up to {@code to} leave. */
    void release(long to) {
        if (to > released) {
            released = Math.min(to, position);
            flush();
        }
    }

    /** Hands over to the socket what may leave. */
    void flush() {
        ChannelHandlerContext ctx = context;
        ByteBuf buffer = waiting;
        if (ctx == null) {
            return;
        }
        long until = released == position ? appended : ends[(int) released & (ends.length - 1)];
        if (buffer != null && until > sent) {
            int n = (int) (until - sent);
            ByteBuf bytes = buffer;
            if (n == buffer.readableBytes()) {
                waiting = null;
            } else {
                bytes = buffer.readRetainedSlice(n);
            }
            sent = until;
            server.unsent(-n);
            server.written(n);
            ctx.writeAndFlush(bytes, ctx.voidPromise());
        }
        Runnable then = whenAllLeft;
        if (then != null && sent == appended && released == position) {
            whenAllLeft = null;
            // A write of nothing ends when all before it has been written.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> then.run());
        }
    }

    /** Runs {@code then} once all that was appended has been written to the socket. */
    void whenAllLeft(Runnable then) {
        whenAllLeft = then;
    }

    /** Whether so much waits, here or in the socket, that no more should be made. */
    boolean congested() {
        ChannelHandlerContext ctx = context;
        return ctx != null && (!ctx.channel().isWritable() || appended - sent > Limits.OUTGOING_BYTES);
    }

    /** Forgets everything: the connection is gone. */
    void drop() {
        context = null;
        whenAllLeft = null;
        server.unsent(sent - appended);
        sent = appended;
        ByteBuf buffer = waiting;
        waiting = null;
        if (buffer != null) {
            buffer.release();
        }
    }
}
