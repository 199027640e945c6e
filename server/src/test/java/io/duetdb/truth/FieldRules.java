package io.duetdb.truth;

import io.duetdb.truth.NewerRules.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fields with times to live, which 7.0.15 lacks. Each reply is held against the documented codes; after each command the
 * fields lose their times again in Duet, and redis-server's hash becomes what Duet's must be, so that both sides stay
 * alike.
 */
final class FieldRules {
    private static final Set<String> TIMES = Set.of("HTTL", "HPTTL", "HEXPIRETIME", "HPEXPIRETIME", "HPERSIST");
    private static final Set<String> EXPIRES = Set.of("HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HPEXPIREAT");
    private static final Set<String> VALUES = Set.of("HGETDEL", "HGETEX");
    private static final String SET = "HSETEX";

    private final RedisSide redis;
    private final DuetSide duet;

    FieldRules(RedisSide redis, DuetSide duet) {
        this.redis = redis;
        this.duet = duet;
    }

    /** Whether a step is one of these commands. */
    static boolean covers(Step step) {
        String command = step.upper(0);
        return TIMES.contains(command) || EXPIRES.contains(command) || VALUES.contains(command) || command.equals(SET);
    }

    private static Frame run(Side side, Step step, List<String> words) throws Exception {
        return Frame.parse(side.run(step.client(), Step.of(step.client(), words).argv()));
    }

    private static Map<String, String> hash(Side side, Step step) throws Exception {
        Frame all = run(side, step, List.of("HGETALL", step.word(1)));
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i + 1 < all.elements().size(); i += 2) {
            fields.put(all.elements().get(i).text(), all.elements().get(i + 1).text());
        }
        return fields;
    }

    /** The fields that a step names, or null when its form is not plainly right. */
    private static @Nullable List<String> fields(Step step) {
        int at = -1;
        for (int i = 2; i < step.argv().length && at < 0; i++) {
            at = step.upper(i).equals("FIELDS") ? i : -1;
        }
        if (at < 0 || at + 2 >= step.argv().length || !step.word(at + 1).matches("[1-9]")) {
            return null;
        }
        boolean pairs = step.upper(0).equals(SET);
        int count = Integer.parseInt(step.word(at + 1));
        if (step.argv().length != at + 2 + count * (pairs ? 2 : 1) || at > (EXPIRES.contains(step.upper(0)) ? 4 : 2)) {
            return null;
        }
        List<String> fields = new ArrayList<>();
        for (int i = at + 2; i < step.argv().length; i += pairs ? 2 : 1) {
            fields.add(step.word(i));
        }
        return fields;
    }

    /** What Duet must reply. */
    Answer answer(Step step) throws Exception {
        if (step.argv().length < 2) {
            return (ours, reply) -> reply.isError();
        }
        String type = run(redis, step, List.of("TYPE", step.word(1))).text();
        if (!type.equals("hash") && !type.equals("none")) {
            return (ours, reply) -> reply.isError();
        }
        Map<String, String> before = hash(redis, step);
        return (ours, reply) -> {
            try {
                boolean right = right(step, reply, before);
                align(step);
                return right;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private boolean right(Step step, Frame reply, Map<String, String> before) throws Exception {
        List<String> fields = fields(step);
        Map<String, String> expected = new LinkedHashMap<>(before);
        if (fields == null || reply.isError()) {
            // a refusal changes nothing; whether it is right to refuse an expiry depends on its time
            boolean open = fields == null
                    || EXPIRES.contains(step.upper(0))
                    || step.upper(0).equals(SET);
            return open && (!reply.isError() || hash(duet, step).equals(before));
        }
        if (step.upper(0).equals(SET)) {
            for (int i = 0; i < fields.size(); i++) {
                expected.put(fields.get(i), step.word(step.argv().length - 2 * (fields.size() - i) + 1));
            }
            return reply.toString().equals(":1") && hash(duet, step).equals(expected);
        }
        if (!reply.isAggregate() || reply.elements().size() != fields.size()) {
            return before.isEmpty() && reply.isNil();
        }
        for (int i = 0; i < fields.size(); i++) {
            boolean again = fields.subList(0, i).contains(fields.get(i));
            if (!one(step, reply.elements().get(i), fields.get(i), again, expected)) {
                return false;
            }
        }
        return hash(duet, step).equals(expected);
    }

    /** Whether one element of the reply is right; what the command does to the field is done to {@code hash}. */
    private static boolean one(Step step, Frame element, String field, boolean again, Map<String, String> hash) {
        String value = hash.get(field);
        if (VALUES.contains(step.upper(0))) {
            if (step.upper(0).equals("HGETDEL")) {
                hash.remove(field);
            }
            return value == null ? element.isNil() : value.equals(element.text());
        }
        if (value == null) {
            return element.text().equals("-2");
        }
        if (TIMES.contains(step.upper(0))) {
            return element.text().equals("-1"); // no field keeps a time here
        }
        boolean only = step.upper(3).equals("XX") || step.upper(3).equals("GT");
        if (element.text().equals("2")) {
            hash.remove(field);
        }
        boolean timed = again && element.text().matches("[01]"); // by the same command, just now
        return timed || (only ? element.text().equals("0") : element.text().matches("[12]"));
    }

    /** Takes all times from Duet's fields, and gives redis-server the fields that Duet has. */
    private void align(Step step) throws Exception {
        Map<String, String> ours = hash(duet, step);
        Map<String, String> theirs = hash(redis, step);
        for (Map.Entry<String, String> field : ours.entrySet()) {
            run(duet, step, List.of("HPERSIST", step.word(1), "FIELDS", "1", field.getKey()));
            if (!field.getValue().equals(theirs.remove(field.getKey()))) {
                run(redis, step, List.of("HSET", step.word(1), field.getKey(), field.getValue()));
            }
        }
        if (!ours.isEmpty()) {
            // a time given and taken again spoils a WATCH on one side only, this on both
            Map.Entry<String, String> field = ours.entrySet().iterator().next();
            List<String> same = List.of("HSET", step.word(1), field.getKey(), field.getValue());
            run(duet, step, same);
            run(redis, step, same);
        }
        if (!theirs.isEmpty()) {
            List<String> words = new ArrayList<>(Arrays.asList("HDEL", step.word(1)));
            words.addAll(theirs.keySet());
            run(redis, step, words);
        }
    }
}
