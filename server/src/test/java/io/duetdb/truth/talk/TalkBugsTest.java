package io.duetdb.truth.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The machine proves itself: of the planted bugs it finds at least five in six, each within some thousand steps. */
class TalkBugsTest {
    private static final int STEPS = 3_000;

    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void nearlyAllPlantedBugsAreFound() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        long seed = Long.getLong("duet.seed", 7);
        Set<String> known = TalkMachine.known();
        List<String> table = new ArrayList<>();
        int planted = 0;
        int found = 0;
        for (TalkBugs.Planted bug : TalkBugs.all()) {
            if (!known.containsAll(bug.commands())) {
                table.add(String.format("%-42s left out: %s", bug.name(), bug.commands()));
                continue;
            }
            planted++;
            try (TalkMachine machine = new TalkMachine(seed, bug.make())) {
                machine.grammar().only(bug.topic());
                TalkMachine.Failure failure = machine.run(STEPS);
                found += failure == null ? 0 : 1;
                table.add(
                        String.format("%-42s %s", bug.name(), failure == null ? "NOT FOUND" : found(machine, failure)));
            }
        }
        System.out.println(String.join("\n", table));
        System.out.println(found + " of " + planted + " planted bugs found, seed " + seed);
        assertThat(found)
                .as("bugs found, seed %d:%n%s", seed, String.join("\n", table))
                .isGreaterThanOrEqualTo(planted * 5 / 6);
    }

    private static String found(TalkMachine machine, TalkMachine.Failure failure) {
        String text = failure.difference().act().text();
        return "found after " + machine.steps() + ": " + (text.length() <= 60 ? text : text.substring(0, 60) + "...");
    }
}
