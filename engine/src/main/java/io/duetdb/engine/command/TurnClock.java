package io.duetdb.engine.command;

import io.duetdb.engine.api.Clock;

/**
 * Time as the engine sees it: the wall clock is read once per loop turn and moved on by the monotonic clock, which is
 * read between commands anyway; so a command costs one reading at most, and time never steps within a turn.
 */
public final class TurnClock {
    private final Clock clock;
    private final long bornNs;
    private boolean open;
    private long startNs;
    private long lastNs;
    private long wallUs;
    private long carryNs;

    public TurnClock(Clock clock) {
        this.clock = clock;
        this.wallUs = clock.wallUs();
        this.lastNs = clock.monotonicNs();
        this.bornNs = lastNs;
    }

    /** Begins a turn unless one is under way. */
    public void open() {
        if (!open) {
            open = true;
            startNs = clock.monotonicNs();
            wallUs = clock.wallUsAt(startNs);
            lastNs = startNs;
            carryNs = 0;
        }
    }

    /** Whether a turn is under way. */
    public boolean isOpen() {
        return open;
    }

    /** Reads the monotonic clock. Returns the ns since it was last read. */
    public long tick() {
        long now = clock.monotonicNs();
        long passed = now - lastNs;
        lastNs = now;
        long ns = carryNs + passed;
        wallUs += ns / 1000;
        carryNs = ns % 1000;
        return passed;
    }

    /** Ends the turn. Returns its length in ns. */
    public long close() {
        tick();
        open = false;
        return lastNs - startNs;
    }

    /** Wall time at the last reading, µs since the epoch. */
    public long wallUs() {
        return wallUs;
    }

    /** Wall time at the last reading, ms since the epoch. */
    public long wallMs() {
        return wallUs / 1000;
    }

    /** Wall time now, ms since the epoch, whether a turn is under way or not. */
    public long presentMs() {
        return open ? wallMs() : clock.wallUs() / 1000;
    }

    /** Time since this clock was made, in ms, as of the last reading. */
    public long uptimeMs() {
        return (lastNs - bornNs) / 1_000_000;
    }

    /** Monotonic time at the last reading. */
    public long monotonicNs() {
        return lastNs;
    }
}
