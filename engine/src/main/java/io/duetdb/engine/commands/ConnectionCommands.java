package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.CONNECTION;

import io.duetdb.engine.acl.User;
import io.duetdb.engine.acl.Users;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientNames;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connection itself: PING, ECHO, who the client is and which protocol and database it uses. */
final class ConnectionCommands {
    private static final byte[] PONG = ascii("PONG");
    private static final byte[] SUBSCRIBERS_PONG = ascii("pong");
    private static final byte[] RESET = ascii("RESET");
    private static final byte[] AUTH = ascii("AUTH");
    private static final byte[] SETNAME = ascii("SETNAME");

    private static final CommandError NOT_AN_INT =
            new CommandError("ERR value is out of range, value must between -2147483648 and 2147483647");
    private static final CommandError BAD_PROTOCOL =
            new CommandError("ERR Protocol version is not an integer or out of range");
    private static final CommandError NOPROTO = new CommandError("NOPROTO unsupported protocol version");
    private static final CommandError NO_PASSWORD =
            new CommandError("ERR AUTH <password> called without any password configured for the default user."
                    + " Are you sure your configuration is correct?");
    private static final CommandError WRONGPASS =
            new CommandError("WRONGPASS invalid username-password pair or user is disabled.");
    private static final CommandError HELLO_NOAUTH =
            new CommandError("NOAUTH HELLO must be called with the client already authenticated, otherwise the"
                    + " HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the"
                    + " RESP protocol version at the same time");

    private static final CommandFunctions FUNCTIONS = ConnectionCommands::function;

    static final List<Command> TABLE = List.of(
            command("PING", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(FAST, ALLOWED_WHEN_SUBSCRIBED, NEEDS_STORAGE)
                    .group(CONNECTION)
                    .syntax("[message]")
                    .complexity("O(1)")
                    .summary("Replies PONG, or the message.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"),
            command("ECHO", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(LOADING, STALE, FAST)
                    .group(CONNECTION)
                    .syntax("message")
                    .complexity("O(1)")
                    .summary("Replies the message."),
            command("SELECT", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(LOADING, STALE, FAST, NO_REST)
                    .group(CONNECTION)
                    .syntax("index")
                    .complexity("O(1)")
                    .summary("Changes the database that this connection works on."),
            command("AUTH", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, NO_REST)
                    .group(CONNECTION)
                    .syntax("[username] password")
                    .complexity("O(N), N = length of the password")
                    .summary("Identifies the client by a password, or by a user's name and password."),
            command("HELLO", FUNCTIONS)
                    .since("6.0.0")
                    .arity(-1)
                    .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, NO_REST)
                    .group(CONNECTION)
                    .syntax("[protover [AUTH username password] [SETNAME clientname]]")
                    .complexity("O(1)")
                    .summary("Greets the server: chooses the protocol, may identify and name the client."),
            command("QUIT", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-1)
                    .flags(
                            NOSCRIPT,
                            LOADING,
                            STALE,
                            FAST,
                            NO_AUTH,
                            ALLOW_BUSY,
                            ALLOWED_WHEN_SUBSCRIBED,
                            NOT_QUEUED,
                            NO_REST)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Closes the connection after the replies that are under way."),
            command("RESET", FUNCTIONS)
                    .since("6.2.0")
                    .arity(1)
                    .flags(
                            NOSCRIPT,
                            LOADING,
                            STALE,
                            FAST,
                            NO_AUTH,
                            ALLOW_BUSY,
                            ALLOWED_WHEN_SUBSCRIBED,
                            NOT_QUEUED,
                            NO_REST)
                    .group(CONNECTION)
                    .complexity("O(1)")
                    .summary("Puts the connection back into the state of a fresh one."));

    private ConnectionCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "PING" -> ConnectionCommands::ping;
            case "ECHO" -> ConnectionCommands::echo;
            case "SELECT" -> ConnectionCommands::select;
            case "AUTH" -> ConnectionCommands::auth;
            case "HELLO" -> ConnectionCommands::hello;
            case "QUIT" -> ConnectionCommands::quit;
            case "RESET" -> ConnectionCommands::reset;
            default -> null;
        };
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * PING. Replies the status PONG, or the message as a bulk string; to a subscriber in RESP2 an array that looks like a
     * message, of {@code pong} and the message or the empty string.
     */
    static void ping(Call call, Argv argv, Reply reply) {
        if (argv.count() > 2) {
            throw new CommandError("ERR wrong number of arguments for 'ping' command");
        }
        boolean asMessage = call.client().subscriber() && call.client().protocol() == 2;
        if (asMessage) {
            reply.array(2);
            reply.bulk(SUBSCRIBERS_PONG);
        }
        if (argv.count() == 2) {
            reply.bulk(argv.array(1), argv.offset(1), argv.length(1));
        } else if (asMessage) {
            reply.bulk(SUBSCRIBERS_PONG, 0, 0);
        } else {
            reply.simple(PONG);
        }
    }

    /** ECHO. Replies the message as a bulk string. */
    static void echo(Call call, Argv argv, Reply reply) {
        reply.bulk(argv.array(1), argv.offset(1), argv.length(1));
    }

    /** SELECT. @throws CommandError when the argument is no integer, no C int, or no database, in this order */
    static void select(Call call, Argv argv, Reply reply) {
        long index = argv.integer(1);
        if (index != (int) index) {
            throw NOT_AN_INT;
        }
        if (index < 0 || index >= call.services().keyspace().count()) {
            throw Errors.DB_OUT_OF_RANGE;
        }
        call.client().select(call.db((int) index));
        reply.ok();
    }

    /** AUTH. With one argument the default user logs in, who must have a password then. */
    static void auth(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            throw Errors.SYNTAX;
        }
        if (argv.count() == 2) {
            if (call.services().users().defaultUser().noPassword()) {
                throw NO_PASSWORD;
            }
            login(call, Users.DEFAULT, argv.bytes(1));
        } else {
            login(call, argv.text(1), argv.bytes(2));
        }
        reply.ok();
    }

    private static void login(Call call, String name, byte[] password) {
        User user = call.services().users().get(name);
        if (user == null || !user.passwordIs(password) || !user.enabled()) {
            throw WRONGPASS;
        }
        call.client().login(user);
    }

    /**
     * HELLO. Replies a map of the server's properties in the protocol that was chosen. Options are read whole before any
     * takes effect; only a login precedes the check that the client is authenticated.
     */
    static void hello(Call call, Argv argv, Reply reply) {
        int version = argv.count() > 1 ? version(argv) : 0;
        int user = 0;
        int name = 0;
        for (int i = 2; i < argv.count(); i++) {
            int more = argv.count() - 1 - i;
            if (more >= 2 && argv.is(i, AUTH)) {
                user = i + 1;
                i += 2;
            } else if (more >= 1 && argv.is(i, SETNAME)) {
                name = ++i;
                ClientNames.check(argv, name);
            } else {
                throw CommandError.quoting("ERR Syntax error in HELLO option '", argv, i, "'");
            }
        }
        ClientState client = call.client();
        if (user > 0) {
            login(call, argv.text(user), argv.bytes(user + 1));
        }
        if (!client.authenticated()) {
            throw HELLO_NOAUTH;
        }
        if (name > 0) {
            client.name(argv.text(name));
        }
        if (version > 0) {
            client.protocol(version);
            reply.protocol(version);
        }
        properties(client, reply);
    }

    private static int version(Argv argv) {
        long version;
        try {
            version = argv.integer(1);
        } catch (CommandError notAnInteger) {
            throw BAD_PROTOCOL;
        }
        if (version < 2 || version > 3) {
            throw NOPROTO;
        }
        return (int) version;
    }

    private static void properties(ClientState client, Reply reply) {
        reply.map(7);
        reply.text("server");
        reply.text("redis");
        reply.text("version");
        reply.text(Versions.REDIS);
        reply.text("proto");
        reply.integer(client.protocol());
        reply.text("id");
        reply.integer(client.id());
        reply.text("mode");
        reply.text("standalone");
        reply.text("role");
        reply.text("master");
        reply.text("modules");
        reply.array(0);
    }

    /** QUIT. Replies OK; what the client sent behind it does not run, and nothing that is published comes any more. */
    static void quit(Call call, Argv argv, Reply reply) {
        reply.ok();
        call.services().pubsub().remove(call.client()); // whoever has read the OK must not be counted as a receiver
        call.client().closing(true);
        call.client().connection().closeAfterReply();
    }

    /** RESET. Replies the status RESET, in RESP2. The library's name and version stay. */
    static void reset(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        client.select(call.db(0));
        client.name("");
        client.protocol(2);
        client.resetReplies();
        client.noEvict(false);
        client.noTouch(false);
        call.services().clients().monitors().remove(client);
        call.services().pubsub().remove(client);
        call.services().tracking().off(client);
        client.endTransaction(call.services().watched());
        client.logout(call.services().users().defaultUser());
        reply.protocol(2);
        reply.simple(RESET);
    }
}
