package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.keyspace.Keyspace;
import java.util.List;

/** Whole databases: counted and emptied. */
final class DatabaseCommands {
    static final List<Command> TABLE = List.of(
            command("DBSIZE", DatabaseCommands::dbsize)
                    .since("1.0.0")
                    .arity(1)
                    .flags(READONLY, FAST)
                    .group(SERVER)
                    .categories(Category.KEYSPACE)
                    .complexity("O(1)")
                    .summary("Returns the number of keys of the database.")
                    .tips("request_policy:all_shards", "response_policy:agg_sum"),
            command("FLUSHDB", DatabaseCommands::flushdb)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(WRITE)
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("[ASYNC | SYNC]")
                    .complexity("O(1); the memory comes back step by step")
                    .summary("Deletes all keys of the database.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"),
            command("FLUSHALL", DatabaseCommands::flushall)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(WRITE)
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("[ASYNC | SYNC]")
                    .complexity("O(1); the memory comes back step by step")
                    .summary("Deletes all keys of all databases.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"));

    private static final byte[] ASYNC = word("ASYNC");
    private static final byte[] SYNC = word("SYNC");

    private DatabaseCommands() {}

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

    /** ASYNC and SYNC are the same here: nobody waits for the memory. An effect even when there was no key, as in Redis. */
    private static void flush(Call call, Argv argv, Reply reply, int which) {
        if (argv.count() > 2 || (argv.count() == 2 && !argv.is(1, ASYNC) && !argv.is(1, SYNC))) {
            throw Errors.SYNTAX;
        }
        call.changedKeyspace(Math.max(1, call.services().keyspace().flush(which)));
        reply.ok();
    }
}
