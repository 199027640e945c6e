package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.HASH;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.value.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times to live of hash fields, as Redis 7.4 has them: given, taken, looked at. HGETEX, HSETEX and HGETDEL, which also
 * read and write values, are in {@link HashFieldCommands}.
 */
final class HashExpireCommands {
    /** What the replies say of a field. */
    static final int NO_FIELD = -2;

    private static final int NO_DEADLINE = -1;
    private static final int REFUSED = 0;
    private static final int CHANGED = 1;
    private static final int DELETED = 2;

    private static final byte[] FIELDS = word("FIELDS");
    private static final byte[] NX = word("NX");
    private static final byte[] XX = word("XX");
    private static final byte[] GT = word("GT");
    private static final byte[] LT = word("LT");
    private static final byte[] HDEL = EffectNames.HDEL;
    private static final byte[] HPEXPIREAT = EffectNames.HPEXPIREAT;

    private static final int ALWAYS = 0;
    private static final int IF_NONE = 1;
    private static final int IF_ANY = 2;
    private static final int IF_LATER = 3;
    private static final int IF_EARLIER = 4;

    private static final CommandError PARAMETER_NOT_POSITIVE =
            new CommandError("ERR Parameter `numFields` should be greater than 0");
    private static final CommandError HEXPIRE_TIME = new CommandError("ERR invalid expire time in 'hexpire' command");
    private static final CommandError HPEXPIRE_TIME = new CommandError("ERR invalid expire time in 'hpexpire' command");
    private static final CommandError HEXPIREAT_TIME =
            new CommandError("ERR invalid expire time in 'hexpireat' command");
    private static final CommandError HPEXPIREAT_TIME =
            new CommandError("ERR invalid expire time in 'hpexpireat' command");

    private static final CommandFunctions FUNCTIONS = HashExpireCommands::function;

    static final List<Command> TABLE = List.of(
            expiring("HEXPIRE", FUNCTIONS)
                    .syntax("key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]")
                    .summary("Gives fields of a hash a time to live in seconds."),
            expiring("HPEXPIRE", FUNCTIONS)
                    .syntax("key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]")
                    .summary("Gives fields of a hash a time to live in milliseconds."),
            expiring("HEXPIREAT", FUNCTIONS)
                    .syntax("key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]")
                    .summary("Lets fields of a hash live until a time of day in seconds."),
            expiring("HPEXPIREAT", FUNCTIONS)
                    .syntax("key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]")
                    .summary("Lets fields of a hash live until a time of day in milliseconds."),
            looking("HTTL", FUNCTIONS).summary("Returns how many seconds fields of a hash have left."),
            looking("HPTTL", FUNCTIONS).summary("Returns how many milliseconds fields of a hash have left."),
            looking("HEXPIRETIME", FUNCTIONS)
                    .summary("Returns the time of day in seconds until which fields of a hash live."),
            looking("HPEXPIRETIME", FUNCTIONS)
                    .summary("Returns the time of day in milliseconds until which fields of a hash live."),
            command("HPERSIST", FUNCTIONS)
                    .since("7.4.0")
                    .arity(-5)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().update())
                    .group(HASH)
                    .syntax("key FIELDS numfields field [field ...]")
                    .complexity("O(N), N = fields named")
                    .summary("Removes the time to live of fields of a hash."));

    private HashExpireCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "HEXPIRE" -> HashExpireCommands::hexpire;
            case "HPEXPIRE" -> HashExpireCommands::hpexpire;
            case "HEXPIREAT" -> HashExpireCommands::hexpireat;
            case "HPEXPIREAT" -> HashExpireCommands::hpexpireat;
            case "HTTL" -> HashExpireCommands::httl;
            case "HPTTL" -> HashExpireCommands::hpttl;
            case "HEXPIRETIME" -> HashExpireCommands::hexpiretime;
            case "HPEXPIRETIME" -> HashExpireCommands::hpexpiretime;
            case "HPERSIST" -> HashExpireCommands::hpersist;
            default -> null;
        };
    }

    private static Command expiring(String name, CommandFunctions family) {
        return command(name, family)
                .since("7.4.0")
                .arity(-6)
                .flags(WRITE, DENYOOM, FAST)
                .keys(KeySpec.first().update())
                .group(HASH)
                .complexity("O(N), N = fields named");
    }

    private static Command looking(String name, CommandFunctions family) {
        return command(name, family)
                .since("7.4.0")
                .arity(-5)
                .flags(READONLY, FAST)
                .keys(KeySpec.first().read())
                .group(HASH)
                .syntax("key FIELDS numfields field [field ...]")
                .complexity("O(N), N = fields named");
    }

    // ---- giving

    /** HEXPIRE. Replies for each field: 1, 0 a condition refused, 2 it is over and gone, -2 there is none. */
    static void hexpire(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, call.nowMs(), true, HEXPIRE_TIME);
    }

    /** HPEXPIRE. Replies as HEXPIRE. */
    static void hpexpire(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, call.nowMs(), false, HPEXPIRE_TIME);
    }

    /** HEXPIREAT. Replies as HEXPIRE. */
    static void hexpireat(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, 0, true, HEXPIREAT_TIME);
    }

    /** HPEXPIREAT. Replies as HEXPIRE. */
    static void hpexpireat(Call call, Argv argv, Reply reply) {
        expire(call, argv, reply, 0, false, HPEXPIREAT_TIME);
    }

    /** The four of them, checked in Redis' order: type, time, condition, fields. */
    private static void expire(Call call, Argv argv, Reply reply, long base, boolean seconds, CommandError invalid) {
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        long at = HashFieldArguments.deadline(argv, 2, base, seconds, invalid);
        int condition = condition(argv);
        int first = HashFieldArguments.fields(argv, condition == ALWAYS ? 3 : 4, PARAMETER_NOT_POSITIVE);
        int count = argv.count() - first;
        reply.array(count);
        if (hash == null) {
            for (int i = 0; i < count; i++) {
                reply.integer(NO_FIELD);
            }
            return;
        }
        call.db().collections().makeHead(argv, 1, hash);
        boolean over = call.db().isOver(at);
        long[] results = call.scratchLongs(count);
        int changed = 0;
        for (int i = 0; i < count; i++) {
            int result = expireField(hash, argv, first + i, at, over, condition);
            results[i] = result;
            changed += result > 0 ? 1 : 0;
            reply.integer(result);
        }
        if (changed > 0) {
            call.changed(argv, 1, over ? KeyEvent.HDEL : KeyEvent.HEXPIRE, changed);
            Effects effect = call.propagateAs(over ? HDEL : HPEXPIREAT).key(argv, 1);
            if (!over) {
                effect.arg(at).arg(FIELDS).arg(changed);
            }
            for (int i = 0; i < count; i++) {
                if (results[i] > 0) {
                    effect.arg(argv, first + i);
                }
            }
            call.deleteIfEmpty(argv, 1, hash);
        }
    }

    private static int expireField(Hash hash, Argv argv, int field, long at, boolean over, int condition) {
        if (!hash.find(argv.array(field), argv.offset(field), argv.length(field))) {
            return NO_FIELD;
        }
        if (refused(condition, at, hash.deadline())) {
            return REFUSED;
        }
        if (over) {
            hash.remove(argv.array(field), argv.offset(field), argv.length(field));
            return DELETED;
        }
        hash.deadline(at);
        return CHANGED;
    }

    /** A field without a deadline lives for ever: nothing is later, everything earlier. */
    private static boolean refused(int condition, long at, long present) {
        return switch (condition) {
            case IF_NONE -> present != 0;
            case IF_ANY -> present == 0;
            case IF_LATER -> present == 0 || at <= present;
            case IF_EARLIER -> present != 0 && at >= present;
            default -> false;
        };
    }

    private static int condition(Argv argv) {
        if (argv.is(3, NX)) {
            return IF_NONE;
        } else if (argv.is(3, XX)) {
            return IF_ANY;
        } else if (argv.is(3, GT)) {
            return IF_LATER;
        }
        return argv.is(3, LT) ? IF_EARLIER : ALWAYS;
    }

    /** HPERSIST. Replies for each field: 1, -1 it has no time to live, -2 there is none. @throws CommandError WRONGTYPE */
    static void hpersist(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        int first = HashFieldArguments.fields(argv, 2, HashFieldArguments.NOT_POSITIVE);
        reply.array(argv.count() - first);
        int changed = 0;
        for (int i = first; i < argv.count(); i++) {
            if (hash == null || !hash.find(argv.array(i), argv.offset(i), argv.length(i))) {
                reply.integer(NO_FIELD);
            } else if (hash.deadline() == 0) {
                reply.integer(NO_DEADLINE);
            } else {
                hash.deadline(0);
                changed++;
                reply.integer(CHANGED);
            }
        }
        if (changed > 0) {
            call.changed(argv, 1, KeyEvent.HPERSIST, changed);
        }
    }

    // ---- looking

    /** HTTL. Replies for each field the seconds left, rounded up; -1 without a time to live, -2 without a field. */
    static void httl(Call call, Argv argv, Reply reply) {
        look(call, argv, reply, call.nowMs(), true);
    }

    /** HPTTL. Replies for each field the ms left; -1 without a time to live, -2 without a field. */
    static void hpttl(Call call, Argv argv, Reply reply) {
        look(call, argv, reply, call.nowMs(), false);
    }

    /** HEXPIRETIME. Replies for each field seconds since the epoch, rounded up; -1 and -2 as HTTL. */
    static void hexpiretime(Call call, Argv argv, Reply reply) {
        look(call, argv, reply, 0, true);
    }

    /** HPEXPIRETIME. Replies for each field ms since the epoch; -1 and -2 as HTTL. */
    static void hpexpiretime(Call call, Argv argv, Reply reply) {
        look(call, argv, reply, 0, false);
    }

    private static void look(Call call, Argv argv, Reply reply, long base, boolean seconds) {
        Hash hash = call.db().collections().hash(argv, 1);
        int first = HashFieldArguments.fields(argv, 2, HashFieldArguments.NOT_POSITIVE);
        reply.array(argv.count() - first);
        for (int i = first; i < argv.count(); i++) {
            if (hash == null || !hash.find(argv.array(i), argv.offset(i), argv.length(i))) {
                reply.integer(NO_FIELD);
                continue;
            }
            long deadline = hash.deadline();
            if (deadline == 0) {
                reply.integer(NO_DEADLINE);
            } else {
                reply.integer(seconds ? (deadline - base + 999) / 1000 : deadline - base);
            }
        }
    }
}
