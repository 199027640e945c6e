package io.duetdb.server;

import io.duetdb.engine.api.BlockSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the next large blocks ready: a helper thread makes them, because touching 4 MiB for the first time takes a
 * millisecond or more that the engine's thread should not spend; while a view is read, its reader makes them. Small
 * blocks are made when asked for. The helper starts with the first large block, so that a small instance pays for neither
 * thread nor block; the more an instance has taken, the more is kept ahead, since its data may grow, or be copied beside
 * a view, the faster.
 */
public final class BlockKeeper implements BlockSource, AutoCloseable {
    /** Size of a large block: a whole number of a collector's regions with the array's header. */
    public static final int LARGE = (4 << 20) - 16;

    /**
     * Most blocks kept ahead: 64 MiB. In the first moments of the first save of 5 GB under writes 8 were not enough, and
     * the engine's thread made seven more, of 13 ms each; with 16 it made none.
     */
    private static final int AHEAD_MAX = 16;

    /** One more block is kept ahead for so many taken, up to {@link #AHEAD_SOON}. */
    private static final int TAKEN_PER_AHEAD = 4;

    private static final int AHEAD_SOON = 8;

    /** Beyond that, one more for so many. */
    private static final int TAKEN_PER_FURTHER = 64;

    /** Blocks taken since somebody worked ahead, from which on the engine's thread wakes the helper itself. */
    private static final int MISSED_MAX = 2;

    private final long limitBytes;
    private final ArrayBlockingQueue<byte[]> ready = new ArrayBlockingQueue<>(AHEAD_MAX);
    private @Nullable Thread helper;
    private long takenBytes;
    private int takenLarge;
    private volatile int wanted;

    /** Set by two threads; what one of them overwrites only wakes the helper sooner, or later. */
    private volatile int missed = MISSED_MAX;

    private volatile boolean closed;

    @SuppressWarnings("unused") // see make()
    private volatile byte @Nullable [] crumb;

    /** A keeper that never holds more than {@code limitBytes}, what it gave away and the blocks ahead together. */
    public BlockKeeper(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Engine's thread. A large block is ready as a rule; when the helper is late, it is made here. */
    @Override
    public byte[] take(int bytes) {
        byte[] block = bytes == LARGE ? ready.poll() : null;
        if (block == null) {
            block = make(bytes);
        }
        takenBytes += bytes;
        if (bytes == LARGE && !closed) {
            takenLarge++;
            missed = Math.min(MISSED_MAX, missed + 1);
            order();
        }
        return block;
    }

    /**
     * A new block, outside eden where the collector was told to put it there. A thread whose allocation buffer was used up
     * or taken away by a collection gets a new one in eden, with room for what it asks for, however large (HotSpot's
     * ThreadLocalAllocBuffer::compute_size); the first block after each collection went there, and the next collection
     * copied its 4 MiB into memory never touched before: 14 to 22 ms of pause, 2 to 7 without. So something small first,
     * kept in a field lest the compiler leave it out. For a thread that makes much else the launcher has buffers used up
     * to the last bytes (TLABRefillWasteFraction): otherwise the last 1/64 is left, and a block that meets it is in eden.
     */
    private byte[] make(int bytes) {
        crumb = new byte[0];
        return new byte[bytes];
    }

    private void order() {
        long room = (limitBytes - takenBytes) / LARGE;
        int ahead = Math.min(AHEAD_SOON, 1 + takenLarge / TAKEN_PER_AHEAD) + takenLarge / TAKEN_PER_FURTHER;
        wanted = (int) Math.min(room, Math.min(AHEAD_MAX, ahead));
        Thread thread = helper;
        if (thread != null) {
            if (missed >= MISSED_MAX) {
                LockSupport.unpark(thread);
            }
        } else if (wanted > 0) {
            thread = new Thread(this::run, "duet-blocks");
            thread.setDaemon(true);
            helper = thread;
            thread.start();
        }
    }

    private void run() {
        while (!closed) {
            if (!makeOne()) {
                LockSupport.park(this);
            }
        }
        ready.clear();
    }

    /** Makes a block if there are fewer than wanted. Returns whether there were. */
    private synchronized boolean makeOne() {
        if (closed || ready.size() >= wanted) {
            return false;
        }
        ready.add(make(LARGE));
        return true;
    }

    /**
     * Makes a block if one is wanted, in the helper's stead. The kernel puts the helper where it was woken: woken by the
     * engine's thread it stops that in the midst of a turn, for the 5 ms of a block, when another thread has the second
     * core already. 5M keys of 1 KB saved under 20,000 writes a second on two cores: longest turn 7.2 ms before, 1.4
     * ms now (medians of three rounds; 4.3 of redis-server).
     */
    @Override
    public void workAhead() {
        missed = 0;
        makeOne();
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
