package io.duetdb.engine.api;

/**
 * Who receives the effects of writes: the append-only file, later replicas. Effects are counted by a logical offset: the
 * number of effects since the engine's birth, one for each command of the stream, whether anybody listens or not.
 */
public interface Propagator {
    /** Listens to nothing, holds nothing back. */
    Propagator NONE = new Propagator() {
        @Override
        public boolean listening() {
            return false;
        }

        @Override
        public void propagate(int db, Argv effect, long offset) {}

        @Override
        public void turnEnds(long offset) {}

        @Override
        public long safeOffset() {
            return Long.MAX_VALUE;
        }
    };

    /** Whether {@link #propagate} wants to be called; asked once per execution unit. */
    boolean listening();

    /**
     * One effect. Called when its outermost execution unit has ended, in order; effects that belong together come
     * between a {@code MULTI} and an {@code EXEC}. {@code effect} is valid during the call only.
     */
    void propagate(int db, Argv effect, long offset);

    /** The loop turn ends: what was propagated is to be written now, before the replies leave. */
    void turnEnds(long offset);

    /** Replies that depend on effects up to this offset may leave. Never decreases. */
    long safeOffset();

    /**
     * Whether writing fails and commands that write are refused. What was executed before and could not be written may
     * stay so for long; so turns in which no command writes are not held by it, though they may have seen it.
     */
    default boolean failing() {
        return false;
    }
}
