package io.duetdb.engine.kit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random commands on strings and keys: few keys, edge numbers, binary bytes, every option, and mistakes. Deadlines are
 * days away or over, so that two servers whose clocks differ by seconds answer alike.
 */
public final class RandomStrings {
    private static final String[] KEYS = {
        "a", "b", "c", "key:1", "key:2", "", "\0\r\n", "\u00ff\u00fe", "*", "long" + "k".repeat(300)
    };
    private static final String[] VALUES = {
        "",
        "0",
        "1",
        "-1",
        "10",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "1.0",
        "abc",
        "1e3",
        "9223372036854775806",
        "-9223372036854775807",
        "\0",
        "1\0",
        "\r\n",
        "\u00e4\u00ff",
        "x".repeat(43),
        "x".repeat(44),
        "x".repeat(45),
        "y".repeat(500),
        "z".repeat(4000),
        "w".repeat(9000)
    };
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "2",
        "100",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "",
        "-9223372036854775809",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "1.0",
        "abc",
        "4611686018427387904",
        "-4611686018427387904",
        "-9223372036854775807",
        "12345678901234567890123"
    };
    private static final String[] BAD_TIMES = {
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775",
        "9223372036854776",
        "abc",
        "",
        "-9223372036854776",
        "9223372036854775808",
        " 1",
        "1.5",
        "+1",
        "01"
    };
    private static final String[] JUNK = {
        "NX", "xx", "GET", "KEEPTTL", "PERSIST", "EX", "px", "GT", "LT", "foo", "", "-1", "\0", "a\0b", "fo\r\no\r\n"
    };
    private static final String[] EXPIRES = {"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"};
    private static final String[] PATTERNS = {"*", "a", "key:?", "[a-b]", "*\u00ff*", "k*1", "\\*", "", "[^a]", "long*"
    };

    private final Random random;
    private long baseSeconds;
    private long unitSeconds = 100_000;
    private final double mistakes;
    private final boolean reads;

    /**
     * A generator.
     *
     * @param baseSeconds about now: absolute deadlines lie days behind it
     * @param mistakes share of commands that are spoilt
     * @param reads whether commands that only read are among them
     */
    public RandomStrings(long seed, long baseSeconds, double mistakes, boolean reads) {
        this.random = new Random(seed);
        this.baseSeconds = baseSeconds;
        this.mistakes = mistakes;
        this.reads = reads;
    }

    /** Absolute deadlines lie around {@code now} from here on, and all of them within some multiples of a unit. */
    public RandomStrings around(long nowSeconds, long unit) {
        baseSeconds = nowSeconds;
        unitSeconds = unit;
        return this;
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

    private String value() {
        if (random.nextInt(200) == 0) {
            return "b".repeat(60_000 + random.nextInt(20_000));
        }
        return random.nextInt(4) == 0 ? Long.toString(random.nextInt(1000)) : any(VALUES);
    }

    /** A time for an option or command; relative ones lie between the absolute ones, never near them. */
    private String time(boolean relative, boolean seconds) {
        if (random.nextInt(8) == 0) {
            return any(BAD_TIMES);
        }
        long units = (1 + random.nextInt(9)) * unitSeconds;
        long time = relative ? units + unitSeconds / 2 : baseSeconds + units;
        return Long.toString(seconds ? time : time * 1000);
    }

    private void expiryOption(List<String> command) {
        switch (random.nextInt(4)) {
            case 0 -> command.addAll(List.of(any("EX", "ex"), time(true, true)));
            case 1 -> command.addAll(List.of("PX", time(true, false)));
            case 2 -> command.addAll(List.of("EXAT", time(false, true)));
            default -> command.addAll(List.of("PxAt", time(false, false)));
        }
    }

    /** The next command. */
    public List<String> next() {
        List<String> command = new ArrayList<>(reads && random.nextInt(3) == 0 ? read() : write());
        if (random.nextDouble() < mistakes) {
            spoil(command);
        }
        if (random.nextInt(4) == 0) {
            command.set(0, command.get(0).toLowerCase(Locale.ROOT));
        }
        return command;
    }

    /** The bytes of a command's words, one byte per character. */
    public static byte[][] bytes(List<String> command) {
        byte[][] words = new byte[command.size()][];
        for (int i = 0; i < words.length; i++) {
            words[i] = command.get(i).getBytes(StandardCharsets.ISO_8859_1);
        }
        return words;
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

    private List<String> read() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> List.of("GET", key());
            case 3 -> List.of("MGET", key(), key(), key());
            case 4 -> List.of("STRLEN", key());
            case 5 -> List.of("EXISTS", key(), key());
            case 6 -> List.of("TYPE", key());
            case 7 -> List.of("TTL", key());
            case 8 -> List.of("PTTL", key());
            case 9 -> List.of("EXPIRETIME", key());
            case 10 -> List.of("PEXPIRETIME", key());
            case 11 -> List.of("OBJECT", "ENCODING", key());
            case 12 -> List.of("KEYS", any(PATTERNS));
            case 13 -> List.of("TOUCH", key(), key());
            case 14 -> scan();
            default -> List.of(any("DBSIZE", "RANDOMKEY"));
        };
    }

    private List<String> scan() {
        List<String> command = new ArrayList<>(List.of("SCAN", random.nextInt(5) == 0 ? any(NUMBERS) : "0"));
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> command.addAll(List.of("MATCH", any(PATTERNS)));
                case 1 -> command.addAll(List.of("TYPE", any("string", "STRING", "list", "foo")));
                case 2 -> command.addAll(List.of("count", any("0", "-1", "x", "100000")));
                default -> command.add(any(JUNK));
            }
        }
        command.addAll(List.of("COUNT", "1000"));
        return command;
    }

    private List<String> write() {
        List<String> command = new ArrayList<>();
        switch (random.nextInt(24)) {
            case 0, 1, 2 -> command.addAll(List.of("SET", key(), value()));
            case 3, 4, 5 -> set(command);
            case 6 -> command.addAll(List.of("SETNX", key(), value()));
            case 7 -> command.addAll(List.of("SETEX", key(), time(true, true), value()));
            case 8 -> command.addAll(List.of("PSETEX", key(), time(true, false), value()));
            case 9 -> command.addAll(List.of("GETSET", key(), value()));
            case 10 -> command.addAll(List.of("GETDEL", key()));
            case 11 -> getex(command);
            case 12 -> command.addAll(List.of(any("MSET", "MSETNX"), key(), value(), key(), value()));
            case 13, 14 -> command.addAll(List.of(any("INCR", "DECR"), key()));
            case 15, 16 -> command.addAll(List.of(any("INCRBY", "DECRBY"), key(), any(NUMBERS)));
            case 17, 18 -> command.addAll(List.of("APPEND", key(), value()));
            case 19 -> command.addAll(List.of(any("DEL", "UNLINK"), key(), key()));
            case 20, 21 -> expire(command);
            case 22 -> command.addAll(List.of("PERSIST", key()));
            default -> {
                if (random.nextInt(20) == 0) {
                    command.add(any("FLUSHDB", "FLUSHALL"));
                    if (random.nextBoolean()) {
                        command.add(any("ASYNC", "sync", "foo"));
                    }
                } else {
                    command.addAll(List.of("SET", key(), value(), "XX"));
                }
            }
        }
        return command;
    }

    private void set(List<String> command) {
        command.addAll(List.of("SET", key(), value()));
        if (random.nextInt(3) == 0) {
            command.add(any("NX", "XX", "nx"));
        }
        if (random.nextInt(3) == 0) {
            command.add(any("GET", "get"));
        }
        if (random.nextInt(2) == 0) {
            expiryOption(command);
        }
        if (random.nextInt(4) == 0) {
            command.add("KEEPTTL");
        }
        if (random.nextInt(6) == 0) {
            command.add(any("NX", "XX", "GET"));
        }
        if (random.nextInt(8) == 0) {
            expiryOption(command);
        }
    }

    private void getex(List<String> command) {
        command.addAll(List.of("GETEX", key()));
        if (random.nextInt(5) == 0) {
            command.add(any("PERSIST", "KEEPTTL"));
        }
        if (random.nextInt(5) > 0) {
            expiryOption(command);
        }
    }

    private void expire(List<String> command) {
        int which = random.nextInt(EXPIRES.length);
        boolean relative = which < 2;
        command.addAll(List.of(EXPIRES[which], key(), time(relative, which % 2 == 0)));
        // Two relative deadlines may be a moment apart here and not there: GT and LT only compare with absolute ones.
        if (random.nextInt(2) == 0) {
            command.add(relative ? any("NX", "XX") : any("NX", "XX", "GT", "lt"));
        }
        if (random.nextInt(8) == 0) {
            command.add(relative ? any("NX", "XX", "foo") : any("NX", "XX", "GT", "LT"));
        }
    }
}
