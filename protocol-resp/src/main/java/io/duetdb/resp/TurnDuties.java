package io.duetdb.resp;

import io.duetdb.engine.api.Client;
import org.jspecify.annotations.Nullable;

/** What an engine wants done at the end of every turn of the loop. Called while the engine is owned. */
public interface TurnDuties {
    /**
     * Goes on with work that was suspended. Returns a client whose command has ended by it; called again until it returns
     * null.
     */
    @Nullable
    Client resume();

    /** Ends the turn: background work within its budget, effects are written, replies are released. */
    void beforeSleep();

    /** When the next turn is wanted though nothing arrives: 0 at once, -1 not before something does, else in ms. */
    long nextDutyInMs();
}
