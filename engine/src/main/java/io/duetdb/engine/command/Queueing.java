package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.tx.Transaction;
import io.duetdb.engine.tx.WatchedKeys;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an open transaction changes in the way of a request: it is queued instead of run, one that is refused spoils the
 * whole, and EXEC stands for all that was queued.
 */
final class Queueing {
    /** All clients together may queue so many bytes at most: this share of the memory there is, unless that is little. */
    private static final int MEMORY_SHARE = 8;

    private static final long BYTES_MIN = 64L << 20;

    private static final byte[] QUEUED = "QUEUED".getBytes(StandardCharsets.US_ASCII);
    private static final CommandError TOO_MUCH = new CommandError("ERR too many bytes queued in transactions");

    private final Services services;
    private final Watch watch;

    Queueing(Services services, Watch watch) {
        this.services = services;
        this.watch = watch;
    }

    /** Queues the request, if its client is in a transaction and the command doesn't end that. */
    boolean queued(ClientState client, Command command, Argv argv, Reply reply) {
        Transaction transaction = client.transaction();
        if (transaction == null || !transaction.open() || command.is(Flags.NOT_QUEUED)) {
            return false;
        }
        CommandStats counters = services.stats().command(command.id());
        counters.calls--; // it is called by EXEC
        services.stats().commandsProcessed--;
        if (add(transaction, command, argv) == null) {
            reply.simple(QUEUED);
        } else {
            services.host().log("Closing " + client + ": too many bytes are queued in transactions.");
            client.closing(true);
            client.connection().abort();
        }
        return true;
    }

    /** Begins a transaction where there is none, and queues a request. Returns why it cannot be, or null. */
    @Nullable
    CommandError queue(Dispatcher dispatcher, ClientState client, Argv argv) {
        Transaction transaction = client.transactionOrNew();
        transaction.begin();
        CommandTable table = services.table();
        Command command = argv.count() == 0 ? null : table.findWithSubcommand(argv, 0);
        CommandError refusal;
        if (command == null) {
            refusal = Checks.unknown(table, argv);
        } else {
            refusal = Checks.refusal(dispatcher, client, command, argv);
            if (refusal == null || refusal == Checks.WAIT) {
                return add(transaction, command, argv);
            }
            services.stats().command(command.id()).rejected++;
        }
        services.stats().errorReplied(refusal.line());
        return refusal;
    }

    private @Nullable CommandError add(Transaction transaction, Command command, Argv argv) {
        if (transaction.failed() || transaction.spoiled()) {
            return null; // nobody is going to run it
        }
        WatchedKeys transactions = services.watched();
        long max = Math.max(BYTES_MIN, services.keyspace().limitBytes() / MEMORY_SHARE);
        if (transactions.queuedBytes() + argv.bytes() > max) {
            return TOO_MUCH;
        }
        transactions.queue(transaction, argv.copy(), command.flags());
        return null;
    }

    /** A request is not run: the error to answer. EXEC that may not run ends the transaction, and says so. */
    CommandError refused(ClientState client, @Nullable Command command, Argv argv, CommandError error) {
        Transaction transaction = client.transaction();
        if (command == null || !command.is(Flags.RUNS_QUEUED)) {
            if (transaction != null) {
                transaction.fail();
            }
            return error;
        }
        if (transaction == null && !Checks.offered(client, command)) {
            return error;
        }
        client.endTransaction(services.watched());
        watch.ran(client, command, argv); // who saw the MULTI is to see the end
        return aborted(error);
    }

    private static CommandError aborted(CommandError error) {
        byte[] line = error.line();
        String text = new String(line, StandardCharsets.ISO_8859_1);
        String reason = text.startsWith("ERR ") ? text.substring(4) : text;
        return new CommandError(
                ("EXECABORT Transaction discarded because of: " + reason).getBytes(StandardCharsets.ISO_8859_1));
    }

    // ---- for the checks

    /**
     * The flags by which a client's command is checked: to queue takes memory whatever the command, and EXEC may run when
     * all that was queued may.
     */
    static int flags(ClientState client, Command command) {
        int flags = command.flags();
        Transaction transaction = client.transaction();
        if (transaction == null || !transaction.open()) {
            return flags;
        }
        if ((flags & Flags.RUNS_QUEUED) != 0) {
            return (flags & (transaction.allFlags() | ~Flags.LOADING))
                    | (transaction.anyFlags() & (Flags.WRITE | Flags.MAY_REPLICATE | Flags.DENYOOM));
        }
        return (flags & Flags.NOT_QUEUED) != 0 ? flags : flags | Flags.DENYOOM;
    }

    /** The bytes that a command may store at most when it runs, besides what it computes. */
    static long bytes(ClientState client, Command command, Argv argv) {
        Transaction transaction = client.transaction();
        return transaction != null && command.is(Flags.RUNS_QUEUED) ? transaction.bytes() : argv.bytes();
    }
}
