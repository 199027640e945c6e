package io.duetdb.truth.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import io.duetdb.truth.Tally;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Conversations of several clients with Duet and with redis-server: everybody hears the same, byte for byte. The
 * ordinary form takes some seconds, {@code -Dduet.long=true} runs 200,000 steps; {@code -Dduet.steps} and
 * {@code -Dduet.seed} choose, {@code -Dduet.survey=true} goes on after a failure and prints one of each kind,
 * {@code -Dduet.without=client|tracking,exec} leaves commands out.
 */
class TalkTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int ORDINARY = 20_000;

    /** What must happen in 20,000 steps at least so often, by the command without which it cannot. */
    private static final Map<String, Map<String, Integer>> FLOORS = Map.of(
            "exec",
            Map.of("EXEC done", 100, "EXEC refused for a watched key", 20),
            "publish",
            Map.of("push2 message", 20, "push3 message", 20, "push2 pmessage", 20, "push3 pmessage", 20),
            "spublish",
            Map.of("push2 smessage", 5, "push3 smessage", 5),
            "subscribe",
            Map.of("push2 subscribe", 50, "push3 subscribe", 50, "push3 unsubscribe", 10),
            "blpop",
            Map.of(
                    "waited BLPOP served", 10,
                    "waited BLPOP nil", 5,
                    "waited BLPOP UNBLOCKED", 2,
                    "waited BZPOPMIN served", 4,
                    "waited BLMOVE served", 4,
                    "waited BLMPOP served", 4,
                    "said while waiting", 20,
                    "lapse", 50),
            "client|tracking",
            Map.of("push3 invalidate", 50, "push3 invalidate everything", 5, "push2 invalidate by message", 2),
            "config|set|notify-keyspace-events",
            Map.of("push2 pmessage of event", 20, "push3 pmessage of event", 20, "push3 message of a key", 5),
            "client|kill",
            Map.of("a client gone by another's doing", 20, "left", 50));

    /** Calls of each command in 20,000 steps. */
    private static final int CALLS = 10;

    @Test
    @Timeout(value = 1800, unit = TimeUnit.SECONDS)
    void everybodyHearsWhatRedisServerSays() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        long seed = Long.getLong("duet.seed", 1);
        long steps = Long.getLong("duet.steps", LONG ? 200_000 : ORDINARY);
        try (TalkMachine machine = new TalkMachine(seed, null)) {
            if (Boolean.getBoolean("duet.survey")) {
                survey(machine, steps);
                return;
            }
            long begin = System.nanoTime();
            TalkMachine.Failure failure = machine.run(steps);
            if (LONG || Long.getLong("duet.steps") != null) {
                System.out.println(report(machine));
                System.out.printf("seed %d, %d steps, %.1f s%n", seed, steps, (System.nanoTime() - begin) / 1e9);
            }
            if (failure != null) {
                throw new AssertionError("Duet and redis-server differ\n"
                        + failure.difference().text() + "\n" + new TalkShrinker(machine, failure).shrink());
            }
            assertThat(missed(machine, steps)).as("not reached, seed %d", seed).isEmpty();
        }
    }

    /** Prints one failure of each kind, shrunk; for work on the product, not a test. */
    private static void survey(TalkMachine machine, long steps) throws Exception {
        List<TalkMachine.Failure> failures = machine.survey(steps, 40);
        System.out.println(failures.size() + " kinds of failures in " + machine.steps() + " steps");
        for (TalkMachine.Failure failure : failures) {
            System.out.println(
                    "----\n" + failure.difference().kind() + "\n" + new TalkShrinker(machine, failure).shrink());
        }
        System.out.println(report(machine));
    }

    private static String report(TalkMachine machine) {
        StringBuilder s = new StringBuilder();
        s.append(machine.tally().report(commands(machine), machine::options));
        s.append("rules needed\n");
        machine.rules()
                .rules()
                .forEach((name, rule) -> s.append(String.format(
                        "%8d  %s: %s%n", machine.rules().used().getOrDefault(name, 0L), name, rule.reason())));
        return s.append("left out: ").append(machine.templates().left()).toString();
    }

    /** The commands that are talked about. */
    private static Set<String> commands(TalkMachine machine) {
        Set<String> names = new LinkedHashSet<>();
        for (Templates.Theme theme : Templates.Theme.values()) {
            if (theme != Templates.Theme.ODD) {
                machine.templates().of(theme).forEach(line -> names.add(Templates.name(line.text())));
            }
        }
        return names;
    }

    /** What did not come as often as it must. */
    private static List<String> missed(TalkMachine machine, long steps) {
        List<String> missed = new ArrayList<>();
        if (steps < ORDINARY) {
            return missed;
        }
        Tally tally = machine.tally();
        for (String command : commands(machine)) {
            if (tally.calls(command) < CALLS * steps / ORDINARY) {
                missed.add(command + ": " + tally.calls(command) + " calls");
            }
        }
        Set<String> known = TalkMachine.known();
        FLOORS.forEach((command, floors) -> floors.forEach((what, wanted) -> {
            if (known.contains(command) && tally.noted(what) < wanted * steps / ORDINARY) {
                missed.add(what + ": " + tally.noted(what));
            }
        }));
        return missed;
    }
}
