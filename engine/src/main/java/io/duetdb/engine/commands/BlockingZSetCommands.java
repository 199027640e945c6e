package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SORTED_SET;

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

/** Sorted sets: what waits for a member when there is none, as {@link BlockingListCommands} does for lists. */
final class BlockingZSetCommands {
    private static final int TAKES = KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE;

    private static final CommandFunctions FUNCTIONS = BlockingZSetCommands::function;

    static final List<Command> TABLE = List.of(
            pop("BZPOPMIN", FUNCTIONS)
                    .summary("Takes the member with the lowest score of the first sorted set there is among some keys;"
                            + " waits for one."),
            pop("BZPOPMAX", FUNCTIONS)
                    .summary("Takes the member with the highest score of the first sorted set there is among some keys;"
                            + " waits for one."),
            command("BZMPOP", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-5)
                    .flags(WRITE, BLOCKING, NO_REST)
                    .keys(KeySpec.keynum(2).with(TAKES))
                    .group(SORTED_SET)
                    .syntax("timeout numkeys key [key ...] <MIN | MAX> [COUNT count]")
                    .complexity("O(K)+O(M*log(N)), K = keys, M = members popped, N = cardinality")
                    .summary("Takes members from an end of the first sorted set there is among some keys;"
                            + " waits for one."));

    private BlockingZSetCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "BZPOPMIN" -> BlockingZSetCommands::bzpopmin;
            case "BZPOPMAX" -> BlockingZSetCommands::bzpopmax;
            case "BZMPOP" -> BlockingZSetCommands::bzmpop;
            default -> null;
        };
    }

    private static Command pop(String name, CommandFunctions family) {
        return command(name, family)
                .since("5.0.0")
                .arity(-3)
                .flags(WRITE, NOSCRIPT, FAST, BLOCKING, NO_REST)
                .keys(KeySpec.range(1, -2, 1).with(TAKES))
                .group(SORTED_SET)
                .syntax("key [key ...] timeout")
                .complexity("O(K)+O(log(N)), K = keys, N = cardinality");
    }

    /**
     * BZPOPMIN. Replies [key, member, score]; the absent array when the time is over, or at once in a transaction.
     *
     * @throws io.duetdb.engine.api.CommandError not a timeout, WRONGTYPE of a key before the first sorted set
     */
    static void bzpopmin(Call call, Argv argv, Reply reply) {
        pop(call, argv, false, reply);
    }

    /** BZPOPMAX. As {@link #bzpopmin}, from the other end. */
    static void bzpopmax(Call call, Argv argv, Reply reply) {
        pop(call, argv, true, reply);
    }

    private static void pop(Call call, Argv argv, boolean highest, Reply reply) {
        int last = argv.count() - 1;
        long timeoutMs = Waits.seconds(call, argv, last);
        if (!ZPops.oneFromFirst(call, argv, 1, last, highest, reply)
                && !call.block(1, last - 1, ValueType.ZSET, timeoutMs)) {
            reply.nilArray();
        }
    }

    /**
     * BZMPOP. Replies [key, [[member, score] ...]]; the absent array when the time is over, or at once in a transaction.
     * The timeout is checked last, though it stands first.
     *
     * @throws io.duetdb.engine.api.CommandError as ZMPOP; then not a timeout, WRONGTYPE of a key before the first sorted
     *     set
     */
    static void bzmpop(Call call, Argv argv, Reply reply) {
        int where = ZPops.behindKeys(argv, 2);
        long timeoutMs = Waits.seconds(call, argv, 1);
        if (!ZPops.popFromFirst(call, argv, 2, where, reply) && !call.block(3, where - 3, ValueType.ZSET, timeoutMs)) {
            reply.nilArray();
        }
    }
}
