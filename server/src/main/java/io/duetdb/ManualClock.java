package io.duetdb;

import io.duetdb.engine.api.Clock;
import java.time.Duration;
import java.time.Instant;

/** Time that stands still until somebody advances it: wall time and monotonic time together. Any thread. */
public final class ManualClock implements Clock {
    private static final long NS_PER_US = 1000;

    private final long startUs;
    private volatile long passedNs;

    /** A clock that shows {@code start}. */
    public ManualClock(Instant start) {
        startUs = Math.addExact(Math.multiplyExact(start.getEpochSecond(), 1_000_000L), start.getNano() / NS_PER_US);
    }

    /** Lets time pass. */
    public synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + by);
        }
        passedNs = Math.addExact(passedNs, by.toNanos());
    }

    @Override
    public long wallUs() {
        return startUs + passedNs / NS_PER_US;
    }

    @Override
    public long monotonicNs() {
        return passedNs;
    }
}
