package io.duetdb.engine.command;

import io.duetdb.engine.api.Propagator;

/** Where effects go and how many went: the logical offset that sync tokens, gates and later replicas count by. */
public final class EffectStream {
    private final Propagator propagator;
    private long offset;
    private long commandOffset;

    public EffectStream(Propagator propagator, long offset) {
        this.propagator = propagator;
        this.offset = offset;
        this.commandOffset = offset;
    }

    Propagator propagator() {
        return propagator;
    }

    /** Number of effects so far. */
    public long offset() {
        return offset;
    }

    /**
     * Where the stream stood behind the last effect that a command had. What came since is time's doing: were it lost, the
     * same keys would be found overdue again.
     */
    public long commandOffset() {
        return commandOffset;
    }

    /** Goes on from an offset that an earlier process reached. */
    public void continueFrom(long reached) {
        offset = reached;
        commandOffset = reached;
    }

    /** Among the effects up to here are some that a command had. */
    void ofCommand() {
        commandOffset = offset;
    }

    long advance(int effects) {
        offset += effects;
        return offset;
    }
}
