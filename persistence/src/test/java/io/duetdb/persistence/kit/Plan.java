package io.duetdb.persistence.kit;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a {@link SimLife} is made of.
 *
 * @param seed all of its chance
 * @param policy appendfsync at each start
 * @param turns number of events
 * @param traits what may happen besides
 * @param share how many of the calls are looked at, 1 = all
 * @param settings further settings
 */
public record Plan(long seed, String policy, int turns, Set<Trait> traits, double share, List<String> settings) {
    /** Workers run at once, nothing fails, every call is looked at. */
    public static Plan of(long seed, String policy, int turns) {
        return new Plan(seed, policy, turns, EnumSet.noneOf(Trait.class), 1, List.of());
    }

    /** With more that may happen. */
    public Plan and(Trait... more) {
        Set<Trait> all = EnumSet.copyOf(traits);
        all.addAll(List.of(more));
        return new Plan(seed, policy, turns, all, share, settings);
    }

    /** With so many of the calls looked at. */
    public Plan looking(double value) {
        return new Plan(seed, policy, turns, traits, value, settings);
    }

    /** With settings. */
    public Plan with(String... values) {
        return new Plan(seed, policy, turns, traits, share, List.of(values));
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** What may happen in a life besides. */
    public enum Trait {
        /** Workers run when chance says so, and not at once, so that the second of everysec is not exact. */
        LAZY,
        /** Calls of the system fail. */
        FAILING,
        /** Processes end, or crash, and start again. */
        RESTARTING,
        /** The policy is changed while the process runs. */
        SWITCHING,
        /** There is no append-only file, only snapshots. */
        SNAPSHOTS,
        /** Crashes leave holes in files: what the promise doesn't cover is counted. */
        HOLES
    }
}
