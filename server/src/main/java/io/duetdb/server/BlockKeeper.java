package io.duetdb.server;

import io.duetdb.engine.api.BlockSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the next large blocks ready: a helper thread makes them, because touching 4 MiB for the first time takes a
 * millisecond or more that the engine's thread should not spend. Small blocks are made when asked for. The helper starts
 * with the first large block, so that a small instance pays for neither thread nor block; the more an instance has
 * taken, the more is kept ahead, since its data may grow, or be copied beside a view, the faster.
 */
public final class BlockKeeper implements BlockSource, AutoCloseable {
    /** Size of a large block: a whole number of a collector's regions with the array's header. */
    public static final int LARGE = (4 << 20) - 16;

    /** Most blocks kept ahead: 32 MiB. */
    private static final int AHEAD_MAX = 8;

    /** One more block is kept ahead for so many taken. */
    private static final int TAKEN_PER_AHEAD = 4;

    private final long limitBytes;
    private final ArrayBlockingQueue<byte[]> ready = new ArrayBlockingQueue<>(AHEAD_MAX);
    private @Nullable Thread helper;
    private long takenBytes;
    private int takenLarge;
    private volatile int wanted;
    private volatile boolean closed;

    /** A keeper that never holds more than {@code limitBytes}, what it gave away and the blocks ahead together. */
    public BlockKeeper(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Engine's thread. A large block is ready as a rule; when the helper is late, it is made here. */
    @Override
    public byte[] take(int bytes) {
        byte[] block = bytes == LARGE ? ready.poll() : null;
        if (block == null) {
            block = new byte[bytes];
        }
        takenBytes += bytes;
        if (bytes == LARGE && !closed) {
            takenLarge++;
            order();
        }
        return block;
    }

    private void order() {
        long room = (limitBytes - takenBytes) / LARGE;
        wanted = (int) Math.min(room, Math.min(AHEAD_MAX, 1 + takenLarge / TAKEN_PER_AHEAD));
        Thread thread = helper;
        if (thread != null) {
            LockSupport.unpark(thread);
        } else if (wanted > 0) {
            thread = new Thread(this::run, "duet-blocks");
            thread.setDaemon(true);
            helper = thread;
            thread.start();
        }
    }

    private void run() {
        while (!closed) {
            if (ready.size() < wanted) {
                ready.add(new byte[LARGE]);
            } else {
                LockSupport.park(this);
            }
        }
        ready.clear();
    }

    /** The helper thread, or null before the first large block. For tests. */
    @Nullable
    Thread helper() {
        return helper;
    }

    /** The block that is ready next, or null. For tests. */
    byte @Nullable [] ahead() {
        return ready.peek();
    }

    /** Ends the helper and drops the blocks ahead. */
    @Override
    public void close() {
        closed = true;
        Thread thread = helper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        ready.clear();
    }
}
