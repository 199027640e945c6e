package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Times to live: given, taken, looked at. A key is gone when the time is past its deadline, not at it. */
final class ExpireCommands {
    private static final int IF_NONE = 1;
    private static final int IF_ANY = 1 << 1;
    private static final int IF_LATER = 1 << 2;
    private static final int IF_EARLIER = 1 << 3;

    private static final byte[] NX = word("NX");
    private static final byte[] XX = word("XX");
    private static final byte[] GT = word("GT");
    private static final byte[] LT = word("LT");
    private static final byte[] DEL = EffectNames.DEL;
    private static final byte[] PEXPIREAT = EffectNames.PEXPIREAT;

    private static final CommandError NX_AND_OTHERS =
            new CommandError("ERR NX and XX, GT or LT options at the same time are not compatible");
    private static final CommandError GT_AND_LT =
            new CommandError("ERR GT and LT options at the same time are not compatible");
    private static final CommandError EXPIRE_TIME = new CommandError("ERR invalid expire time in 'expire' command");
    private static final CommandError PEXPIRE_TIME = new CommandError("ERR invalid expire time in 'pexpire' command");
    private static final CommandError EXPIREAT_TIME = new CommandError("ERR invalid expire time in 'expireat' command");
    private static final CommandError PEXPIREAT_TIME =
            new CommandError("ERR invalid expire time in 'pexpireat' command");

    private static final long NO_KEY = -2;
    private static final long NO_EXPIRE = -1;

    private static final CommandFunctions FUNCTIONS = ExpireCommands::function;

    static final List<Command> TABLE = List.of(
            expiring("EXPIRE", FUNCTIONS)
                    .since("1.0.0")
                    .syntax("key seconds [NX | XX | GT | LT]")
                    .summary("Gives a key a time to live in seconds."),
            expiring("PEXPIRE", FUNCTIONS)
                    .since("2.6.0")
                    .syntax("key milliseconds [NX | XX | GT | LT]")
                    .summary("Gives a key a time to live in milliseconds."),
            expiring("EXPIREAT", FUNCTIONS)
                    .since("1.2.0")
                    .syntax("key unix-time-seconds [NX | XX | GT | LT]")
                    .summary("Lets a key live until a time of day in seconds."),
            expiring("PEXPIREAT", FUNCTIONS)
                    .since("2.6.0")
                    .syntax("key unix-time-milliseconds [NX | XX | GT | LT]")
                    .summary("Lets a key live until a time of day in milliseconds."),
            looking("TTL", FUNCTIONS)
                    .since("1.0.0")
                    .summary("Returns how many seconds a key has left.")
                    .tips("nondeterministic_output"),
            looking("PTTL", FUNCTIONS)
                    .since("2.6.0")
                    .summary("Returns how many milliseconds a key has left.")
                    .tips("nondeterministic_output"),
            looking("EXPIRETIME", FUNCTIONS)
                    .since("7.0.0")
                    .summary("Returns the time of day in seconds until which a key lives."),
            looking("PEXPIRETIME", FUNCTIONS)
                    .since("7.0.0")
                    .summary("Returns the time of day in milliseconds until which a key lives."),
            command("PERSIST", FUNCTIONS)
                    .since("2.2.0")
                    .arity(2)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().update())
                    .group(GENERIC)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Removes a key's time to live."));

    private ExpireCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "EXPIRE" -> ExpireCommands::expire;
            case "PEXPIRE" -> ExpireCommands::pexpire;
            case "EXPIREAT" -> ExpireCommands::expireat;
            case "PEXPIREAT" -> ExpireCommands::pexpireat;
            case "TTL" -> ExpireCommands::ttl;
            case "PTTL" -> ExpireCommands::pttl;
            case "EXPIRETIME" -> ExpireCommands::expiretime;
            case "PEXPIRETIME" -> ExpireCommands::pexpiretime;
            case "PERSIST" -> ExpireCommands::persist;
            default -> null;
        };
    }

    private static Command expiring(String name, CommandFunctions family) {
        return command(name, family)
                .arity(-3)
                .flags(WRITE, FAST)
                .keys(KeySpec.first().update())
                .group(GENERIC)
                .complexity("O(1)");
    }

    private static Command looking(String name, CommandFunctions family) {
        return command(name, family)
                .arity(2)
                .flags(READONLY, FAST)
                .keys(KeySpec.first().read())
                .group(GENERIC)
                .syntax("key")
                .complexity("O(1)");
    }

    // ---- giving

    /** EXPIRE. Replies 1, or 0 when there is no key or a condition refused. */
    static void expire(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, call.nowMs(), true, EXPIRE_TIME);
    }

    /** PEXPIRE. Replies 1, or 0 when there is no key or a condition refused. */
    static void pexpire(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, call.nowMs(), false, PEXPIRE_TIME);
    }

    /** EXPIREAT. Replies 1, or 0 when there is no key or a condition refused. */
    static void expireat(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, 0, true, EXPIREAT_TIME);
    }

    /** PEXPIREAT. Replies 1, or 0 when there is no key or a condition refused. */
    static void pexpireat(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, 0, false, PEXPIREAT_TIME);
    }

    /**
     * The four of them, checked in Redis' order: options, number, range, key, condition. A deadline that is not in the
     * future deletes the key.
     */
    private static void expire(Call call, Argv argv, Reply reply, long base, boolean seconds, CommandError invalid) {
        int condition = argv.count() == 3 ? 0 : condition(argv);
        long at = argv.integer(2);
        if (seconds) {
            if (at > Long.MAX_VALUE / 1000 || at < Long.MIN_VALUE / 1000) {
                throw invalid;
            }
            at *= 1000;
        }
        if (at > Long.MAX_VALUE - base) {
            throw invalid;
        }
        at += base;
        Database db = call.db();
        long e = db.findForWrite(argv, 1);
        if (e == 0 || (condition != 0 && refused(condition, at, db.expireAt(e)))) {
            reply.integer(0);
            return;
        }
        if (db.isOver(at)) {
            db.remove(e);
            call.changed(argv, 1, KeyEvent.DEL, 1);
            call.propagateAs(DEL).key(argv, 1);
        } else {
            db.expire(argv, 1, e, at);
            call.changed(argv, 1, KeyEvent.EXPIRE, 1);
            call.propagateAs(PEXPIREAT).key(argv, 1).arg(at);
        }
        reply.integer(1);
    }

    /** A key without a deadline lives for ever: nothing is later, everything earlier. */
    private static boolean refused(int condition, long at, long present) {
        boolean forever = present == Database.NO_EXPIRE;
        return ((condition & IF_NONE) != 0 && !forever)
                || ((condition & IF_ANY) != 0 && forever)
                || ((condition & IF_LATER) != 0 && (forever || at <= present))
                || ((condition & IF_EARLIER) != 0 && !forever && at >= present);
    }

    private static int condition(Argv argv) {
        int condition = 0;
        for (int i = 3; i < argv.count(); i++) {
            if (argv.is(i, NX)) {
                condition |= IF_NONE;
            } else if (argv.is(i, XX)) {
                condition |= IF_ANY;
            } else if (argv.is(i, GT)) {
                condition |= IF_LATER;
            } else if (argv.is(i, LT)) {
                condition |= IF_EARLIER;
            } else {
                throw unsupported(argv, i);
            }
        }
        if ((condition & IF_NONE) != 0 && condition != IF_NONE) {
            throw NX_AND_OTHERS;
        }
        if ((condition & IF_LATER) != 0 && (condition & IF_EARLIER) != 0) {
            throw GT_AND_LT;
        }
        return condition;
    }

    /** Redis formats the option as a C string: it ends at a zero byte, line ends at its end are dropped. */
    private static CommandError unsupported(Argv argv, int i) {
        byte[] option = argv.bytes(i);
        int end = 0;
        while (end < option.length && option[end] != 0) {
            end++;
        }
        while (end > 0 && (option[end - 1] == '\n' || option[end - 1] == '\r')) {
            end--;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes("ERR Unsupported option ".getBytes(StandardCharsets.US_ASCII));
        line.write(option, 0, end);
        return new CommandError(line.toByteArray());
    }

    /** PERSIST. Replies 1, or 0 when there is no key or no time to live. */
    static void persist(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.findForWrite(argv, 1);
        if (e == 0 || !db.persist(e)) {
            reply.integer(0);
            return;
        }
        call.changed(argv, 1, KeyEvent.PERSIST, 1);
        reply.integer(1);
    }

    // ---- looking

    /** TTL. Replies seconds, rounded; -1 without a time to live, -2 without a key. */
    static void ttl(Call call, Argv argv, Reply reply) {
        long ms = left(call, argv);
        reply.integer(ms < 0 ? ms : (ms + 500) / 1000);
    }

    /** PTTL. Replies milliseconds; -1 without a time to live, -2 without a key. */
    static void pttl(Call call, Argv argv, Reply reply) {
        reply.integer(left(call, argv));
    }

    /** EXPIRETIME. Replies seconds since the epoch, rounded; -1 without a time to live, -2 without a key. */
    static void expiretime(Call call, Argv argv, Reply reply) {
        long ms = deadline(call, argv);
        reply.integer(ms < 0 ? ms : Long.divideUnsigned(ms + 500, 1000));
    }

    /** PEXPIRETIME. Replies ms since the epoch; -1 without a time to live, -2 without a key. */
    static void pexpiretime(Call call, Argv argv, Reply reply) {
        reply.integer(deadline(call, argv));
    }

    private static long left(Call call, Argv argv) {
        long at = deadline(call, argv);
        return at < 0 ? at : Math.max(0, at - call.nowMs());
    }

    private static long deadline(Call call, Argv argv) {
        Database db = call.db();
        long e = db.look(argv, 1);
        if (e == 0) {
            return NO_KEY;
        }
        long at = db.expireAt(e);
        return at == Database.NO_EXPIRE ? NO_EXPIRE : at;
    }
}
