package io.duetdb.truth;

import io.duetdb.truth.NewerRules.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Commands that choose by chance: what Duet chose must be there, as often as was asked, and different where that is
 * promised. What Duet's SPOP took is taken from redis-server too, so that both sides stay alike.
 */
final class ChanceRules {
    /** The commands that are held against these rules. */
    static final Set<String> COMMANDS = Set.of("spop", "srandmember", "hrandfield", "zrandmember");

    private final RedisSide redis;

    ChanceRules(RedisSide redis) {
        this.redis = redis;
    }

    /** What Duet must reply; redis-server runs the step, or will do what Duet does. */
    Answer answer(Step step, boolean resp3) throws Exception {
        return step.upper(0).equals("SPOP") ? pop(step, resp3) : choice(step);
    }

    private Frame ask(Step step, String... words) throws Exception {
        return Frame.parse(
                redis.run(step.client(), Step.of(step.client(), List.of(words)).argv()));
    }

    // ---- choosing

    private Answer choice(Step step) throws Exception {
        byte[] theirs = redis.run(step.client(), step.argv());
        Frame their = Frame.parse(theirs);
        if (their.isError()
                || their.isNil()
                || their.isAggregate() && their.elements().isEmpty()) {
            return NewerRules.exactly(theirs);
        }
        Map<String, String> population = population(step);
        boolean different = step.argv().length > 2 && !step.word(2).startsWith("-");
        boolean valued = step.argv().length > 3;
        return (ours, reply) -> {
            List<Frame> leaves = leaves(reply);
            if (reply.kind() != their.kind() || leaves.size() != leaves(their).size() || !sameShape(reply, their)) {
                return false;
            }
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < leaves.size(); i += valued ? 2 : 1) {
                String value = population.get(leaves.get(i).text());
                boolean right = value != null
                        && (seen.add(leaves.get(i).text()) || !different)
                        && (!valued || sameValue(leaves.get(i + 1).text(), value));
                if (!right) {
                    return false;
                }
            }
            return true;
        };
    }

    private static boolean sameShape(Frame ours, Frame theirs) {
        return ours.isAggregate() == theirs.isAggregate()
                && (!ours.isAggregate()
                        || ours.elements().size() == theirs.elements().size());
    }

    private static boolean sameValue(String ours, String theirs) {
        return ours.equals(theirs) || Normalisations.sameNumber(ours, theirs);
    }

    /** What there is to choose from, each with its value or score. */
    private Map<String, String> population(Step step) throws Exception {
        String key = step.word(1);
        boolean pairs = !step.upper(0).startsWith("S");
        Frame all = step.upper(0).startsWith("S")
                ? ask(step, "SMEMBERS", key)
                : step.upper(0).startsWith("H")
                        ? ask(step, "HGETALL", key)
                        : ask(step, "ZRANGE", key, "0", "-1", "WITHSCORES");
        List<Frame> leaves = leaves(all);
        Map<String, String> population = new HashMap<>();
        for (int i = 0; i < leaves.size(); i += pairs ? 2 : 1) {
            population.put(leaves.get(i).text(), pairs ? leaves.get(i + 1).text() : "");
        }
        return population;
    }

    private static List<Frame> leaves(Frame frame) {
        if (!frame.isAggregate()) {
            return List.of(frame);
        }
        List<Frame> leaves = new ArrayList<>();
        frame.elements().forEach(element -> leaves.addAll(leaves(element)));
        return leaves;
    }

    // ---- taking

    private Answer pop(Step step, boolean resp3) throws Exception {
        int n = step.argv().length;
        boolean counted = n == 3;
        if (n != 2 && n != 3 || counted && !isCount(step.word(2))) {
            return NewerRules.exactly(redis.run(step.client(), step.argv()));
        }
        Frame before = ask(step, "SMEMBERS", step.word(1));
        int size = before.isAggregate() ? before.elements().size() : 0;
        int count = counted ? (int) Math.min(size, Long.parseLong(step.word(2))) : 1;
        if (size == 0) {
            return NewerRules.exactly(redis.run(step.client(), step.argv()));
        }
        Set<String> members = new HashSet<>();
        before.elements().forEach(member -> members.add(member.text()));
        char kind = !counted ? '$' : resp3 ? '~' : '*';
        return (ours, reply) -> {
            Set<String> popped = new HashSet<>();
            leaves(reply).forEach(member -> popped.add(member.text()));
            boolean right = reply.kind() == kind
                    && leaves(reply).size() == Math.min(count, size)
                    && popped.size() == Math.min(count, size)
                    && members.containsAll(popped);
            if (right) {
                take(step, popped);
            }
            return right;
        };
    }

    /** Whether a word is a positive number of 64 bits. */
    private static boolean isCount(String word) {
        return word.matches("[1-9][0-9]{0,18}")
                && (word.length() < 19 || word.compareTo(Long.toString(Long.MAX_VALUE)) <= 0);
    }

    private void take(Step step, Set<String> members) {
        List<String> words = new ArrayList<>(List.of("SREM", step.word(1)));
        words.addAll(members);
        try {
            redis.run(
                    step.client(),
                    Arrays.<byte[][]>asList(Step.of(step.client(), words).argv()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
