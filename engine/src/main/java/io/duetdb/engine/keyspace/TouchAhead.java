package io.duetdb.engine.keyspace;

import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;

/**
 * Loads what several lookups will need before the first of them runs: home slots first, then the entries they name. The
 * loads do not depend on each other, so the processor overlaps their cache misses. A table that the near caches hold is
 * better left alone (see {@link HashTable} for figures), so nothing is done for small ones.
 */
final class TouchAhead {
    /** Keys from which on touching pays: slots and entries of fewer stand in the second-level cache. */
    private static final long KEYS_MIN = 16_384;

    private static final int MAX = 64;

    private final HashTable table;
    private final PageMemory memory;
    private final long[] hashes = new long[MAX];
    private final long[] candidates = new long[MAX];
    private int count;

    /** Keeps the loads from being optimised away. */
    @SuppressWarnings("unused")
    private long blackhole;

    TouchAhead(HashTable table, PageMemory memory) {
        this.table = table;
        this.memory = memory;
    }

    /** Whether the table is large enough. */
    boolean pays() {
        return table.size() >= KEYS_MIN;
    }

    /** Adds a lookup; touches those before it when there are enough. */
    void add(long hash) {
        if (count == MAX) {
            run();
        }
        hashes[count++] = hash;
    }

    /** Touches what was added. */
    void run() {
        int n = count;
        count = 0;
        if (n < 2) {
            return;
        }
        long folded = table.touchAll(hashes, n, candidates);
        for (int i = 0; i < n; i++) {
            long e = candidates[i];
            if (e != 0) {
                folded += memory.getByte(e);
            }
        }
        blackhole = folded;
    }
}
