package io.duetdb.resp;

import io.duetdb.wire.Output;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Replies of one connection that were not released yet, in pooled direct buffers. Owns no memory while it is empty.
 * Positions count bytes since the connection was opened; the first buffer begins at the released one.
 *
 * <p>What many connections are told stands once for all of them, in a buffer of {@link Broadcast}. A queue may begin with
 * a range of such a buffer; whatever comes behind it is copied into buffers of its own.
 */
final class OutputQueue implements Output {
    private static final int FIRST_BYTES = SpareBuffers.BYTES;

    /**
     * The largest buffer that Netty's allocator keeps for its thread to use again. Larger ones come and go with whole
     * chunks of 4 MB, which the JDK fills with zeros each time.
     */
    private static final int BUFFER_BYTES_MAX = 32 * 1024;

    /** Bytes that wait for the peer from which on it lags behind. */
    private static final int LAGGING_BYTES = 64 * 1024;

    private final ByteBufAllocator allocator;
    private final SpareBuffers spares;
    private @Nullable ByteBuf[] buffers = new @Nullable ByteBuf[2];
    private int count;
    private @Nullable ByteBuf last;
    private long produced;
    private long released;
    private long heldMax;

    /** The range [sharedFrom, sharedTo) of a buffer that others refer to as well; it stands before all of ours. */
    private @Nullable ByteBuf shared;

    private int sharedFrom;
    private int sharedTo;
    private boolean closed;
    private boolean overflowed;

    OutputQueue(ByteBufAllocator allocator, SpareBuffers spares, long heldMax) {
        this.allocator = allocator;
        this.spares = spares;
        this.heldMax = heldMax;
    }

    /** Limits what may wait here; more than that marks the queue as overflowed and is dropped. */
    void heldMax(long bytes) {
        heldMax = bytes;
    }

    /** Whether more was written than may wait: the connection is to be cut off. */
    boolean overflowed() {
        return overflowed;
    }

    /** Bytes written and not released. */
    long held() {
        return produced - released;
    }

    long released() {
        return released;
    }

    @Override
    public long position() {
        return produced;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        produced += length;
        if (closed) {
            return;
        }
        if (produced - released > heldMax) {
            overflow();
            return;
        }
        int at = offset;
        int end = offset + length;
        ByteBuf into = last;
        if (into != null) {
            int n = Math.min(into.writableBytes(), length);
            into.writeBytes(bytes, at, n);
            at += n;
        }
        while (at < end) {
            into = next(end - at);
            if (into == null) {
                overflow();
                return;
            }
            int n = Math.min(into.writableBytes(), end - at);
            into.writeBytes(bytes, at, n);
            at += n;
        }
    }

    /**
     * Appends {@code bytes}, which stand in {@code common} from {@code from} on and are not changed there while anybody
     * refers to it. Nothing is copied where nothing else waits here, or nothing but what stands in front of them there.
     */
    void share(ByteBuf common, int from, byte[] bytes) {
        ByteBuf present = shared;
        if (count > 0 || present != null && (present != common || sharedTo != from)) {
            write(bytes, 0, bytes.length);
            return;
        }
        produced += bytes.length;
        if (closed) {
            return;
        }
        if (produced - released > heldMax) {
            overflow();
            return;
        }
        if (present == null) {
            shared = common.retain();
            sharedFrom = from;
        }
        sharedTo = from + bytes.length;
    }

    @Override
    public void expect(long length) {
        ByteBuf into = last;
        if (!closed && (into == null || into.writableBytes() < Math.min(length, FIRST_BYTES))) {
            if (next((int) Math.min(BUFFER_BYTES_MAX, length)) == null) {
                overflow();
            }
        }
    }

    private @Nullable ByteBuf next(int wanted) {
        ByteBuf before = last;
        int usual = before == null ? FIRST_BYTES : Math.min(BUFFER_BYTES_MAX, before.capacity() * 4);
        ByteBuf buffer;
        try {
            buffer = before == null && wanted <= FIRST_BYTES
                    ? spares.take()
                    : allocator.directBuffer(Math.min(BUFFER_BYTES_MAX, Math.max(wanted, usual)));
        } catch (OutOfMemoryError e) { // direct memory is limited by itself: others may live on
            return null;
        }
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, count * 2);
        }
        buffers[count++] = buffer;
        last = buffer;
        return buffer;
    }

    private void overflow() {
        overflowed = true;
        close();
    }

    @Override
    public void truncate(long position) {
        assert position >= released : "what was released cannot be taken back";
        long surplus = produced - position;
        produced = position;
        while (surplus > 0 && count > 0) {
            ByteBuf buffer = buffers[count - 1];
            if (buffer == null) {
                break;
            }
            int readable = buffer.readableBytes();
            if (readable > surplus) {
                buffer.writerIndex(buffer.writerIndex() - (int) surplus);
                break;
            }
            surplus -= readable;
            buffer.release();
            buffers[--count] = null;
            last = count == 0 ? null : buffers[count - 1];
        }
        if (count == 0 && shared != null) {
            sharedTo = sharedFrom + (int) (produced - released);
            dropIfTaken();
        }
    }

    /** Lets the shared buffer go when nothing of it is ours any more. */
    private void dropIfTaken() {
        ByteBuf common = shared;
        if (common != null && sharedFrom == sharedTo) {
            shared = null;
            common.release();
        }
    }

    /**
     * Hands everything before {@code position} to the channel, without flushing. Returns whether the channel has
     * anything to flush now.
     *
     * @param socket where the bytes may go at once, as nothing waits there before them; or null
     */
    boolean release(long position, ChannelHandlerContext context, ChannelPromise promise, @Nullable Socket socket) {
        if (position <= released || socket != null && writeNow(position, socket)) {
            return false;
        }
        boolean lagging = lagging(context);
        releaseShared(position, context, promise);
        int taken = 0;
        while (taken < count && released < position) {
            ByteBuf buffer = buffers[taken];
            if (buffer == null) {
                break;
            }
            int readable = buffer.readableBytes();
            if (readable > position - released) {
                int n = (int) (position - released);
                released = position;
                context.write(buffer.readRetainedSlice(n), promise);
                break;
            }
            released += readable;
            buffers[taken++] = null;
            context.write(lagging ? fitting(buffer) : buffer, promise);
        }
        if (taken > 0) {
            count -= taken;
            System.arraycopy(buffers, taken, buffers, 0, count);
            Arrays.fill(buffers, count, count + taken, null);
            if (count == 0) {
                last = null;
                if (buffers.length > 16) {
                    buffers = new @Nullable ByteBuf[2];
                }
            }
        }
        released = position;
        return true;
    }

    /** Hands over what is shared, as a copy unless it is most of its buffer: who lags behind would keep all of that. */
    private void releaseShared(long position, ChannelHandlerContext context, ChannelPromise promise) {
        ByteBuf common = shared;
        if (common == null) {
            return;
        }
        int n = (int) Math.min(sharedTo - sharedFrom, position - released);
        ByteBuf slice = common.retainedSlice(sharedFrom, n);
        context.write(2 * n < common.capacity() ? copy(slice) : slice, promise);
        sharedFrom += n;
        released += n;
        dropIfTaken();
    }

    private static boolean lagging(ChannelHandlerContext context) {
        ChannelOutboundBuffer leaving = context.channel().unsafe().outboundBuffer();
        return leaving != null && leaving.totalPendingWriteBytes() > LAGGING_BYTES;
    }

    /**
     * A buffer no larger than what it holds, for a peer that lags behind: its limit counts bytes, and a subscriber who
     * reads nothing of many small messages would otherwise keep several times as much.
     */
    private ByteBuf fitting(ByteBuf buffer) {
        int readable = buffer.readableBytes();
        return buffer.capacity() < 2 * readable ? buffer : copy(buffer);
    }

    /** The same bytes in a buffer that holds nothing else, if there is memory for it; the given one is released then. */
    private ByteBuf copy(ByteBuf buffer) {
        int readable = buffer.readableBytes();
        ByteBuf copy;
        try {
            copy = allocator.directBuffer(readable, readable);
        } catch (OutOfMemoryError e) {
            return buffer;
        }
        copy.writeBytes(buffer);
        buffer.release();
        return copy;
    }

    /**
     * Writes the one buffer, or the shared range, that is released straight to the socket, past Netty's pipeline and its queue of pending
     * writes: one call where there were a dozen, though the gain is within the noise of measuring. Returns whether that
     * was all; what the socket did not take, or any error, is the channel's.
     */
    private boolean writeNow(long position, Socket socket) {
        ByteBuf common = shared;
        if (common != null) {
            return count == 0 && sharedTo - sharedFrom == position - released && writeNow(position, socket, common);
        }
        ByteBuf buffer = buffers[0];
        if (count != 1 || buffer == null || buffer.readableBytes() != position - released) {
            return false;
        }
        int n;
        try {
            n = socket.sendAddress(buffer.memoryAddress(), buffer.readerIndex(), buffer.writerIndex());
        } catch (IOException e) {
            return false; // the channel's own attempt meets it again and closes the connection
        }
        if (n < buffer.readableBytes()) {
            buffer.skipBytes(Math.max(0, n));
            released += Math.max(0, n);
            return false;
        }
        spares.give(buffer);
        buffers[0] = null;
        count = 0;
        last = null;
        released = position;
        return true;
    }

    private boolean writeNow(long position, Socket socket, ByteBuf common) {
        int n;
        try {
            n = Math.max(0, socket.sendAddress(common.memoryAddress(), sharedFrom, sharedTo));
        } catch (IOException e) {
            return false; // as above
        }
        sharedFrom += n;
        released += n;
        dropIfTaken();
        return released == position;
    }

    /** Drops everything, now and in future: the connection is gone. */
    void close() {
        closed = true;
        sharedFrom = sharedTo;
        dropIfTaken();
        for (int i = 0; i < count; i++) {
            ByteBuf buffer = buffers[i];
            if (buffer != null) {
                buffer.release();
                buffers[i] = null;
            }
        }
        count = 0;
        last = null;
    }
}
