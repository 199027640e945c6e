package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server as a whole: its time, its end. */
final class ServerCommands {
    private static final int NOSAVE_BIT = 1;
    private static final int SAVE_BIT = 2;
    private static final int FORCE_BIT = 8;
    private static final int ABORT_BIT = 16;
    private static final List<String> SHUTDOWN_OPTIONS = List.of("NOSAVE", "SAVE", "NOW", "FORCE", "ABORT");

    private static final CommandFunctions FUNCTIONS = ServerCommands::function;

    static final List<Command> TABLE = List.of(
            command("TIME", FUNCTIONS)
                    .since("2.6.0")
                    .arity(1)
                    .flags(LOADING, STALE, FAST)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Returns the server's time.")
                    .tips("nondeterministic_output"),
            command("ROLE", FUNCTIONS)
                    .since("2.8.12")
                    .arity(1)
                    .flags(NOSCRIPT, LOADING, STALE, FAST)
                    .group(SERVER)
                    .categories(Category.ADMIN | Category.DANGEROUS)
                    .complexity("O(1)")
                    .summary("Returns the role in replication: that of a master without replicas."),
            command("SHUTDOWN", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY, NO_REST)
                    .group(SERVER)
                    .syntax("[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]")
                    .complexity("O(N) when it saves, N = keys")
                    .summary("Ends the server, after saving if so asked or configured."));

    private ServerCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "TIME" -> ServerCommands::time;
            case "ROLE" -> ServerCommands::role;
            case "SHUTDOWN" -> ServerCommands::shutdown;
            default -> null;
        };
    }

    /** TIME. Replies an array of two bulk strings: seconds since the epoch, microseconds within the second. */
    static void time(Call call, Argv argv, Reply reply) {
        long us = call.services().clock().wallUs();
        reply.array(2);
        reply.bulk(us / 1_000_000);
        reply.bulk(us % 1_000_000);
    }

    /** ROLE. Replies an array: master, the offset of the stream of effects, an array of replicas. */
    static void role(Call call, Argv argv, Reply reply) {
        reply.array(3);
        reply.text("master");
        reply.integer(call.services().effects().offset());
        reply.array(0);
    }

    /**
     * SHUTDOWN. There is no reply: the connection ends with the server; an error when something could not be kept and
     * FORCE was not given. Nothing takes time here that NOW could cut.
     */
    static void shutdown(Call call, Argv argv, Reply reply) {
        int options = 0;
        for (int i = 1; i < argv.count(); i++) {
            options |= option(argv, i);
        }
        boolean abort = (options & ABORT_BIT) != 0;
        if (abort && options != ABORT_BIT || (options & (SAVE_BIT | NOSAVE_BIT)) == (SAVE_BIT | NOSAVE_BIT)) {
            throw Errors.SYNTAX;
        }
        if (abort) {
            throw new CommandError("ERR No shutdown in progress.");
        }
        Settings settings = call.services().settings();
        boolean configured =
                settings.find("save") != null && !settings.text("save").isEmpty();
        call.services()
                .host()
                .shutdown(
                        (options & SAVE_BIT) != 0 || configured && (options & NOSAVE_BIT) == 0,
                        (options & FORCE_BIT) != 0);
        call.client().closing(true);
        call.client().connection().closeAfterReply();
    }

    private static int option(Argv argv, int index) {
        for (int bit = 0; bit < SHUTDOWN_OPTIONS.size(); bit++) {
            if (argv.is(index, SHUTDOWN_OPTIONS.get(bit))) {
                return 1 << bit;
            }
        }
        throw Errors.SYNTAX;
    }
}
