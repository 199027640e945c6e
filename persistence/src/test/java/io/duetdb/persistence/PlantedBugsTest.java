package io.duetdb.persistence;

import static io.duetdb.persistence.kit.Plan.Trait.FAILING;
import static io.duetdb.persistence.kit.Plan.Trait.LAZY;
import static io.duetdb.persistence.kit.Plan.Trait.RESTARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.Plan;
import io.duetdb.persistence.kit.PlantedBugs;
import io.duetdb.persistence.kit.PlantedBugs.Bug;
import io.duetdb.persistence.kit.SimLife;
import io.duetdb.persistence.kit.SimLife.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How good the simulation is: of the bugs that are planted in persistence it finds nearly all. */
final class PlantedBugsTest {
    private static final int SEEDS = Boolean.getBoolean("duet.long") ? 40 : 3;
    private static final int MISSED_MAX = 2;

    private static List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (String policy : List.of("always", "everysec")) {
                Plan plan = Plan.of(seed, policy, 100).looking(0.3);
                plans.add(plan.and(RESTARTING));
                plans.add(plan.and(FAILING, RESTARTING));
                plans.add(plan.and(LAZY));
            }
        }
        return plans;
    }

    @Test
    void nearlyEveryPlantedBugIsFound() {
        List<String> missed = new ArrayList<>();
        StringBuilder table = new StringBuilder();
        List<Bug> bugs = PlantedBugs.all();
        for (Bug bug : bugs) {
            String found = find(bug);
            if (found == null) {
                missed.add(bug.what());
            }
            table.append(String.format(Locale.ROOT, "  %-52s %s%n", bug.what(), found == null ? "MISSED" : found));
        }
        System.out.printf("%d of %d planted bugs found:%n%s", bugs.size() - missed.size(), bugs.size(), table);
        assertThat(bugs).hasSizeGreaterThanOrEqualTo(30);
        assertThat(missed).hasSizeLessThanOrEqualTo(MISSED_MAX);
    }

    private static String find(Bug bug) {
        long began = System.nanoTime();
        int lives = 0;
        for (Plan plan : plans()) {
            lives++;
            try {
                new SimLife(plan)
                        .between(bug.disk(), bug.workers(), bug.effects())
                        .run();
            } catch (Violation violation) {
                return String.format(
                        Locale.ROOT,
                        "life %2d, %5.2f s: %s",
                        lives,
                        (System.nanoTime() - began) / 1e9,
                        brief(violation));
            }
        }
        return null;
    }

    private static String brief(Violation violation) {
        String message = violation.getMessage();
        int from = message.indexOf(": ", message.indexOf(" event ")) + 2;
        int to = message.indexOf('\n', from);
        String line = message.substring(from, to < 0 ? message.length() : to);
        return line.length() > 150 ? line.substring(0, 150) + "..." : line;
    }

    @Test
    void withoutABugTheSamePlansFindNothing() {
        for (Plan plan : plans()) {
            new SimLife(plan.looking(0.05)).run(); // the same life, at fewer of whose calls a crash is looked at
        }
    }
}
