package io.duetdb.server;

import io.duetdb.engine.api.Settings;
import io.duetdb.engine.config.EngineSettings;

/**
 * How much of a heap may be data. Memory comes in whole blocks, the later ones of 4 MiB, so a limit is only worth
 * something if the block in which it lies still fits beside everything else: otherwise the JVM would run out of memory
 * where a client should have got an OOM reply.
 */
final class MemoryBudget {
    /** Of the heap's maximum, this share is for data when the setting {@code maxmemory} is 0. */
    static final int PERCENT = 80;

    private static final int CEILING_PERCENT = 95;
    private static final long MIB = 1L << 20;

    /** The young generation, connections' buffers, classes: what a server needs besides data. */
    private static final long OTHER_BYTES = 24 * MIB;

    /** The blocks before the large ones, together. */
    private static final long SMALL_BLOCKS_BYTES = (64L << 10) + (256L << 10) + MIB;

    private static final long LARGE_BLOCK_BYTES = 4 * MIB;

    private MemoryBudget() {}

    /** The limit for data in a heap of at most {@code heapBytes} when none was chosen. */
    static long initialLimit(long heapBytes) {
        return Math.min(heapBytes / 100 * PERCENT, ceiling(heapBytes));
    }

    /** The highest limit that a heap of at most {@code heapBytes} can keep. */
    static long ceiling(long heapBytes) {
        long room = heapBytes / 100 * CEILING_PERCENT - OTHER_BYTES;
        if (room < SMALL_BLOCKS_BYTES) {
            return Math.max(MIB, room / 4); // each block is about four times the one before
        }
        return SMALL_BLOCKS_BYTES + (room - SMALL_BLOCKS_BYTES) / LARGE_BLOCK_BYTES * LARGE_BLOCK_BYTES;
    }

    /** Makes the settings refuse a {@code maxmemory} that the heap cannot keep. */
    static void guard(Settings settings) {
        settings.listen(EngineSettings.MAXMEMORY, changed -> {
            long ceiling = ceiling(Runtime.getRuntime().maxMemory());
            if (changed.number(EngineSettings.MAXMEMORY) > ceiling) {
                throw new IllegalArgumentException(
                        "argument must be at most " + ceiling + ", what the Java heap has room for");
            }
        });
    }

    /**
     * Refuses a start whose {@code maxmemory} the heap cannot keep.
     *
     * @throws StartupException naming what is possible and how to raise it
     */
    static void check(Settings settings) throws StartupException {
        long heap = Runtime.getRuntime().maxMemory();
        long limit = settings.number(EngineSettings.MAXMEMORY);
        if (limit > ceiling(heap)) {
            throw new StartupException("--maxmemory " + limit / MIB + "mb does not fit in a Java heap of " + heap / MIB
                    + "mb; allowed: up to " + ceiling(heap) / MIB + "mb, or give more heap: DUET_HEAP="
                    + (limit * 5 / 4 / MIB + 64) + "m server/bin/duet");
        }
    }
}
