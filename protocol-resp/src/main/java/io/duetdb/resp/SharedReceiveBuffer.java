package io.duetdb.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Receives everything into one buffer per loop: it is copied into the query buffer before the next socket is read. Only
 * for transports that read when the buffer is handed out (not io_uring, whose kernel fills buffers later).
 */
final class SharedReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int READS_PER_TURN = 2;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf shared;
    private final int size;

    SharedReceiveBuffer(ByteBufAllocator allocator, int size) {
        super(READS_PER_TURN);
        this.size = size;
        this.allocator = allocator;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's way to supply a handle
    public Handle newHandle() {
        return new SharedHandle();
    }

    /** Gives the buffer back. No read may be under way. */
    void close() {
        ByteBuf buffer = shared;
        if (buffer != null) {
            shared = null;
            buffer.release();
        }
    }

    private final class SharedHandle extends MaxMessageHandle {
        @Override
        public int guess() {
            return size;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator channels) {
            ByteBuf buffer = shared;
            if (buffer == null) {
                buffer = allocator.directBuffer(size, size);
                shared = buffer;
            }
            return buffer.refCnt() == 1 ? buffer.clear().retain() : allocator.directBuffer(size);
        }
    }
}
