package io.duetdb.engine.kit;

import io.duetdb.engine.api.Clock;
import java.util.concurrent.TimeUnit;

/** A clock that only moves when told to. */
public final class ManualClock implements Clock {
    private long wallUs = 1_700_000_000_000_000L;
    private long monotonicNs = 1_000_000_000L;
    private long tickNs;

    @Override
    public long wallUs() {
        return wallUs;
    }

    @Override
    public long monotonicNs() {
        monotonicNs += tickNs;
        return monotonicNs;
    }

    /** Lets every reading of the monotonic clock be so much later than the one before: what runs in between takes time. */
    public ManualClock ticking(long ns) {
        tickNs = ns;
        return this;
    }

    /** Moves wall and monotonic time on. */
    public void advance(long amount, TimeUnit unit) {
        wallUs += unit.toMicros(amount);
        monotonicNs += unit.toNanos(amount);
    }

    /** Sets the host's clock: wall time jumps, monotonic time does not. */
    public void jumpTo(long wallMs) {
        wallUs = wallMs * 1000;
    }

    /** Wall time in ms since the epoch. */
    public long nowMs() {
        return wallUs / 1000;
    }
}
