package io.duetdb.engine.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random commands of Redis 7.0 on hashes: few keys, fields and values with edges, every option, and mistakes. Few pairs
 * at once, since 7.2 makes a table of a hash that is given more than a listpack may have, and 7.0 does not.
 */
public final class RandomHashes {
    private static final String[] KEYS = {"h1", "h2", "h3", "h4", "\0\r\n", "string"};
    private static final String[] FIELDS = {
        "",
        "a",
        "b",
        "c",
        "0",
        "1",
        "-1",
        "17",
        "9223372036854775807",
        "01",
        "\0\u00ff",
        "x".repeat(63),
        "x".repeat(64),
        "n",
        "f",
        "m"
    };
    private static final String[] VALUES = {
        "",
        "0",
        "1",
        "-1",
        "10",
        "127",
        "128",
        "-4097",
        "70000",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        " 1",
        "1.5",
        "3.0e3",
        "abc",
        "\0",
        "\r\n",
        "v".repeat(63),
        "v".repeat(64)
    };
    private static final String[] LONG = {"y".repeat(65), "z".repeat(1025), "w".repeat(5000)};
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "2",
        "-2",
        "100",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "",
        "x",
        "1.5",
        "1e3",
        "-0.1",
        "inf",
        "nan",
        "0x10",
        "1e400",
        " 1"
    };
    private static final String[] PATTERNS = {"*", "a", "?", "[a-c]", "*\u00ff*", "x*", "", "[^a]", "1*"};
    private static final String[] JUNK = {"WITHVALUES", "MATCH", "COUNT", "NX", "foo", "", "-1", "a\0b"};

    private final Random random;
    private final double mistakes;

    /** A generator; {@code mistakes} is the share of commands that are spoilt. */
    public RandomHashes(long seed, double mistakes) {
        this.random = new Random(seed);
        this.mistakes = mistakes;
    }

    /** All keys that hold hashes. */
    public static List<String> keys() {
        return List.of(KEYS).subList(0, KEYS.length - 1);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String key() {
        return random.nextInt(30) == 0 ? any("string", "nothing") : any(KEYS);
    }

    private String field() {
        if (random.nextInt(60) == 0) {
            return any(LONG);
        }
        return random.nextInt(3) == 0 ? "f" + random.nextInt(12) : any(FIELDS);
    }

    private String value() {
        if (random.nextInt(80) == 0) {
            return any(LONG);
        }
        return random.nextInt(4) == 0 ? Integer.toString(random.nextInt(1000)) : any(VALUES);
    }

    /** The next command. */
    public List<String> next() {
        List<String> command = new ArrayList<>(random.nextInt(2) == 0 ? read() : write());
        if (random.nextDouble() < mistakes) {
            int at = 1 + random.nextInt(command.size());
            switch (random.nextInt(3)) {
                case 0 -> command.add(at, any(JUNK));
                case 1 -> command.add(any(JUNK));
                default -> {
                    if (at < command.size()) {
                        command.remove(at);
                    }
                }
            }
        }
        if (random.nextInt(4) == 0) {
            command.set(0, command.get(0).toLowerCase(Locale.ROOT));
        }
        return command;
    }

    private List<String> some(String name, boolean pairs) {
        List<String> command = new ArrayList<>(List.of(name, key()));
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            command.add(field());
            if (pairs) {
                command.add(value());
            }
        }
        return command;
    }

    private List<String> write() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> some("HSET", true);
            case 4 -> some("HMSET", true);
            case 5 -> List.of("HSETNX", key(), field(), value());
            case 6, 7 -> some("HDEL", false);
            case 8 -> List.of("HINCRBY", key(), any("n", "m", field()), any(NUMBERS));
            case 9 -> List.of("HINCRBYFLOAT", key(), any("f", "n", field()), any(NUMBERS));
            case 10 -> random.nextInt(3) == 0 ? List.of("DEL", key()) : List.of("HDEL", key(), field());
            default ->
                random.nextBoolean()
                        ? List.of("COPY", any(KEYS), any(KEYS), "REPLACE")
                        : List.of("RENAME", any("h1", "h2"), any("h3", "h4"));
        };
    }

    private List<String> read() {
        return switch (random.nextInt(14)) {
            case 0, 1 -> List.of("HGET", key(), field());
            case 2 -> some("HMGET", false);
            case 3, 4 -> List.of("HGETALL", key());
            case 5 -> List.of(any("HKEYS", "HVALS"), key());
            case 6 -> List.of("HLEN", key());
            case 7 -> List.of("HSTRLEN", key(), field());
            case 8 -> List.of("HEXISTS", key(), field());
            case 9, 10 -> scan();
            case 11 -> randomFields();
            case 12 -> List.of("TYPE", key());
            default -> List.of("OBJECT", "ENCODING", key());
        };
    }

    private List<String> scan() {
        List<String> command = new ArrayList<>(List.of("HSCAN", key(), random.nextInt(6) == 0 ? any(NUMBERS) : "0"));
        for (int i = random.nextInt(3); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> command.addAll(List.of("MATCH", any(PATTERNS)));
                case 1 -> command.addAll(List.of("count", any("0", "-1", "x", "100000")));
                default -> command.add(any(JUNK));
            }
        }
        command.addAll(List.of("COUNT", "1000"));
        return command;
    }

    private List<String> randomFields() {
        List<String> command = new ArrayList<>(List.of("HRANDFIELD", key()));
        if (random.nextInt(4) > 0) {
            command.add(any("0", "1", "3", "-3", "20", "1000", "x", "-9223372036854775808", "9223372036854775807"));
            if (random.nextBoolean()) {
                command.add(any("WITHVALUES", "withvalues", "foo"));
            }
        }
        return command;
    }
}
