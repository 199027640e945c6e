package io.duetdb.server;

import io.duetdb.engine.api.BlockSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the next large block ready: a helper thread makes it, because touching 32 MiB for the first time takes tens of
 * milliseconds that the engine's thread must not spend. Small blocks are made when asked for. The helper starts with the
 * first block of {@link #STARTS_AT} bytes or more, so that a small instance pays for neither thread nor block.
 */
public final class BlockKeeper implements BlockSource, AutoCloseable {
    /** Size of a large block: a whole number of a collector's regions with the array's header. */
    public static final int LARGE = (32 << 20) - 16;

    private static final int STARTS_AT = 4 << 20;

    private final long limitBytes;
    private final AtomicReference<byte @Nullable []> ready = new AtomicReference<>();
    private @Nullable Thread helper;
    private long takenBytes;
    private volatile boolean wanted;
    private volatile boolean closed;

    /** A keeper that never holds more than {@code limitBytes}, what it gave away and the block ahead together. */
    public BlockKeeper(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Engine's thread. A large block is ready as a rule; when the helper is late, it is made here. */
    @Override
    public byte[] take(int bytes) {
        byte[] block = bytes == LARGE ? ready.getAndSet(null) : null;
        if (block == null) {
            block = new byte[bytes];
        }
        takenBytes += bytes;
        if (bytes >= STARTS_AT - 16 && !closed && takenBytes + LARGE <= limitBytes) {
            order();
        }
        return block;
    }

    private void order() {
        wanted = true;
        Thread thread = helper;
        if (thread == null) {
            thread = new Thread(this::run, "duet-blocks");
            thread.setDaemon(true);
            helper = thread;
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            if (wanted && ready.get() == null) {
                wanted = false;
                ready.set(new byte[LARGE]);
            } else {
                LockSupport.park(this);
            }
        }
        ready.set(null);
    }

    /** The helper thread, or null before the first large block. For tests. */
    @Nullable
    Thread helper() {
        return helper;
    }

    /** The block that is ready, or null. For tests. */
    byte @Nullable [] ahead() {
        return ready.get();
    }

    /** Ends the helper and drops the block ahead. */
    @Override
    public void close() {
        closed = true;
        Thread thread = helper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        ready.set(null);
    }
}
