package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.command.KeySpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** COMMAND: what the table of commands says of itself. Everything here derives from the declarations. */
final class CommandCommands {
    private static final CommandFunctions FUNCTIONS = CommandCommands::function;

    static final List<Command> TABLE = List.of(container("COMMAND", FUNCTIONS)
            .since("2.8.13")
            .arity(-1)
            .flags(LOADING, STALE)
            .group(SERVER)
            .categories(Category.CONNECTION)
            .complexity("O(N), N = number of commands")
            .summary("Describes all commands.")
            .tips("nondeterministic_output_order")
            .sub(command("COUNT", FUNCTIONS)
                    .since("2.8.13")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .complexity("O(1)")
                    .summary("Returns the number of commands."))
            .sub(command("INFO", FUNCTIONS)
                    .since("2.8.13")
                    .arity(-2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .syntax("[command-name [command-name ...]]")
                    .complexity("O(N), N = number of names")
                    .summary("Describes the named commands, or all.")
                    .tips("nondeterministic_output_order"))
            .sub(command("LIST", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .syntax("[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]")
                    .complexity("O(N), N = number of commands")
                    .summary("Returns the names of all commands, or of those that pass a filter.")
                    .tips("nondeterministic_output_order"))
            .sub(command("GETKEYS", FUNCTIONS)
                    .since("2.8.13")
                    .arity(-4)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .syntax("command [arg [arg ...]]")
                    .complexity("O(N), N = number of arguments")
                    .summary("Returns the keys among the arguments of a command."))
            .sub(command("GETKEYSANDFLAGS", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-4)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .syntax("command [arg [arg ...]]")
                    .complexity("O(N), N = number of arguments")
                    .summary("Returns the keys among the arguments of a command, and what it does to them."))
            .sub(command("DOCS", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .syntax("[command-name [command-name ...]]")
                    .complexity("O(N), N = number of names")
                    .summary("Returns the documentation of the named commands, or of all.")
                    .tips("nondeterministic_output_order"))
            .sub(command("HELP", FUNCTIONS)
                    .since("5.0.0")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .categories(Category.CONNECTION)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private static final CommandError INVALID_COMMAND = new CommandError("ERR Invalid command specified");
    private static final CommandError NO_KEYS = new CommandError("ERR The command has no key arguments");
    private static final CommandError INVALID_COUNT =
            new CommandError("ERR Invalid number of arguments specified for command");
    private static final CommandError INVALID_ARGUMENTS =
            new CommandError("ERR Invalid arguments specified for command");

    private CommandCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "COMMAND" -> CommandCommands::all;
            case "COUNT" -> CommandCommands::count;
            case "INFO" -> CommandCommands::info;
            case "LIST" -> CommandCommands::list;
            case "GETKEYS" -> CommandCommands::getKeys;
            case "GETKEYSANDFLAGS" -> CommandCommands::getKeysAndFlags;
            case "DOCS" -> CommandCommands::docs;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    /** COMMAND. Replies an array of descriptions, see {@link #describe}. */
    static void all(Call call, Argv argv, Reply reply) {
        List<Command> commands = call.services().table().commands();
        reply.array(commands.size());
        for (Command command : commands) {
            describe(command, reply);
        }
    }

    /** COMMAND COUNT. Replies the number of commands, subcommands not counted. */
    static void count(Call call, Argv argv, Reply reply) {
        reply.integer(call.services().table().commands().size());
    }

    /** COMMAND INFO. Replies an array: for each name its description or nil; without names all. */
    static void info(Call call, Argv argv, Reply reply) {
        if (argv.count() == 2) {
            all(call, argv, reply);
            return;
        }
        reply.array(argv.count() - 2);
        for (int i = 2; i < argv.count(); i++) {
            Command command = named(call.services().table(), argv.bytes(i));
            if (command == null) {
                reply.nil();
            } else {
                describe(command, reply);
            }
        }
    }

    /** The command of a full name, {@code config|get} for a subcommand; or null. */
    private static @Nullable Command named(CommandTable table, byte[] name) {
        int bar = 0;
        while (bar < name.length && name[bar] != '|') {
            bar++;
        }
        Command command = table.find(name, 0, bar);
        if (command == null || bar == name.length) {
            return command;
        }
        byte[] rest = java.util.Arrays.copyOfRange(name, bar + 1, name.length);
        return CommandTable.subcommand(command, Argv.of(rest), 0);
    }

    /**
     * Replies a command's description: name, arity, flags, first key, last key, step, ACL categories, tips, key
     * specifications, subcommands.
     */
    private static void describe(Command command, Reply reply) {
        reply.array(10);
        reply.text(command.name());
        reply.integer(command.arity());
        flags(command.flags(), reply);
        reply.integer(command.rangeFirst());
        reply.integer(command.rangeLast());
        reply.integer(command.rangeStep());
        categories(command.categories(), reply);
        String[] tips = command.tips();
        reply.set(tips.length);
        for (String tip : tips) {
            reply.text(tip);
        }
        KeySpec[] specs = command.keySpecs();
        reply.set(specs.length);
        for (KeySpec spec : specs) {
            keySpec(spec, reply);
        }
        List<Command> subcommands = command.subcommands();
        reply.set(subcommands.size());
        for (Command sub : subcommands) {
            describe(sub, reply);
        }
    }

    private static void flags(int flags, Reply reply) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            String name = Flags.name(bit);
            if (name != null && (flags >>> bit & 1) != 0) {
                names.add(name);
            }
        }
        statuses(names, reply);
    }

    private static void categories(int categories, Reply reply) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Category.count(); bit++) {
            if ((categories >>> bit & 1) != 0) {
                names.add("@" + Category.name(bit));
            }
        }
        statuses(names, reply);
    }

    private static void statuses(List<String> names, Reply reply) {
        reply.set(names.size());
        for (String name : names) {
            reply.simple(name);
        }
    }

    private static void keySpec(KeySpec spec, Reply reply) {
        reply.map(3);
        reply.text("flags");
        statuses(spec.flagNames(), reply);
        reply.text("begin_search");
        String keyword = spec.keyword();
        if (keyword != null) {
            head("keyword", 2, reply);
            reply.text("keyword");
            reply.text(keyword);
            number("startfrom", spec.from(), reply);
        } else if (spec.index() > 0) {
            head("index", 1, reply);
            number("index", spec.index(), reply);
        } else {
            head("unknown", 0, reply);
        }
        reply.text("find_keys");
        switch (spec.find()) {
            case RANGE -> {
                head("range", 3, reply);
                number("lastkey", spec.last(), reply);
                number("keystep", spec.step(), reply);
                number("limit", spec.limit(), reply);
            }
            case KEYNUM -> {
                head("keynum", 3, reply);
                number("keynumidx", spec.last(), reply);
                number("firstkey", spec.limit(), reply);
                number("keystep", spec.step(), reply);
            }
            case UNKNOWN -> head("unknown", 0, reply);
        }
    }

    private static void head(String type, int count, Reply reply) {
        reply.map(2);
        reply.text("type");
        reply.text(type);
        reply.text("spec");
        reply.map(count);
    }

    private static void number(String name, long value, Reply reply) {
        reply.text(name);
        reply.integer(value);
    }

    /** COMMAND LIST. Replies an array of names, subcommands with their containers' before a bar. */
    static void list(Call call, Argv argv, Reply reply) {
        if (argv.count() != 2 && (argv.count() != 5 || !argv.is(2, "FILTERBY"))) {
            throw Errors.SYNTAX;
        }
        int filter = argv.count() == 2 ? 0 : filter(argv);
        int category = filter == 'A' ? category(argv, 4) : 0;
        List<Command> passed = new ArrayList<>();
        for (Command command : call.services().table().byId()) {
            byte[] name = command.nameBytes();
            boolean passes = switch (filter) {
                case 'A' -> (command.categories() & category) != 0;
                case 'P' -> Glob.matches(argv.array(4), argv.offset(4), argv.length(4), name, 0, name.length, true);
                case 'M' -> false; // no command comes from a module
                default -> true;
            };
            if (passes) {
                passed.add(command);
            }
        }
        reply.array(passed.size());
        for (Command command : passed) {
            reply.bulk(command.nameBytes());
        }
    }

    private static int filter(Argv argv) {
        for (String word : List.of("MODULE", "ACLCAT", "PATTERN")) {
            if (argv.is(3, word)) {
                return word.charAt(0);
            }
        }
        throw Errors.SYNTAX;
    }

    private static int category(Argv argv, int index) {
        for (int bit = 0; bit < Category.count(); bit++) {
            if (Category.name(bit).equalsIgnoreCase(argv.text(index))) {
                return 1 << bit;
            }
        }
        return 0;
    }

    /** COMMAND DOCS. Replies a map from names to {@link CommandDocs}; names that are none are left out. */
    static void docs(Call call, Argv argv, Reply reply) {
        List<Command> wanted = call.services().table().commands();
        if (argv.count() > 2) {
            wanted = new ArrayList<>();
            for (int i = 2; i < argv.count(); i++) {
                Command command = named(call.services().table(), argv.bytes(i));
                if (command != null) {
                    wanted.add(command);
                }
            }
        }
        reply.map(wanted.size());
        for (Command command : wanted) {
            CommandDocs.pair(command, reply);
        }
    }

    /** A key among the arguments of a request, and the flags of its key specification. */
    private record FoundKey(byte[] key, int flags) {}

    /** COMMAND GETKEYS. Replies an array of keys. */
    static void getKeys(Call call, Argv argv, Reply reply) {
        List<FoundKey> keys = keysOf(call, argv);
        reply.array(keys.size());
        for (FoundKey found : keys) {
            reply.bulk(found.key);
        }
    }

    /** COMMAND GETKEYSANDFLAGS. Replies an array of pairs: a key, the names of its flags. */
    static void getKeysAndFlags(Call call, Argv argv, Reply reply) {
        List<FoundKey> keys = keysOf(call, argv);
        reply.array(keys.size());
        for (FoundKey found : keys) {
            reply.array(2);
            reply.bulk(found.key);
            statuses(KeySpec.flagNames(found.flags), reply);
        }
    }

    private static List<FoundKey> keysOf(Call call, Argv argv) {
        Command command = call.services().table().findWithSubcommand(argv, 2);
        if (command == null) {
            throw INVALID_COMMAND;
        }
        if (!command.hasKeys()) {
            throw NO_KEYS;
        }
        if (!command.accepts(argv.count() - 2)) {
            throw INVALID_COUNT;
        }
        byte[][] words = new byte[argv.count() - 2][];
        for (int i = 0; i < words.length; i++) {
            words[i] = argv.bytes(i + 2);
        }
        Argv request = Argv.of(words);
        List<FoundKey> keys = new ArrayList<>();
        KeySpec.KeyConsumer add = (position, flags) -> keys.add(new FoundKey(words[position], actual(flags, request)));
        if (!command.findKeys(request, add)) {
            keys.clear();
        }
        if (keys.isEmpty() && !command.is(NO_MANDATORY_KEYS)) {
            throw INVALID_ARGUMENTS;
        }
        if (command.keySpecs().length > 1 && keys.size() > 1 && keys.get(keys.size() - 1).flags == 0) {
            keys.add(new FoundKey(keys.remove(0).key, 0)); // without specifications Redis names a destination last
        }
        return keys;
    }

    /**
     * What a request does to its key where the arguments decide (SET and BITFIELD): SET overwrites, unless GET wants the
     * old value; BITFIELD reads, unless it sets.
     */
    private static int actual(int flags, Argv request) {
        if ((flags & KeySpec.VARIABLE_FLAGS) == 0) {
            return flags;
        }
        boolean reads = false;
        boolean writes = request.is(0, "SET");
        for (int i = writes ? 3 : 2; i < request.count(); i++) {
            reads |= request.is(i, "GET");
            writes |= request.is(i, "SET") || request.is(i, "INCRBY");
        }
        if (request.is(0, "SET") && !reads) {
            return KeySpec.OW | KeySpec.UPDATE;
        }
        return writes ? KeySpec.RW | KeySpec.ACCESS | KeySpec.UPDATE : KeySpec.RO | KeySpec.ACCESS;
    }
}
