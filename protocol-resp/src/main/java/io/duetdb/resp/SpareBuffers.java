package io.duetdb.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The first buffers of the {@link OutputQueue}s of one loop. Most turns need one for each connection that was asked
 * something and give it back at their end: a few that are kept spare the allocator's part, 1.7 % of the time of PING in
 * pipelines of 16. Used under the lock of the engine that replies.
 */
final class SpareBuffers {
    /** Bytes of each: the replies of a pipeline of small requests. */
    static final int BYTES = 512;

    private static final int KEPT_MAX = 16;

    private final ByteBufAllocator allocator;
    private final @Nullable ByteBuf[] kept = new @Nullable ByteBuf[KEPT_MAX];
    private int count;
    private boolean closed;

    SpareBuffers(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** An empty buffer. */
    ByteBuf take() {
        ByteBuf buffer = count == 0 ? null : kept[--count];
        return buffer == null ? allocator.directBuffer(BYTES) : buffer;
    }

    /** Takes over a buffer: one of {@link #take}, or any other. It is kept only if nobody else refers to it. */
    void give(ByteBuf buffer) {
        if (closed || count == KEPT_MAX || buffer.capacity() != BYTES || buffer.refCnt() != 1) {
            buffer.release();
        } else {
            kept[count++] = buffer.clear();
        }
    }

    /** Gives all of them back to the allocator; what comes later goes there at once. */
    void close() {
        closed = true;
        while (count > 0) {
            ByteBuf buffer = kept[--count];
            if (buffer != null) {
                buffer.release();
            }
        }
    }
}
