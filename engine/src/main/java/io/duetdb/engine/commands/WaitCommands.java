package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import java.util.List;

/** Waiting for others to have what was written. */
final class WaitCommands {
    private static final CommandError NO_TIMEOUT = new CommandError("ERR timeout is not an integer or out of range");
    private static final CommandError NEGATIVE = new CommandError("ERR timeout is negative");

    static final List<Command> TABLE = List.of(command("WAIT", WaitCommands::await)
            .since("3.0.0")
            .arity(3)
            .flags(NOSCRIPT)
            .group(GENERIC)
            .categories(Category.CONNECTION)
            .syntax("numreplicas timeout")
            .complexity("O(1)")
            .summary("Returns how many replicas have what this client wrote.")
            .tips("request_policy:all_shards", "response_policy:agg_min"));

    private WaitCommands() {}

    /** WAIT. Replies 0 at once: there are no replicas, and waiting brings none. @throws CommandError not a timeout */
    static void await(Call call, Argv argv, Reply reply) {
        argv.integer(1);
        byte[] b = argv.array(2);
        long timeout = Numbers.parse(b, argv.offset(2), argv.length(2));
        if (timeout == Numbers.NOT_A_LONG && !Numbers.isLong(b, argv.offset(2), argv.length(2))) {
            throw NO_TIMEOUT;
        }
        if (timeout < 0) {
            throw NEGATIVE;
        }
        reply.integer(0);
    }
}
