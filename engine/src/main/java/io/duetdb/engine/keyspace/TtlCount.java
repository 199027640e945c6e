package io.duetdb.engine.keyspace;

import io.duetdb.engine.memory.PageMemory;

/**
 * Counts a database's keys with a time to live and sums their deadlines, in the pages beside the table's address, so
 * that views and roll-backs have the figures of their time. The sum is kept in units of 1024 ms: 2^32 keys fit.
 */
final class TtlCount {
    private static final int KEYS = 8;
    private static final int SUM = 16;
    private static final int UNIT_BITS = 10;

    private TtlCount() {}

    static long keys(PageMemory m, long record) {
        return m.getLong(record + KEYS);
    }

    /** Mean ms from {@code nowMs} to the deadlines, not below 0. */
    static long average(PageMemory m, long record, long nowMs) {
        long keys = keys(m, record);
        if (keys == 0) {
            return 0;
        }
        double meanUnits = (double) m.getLong(record + SUM) / keys;
        return Math.max(0, (long) ((meanUnits + 0.5) * (1 << UNIT_BITS)) - nowMs);
    }

    /** A key got a deadline. */
    static void added(PageMemory m, long record, long deadline) {
        m.putLong(record + KEYS, m.getLong(record + KEYS) + 1);
        m.putLong(record + SUM, m.getLong(record + SUM) + (deadline >> UNIT_BITS));
    }

    /** A key lost its deadline, or none if that is {@link Entries#NO_EXPIRE}. */
    static void removed(PageMemory m, long record, long deadline) {
        if (deadline != Entries.NO_EXPIRE) {
            m.putLong(record + KEYS, m.getLong(record + KEYS) - 1);
            m.putLong(record + SUM, m.getLong(record + SUM) - (deadline >> UNIT_BITS));
        }
    }

    static void clear(PageMemory m, long record) {
        m.putLong(record + KEYS, 0);
        m.putLong(record + SUM, 0);
    }
}
