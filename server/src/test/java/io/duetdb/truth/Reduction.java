package io.duetdb.truth;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing series short (delta debugging): whole steps go, in halves, quarters and so on, as long as what is
 * left still fails in the same way.
 */
public abstract class Reduction<S> {
    private final int attemptsMax;
    private final long until;
    private List<S> steps;
    private int attempts;

    /** Begins with a series that is thought to fail, and gives up after so many attempts or so much time. */
    protected Reduction(List<S> steps, int attemptsMax, long nanos) {
        this.steps = new ArrayList<>(steps);
        this.attemptsMax = attemptsMax;
        until = System.nanoTime() + nanos;
    }

    /** Runs a series anew: its beginning up to the step that fails in the same way, or null. */
    protected abstract @Nullable List<S> failing(List<S> candidate) throws Exception;

    /** The shortest series so far. */
    protected final List<S> steps() {
        return steps;
    }

    /** Runs so far. */
    protected final int attempts() {
        return attempts;
    }

    /** Whether it is time to be content. */
    protected final boolean tired() {
        return attempts > attemptsMax || System.nanoTime() > until;
    }

    /** Whether a series fails in the same way; then it is the shortest so far. */
    protected final boolean differs(List<S> candidate) throws Exception {
        attempts++;
        List<S> failing = failing(candidate);
        if (failing == null) {
            return false;
        }
        steps = new ArrayList<>(failing);
        return true;
    }

    /** Whether the series fails with another step in one place. */
    protected final boolean with(int index, S step) throws Exception {
        List<S> changed = new ArrayList<>(steps);
        changed.set(index, step);
        return differs(changed);
    }

    /** Often the end alone fails. */
    protected final void tail() throws Exception {
        for (int n = 5; n < steps.size() && !tired(); n *= 4) {
            if (differs(steps.subList(steps.size() - n, steps.size()))) {
                return;
            }
        }
    }

    /** Drops what is not needed. */
    protected final void removeSteps() throws Exception {
        for (int size = Math.max(1, steps.size() / 2); ; size /= 2) {
            for (int from = steps.size() - size; from >= 0 && !tired(); from -= size) {
                List<S> rest = new ArrayList<>(steps.subList(0, Math.min(from, steps.size())));
                rest.addAll(steps.subList(Math.min(steps.size(), from + size), steps.size()));
                if (!rest.isEmpty()) {
                    differs(rest);
                }
                from = Math.min(from, steps.size());
            }
            if (size <= 1) {
                return;
            }
        }
    }
}
