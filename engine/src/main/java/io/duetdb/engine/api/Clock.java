package io.duetdb.engine.api;

/** Where the engine gets its time from. It reads a clock once per loop turn or execution unit, never elsewhere. */
public interface Clock {
    /** Wall time in microseconds since the epoch. May step when the host's clock is set. */
    long wallUs();

    /** Monotonic time in nanoseconds from an arbitrary origin; all intervals are measured with it. */
    long monotonicNs();
}
