package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.LIST;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Elements that go from one list to another, or to the client from the first of several lists. */
final class ListMoveCommands {
    private static final KeySpec SOURCE = KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE);
    private static final KeySpec DESTINATION = KeySpec.at(2).with(KeySpec.RW | KeySpec.INSERT);

    private static final CommandFunctions FUNCTIONS = ListMoveCommands::function;

    static final List<Command> TABLE = List.of(
            command("LMOVE", FUNCTIONS)
                    .since("6.2.0")
                    .arity(5)
                    .flags(WRITE, DENYOOM)
                    .keys(SOURCE, DESTINATION)
                    .group(LIST)
                    .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT>")
                    .complexity("O(1)")
                    .summary("Takes an element from an end of a list and pushes it to an end of another; returns it."),
            command("RPOPLPUSH", FUNCTIONS)
                    .since("1.2.0")
                    .arity(3)
                    .flags(WRITE, DENYOOM)
                    .keys(SOURCE, DESTINATION)
                    .group(LIST)
                    .syntax("source destination")
                    .complexity("O(1)")
                    .summary("Takes the last element of a list and pushes it in front of another; returns it."),
            command("LMPOP", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-4)
                    .flags(WRITE)
                    .keys(KeySpec.keynum(1).with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE))
                    .group(LIST)
                    .syntax("numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
                    .complexity("O(N + M), N = keys given, M = elements returned")
                    .summary("Takes elements from an end of the first list there is among some keys."));

    private ListMoveCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "LMOVE" -> ListMoveCommands::lmove;
            case "RPOPLPUSH" -> ListMoveCommands::rpoplpush;
            case "LMPOP" -> ListMoveCommands::lmpop;
            default -> null;
        };
    }

    /**
     * LMOVE. Replies the element; nil when there is no source. What stands where is read before any key is looked at.
     *
     * @throws io.duetdb.engine.api.CommandError syntax, WRONGTYPE
     */
    static void lmove(Call call, Argv argv, Reply reply) {
        boolean fromHead = ListEnds.isHead(argv, 3);
        boolean toHead = ListEnds.isHead(argv, 4);
        if (!ListEnds.move(call, argv, fromHead, toHead, reply)) {
            reply.nil();
        }
    }

    /** RPOPLPUSH: LMOVE from the tail to the head. @throws io.duetdb.engine.api.CommandError WRONGTYPE */
    static void rpoplpush(Call call, Argv argv, Reply reply) {
        if (!ListEnds.move(call, argv, false, true, reply)) {
            reply.nil();
        }
    }

    /**
     * LMPOP. Replies the key and an array of its elements; the absent array when no key has a list.
     *
     * @throws io.duetdb.engine.api.CommandError as {@link ListEnds#behindKeys}, then WRONGTYPE of a key before the first list
     */
    static void lmpop(Call call, Argv argv, Reply reply) {
        if (!ListEnds.popFromFirst(call, argv, 1, ListEnds.behindKeys(argv, 1), reply)) {
            reply.nilArray();
        }
    }
}
