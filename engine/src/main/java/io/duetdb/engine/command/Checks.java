package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.tx.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is checked before a command runs, in Redis' order ({@code server.c}, processCommand), by the declaration's flags
 * alone. Errors are made here, off the path of requests that pass.
 */
final class Checks {
    private static final CommandError BUSY =
            new CommandError("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
    private static final CommandError LOADING = new CommandError("LOADING Redis is loading the dataset in memory");

    /** Not an error: the request has to wait for the end of a pause, or for keys that are held. */
    static final CommandError WAIT = new CommandError("");

    private static final CommandError MONITORING = new CommandError("ERR Replica can't interact with the keyspace");
    private static final CommandError NO_TRANSACTION = new CommandError("ERR Command not allowed inside a transaction");
    private static final int ECHO_MAX = 128;
    private static final int LARGE = 16 * 1024;

    private Checks() {}

    /** Why a client may not run a command now, or null. Cheap when nothing is in the way. */
    static @Nullable CommandError refusal(Dispatcher dispatcher, ClientState client, Command command, Argv argv) {
        if (!command.accepts(argv.count()) && !empty(client, command, argv)) {
            return arity(command);
        }
        int flags = command.flags();
        boolean special = client.special();
        boolean restricted = !client.unrestricted();
        if (special || restricted) {
            CommandError error = restriction(client, command);
            if (error != null) {
                return error;
            }
            flags = Queueing.flags(client, command);
        }
        if ((flags & Flags.DENYOOM) != 0
                && outOfRoom(
                        dispatcher.services().keyspace(),
                        special ? Queueing.bytes(client, command, argv) : argv.bytes())) {
            return Errors.OOM;
        }
        if (restricted
                && client.subscriber()
                && client.protocol() == 2
                && (flags & Flags.ALLOWED_WHEN_SUBSCRIBED) == 0) {
            CommandError unsaved = unsaved(dispatcher, command, flags);
            return unsaved != null ? unsaved : subscribed(command);
        }
        if (dispatcher.quiet()) {
            return null;
        }
        CommandError unsaved = unsaved(dispatcher, command, flags);
        if (unsaved != null) {
            return unsaved;
        }
        if (dispatcher.busy() && (flags & Flags.ALLOW_BUSY) == 0) {
            return BUSY;
        }
        if (dispatcher.loading() && (flags & Flags.LOADING) == 0) {
            return LOADING;
        }
        return dispatcher.paused(client, flags) || HeldKeys.writes(dispatcher.services(), client, command, argv)
                ? WAIT
                : null;
    }

    private static boolean empty(ClientState client, Command command, Argv argv) {
        return argv.count() == 1 && command.is(Flags.MAY_BE_EMPTY_BY_REST) && client.dialect() == Dialect.UPSTASH;
    }

    /** Why a command of these flags, its queued ones included, may not run while nothing can be saved; or null. */
    private static @Nullable CommandError unsaved(Dispatcher dispatcher, Command command, int flags) {
        boolean concerned = (flags & Flags.WRITE) != 0 || command.is(Flags.NEEDS_STORAGE);
        return concerned ? dispatcher.storageRefusal() : null;
    }

    /** A request may bring more bytes than the reserve holds: then it must not begin. */
    static boolean outOfRoom(Keyspace keyspace, long bytes) {
        return keyspace.outOfRoom() || (bytes > LARGE && keyspace.outOfRoom(bytes));
    }

    private static @Nullable CommandError restriction(ClientState client, Command command) {
        Transaction transaction = client.transaction();
        if (transaction != null && transaction.isComplete() && command.is(Flags.RUNS_QUEUED)) {
            return null; // it is the front end that asks, and what was queued was checked
        }
        if (!offered(client, command)) {
            return new CommandError("ERR Command is not available: '"
                    + command.name().replace('|', ' ').toUpperCase(Locale.ROOT) + "'");
        }
        if (!client.authenticated() && !command.is(Flags.NO_AUTH)) {
            return Errors.NOAUTH;
        }
        if (transaction != null && transaction.open() && command.is(Flags.NO_MULTI)) {
            return NO_TRANSACTION;
        }
        if (client.monitoring() && (command.flags() & (Flags.WRITE | Flags.READONLY | Flags.MAY_REPLICATE)) != 0) {
            return MONITORING;
        }
        if (!client.user().may(command.id()) && !command.is(Flags.NO_AUTH)) {
            return new CommandError(
                    client.dialect() == Dialect.UPSTASH
                            ? "NOPERM this user has no permissions to run the '" + command.name()
                                    + "' command or its subcommand"
                            : "NOPERM User " + client.user().name() + " has no permissions to run the '"
                                    + command.name() + "' command");
        }
        return null;
    }

    /** The answer in RESP2, where a message could not be told from a reply, to a client that is subscribed. */
    private static CommandError subscribed(Command command) {
        return new CommandError("ERR Can't execute '" + command.name() + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE"
                + " / PING / QUIT / RESET are allowed in this context");
    }

    /** Whether a command is there at all for clients of this kind. */
    static boolean offered(ClientState client, Command command) {
        return client.dialect() != Dialect.UPSTASH
                || !command.is(Flags.NO_REST)
                || client.connection().takesMessages();
    }

    /** The answer to a command that does not exist, with the beginning of its arguments. */
    static CommandError unknownCommand(Argv argv) {
        StringBuilder s = new StringBuilder("ERR unknown command '");
        s.append(head(argv, 0, ECHO_MAX)).append("', with args beginning with: ");
        int shown = 0;
        for (int i = 1; i < argv.count() && shown < ECHO_MAX; i++) {
            String arg = head(argv, i, ECHO_MAX - shown);
            s.append('\'').append(arg).append("' ");
            shown += arg.length() + 3;
        }
        return latin(s);
    }

    /** The answer to a request that names no command, or no subcommand of one. */
    static CommandError unknown(CommandTable table, Argv argv) {
        Command container = argv.count() == 0 ? null : table.find(argv, 0);
        return container == null ? unknownCommand(argv) : unknownSubcommand(container, argv);
    }

    /** The answer to a container's unknown subcommand. */
    static CommandError unknownSubcommand(Command container, Argv argv) {
        return latin(new StringBuilder("ERR unknown subcommand '")
                .append(head(argv, 1, ECHO_MAX))
                .append("'. Try ")
                .append(container.name().toUpperCase(Locale.ROOT))
                .append(" HELP."));
    }

    /** The answer to a wrong number of arguments. */
    static CommandError arity(Command command) {
        return new CommandError("ERR wrong number of arguments for '" + command.name() + "' command");
    }

    /** The beginning of an argument; as in Redis, which formats C strings, a zero byte ends it. */
    private static String head(Argv argv, int index, int max) {
        int n = 0;
        while (n < argv.length(index) && n < max && argv.byteAt(index, n) != 0) {
            n++;
        }
        return new String(argv.array(index), argv.offset(index), n, StandardCharsets.ISO_8859_1);
    }

    private static CommandError latin(StringBuilder text) {
        return new CommandError(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
