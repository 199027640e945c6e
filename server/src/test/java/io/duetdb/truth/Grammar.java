package io.duetdb.truth;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.command.Group;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Random commands made from the command table: each of its commands equally often (a few rarely), its syntax line
 * expanded, sometimes spoilt. What shares of errors a command has had so far decides how tame the next one is, so that
 * each command's share lies between 10 and 40 %.
 */
final class Grammar {
    /**
     * Commands that stop or mute a server or a client, change what every later reply looks like, or only mean something
     * to several servers: these have scripts of their own.
     */
    static final Set<String> SCRIPTED = Set.of(
            "shutdown",
            "monitor",
            "quit",
            "debug",
            "client|pause",
            "client|unpause",
            "client|reply",
            "client|kill",
            "client|caching",
            "client|tracking",
            "sync",
            "psync",
            "replicaof",
            "slaveof",
            "failover",
            "wait",
            "waitaof",
            "migrate",
            "replconf",
            "bgsave",
            "save",
            "bgrewriteaof",
            "lastsave",
            "subscribe",
            "psubscribe",
            "ssubscribe",
            "unsubscribe",
            "punsubscribe",
            "sunsubscribe",
            "cluster|reset",
            "post",
            "host:",
            "config|rewrite",
            "restore-asking",
            "asking",
            "module|load",
            "module|loadex",
            "module|unload",
            "latency|doctor",
            "memory|doctor",
            "memory|malloc-stats");

    /** How often a command is dealt before the cards are shuffled again. */
    private static final int USUAL = 4;

    /** The same for groups that change nothing. */
    private static final int RARE_GROUP = 3;

    /** The same for those that empty or scramble what the others build, and for those that half of the epochs leave out. */
    private static final Map<String, Integer> DEALT =
            Map.of("flushall", 1, "flushdb", 1, "swapdb", 1, "reset", 1, "hello", 2, "setex", 8, "psetex", 8);

    /** What a command cannot do without; made for it when it fails too often. */
    private static final Map<String, List<String>> NEEDED = Map.of(
            "STRING", List.of("SET", "1"),
            "GENERIC", List.of("SET", "value"),
            "LIST", List.of("RPUSH", "1", "2", "3"),
            "HASH", List.of("HSET", "f1", "1", "f2", "2"),
            "SET", List.of("SADD", "1", "2", "3"),
            "SORTED_SET", List.of("ZADD", "1", "a", "2", "b"));

    /** The same for SORT. */
    private static final List<String> NUMBERS = List.of("RPUSH", "10", "9", "1", "10");

    /** Commands that need a key which is there, not only one of the right type. */
    private static final Set<String> NEEDY = Set.of("rename", "renamenx", "lset");

    /** Commands on ranges of members. */
    private static final Set<String> LEXICAL = Set.of("ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZLEXCOUNT", "ZREMRANGEBYLEX");

    /** Shares of errors: below the first a command is broken on purpose, above the last it is tamed. */
    private static final double FEW_ERRORS = 0.18;

    private static final double VERY_FEW_ERRORS = 0.13;
    private static final double MANY_ERRORS = 0.28;

    private static final Set<String> RARE_GROUPS = Set.of("SERVER", "CONNECTION", "CLUSTER");
    private static final Set<String> COLLECTIONS = Set.of("LIST", "HASH", "SET", "SORTED_SET");

    /** Elements of a command now and then, at most: more than any compact encoding takes. */
    private static final int MANY = 700;

    private final Random random;
    private final Values values;
    private final Fences fences;
    private final List<Command> commands = new ArrayList<>();
    private final Map<String, Syntax> syntaxes = new TreeMap<>();
    private final Map<String, Set<String>> options = new HashMap<>();
    private final List<Command> deck = new ArrayList<>();
    private final Map<String, long[]> shares = new TreeMap<>();
    private final Set<String> newer;
    private final Set<Step> lookedUp = Collections.newSetFromMap(new IdentityHashMap<>());
    private Set<String> groups = Set.of();
    private boolean inTransaction;
    private boolean relativeTimes = true;

    /** The commands of a table; {@code newer} are those redis-server does not have, {@code known} those both have. */
    Grammar(long seed, CommandTable table, Set<String> newer, Set<String> settings) {
        random = new Random(seed);
        this.newer = newer;
        List<String> names = new ArrayList<>();
        for (Command command : table.byId()) {
            if (!newer.contains(command.name())) {
                names.add(command.name());
            }
            boolean leaf = !command.isContainer() || command.name().equals("command");
            Command container = command.parent();
            if (leaf
                    && !SCRIPTED.contains(command.name())
                    && !command.is(Flags.BLOCKING) // waits for others: has scripts of its own
                    && (container == null || !SCRIPTED.contains(container.name()))) {
                commands.add(command);
                syntaxes.put(command.name(), Syntax.parse(command.isContainer() ? "" : command.syntax()));
            }
        }
        List<String> safe = new ArrayList<>(Fences.SAFE_SETTINGS);
        safe.retainAll(settings);
        values = new Values(random, names, safe);
        fences = new Fences(values, word -> table.find(Argv.of(word), 0) != null);
    }

    /** All commands this makes. */
    List<Command> commands() {
        return Collections.unmodifiableList(commands);
    }

    /** The names of all commands this makes. */
    List<String> names() {
        return commands.stream().map(Command::name).toList();
    }

    /** The words of a command's syntax that stand for themselves. */
    Set<String> options(String command) {
        Set<String> words = new TreeSet<>();
        syntaxes.get(command).words(words);
        return words;
    }

    /** The same, empty for a command that is not generated. */
    Set<String> optionsOrNone(String command) {
        return options.computeIfAbsent(command, c -> syntaxes.containsKey(c) ? options(c) : Set.of());
    }

    /** Whether relative deadlines may be among the next commands; see {@link Values#relativeTimes}. */
    void relativeTimes(boolean value) {
        relativeTimes = value;
        values.relativeTimes(value);
    }

    /** Only commands of these groups are made from here on; all when there is none. */
    void only(Set<String> names) {
        groups = names;
        deck.clear();
    }

    /** Whether a step only looks at what a command before it did; it says nothing about shares of calls and errors. */
    boolean looks(Step step) {
        return lookedUp.contains(step);
    }

    /** Says how a command ended, which decides how tame the next one is. */
    void ended(String command, boolean error) {
        long[] share = shares.computeIfAbsent(command, c -> new long[2]);
        share[0]++;
        share[1] += error ? 1 : 0;
    }

    /** A pipeline of {@code count} random commands of one client, with what looks at the keys they touched. */
    List<Step> batch(int client, int count) {
        inTransaction = false;
        lookedUp.clear();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> needed = new ArrayList<>();
            List<String> words = next(needed);
            if (!needed.isEmpty()) {
                look(steps, Step.of(client, List.of("DEL", needed.get(1))));
                look(steps, Step.of(client, needed));
            }
            steps.add(Step.of(client, words));
            followUp(client, words, steps);
        }
        if (inTransaction) {
            steps.add(Step.line(client, values.chance(80) ? "EXEC" : "DISCARD"));
        }
        return steps;
    }

    private void look(List<Step> steps, Step step) {
        lookedUp.add(step);
        steps.add(step);
    }

    /** A key whose time was over when it was set is looked at, so that both sides drop it now; encodings are asked for. */
    private void followUp(int client, List<String> words, List<Step> steps) {
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i).equalsIgnoreCase("PXAT") || words.get(i).equalsIgnoreCase("EXAT")) {
                for (int k = 1; k < Math.min(words.size(), 12); k++) {
                    look(steps, Step.of(client, List.of("EXISTS", words.get(k))));
                }
                break;
            }
        }
        if (words.size() > 1 && sorts(words.get(0))) {
            afterSort(client, words.get(1), steps);
        }
        if (words.size() > 1 && values.chance(14)) {
            look(steps, Step.of(client, List.of("OBJECT", "ENCODING", words.get(1))));
        }
        if (words.size() > 1 && values.chance(12)) {
            String command = values.any("PEXPIRETIME", "PTTL", "EXPIRETIME", "TTL", "PEXPIRETIME", "TYPE");
            look(steps, Step.of(client, List.of(command, words.get(1))));
        }
        if (random.nextInt(25) == 0) {
            look(steps, Step.line(client, "DEBUG DIGEST"));
        }
        if (random.nextInt(200) == 0) {
            look(steps, Step.of(client, List.of("DEBUG", "DIGEST-VALUE", values.key(), values.key())));
        }
    }

    private boolean sorts(String command) {
        return command.toUpperCase(Locale.ROOT).startsWith("SORT") && syntaxes.containsKey("zadd");
    }

    /**
     * Redis turns a sorted set that it sorts into a skiplist, to stay one; Duet leaves it as it is. A long member that
     * comes and goes has made a skiplist of it in both.
     */
    private void afterSort(int client, String key, List<Step> steps) {
        look(steps, Step.of(client, List.of("ZADD", key, "0", "s".repeat(100))));
        look(steps, Step.of(client, List.of("ZREM", key, "s".repeat(100))));
    }

    /** The next card; where no time may be relative, commands that take nothing else wait for the next epoch. */
    private Command deal() {
        Command command = draw();
        while (!relativeTimes && command.name().endsWith("setex") && command.group() == Group.STRING) {
            command = draw();
        }
        return command;
    }

    private Command draw() {
        if (deck.isEmpty()) {
            for (Command command : commands) {
                if (!groups.isEmpty() && !groups.contains(command.group().name())) {
                    continue;
                }
                int usual = RARE_GROUPS.contains(command.group().name()) ? RARE_GROUP : USUAL;
                for (int i = DEALT.getOrDefault(command.name(), usual); i > 0; i--) {
                    deck.add(command);
                }
            }
            Collections.shuffle(deck, random);
        }
        return deck.remove(deck.size() - 1);
    }

    private List<String> next(List<String> needed) {
        if (inTransaction && values.chance(20)) {
            inTransaction = false;
            return new ArrayList<>(List.of(values.chance(85) ? "EXEC" : "DISCARD"));
        }
        if (random.nextInt(400) == 0) {
            return unknown();
        }
        Command command = deal();
        while (inTransaction && (newer.contains(command.name()) || ChanceRules.COMMANDS.contains(command.name()))) {
            command = deal();
        }
        List<String> words = command(command, needed);
        inTransaction = inTransaction || command.name().equals("multi") && words.size() == 1;
        if (command.name().equals("exec")) {
            inTransaction = false;
        } else if (command.name().equals("discard") || command.name().equals("reset")) {
            inTransaction = inTransaction && words.size() > 1;
        }
        return words;
    }

    /** A command, tame, ordinary or spoilt as its share of errors asks for; {@code needed} is to run before it. */
    private List<String> command(Command command, List<String> needed) {
        long[] share = shares.getOrDefault(command.name(), new long[] {0, 0});
        double errors = share[0] < 10 ? 0.2 : (double) share[1] / share[0];
        boolean tooFew = errors < FEW_ERRORS;
        boolean tooMany = errors > MANY_ERRORS;
        values.group(command.group().name());
        values.tame(tooMany && !values.chance(10));
        List<String> words = expanded(command);
        int fixed = (int) command.name().chars().filter(c -> c == '|').count() + 1;
        if (tooFew && breakable(command, fixed) && values.chance(errors < VERY_FEW_ERRORS ? 80 : 30)) {
            breakCount(command, words, fixed);
        } else if (!tooMany && values.chance(newer.contains(command.name()) ? 2 : 12)) {
            spoil(command, words, fixed);
        } else if (tooMany) {
            provide(command, words, needed);
        }
        values.tame(false);
        fences.keep(command.name(), words);
        levelScores(words, needed);
        return words;
    }

    /** Ranges of members mean nothing where scores differ: the set is made anew with one score for all. */
    private void levelScores(List<String> words, List<String> needed) {
        String command = words.get(0).toUpperCase(Locale.ROOT);
        boolean lex = LEXICAL.contains(command)
                || command.startsWith("ZRANGE") && words.stream().anyMatch(word -> word.equalsIgnoreCase("BYLEX"));
        int key = command.equals("ZRANGESTORE") ? 2 : 1;
        if (lex && key < words.size()) {
            needed.clear();
            needed.addAll(List.of("ZADD", words.get(key)));
            for (int i = 1 + random.nextInt(random.nextInt(20) == 0 ? 300 : 12); i > 0; i--) {
                needed.addAll(List.of("0", i > 12 ? "m:" + i : values.of("zadd", "member")));
            }
        }
    }

    /** Whether some number of arguments is wrong for a command. */
    private static boolean breakable(Command command, int fixed) {
        return command.arity() > 0 || -command.arity() > fixed;
    }

    /** What a command needs to succeed: its key, of its type. */
    private void provide(Command command, List<String> words, List<String> needed) {
        if (command.name().equals("auth")) {
            words.subList(1, words.size()).clear();
            words.addAll(List.of("default", "secret"));
            return;
        }
        if (command.name().equals("restore") && words.size() > 1) {
            needed.addAll(List.of("DEL", words.get(1)));
            return;
        }
        boolean sort = command.name().startsWith("sort");
        List<String> template = sort ? NUMBERS : NEEDED.get(command.group().name());
        int key = command.firstKey();
        boolean typed = sort || !command.group().name().equals("GENERIC");
        if (template != null && key > 0 && key < words.size() && (typed || NEEDY.contains(command.name()))) {
            needed.addAll(template);
            needed.add(1, words.get(key));
        }
    }

    private List<String> expanded(Command command) {
        List<String> words = new ArrayList<>();
        for (String part : command.name().split("\\|")) {
            words.add(values.chance(80) ? part.toUpperCase(Locale.ROOT) : values.chance(50) ? part : mixed(part));
        }
        if (command.name().startsWith("command|getkeys")) {
            Command inner = commands.get(random.nextInt(commands.size()));
            while (inner.name().endsWith("rank") // more arguments from 7.2 on
                    || values.tame() && (inner.keySpecs().length == 0 || newer.contains(inner.name()))) {
                inner = commands.get(random.nextInt(commands.size()));
            }
            words.addAll(newer.contains(inner.name()) ? List.of("GET", "a") : expanded(inner));
            return words;
        }
        new Expansion(command.name(), command.group().name(), words).expand(syntaxes.get(command.name()));
        fitRange(words);
        return words;
    }

    /** ZRANGE and ZRANGESTORE say behind their range what it is a range of. */
    private void fitRange(List<String> words) {
        String command = words.get(0).toUpperCase(Locale.ROOT);
        int at = command.equals("ZRANGE") ? 2 : command.equals("ZRANGESTORE") ? 3 : 0;
        if (at == 0 || at + 1 >= words.size() || values.chance(4)) {
            return;
        }
        boolean byScore = words.stream().anyMatch(word -> word.equalsIgnoreCase("BYSCORE"));
        boolean byLex = words.stream().anyMatch(word -> word.equalsIgnoreCase("BYLEX"));
        for (int i = at; (byScore || byLex) && i < at + 2; i++) {
            words.set(i, byScore ? values.scoreBound() : values.lexBound());
        }
    }

    private static String mixed(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    /** A wrong number of arguments, where there is one. */
    private void breakCount(Command command, List<String> words, int fixed) {
        int arity = command.arity();
        if (arity > 0 && (values.chance(50) || arity <= fixed)) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                words.add(values.chance(50) ? values.key() : values.junk());
            }
        } else if (Math.abs(arity) > fixed) {
            int left = fixed + random.nextInt(Math.abs(arity) - fixed);
            while (words.size() > left) {
                words.remove(words.size() - 1);
            }
        } else if (command.name().indexOf('|') > 0) {
            words.set(1, values.any("nosuch", "", "HELPME", "%s"));
        } else {
            words.add(values.junk());
            words.add(values.junk());
        }
    }

    private void spoil(Command command, List<String> words, int fixed) {
        int n = words.size();
        switch (random.nextInt(7)) {
            case 0 -> breakCount(command, words, fixed);
            case 1 -> words.add(values.junk());
            case 2 -> {
                if (n > fixed) {
                    words.set(fixed + random.nextInt(n - fixed), values.junk());
                }
            }
            case 3 -> words.addAll(optionsAgain(command));
            case 4 -> {
                if (n > fixed) {
                    words.remove(fixed + random.nextInt(n - fixed));
                }
            }
            case 5 -> {
                if (n > fixed + 1) {
                    Collections.swap(words, fixed + random.nextInt(n - fixed), fixed + random.nextInt(n - fixed));
                }
            }
            default -> {
                if (n > fixed + 2) {
                    Collections.shuffle(words.subList(fixed + 1, n), random);
                }
            }
        }
    }

    private List<String> optionsAgain(Command command) {
        List<String> words = new ArrayList<>();
        List<String> options = new ArrayList<>(options(command.name()));
        if (!options.isEmpty()) {
            words.add(values.any(options));
            if (values.chance(40)) {
                words.add(values.integer());
            }
            if (values.chance(40)) {
                words.add(values.any(options));
            }
        }
        return words;
    }

    private List<String> unknown() {
        List<String> words = new ArrayList<>();
        words.add(values.any("FOO", "", "GETT", "nosuch\r\n", "%s", "x".repeat(200), "\u00ff"));
        for (int i = random.nextInt(4); i > 0; i--) {
            words.add(values.junk());
        }
        return words;
    }

    /** Names in lower case, {@code container|sub}, as the counts use them; the first word when there is no such. */
    String name(Step step) {
        String first = step.upper(0).toLowerCase(Locale.ROOT);
        String both = first + "|" + step.upper(1).toLowerCase(Locale.ROOT);
        return syntaxes.containsKey(both) ? both : first;
    }

    /** Bytes of a word. */
    static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One way through a syntax tree. */
    private final class Expansion {
        private final String command;
        private final List<String> words;
        private final String group;
        private int numkeysLeft;
        private int keys;

        Expansion(String command, String group, List<String> words) {
            this.command = command;
            this.group = group;
            this.words = words;
        }

        void expand(Syntax node) {
            if (node instanceof Syntax.Word w) {
                words.add(values.chance(75) ? w.text() : w.text().toLowerCase(Locale.ROOT));
            } else if (node instanceof Syntax.Argument a) {
                argument(a.name());
            } else if (node instanceof Syntax.Choice c) {
                expand(c.parts().get(random.nextInt(c.parts().size())));
            } else if (node instanceof Syntax.Optional o) {
                optional(o);
            } else if (node instanceof Syntax.Sequence s) {
                sequence(s.parts());
            }
        }

        /** Options that follow one another may come in any order. */
        private void sequence(List<Syntax> parts) {
            List<Syntax> run = new ArrayList<>();
            for (int i = 0; i <= parts.size(); i++) {
                boolean option = i < parts.size() && parts.get(i) instanceof Syntax.Optional o && !o.repeated();
                if (option) {
                    run.add(parts.get(i));
                    continue;
                }
                if (values.chance(30)) {
                    Collections.shuffle(run, random);
                }
                run.forEach(this::expand);
                run.clear();
                if (i < parts.size()) {
                    expand(parts.get(i));
                }
            }
        }

        private void optional(Syntax.Optional o) {
            if (o.repeated()) {
                int times = numkeysLeft > 0 ? numkeysLeft - 1 : values.chance(50) ? 0 : random.nextInt(4);
                if (isWeight(o.part()) && values.chance(90)) {
                    times = keys - 1;
                }
                boolean many = numkeysLeft == 0 && COLLECTIONS.contains(group) && random.nextInt(60) == 0;
                numkeysLeft = 0;
                values.many(many);
                for (int i = many ? MANY - random.nextInt(MANY * 3 / 4) : times; i > 0; i--) {
                    expand(o.part());
                }
                values.many(false);
            } else if (values.chance(40)) {
                expand(o.part());
            }
        }

        /** There is one weight for each key. */
        private static boolean isWeight(Syntax part) {
            Syntax only = part instanceof Syntax.Sequence s && s.parts().size() == 1
                    ? s.parts().get(0)
                    : part;
            return only instanceof Syntax.Argument a && a.name().equals("weight");
        }

        private void argument(String name) {
            if (name.equals("numkeys") || name.equals("numfields")) {
                keys = 1 + random.nextInt(3);
                numkeysLeft = keys;
                words.add(values.chance(90) ? Integer.toString(numkeysLeft) : values.integer());
            } else if (command.equals("config|set") && name.equals("value")) {
                words.add(values.setting(words.get(words.size() - 1)));
            } else {
                words.add(values.of(command, name));
            }
        }
    }
}
