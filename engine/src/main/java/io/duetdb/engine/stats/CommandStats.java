package io.duetdb.engine.stats;

import org.jspecify.annotations.Nullable;

/** What INFO commandstats and LATENCY HISTOGRAM show of one command. Times in nanoseconds. */
public final class CommandStats {
    public long calls;
    public long timeNs;
    public long rejected;
    public long failed;
    private @Nullable LatencyHistogram histogram;

    /** Counts calls by their time's bucket. The first one ever makes the histogram. */
    public void took(int bucket, int count) {
        LatencyHistogram h = histogram;
        if (h == null) {
            h = new LatencyHistogram();
            histogram = h;
        }
        h.add(bucket, count);
    }

    /** Times of calls while they were tracked; null when there was none. */
    public @Nullable LatencyHistogram histogram() {
        return histogram == null || histogram.total() == 0 ? null : histogram;
    }

    void reset() {
        calls = 0;
        timeNs = 0;
        rejected = 0;
        failed = 0;
        if (histogram != null) {
            histogram.reset();
        }
    }
}
