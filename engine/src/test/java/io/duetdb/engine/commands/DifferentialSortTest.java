package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random SORTs to the engine and to a real redis-server: the same replies, and the same digests of what they
 * stored. Weights {@code w_*} and {@code h_*->w} are all different, {@code t_*} and {@code h_*->t} have gaps and are
 * often equal: what order those leave open (a set's own, and with LIMIT that of an unstable sort) is not compared.
 */
class DifferentialSortTest {
    private static final String[] NUMBERS = {
        "0", "1", "-1", "10", "9", "1e1", "3.5", "-0", "0x10", "inf", "-inf", "", " 7", "+5", "100000000000000000000"
    };
    private static final String[] TEXTS = {"abc", "a", "b", "nan", "1e400", "B", "\u00ff", "a b", "1 ", "z".repeat(70)};
    private static final String[] KEYS = {"l", "L", "s", "S", "z", "Z", "nokey", "string"};
    private static final String[] BY = {"w_*", "h_*->w", "t_*", "h_*->t", "nosort", "none_*", "#", "h_*->", "*"};
    private static final String[] GET = {"#", "w_*", "t_*", "h_*->w", "h_*->t", "none_*", "h_*", "*", "w_1", "h_*->"};

    /**
     * Refused, and has cleared errno: SORT of 7.0.15 asks it whether a number was out of range, but doesn't clear it
     * before, so that a number that was makes the next SORTs fail too.
     */
    private static final String CLEAR_ERRNO = "INCRBYFLOAT nokey x";

    private final EngineFixture t = new EngineFixture();
    private Random random = new Random();
    private int errors;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void sortAnswersAsRedisServerDoes(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        random = new Random(seed);
        int rounds = Boolean.getBoolean("duet.long") ? 2_000 : 40;
        int commands = 0;
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int round = 0; round < rounds; round++) {
                for (List<String> command : data()) {
                    both(redis, command);
                }
                for (int i = 0; i < 100; i++) {
                    List<String> command = sort();
                    String where = "seed " + seed + ", round " + round + ": " + command;
                    redis.run(CLEAR_ERRNO);
                    Object theirs = redis(redis, command);
                    Object ours = t.run(RandomStrings.bytes(command)).value();
                    errors += theirs instanceof ValueReply.Failure ? 1 : 0;
                    commands++;
                    assertThat(comparable(command, ours)).as(where).isEqualTo(comparable(command, theirs));
                    if (command.contains("STORE") && theirs instanceof Long && !open(command)) {
                        t.run("DEBUG DIGEST-VALUE d").replies(redis.run("DEBUG DIGEST-VALUE d"));
                    }
                }
            }
        }
        assertThat((double) errors / commands).as("share of errors").isBetween(0.05, 0.5);
    }

    private static Object redis(RespClient redis, List<String> command) throws Exception {
        redis.send(RandomStrings.bytes(command));
        redis.flush();
        return redis.read();
    }

    private void both(RespClient redis, List<String> command) throws Exception {
        Object theirs = redis(redis, command);
        Object ours = t.run(RandomStrings.bytes(command)).value();
        assertThat(ours).as(command.toString()).isEqualTo(theirs);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Lists, sets and sorted sets of numbers (small letters) and of anything (capitals), and weights for all. */
    private List<List<String>> data() {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("FLUSHALL"));
        commands.add(List.of("SET", "string", "x"));
        List<String> all = Stream.concat(Stream.of(NUMBERS), Stream.of(TEXTS)).toList();
        for (int i = 0; i < all.size(); i++) {
            String element = all.get(i);
            int weight = (i * 7 + 3) % all.size();
            commands.add(List.of("SET", "w_" + element, Integer.toString(weight)));
            commands.add(List.of("HSET", "h_" + element, "w", Integer.toString(-weight)));
            if (random.nextBoolean()) {
                commands.add(List.of("SET", "t_" + element, any("1", "2", "3", "x")));
                commands.add(List.of("HSET", "h_" + element, "t", any("1", "2", "3")));
            }
        }
        for (String key : List.of("l", "L", "s", "S", "z", "Z")) {
            String[] from = key.equals(key.toLowerCase()) ? NUMBERS : all.toArray(new String[0]);
            for (int n = random.nextInt(25); n > 0; n--) {
                switch (key) {
                    case "l", "L" -> commands.add(List.of("RPUSH", key, any(from)));
                    case "s", "S" -> commands.add(List.of("SADD", key, any(from)));
                    default -> commands.add(List.of("ZADD", key, Integer.toString(random.nextInt(10)), any(from)));
                }
            }
        }
        return commands;
    }

    private List<String> sort() {
        boolean readOnly = random.nextInt(4) == 0;
        List<String> command = new ArrayList<>(List.of(readOnly ? "SORT_RO" : "SORT", any(KEYS)));
        for (int options = random.nextInt(6); options > 0; options--) {
            switch (random.nextInt(10)) {
                case 0, 1 -> command.addAll(List.of("BY", any(BY)));
                case 2, 3 -> command.addAll(List.of("GET", any(GET)));
                case 4 ->
                    command.addAll(List.of("LIMIT", any("0", "1", "3", "-1", "100"), any("0", "1", "5", "-1", "100")));
                case 5 -> command.add(any("DESC", "ASC"));
                case 6, 7 -> command.add("ALPHA");
                case 8 -> command.addAll(List.of(any("STORE", "store"), "d"));
                default ->
                    command.addAll(random.nextInt(4) > 0 ? List.of("ALPHA") : List.of(any("LIMIT", "x", "BY"), "x"));
            }
        }
        if (command.contains("store")) {
            command.replaceAll(word -> word.equals("store") ? "STORE" : word);
        }
        return command;
    }

    /** Whether nothing says in which order some elements come: equal weights, or none and no order of their own. */
    private static boolean open(List<String> command) {
        String key = command.get(1);
        boolean unordered = "sSzZ".contains(key);
        boolean alpha = command.contains("ALPHA");
        String by = "";
        boolean sorted = true;
        for (int i = 2; i + 1 < command.size(); i++) {
            if (command.get(i).equals("BY")) {
                by = command.get(i + 1);
                sorted &= by.contains("*");
            }
        }
        boolean set = "sS".contains(key);
        if (!sorted) {
            return set && !command.contains("STORE");
        }
        boolean ties = alpha && !by.isEmpty() && !by.startsWith("w_") && !by.equals("h_*->w");
        return ties && (unordered || command.contains("LIMIT"));
    }

    /** A reply as far as it can be compared. */
    private static Object comparable(List<String> command, Object reply) {
        if (!(reply instanceof List<?> list) || !open(command)) {
            return reply;
        }
        return command.contains("LIMIT")
                ? list.size()
                : list.stream().map(Objects::toString).sorted().toList();
    }
}
