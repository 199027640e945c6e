package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.CONNECTION;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The connection itself: PING, ECHO and the like. */
final class ConnectionCommands {
    private static final byte[] PONG = "PONG".getBytes(StandardCharsets.US_ASCII);

    static final List<Command> TABLE = List.of(command("PING", ConnectionCommands::ping)
            .since("1.0.0")
            .arity(-1)
            .flags(FAST, ALLOWED_WHEN_SUBSCRIBED)
            .group(CONNECTION)
            .syntax("[message]")
            .complexity("O(1)")
            .summary("Replies PONG, or the message.")
            .tips("request_policy:all_shards", "response_policy:all_succeeded"));

    private ConnectionCommands() {}

    /** PING. Replies the status PONG, or the message as a bulk string. */
    static void ping(Call call, Argv argv, Reply reply) {
        if (argv.count() > 2) {
            throw new CommandError("ERR wrong number of arguments for 'ping' command");
        }
        if (argv.count() == 2) {
            reply.bulk(argv.array(1), argv.offset(1), argv.length(1));
        } else {
            reply.simple(PONG);
        }
    }
}
