package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.config.ConfigChange;
import io.duetdb.engine.config.ConfigLookup;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CONFIG: the settings of the running server. */
final class ConfigCommands {
    private static final CommandFunctions FUNCTIONS = ConfigCommands::function;

    static final List<Command> TABLE = List.of(container("CONFIG")
            .since("2.0.0")
            .group(SERVER)
            .summary("The settings of the running server.")
            .sub(command("GET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-3)
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .group(SERVER)
                    .syntax("parameter [parameter ...]")
                    .complexity("O(N x M), N = settings, M = patterns")
                    .summary("Returns the settings of some names or glob patterns."))
            .sub(command("SET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-4)
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .group(SERVER)
                    .syntax("parameter value [parameter value ...]")
                    .complexity("O(N), N = settings given")
                    .summary("Changes settings while the server runs, all of them or none.")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .sub(command("RESETSTAT", FUNCTIONS)
                    .since("2.0.0")
                    .arity(2)
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Sets the counters of INFO to zero."))
            .sub(command("REWRITE", FUNCTIONS)
                    .since("2.8.0")
                    .arity(2)
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(N), N = settings")
                    .summary("Writes the present settings into the configuration file."))
            .sub(command("HELP", FUNCTIONS)
                    .since("5.0.0")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private ConfigCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "GET" -> ConfigCommands::get;
            case "SET" -> ConfigCommands::set;
            case "RESETSTAT" -> ConfigCommands::resetStat;
            case "REWRITE" -> ConfigCommands::rewrite;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    /** CONFIG GET. Replies a map of names and values. */
    static void get(Call call, Argv argv, Reply reply) {
        ConfigLookup lookup = new ConfigLookup(call.services().settings());
        for (int i = 2; i < argv.count(); i++) {
            lookup.add(argv, i);
        }
        reply.map(lookup.found().size());
        for (Map.Entry<String, String> setting : lookup.found().entrySet()) {
            reply.text(setting.getKey());
            reply.text(setting.getValue());
        }
    }

    /** CONFIG SET. Names are all looked up before the first change; a refused value puts the others back. */
    static void set(Call call, Argv argv, Reply reply) {
        if (argv.count() % 2 != 0) {
            throw Errors.SYNTAX;
        }
        ConfigChange change = new ConfigChange(call.services().settings());
        for (int i = 2; i < argv.count(); i += 2) {
            change.add(argv, i);
        }
        change.apply();
        reply.ok();
    }

    /** CONFIG RESETSTAT. */
    static void resetStat(Call call, Argv argv, Reply reply) {
        call.services().stats().reset();
        reply.ok();
    }

    /** CONFIG REWRITE. Fails where there is no file. */
    static void rewrite(Call call, Argv argv, Reply reply) {
        call.services().host().rewriteConfig();
        reply.ok();
    }
}
