package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.HASH;

import io.duetdb.bytes.LongDouble;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.value.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hashes: fields set and got. Walks and choices by chance are in {@link HashScanCommands}, times to live of fields in
 * {@link HashExpireCommands}.
 */
final class HashCommands {
    private static final CommandFunctions FUNCTIONS = HashCommands::function;

    static final List<Command> TABLE = List.of(
            setting("HSET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-4)
                    .member(2)
                    .keys(KeySpec.first().update())
                    .syntax("key field value [field value ...]")
                    .complexity("O(N), N = fields")
                    .summary("Sets fields of a hash. Creates the hash."),
            setting("HSETNX", FUNCTIONS)
                    .since("2.0.0")
                    .arity(4)
                    .member(2)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.INSERT))
                    .syntax("key field value")
                    .complexity("O(1)")
                    .summary("Sets a field of a hash unless the field exists."),
            setting("HMSET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-4)
                    .keys(KeySpec.first().update())
                    .syntax("key field value [field value ...]")
                    .complexity("O(N), N = fields")
                    .summary("Sets fields of a hash, as HSET does."),
            setting("HINCRBY", FUNCTIONS)
                    .since("2.0.0")
                    .arity(4)
                    .member(2)
                    .keys(KeySpec.first().readUpdate())
                    .syntax("key field increment")
                    .complexity("O(1)")
                    .summary("Adds to the integer of a field, 0 when there is none."),
            setting("HINCRBYFLOAT", FUNCTIONS)
                    .since("2.6.0")
                    .arity(4)
                    .keys(KeySpec.first().readUpdate())
                    .syntax("key field increment")
                    .complexity("O(1)")
                    .summary("Adds to the number of a field, 0 when there is none."),
            command("HDEL", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-3)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.DELETE))
                    .member(2)
                    .group(HASH)
                    .syntax("key field [field ...]")
                    .complexity("O(N), N = fields")
                    .summary("Deletes fields of a hash, and the hash with the last one."),
            getting("HGET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(3)
                    .member(2)
                    .flags(FAST)
                    .keys(KeySpec.first().read())
                    .syntax("key field")
                    .complexity("O(1)")
                    .summary("Returns the value of a field."),
            getting("HMGET", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-3)
                    .flags(FAST)
                    .keys(KeySpec.first().read())
                    .syntax("key field [field ...]")
                    .complexity("O(N), N = fields")
                    .summary("Returns the values of several fields."),
            getting("HGETALL", FUNCTIONS)
                    .since("2.0.0")
                    .arity(2)
                    .keys(KeySpec.first().read())
                    .syntax("key")
                    .complexity("O(N), N = fields of the hash")
                    .summary("Returns all fields with their values.")
                    .tips("nondeterministic_output_order"),
            getting("HKEYS", FUNCTIONS)
                    .since("2.0.0")
                    .arity(2)
                    .keys(KeySpec.first().read())
                    .syntax("key")
                    .complexity("O(N), N = fields of the hash")
                    .summary("Returns all fields of a hash.")
                    .tips("nondeterministic_output_order"),
            getting("HVALS", FUNCTIONS)
                    .since("2.0.0")
                    .arity(2)
                    .keys(KeySpec.first().read())
                    .syntax("key")
                    .complexity("O(N), N = fields of the hash")
                    .summary("Returns all values of a hash.")
                    .tips("nondeterministic_output_order"),
            getting("HLEN", FUNCTIONS)
                    .since("2.0.0")
                    .arity(2)
                    .flags(FAST)
                    .keys(KeySpec.first().look())
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the number of fields."),
            getting("HSTRLEN", FUNCTIONS)
                    .since("3.2.0")
                    .arity(3)
                    .member(2)
                    .flags(FAST)
                    .keys(KeySpec.first().look())
                    .syntax("key field")
                    .complexity("O(1)")
                    .summary("Returns the length of a field's value in bytes."),
            getting("HEXISTS", FUNCTIONS)
                    .since("2.0.0")
                    .arity(3)
                    .member(2)
                    .flags(FAST)
                    .keys(KeySpec.first().look())
                    .syntax("key field")
                    .complexity("O(1)")
                    .summary("Tells whether a field exists."));

    private static final byte[] HSET = EffectNames.HSET;
    private static final byte[] HSETEX = EffectNames.HSETEX;
    private static final byte[] KEEPTTL = word("KEEPTTL");
    private static final byte[] FIELDS = word("FIELDS");

    private static final CommandError HSET_ARITY = new CommandError("ERR wrong number of arguments for 'hset' command");
    private static final CommandError HMSET_ARITY =
            new CommandError("ERR wrong number of arguments for 'hmset' command");
    private static final CommandError NOT_AN_INTEGER = new CommandError("ERR hash value is not an integer");
    private static final CommandError NOT_A_FLOAT = new CommandError("ERR hash value is not a float");
    private static final CommandError INFINITE_INCREMENT = new CommandError("ERR value is NaN or Infinity");
    private static final CommandError INFINITE_SUM = new CommandError("ERR increment would produce NaN or Infinity");

    private HashCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "HSET" -> HashCommands::hset;
            case "HSETNX" -> HashCommands::hsetnx;
            case "HMSET" -> HashCommands::hmset;
            case "HINCRBY" -> HashCommands::hincrby;
            case "HINCRBYFLOAT" -> HashCommands::hincrbyfloat;
            case "HDEL" -> HashCommands::hdel;
            case "HGET" -> HashCommands::hget;
            case "HMGET" -> HashCommands::hmget;
            case "HGETALL" -> HashCommands::hgetall;
            case "HKEYS" -> HashCommands::hkeys;
            case "HVALS" -> HashCommands::hvals;
            case "HLEN" -> HashCommands::hlen;
            case "HSTRLEN" -> HashCommands::hstrlen;
            case "HEXISTS" -> HashCommands::hexists;
            default -> null;
        };
    }

    private static Command setting(String name, CommandFunctions family) {
        return command(name, family).flags(WRITE, DENYOOM, FAST).group(HASH);
    }

    private static Command getting(String name, CommandFunctions family) {
        return command(name, family).flags(READONLY).group(HASH);
    }

    // ---- setting

    /** HSET. Replies the number of new fields. A field named twice gets the later value. @throws CommandError WRONGTYPE */
    static void hset(Call call, Argv argv, Reply reply) {
        reply.integer(setAll(call, argv, HSET_ARITY));
    }

    /** HMSET. Replies OK. @throws CommandError WRONGTYPE */
    static void hmset(Call call, Argv argv, Reply reply) {
        setAll(call, argv, HMSET_ARITY);
        reply.ok();
    }

    private static long setAll(Call call, Argv argv, CommandError arity) {
        int end = argv.count();
        if ((end & 1) != 0) {
            throw arity;
        }
        Hash hash = call.db().collections().hashOrCreate(argv, 1);
        int longest = 0;
        for (int i = 2; i < end; i++) {
            longest = Math.max(longest, argv.length(i));
        }
        int pairs = (end - 2) / 2;
        hash.expect(pairs, longest);
        long added = 0;
        for (int i = 2; i < end; i += 2) {
            added += hash.put(
                    argv.array(i),
                    argv.offset(i),
                    argv.length(i),
                    argv.array(i + 1),
                    argv.offset(i + 1),
                    argv.length(i + 1));
        }
        call.changed(argv, 1, KeyEvent.HSET, pairs);
        return added;
    }

    /** HSETNX. Replies 1, or 0 when the field exists. @throws CommandError WRONGTYPE */
    static void hsetnx(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hashOrCreate(argv, 1);
        if (find(hash, argv, 2)) {
            reply.integer(0);
            return;
        }
        hash.put(argv.array(2), argv.offset(2), argv.length(2), argv.array(3), argv.offset(3), argv.length(3));
        call.changed(argv, 1, KeyEvent.HSET, 1);
        reply.integer(1);
    }

    /** HDEL. Replies the number of fields deleted. @throws CommandError WRONGTYPE */
    static void hdel(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        int deleted = 0;
        if (hash != null) {
            for (int i = 2; i < argv.count(); i++) {
                deleted += hash.remove(argv.array(i), argv.offset(i), argv.length(i)) ? 1 : 0;
            }
            if (deleted > 0) {
                call.changed(argv, 1, KeyEvent.HDEL, deleted);
                call.deleteIfEmpty(argv, 1, hash);
            }
        }
        reply.integer(deleted);
    }

    /** HINCRBY. Replies the new value. @throws CommandError not an integer, WRONGTYPE, overflow */
    static void hincrby(Call call, Argv argv, Reply reply) {
        long increment = argv.integer(3);
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        long old = 0;
        if (hash != null && find(hash, argv, 2)) {
            if (!hash.valueIsInteger()) {
                throw NOT_AN_INTEGER;
            }
            old = hash.valueInteger();
        }
        long value = old + increment;
        if (((old ^ value) & (increment ^ value)) < 0) {
            throw Errors.OVERFLOW;
        }
        if (hash == null) {
            hash = call.db().collections().hashOrCreate(argv, 1);
        }
        hash.update(argv.array(2), argv.offset(2), argv.length(2), value);
        call.changed(argv, 1, KeyEvent.HINCRBY, 1);
        reply.integer(value);
    }

    /**
     * HINCRBYFLOAT. Replies the new value, with at most 17 decimals; it is stored so. Propagates the value: another
     * server's arithmetic may differ. @throws CommandError not a float, WRONGTYPE, not finite
     */
    static void hincrbyfloat(Call call, Argv argv, Reply reply) {
        LongDouble increment = LongDouble.parse(argv.array(3), argv.offset(3), argv.length(3));
        if (increment == null) {
            throw Errors.NOT_A_FLOAT;
        }
        if (!increment.isFinite()) {
            throw INFINITE_INCREMENT;
        }
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        boolean keepsDeadline = false;
        LongDouble value = increment;
        if (hash != null && find(hash, argv, 2)) {
            LongDouble old = number(hash);
            if (old == null) {
                throw NOT_A_FLOAT;
            }
            value = old.plus(increment);
            keepsDeadline = hash.deadline() != 0;
        }
        if (!value.isFinite()) {
            throw INFINITE_SUM;
        }
        byte[] text = value.text();
        if (hash == null) {
            hash = call.db().collections().hashOrCreate(argv, 1);
        }
        hash.update(argv.array(2), argv.offset(2), argv.length(2), text, 0, text.length);
        call.changed(argv, 1, KeyEvent.HINCRBYFLOAT, 1);
        if (keepsDeadline) {
            call.propagateAs(HSETEX)
                    .key(argv, 1)
                    .arg(KEEPTTL)
                    .arg(FIELDS)
                    .arg(1)
                    .arg(argv, 2)
                    .arg(text);
        } else {
            call.propagateAs(HSET).key(argv, 1).arg(argv, 2).arg(text);
        }
        reply.bulk(text);
    }

    /** The number a value spells, or null. */
    private static @Nullable LongDouble number(Hash hash) {
        if (hash.valueIsInteger()) {
            return LongDouble.of(hash.valueInteger());
        }
        int length = hash.valueLength();
        if (length >= LongDouble.TEXT_MAX) {
            return null;
        }
        byte[] text = new byte[length];
        hash.copyValue(text, 0);
        return LongDouble.parse(text, 0, length);
    }

    // ---- getting

    private static boolean find(Hash hash, Argv argv, int field) {
        return hash.find(argv.array(field), argv.offset(field), argv.length(field));
    }

    private static void replyValueOrNil(@Nullable Hash hash, Argv argv, int field, Reply reply) {
        if (hash != null && find(hash, argv, field)) {
            hash.replyValue(reply);
        } else {
            reply.nil();
        }
    }

    /** HGET. Replies the value, or nil. @throws CommandError WRONGTYPE */
    static void hget(Call call, Argv argv, Reply reply) {
        replyValueOrNil(call.db().collections().hash(argv, 1), argv, 2, reply);
    }

    /** HMGET. Replies an array: each field's value or nil. @throws CommandError WRONGTYPE */
    static void hmget(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        reply.array(argv.count() - 2);
        for (int i = 2; i < argv.count(); i++) {
            replyValueOrNil(hash, argv, i, reply);
        }
    }

    /** HGETALL. Replies a map of fields and values, empty when there is no key. @throws CommandError WRONGTYPE */
    static void hgetall(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        if (hash == null) {
            reply.map(0);
            return;
        }
        reply.map((int) hash.size());
        for (boolean is = hash.first(); is; is = hash.next()) {
            hash.reply(reply);
            hash.replyValue(reply);
        }
    }

    /** HKEYS. Replies an array of all fields. @throws CommandError WRONGTYPE */
    static void hkeys(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        if (hash == null) {
            reply.array(0);
            return;
        }
        reply.array((int) hash.size());
        for (boolean is = hash.first(); is; is = hash.next()) {
            hash.reply(reply);
        }
    }

    /** HVALS. Replies an array of all values. @throws CommandError WRONGTYPE */
    static void hvals(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        if (hash == null) {
            reply.array(0);
            return;
        }
        reply.array((int) hash.size());
        for (boolean is = hash.first(); is; is = hash.next()) {
            hash.replyValue(reply);
        }
    }

    /** HLEN. Replies the number of fields, 0 when there is no key. @throws CommandError WRONGTYPE */
    static void hlen(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        reply.integer(hash == null ? 0 : hash.size());
    }

    /** HSTRLEN. Replies the length of the value, 0 when there is no field. @throws CommandError WRONGTYPE */
    static void hstrlen(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        reply.integer(hash != null && find(hash, argv, 2) ? hash.valueLength() : 0);
    }

    /** HEXISTS. Replies 1 or 0. @throws CommandError WRONGTYPE */
    static void hexists(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hash(argv, 1);
        reply.oneOrZero(hash != null && find(hash, argv, 2));
    }
}
