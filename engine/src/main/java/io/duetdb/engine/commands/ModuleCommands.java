package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MODULE: there are none, and none can be loaded. Libraries that ask what there is get an answer. */
final class ModuleCommands {
    private static final CommandError NOT_ALLOWED = new CommandError("ERR MODULE command not allowed. If the"
            + " enable-module-command option is set to \"local\", you can run it from a local connection, otherwise you"
            + " need to set this option in the configuration file, and then restart the server.");

    private static final CommandFunctions FUNCTIONS = ModuleCommands::function;

    static final List<Command> TABLE = List.of(container("MODULE")
            .since("4.0.0")
            .group(SERVER)
            .summary("Commands about modules; there are none.")
            .sub(command("LIST", FUNCTIONS)
                    .since("4.0.0")
                    .arity(2)
                    .flags(ADMIN, NOSCRIPT)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Returns the loaded modules: none.")
                    .tips("nondeterministic_output_order"))
            .sub(refused("LOAD", "4.0.0", -3).syntax("path [arg [arg ...]]"))
            .sub(refused("LOADEX", "7.0.0", -3)
                    .syntax("path [CONFIG name value [CONFIG name value ...]] [ARGS args [args ...]]"))
            .sub(refused("UNLOAD", "4.0.0", 3).syntax("name"))
            .sub(command("HELP", FUNCTIONS)
                    .since("5.0.0")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private ModuleCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "LIST" -> ModuleCommands::list;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    private static Command refused(String name, String since, int arity) {
        return command(name, ModuleCommands::notAllowed)
                .since(since)
                .arity(arity)
                .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
                .group(SERVER)
                .complexity("O(1)")
                .summary("Is refused: there are no modules.");
    }

    /** MODULE LIST. Replies an empty array. */
    static void list(Call call, Argv argv, Reply reply) {
        reply.array(0);
    }

    /** MODULE LOAD, LOADEX, UNLOAD. An error, that of a Redis whose configuration doesn't allow modules. */
    static void notAllowed(Call call, Argv argv, Reply reply) {
        throw NOT_ALLOWED;
    }
}
