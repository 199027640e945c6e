package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.CONNECTION;

import io.duetdb.engine.acl.User;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientFilter;
import io.duetdb.engine.client.ClientLine;
import io.duetdb.engine.client.ClientNames;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Clients;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CLIENT: what a connection says of itself, and what is done to others. */
final class ClientCommands {
    private static final CommandError BAD_CLIENT_ID = new CommandError("ERR Invalid client ID");
    private static final CommandError BAD_ID = new CommandError("ERR client-id should be greater than 0");
    private static final CommandError NO_SUCH_CLIENT = new CommandError("ERR No such client");
    private static final CommandError BAD_AGE = new CommandError("ERR maxage is not an integer or out of range");
    private static final CommandError NO_AGE = new CommandError("ERR maxage should be greater than 0");
    private static final CommandError BAD_TIMEOUT = new CommandError("ERR timeout is not an integer or out of range");
    private static final CommandError NEGATIVE_TIMEOUT = new CommandError("ERR timeout is negative");
    private static final CommandError BAD_MODE = new CommandError("ERR CLIENT PAUSE mode must be WRITE or ALL");
    private static final CommandError BAD_REASON =
            new CommandError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    private static final CommandError UNBLOCKED = new CommandError("UNBLOCKED client unblocked via CLIENT UNBLOCK");

    private static final CommandFunctions FUNCTIONS = ClientCommands::function;

    static final List<Command> TABLE = List.of(container("CLIENT")
            .since("2.4.0")
            .group(CONNECTION)
            .summary("What a connection says of itself, and what is done to others.")
            .sub(of("ID", FUNCTIONS, "5.0.0", 2)
                    .summary("Returns the number of this connection; later connections have higher ones."))
            .sub(of("SETNAME", FUNCTIONS, "2.6.9", 3)
                    .syntax("connection-name")
                    .summary("Gives this connection a name; an empty one removes it."))
            .sub(of("GETNAME", FUNCTIONS, "2.6.9", 2).summary("Returns this connection's name, or nil."))
            .sub(of("SETINFO", FUNCTIONS, "7.2.0", 4)
                    .syntax("<LIB-NAME libname | LIB-VER libver>")
                    .summary("Notes the name or version of the library behind this connection."))
            .sub(of("INFO", FUNCTIONS, "6.2.0", 2)
                    .tips("nondeterministic_output")
                    .summary("Returns this connection's line of CLIENT LIST."))
            .sub(of("LIST", FUNCTIONS, "2.4.0", -2)
                    .flags(ADMIN)
                    .syntax("[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]")
                    .complexity("O(N), N = connections")
                    .tips("nondeterministic_output")
                    .summary("Returns a line about each connection."))
            .sub(of("KILL", FUNCTIONS, "2.4.0", -3)
                    .flags(ADMIN)
                    .syntax("<ip:port | <[ID client-id] | [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] | [USER username]"
                            + " | [ADDR ip:port] | [LADDR ip:port] | [SKIPME <YES | NO>] | [MAXAGE maxage]"
                            + " [[ID client-id] | [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] | [USER username]"
                            + " | [ADDR ip:port] | [LADDR ip:port] | [SKIPME <YES | NO>] | [MAXAGE maxage] ...]>>")
                    .complexity("O(N), N = connections")
                    .summary("Closes connections, those that all conditions hold for."))
            .sub(of("PAUSE", FUNCTIONS, "2.9.50", -3)
                    .flags(ADMIN)
                    .syntax("timeout [WRITE | ALL]")
                    .summary("Lets all requests, or those that write, wait for so many ms."))
            .sub(of("UNPAUSE", FUNCTIONS, "6.2.0", 2)
                    .flags(ADMIN)
                    .complexity("O(N), N = requests that wait")
                    .summary("Ends a pause: requests that waited run."))
            .sub(of("REPLY", FUNCTIONS, "3.2.0", 3)
                    .syntax("<ON | OFF | SKIP>")
                    .summary("Says whether this connection wants replies, or none to the next request."))
            .sub(of("NO-EVICT", FUNCTIONS, "7.0.0", 3)
                    .flags(ADMIN)
                    .syntax("<ON | OFF>")
                    .summary("Exempts this connection from being closed to save memory."))
            .sub(of("NO-TOUCH", FUNCTIONS, "7.2.0", 3)
                    .syntax("<ON | OFF>")
                    .summary("Says whether this connection's reads leave the time of access alone."))
            .sub(of("UNBLOCK", FUNCTIONS, "5.0.0", -3)
                    .flags(ADMIN)
                    .syntax("client-id [TIMEOUT | ERROR]")
                    .complexity("O(log N), N = connections")
                    .summary("Ends the waiting of a blocked client."))
            .sub(of("TRACKING", FUNCTIONS, "6.0.0", -3)
                    .syntax("<ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN]"
                            + " [OPTOUT] [NOLOOP]")
                    .summary("Says whether this connection is told when keys change that it has read."))
            .sub(of("CACHING", FUNCTIONS, "6.0.0", 3)
                    .syntax("<YES | NO>")
                    .summary("Says whether the keys that the next command reads are remembered for this connection."))
            .sub(of("TRACKINGINFO", FUNCTIONS, "6.2.0", 2)
                    .complexity("O(N), N = prefixes")
                    .summary("Returns how this connection is told of changed keys."))
            .sub(of("GETREDIR", FUNCTIONS, "6.0.0", 2)
                    .summary("Returns the client that this one's invalidation messages go to, -1 without tracking."))
            .sub(command("HELP", FUNCTIONS)
                    .since("5.0.0")
                    .arity(2)
                    .flags(LOADING, STALE, NO_REST, KEEPS_CACHING)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private ClientCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "ID" -> ClientCommands::id;
            case "SETNAME" -> ClientCommands::setName;
            case "GETNAME" -> ClientCommands::getName;
            case "SETINFO" -> ClientCommands::setInfo;
            case "INFO" -> ClientCommands::info;
            case "LIST" -> ClientCommands::list;
            case "KILL" -> ClientCommands::kill;
            case "PAUSE" -> ClientCommands::pause;
            case "UNPAUSE" -> ClientCommands::unpause;
            case "REPLY" -> ClientCommands::reply;
            case "NO-EVICT" -> ClientCommands::noEvict;
            case "NO-TOUCH" -> ClientCommands::noTouch;
            case "UNBLOCK" -> ClientCommands::unblock;
            case "TRACKING" -> ClientTracking::tracking;
            case "CACHING" -> ClientTracking::caching;
            case "TRACKINGINFO" -> ClientTracking::trackingInfo;
            case "GETREDIR" -> ClientTracking::getRedir;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    /** What most subcommands have in common. */
    private static Command of(String name, CommandFunctions family, String since, int arity) {
        return command(name, family)
                .since(since)
                .arity(arity)
                .flags(NOSCRIPT, LOADING, STALE, NO_REST, KEEPS_CACHING)
                .group(CONNECTION)
                .complexity("O(1)");
    }

    private static CommandError wrong(Argv argv) {
        return CommandError.quoting(
                "ERR unknown subcommand or wrong number of arguments for '", argv, 1, "'. Try CLIENT HELP.");
    }

    // ---- about this client

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

    /**
     * CLIENT REPLY. ON replies OK; OFF and SKIP reply nothing, and nothing is sent to this client from then on, or for
     * the next request.
     */
    static void reply(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        if (argv.is(2, "ON")) {
            client.repliesOn();
            reply.ok();
        } else if (argv.is(2, "OFF")) {
            client.repliesOff();
        } else if (argv.is(2, "SKIP")) {
            client.skipNextReply();
        } else {
            throw Errors.SYNTAX;
        }
    }

    /** CLIENT NO-EVICT. */
    static void noEvict(Call call, Argv argv, Reply reply) {
        call.client().noEvict(onOrOff(argv));
        reply.ok();
    }

    /** CLIENT NO-TOUCH. */
    static void noTouch(Call call, Argv argv, Reply reply) {
        call.client().noTouch(onOrOff(argv));
        reply.ok();
    }

    private static boolean onOrOff(Argv argv) {
        if (argv.is(2, "ON")) {
            return true;
        }
        if (argv.is(2, "OFF")) {
            return false;
        }
        throw Errors.SYNTAX;
    }

    // ---- lists

    /** CLIENT INFO. Replies one line, a verbatim string in RESP3. */
    static void info(Call call, Argv argv, Reply reply) {
        StringBuilder out = new StringBuilder();
        line(call, argv, call.client(), out);
        verbatim(out, reply);
    }

    /** CLIENT LIST. Replies a line for each client, the oldest first; ids that there are not are left out. */
    static void list(Call call, Argv argv, Reply reply) {
        Clients clients = call.services().clients();
        StringBuilder out = new StringBuilder();
        int count = argv.count();
        if (count == 4 && argv.is(2, "TYPE")) {
            String type = ClientFilter.type(argv, 3);
            for (ClientState client : clients.all()) {
                if (ClientFilter.isOfType(client, type)) {
                    line(call, argv, client, out);
                }
            }
        } else if (count > 3 && argv.is(2, "ID")) {
            for (int i = 3; i < count; i++) {
                integer(argv, i, BAD_CLIENT_ID);
            }
            for (int i = 3; i < count; i++) {
                ClientState client = clients.get(argv.integer(i));
                if (client != null) {
                    line(call, argv, client, out);
                }
            }
        } else if (count == 2) {
            for (ClientState client : clients.all()) {
                line(call, argv, client, out);
            }
        } else {
            throw Errors.SYNTAX;
        }
        verbatim(out, reply);
    }

    private static void line(Call call, Argv argv, ClientState client, StringBuilder out) {
        int id = client.lastCommandId();
        String name = id < 0 ? "NULL" : call.services().table().byId().get(id).name();
        long bytes = client == call.client() ? argv.bytes() : 0;
        ClientLine.append(out, client, name, bytes, call.nowMs());
        out.append('\n');
    }

    private static void verbatim(StringBuilder text, Reply reply) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        reply.verbatim(bytes, 0, bytes.length);
    }

    private static long integer(Argv argv, int index, CommandError otherwise) {
        try {
            return argv.integer(index);
        } catch (CommandError notAnInteger) {
            throw otherwise;
        }
    }

    // ---- what is done to others

    /**
     * CLIENT KILL. With an address alone replies OK or an error, otherwise the number of clients that were closed. This
     * client is spared unless SKIPME NO, or if its address was given; then it still gets its reply.
     */
    static void kill(Call call, Argv argv, Reply reply) {
        ClientFilter filter = new ClientFilter();
        if (argv.count() == 3) {
            filter.address(argv.text(2));
            if (closeAll(call, filter, null) == 0) {
                throw NO_SUCH_CLIENT;
            }
            reply.ok();
            return;
        }
        boolean skipMe = true;
        for (int i = 2; i < argv.count(); i += 2) {
            if (i + 1 == argv.count()) {
                throw Errors.SYNTAX;
            }
            if (!argv.is(i, "SKIPME")) {
                condition(call, filter, argv, i);
            } else if (argv.is(i + 1, "YES") || argv.is(i + 1, "NO")) {
                skipMe = argv.is(i + 1, "YES");
            } else {
                throw Errors.SYNTAX;
            }
        }
        reply.integer(closeAll(call, filter, skipMe ? call.client() : null));
    }

    private static void condition(Call call, ClientFilter filter, Argv argv, int i) {
        if (argv.is(i, "ID")) {
            long id = integer(argv, i + 1, BAD_ID);
            if (id < 1) {
                throw BAD_ID;
            }
            filter.id(id);
        } else if (argv.is(i, "TYPE")) {
            filter.type(ClientFilter.type(argv, i + 1));
        } else if (argv.is(i, "ADDR")) {
            filter.address(argv.text(i + 1));
        } else if (argv.is(i, "LADDR")) {
            filter.localAddress(argv.text(i + 1));
        } else if (argv.is(i, "USER")) {
            User user = call.services().users().get(argv.text(i + 1));
            if (user == null) {
                throw CommandError.quoting("ERR No such user '", argv, i + 1, "'");
            }
            filter.user(user);
        } else if (argv.is(i, "MAXAGE")) {
            long age = integer(argv, i + 1, BAD_AGE);
            if (age < 1) {
                throw NO_AGE;
            }
            filter.ageSecondsMin(age);
        } else {
            throw Errors.SYNTAX;
        }
    }

    private static int closeAll(Call call, ClientFilter filter, @Nullable ClientState spared) {
        Clients clients = call.services().clients();
        int closed = 0;
        for (ClientState client : clients.all()) {
            if (client != spared && filter.means(client, call.nowMs())) {
                closed++;
                client.closing(true);
                if (client == call.client()) {
                    call.services().pubsub().remove(client);
                    client.connection().closeAfterReply();
                } else {
                    clients.remove(client);
                    client.connection().abort();
                }
            }
        }
        return closed;
    }

    /** CLIENT PAUSE. A pause that is under way is never shortened or softened by another. */
    static void pause(Call call, Argv argv, Reply reply) {
        if (argv.count() > 4) {
            throw wrong(argv);
        }
        boolean all = true;
        if (argv.count() == 4) {
            all = argv.is(3, "ALL");
            if (!all && !argv.is(3, "WRITE")) {
                throw BAD_MODE;
            }
        }
        long ms = integer(argv, 2, BAD_TIMEOUT);
        if (ms < 0) {
            throw NEGATIVE_TIMEOUT;
        }
        call.services().clients().pause().begin(all, call.services().clock().monotonicNs(), ms);
        reply.ok();
    }

    /** CLIENT UNPAUSE. What waited runs at the end of the turn, in the order in which it came. */
    static void unpause(Call call, Argv argv, Reply reply) {
        call.services().clients().pause().end();
        reply.ok();
    }

    /**
     * CLIENT UNBLOCK. Replies 1 when the client was blocked: it is answered as if its time were over, or with an error. A
     * pause is no block.
     */
    static void unblock(Call call, Argv argv, Reply reply) {
        if (argv.count() > 4) {
            throw wrong(argv);
        }
        boolean error = argv.count() == 4 && argv.is(3, "ERROR");
        if (argv.count() == 4 && !error && !argv.is(3, "TIMEOUT")) {
            throw BAD_REASON;
        }
        ClientState client = call.services().clients().get(argv.integer(2));
        reply.oneOrZero(client != null && call.services().blocked().unblock(client, error ? UNBLOCKED : null));
    }
}
