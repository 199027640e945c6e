package io.duetdb.server;

import io.duetdb.engine.api.Clock;

/**
 * The host's time. Wall time has microseconds without allocating: it runs on the monotonic clock and is kept inside the
 * millisecond that the host's wall clock shows, so that it follows when that clock is set. One instance per thread.
 */
public final class SystemClock implements Clock {
    private static final long US_PER_MS = 1000;

    private long baseWallUs = System.currentTimeMillis() * US_PER_MS;
    private long baseMonotonicNs = System.nanoTime();

    @Override
    public long wallUs() {
        long fromUs = System.currentTimeMillis() * US_PER_MS;
        long nowNs = System.nanoTime();
        long wallUs = baseWallUs + (nowNs - baseMonotonicNs) / 1000;
        if (wallUs < fromUs || wallUs >= fromUs + US_PER_MS) {
            wallUs = wallUs < fromUs ? fromUs : fromUs + US_PER_MS - 1;
            baseWallUs = wallUs;
            baseMonotonicNs = nowNs;
        }
        return wallUs;
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }
}
