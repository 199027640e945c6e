package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one command, everything about it in one place: protocols, COMMAND, ACL, MULTI, scripts, the
 * append-only file, docs and metrics derive from it. What it says is fixed once its table is built; statistics live
 * elsewhere.
 * A container (CONFIG, CLIENT ...) has subcommands, which are commands of their own named {@code config|get}.
 */
public final class Command {
    private static final KeySpec[] NO_KEYS = {};

    private final String name;
    private final byte[] nameBytes;
    private final @Nullable CommandFunctions family;

    /** Linked when first asked for. Engines of several threads share it: as it has no state, each may link its own. */
    private @Nullable CommandFunction function;

    private String since = "1.0.0";
    private int arity;
    private int flags;
    private int categories;
    private boolean categoriesGiven;
    private KeySpec[] keySpecs = NO_KEYS;
    private KeySpec.@Nullable KeyFinder keyFinder;
    private Group group = Group.GENERIC;
    private String syntax = "";
    private String complexity = "";
    private String summary = "";
    private String[] tips = {};
    private final List<Command> subcommands = new ArrayList<>();
    private final List<Command> subcommandsView = Collections.unmodifiableList(subcommands);
    private @Nullable Command parent;
    private int id = -1;
    private boolean cheap;
    private int member;

    private Command(String name, @Nullable CommandFunctions family, @Nullable CommandFunction function) {
        this.name = name;
        this.nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        this.family = family;
        this.function = function;
    }

    /** Begins the declaration of a command; {@code name} in upper case, as its family's functions have it. */
    public static Command command(String name, CommandFunctions family) {
        return new Command(name.toLowerCase(Locale.ROOT), family, null);
    }

    /** Begins the declaration of a command that is alone in its family, or one of many that do the same. */
    public static Command command(String name, CommandFunction function) {
        return new Command(name.toLowerCase(Locale.ROOT), null, function);
    }

    /** Begins the declaration of a container; it does nothing itself. */
    public static Command container(String name) {
        return new Command(name.toLowerCase(Locale.ROOT), null, null).arity(-2);
    }

    /** Begins the declaration of a container that is a command itself when no subcommand is given (COMMAND). */
    public static Command container(String name, CommandFunctions family) {
        return command(name, family);
    }

    /** Number of arguments with the name: exact, or the minimum when negative. */
    public Command arity(int value) {
        arity = value;
        return this;
    }

    /** Bits of {@link Flags}. */
    public Command flags(int... bits) {
        for (int bit : bits) {
            flags |= bit;
        }
        return this;
    }

    /** Where the keys are. */
    public Command keys(KeySpec... specs) {
        keySpecs = specs.clone();
        return this;
    }

    /** Who finds the keys where the specifications are not enough. */
    public Command keyFinder(KeySpec.KeyFinder finder) {
        keyFinder = finder;
        return this;
    }

    /** Which argument is a field or member that is looked up in the value of the first key. */
    public Command member(int argument) {
        member = argument;
        return this;
    }

    /** The argument that is looked up in the value of the first key, or 0. */
    public int member() {
        return member;
    }

    public Command group(Group value) {
        group = value;
        return this;
    }

    /** ACL categories where they are not simply the group's (bits of {@link Category}; flags still imply theirs). */
    public Command categories(int bits) {
        categories = bits;
        categoriesGiven = true;
        return this;
    }

    /** First version of Redis that has it. */
    public Command since(String version) {
        since = version;
        return this;
    }

    /** The arguments in the notation of Redis' documentation, without the name. */
    public Command syntax(String value) {
        syntax = value;
        return this;
    }

    public Command complexity(String value) {
        complexity = value;
        cheap = value.startsWith("O(1)") && !Flags.has(flags, Flags.BLOCKING); // what waits is timed by itself
        return this;
    }

    public Command summary(String value) {
        summary = value;
        return this;
    }

    /** Hints for clients and proxies, as COMMAND shows them. */
    public Command tips(String... values) {
        tips = values.clone();
        return this;
    }

    /** Adds a subcommand, declared by its own short name. */
    public Command sub(Command child) {
        Command full = new Command(name + "|" + child.name, child.family, child.function);
        full.since = child.since;
        full.arity = child.arity;
        full.flags = child.flags;
        full.categories = child.categories;
        full.categoriesGiven = child.categoriesGiven;
        full.keySpecs = child.keySpecs;
        full.keyFinder = child.keyFinder;
        full.member = child.member;
        full.group = child.group;
        full.syntax = child.syntax;
        full.complexity = child.complexity;
        full.cheap = child.cheap;
        full.summary = child.summary;
        full.tips = child.tips;
        full.parent = this;
        subcommands.add(full);
        return this;
    }

    /** Called once by the table that adopts the declaration. */
    void adopt(int newId) {
        id = newId;
        for (KeySpec spec : keySpecs) {
            if (spec.movable() || (spec.flags() & KeySpec.INCOMPLETE) != 0) {
                flags |= Flags.MOVABLEKEYS;
            }
        }
        int explicit = categoriesGiven ? categories : isContainer() ? 0 : group.category();
        categories = Category.withImplied(flags, explicit);
    }

    /** Dense number of this command in its table: index of statistics and of users' bitmaps. */
    public int id() {
        return id;
    }

    /** Name in lower case; {@code container|sub} for a subcommand. */
    public String name() {
        return name;
    }

    /** The name's bytes. Not to be modified. */
    public byte[] nameBytes() {
        return nameBytes;
    }

    /** The last part of the name: {@code get} of {@code config|get}. */
    public String shortName() {
        return name.substring(name.indexOf('|') + 1);
    }

    public int arity() {
        return arity;
    }

    /** Whether a request of {@code count} arguments may be this command. */
    public boolean accepts(int count) {
        return arity >= 0 ? count == arity : count >= -arity;
    }

    public int flags() {
        return flags;
    }

    /** Whether a flag is set. */
    public boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** ACL category bits, those implied by flags included. */
    public int categories() {
        return categories;
    }

    /** Not to be modified. */
    public KeySpec[] keySpecs() {
        return keySpecs;
    }

    /** Whether it can name a key: a shard channel, though it stands where keys do, is none. */
    public boolean hasKeys() {
        for (KeySpec spec : keySpecs) {
            if ((spec.flags() & KeySpec.NOT_KEY) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Who finds the keys in place of the specifications, or null. */
    public KeySpec.@Nullable KeyFinder keyFinder() {
        return keyFinder;
    }

    /**
     * Hands out the keys of a request, which this command accepts. Returns false when they cannot be told from it; then
     * what was handed out means nothing.
     */
    public boolean findKeys(Argv argv, KeySpec.KeyConsumer found) {
        KeySpec.KeyFinder finder = keyFinder;
        if (finder != null) {
            finder.find(argv, found);
            return true;
        }
        for (KeySpec spec : keySpecs) {
            if (!spec.keys(argv, found)) {
                return false;
            }
        }
        return true;
    }

    /** Position of the first key where the declaration fixes it, otherwise 0. */
    public int firstKey() {
        return keySpecs.length == 0 ? 0 : keySpecs[0].fixedFirst();
    }

    /** Position of the first key as COMMAND shows it: what can be said of the specs in one range; 0 when nothing. */
    public int rangeFirst() {
        return KeyRange.of(keySpecs).first();
    }

    /** Position of the last key as COMMAND shows it, negative from the end. */
    public int rangeLast() {
        return KeyRange.of(keySpecs).last();
    }

    /** Distance between keys as COMMAND shows it. */
    public int rangeStep() {
        return KeyRange.of(keySpecs).step();
    }

    public Group group() {
        return group;
    }

    public String since() {
        return since;
    }

    public String syntax() {
        return syntax;
    }

    public String complexity() {
        return complexity;
    }

    public String summary() {
        return summary;
    }

    public String[] tips() {
        return tips.clone();
    }

    /** Empty unless this is a container. */
    public List<Command> subcommands() {
        return subcommandsView;
    }

    public boolean isContainer() {
        return !subcommands.isEmpty();
    }

    /** The container of a subcommand, or null. */
    public @Nullable Command parent() {
        return parent;
    }

    /** Constant time by declaration: it shares the reading of the clock with its neighbours in a batch. */
    boolean cheap() {
        return cheap;
    }

    /** The function; null for a container. */
    @Nullable
    CommandFunction function() {
        CommandFunction known = function;
        return known != null || family == null ? known : link(family);
    }

    private CommandFunction link(CommandFunctions functions) {
        CommandFunction linked = functions.named(shortName().toUpperCase(Locale.ROOT));
        if (linked == null) {
            throw new IllegalStateException("declared without a function: " + name);
        }
        function = linked;
        return linked;
    }

    @Override
    public String toString() {
        return name;
    }
}
