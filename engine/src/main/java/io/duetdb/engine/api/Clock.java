package io.duetdb.engine.api;

/** Where the engine gets its time from. It reads a clock once per loop turn or execution unit, never elsewhere. */
public interface Clock {
    /** Wall time in microseconds since the epoch. May step when the host's clock is set. */
    long wallUs();

    /**
     * {@link #wallUs} at a moment for which the monotonic clock was just read, so that a clock which derives one from
     * the other need not read again.
     */
    default long wallUsAt(long monotonicNs) {
        return wallUs();
    }

    /** Monotonic time in nanoseconds from an arbitrary origin; all intervals are measured with it. */
    long monotonicNs();
}
