package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All commands, found by name without regard to ASCII case and without making a String. An open-addressing table over
 * the first bytes of the name, half full; a container's subcommands are found by walking them, there are few.
 */
public final class CommandTable {
    private final List<Command> commands = new ArrayList<>();
    private final List<Command> byId = new ArrayList<>();
    private final @Nullable Command[] slots;
    private final int mask;

    /** A table of the declarations of all families. A name declared twice is a bug. */
    @SafeVarargs
    public CommandTable(List<Command>... families) {
        for (List<Command> family : families) {
            for (Command command : family) {
                adopt(command);
            }
        }
        int size = Integer.highestOneBit(Math.max(8, commands.size() * 2)) << 1;
        slots = new @Nullable Command[size];
        mask = size - 1;
        for (Command command : commands) {
            byte[] name = command.nameBytes();
            int at = hash(name, 0, name.length) & mask;
            for (Command other = slots[at]; other != null; other = slots[at]) {
                if (other.name().equals(command.name())) {
                    throw new IllegalArgumentException("command declared twice: " + command);
                }
                at = (at + 1) & mask;
            }
            slots[at] = command;
        }
    }

    private void adopt(Command command) {
        commands.add(command);
        byId.add(command);
        command.adopt(byId.size() - 1);
        for (Command sub : command.subcommands()) {
            byId.add(sub);
            sub.adopt(byId.size() - 1);
        }
    }

    /**
     * Links what every command does, which otherwise happens when it is called first.
     *
     * @throws IllegalStateException when a family declares a command and has no function for it
     */
    public void link() {
        for (Command command : byId) {
            command.function();
        }
    }

    /** All top-level commands in the order of declaration. */
    public List<Command> commands() {
        return Collections.unmodifiableList(commands);
    }

    /** All commands and subcommands; index = id. */
    public List<Command> byId() {
        return Collections.unmodifiableList(byId);
    }

    /** The command an argument names, or null. */
    public @Nullable Command find(Argv argv, int index) {
        return find(argv.array(index), argv.offset(index), argv.length(index));
    }

    /** The command some bytes name, or null. */
    public @Nullable Command find(byte[] b, int offset, int length) {
        if (length == 0) {
            return null;
        }
        int at = hash(b, offset, length) & mask;
        for (Command command = slots[at]; command != null; command = slots[at]) {
            if (sameName(command.nameBytes(), 0, b, offset, length)) {
                return command;
            }
            at = (at + 1) & mask;
        }
        return null;
    }

    /** The command that a request names, its subcommand where it is a container and has one of that name; else null. */
    public @Nullable Command findWithSubcommand(Argv argv, int index) {
        Command command = find(argv, index);
        if (command == null || !command.isContainer() || argv.count() <= index + 1) {
            return command;
        }
        return subcommand(command, argv, index + 1);
    }

    /** The subcommand of a container that an argument names, or null. */
    public static @Nullable Command subcommand(Command container, Argv argv, int index) {
        int prefix = container.nameBytes().length + 1;
        List<Command> subs = container.subcommands();
        for (int i = 0; i < subs.size(); i++) {
            if (sameName(subs.get(i).nameBytes(), prefix, argv.array(index), argv.offset(index), argv.length(index))) {
                return subs.get(i);
            }
        }
        return null;
    }

    private static int hash(byte[] b, int offset, int length) {
        // First, middle and last letters and the length tell nearly all names apart; 0xDF folds ASCII case.
        int h = (b[offset] & 0xDF) * 31 + (b[offset + length - 1] & 0xDF);
        h = h * 31 + (b[offset + (length >> 1)] & 0xDF);
        h = h * 31 + (length > 1 ? b[offset + 1] & 0xDF : 0);
        h = h * 31 + length;
        return h ^ (h >>> 7) ^ (h >>> 14);
    }

    private static boolean sameName(byte[] name, int from, byte[] b, int offset, int length) {
        if (name.length - from != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int c = b[offset + i];
            if (c >= 'A' && c <= 'Z') {
                c += 'a' - 'A';
            }
            if (c != name[from + i]) {
                return false;
            }
        }
        return true;
    }
}
