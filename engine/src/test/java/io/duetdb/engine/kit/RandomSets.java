package io.duetdb.engine.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random commands on sets: some keys hold integers, some any bytes, some a few members and some many, one a string, one
 * nothing; every option, and mistakes.
 */
public final class RandomSets {
    private static final String[] KEYS = {"i1", "i2", "i3", "s1", "s2", "s3", "m1", "m2", "", "text", "nothing"};
    private static final String[] ODD = {
        "",
        "\0",
        "\r\n",
        "\u00ff\u00fe",
        "01",
        "-0",
        "+1",
        " 1",
        "1.0",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "32767",
        "32768",
        "-32769",
        "2147483648",
        "-2147483649",
        "x".repeat(63),
        "x".repeat(64),
        "x".repeat(65),
        "y".repeat(300),
        "z".repeat(5000)
    };
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "2",
        "5",
        "50",
        "-20",
        "100000",
        "9223372036854775807",
        "-9223372036854775808",
        "",
        "9223372036854775808",
        "abc",
        " 1",
        "1.0",
        "+1",
        "01"
    };
    private static final String[] JUNK = {"LIMIT", "MATCH", "COUNT", "foo", "", "-1", "\0", "text", "i1"};
    private static final String[] PATTERNS = {"*", "1*", "m?", "[0-5]*", "*\u00ff*", "", "\\*", "m1*"};

    private final Random random;
    private final double mistakes;

    /** A generator. {@code mistakes}: share of commands that are spoilt. */
    public RandomSets(long seed, double mistakes) {
        this.random = new Random(seed);
        this.mistakes = mistakes;
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** One of the keys. */
    public String key() {
        return any(KEYS);
    }

    /** All keys. */
    public static List<String> keys() {
        return List.of(KEYS);
    }

    private String member(String key) {
        if (random.nextInt(400) == 0) {
            return any(ODD);
        }
        int range = key.endsWith("1") ? 20 : key.endsWith("2") ? 200 : 2_000;
        if (key.startsWith("i")) {
            return Integer.toString(random.nextInt(range) - 5);
        }
        return random.nextInt(8) == 0 && !key.startsWith("s") ? any(ODD) : any("m", "n") + random.nextInt(range);
    }

    private void members(List<String> command, String key, int most) {
        for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? most : 4); i > 0; i--) {
            command.add(member(key));
        }
    }

    private void keys(List<String> command) {
        for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3); i > 0; i--) {
            command.add(random.nextInt(6) == 0 ? key() : KEYS[random.nextInt(8)]);
        }
    }

    /** The next command. */
    public List<String> next() {
        List<String> command = new ArrayList<>();
        String key = random.nextInt(5) == 0 ? key() : KEYS[random.nextInt(8)];
        switch (random.nextInt(22)) {
            case 0, 1, 2, 3, 4 -> {
                command.addAll(List.of("SADD", key));
                members(command, key, 200);
            }
            case 5, 6 -> {
                command.addAll(List.of("SREM", key));
                members(command, key, 100);
            }
            case 7 -> command.addAll(List.of("SISMEMBER", key, member(key)));
            case 8 -> {
                command.addAll(List.of("SMISMEMBER", key));
                members(command, key, 20);
            }
            case 9 -> command.addAll(List.of(any("SCARD", "SMEMBERS", "TYPE", "EXISTS"), key));
            case 10, 11 -> command.addAll(List.of("SMOVE", key, key(), member(key)));
            case 12 -> scan(command, key);
            case 13, 14 -> {
                command.add(any("SINTER", "SUNION", "SDIFF"));
                keys(command);
            }
            case 15, 16 -> {
                command.addAll(List.of(any("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), key()));
                keys(command);
            }
            case 17 -> sintercard(command);
            case 18 -> {
                command.addAll(List.of("SPOP", key));
                if (random.nextBoolean()) {
                    command.add(random.nextInt(3) == 0 ? any(NUMBERS) : Integer.toString(random.nextInt(30)));
                }
            }
            case 19, 20 -> {
                command.addAll(List.of("SRANDMEMBER", key));
                if (random.nextInt(4) > 0) {
                    String count = any(NUMBERS);
                    command.add(random.nextBoolean() ? count : Integer.toString(random.nextInt(300) - 100));
                }
            }
            default ->
                command.addAll(
                        random.nextInt(4) == 0
                                ? List.of("DEL", key())
                                : random.nextBoolean()
                                        ? List.of("SET", "text", "text")
                                        : List.of(any("COPY", "RENAME"), key, any("m1", "m2", "s3")));
        }
        if (random.nextDouble() < mistakes) {
            spoil(command);
        }
        if (random.nextInt(4) == 0) {
            command.set(0, command.get(0).toLowerCase(Locale.ROOT));
        }
        return command;
    }

    private void scan(List<String> command, String key) {
        command.addAll(List.of("SSCAN", key, random.nextInt(6) == 0 ? any(NUMBERS) : "0"));
        for (int i = random.nextInt(3); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> command.addAll(List.of(any("MATCH", "match"), any(PATTERNS)));
                case 4 -> command.addAll(List.of("COUNT", any(NUMBERS)));
                case 5 -> command.add(any(JUNK));
                default -> command.addAll(List.of("COUNT", "100000"));
            }
        }
        command.addAll(List.of("COUNT", "1000000"));
    }

    private void sintercard(List<String> command) {
        command.add("SINTERCARD");
        List<String> keys = new ArrayList<>();
        keys(keys);
        command.add(random.nextInt(8) == 0 ? any(NUMBERS) : Integer.toString(keys.size()));
        command.addAll(keys);
        if (random.nextInt(3) == 0) {
            command.addAll(List.of(any("LIMIT", "limit"), any(NUMBERS)));
        }
    }

    private void spoil(List<String> command) {
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
}
