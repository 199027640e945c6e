package io.duetdb.engine.stats;

/** Commands per second: the number that ran in the last whole second. Costs a division per loop turn. */
final class OpsRate {
    private static final long SECOND_NS = 1_000_000_000;

    private long second = Long.MIN_VALUE;
    private long totalAtStart;
    private long lastWhole;

    /** Notes that {@code total} commands have run by now. Returns those of the last whole second. */
    long perSecond(long nowNs, long total) {
        long now = Math.floorDiv(nowNs, SECOND_NS);
        if (now != second) {
            lastWhole = now == second + 1 ? total - totalAtStart : 0;
            second = now;
            totalAtStart = total;
        }
        return lastWhole;
    }

    void reset() {
        second = Long.MIN_VALUE;
        lastWhole = 0;
    }
}
