package io.duetdb.engine.api;

import org.jspecify.annotations.Nullable;

/**
 * Requests that another server is to run, on their way: begun by {@link Host#errand}, done beside the engine's thread.
 * All methods are called on the engine's thread.
 */
public interface Errand {
    /** Whether the talk with the other server is over, whatever came of it. The host sees to it that a turn follows. */
    boolean ended();

    /** Nobody waits for it any more: the talk is to end soon. What the other server has got it may keep. */
    void abandon();

    /** Whether the other server answered a request, by its number from 0 on, with OK. To be asked when it has ended. */
    boolean accepted(int request);

    /** Why not every request was accepted, the first reason there was; null when all were. */
    @Nullable
    CommandError error();
}
