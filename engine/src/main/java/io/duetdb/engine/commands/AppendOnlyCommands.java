package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import java.util.List;

/** The append-only file, as far as clients have a say in it. */
final class AppendOnlyCommands {
    static final List<Command> TABLE = List.of(command("BGREWRITEAOF", AppendOnlyCommands::bgrewriteaof)
            .since("1.0.0")
            .arity(1)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
            .group(SERVER)
            .categories(Category.ADMIN | Category.DANGEROUS)
            .complexity("O(1), the writing is done by another thread")
            .summary("Rewrites the append-only file in the background, without what is out of date."));

    private AppendOnlyCommands() {}

    /**
     * BGREWRITEAOF. Replies a status: it begins at the end of this turn, or, in a transaction or while a snapshot is
     * written, is scheduled.
     *
     * @throws CommandError one is under way; the disk has no room for it
     */
    static void bgrewriteaof(Call call, Argv argv, Reply reply) {
        reply.simple(call.services().host().storage().rewrite(!call.outermost()));
    }
}
