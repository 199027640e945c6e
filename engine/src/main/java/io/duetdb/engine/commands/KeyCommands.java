package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys of any type. Times to live are in {@link ExpireCommands}, walks over all keys in {@link ScanCommands}. */
final class KeyCommands {
    private static final byte[] NONE = "none".getBytes(StandardCharsets.US_ASCII);

    private static final CommandFunctions FUNCTIONS = KeyCommands::function;

    static final List<Command> TABLE = List.of(
            command("DEL", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(WRITE)
                    .keys(KeySpec.range(1, -1, 1).remove())
                    .group(GENERIC)
                    .syntax("key [key ...]")
                    .complexity("O(1) per key; big values are freed later, step by step")
                    .summary("Deletes keys.")
                    .tips("request_policy:multi_shard", "response_policy:agg_sum"),
            command("UNLINK", FUNCTIONS)
                    .since("4.0.0")
                    .arity(-2)
                    .flags(WRITE, FAST, MAY_BE_EMPTY_BY_REST)
                    .keys(KeySpec.range(1, -1, 1).remove())
                    .group(GENERIC)
                    .syntax("key [key ...]")
                    .complexity("O(1) per key; big values are freed later, step by step")
                    .summary("Deletes keys; the same as DEL, which never waits for memory either.")
                    .tips("request_policy:multi_shard", "response_policy:agg_sum"),
            command("EXISTS", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.range(1, -1, 1).look())
                    .group(GENERIC)
                    .syntax("key [key ...]")
                    .complexity("O(1) per key")
                    .summary("Counts how many of the keys exist.")
                    .tips("request_policy:multi_shard", "response_policy:agg_sum"),
            command("TOUCH", FUNCTIONS)
                    .since("3.2.1")
                    .arity(-2)
                    .flags(READONLY, FAST, TOUCHES)
                    .keys(KeySpec.range(1, -1, 1).look())
                    .group(GENERIC)
                    .syntax("key [key ...]")
                    .complexity("O(1) per key")
                    .summary("Notes an access to keys and counts how many exist.")
                    .tips("request_policy:multi_shard", "response_policy:agg_sum"),
            command("TYPE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().look())
                    .group(GENERIC)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the type of a key's value."),
            container("OBJECT")
                    .since("2.2.3")
                    .group(GENERIC)
                    .summary("Looks at how values are kept.")
                    .sub(looking("ENCODING", FUNCTIONS)
                            .since("2.2.3")
                            .summary("Returns how the value of a key is represented in memory."))
                    .sub(looking("FREQ", FUNCTIONS)
                            .since("4.0.0")
                            .summary("Returns how often a key is used, with an LFU maxmemory-policy."))
                    .sub(looking("IDLETIME", FUNCTIONS)
                            .since("2.2.3")
                            .summary("Returns the seconds since a key was last used."))
                    .sub(looking("REFCOUNT", FUNCTIONS)
                            .since("2.2.3")
                            .summary("Returns how many references to the value of a key there are."))
                    .sub(command("HELP", FUNCTIONS)
                            .since("6.2.0")
                            .arity(2)
                            .flags(LOADING, STALE)
                            .group(GENERIC)
                            .complexity("O(1)")
                            .summary("Returns the list of subcommands.")));

    private static final CommandError NO_LFU = new CommandError(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note"
                    + " that when switching between policies at runtime LRU and LFU data will take some time to adjust.");

    /** What Redis answers for the integers that all keys share, those below the next constant. */
    private static final long SHARED = Integer.MAX_VALUE;

    private static final long SHARED_INTEGERS = 10_000;

    private KeyCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "DEL" -> KeyCommands::del;
            case "UNLINK" -> KeyCommands::del;
            case "EXISTS" -> KeyCommands::exists;
            case "TOUCH" -> KeyCommands::touch;
            case "TYPE" -> KeyCommands::type;
            case "ENCODING" -> KeyCommands::objectEncoding;
            case "FREQ" -> KeyCommands::objectFreq;
            case "IDLETIME" -> KeyCommands::objectIdletime;
            case "REFCOUNT" -> KeyCommands::objectRefcount;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    private static Command looking(String name, CommandFunctions family) {
        return command(name, family)
                .arity(3)
                .flags(READONLY)
                .keys(KeySpec.at(2).look())
                .group(GENERIC)
                .syntax("key")
                .complexity("O(1)")
                .tips("nondeterministic_output");
    }

    /** DEL, UNLINK. Replies the number of keys that were there. */
    static void del(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        db.touchAll(argv, 1, argv.count(), 1);
        long deleted = 0;
        for (int i = 1; i < argv.count(); i++) {
            if (db.delete(argv, i)) {
                deleted++;
                call.changed(argv, i, KeyEvent.DEL, 1);
            }
        }
        reply.integer(deleted);
    }

    /** EXISTS. Replies the number of keys that are there; one named twice counts twice. */
    static void exists(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        db.touchAll(argv, 1, argv.count(), 1);
        long found = 0;
        for (int i = 1; i < argv.count(); i++) {
            if (db.look(argv, i) != 0) {
                found++;
            }
        }
        reply.integer(found);
    }

    /** TOUCH. Replies the number of keys that are there. */
    static void touch(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        db.touchAll(argv, 1, argv.count(), 1);
        long found = 0;
        for (int i = 1; i < argv.count(); i++) {
            if (db.find(argv, i) != 0) {
                found++;
            }
        }
        reply.integer(found);
    }

    /** TYPE. Replies the status string, none and so on. */
    static void type(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.look(argv, 1);
        reply.simple(e == 0 ? NONE : db.type(e).bytes());
    }

    /** OBJECT ENCODING. Replies the name of the representation, or nil. */
    static void objectEncoding(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.inspect(argv, 2);
        if (e == 0) {
            reply.nil();
        } else {
            reply.text(db.encoding(e));
        }
    }

    /** OBJECT FREQ. Replies nil when there is no key. @throws CommandError no policy here counts accesses */
    static void objectFreq(Call call, Argv argv, Reply reply) {
        if (call.db().inspect(argv, 2) != 0) {
            throw NO_LFU;
        }
        reply.nil();
    }

    /** OBJECT IDLETIME. Replies seconds since the last access that was noted, or nil. */
    static void objectIdletime(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.inspect(argv, 2);
        if (e == 0) {
            reply.nil();
        } else {
            reply.integer((call.nowMs() / 1000 - db.accessClock(e)) & 0xFFFFFF);
        }
    }

    /** OBJECT REFCOUNT. Replies 1, for small integers what Redis answers since it shares them, or nil. */
    static void objectRefcount(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.inspect(argv, 2);
        if (e == 0) {
            reply.nil();
            return;
        }
        boolean small = db.isString(e)
                && db.strings().isInt(e)
                && db.strings().intValue(e) >= 0
                && db.strings().intValue(e) < SHARED_INTEGERS;
        reply.integer(small ? SHARED : 1);
    }
}
