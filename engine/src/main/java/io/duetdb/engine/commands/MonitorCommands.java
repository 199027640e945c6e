package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import java.util.List;

/** MONITOR: every command that runs, as it runs. */
final class MonitorCommands {
    private static final CommandError NESTED = new CommandError("ERR MONITOR isn't allowed for DENY BLOCKING client");
    private static final CommandError NO_MESSAGES =
            new CommandError("ERR MONITOR needs a connection that messages can be sent to");

    static final List<Command> TABLE = List.of(command("MONITOR", MonitorCommands::monitor)
            .since("1.0.0")
            .arity(1)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_REST)
            .group(SERVER)
            .complexity("O(1)")
            .summary("Sends this connection a line about every command that any client runs."));

    private MonitorCommands() {}

    /** MONITOR. Replies OK, and nothing when the client does so already. RESET and QUIT end it. */
    static void monitor(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        if (!call.outermost()) {
            throw NESTED;
        }
        if (!client.connection().takesMessages()) {
            throw NO_MESSAGES;
        }
        if (!client.monitoring()) {
            call.services().clients().monitors().add(client);
            reply.ok();
        }
    }
}
