package io.duetdb.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The truth machine proves itself: of the planted bugs it finds at least nine in ten, each within some thousand commands. */
class PlantedBugsTest {
    private static final int COMMANDS = 16_000;

    @Test
    void nearlyAllPlantedBugsAreFound() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        long seed = Long.getLong("duet.seed", 7);
        Set<String> commands = new TreeSet<>();
        for (Command command : Families.table().commands()) {
            commands.add(command.name());
        }
        List<String> table = new ArrayList<>();
        assertThat(new TruthMachine(seed, null).run(COMMANDS))
                .as("without a bug")
                .isNull();
        int planted = 0;
        int found = 0;
        for (PlantedBugs.Planted bug : PlantedBugs.all()) {
            if (!commands.containsAll(bug.commands())) {
                continue;
            }
            planted++;
            TruthMachine machine = new TruthMachine(seed, bug.bug());
            machine.grammar().only(around(bug));
            TruthMachine.Failure failure = machine.run(COMMANDS);
            found += failure == null ? 0 : 1;
            table.add(String.format(
                    "%-45s %s",
                    bug.name(),
                    failure == null
                            ? "NOT FOUND"
                            : "found after " + machine.tally().total() + ": " + brief(failure)));
        }
        System.out.println(String.join("\n", table));
        System.out.println(found + " of " + planted + " planted bugs found, seed " + seed);
        assertThat(planted).as("bugs planted").isGreaterThanOrEqualTo(20);
        assertThat(found)
                .as("bugs found, seed %d:%n%s", seed, String.join("\n", table))
                .isGreaterThanOrEqualTo(planted * 9 / 10);
    }

    /** The groups of a bug's commands, and with them keys: where one would look for it. */
    private static Set<String> around(PlantedBugs.Planted bug) {
        Set<String> groups = new TreeSet<>(Set.of("GENERIC"));
        for (Command command : Families.table().commands()) {
            if (bug.commands().contains(command.name())) {
                groups.add(command.group().name());
            }
        }
        if (groups.remove("SERVER") || groups.size() == 1) {
            groups.addAll(Set.of("STRING", "SERVER", "CONNECTION"));
        }
        if (bug.name().contains("SORT") || bug.name().contains("a set's")) {
            groups.addAll(Set.of("LIST", "SET"));
        }
        return groups;
    }

    private static String brief(TruthMachine.Failure failure) {
        String text = failure.difference().step().text();
        return text.length() <= 50 ? text : text.substring(0, 50) + "...";
    }
}
