package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.STRING;

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
import io.duetdb.engine.keyspace.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings that are numbers: INCR and its kin. */
final class CounterCommands {
    private static final byte[] SET = EffectNames.SET;
    private static final byte[] KEEPTTL = word("KEEPTTL");

    private static final CommandError NOT_FINITE = new CommandError("ERR increment would produce NaN or Infinity");
    private static final CommandError DECREMENT_OVERFLOW = new CommandError("ERR decrement would overflow");

    private static final CommandFunctions FUNCTIONS = CounterCommands::function;

    static final List<Command> TABLE = List.of(
            declare("INCR", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .syntax("key")
                    .summary("Adds one to the integer of a key, 0 when there is none."),
            declare("DECR", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .syntax("key")
                    .summary("Subtracts one from the integer of a key, 0 when there is none."),
            declare("INCRBY", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .syntax("key increment")
                    .summary("Adds to the integer of a key, 0 when there is none."),
            declare("DECRBY", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .syntax("key decrement")
                    .summary("Subtracts from the integer of a key, 0 when there is none."),
            declare("INCRBYFLOAT", FUNCTIONS)
                    .since("2.6.0")
                    .arity(3)
                    .syntax("key increment")
                    .summary("Adds to the number of a key, 0 when there is none."));

    private CounterCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "INCR" -> CounterCommands::incr;
            case "DECR" -> CounterCommands::decr;
            case "INCRBY" -> CounterCommands::incrby;
            case "DECRBY" -> CounterCommands::decrby;
            case "INCRBYFLOAT" -> CounterCommands::incrbyfloat;
            default -> null;
        };
    }

    private static Command declare(String name, CommandFunctions family) {
        return command(name, family)
                .flags(WRITE, DENYOOM, FAST)
                .keys(KeySpec.first().readUpdate())
                .group(STRING)
                .complexity("O(1)");
    }

    /** INCR. Replies the new value. @throws CommandError WRONGTYPE, not an integer, overflow */
    static void incr(Call call, Argv argv, Reply reply) {
        add(call, argv, reply, 1);
    }

    /** DECR. Replies the new value. @throws CommandError WRONGTYPE, not an integer, overflow */
    static void decr(Call call, Argv argv, Reply reply) {
        add(call, argv, reply, -1);
    }

    /** INCRBY. Replies the new value. @throws CommandError not an integer, WRONGTYPE, overflow */
    static void incrby(Call call, Argv argv, Reply reply) {
        add(call, argv, reply, argv.integer(2));
    }

    /** DECRBY. Replies the new value. @throws CommandError not an integer, overflow, WRONGTYPE */
    static void decrby(Call call, Argv argv, Reply reply) {
        long decrement = argv.integer(2);
        if (decrement == Long.MIN_VALUE) {
            throw DECREMENT_OVERFLOW; // it has no negative
        }
        add(call, argv, reply, -decrement);
    }

    /**
     * INCRBYFLOAT. Replies the new value, with at most 17 decimals; it is stored so. Propagates a SET of it: another
     * server's arithmetic may differ. @throws CommandError WRONGTYPE, not a float, not finite
     */
    static void incrbyfloat(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.stringForWrite(argv, 1);
        LongDouble old = e == 0 ? LongDouble.of(0) : number(db, e);
        LongDouble increment = LongDouble.parse(argv.array(2), argv.offset(2), argv.length(2));
        if (old == null || increment == null) {
            throw Errors.NOT_A_FLOAT;
        }
        LongDouble value = old.plus(increment);
        if (!value.isFinite()) {
            throw NOT_FINITE;
        }
        byte[] text = value.text();
        db.strings().setBytes(argv, 1, e, text, Database.KEEP_TTL);
        call.changed(argv, 1, KeyEvent.INCRBYFLOAT, 1);
        call.propagateAs(SET).key(argv, 1).arg(text).arg(KEEPTTL);
        reply.bulk(text);
    }

    /** The number a string spells, or null. */
    private static @Nullable LongDouble number(Database db, long e) {
        if (db.strings().isInt(e)) {
            return LongDouble.of(db.strings().intValue(e));
        }
        byte[] text = new byte[(int) Math.min(db.strings().length(e), LongDouble.TEXT_MAX)];
        db.strings().read(e, 0, text, 0, text.length);
        return LongDouble.parse(text, 0, text.length);
    }

    /** The event is {@code incrby} for all of them, as in Redis ({@code t_string.c}, incrDecrCommand). */
    private static void add(Call call, Argv argv, Reply reply, long increment) {
        Database db = call.db();
        long e = db.stringForWrite(argv, 1);
        long old = e == 0 ? 0 : db.strings().integer(e);
        long value = old + increment;
        if (((old ^ value) & (increment ^ value)) < 0) {
            throw Errors.OVERFLOW;
        }
        if (e != 0 && db.strings().isInt(e)) {
            db.strings().updateInt(e, value);
        } else {
            db.strings().setInt(argv, 1, e, value, Database.KEEP_TTL);
        }
        call.changed(argv, 1, KeyEvent.INCRBY, 1);
        reply.integer(value);
    }
}
