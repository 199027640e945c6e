package io.duetdb.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Receives everything into one buffer per loop: it is copied into the query buffer before the next socket is read. Only
 * for transports that read when the buffer is handed out (not io_uring, whose kernel fills buffers later).
 */
final class SharedReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int READS_PER_TURN = 2;

    private final ByteBuf shared;
    private final int size;

    SharedReceiveBuffer(ByteBufAllocator allocator, int size) {
        super(READS_PER_TURN);
        this.size = size;
        shared = allocator.directBuffer(size, size);
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's way to supply a handle
    public Handle newHandle() {
        return new SharedHandle();
    }

    /** Gives the buffer back. No read may be under way. */
    void close() {
        shared.release();
    }

    private final class SharedHandle extends MaxMessageHandle {
        @Override
        public int guess() {
            return size;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (shared.refCnt() == 1) {
                return shared.clear().retain();
            }
            return allocator.directBuffer(size);
        }
    }
}
