package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.CONNECTION;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientNames;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import java.util.List;

/** CLIENT: what a connection says of itself. */
final class ClientCommands {
    static final List<Command> TABLE = List.of(container("CLIENT")
            .since("2.4.0")
            .group(CONNECTION)
            .summary("What a connection says of itself.")
            .sub(command("ID", ClientCommands::id)
                    .since("5.0.0")
                    .arity(2)
                    .flags(NOSCRIPT, LOADING, STALE, NO_REST)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Returns the number of this connection; later connections have higher ones."))
            .sub(command("SETNAME", ClientCommands::setName)
                    .since("2.6.9")
                    .arity(3)
                    .flags(NOSCRIPT, LOADING, STALE, NO_REST)
                    .group(CONNECTION)
                    .syntax("connection-name")
                    .complexity("O(1)")
                    .summary("Gives this connection a name; an empty one removes it."))
            .sub(command("GETNAME", ClientCommands::getName)
                    .since("2.6.9")
                    .arity(2)
                    .flags(NOSCRIPT, LOADING, STALE, NO_REST)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Returns this connection's name, or nil."))
            .sub(command("SETINFO", ClientCommands::setInfo)
                    .since("7.2.0")
                    .arity(4)
                    .flags(NOSCRIPT, LOADING, STALE, NO_REST)
                    .group(CONNECTION)
                    .syntax("<LIB-NAME libname | LIB-VER libver>")
                    .complexity("O(1)")
                    .summary("Notes the name or version of the library behind this connection."))
            .sub(command("HELP", Help::reply)
                    .since("5.0.0")
                    .arity(2)
                    .flags(LOADING, STALE, NO_REST)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private ClientCommands() {}

    /** CLIENT ID. Replies an integer. */
    static void id(Call call, Argv argv, Reply reply) {
        reply.integer(call.client().id());
    }

    /** CLIENT SETNAME. */
    static void setName(Call call, Argv argv, Reply reply) {
        ClientNames.check(argv, 2);
        call.client().name(argv.text(2));
        reply.ok();
    }

    /** CLIENT GETNAME. Replies the name as a bulk string, nil when there is none. */
    static void getName(Call call, Argv argv, Reply reply) {
        String name = call.client().name();
        if (name.isEmpty()) {
            reply.nil();
        } else {
            reply.text(name);
        }
    }

    /** CLIENT SETINFO. The option is checked before its value. */
    static void setInfo(Call call, Argv argv, Reply reply) {
        boolean name = argv.is(2, "LIB-NAME");
        if (!name && !argv.is(2, "LIB-VER")) {
            throw CommandError.quoting("ERR Unrecognized option '", argv, 2, "'");
        }
        if (!ClientNames.isWord(argv, 3)) {
            throw CommandError.quoting("ERR ", argv, 2, " cannot contain spaces, newlines or special characters.");
        }
        if (name) {
            call.client().libName(argv.text(3));
        } else {
            call.client().libVersion(argv.text(3));
        }
        reply.ok();
    }
}
