package io.duetdb.server;

import io.duetdb.engine.api.Clock;

/**
 * The host's time. Wall time has microseconds without allocating: it runs on the monotonic clock and is brought back
 * into the millisecond that the host's wall clock shows once a millisecond has passed, so that it follows when that
 * clock is set. Not oftener, because a turn may serve a single PING, and readings were a twentieth of its time. One
 * instance per thread.
 */
public final class SystemClock implements Clock {
    private static final long US_PER_MS = 1000;
    private static final long NS_PER_MS = 1_000_000;

    private long baseWallUs = System.currentTimeMillis() * US_PER_MS;
    private long baseMonotonicNs = System.nanoTime();
    private long comparedNs = baseMonotonicNs;

    @Override
    public long wallUs() {
        return wallUsAt(System.nanoTime());
    }

    @Override
    public long wallUsAt(long monotonicNs) {
        long wallUs = baseWallUs + (monotonicNs - baseMonotonicNs) / 1000;
        if (monotonicNs - comparedNs < NS_PER_MS) {
            return wallUs;
        }
        comparedNs = monotonicNs;
        long fromUs = System.currentTimeMillis() * US_PER_MS;
        if (wallUs < fromUs || wallUs >= fromUs + US_PER_MS) {
            wallUs = wallUs < fromUs ? fromUs : fromUs + US_PER_MS - 1;
            baseWallUs = wallUs;
            baseMonotonicNs = monotonicNs;
        }
        return wallUs;
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }
}
