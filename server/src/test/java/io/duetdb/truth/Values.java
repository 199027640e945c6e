package io.duetdb.truth;

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

    /** A key, mostly one of the first few. */
    String key() {
        return random.nextInt(3) > 0 ? KEYS[random.nextInt(7)] : any(KEYS);
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

    private String relative(long unit) {
        if (tame && relativeTimes || chance(75) && relativeTimes) {
            return Long.toString((1 + random.nextInt(9)) * 100_000 * unit + random.nextInt((int) unit));
        }
        return any(BAD_TIMES);
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

    /** An argument of {@code name} for a command. */
    String of(String command, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith("seconds") && !lower.contains("milli")) {
            return lower.contains("unix") ? absolute(1) : relative(1);
        }
        if (lower.endsWith("milliseconds")) {
            return lower.contains("unix") ? absolute(1000) : relative(1000);
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
                return key();
            }
            case "value", "element", "member", "message", "pivot" -> {
                return value();
            }
            case "increment", "decrement" -> {
                return command.contains("float") ? float_() : chance(60) ? integer() : any(EDGES);
            }
            case "score", "min", "max", "weight" -> {
                return float_();
            }
            case "db", "destination-db", "index1", "index2" -> {
                return database();
            }
            case "index" -> {
                return command.equals("select") ? database() : integer();
            }
            case "cursor" -> {
                return tame || chance(85) ? "0" : any(EDGES);
            }
            case "count" -> {
                return chance(60) ? "1000" : positive(20);
            }
            case "type" -> {
                return any(TYPES);
            }
            case "pattern" -> {
                return any(PATTERNS);
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
