package io.duetdb.truth;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

    /** Dealt this often where others are dealt four times: they empty or scramble what the others build. */
    private static final Map<String, Integer> RARE =
            Map.of("flushall", 1, "flushdb", 1, "swapdb", 1, "reset", 1, "hello", 2);

    /** Commands whose second argument counts from now. */
    private static final Set<String> RELATIVE = Set.of("EXPIRE", "PEXPIRE", "SETEX", "PSETEX");

    private static final Set<String> RARE_GROUPS = Set.of("SERVER", "CONNECTION", "CLUSTER");

    /** Settings that CONFIG SET may change: none that cuts connections, memory or chance. */
    private static final List<String> SAFE_SETTINGS = List.of(
            "lazyfree-lazy-eviction",
            "lazyfree-lazy-expire",
            "lazyfree-lazy-server-del",
            "lazyfree-lazy-user-del",
            "lazyfree-lazy-user-flush",
            "slowlog-log-slower-than",
            "slowlog-max-len",
            "hash-max-listpack-entries",
            "hash-max-listpack-value",
            "list-max-listpack-size",
            "list-compress-depth",
            "set-max-intset-entries",
            "zset-max-listpack-entries",
            "zset-max-listpack-value",
            "stream-node-max-entries",
            "maxmemory-samples",
            "lfu-log-factor",
            "lfu-decay-time",
            "latency-monitor-threshold",
            "databases",
            "tracking-table-max-keys",
            "acllog-max-len",
            "hll-sparse-max-bytes");

    private final Random random;
    private final Values values;
    private final List<Command> commands = new ArrayList<>();
    private final Map<String, Syntax> syntaxes = new TreeMap<>();
    private final Map<String, Set<String>> options = new HashMap<>();
    private final List<Command> deck = new ArrayList<>();
    private final Map<String, long[]> shares = new TreeMap<>();
    private final Set<String> newer;
    private boolean inTransaction;

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
                    && (container == null || !SCRIPTED.contains(container.name()))) {
                commands.add(command);
                syntaxes.put(command.name(), Syntax.parse(command.isContainer() ? "" : command.syntax()));
            }
        }
        List<String> safe = new ArrayList<>(SAFE_SETTINGS);
        safe.retainAll(settings);
        values = new Values(random, names, safe);
    }

    /** All commands this makes. */
    List<Command> commands() {
        return Collections.unmodifiableList(commands);
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
        values.relativeTimes(value);
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
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> words = next();
            steps.add(Step.of(client, words));
            followUp(client, words, steps);
        }
        if (inTransaction) {
            steps.add(Step.line(client, values.chance(80) ? "EXEC" : "DISCARD"));
        }
        return steps;
    }

    /** A key whose time was over when it was set is looked at, so that both sides drop it now; encodings are asked for. */
    private void followUp(int client, List<String> words, List<Step> steps) {
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i).equalsIgnoreCase("PXAT") || words.get(i).equalsIgnoreCase("EXAT")) {
                for (int k = 1; k < Math.min(words.size(), 12); k++) {
                    steps.add(Step.of(client, List.of("EXISTS", words.get(k))));
                }
                break;
            }
        }
        if (words.size() > 1 && values.chance(20)) {
            steps.add(Step.of(client, List.of("OBJECT", "ENCODING", words.get(1))));
        }
        if (words.size() > 1 && values.chance(12)) {
            steps.add(Step.of(
                    client,
                    List.of(
                            values.any("PEXPIRETIME", "PTTL", "EXPIRETIME", "TTL", "PEXPIRETIME", "GET"),
                            words.get(1))));
        }
        if (random.nextInt(60) == 0) {
            steps.add(Step.line(client, "DEBUG DIGEST"));
        }
        if (random.nextInt(200) == 0) {
            steps.add(Step.of(client, List.of("DEBUG", "DIGEST-VALUE", values.key(), values.key())));
        }
    }

    private Command deal() {
        if (deck.isEmpty()) {
            for (Command command : commands) {
                int usual = RARE_GROUPS.contains(command.group().name()) ? 1 : 4;
                for (int i = RARE.getOrDefault(command.name(), usual); i > 0; i--) {
                    deck.add(command);
                }
            }
            Collections.shuffle(deck, random);
        }
        return deck.remove(deck.size() - 1);
    }

    private List<String> next() {
        if (inTransaction && values.chance(20)) {
            inTransaction = false;
            return new ArrayList<>(List.of(values.chance(85) ? "EXEC" : "DISCARD"));
        }
        if (random.nextInt(400) == 0) {
            return unknown();
        }
        Command command = deal();
        while (inTransaction && newer.contains(command.name())) {
            command = deal();
        }
        List<String> words = command(command);
        inTransaction = inTransaction || command.name().equals("multi") && words.size() == 1;
        if (command.name().equals("exec")
                || command.name().equals("discard")
                || command.name().equals("reset")) {
            inTransaction = inTransaction && words.size() > 1;
        }
        return words;
    }

    /** A command, tame, ordinary or spoilt as its share of errors asks for. */
    private List<String> command(Command command) {
        long[] share = shares.getOrDefault(command.name(), new long[] {0, 0});
        double errors = share[0] < 10 ? 0.2 : (double) share[1] / share[0];
        boolean tooFew = errors < 0.18;
        boolean tooMany = errors > 0.30;
        values.tame(tooMany && !values.chance(15));
        List<String> words = expanded(command);
        int fixed = (int) command.name().chars().filter(c -> c == '|').count() + 1;
        if (tooFew && values.chance(30)) {
            breakCount(command, words, fixed);
        } else if (!tooMany && values.chance(newer.contains(command.name()) ? 2 : 12)) {
            spoil(command, words, fixed);
        }
        values.tame(false);
        keepTimesLong(words);
        if (command.name().equals("hello")) {
            keepNameAlone(words);
        }
        return words;
    }

    /** Whatever was spoilt, no key's time ends while the series runs. */
    private void keepTimesLong(List<String> words) {
        for (int i = 0; i + 1 < words.size(); i++) {
            String word = words.get(i).toUpperCase(Locale.ROOT);
            boolean option = word.equals("EX") || word.equals("PX");
            boolean command = i == 0 && RELATIVE.contains(word) && words.size() > 2;
            int at = option ? i + 1 : 2;
            if ((option || command) && words.get(at).matches("[1-9][0-9]{0,17}")) {
                long time = Long.parseLong(words.get(at));
                words.set(at, Long.toString(values.longTime(time, word.startsWith("P"))));
            }
        }
    }

    /** HELLO of 7.0 obeys an option before it has read what follows, HELLO of 7.2 at its end: one option at most. */
    private static void keepNameAlone(List<String> words) {
        for (int i = 2; i < words.size(); i++) {
            int option =
                    words.get(i).equalsIgnoreCase("SETNAME") ? 2 : words.get(i).equalsIgnoreCase("AUTH") ? 3 : 0;
            if (option > 0 && (i != 2 || words.size() != i + option)) {
                words.subList(i, words.size()).clear();
            }
        }
    }

    private List<String> expanded(Command command) {
        List<String> words = new ArrayList<>();
        for (String part : command.name().split("\\|")) {
            words.add(values.chance(80) ? part.toUpperCase(Locale.ROOT) : values.chance(50) ? part : mixed(part));
        }
        if (command.name().startsWith("command|getkeys")) {
            Command inner = commands.get(random.nextInt(commands.size()));
            words.addAll(newer.contains(inner.name()) ? List.of("GET", "a") : expanded(inner));
            return words;
        }
        new Expansion(command.name(), words).expand(syntaxes.get(command.name()));
        return words;
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
        if (command.name().equals("config|set")) {
            keepSettingsSafe(words);
        }
    }

    /** Whatever was spoilt, only safe settings are set. */
    private void keepSettingsSafe(List<String> words) {
        for (int i = 2; i < words.size(); i += 2) {
            if (!SAFE_SETTINGS.contains(words.get(i).toLowerCase(Locale.ROOT))) {
                words.set(i, values.any("nosuch", "", "slowlog-max-len"));
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
        private int numkeysLeft;

        Expansion(String command, List<String> words) {
            this.command = command;
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
                numkeysLeft = 0;
                for (int i = 0; i < times; i++) {
                    expand(o.part());
                }
            } else if (values.chance(40)) {
                expand(o.part());
            }
        }

        private void argument(String name) {
            if (name.equals("numkeys")) {
                numkeysLeft = 1 + random.nextInt(3);
                words.add(values.chance(90) ? Integer.toString(numkeysLeft) : values.integer());
            } else if (command.equals("config|set") && name.equals("value")) {
                words.add(values.setting(words.get(words.size() - 1)));
            } else {
                words.add(values.of(command, name));
            }
        }
    }
}
