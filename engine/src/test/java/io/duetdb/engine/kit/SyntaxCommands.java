package io.duetdb.engine.kit;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Flags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random requests made from the syntax lines of a table's declarations: options are taken or not, alternatives chosen,
 * repetitions repeated, and what has a name gets a value that fits the name. A command that is added to the table is
 * among them at once.
 */
public final class SyntaxCommands {
    private static final String[] KEYS = {"a", "b", "c", "d", "key:1", "key:2", "", "\0\r\n", "\u00ff\u00fe"};
    private static final String[] VALUES = {
        "", "0", "1", "-1", "10", "3.5", "abc", "9223372036854775807", "\0\u00ff", "x".repeat(44), "y".repeat(300)
    };
    private static final String[] NUMBERS = {"0", "1", "-1", "2", "3", "7", "100", "-5"};
    private static final String[] MEMBERS = {"a", "b", "f1", "f2", "1", "2", "17", "\0\u00ff", "y".repeat(65)};
    private static final String[] BOUNDS = {"0", "-1", "1", "(1", "-inf", "+inf", "-", "+", "[a", "(b"};
    private static final int DATABASES = 3;

    private final Random random;
    private final List<Command> commands = new ArrayList<>();
    private long nowSeconds;
    private String[] tokens = new String[0];
    private int at;

    /** How many keys or fields have been announced, or -1. */
    private int announced = -1;

    /** Requests of the commands that have {@code flag}, containers aside, and those that wait for somebody. */
    public SyntaxCommands(CommandTable table, int flag, long seed) {
        random = new Random(seed);
        for (Command command : table.byId()) {
            if (command.is(flag) && !command.isContainer() && !command.is(Flags.BLOCKING)) {
                commands.add(command);
            }
        }
    }

    /** Deadlines lie around this time from here on. */
    public SyntaxCommands around(long seconds) {
        nowSeconds = seconds;
        return this;
    }

    /** The commands that requests are made of. */
    public List<Command> commands() {
        return commands;
    }

    /** The next request. */
    public List<String> next() {
        Command command = commands.get(random.nextInt(commands.size()));
        if (command.name().startsWith("flush") && random.nextInt(50) > 0) {
            return next(); // an empty keyspace teaches nothing
        }
        return of(command);
    }

    /** A request of one command. */
    public List<String> of(Command command) {
        List<String> words =
                new ArrayList<>(List.of(command.name().toUpperCase(Locale.ROOT).split("\\|")));
        tokens = command.syntax().replaceAll("([\\[\\]<>|])", " $1 ").trim().split("\\s+");
        at = 0;
        announced = -1;
        if (!command.syntax().isEmpty()) {
            words.addAll(choice(null));
        }
        return words;
    }

    /** Alternatives up to a closing bracket: one of them. */
    private List<String> choice(@Nullable String close) {
        List<List<String>> alternatives = new ArrayList<>();
        List<String> sequence = new ArrayList<>();
        while (at < tokens.length && !tokens[at].equals(close)) {
            String token = tokens[at++];
            switch (token) {
                case "|" -> {
                    alternatives.add(sequence);
                    sequence = new ArrayList<>();
                }
                case "[" -> optional(sequence);
                case "<" -> sequence.addAll(choice(">"));
                case "..." -> {}
                default -> sequence.add(word(token));
            }
        }
        at++;
        alternatives.add(sequence);
        return alternatives.get(random.nextInt(alternatives.size()));
    }

    private void optional(List<String> sequence) {
        int begin = at;
        List<String> taken = choice("]");
        boolean repeats = at >= 2 && tokens[at - 2].equals("...");
        int times = repeats ? random.nextInt(3) : random.nextInt(2);
        if (repeats && announced > 0) {
            times = announced - 1;
            announced = -1;
        }
        int end = at;
        for (int i = 0; i < times; i++) {
            sequence.addAll(taken);
            at = begin;
            taken = choice("]");
        }
        at = end;
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String word(String token) {
        if (token.equals(token.toUpperCase(Locale.ROOT))) {
            return random.nextInt(5) == 0 ? token.toLowerCase(Locale.ROOT) : token;
        }
        long second = nowSeconds + random.nextInt(12) - 4;
        if (token.equals("numkeys") || token.equals("numfields")) {
            announced = 1 + random.nextInt(2);
            return Integer.toString(announced);
        }
        if (token.contains("key") || token.equals("source") || token.equals("destination")) {
            return any(KEYS);
        }
        return switch (token) {
            case "field", "member", "element", "pivot" -> random.nextInt(4) > 0 ? any(MEMBERS) : any(VALUES);
            case "min", "max" -> any(BOUNDS);
            case "score", "weight" -> random.nextBoolean() ? any(NUMBERS) : any("1.5", "-inf", "1e3", "abc");
            case "seconds" -> Integer.toString(random.nextInt(10) - 1);
            case "milliseconds" -> Integer.toString(random.nextInt(9000) - 500);
            case "unix-time-seconds" -> Long.toString(second);
            case "unix-time-milliseconds" -> Long.toString(second * 1000 + random.nextInt(1000));
            case "offset" -> any("0", "1", "7", "100", "2000");
            case "destination-db", "db", "index", "index1", "index2" -> Integer.toString(random.nextInt(DATABASES));
            case "start", "stop" -> random.nextBoolean() ? any(NUMBERS) : any(BOUNDS);
            case "increment", "decrement", "count", "end", "ttl", "timeout" -> any(NUMBERS);
            case "value" -> random.nextInt(3) == 0 ? any(NUMBERS) : any(VALUES);
            default -> random.nextBoolean() ? any(NUMBERS) : any(VALUES);
        };
    }
}
