package io.duetdb.engine.stats;

import java.util.Arrays;

/**
 * How long one command took: counts by powers of two of nanoseconds, each in eight steps. Less than 1,024 ns is one
 * bucket, more than a second another, as in Redis' LATENCY HISTOGRAM, whose bounds are every eighth of these.
 */
public final class LatencyHistogram {
    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int FIRST_OCTAVE = 10;
    private static final int OCTAVES = 20;

    /** Number of buckets. */
    public static final int BUCKETS = 1 + OCTAVES * STEPS;

    private final long[] counts = new long[BUCKETS];
    private long total;

    /** The bucket of a time: at most {@link #boundNs}, and longer than the bound of the bucket before. */
    public static int bucket(long ns) {
        long below = ns - 1;
        if (below < 1 << FIRST_OCTAVE) {
            return 0;
        }
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(below);
        int step = (int) (below >>> octave - STEP_BITS) & STEPS - 1;
        return Math.min(BUCKETS - 1, 1 + (octave - FIRST_OCTAVE) * STEPS + step);
    }

    /** The longest time of a bucket in ns. */
    static long boundNs(int bucket) {
        if (bucket == 0) {
            return 1 << FIRST_OCTAVE;
        }
        int octave = FIRST_OCTAVE + (bucket - 1) / STEPS;
        return (1L << octave) + ((bucket - 1) % STEPS + 1L << octave - STEP_BITS);
    }

    void add(int bucket, int count) {
        counts[bucket] += count;
        total += count;
    }

    /** Number of times counted. */
    public long total() {
        return total;
    }

    /** Time in ns that a share of calls (0..1) stayed under, as precise as a bucket. */
    public long quantileNs(double share) {
        long wanted = Math.max(1, (long) Math.ceil(total * share));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return boundNs(i);
            }
        }
        return 0;
    }

    /** Number of powers of two that {@link #upTo} knows. */
    public static int levels() {
        return OCTAVES + 1;
    }

    /** Number of times up to a power of two. */
    public long upTo(int level) {
        long sum = 0;
        for (int i = 0; i <= level * STEPS; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** A power of two in µs as Redis shows it: its histogram is exact to 1/128, and shows the upper end. */
    public static long levelUs(int level) {
        long ns = 1L << FIRST_OCTAVE + level;
        return (ns + (ns >> 7) - 1) / 1000;
    }

    void reset() {
        Arrays.fill(counts, 0);
        total = 0;
    }
}
