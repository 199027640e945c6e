package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Storage;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Snapshots and the append-only file, as far as clients ask for them; {@link Storage} does what they ask. */
final class StorageCommands {
    private static final CommandFunctions FUNCTIONS = StorageCommands::function;

    static final List<Command> TABLE = List.of(
            command("SAVE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(1)
                    .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
                    .group(SERVER)
                    .complexity("O(N), N = keys of all databases")
                    .summary("Writes a snapshot while everybody waits."),
            command("BGSAVE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
                    .group(SERVER)
                    .syntax("[SCHEDULE]")
                    .complexity("O(1)")
                    .summary("Begins to write a snapshot of this moment in the background."),
            command("LASTSAVE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(1)
                    .flags(LOADING, STALE, FAST)
                    .group(SERVER)
                    .categories(Category.ADMIN | Category.DANGEROUS)
                    .complexity("O(1)")
                    .summary("Returns the time of the last successful snapshot.")
                    .tips("nondeterministic_output"));

    private static final byte[] SCHEDULE = word("SCHEDULE");

    private StorageCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SAVE" -> StorageCommands::save;
            case "BGSAVE" -> StorageCommands::bgsave;
            case "LASTSAVE" -> StorageCommands::lastsave;
            default -> null;
        };
    }

    private static Storage storage(Call call) {
        return call.services().host().storage();
    }

    /** SAVE. Replies OK when the file lasts. */
    static void save(Call call, Argv argv, Reply reply) {
        storage(call).save();
        reply.ok();
    }

    /** BGSAVE. Replies a status: started, or scheduled. */
    static void bgsave(Call call, Argv argv, Reply reply) {
        boolean schedule = argv.count() == 2 && argv.is(1, SCHEDULE);
        if (argv.count() > 1 && !schedule) {
            throw Errors.SYNTAX;
        }
        reply.simple(storage(call).backgroundSave(schedule, !call.outermost()));
    }

    /** LASTSAVE. Replies seconds since the epoch; before the first snapshot, when the server started. */
    static void lastsave(Call call, Argv argv, Reply reply) {
        reply.integer(storage(call).lastSaveS());
    }
}
