package io.duetdb.truth;

import io.duetdb.bytes.Crc64;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Arguments, chosen by the name a syntax line gives them: few keys, edge numbers, binary bytes, deadlines that are long
 * over or far ahead, so that no key's time ends while the series runs.
 */
final class Values {
    private static final String[] KEYS = {
        "a", "b", "c", "d", "key:1", "key:2", "key:3", "", "\0\r\n", "\u00ff\u00fe", "*", "n", "long" + "k".repeat(300)
    };
    /** Keys that mostly hold a value of one type, by the group of commands whose type it is. */
    private static final Map<String, String[]> OWN_KEYS = Map.of(
            "LIST", new String[] {"l1", "l2", "l3"},
            "HASH", new String[] {"h1", "h2", "h3"},
            "SET", new String[] {"s1", "s2", "s3"},
            "SORTED_SET", new String[] {"z1", "z2", "z3"});

    /** Keys of commands that sort. */
    private static final String[] SORTABLE = {"l1", "l2", "s1", "s2", "z1", "z2"};

    private static final String[] MEMBERS = {
        "a", "b", "c", "d", "1", "2", "3", "10", "-1", "3.5", "", "\0\r\n", "\u00ff", "x".repeat(64), "y".repeat(65)
    };
    private static final String[] FIELDS = {
        "f1", "f2", "f3", "f4", "1", "2", "", "\0\u00ff", "f".repeat(64), "g".repeat(65)
    };
    private static final String[] SCORES = {
        "0", "1", "-1", "1.5", "-2.25", "inf", "-inf", "+inf", "1e308", "-0", "0.1", "3.3", "9007199254740993", "1e-5"
    };
    private static final String[] BAD_SCORES = {"nan", "abc", "", " 1", "1 ", "0x10", "1e400", "1\0"};
    private static final String[] SCORE_BOUNDS = {
        "-inf", "+inf", "inf", "0", "1", "(1", "(0", "2.5", "(-inf", "(inf", "-1", "10", "(3.3", "100"
    };
    private static final String[] BAD_SCORE_BOUNDS = {"(", "[1", "abc", "", "nan", "((1", "1 ", "+"};
    private static final String[] LEX_BOUNDS = {
        "-", "+", "[a", "(a", "[c", "(b", "[", "(", "[1", "(\u00ff", "[\0", "-", "+"
    };
    private static final String[] BAD_LEX_BOUNDS = {"a", "", "++", "-x", "1", "{a"};
    /** What DUMP may have given: a string, an integer, a list, a set, a sorted set, a hash; and three that are no such thing. */
    private static final String[] PAYLOADS = {
        payload("\0\3abc"),
        payload("\0\u00c0\7"),
        payload("\1\2\1a\u00c0\1"),
        payload("\2\3\1a\1b\1c"),
        payload("\5\1\1a\0\0\0\0\0\0\u00f0\u003f"),
        payload("\4\1\1f\1v"),
        payload("\2\2\1a\1a"),
        payload("\0\3abc") + "x",
        "abc"
    };

    private static final int WHOLE_PAYLOADS = 6;

    private static final String[] SORT_PATTERNS = {
        "nosort", "*", "#", "key:*", "h*->f1", "h*->1", "l*", "none_*", "h1->f1", "*->f1", "h*->", "s*"
    };
    private static final String[] VALUES = {
        "",
        "0",
        "1",
        "-1",
        "10",
        "42",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "1.0",
        "3.5",
        "abc",
        "1e3",
        "1e5",
        "nan",
        "inf",
        "-inf",
        "9223372036854775806",
        "-9223372036854775807",
        "\0",
        "1\0",
        "\r\n",
        "\u00e4\u00ff",
        "Hello World",
        "x".repeat(43),
        "x".repeat(44),
        "x".repeat(45),
        "12345678901234567890",
        "123456789012345678901",
        "y".repeat(500),
        "z".repeat(4000),
        "0.1",
        "-1.5e-3",
        "1e400",
        "3.0e0",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967296"
    };
    private static final String[] EDGES = {
        "0", "1", "-1", "2", "100", "2147483647", "2147483648", "-2147483648", "4294967295", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "", " 1", "1 ", "+1", "01", "-0", "1.0",
        "abc", "1e5", "NaN", "4611686018427387904", "-9223372036854775807", "12345678901234567890123", "1\0", "0x10"
    };
    private static final String[] BAD_TIMES = {
        "0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775", "9223372036854776", "abc", "",
        "-9223372036854776", "9223372036854775808", " 1", "1.5", "+1", "01", "-9223372036854775", "NaN"
    };
    private static final String[] FLOATS = {
        "0",
        "1",
        "-1",
        "1.5",
        "-2.25",
        "3.0",
        "1e2",
        "5.0e3",
        "0.1",
        "1e-5",
        "inf",
        "-inf",
        "+inf",
        "nan",
        "abc",
        "",
        " 1",
        "1 ",
        "1e400",
        "1e4932",
        "0x10",
        "1e308",
        "123456789.987654321",
        "-0",
        "-0.0",
        "00.5",
        ".5",
        "5.",
        "3.14159265358979"
    };
    private static final String[] JUNK = {
        "NX",
        "xx",
        "GET",
        "KEEPTTL",
        "PERSIST",
        "EX",
        "px",
        "GT",
        "LT",
        "foo",
        "",
        "-1",
        "\0",
        "a\0b",
        "fo\r\no\r\n",
        "COUNT",
        "MATCH",
        "REPLACE",
        "DB",
        "1",
        "TYPE",
        "WITHSCORES",
        "'quoted'",
        "%s",
        "\u00ff",
        "l".repeat(200)
    };
    private static final String[] PATTERNS = {
        "*", "a", "key:?", "[a-b]", "*\u00ff*", "k*1", "\\*", "", "[^a]", "long*", "?", "[", "[a", "a\\", "**", "[c-a]*"
    };
    private static final String[] TYPES = {"string", "list", "set", "zset", "hash", "stream", "STRING", "foo", ""};
    private static final String[] SECTIONS = {
        "server",
        "clients",
        "memory",
        "stats",
        "keyspace",
        "all",
        "default",
        "foo",
        "everything",
        "Keyspace",
        "commandstats",
        "errorstats",
        "cpu",
        "replication",
        "persistence",
        "cluster",
        "modules"
    };

    private final Random random;
    private final List<String> commandNames;
    private final List<String> parameters;
    private boolean tame;
    private boolean many;
    private String group = "";
    private boolean relativeTimes = true;

    Values(Random random, List<String> commandNames, List<String> parameters) {
        this.random = random;
        this.commandNames = commandNames;
        this.parameters = parameters;
    }

    /** Tame: only arguments that are right for their place. */
    void tame(boolean value) {
        tame = value;
    }

    /** Whether only arguments are given that are right for their place. */
    boolean tame() {
        return tame;
    }

    /** The group of the command that arguments are for, which decides what its keys are. */
    void group(String value) {
        group = value;
    }

    /** Whether so many elements, fields or members follow that they had better be different ones. */
    void many(boolean value) {
        many = value;
    }

    /** Whether deadlines may be counted from now; otherwise all that are valid are absolute and alike on both sides. */
    void relativeTimes(boolean value) {
        relativeTimes = value;
    }

    String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** A key: mostly of the type that the command works on, or one of the first few of any type. */
    String key() {
        String[] own = OWN_KEYS.get(group);
        if (own != null) {
            return chance(tame ? 97 : 85) ? any(own) : anyKey();
        }
        return group.equals("STRING") && chance(tame ? 97 : 85) ? plainKey() : anyKey();
    }

    private String plainKey() {
        return random.nextInt(3) > 0 ? KEYS[random.nextInt(7)] : any(KEYS);
    }

    private String anyKey() {
        List<String> groups = List.of("LIST", "HASH", "SET", "SORTED_SET", "", "", "");
        String[] own = OWN_KEYS.get(any(groups));
        return own == null ? plainKey() : any(own);
    }

    private String member() {
        if (many) {
            return chance(50) ? Integer.toString(random.nextInt(5000)) : "m:" + random.nextInt(5000);
        }
        return chance(45) ? Integer.toString(random.nextInt(20)) : chance(85) ? any(MEMBERS) : value();
    }

    private String field() {
        return many ? "f:" + random.nextInt(5000) : chance(92) ? any(FIELDS) : value();
    }

    private String score() {
        if (many) { // from 7.2 on no listpack is begun for so many, and only a listpack forgets the sign of -0
            return Integer.toString(random.nextInt(10));
        }
        return tame || chance(90)
                ? chance(50) ? Integer.toString(random.nextInt(10)) : any(SCORES)
                : chance(50) ? any(BAD_SCORES) : any(FLOATS);
    }

    /** An end of a range of scores. */
    String scoreBound() {
        return tame || chance(92) ? any(SCORE_BOUNDS) : any(BAD_SCORE_BOUNDS);
    }

    /** An end of a range of members. */
    String lexBound() {
        return tame || chance(92) ? any(LEX_BOUNDS) : any(BAD_LEX_BOUNDS);
    }

    private String bound(String command) {
        return command.contains("bylex") || command.equals("zlexcount")
                ? lexBound()
                : command.contains("byscore") || command.equals("zcount") ? scoreBound() : integer();
    }

    /** Something that is wrong nearly anywhere. */
    String junk() {
        return chance(30) ? any(EDGES) : any(JUNK);
    }

    String value() {
        if (random.nextInt(400) == 0) {
            return "b".repeat(60_000 + random.nextInt(20_000));
        }
        return chance(30) ? Long.toString(random.nextInt(1000)) : any(VALUES);
    }

    String integer() {
        return tame || chance(60) ? Integer.toString(random.nextInt(30) - 8) : any(EDGES);
    }

    private String positive(int max) {
        return tame || chance(75) ? Integer.toString(1 + random.nextInt(max)) : any(EDGES);
    }

    private String relative(String command, long unit) {
        if (tame && relativeTimes || chance(75) && relativeTimes) {
            return Long.toString((1 + random.nextInt(9)) * 100_000 * unit + random.nextInt((int) unit));
        }
        return tame ? command.startsWith("h") ? "0" : any("0", "-1", "-100") : any(BAD_TIMES);
    }

    /** A relative time that is right where {@code time} is not: long enough, or over where none may be relative. */
    long longTime(long time, boolean milliseconds) {
        if (!relativeTimes && time < (milliseconds ? 9_223_371_000_000_000_000L : 9_223_371_000_000_000L)) {
            return 0;
        }
        return Math.max(time, milliseconds ? 100_000_000 : 100_000);
    }

    /** Far ahead, in the year 2096, or long over. */
    private String absolute(long unit) {
        if (tame || chance(70)) {
            return Long.toString((4_000_000_000L + random.nextInt(9) * 100_000L) * unit + random.nextInt((int) unit));
        }
        return chance(50) ? Long.toString((1_000_000_000L + random.nextInt(9)) * unit) : any(BAD_TIMES);
    }

    /** A value with version and checksum behind it. */
    private static String payload(String value) {
        byte[] bytes = (value + "\10\0").getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder sealed = new StringBuilder(value + "\10\0");
        long crc = Crc64.update(0, bytes, 0, bytes.length);
        for (int i = 0; i < 8; i++) {
            sealed.append((char) (crc >>> 8 * i & 0xFF));
        }
        return sealed.toString();
    }

    /** An argument of {@code name} for a command. */
    String of(String command, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith("seconds") && !lower.contains("milli")) {
            return lower.contains("unix") ? absolute(1) : relative(command, 1);
        }
        if (lower.endsWith("milliseconds")) {
            return lower.contains("unix") ? absolute(1000) : relative(command, 1000);
        }
        switch (lower) {
            case "key",
                    "newkey",
                    "source",
                    "destination",
                    "sourcekey",
                    "srckey",
                    "dstkey",
                    "destkey",
                    "key1",
                    "key2" -> {
                return command.startsWith("sort") && lower.equals("key") && chance(90) ? any(SORTABLE) : key();
            }
            case "value", "message" -> {
                return many ? Integer.toString(random.nextInt(100)) : value();
            }
            case "element", "member", "member1", "member2", "pivot" -> {
                return member();
            }
            case "field" -> {
                return field();
            }
            case "increment", "decrement" -> {
                return command.equals("zincrby")
                        ? score()
                        : command.contains("float") ? float_() : chance(60) || tame ? integer() : any(EDGES);
            }
            case "score", "weight" -> {
                return score();
            }
            case "ttl" -> {
                // how long, and so from each side's own clock: only where that is compared with tolerance
                return tame
                        ? "0"
                        : relativeTimes
                                ? any("0", "0", "0", "100000000", "4000000000000", "-1", "x")
                                : any("0", "0", "0", "0", "-1", "x");
            }
            case "serialized-value" -> {
                return PAYLOADS[random.nextInt(tame || chance(80) ? WHOLE_PAYLOADS : PAYLOADS.length)];
            }
            case "frequency" -> {
                return tame ? "7" : any("0", "7", "255", "256", "-1", "x");
            }
            case "min", "max", "start", "stop" -> {
                return bound(command);
            }
            case "db", "destination-db", "index1", "index2" -> {
                return database();
            }
            case "index" -> {
                return command.equals("select")
                        ? database()
                        : tame && command.equals("lset") ? Integer.toString(random.nextInt(6) - 3) : integer();
            }
            case "cursor" -> {
                return tame || chance(85) ? "0" : any(EDGES);
            }
            case "count" -> {
                boolean signed = command.equals("lrem") || command.contains("rand");
                return signed ? integer() : chance(50) ? "1000" : chance(15) ? "0" : positive(20);
            }
            case "type" -> {
                return any(TYPES);
            }
            case "pattern" -> {
                return command.startsWith("sort") ? any(SORT_PATTERNS) : any(PATTERNS);
            }
            case "offset" -> {
                return tame || chance(85)
                        ? Integer.toString(random.nextInt(40))
                        : any("0", "-1", "536870912", "abc", "");
            }
            default -> {
                return other(command, lower);
            }
        }
    }

    private String other(String command, String name) {
        switch (name) {
            case "limit" -> {
                return chance(20) ? "0" : positive(10);
            }
            case "section" -> {
                return any(SECTIONS);
            }
            case "protover" -> {
                return tame ? any("2", "3") : any("2", "3", "2", "3", "4", "1", "abc", "");
            }
            case "username" -> {
                return tame ? "default" : any("default", "nobody", "");
            }
            case "password" -> {
                return any("secret", "", "x");
            }
            case "clientname", "connection-name" -> {
                return tame ? any("me", "you", "") : any("me", "with space", "", "new\nline", "\u00ff");
            }
            case "client-id", "clientid" -> {
                return tame ? "100000" : any("100000", "0", "-1", "abc", "9223372036854775808");
            }
            case "command-name" -> {
                return chance(80) ? any(commandNames) : any("nosuch", "", "config|nosuch", "config|get|x", "SeT");
            }
            case "parameter" -> {
                return parameter(command);
            }
            case "module-name" -> {
                return "nomodule";
            }
            case "category" -> {
                return any("read", "write", "string", "nosuch", "dangerous", "fast", "");
            }
            case "subcommand" -> {
                return any("foo", "HELP", "get");
            }
            default -> {
                return name.contains("key")
                        ? key()
                        : name.contains("num")
                                        || name.contains("start")
                                        || name.contains("end")
                                        || name.contains("stop")
                                        || name.contains("slot")
                                        || name.contains("len")
                                ? integer()
                                : chance(30) ? integer() : value();
            }
        }
    }

    private String parameter(String command) {
        return command.equals("config|get") && chance(50)
                ? any("*max*", "lazy*", "hash-*", "list-*", "nosuch", "*entries", "?", "slowlog-*", "HZ")
                : parameters.isEmpty() ? "nosuch" : any(parameters);
    }

    /** A value for a setting. */
    String setting(String parameter) {
        Map<String, String[]> words = Map.of(
                "notify-keyspace-events", new String[] {"", "KEA", "Ex", "gxE", "q", "AKE"},
                "maxmemory-policy", new String[] {"noeviction", "allkeys-lru", "volatile-ttl", "foo"});
        if (words.containsKey(parameter)) {
            return any(words.get(parameter));
        }
        if (parameter.startsWith("lazyfree") || parameter.endsWith("enabled")) {
            return tame ? any("yes", "no") : any("yes", "no", "1", "YES", "maybe", "");
        }
        return tame
                ? Integer.toString(1 + random.nextInt(100))
                : any("1", "0", "-1", "64", "128", "abc", "", "1kb", "99999999999999999999");
    }

    private String float_() {
        return chance(tame ? 0 : 50) ? any(FLOATS) : Integer.toString(random.nextInt(100)) + any("", ".5", ".25", "e1");
    }

    private String database() {
        return tame || chance(85)
                ? Integer.toString(random.nextInt(3))
                : any("16", "-1", "15", "abc", "", "4294967296", "01", "1.0");
    }
}
