package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.aof.Outcome;
import io.duetdb.persistence.disk.Outside;
import org.jspecify.annotations.Nullable;

/** Data on its way from the disk into the engine, in slices of turns. */
public final class Loading {
    private Loading() {}

    /** Finds what is there and begins to load it. */
    public static Loading begin(Outside outside, Engine engine) throws LoadException {
        throw new UnsupportedOperationException();
    }

    /** Goes on until the monotonic clock passes {@code untilNs}, at least by one piece. Returns whether all is done. */
    public boolean step(long untilNs) throws LoadException {
        throw new UnsupportedOperationException();
    }

    /** What was found; once all is done. */
    public Outcome outcome() {
        throw new UnsupportedOperationException();
    }

    /** DEBUG RELOAD: the snapshot again, at once. */
    public static void reload(Outside outside, Engine engine, boolean flush, boolean merge) {
        throw new UnsupportedOperationException();
    }

    /** DEBUG LOADAOF: the append-only file again, at once. */
    public static void reloadAof(Outside outside, Engine engine) {
        throw new UnsupportedOperationException();
    }

    /** The first lines of INFO's section Persistence. */
    public static void info(@Nullable Loading present, Storage.Lines out) {}
}
