package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.keyspace.Keyspace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole databases: counted, emptied, swapped. */
final class DatabaseCommands {
    private static final CommandFunctions FUNCTIONS = DatabaseCommands::function;

    static final List<Command> TABLE = List.of(
            command("DBSIZE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(1)
                    .flags(READONLY, FAST)
                    .group(SERVER)
                    .categories(Category.KEYSPACE)
                    .complexity("O(1)")
                    .summary("Returns the number of keys of the database.")
                    .tips("request_policy:all_shards", "response_policy:agg_sum"),
            command("FLUSHDB", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(WRITE)
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("[ASYNC | SYNC]")
                    .complexity("O(1); the memory comes back step by step")
                    .summary("Deletes all keys of the database.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"),
            command("FLUSHALL", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(WRITE)
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("[ASYNC | SYNC]")
                    .complexity("O(1); the memory comes back step by step")
                    .summary("Deletes all keys of all databases.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"),
            command("SWAPDB", FUNCTIONS)
                    .since("4.0.0")
                    .arity(3)
                    .flags(WRITE, FAST)
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("index1 index2")
                    .complexity("O(1)")
                    .summary("Lets two databases change places."));

    private static final byte[] ASYNC = word("ASYNC");
    private static final byte[] SYNC = word("SYNC");

    private static final CommandError FIRST_INDEX = new CommandError("ERR invalid first DB index");
    private static final CommandError SECOND_INDEX = new CommandError("ERR invalid second DB index");

    private DatabaseCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "DBSIZE" -> DatabaseCommands::dbsize;
            case "FLUSHDB" -> DatabaseCommands::flushdb;
            case "FLUSHALL" -> DatabaseCommands::flushall;
            case "SWAPDB" -> DatabaseCommands::swapdb;
            default -> null;
        };
    }

    /** DBSIZE. Replies the number of keys, overdue ones that nobody met yet included. */
    static void dbsize(Call call, Argv argv, Reply reply) {
        reply.integer(call.db().size());
    }

    /** FLUSHDB. Replies OK. */
    static void flushdb(Call call, Argv argv, Reply reply) {
        flush(call, argv, reply, call.db().index());
    }

    /** FLUSHALL. Replies OK. */
    static void flushall(Call call, Argv argv, Reply reply) {
        flush(call, argv, reply, Keyspace.ALL);
    }

    /**
     * SWAPDB. Replies OK; clients see the other one's keys at once. @throws CommandError not an index, no such database
     */
    static void swapdb(Call call, Argv argv, Reply reply) {
        long first = index(argv, 1, FIRST_INDEX);
        long second = index(argv, 2, SECOND_INDEX);
        int count = call.services().keyspace().count();
        if (first < 0 || first >= count || second < 0 || second >= count) {
            throw Errors.DB_OUT_OF_RANGE;
        }
        call.swapping((int) first, (int) second);
        call.services().keyspace().swap((int) first, (int) second);
        call.changedKeyspace(1);
        reply.ok();
    }

    private static long index(Argv argv, int index, CommandError invalid) {
        long number = Numbers.parse(argv.array(index), argv.offset(index), argv.length(index));
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw invalid; // what is no number included
        }
        return number;
    }

    /** ASYNC and SYNC are the same here: nobody waits for the memory. An effect even when there was no key, as in Redis. */
    private static void flush(Call call, Argv argv, Reply reply, int which) {
        if (argv.count() > 2 || (argv.count() == 2 && !argv.is(1, ASYNC) && !argv.is(1, SYNC))) {
            throw Errors.SYNTAX;
        }
        call.flushing(which);
        call.changedKeyspace(call.services().keyspace().flush(which));
        if (which == Keyspace.ALL) {
            call.services().host().storage().flushed();
        }
        reply.ok();
    }
}
