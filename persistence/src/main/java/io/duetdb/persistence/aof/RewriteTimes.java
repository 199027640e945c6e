package io.duetdb.persistence.aof;

/**
 * When the append-only file is rewritten without being asked: when it has grown by so much over its size after the last
 * rewrite, and not too soon after failures: after three in a row 1, 2, 4 ... 60 minutes pass between attempts.
 */
final class RewriteTimes {
    private static final int FAILURES_FREE = 3;
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final long PAUSE_MINUTES_MAX = 60;

    private long sizeThen;
    private int failures;
    private long pauseMinutes;
    private long notBeforeNs;

    /** The file had this many bytes when it was rewritten last. */
    void sizeThen(long bytes) {
        sizeThen = bytes;
    }

    /** Bytes when it was rewritten last. */
    long sizeThen() {
        return sizeThen;
    }

    /** Whether it is time: the file has {@code bytes}, and may grow by so many percent above {@code minimum} bytes. */
    boolean due(long bytes, long percentage, long minimum, long nowNs) {
        if (percentage <= 0 || bytes <= minimum || pauseMinutes > 0 && notBeforeNs - nowNs > 0) {
            return false;
        }
        long from = Math.max(1, sizeThen);
        return (double) bytes * 100 / from - 100 >= percentage;
    }

    /** A rewrite has succeeded. */
    void succeeded() {
        failures = 0;
        pauseMinutes = 0;
    }

    /** A rewrite has failed. */
    void failed(long nowNs) {
        failures++;
        if (failures >= FAILURES_FREE) {
            pauseMinutes = pauseMinutes == 0 ? 1 : Math.min(PAUSE_MINUTES_MAX, 2 * pauseMinutes);
        }
        notBeforeNs = nowNs + pauseMinutes * MINUTE_NS;
    }

    /** Failures in a row. */
    int failures() {
        return failures;
    }
}
