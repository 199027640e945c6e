package io.duetdb.engine.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Random commands on lists: few keys, among them one of another type, every option, edge numbers, and mistakes. */
final class RandomLists {
    private static final String[] KEYS = {"a", "b", "c", "", "\0\r\n\u00ff", "text"};
    private static final String[] ELEMENTS = {
        "",
        "0",
        "1",
        "-1",
        "a",
        "b",
        "c",
        "\0",
        "\r\n",
        "\u00e4\u00ff",
        "007",
        "-0",
        "127",
        "128",
        "4095",
        "4096",
        "-4097",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "x".repeat(63),
        "x".repeat(64)
    };
    private static final String[] NUMBERS = {
        "0",
        "1",
        "2",
        "-1",
        "-2",
        "3",
        "5",
        "-7",
        "20",
        "100",
        "-100",
        "9223372036854775807",
        "-9223372036854775807",
        "01",
        "x",
        "",
        "1.5",
        "9223372036854775808",
        " 1"
    };
    private static final String[] JUNK = {"LEFT", "COUNT", "RANK", "foo", "", "-1", "2", "a\0b"};

    private final Random random;
    private boolean growing = true;

    RandomLists(long seed) {
        random = new Random(seed);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String key() {
        return random.nextInt(12) == 0 ? "text" : KEYS[random.nextInt(KEYS.length - 1)];
    }

    private String element() {
        if (random.nextInt(60) == 0) {
            return any("y", "z").repeat(1 << random.nextInt(17));
        }
        return random.nextInt(3) == 0 ? Integer.toString(random.nextInt(50)) : any(ELEMENTS);
    }

    private String end() {
        return any("LEFT", "RIGHT", "left", "Right");
    }

    /** A number near the middle of things, or any. */
    private String number() {
        return random.nextInt(3) > 0 ? Integer.toString(random.nextInt(40) - 12) : any(NUMBERS);
    }

    /** The next command. */
    List<String> next() {
        if (random.nextInt(200) == 0) {
            growing = !growing;
        }
        List<String> command = command();
        if (random.nextInt(12) == 0) {
            spoil(command);
        }
        if (random.nextInt(4) == 0) {
            command.set(0, command.get(0).toLowerCase(Locale.ROOT));
        }
        return command;
    }

    private void spoil(List<String> command) {
        int at = 1 + random.nextInt(command.size());
        if (at == command.size() || random.nextBoolean()) {
            command.add(at, any(JUNK));
        } else {
            command.remove(at);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        switch (random.nextInt(24)) {
            case 0, 1, 2 -> push(command, "RPUSH", "LPUSH");
            case 3 -> push(command, "RPUSHX", "LPUSHX");
            case 4, 5 -> pop(command);
            case 6 -> command.addAll(List.of("LLEN", key()));
            case 7 -> command.addAll(List.of("LINDEX", key(), number()));
            case 8, 9 -> command.addAll(List.of("LSET", key(), number(), element()));
            case 10, 11 -> command.addAll(List.of("LRANGE", key(), number(), number()));
            case 12 ->
                command.addAll(List.of("LTRIM", key(), growing ? any("0", "1", "-90") : number(), any("-1", "-2")));
            case 13 -> command.addAll(List.of("LTRIM", key(), number(), number()));
            case 14 -> command.addAll(List.of("LREM", key(), number(), element()));
            case 15, 16 ->
                command.addAll(List.of("LINSERT", key(), any("BEFORE", "AFTER", "after"), element(), element()));
            case 17, 18 -> lpos(command);
            case 19, 20 -> command.addAll(List.of("LMOVE", key(), key(), end(), end()));
            case 21 -> command.addAll(List.of("RPOPLPUSH", key(), key()));
            case 22 -> lmpop(command);
            default -> other(command);
        }
        return command;
    }

    private void push(List<String> command, String one, String other) {
        command.addAll(List.of(any(one, other), key()));
        int n = 1 + random.nextInt(growing ? 12 : 2);
        for (int i = 0; i < n; i++) {
            command.add(element());
        }
    }

    private void pop(List<String> command) {
        command.addAll(List.of(any("LPOP", "RPOP"), key()));
        if (random.nextInt(3) == 0) {
            command.add(growing ? any("0", "1", "2", "-1", "x") : number());
        }
    }

    private void lpos(List<String> command) {
        command.addAll(List.of("LPOS", key(), element()));
        for (int i = random.nextInt(4); i > 0; i--) {
            command.addAll(List.of(any("RANK", "COUNT", "MAXLEN", "rank"), number()));
        }
    }

    private void lmpop(List<String> command) {
        int keys = 1 + random.nextInt(3);
        command.addAll(List.of("LMPOP", random.nextInt(8) == 0 ? any("0", "-1", "x", "1", "100") : "" + keys));
        for (int i = 0; i < keys; i++) {
            command.add(key());
        }
        command.add(end());
        if (random.nextInt(2) == 0) {
            command.addAll(List.of(any("COUNT", "count"), number()));
        }
    }

    private void other(List<String> command) {
        switch (random.nextInt(10)) {
            case 0, 1 -> command.addAll(List.of("SET", "text", "x"));
            case 2 -> command.addAll(List.of("DEL", key(), key()));
            case 3 -> command.addAll(List.of("RENAME", key(), key()));
            case 4, 5 -> command.addAll(List.of("COPY", key(), key(), any("REPLACE", "replace", "DB")));
            case 6 -> command.addAll(List.of("EXPIRE", key(), any("100000", "-1", "200000")));
            case 7 -> command.addAll(List.of("PERSIST", key()));
            case 8 -> command.addAll(List.of("TYPE", key()));
            default -> command.addAll(List.of("EXISTS", key(), key()));
        }
    }
}
