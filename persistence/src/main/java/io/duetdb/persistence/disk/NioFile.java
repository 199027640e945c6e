package io.duetdb.persistence.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the host. Bytes pass through a buffer of its own outside the heap: the JDK would else keep one per
 * thread, as large as the largest write that thread ever made.
 *
 * <p>A channel closes when a thread that uses it is interrupted, for everybody, and callers of an embedded instance
 * interrupt theirs as they like. So every call says where in the file it is, and when the channel was closed under it,
 * opens the file anew and does the same again. Who was interrupted still is, afterwards.
 */
final class NioFile implements DiskFile {
    private static final int BUFFER_BYTES = 64 << 10;

    /** One call of the system on the open file. */
    private interface Call {
        long run(FileChannel channel) throws IOException;
    }

    private final Path path;
    private final boolean writes;
    private volatile FileChannel channel;
    private volatile boolean closed;
    private long position;
    private @Nullable ByteBuffer buffer;

    NioFile(Path path, FileChannel channel, boolean writes, long position) {
        this.path = path;
        this.channel = channel;
        this.writes = writes;
        this.position = position;
    }

    @Override
    public int write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, BUFFER_BYTES);
            int taken;
            try {
                taken = writePart(bytes, offset + done, part);
            } catch (IOException e) {
                if (done > 0) {
                    return done; // the next call meets it again
                }
                throw e;
            }
            done += taken;
            if (taken < part) {
                return done;
            }
        }
        return done;
    }

    /** As {@link #steadily}, in one piece because it runs once per turn: nothing is allocated. */
    private int writePart(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer out = buffer();
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                FileChannel present = channel;
                try {
                    out.clear();
                    out.put(bytes, offset, length).flip();
                    int taken = present.write(out, position);
                    position += taken;
                    return taken;
                } catch (ClosedChannelException e) {
                    reopen(present, e);
                } catch (IOException e) {
                    throw new IOException(NioDisk.words(e), e);
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted || Thread.interrupted()) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer in = buffer();
        long at = position;
        int came = (int) steadily(present -> {
            in.clear();
            in.limit(Math.min(length, in.capacity()));
            return present.read(in, at);
        });
        if (came > 0) {
            in.flip();
            in.get(to, offset, came);
            position = at + came;
        }
        return came;
    }

    private ByteBuffer buffer() {
        ByteBuffer present = buffer;
        if (present == null) {
            present = ByteBuffer.allocateDirect(BUFFER_BYTES);
            buffer = present;
        }
        return present;
    }

    @Override
    public void seek(long to) {
        position = to;
    }

    @Override
    public void force() throws IOException {
        steadily(present -> {
            present.force(false);
            return 0;
        });
    }

    @Override
    public void truncate(long size) throws IOException {
        steadily(present -> {
            present.truncate(size);
            return 0;
        });
        position = size;
    }

    @Override
    public long size() throws IOException {
        return steadily(FileChannel::size);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        buffer = null;
        channel.close();
    }

    private long steadily(Call call) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                FileChannel present = channel;
                try {
                    return call.run(present);
                } catch (ClosedChannelException e) {
                    reopen(present, e);
                } catch (IOException e) {
                    throw new IOException(NioDisk.words(e), e);
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    /** Opens the file again, unless another thread did meanwhile, or we closed it ourselves. */
    private synchronized void reopen(FileChannel lost, ClosedChannelException cause) throws IOException {
        if (closed) {
            throw new IOException(path + ": used after it was closed", cause);
        }
        if (channel == lost) {
            boolean interrupted = Thread.interrupted();
            try {
                channel = FileChannel.open(path, writes ? StandardOpenOption.WRITE : StandardOpenOption.READ);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
