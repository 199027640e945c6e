package io.duetdb.persistence;

import static io.duetdb.persistence.kit.Plan.Trait.FAILING;
import static io.duetdb.persistence.kit.Plan.Trait.HOLES;
import static io.duetdb.persistence.kit.Plan.Trait.LAZY;
import static io.duetdb.persistence.kit.Plan.Trait.RESTARTING;
import static io.duetdb.persistence.kit.Plan.Trait.SNAPSHOTS;
import static io.duetdb.persistence.kit.Plan.Trait.SWITCHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.Plan;
import io.duetdb.persistence.kit.SimLife;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Processes that crash at every call of the system: while they start, append, rotate, rewrite, finish, meet failures. A
 * line of a failing run begins with its seed; {@code -Dduet.seed=...} runs that seed alone.
 */
final class CrashTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int SEEDS = LONG ? 200 : 2;
    private static final int TURNS = 130;

    /** Long.getLong would take -Dduet.seed=08 for an octal number. */
    private static List<Long> seeds(int count) {
        String one = System.getProperty("duet.seed");
        if (one != null && !one.isBlank()) {
            return List.of(Long.parseLong(one));
        }
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= count; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    private static List<Plan> plans(long seed, String policy) {
        Plan plan = Plan.of(seed, policy, TURNS);
        return List.of(
                plan,
                plan.and(LAZY).looking(0.5),
                plan.and(RESTARTING, SWITCHING).looking(0.5),
                plan.and(FAILING, RESTARTING).looking(0.3),
                plan.and(LAZY, FAILING, SWITCHING).looking(0.3),
                plan.and(RESTARTING)
                        .with(
                                "auto-aof-rewrite-percentage=50",
                                "auto-aof-rewrite-min-size=3000",
                                "aof-timestamp-enabled=yes")
                        .looking(0.3),
                plan.and(SNAPSHOTS, RESTARTING).looking(0.5),
                plan.and(SNAPSHOTS, RESTARTING, FAILING, LAZY).looking(0.5));
    }

    @Test
    void atEveryCallACrashLeavesWhatWasAcknowledgedAndNothingThatNeverWas() {
        long began = System.nanoTime();
        long states = 0;
        long starts = 0;
        for (String policy : List.of("always", "everysec", "no")) {
            for (long seed : seeds(policy.equals("no") ? 1 : SEEDS)) {
                for (Plan plan : plans(seed, policy)) {
                    SimLife life = new SimLife(plan).run();
                    states += life.states();
                    starts += life.recoveries();
                }
            }
        }
        System.out.printf(
                "D11: %,d states after crashes, %,d different ones, 0 violations, %.1f s%n",
                states, starts, (System.nanoTime() - began) / 1e9);
        if (System.getProperty("duet.seed") == null) {
            assertThat(states).isGreaterThanOrEqualTo(10_000);
        }
    }

    /**
     * Sectors that are missing in the middle of what was not forced are more than most disks do to an append-only file.
     * They are never taken for data, and what stands before them is kept.
     */
    @Test
    void holesInWhatWasNotForcedAreNeverTakenForData() {
        long states = 0;
        long asked = 0;
        long made = 0;
        for (String policy : List.of("always", "everysec")) {
            for (long seed : seeds(SEEDS)) {
                Plan plan = Plan.of(seed, policy, TURNS).and(HOLES).looking(0.5);
                for (Plan one : List.of(plan, plan.and(LAZY))) {
                    SimLife life = new SimLife(one).run();
                    states += life.states();
                    asked += life.asked();
                    made += life.made();
                }
            }
        }
        System.out.printf(
                "D11, holes: %,d states, %,d starts asked what to keep, %,d took zeros for data%n",
                states, asked, made);
        assertThat(made).isZero();
        assertThat(asked).isLessThanOrEqualTo(states / 100);
    }
}
