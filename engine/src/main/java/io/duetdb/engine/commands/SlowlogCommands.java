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
import io.duetdb.engine.stats.Slowlog;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SLOWLOG: requests that took long. What a time means says {@link Slowlog}. */
final class SlowlogCommands {
    private static final int COUNT_INITIAL = 10;
    private static final CommandError BAD_COUNT = new CommandError("ERR count should be greater than or equal to -1");

    private static final CommandFunctions FUNCTIONS = SlowlogCommands::function;

    static final List<Command> TABLE = List.of(container("SLOWLOG")
            .since("2.2.12")
            .group(SERVER)
            .summary("Requests that took long.")
            .sub(command("GET", FUNCTIONS)
                    .since("2.2.12")
                    .arity(-2)
                    .flags(ADMIN, LOADING, STALE)
                    .group(SERVER)
                    .syntax("[count]")
                    .complexity("O(N), N = entries returned")
                    .tips("request_policy:all_nodes", "nondeterministic_output")
                    .summary("Returns the latest entries, 10 unless told; -1 is all."))
            .sub(command("LEN", FUNCTIONS)
                    .since("2.2.12")
                    .arity(2)
                    .flags(ADMIN, LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output")
                    .summary("Returns the number of entries."))
            .sub(command("RESET", FUNCTIONS)
                    .since("2.2.12")
                    .arity(2)
                    .flags(ADMIN, LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(N), N = entries")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .summary("Forgets all entries."))
            .sub(command("HELP", FUNCTIONS)
                    .since("6.2.0")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private SlowlogCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "GET" -> SlowlogCommands::get;
            case "LEN" -> SlowlogCommands::len;
            case "RESET" -> SlowlogCommands::reset;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    /**
     * SLOWLOG GET. Replies an array of entries, the latest first: id, seconds since the epoch, µs, arguments, address and
     * name of the client.
     */
    static void get(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            throw CommandError.quoting(
                    "ERR unknown subcommand or wrong number of arguments for '", argv, 1, "'. Try SLOWLOG HELP.");
        }
        long wanted = argv.count() == 3 ? count(argv) : COUNT_INITIAL;
        Slowlog log = call.services().stats().slowlog();
        int count = wanted < 0 ? log.length() : (int) Math.min(wanted, log.length());
        Iterator<Slowlog.Entry> entries = log.latestFirst();
        reply.array(count);
        for (int i = 0; i < count; i++) {
            Slowlog.Entry entry = entries.next();
            reply.array(6);
            reply.integer(entry.id());
            reply.integer(entry.unixSeconds());
            reply.integer(entry.us());
            reply.array(entry.arguments().length);
            for (byte[] argument : entry.arguments()) {
                reply.bulk(argument);
            }
            reply.text(entry.peer());
            reply.text(entry.name());
        }
    }

    private static long count(Argv argv) {
        long count;
        try {
            count = argv.integer(2);
        } catch (CommandError notAnInteger) {
            throw BAD_COUNT;
        }
        if (count < -1) {
            throw BAD_COUNT;
        }
        return count;
    }

    /** SLOWLOG LEN. Replies an integer. */
    static void len(Call call, Argv argv, Reply reply) {
        reply.integer(call.services().stats().slowlog().length());
    }

    /** SLOWLOG RESET. */
    static void reset(Call call, Argv argv, Reply reply) {
        call.services().stats().slowlog().reset();
        reply.ok();
    }
}
