package io.duetdb.truth.talk;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.commands.Families;
import io.duetdb.server.InstanceOptions;
import io.duetdb.truth.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Long conversations of several clients with both sides. Every few hundred steps both begin anew, so a failure's
 * history is short; it is a list of acts that can be done again, which is what the shrinker does.
 */
final class TalkMachine implements AutoCloseable {
    private static final int RUN = 250;

    /** Commands that are left out, by their beginnings, separated by commas: what is being worked on. */
    private static final String WITHOUT = System.getProperty("duet.without", "");

    private final long seed;
    private final @Nullable Supplier<TalkBugs.Bug> bug;
    private final RedisParty redis = new RedisParty();
    private final TalkRules rules = new TalkRules();
    private final Templates templates = new Templates(known());
    private final TalkGrammar grammar;
    private final Tally tally = new Tally();
    private final Notes notes = new Notes(tally);
    private long steps;

    /** A machine whose Duet has a planted bug, or none. */
    TalkMachine(long seed, @Nullable Supplier<TalkBugs.Bug> bug) throws IOException {
        this.seed = seed;
        this.bug = bug;
        grammar = new TalkGrammar(seed, templates);
    }

    /** A failure: what was done since both began, the last of which differs. */
    record Failure(long seed, List<Act> acts, Conversation.Difference difference) {}

    /** The commands that Duet knows, and the setting of events, if it has it. */
    static Set<String> known() {
        Set<String> names = new TreeSet<>();
        for (Command command : Families.table().byId()) {
            names.add(command.name());
        }
        if (InstanceOptions.settings().find("notify-keyspace-events") != null) {
            names.add("config|set|notify-keyspace-events");
            names.add("config|get|notify-keyspace-events");
        }
        for (String beginning : WITHOUT.isEmpty() ? new String[0] : WITHOUT.split(",")) {
            names.removeIf(name -> name.startsWith(beginning));
        }
        return names;
    }

    /** Runs that many steps; the first failure, or null. */
    @Nullable
    Failure run(long count) throws Exception {
        long end = steps + count;
        while (steps < end) {
            Failure failure = conversation(end);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /** Runs that many steps, whatever differs; one failure of each kind, at most {@code max}. */
    List<Failure> survey(long count, int max) throws Exception {
        Map<String, Failure> found = new LinkedHashMap<>();
        long end = steps + count;
        while (steps < end && found.size() < max) {
            Failure failure = conversation(end);
            if (failure != null) {
                found.merge(
                        failure.difference().kind(),
                        failure,
                        (a, b) -> a.acts().size() <= b.acts().size() ? a : b);
            }
        }
        return new ArrayList<>(found.values());
    }

    private @Nullable Failure conversation(long end) throws Exception {
        List<Act> acts = new ArrayList<>();
        try (Conversation conversation = open()) {
            conversation.listener(notes);
            List<Act> first = grammar.begin();
            int count = 0;
            while (steps < end && count < RUN && !conversation.divided()) {
                Act act = count < first.size() ? first.get(count) : grammar.next(conversation);
                acts.add(act);
                Conversation.Difference difference = conversation.run(act);
                if (difference != null) {
                    return new Failure(seed, acts, difference);
                }
                count++;
                steps++;
            }
        }
        return null;
    }

    /** Both sides anew, with this machine's bug and rules. */
    Conversation open() throws Exception {
        return new Conversation(redis, rules, bug == null ? null : bug.get());
    }

    /** Steps so far. */
    long steps() {
        return steps;
    }

    Tally tally() {
        return tally;
    }

    /** The words of a command's syntax that stand for themselves. */
    Set<String> options(String command) {
        return notes.options(command);
    }

    TalkGrammar grammar() {
        return grammar;
    }

    Templates templates() {
        return templates;
    }

    TalkRules rules() {
        return rules;
    }

    @Override
    public void close() throws IOException {
        redis.close();
    }
}
