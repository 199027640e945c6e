package io.duetdb.engine.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random commands on sorted sets: small and big ones, sets and strings among them, edge scores, members and bounds,
 * every option, and mistakes. Ranges by members are only asked of keys whose scores are all 0, and of one that is small:
 * nothing is promised of others.
 */
public final class RandomSortedSets {
    private static final String[] KEYS = {"z1", "z2", "z3", "big1", "big2", "d1", "d2", "none"};
    private static final String[] LEX_KEYS = {"lex1", "lex2", "mix", "absent"};
    private static final String[] SCORES = {
        "0",
        "1",
        "-1",
        "2",
        "2.5",
        "3",
        "inf",
        "-inf",
        "+5",
        "1e3",
        "0.1",
        "-0.3",
        "3.0000000000000004",
        "9007199254740993",
        "17179869184.25",
        "1e-7",
        "123456789012345680000",
        "1e300",
        "0x10"
    };
    private static final String[] BAD_SCORES = {"nan", "", " 1", "1 ", "abc", "1e400", "1e-400", "(1", "--1", "1,5"};
    private static final String[] MEMBERS = {
        "", "0", "1", "-1", "17", "a", "b", "c", "ab", "B", "9223372036854775807", "\0\r\n", "\u00ff\u00fe"
    };
    private static final String[] BOUNDS = {
        "0", "1", "-1", "2", "(1", "(2.5", "-inf", "+inf", "(-inf", "(inf", "5", "1e3", "(0", "20", "(60", "100"
    };
    private static final String[] ODD_BOUNDS = {"", "(", " 1", "1 ", "nan", "abc", "((1", "1\0x", "1e400", "[a", "-"};
    private static final String[] LEX = {
        "-", "+", "[a", "(a", "[b", "(c", "[", "(", "[ab", "(\u00ff", "[\u00ff\u00ff", "[m5", "(m50", "[0", "[9", "-\0"
    };
    private static final String[] ODD_LEX = {"", "a", "-a", "+a", "1", "\0"};
    private static final String[] NUMBERS = {"0", "1", "-1", "2", "-2", "3", "10", "100", "-100", "65", "130"};
    private static final String[] ODD_NUMBERS = {
        "abc", "", "1.5", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "+1", " 1"
    };
    private static final String[] JUNK = {
        "NX", "XX", "GT", "CH", "INCR", "REV", "LIMIT", "BYLEX", "WITHSCORES", "foo", "1", ""
    };

    private final Random random;

    /** The commands of a seed. */
    public RandomSortedSets(long seed) {
        random = new Random(seed);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String mostly(String[] good, String[] bad) {
        return random.nextInt(12) == 0 ? any(bad) : any(good);
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    private String key() {
        return one(25) ? any("str", "s1", "lex1") : any(KEYS);
    }

    private String lexKey() {
        return one(25) ? any("str", "s1") : any(LEX_KEYS);
    }

    private String input() {
        return one(20) ? "str" : one(4) ? any("s1", "s2") : any(KEYS);
    }

    private String member() {
        return one(30)
                ? "x".repeat(62 + random.nextInt(5))
                : one(2) ? any(MEMBERS) : "m" + random.nextInt(one(3) ? 300 : 20);
    }

    private String score() {
        return one(3) ? Integer.toString(random.nextInt(60)) : mostly(SCORES, BAD_SCORES);
    }

    private static List<String> words(String... words) {
        return new ArrayList<>(List.of(words));
    }

    private List<String> members(List<String> command, int most) {
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            command.add(member());
        }
        return command;
    }

    /** The keys that hold sorted sets, or nothing. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of(KEYS));
        keys.addAll(List.of("lex1", "lex2", "mix"));
        return keys;
    }

    /** The next command. */
    public List<String> next() {
        List<String> command = switch (random.nextInt(24)) {
            case 0, 1, 2 -> add();
            case 3 -> fill();
            case 4 -> words("ZINCRBY", one(25) ? "str" : any(KEYS), score(), member());
            case 5 -> members(words("ZREM", key()), 4);
            case 6, 7 -> look();
            case 8, 9 -> range();
            case 10, 11 -> rangeByScore();
            case 12, 13 -> lex();
            case 14 -> store();
            case 15 -> remove();
            case 16, 17 -> pop();
            case 18, 19, 20 -> combine();
            case 21 -> atRandom();
            case 22 -> keys(random);
            default -> words("OBJECT", "ENCODING", any(KEYS));
        };
        if (one(10) && !command.get(0).equals("EXPIRE")) { // whose conditions depend on a clock
            spoil(command);
        }
        if (one(4)) {
            command.set(0, command.get(0).toLowerCase(Locale.ROOT));
        }
        return command;
    }

    private void spoil(List<String> command) {
        int at = 1 + random.nextInt(command.size());
        if (one(2)) {
            command.add(at, any(JUNK));
        } else if (at < command.size()) {
            command.remove(at);
        }
    }

    private List<String> add() {
        if (one(12)) {
            return words("ZADD", "mix", score(), any(MEMBERS), any("0", "1"), "m" + random.nextInt(20));
        }
        List<String> command = words("ZADD", key());
        if (command.get(1).startsWith("lex")) {
            return words("ZADD", command.get(1), "0", member());
        }
        while (one(2)) {
            command.add(any("NX", "XX", "xx", "GT", "LT", "CH", "ch", "INCR"));
        }
        int pairs = one(2) ? 1 : 1 + random.nextInt(6);
        for (int i = 0; i < pairs; i++) {
            command.add(score());
            command.add(member());
        }
        return command;
    }

    /** Many members at once, all different, or a key that becomes small again. */
    private List<String> fill() {
        boolean lex = one(3);
        String key = lex ? any("lex1", "lex2") : any("big1", "big2", "z1");
        if (one(2)) {
            return words("DEL", key);
        }
        List<String> command = words("ZADD", key);
        int pairs = one(2) ? 20 : 135 + random.nextInt(100);
        int from = random.nextInt(50);
        for (int i = 0; i < pairs; i++) {
            command.add(lex ? "0" : Integer.toString(random.nextInt(60)));
            command.add("m" + (from + i));
        }
        return command;
    }

    private List<String> look() {
        return switch (random.nextInt(6)) {
            case 0 -> words("ZSCORE", key(), member());
            case 1 -> members(words("ZMSCORE", key()), 4);
            case 2 -> words("ZCARD", key());
            case 3 -> words("ZRANK", key(), member());
            case 4 -> words("ZREVRANK", key(), member());
            default -> words("ZCOUNT", key(), mostly(BOUNDS, ODD_BOUNDS), mostly(BOUNDS, ODD_BOUNDS));
        };
    }

    private void limit(List<String> command) {
        if (one(2)) {
            command.addAll(List.of(any("LIMIT", "limit"), mostly(NUMBERS, ODD_NUMBERS), mostly(NUMBERS, ODD_NUMBERS)));
        }
    }

    private void withScores(List<String> command) {
        if (one(2)) {
            command.add(any("WITHSCORES", "withscores"));
        }
    }

    private List<String> range() {
        List<String> command =
                words(any("ZRANGE", "ZREVRANGE"), key(), mostly(NUMBERS, ODD_NUMBERS), mostly(NUMBERS, ODD_NUMBERS));
        if (one(4)) {
            command.add("REV");
        }
        withScores(command);
        if (one(12)) {
            limit(command);
        }
        return command;
    }

    private List<String> rangeByScore() {
        String name = any("ZRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE");
        List<String> command = words(name, key(), mostly(BOUNDS, ODD_BOUNDS), mostly(BOUNDS, ODD_BOUNDS));
        withScores(command);
        limit(command);
        if (name.equals("ZRANGE")) {
            command.add(any("BYSCORE", "byscore"));
            if (one(2)) {
                command.add("REV");
            }
        }
        return command;
    }

    private List<String> lex() {
        String name = any("ZRANGE", "ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZLEXCOUNT", "ZREMRANGEBYLEX", "ZRANGESTORE");
        if (name.equals("ZREMRANGEBYLEX") && !one(3)) {
            name = "ZLEXCOUNT";
        }
        List<String> command = words(name);
        if (name.equals("ZRANGESTORE")) {
            command.add(any("d1", "d2"));
        }
        command.addAll(List.of(lexKey(), mostly(LEX, ODD_LEX), mostly(LEX, ODD_LEX)));
        if (name.equals("ZRANGE") || name.equals("ZRANGESTORE")) {
            command.add("BYLEX");
            if (one(2)) {
                command.add("rev");
            }
        }
        if (!name.equals("ZLEXCOUNT") && !name.equals("ZREMRANGEBYLEX")) {
            limit(command);
            if (one(15)) {
                command.add("WITHSCORES");
            }
        }
        return command;
    }

    private List<String> store() {
        List<String> command = words("ZRANGESTORE", any("d1", "d2", "z3"), key());
        if (one(2)) {
            command.addAll(List.of(mostly(NUMBERS, ODD_NUMBERS), mostly(NUMBERS, ODD_NUMBERS)));
        } else {
            command.addAll(List.of(mostly(BOUNDS, ODD_BOUNDS), mostly(BOUNDS, ODD_BOUNDS), "BYSCORE"));
            limit(command);
        }
        if (one(3)) {
            command.add("REV");
        }
        return command;
    }

    private List<String> remove() {
        if (one(2)) {
            return words("ZREMRANGEBYRANK", key(), mostly(NUMBERS, ODD_NUMBERS), mostly(NUMBERS, ODD_NUMBERS));
        }
        return words("ZREMRANGEBYSCORE", key(), mostly(BOUNDS, ODD_BOUNDS), mostly(BOUNDS, ODD_BOUNDS));
    }

    private List<String> pop() {
        if (one(3)) {
            List<String> command = words("ZMPOP", "2", key(), key(), any("MIN", "MAX", "min"));
            if (one(2)) {
                command.addAll(List.of("COUNT", mostly(NUMBERS, ODD_NUMBERS)));
            }
            return command;
        }
        List<String> command = words(any("ZPOPMIN", "ZPOPMAX"), key());
        if (one(2)) {
            command.add(mostly(NUMBERS, ODD_NUMBERS));
        }
        return command;
    }

    private List<String> combine() {
        String name = any("ZUNION", "ZINTER", "ZDIFF", "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE", "ZINTERCARD");
        boolean store = name.endsWith("STORE");
        List<String> command = words(name);
        if (store) {
            command.add(any("d1", "d2", "z3", "big2"));
        }
        int count = 1 + random.nextInt(3);
        command.add(one(15) ? any("0", "-1", "7", "abc", "2") : Integer.toString(count));
        for (int i = 0; i < count; i++) {
            command.add(input());
        }
        boolean weighed = !name.startsWith("ZDIFF") && !name.equals("ZINTERCARD");
        if (weighed ? one(2) : one(20)) {
            command.add(any("WEIGHTS", "weights"));
            for (int i = 0; i < count; i++) {
                command.add(mostly(new String[] {"1", "0", "-1", "0.5", "inf", "2", "-inf"}, BAD_SCORES));
            }
        }
        if (weighed ? one(2) : one(20)) {
            command.addAll(List.of("AGGREGATE", mostly(new String[] {"SUM", "MIN", "MAX", "min"}, JUNK)));
        }
        if (store ? one(20) : !name.equals("ZINTERCARD") && one(2)) {
            command.add("WITHSCORES");
        }
        if (name.equals("ZINTERCARD") && one(2)) {
            command.addAll(List.of("LIMIT", mostly(new String[] {"0", "1", "2", "5", "-1"}, ODD_NUMBERS)));
        }
        return command;
    }

    /** ZRANDMEMBER with such counts only that every server can answer. */
    private List<String> atRandom() {
        if (one(3)) {
            List<String> command = words("ZSCAN", key(), one(10) ? "x" : "0");
            if (one(2)) {
                command.addAll(List.of("MATCH", any("*", "m1*", "[ab]*", "")));
            }
            command.addAll(List.of("COUNT", one(12) ? any("0", "-1", "x") : "100000"));
            return command;
        }
        List<String> command = words("ZRANDMEMBER", key());
        if (one(4)) {
            return command;
        }
        command.add(one(12) ? any("abc", "", "1.5", "-9223372036854775808", "+1") : one(3) ? "1000" : any(NUMBERS));
        withScores(command);
        return command;
    }

    private List<String> keys(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> words("DEL", key());
            case 1 -> members(words("SADD", any("s1", "s2")), 6);
            case 2 -> members(words("SREM", any("s1", "s2")), 6);
            case 3 -> words("SET", "str", "text");
            case 4 -> words("TYPE", key());
            case 5 -> words("EXISTS", key());
            case 6 -> words("EXPIRE", key(), "100000");
            default -> words("RENAME", any("d1", "d2"), any("z1", "z2", "z3"));
        };
    }
}
