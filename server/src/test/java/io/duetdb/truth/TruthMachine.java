package io.duetdb.truth;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.commands.Families;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Long series of random commands to both sides. Every few thousand commands both begin anew, so a failure's history is
 * short; it is a list of steps that can be run again, which is what the shrinker does.
 */
final class TruthMachine {
    private static final int EPOCH = 4_000;

    private final long seed;
    private final PlantedBugs.@Nullable Bug bug;
    private final Grammar grammar;
    private final Set<String> newer;
    private final Differences differences = new Differences();
    private final Tally tally = new Tally();
    private final Random random;

    /** A machine whose Duet has a planted bug, or none. */
    TruthMachine(long seed, PlantedBugs.@Nullable Bug bug) throws Exception {
        this.seed = seed;
        this.bug = bug;
        random = new Random(~seed);
        List<String> names = new ArrayList<>();
        for (Command command : Families.table().byId()) {
            names.add(command.name());
        }
        try (Comparison probe = new Comparison(Step::text, differences, null)) {
            newer = probe.unknownToRedis(names);
            grammar = new Grammar(seed, Families.table(), newer, probe.commonSettings());
        }
    }

    /** A failure: the steps since both began, the last of which differs. */
    record Failure(long seed, List<Step> steps, boolean exactTimes, Comparison.Difference difference) {}

    /** Runs that many commands; the first failure, or null. */
    @Nullable
    Failure run(long commands) throws Exception {
        for (int epoch = 0; tally.total() < commands; epoch++) {
            Failure failure = epoch(Math.min(EPOCH, commands - tally.total()), epoch % 2 == 1);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /** Runs that many commands, whatever differs; one failure of each kind, at most {@code max}. */
    List<Failure> survey(long commands, int max) throws Exception {
        Map<String, Failure> found = new LinkedHashMap<>();
        for (int epoch = 0; tally.total() < commands && found.size() < max; epoch++) {
            Failure failure = epoch(Math.min(EPOCH, commands - tally.total()), epoch % 2 == 1);
            if (failure != null) {
                found.merge(
                        grammar.name(failure.difference().step())
                                + failure.difference().kind(),
                        failure,
                        (a, b) -> a.steps().size() <= b.steps().size() ? a : b);
            }
        }
        return new ArrayList<>(found.values());
    }

    private @Nullable Failure epoch(long commands, boolean exactTimes) throws Exception {
        List<Step> history = new ArrayList<>();
        grammar.relativeTimes(!exactTimes);
        try (Comparison comparison = open(exactTimes)) {
            comparison.listener(this::replied);
            long end = tally.total() + commands;
            List<Step> batch = greetings();
            while (true) {
                Comparison.Difference difference = comparison.run(batch);
                history.addAll(batch);
                if (difference != null) {
                    int at = history.indexOf(difference.step());
                    return new Failure(seed, history.subList(0, at + 1), exactTimes, difference);
                }
                if (tally.total() >= end) {
                    return null;
                }
                int size = random.nextInt(100) < 60 ? 20 + random.nextInt(120) : 1 + random.nextInt(8);
                batch = grammar.batch(random.nextInt(Comparison.CLIENTS), size);
            }
        }
    }

    /** The odd clients speak RESP3. */
    private static List<Step> greetings() {
        List<Step> steps = new ArrayList<>();
        for (int client = 1; client < Comparison.CLIENTS; client += 2) {
            steps.add(Step.line(client, "HELLO 3"));
        }
        return steps;
    }

    /** Both sides, freshly started, with this machine's bug and lists. */
    Comparison open(boolean exactTimes) throws Exception {
        Comparison comparison = new Comparison(grammar::name, differences, bug);
        comparison.newer(newer);
        comparison.exactTimes(exactTimes);
        return comparison;
    }

    private void replied(Step step, String command, Frame theirs) {
        if (grammar.looks(step)) {
            tally.countLook(command, theirs);
            return;
        }
        grammar.ended(command, theirs.isError());
        tally.count(step, command, theirs, grammar.optionsOrNone(command));
    }

    Tally tally() {
        return tally;
    }

    Grammar grammar() {
        return grammar;
    }

    Differences differences() {
        return differences;
    }

    /** Commands that are held against rules because redis-server lacks them. */
    Set<String> newer() {
        return newer;
    }
}
