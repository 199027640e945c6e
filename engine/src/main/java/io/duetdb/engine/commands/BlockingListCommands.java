package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.EffectNames.LMOVE;
import static io.duetdb.engine.command.EffectNames.RPOPLPUSH;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.LIST;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.keyspace.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists: what waits for an element when there is none. Each function is its namesake's that doesn't wait, and asks {@link
 * Call#block} where that finds nothing; it runs from its beginning again when a key is ready. Their effects are those of
 * the namesakes. What they reply when the time is over is the absent array, whatever they would have replied at once.
 */
final class BlockingListCommands {
    private static final int TAKES = KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE;

    private static final CommandFunctions FUNCTIONS = BlockingListCommands::function;

    static final List<Command> TABLE = List.of(
            pop("BLPOP", FUNCTIONS)
                    .summary("Takes the first element of the first list there is among some keys; waits for one."),
            pop("BRPOP", FUNCTIONS)
                    .summary("Takes the last element of the first list there is among some keys; waits for one."),
            move("BLMOVE", FUNCTIONS)
                    .since("6.2.0")
                    .arity(6)
                    .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout")
                    .summary("Moves an element from an end of a list to an end of another; waits for one."),
            move("BRPOPLPUSH", FUNCTIONS)
                    .since("2.2.0")
                    .arity(4)
                    .syntax("source destination timeout")
                    .summary("Moves the last element of a list in front of another; waits for one."),
            command("BLMPOP", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-5)
                    .flags(WRITE, BLOCKING, NO_REST)
                    .keys(KeySpec.keynum(2).with(TAKES))
                    .group(LIST)
                    .syntax("timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
                    .complexity("O(N + M), N = keys given, M = elements returned")
                    .summary("Takes elements from an end of the first list there is among some keys; waits for one."));

    private BlockingListCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "BLPOP" -> BlockingListCommands::blpop;
            case "BRPOP" -> BlockingListCommands::brpop;
            case "BLMOVE" -> BlockingListCommands::blmove;
            case "BRPOPLPUSH" -> BlockingListCommands::brpoplpush;
            case "BLMPOP" -> BlockingListCommands::blmpop;
            default -> null;
        };
    }

    private static Command pop(String name, CommandFunctions family) {
        return command(name, family)
                .since("2.0.0")
                .arity(-3)
                .flags(WRITE, NOSCRIPT, BLOCKING, NO_REST)
                .keys(KeySpec.range(1, -2, 1).with(TAKES))
                .group(LIST)
                .syntax("key [key ...] timeout")
                .complexity("O(N), N = keys given");
    }

    private static Command move(String name, CommandFunctions family) {
        return command(name, family)
                .flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING, NO_REST)
                .keys(KeySpec.first().with(TAKES), KeySpec.at(2).with(KeySpec.RW | KeySpec.INSERT))
                .group(LIST)
                .complexity("O(1)");
    }

    /**
     * BLPOP. Replies [key, element]; the absent array when the time is over, or at once in a transaction.
     *
     * @throws io.duetdb.engine.api.CommandError not a timeout, WRONGTYPE of a key before the first list
     */
    static void blpop(Call call, Argv argv, Reply reply) {
        pop(call, argv, true, reply);
    }

    /** BRPOP. As {@link #blpop}, from the other end. */
    static void brpop(Call call, Argv argv, Reply reply) {
        pop(call, argv, false, reply);
    }

    private static void pop(Call call, Argv argv, boolean head, Reply reply) {
        int last = argv.count() - 1;
        long timeoutMs = Waits.seconds(call, argv, last);
        if (!ListEnds.oneFromFirst(call, argv, 1, last, head, reply)
                && !call.block(1, last - 1, ValueType.LIST, timeoutMs)) {
            reply.nilArray();
        }
    }

    /**
     * BLMOVE. Replies the element. In a transaction replies nil at once.
     *
     * @throws io.duetdb.engine.api.CommandError syntax, not a timeout, WRONGTYPE: of the destination only when there is a
     *     source, so perhaps after having waited
     */
    static void blmove(Call call, Argv argv, Reply reply) {
        boolean fromHead = ListEnds.isHead(argv, 3);
        boolean toHead = ListEnds.isHead(argv, 4);
        long timeoutMs = Waits.seconds(call, argv, 5);
        if (ListEnds.move(call, argv, fromHead, toHead, reply)) {
            call.propagateAs(LMOVE).key(argv, 1).key(argv, 2).arg(argv, 3).arg(argv, 4);
        } else {
            waitForSource(call, timeoutMs, reply);
        }
    }

    /** BRPOPLPUSH. BLMOVE from the tail to the head. @throws io.duetdb.engine.api.CommandError as {@link #blmove} */
    static void brpoplpush(Call call, Argv argv, Reply reply) {
        long timeoutMs = Waits.seconds(call, argv, 3);
        if (ListEnds.move(call, argv, false, true, reply)) {
            call.propagateAs(RPOPLPUSH).key(argv, 1).key(argv, 2);
        } else {
            waitForSource(call, timeoutMs, reply);
        }
    }

    private static void waitForSource(Call call, long timeoutMs, Reply reply) {
        if (!call.block(1, 1, ValueType.LIST, timeoutMs)) {
            reply.nil();
        }
    }

    /**
     * BLMPOP. Replies the key and an array of its elements; the absent array when the time is over, or at once in a
     * transaction. The timeout is checked last, though it stands first.
     *
     * @throws io.duetdb.engine.api.CommandError as LMPOP; then not a timeout, WRONGTYPE of a key before the first list
     */
    static void blmpop(Call call, Argv argv, Reply reply) {
        int where = ListEnds.behindKeys(argv, 2);
        long timeoutMs = Waits.seconds(call, argv, 1);
        if (!ListEnds.popFromFirst(call, argv, 2, where, reply)
                && !call.block(3, where - 3, ValueType.LIST, timeoutMs)) {
            reply.nilArray();
        }
    }
}
