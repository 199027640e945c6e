package io.duetdb.engine.stats;

/**
 * How fast a total grows, for those who ask now and then: the mean since they asked before, if that was at least a
 * second ago, else what they were told then.
 */
public final class GrowthRate {
    private static final long SECOND_NS = 1_000_000_000;

    private boolean begun;
    private long askedNs;
    private long totalThen;
    private double last;

    /** Growth per second of what is {@code total} now. */
    public double perSecond(long nowNs, long total) {
        if (!begun || total < totalThen) {
            begun = true;
            last = 0;
        } else if (nowNs - askedNs < SECOND_NS) {
            return last;
        } else {
            last = (double) (total - totalThen) * SECOND_NS / (nowNs - askedNs);
        }
        askedNs = nowNs;
        totalThen = total;
        return last;
    }
}
