package io.duetdb.engine.kit;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Propagator;
import java.util.ArrayList;
import java.util.List;

/** A propagator that keeps effects as text and can hold replies back. */
public final class EffectLog implements Propagator {
    private final List<String> effects = new ArrayList<>();
    private final List<Argv> requests = new ArrayList<>();
    private final List<Integer> databases = new ArrayList<>();
    private long safe = Long.MAX_VALUE;
    private boolean listening = true;

    @Override
    public boolean listening() {
        return listening;
    }

    @Override
    public void propagate(int db, Argv effect, long offset) {
        effects.add(effect.toString());
        requests.add(effect.copy());
        databases.add(db);
    }

    @Override
    public void turnEnds(long offset) {}

    @Override
    public long safeOffset() {
        return safe;
    }

    /** Replies that depend on effects beyond {@code offset} are held from now on. */
    public void safeUpTo(long offset) {
        safe = offset;
    }

    /** Listens or not. */
    public void listening(boolean value) {
        listening = value;
    }

    /** The effects since the last call, each as one line. */
    public List<String> take() {
        List<String> taken = List.copyOf(effects);
        effects.clear();
        requests.clear();
        databases.clear();
        return taken;
    }

    /** Copies of the effects since {@link #take}. */
    public List<Argv> requests() {
        return List.copyOf(requests);
    }

    /** Databases of the effects since {@link #take}. */
    public List<Integer> databases() {
        return List.copyOf(databases);
    }
}
