package io.duetdb.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.kit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random commands, every one Duet has, to Duet and to redis-server: the same replies, byte for byte. The ordinary form
 * takes some seconds, {@code -Dduet.long=true} runs a million commands; {@code -Dduet.commands} and {@code -Dduet.seed}
 * choose,
 * {@code -Dduet.survey=true} goes on after a failure and prints one of each kind.
 */
class TruthTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");

    /** Calls of each command in a million. */
    private static final int CALLS = 2_000;

    /**
     * Commands, or all of a container, that cannot come to 2,000 calls in a million or to a share of errors between 10
     * and 40 %, and why.
     */
    private static final Map<String, String> EXEMPT = Map.ofEntries(
            Map.entry("cluster|", "can only fail: neither side is part of a cluster"),
            Map.entry("readonly", "can only fail: neither side is part of a cluster"),
            Map.entry("readwrite", "can only fail: neither side is part of a cluster"),
            Map.entry("latency|graph", "can only fail: nothing is slow enough to leave a sample"),
            Map.entry("object|freq", "fails for every key: no policy counts accesses"),
            Map.entry("exec", "fails for everybody who has begun no transaction; conversations are another machine's"),
            Map.entry("discard", "fails for everybody who has begun no transaction"),
            Map.entry("flushall", "rare: it empties what the others build"),
            Map.entry("flushdb", "rare: it empties what the others build"),
            Map.entry("swapdb", "rare: it scrambles what the others build"),
            Map.entry("reset", "rare: it ends a client's RESP3"),
            Map.entry("hello", "rare: it changes how all replies of a client are spelled"));

    @Test
    void duetAnswersAsRedisServerDoes() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        long seed = Long.getLong("duet.seed", 1);
        long commands = Long.getLong("duet.commands", LONG ? 1_000_000 : 40_000);
        TruthMachine machine = new TruthMachine(seed, null);
        if (Boolean.getBoolean("duet.survey")) {
            survey(machine, commands);
            return;
        }
        long begin = System.nanoTime();
        TruthMachine.Failure failure = machine.run(commands);
        if (LONG || Long.getLong("duet.commands") != null) {
            System.out.println(machine.tally().report(machine.grammar().names(), machine.grammar()::optionsOrNone));
            System.out.println("accepted differences\n" + machine.differences().report());
            System.out.println("held against rules: " + machine.newer());
            System.out.printf("seed %d, %.1f s%n", seed, (System.nanoTime() - begin) / 1e9);
        }
        if (failure != null) {
            throw new AssertionError("Duet and redis-server differ\n"
                    + failure.difference().text() + "\n" + new Shrinker(machine, failure).shrink());
        }
        assertThat(machine.tally().errorShare()).as("share of errors").isBetween(0.1, 0.4);
        if (commands >= 1_000_000) {
            assertThat(tooFewCallsOrErrors(machine, CALLS)).isEmpty();
        } else if (LONG || Long.getLong("duet.commands") != null) {
            System.out.println(
                    "too few calls or errors: " + tooFewCallsOrErrors(machine, CALLS * commands / 1_000_000));
        }
    }

    /** Prints one failure of each kind, shrunk; for work on the product, not a test. */
    private static void survey(TruthMachine machine, long commands) throws Exception {
        List<TruthMachine.Failure> failures = machine.survey(commands, 60);
        System.out.println(
                failures.size() + " kinds of failures in " + machine.tally().total() + " commands");
        for (TruthMachine.Failure failure : failures) {
            System.out.println("----\n" + new Shrinker(machine, failure).shrink());
        }
    }

    private static boolean exempt(Command command) {
        return EXEMPT.keySet().stream()
                .anyMatch(name -> name.endsWith("|")
                        ? command.name().startsWith(name)
                        : command.name().equals(name));
    }

    private static List<String> tooFewCallsOrErrors(TruthMachine machine, long wanted) {
        List<String> found = new ArrayList<>();
        for (Command command : machine.grammar().commands()) {
            long calls = machine.tally().calls(command.name());
            double errors = machine.tally().errorShare(command.name());
            boolean breakable = command.parent() == null ? command.arity() != -1 : command.arity() != -2;
            boolean share = errors <= 0.4 && (errors >= 0.1 || !breakable);
            if (!exempt(command) && (calls < wanted || !share)) {
                found.add(String.format("%s: %d calls, %.1f %% errors", command, calls, 100 * errors));
            }
        }
        return found;
    }

    @Test
    void theListOfAcceptedDifferencesStaysShort() {
        assertThat(new Differences().lines()).hasSizeLessThanOrEqualTo(Differences.MAX);
    }
}
