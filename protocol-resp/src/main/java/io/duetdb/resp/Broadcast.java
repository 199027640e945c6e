package io.duetdb.resp;

import io.duetdb.engine.api.Message;
import io.duetdb.wire.RespReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Messages to many connections of one protocol version, copied once for all of them: they stand one behind the other in
 * a buffer, and a connection's {@link OutputQueue} that gets several in a row only notes from where to where. A hundred
 * subscribers cost a hundred notes per message instead of a hundred copies, and the kernel copies from memory that is
 * still in the processor's cache.
 *
 * <p>The buffer is filled from its beginning again as soon as no queue refers to it.
 */
final class Broadcast {
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final byte[] NOTHING = {};

    private final ByteBufAllocator allocator;
    private final int version;
    private @Nullable ByteBuf buffer;
    private @Nullable Message latest;
    private byte[] bytes = NOTHING;
    private int from;

    Broadcast(ByteBufAllocator allocator, int version) {
        this.allocator = allocator;
        this.version = version;
    }

    /** Appends a message, which {@code encoder} spells out if nobody has, to what a connection of this version gets. */
    void send(Message message, RespReply encoder, OutputQueue to) {
        if (message != latest) {
            append(message, encoder);
        }
        ByteBuf common = buffer;
        if (common == null) {
            to.write(bytes, 0, bytes.length);
        } else {
            to.share(common, from, bytes);
        }
    }

    private void append(Message message, RespReply encoder) {
        latest = null;
        bytes = encoder.encoded(message, version);
        ByteBuf into = buffer;
        if (into != null && into.refCnt() == 1) {
            into.clear();
        }
        if (into == null || into.writableBytes() < bytes.length) {
            drop();
            into = allocate(Math.max(BUFFER_BYTES, bytes.length));
            buffer = into;
        }
        if (into != null) {
            from = into.writerIndex();
            into.writeBytes(bytes);
        }
        latest = message;
    }

    private @Nullable ByteBuf allocate(int size) {
        try {
            return allocator.directBuffer(size, size);
        } catch (OutOfMemoryError e) { // direct memory is limited by itself: each queue tries, and fails, for its own
            return null;
        }
    }

    private void drop() {
        ByteBuf dropped = buffer;
        if (dropped != null) {
            buffer = null;
            dropped.release(); // lives on as long as queues refer to it
        }
    }

    /** A turn has ended: holds no more than it takes to begin the next. */
    void turnEnded() {
        latest = null;
        bytes = NOTHING;
        ByteBuf present = buffer;
        if (present != null && present.capacity() > BUFFER_BYTES) {
            drop();
        }
    }

    /** Holds nothing any more. */
    void close() {
        turnEnded();
        drop();
    }
}
