package io.duetdb.truth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What redis-server 7.0.15 lacks, as rules over what it has: the state they need is read from it, what they change is
 * changed in it by older commands, so that both sides stay alike. Written from the documentation of 7.2 to 8.4.
 */
final class NewerRules {
    private static final Set<String> CONDITIONS = Set.of("IFEQ", "IFNE", "IFDEQ", "IFDNE");
    private static final String WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

    private final RedisSide redis;
    private final FieldRules fields;
    private final Map<String, String> digests = new HashMap<>();
    private Set<String> commands = Set.of();

    NewerRules(RedisSide redis, DuetSide duet) {
        this.redis = redis;
        this.fields = new FieldRules(redis, duet);
    }

    /** Says which commands redis-server lacks. */
    void commands(Set<String> names) {
        commands = names;
    }

    /** What a rule says: exact bytes, or a property. */
    interface Answer {
        boolean accepts(byte[] ours, Frame reply);

        /** What was expected, as text. */
        default byte[] text() {
            return "(a rule about what 7.0.15 lacks)".getBytes(StandardCharsets.US_ASCII);
        }
    }

    private record Exactly(byte[] bytes) implements Answer {
        @Override
        public boolean accepts(byte[] ours, Frame reply) {
            return Arrays.equals(ours, bytes);
        }

        @Override
        public byte[] text() {
            return bytes;
        }
    }

    private static final Answer ERROR = (ours, reply) -> reply.isError();
    private static final Answer ANY =
            (ours, reply) -> !reply.isError() || !reply.text().contains("internal error");

    private static Answer exactly(String reply) {
        return new Exactly(reply.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The rule that a reply is these bytes. */
    static Answer exactly(byte[] reply) {
        return new Exactly(reply);
    }

    /** Whether a step is held against these rules and not against redis-server. */
    boolean covers(Step step, String command) {
        return commands.contains(command)
                || command.equals("set") && condition(step) > 0
                || command.equals("hscan") && withoutValues(step) > 0
                || ranksWithScore(step, command);
    }

    private static int withoutValues(Step step) {
        for (int i = 3; i < step.argv().length; i++) {
            if (step.upper(i).equals("NOVALUES")) {
                return i;
            }
            i += step.upper(i).equals("COUNT") || step.upper(i).equals("MATCH") ? 1 : 0;
        }
        return -1;
    }

    /** ZRANK and ZREVRANK with something behind the member: 7.2 has an option there. */
    private static boolean ranksWithScore(Step step, String command) {
        return (command.equals("zrank") || command.equals("zrevrank")) && step.argv().length > 3;
    }

    private static int condition(Step step) {
        for (int i = 3; i < step.argv().length; i++) {
            if (CONDITIONS.contains(step.upper(i))) {
                return i;
            }
        }
        return -1;
    }

    /** What Duet must reply; redis-server's data is changed as the step asks. Null when no rule covers the form. */
    @Nullable
    Answer answer(Step step, boolean resp3) throws Exception {
        return switch (step.upper(0)) {
            case "SET" -> set(step);
            case "DELEX" -> delex(step);
            case "DIGEST" -> digest(step, resp3);
            case "CLIENT" -> client(step);
            case "HSCAN" -> fieldsAlone(step);
            case "ZRANK", "ZREVRANK" -> rankWithScore(step, resp3);
            default -> FieldRules.covers(step) ? fields.answer(step) : ANY;
        };
    }

    /** ZRANK ... WITHSCORE: the rank and the score, or the absent array. */
    private Answer rankWithScore(Step step, boolean resp3) throws Exception {
        if (step.argv().length != 4 || !step.upper(3).equals("WITHSCORE")) {
            return ERROR;
        }
        byte[][] score = {"ZSCORE".getBytes(StandardCharsets.US_ASCII), step.argv()[1], step.argv()[2]};
        byte[] rank = redis.run(step.client(), Arrays.copyOf(step.argv(), 3));
        Frame theirScore = Frame.parse(redis.run(step.client(), score));
        if (Frame.parse(rank).isError()) {
            return exactly(rank);
        }
        if (Frame.parse(rank).isNil()) {
            return exactly(resp3 ? "_\r\n" : "*-1\r\n");
        }
        Frame theirs = new Frame('*', null, List.of(Frame.parse(rank), theirScore));
        return (ours, reply) -> Normalisations.sameScores(reply, theirs);
    }

    /** HSCAN NOVALUES: what HSCAN shows without it, fields alone, where both walks end at their first step. */
    private Answer fieldsAlone(Step step) throws Exception {
        Step plain = step;
        for (int at = withoutValues(plain); at > 0; at = withoutValues(plain)) {
            List<byte[]> rest = new ArrayList<>(Arrays.asList(plain.argv()));
            rest.remove(at);
            plain = new Step(step.client(), rest.toArray(new byte[0][]));
        }
        byte[] theirs = redis.run(step.client(), plain.argv());
        Frame their = Frame.parse(theirs);
        if (their.isError()) {
            return exactly(theirs);
        }
        Set<String> names = new TreeSet<>();
        List<Frame> pairs = their.elements().get(1).elements();
        for (int i = 0; i < pairs.size(); i += 2) {
            names.add(pairs.get(i).text());
        }
        return (ours, reply) -> {
            if (!reply.isAggregate() || reply.elements().size() != 2) {
                return false;
            }
            Set<String> found = new TreeSet<>();
            reply.elements().get(1).elements().forEach(field -> found.add(field.text()));
            boolean whole = step.word(2).equals("0")
                    && reply.elements().get(0).text().equals("0")
                    && their.elements().get(0).text().equals("0");
            return !whole || found.equals(names);
        };
    }

    private Answer client(Step step) {
        return switch (step.upper(1)) {
            case "SETINFO" -> setInfo(step);
            case "NO-TOUCH" -> noTouch(step);
            default -> ANY;
        };
    }

    private static Answer wrongCount(String name) {
        return exactly("-ERR wrong number of arguments for '" + name + "' command\r\n");
    }

    private static Answer setInfo(Step step) {
        if (step.argv().length != 4) {
            return wrongCount("client|setinfo");
        }
        String option = step.upper(2);
        if (!option.equals("LIB-NAME") && !option.equals("LIB-VER")) {
            return (ours, reply) -> reply.isError() && reply.text().startsWith("ERR Unrecognized option '");
        }
        boolean plain = step.word(3).chars().allMatch(c -> c >= '!' && c <= '~');
        return plain
                ? exactly("+OK\r\n")
                : exactly("-ERR " + step.word(2) + " cannot contain spaces, newlines or special characters.\r\n");
    }

    private static Answer noTouch(Step step) {
        if (step.argv().length != 3) {
            return wrongCount("client|no-touch");
        }
        return step.upper(2).equals("ON") || step.upper(2).equals("OFF")
                ? exactly("+OK\r\n")
                : exactly("-ERR syntax error\r\n");
    }

    /** The string at a key of the step's client: null when there is none, or an error as redis-server says it. */
    private @Nullable Frame string(Step step) throws Exception {
        Frame value = Frame.parse(redis.run(step.client(), "GET".getBytes(StandardCharsets.US_ASCII), step.argv()[1]));
        return value.isNil() ? null : value;
    }

    private Answer delex(Step step) throws Exception {
        int n = step.argv().length;
        if (n < 2) {
            return wrongCount("delex");
        }
        if (n != 2 && n != 4 || n == 4 && !CONDITIONS.contains(step.upper(2))) {
            return ERROR;
        }
        if (n == 4 && step.upper(2).startsWith("IFD")) {
            return byDigest(step, step.argv()[3], step.upper(2).equals("IFDEQ"), "DEL");
        }
        if (n == 4) {
            Frame value = string(step);
            if (value == null) {
                return exactly(":0\r\n");
            }
            if (value.isError()) {
                return ERROR;
            }
            if (value.text().equals(step.word(3)) != step.upper(2).equals("IFEQ")) {
                return exactly(":0\r\n");
            }
        }
        return new Exactly(redis.run(step.client(), "DEL".getBytes(StandardCharsets.US_ASCII), step.argv()[1]));
    }

    /** A condition on a digest: which one a value has is only known when it was asked for before. */
    private Answer byDigest(Step step, byte[] digest, boolean equal, String then) throws Exception {
        Frame value = string(step);
        String wanted = new String(digest, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (!wanted.matches("[0-9a-f]{16}")) {
            return value == null
                    ? (ours, reply) -> reply.isError() || reply.text().equals("0")
                    : ERROR;
        }
        String known = value == null ? "" : digests.getOrDefault(value.text(), "");
        if (value == null || value.isError() || known.isEmpty()) {
            return guarded(step, value);
        }
        if (known.equals(wanted) != equal) {
            return exactly(":0\r\n");
        }
        return new Exactly(redis.run(step.client(), then.getBytes(StandardCharsets.US_ASCII), step.argv()[1]));
    }

    /** The key is no string whose digest is known: whatever Duet decides, redis-server follows. */
    private Answer guarded(Step step, @Nullable Frame value) {
        return (ours, reply) -> {
            if (reply.kind() == ':' && reply.text().equals("1")) {
                try {
                    redis.run(step.client(), List.<byte[][]>of(new byte[][] {
                        "DEL".getBytes(StandardCharsets.US_ASCII), step.argv()[1]
                    }));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            return value != null || !(reply.kind() == ':' && reply.text().equals("1"));
        };
    }

    private Answer digest(Step step, boolean resp3) throws Exception {
        if (step.argv().length != 2) {
            return wrongCount("digest");
        }
        Frame value = string(step);
        if (value == null) {
            return exactly(resp3 ? "_\r\n" : "$-1\r\n");
        }
        if (value.isError()) {
            return exactly(WRONG_TYPE);
        }
        return (ours, reply) -> reply.kind() == '$'
                && reply.text() != null
                && reply.text().matches("[0-9a-f]{16}")
                && reply.text().equals(digests.computeIfAbsent(value.text(), v -> reply.text()));
    }

    /** SET with a condition on the value: the condition is decided here, the rest is redis-server's SET. */
    private @Nullable Answer set(Step step) throws Exception {
        int at = condition(step);
        int n = step.argv().length;
        boolean digest = step.upper(at).startsWith("IFD");
        if (at + 1 >= n || digest) {
            return null;
        }
        List<byte[]> rest = new ArrayList<>(Arrays.asList(step.argv()));
        rest.remove(at);
        rest.remove(at);
        for (int i = 3; i < rest.size(); i++) {
            String word = new String(rest.get(i), StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
            if (CONDITIONS.contains(word) || word.equals("NX") || word.equals("XX")) {
                return null;
            }
        }
        Frame value = string(step);
        if (value != null && value.isError()) {
            return ERROR;
        }
        boolean matches = value != null && value.text().equals(step.word(at + 1));
        if (step.upper(at).equals("IFEQ") != matches) {
            // Refused: under a condition that cannot hold, the same command tells mistakes and the form of the reply.
            rest.add(3, (value == null ? "XX" : "NX").getBytes(StandardCharsets.US_ASCII));
        }
        return new Exactly(redis.run(step.client(), rest.toArray(new byte[0][])));
    }
}
