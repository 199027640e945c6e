package io.duetdb.engine.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random commands that change lists, hashes, sets and sorted sets: few keys, each mostly of one type, edge members and
 * scores, every option, sometimes so many elements that an encoding changes. Deadlines lie around now.
 */
public final class RandomCollections {
    private static final String[] MEMBERS = {
        "",
        "0",
        "1",
        "-1",
        "17",
        "a",
        "b",
        "c",
        "d",
        "3.5",
        "9223372036854775807",
        "-9223372036854775808",
        "\0\r\n",
        "\u00ff\u00fe",
        "x".repeat(64),
        "y".repeat(65),
        "z".repeat(3000)
    };
    private static final String[] SCORES = {
        "0", "1", "-1", "2", "2.5", "1e3", "inf", "-inf", "-0", "3.0000000000000004", "9007199254740993", "1e-320"
    };
    private static final String[] RANGES = {"0", "1", "-1", "2", "(1", "-inf", "+inf", "(2.5", "5", "-2"};
    private static final String[] LEX = {"-", "+", "[a", "(b", "[c", "[", "(\u00ff"};
    private static final String[] NUMBERS = {"0", "1", "-1", "2", "-2", "3", "100", "-100"};

    private final Random random;
    private long nowSeconds;

    public RandomCollections(long seed) {
        random = new Random(seed);
    }

    /** Deadlines lie around this time from here on. */
    public RandomCollections around(long seconds) {
        nowSeconds = seconds;
        return this;
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String key(char type) {
        return random.nextInt(20) == 0 ? any("l1", "h1", "s1", "z1", "a", "nokey") : type + any("1", "2", "3");
    }

    private String member() {
        return random.nextInt(3) == 0 ? Integer.toString(random.nextInt(40)) : any(MEMBERS);
    }

    private List<String> words(String... words) {
        return new ArrayList<>(List.of(words));
    }

    /** Adds some members, mostly few. */
    private List<String> members(List<String> command) {
        int count = random.nextInt(25) == 0 ? 150 + random.nextInt(500) : 1 + random.nextInt(4);
        boolean integers = random.nextBoolean();
        for (int i = 0; i < count; i++) {
            command.add(count > 4 ? (integers ? "" : "m:") + random.nextInt(5000) : member());
        }
        return command;
    }

    /** The next command. */
    public List<String> next() {
        return switch (random.nextInt(9)) {
            case 0, 1 -> list();
            case 2, 3 -> hash();
            case 4, 5 -> set();
            case 6, 7 -> zset();
            default -> keys();
        };
    }

    private List<String> list() {
        String key = key('l');
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> members(words(any("LPUSH", "RPUSH"), key));
            case 3 -> members(words(any("LPUSHX", "RPUSHX"), key));
            case 4 -> random.nextBoolean() ? words(any("LPOP", "RPOP"), key) : words(any("LPOP", "RPOP"), key, "3");
            case 5 -> words("LSET", key, any(NUMBERS), member());
            case 6 -> words("LINSERT", key, any("BEFORE", "AFTER"), member(), member());
            case 7 -> words("LREM", key, any(NUMBERS), member());
            case 8 -> words("LTRIM", key, any("0", "1", "0", "-200"), any("-1", "-2", "100", "0"));
            case 9 ->
                random.nextBoolean()
                        ? words("RPOPLPUSH", key, key('l'))
                        : words("LMOVE", key, key('l'), any("LEFT", "RIGHT"), any("LEFT", "RIGHT"));
            case 10 -> words("LMPOP", "2", key, key('l'), any("LEFT", "RIGHT"), "COUNT", any("1", "2", "1000"));
            default -> words("SORT", any("l1", "s1", "z1"), "ALPHA", any("ASC", "DESC"), "STORE", key);
        };
    }

    private List<String> hash() {
        String key = key('h');
        String second = Long.toString(nowSeconds + random.nextInt(12) - 4);
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> pairs(words("HSET", key));
            case 3 -> pairs(words("HMSET", key));
            case 4 -> words("HSETNX", key, member(), member());
            case 5 -> words("HINCRBY", key, member(), any(NUMBERS));
            case 6 -> words("HINCRBYFLOAT", key, member(), any("0.1", "-1.5", "1e3", "3"));
            case 7 -> members(words("HDEL", key));
            case 8 -> words("HEXPIRE", key, Integer.toString(random.nextInt(9) - 1), "FIELDS", "1", member());
            case 9 -> words("HPEXPIREAT", key, second + "123", any("NX", "GT", "LT", "XX"), "FIELDS", "1", member());
            case 10 -> words("HPERSIST", key, "FIELDS", "2", member(), member());
            case 11 -> words("HGETDEL", key, "FIELDS", "1", member());
            case 12 -> words("HGETEX", key, "EXAT", second, "FIELDS", "1", member());
            default -> words("HSETEX", key, any("EX", "PX"), any("1", "5", "3000"), "FIELDS", "1", member(), member());
        };
    }

    private List<String> pairs(List<String> command) {
        int count = random.nextInt(30) == 0 ? 300 + random.nextInt(400) : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            command.add(count > 3 ? "f:" + random.nextInt(1000) : member());
            command.add(count > 3 ? Integer.toString(i) : member());
        }
        return command;
    }

    private List<String> set() {
        String key = key('s');
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> members(words("SADD", key));
            case 3 -> members(words("SREM", key));
            case 4 -> words("SPOP", key);
            case 5 -> words("SPOP", key, any("0", "1", "2", "5", "100", "1000"));
            case 6 -> words("SMOVE", key, key('s'), member());
            default -> words(any("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), key('s'), key, key('s'));
        };
    }

    private List<String> zset() {
        String key = key('z');
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> scored(words("ZADD", key));
            case 3 -> scored(words("ZADD", key, any("NX", "XX", "GT", "LT"), "CH"));
            case 4 -> words("ZADD", key, "INCR", any(SCORES), member());
            case 5 -> words("ZINCRBY", key, any(SCORES), member());
            case 6 -> members(words("ZREM", key));
            case 7 ->
                random.nextBoolean()
                        ? words(any("ZPOPMIN", "ZPOPMAX"), key)
                        : words(any("ZPOPMIN", "ZPOPMAX"), key, any("0", "2", "100"));
            case 8 -> words("ZMPOP", "2", key, key('z'), any("MIN", "MAX"), "COUNT", any("1", "3", "1000"));
            case 9 -> words("ZREMRANGEBYSCORE", key, any(RANGES), any(RANGES));
            case 10 -> words("ZREMRANGEBYRANK", key, any(NUMBERS), any(NUMBERS));
            case 11 -> words("ZREMRANGEBYLEX", key, any(LEX), any(LEX));
            case 12 -> words("ZRANGESTORE", key('z'), key, any(RANGES), any(RANGES), "BYSCORE", "LIMIT", "0", "50");
            default -> combination(key);
        };
    }

    private List<String> combination(String key) {
        if (random.nextInt(3) == 0) {
            return words("ZDIFFSTORE", key('z'), "2", key, key('s'));
        }
        List<String> command =
                words(any("ZUNIONSTORE", "ZINTERSTORE"), key('z'), "2", key, key(random.nextBoolean() ? 's' : 'z'));
        command.addAll(
                List.of("WEIGHTS", any("1", "-1", "0.5"), any("2", "inf"), "AGGREGATE", any("SUM", "MIN", "MAX")));
        return command;
    }

    private List<String> scored(List<String> command) {
        int count = random.nextInt(25) == 0 ? 100 + random.nextInt(200) : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            command.add(count > 3 ? Integer.toString(random.nextInt(100)) : any(SCORES));
            command.add(count > 3 ? "m:" + random.nextInt(400) : member());
        }
        return command;
    }

    private List<String> keys() {
        char type = any("l", "h", "s", "z").charAt(0);
        String key = key(type);
        return switch (random.nextInt(7)) {
            case 0 -> words(any("DEL", "UNLINK"), key);
            case 1 -> words("RENAME", key, key(type));
            case 2 -> words("COPY", key, key(type), "REPLACE");
            case 3 -> words("PERSIST", key);
            case 4 -> words("MOVE", key, any("0", "1", "2"));
            default -> words("EXPIRE", key, Integer.toString(random.nextInt(12) - 1));
        };
    }
}
