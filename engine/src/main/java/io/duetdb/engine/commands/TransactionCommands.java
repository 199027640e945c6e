package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.TRANSACTIONS;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.tx.Transaction;
import io.duetdb.engine.tx.WatchedKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transactions: requests that are queued and then run as one, and keys whose change prevents that. */
final class TransactionCommands {
    private static final CommandFunctions FUNCTIONS = TransactionCommands::function;

    static final List<Command> TABLE = List.of(
            command("MULTI", FUNCTIONS)
                    .since("1.2.0")
                    .arity(1)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED, NO_REST)
                    .group(TRANSACTIONS)
                    .complexity("O(1)")
                    .summary("Begins a transaction: what this connection sends from now on is queued until EXEC."),
            command("EXEC", FUNCTIONS)
                    .since("1.2.0")
                    .arity(1)
                    .flags(NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG, NOT_QUEUED, RUNS_QUEUED, NO_REST)
                    .group(TRANSACTIONS)
                    .complexity("Depends on the commands that were queued")
                    .summary(
                            "Runs all that was queued, unless a watched key was changed; returns an array of replies."),
            command("DISCARD", FUNCTIONS)
                    .since("2.0.0")
                    .arity(1)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED, NO_REST)
                    .group(TRANSACTIONS)
                    .complexity("O(N), N = requests queued")
                    .summary("Forgets all that was queued, and the keys that were watched."),
            command("WATCH", FUNCTIONS)
                    .since("2.2.0")
                    .arity(-2)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED, NO_REST)
                    .keys(KeySpec.range(1, -1, 1).look())
                    .group(TRANSACTIONS)
                    .syntax("key [key ...]")
                    .complexity("O(1) per key")
                    .summary(
                            "Has the next EXEC of this connection do nothing if one of some keys is changed before it."),
            command("UNWATCH", FUNCTIONS)
                    .since("2.2.0")
                    .arity(1)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NO_REST)
                    .group(TRANSACTIONS)
                    .complexity("O(1)")
                    .summary("Forgets the keys that were watched."));

    private static final CommandError NESTED = new CommandError("ERR MULTI calls can not be nested");
    private static final CommandError WATCH_INSIDE = new CommandError("ERR WATCH inside MULTI is not allowed");
    private static final CommandError EXEC_OUTSIDE = new CommandError("ERR EXEC without MULTI");
    private static final CommandError DISCARD_OUTSIDE = new CommandError("ERR DISCARD without MULTI");
    private static final CommandError ABORTED =
            new CommandError("EXECABORT Transaction discarded because of previous errors.");
    private static final CommandError NO_LONGER = new CommandError(
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This"
                    + " command is no longer allowed for the following reason: no permission to execute the command or"
                    + " subcommand");

    private TransactionCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "MULTI" -> TransactionCommands::multi;
            case "EXEC" -> TransactionCommands::exec;
            case "DISCARD" -> TransactionCommands::discard;
            case "WATCH" -> TransactionCommands::watch;
            case "UNWATCH" -> TransactionCommands::unwatch;
            default -> null;
        };
    }

    /** MULTI. Replies OK. Inside a transaction it is an error that spoils nothing. */
    static void multi(Call call, Argv argv, Reply reply) {
        Transaction transaction = call.client().transactionOrNew();
        if (transaction.open()) {
            throw NESTED;
        }
        transaction.begin();
        reply.ok();
    }

    /** DISCARD. Replies OK. @throws CommandError DISCARD without MULTI */
    static void discard(Call call, Argv argv, Reply reply) {
        if (open(call.client()) == null) {
            throw DISCARD_OUTSIDE;
        }
        call.client().endTransaction(call.services().watched());
        reply.ok();
    }

    /** WATCH. Replies OK. Keys need not be watched any more when one was changed already. */
    static void watch(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        if (open(client) != null) {
            throw WATCH_INSIDE;
        }
        Transaction transaction = client.transactionOrNew();
        Database db = call.db();
        for (int i = 1; i < argv.count() && !transaction.spoiled(); i++) {
            boolean overdue = db.isOverdue(argv.bytes(i));
            call.services()
                    .watched()
                    .watch(transaction, db.index(), argv.array(i), argv.offset(i), argv.length(i), overdue);
        }
        reply.ok();
    }

    /** UNWATCH. Replies OK. */
    static void unwatch(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        if (open(client) == null) { // otherwise EXEC runs it, which has done so
            client.endTransaction(call.services().watched());
        }
        reply.ok();
    }

    /**
     * EXEC. Replies an array of all replies, errors included; the absent array when a watched key was changed. What runs
     * sees one moment of time and nobody in between; an error stops and undoes nothing.
     *
     * @throws CommandError EXEC without MULTI, EXECABORT when a request could not be queued
     */
    static void exec(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        Transaction transaction = open(client);
        if (transaction == null) {
            throw EXEC_OUTSIDE;
        }
        WatchedKeys watched = call.services().watched();
        Keyspace keyspace = call.services().keyspace();
        boolean changed = transaction.spoiled()
                || watched.watchesAny(transaction, (db, key) -> keyspace.db(db).isOverdue(key));
        watched.unwatch(transaction);
        try {
            if (transaction.failed()) {
                throw ABORTED;
            }
            if (changed) {
                reply.nilArray();
            } else {
                runAll(call, transaction.requests(), reply);
            }
        } finally {
            client.endTransaction(watched);
        }
    }

    private static void runAll(Call call, List<Argv> requests, Reply reply) {
        reply.array(requests.size());
        for (Argv request : requests) {
            Command command = call.services().table().findWithSubcommand(request, 0);
            if (command == null) {
                throw new IllegalStateException("queued, and no command: " + request);
            }
            if (call.client().user().may(command.id()) || command.is(NO_AUTH)) {
                call.run(command, request, reply);
            } else {
                call.services().stats().errorReplied(NO_LONGER.line());
                reply.error(NO_LONGER);
            }
        }
    }

    /** The transaction that a client has begun, or null. */
    private static @Nullable Transaction open(ClientState client) {
        Transaction transaction = client.transaction();
        return transaction != null && transaction.open() ? transaction : null;
    }
}
