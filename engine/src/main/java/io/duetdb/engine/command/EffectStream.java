package io.duetdb.engine.command;

import io.duetdb.engine.api.Propagator;

/** Where effects go and how many went: the logical offset that sync tokens, gates and later replicas count by. */
public final class EffectStream {
    private final Propagator propagator;
    private long offset;

    public EffectStream(Propagator propagator, long offset) {
        this.propagator = propagator;
        this.offset = offset;
    }

    Propagator propagator() {
        return propagator;
    }

    /** Number of effects so far. */
    public long offset() {
        return offset;
    }

    /** Goes on from an offset that an earlier process reached. */
    public void continueFrom(long reached) {
        offset = reached;
    }

    long advance(int effects) {
        offset += effects;
        return offset;
    }
}
