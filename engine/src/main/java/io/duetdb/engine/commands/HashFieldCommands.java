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

/** Fields got, set or deleted together with their times to live, as Redis 8.0 has it: HGETEX, HSETEX, HGETDEL. */
final class HashFieldCommands {
    private static final CommandFunctions FUNCTIONS = HashFieldCommands::function;

    static final List<Command> TABLE = List.of(
            command("HGETEX", FUNCTIONS)
                    .since("8.0.0")
                    .arity(-5)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().update())
                    .group(HASH)
                    .syntax("key [EX seconds | PX milliseconds | EXAT unix-time-seconds"
                            + " | PXAT unix-time-milliseconds | PERSIST] FIELDS numfields field [field ...]")
                    .complexity("O(N), N = fields named")
                    .summary("Returns values of fields and changes their times to live."),
            command("HSETEX", FUNCTIONS)
                    .since("8.0.0")
                    .arity(-6)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().update())
                    .group(HASH)
                    .syntax("key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds"
                            + " | PXAT unix-time-milliseconds | KEEPTTL]"
                            + " FIELDS numfields field value [field value ...]")
                    .complexity("O(N), N = fields named")
                    .summary("Sets fields of a hash on conditions, with a time to live."),
            command("HGETDEL", FUNCTIONS)
                    .since("8.0.0")
                    .arity(-5)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().update())
                    .group(HASH)
                    .syntax("key FIELDS numfields field [field ...]")
                    .complexity("O(N), N = fields named")
                    .summary("Returns values of fields and deletes the fields."));

    private static final byte[] FIELDS = word("FIELDS");
    private static final byte[] EX = word("EX");
    private static final byte[] PX = word("PX");
    private static final byte[] EXAT = word("EXAT");
    private static final byte[] PXAT = word("PXAT");
    private static final byte[] PERSIST = word("PERSIST");
    private static final byte[] KEEPTTL = word("KEEPTTL");
    private static final byte[] FNX = word("FNX");
    private static final byte[] FXX = word("FXX");
    private static final byte[] HSET = EffectNames.HSET;
    private static final byte[] HDEL = EffectNames.HDEL;
    private static final byte[] HSETEX = EffectNames.HSETEX;
    private static final byte[] HPEXPIREAT = EffectNames.HPEXPIREAT;
    private static final byte[] HPERSIST = EffectNames.HPERSIST;

    private static final int IF_NONE = 1;
    private static final int IF_ALL = 2;

    // What an option says of the deadline: a time in ms, or one of these.
    private static final long UNSAID = -1;
    private static final long KEEP = -2;
    private static final long NONE = -3;

    private static final CommandError HGETEX_TIME = new CommandError("ERR invalid expire time in 'hgetex' command");
    private static final CommandError HSETEX_TIME = new CommandError("ERR invalid expire time in 'hsetex' command");
    private static final CommandError HSETEX_ARITY =
            new CommandError("ERR wrong number of arguments for 'hsetex' command");
    private static final CommandError NO_TIME = new CommandError("ERR missing expire time");
    private static final CommandError NUMBER_OF_FIELDS = new CommandError("ERR invalid number of fields");
    private static final CommandError ONE_CONDITION =
            new CommandError("ERR Only one of FXX or FNX arguments can be specified");
    private static final CommandError ONE_EXPIRY =
            new CommandError("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");

    private HashFieldCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "HGETEX" -> HashFieldCommands::hgetex;
            case "HSETEX" -> HashFieldCommands::hsetex;
            case "HGETDEL" -> HashFieldCommands::hgetdel;
            default -> null;
        };
    }

    private static boolean find(Hash hash, Argv argv, int field) {
        return hash.find(argv.array(field), argv.offset(field), argv.length(field));
    }

    /** The deadline that the option at {@code i} and the argument behind it ask for; UNSAID if it is no such option. */
    private static long deadline(Call call, Argv argv, int i, CommandError invalid) {
        boolean relative = argv.is(i, EX) || argv.is(i, PX);
        if (!relative && !argv.is(i, EXAT) && !argv.is(i, PXAT)) {
            return UNSAID;
        }
        if (i + 1 == argv.count()) {
            throw NO_TIME;
        }
        boolean seconds = argv.is(i, EX) || argv.is(i, EXAT);
        return HashFieldArguments.deadline(argv, i + 1, relative ? call.nowMs() : 0, seconds, invalid);
    }

    /** Deletes a field and adds it to the effect, which the first one begins. Returns 1, or 0 if there is none. */
    private static int delete(Call call, Argv argv, int field, Hash hash, int before) {
        if (!hash.remove(argv.array(field), argv.offset(field), argv.length(field))) {
            return 0;
        }
        if (before == 0) {
            call.propagateAs(HDEL).key(argv, 1).arg(argv, field);
        } else {
            call.propagated().arg(argv, field);
        }
        return 1;
    }

    private static void deleted(Call call, Argv argv, @Nullable Hash hash, int deleted) {
        if (hash != null && deleted > 0) {
            call.changed(argv, 1, KeyEvent.HDEL, deleted);
            call.deleteIfEmpty(argv, 1, hash);
        }
    }

    // ---- HGETEX

    /**
     * HGETEX. Replies an array: each field's value or nil. A time that is over deletes the fields. @throws CommandError
     * WRONGTYPE, what is wrong with the options
     */
    static void hgetex(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        boolean persist = argv.is(2, PERSIST);
        long at = persist ? NONE : deadline(call, argv, 2, HGETEX_TIME);
        int first =
                HashFieldArguments.fields(argv, persist ? 3 : at == UNSAID ? 2 : 4, HashFieldArguments.NOT_POSITIVE);
        boolean over = at >= 0 && call.db().isOver(at);
        int count = argv.count() - first;
        long[] changed = call.scratchLongs(count);
        int changes = 0;
        if (hash != null && at >= 0 && !over) {
            call.db().collections().makeHead(argv, 1, hash);
        }
        reply.array(count);
        for (int i = 0; i < count; i++) {
            changed[i] = 0;
            if (hash == null || !find(hash, argv, first + i)) {
                reply.nil();
                continue;
            }
            hash.replyValue(reply);
            if (at != UNSAID && (at != NONE || hash.deadline() != 0)) {
                if (over) {
                    hash.remove(argv.array(first + i), argv.offset(first + i), argv.length(first + i));
                } else {
                    hash.deadline(at == NONE ? 0 : at);
                }
                changed[i] = 1;
                changes++;
            }
        }
        if (hash != null && changes > 0) {
            call.changed(argv, 1, over ? KeyEvent.HDEL : persist ? KeyEvent.HPERSIST : KeyEvent.HEXPIRE, changes);
            Effects effect = call.propagateAs(over ? HDEL : persist ? HPERSIST : HPEXPIREAT)
                    .key(argv, 1);
            if (!over) {
                (persist ? effect : effect.arg(at)).arg(FIELDS).arg(changes);
            }
            for (int i = 0; i < count; i++) {
                if (changed[i] != 0) {
                    effect.arg(argv, first + i);
                }
            }
            call.deleteIfEmpty(argv, 1, hash);
        }
    }

    // ---- HGETDEL

    /** HGETDEL. Replies an array: each field's value or nil. @throws CommandError WRONGTYPE, what is wrong with FIELDS */
    static void hgetdel(Call call, Argv argv, Reply reply) {
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        int first = HashFieldArguments.fields(argv, 2, HashFieldArguments.NOT_POSITIVE);
        reply.array(argv.count() - first);
        int deleted = 0;
        for (int i = first; i < argv.count(); i++) {
            if (hash == null || !find(hash, argv, i)) {
                reply.nil();
                continue;
            }
            hash.replyValue(reply);
            deleted += delete(call, argv, i, hash, deleted);
        }
        deleted(call, argv, hash, deleted);
    }

    // ---- HSETEX

    /**
     * HSETEX. Replies 1, or 0 when a condition refused: then nothing is set. @throws CommandError WRONGTYPE, what is wrong
     * with the options
     */
    static void hsetex(Call call, Argv argv, Reply reply) {
        int condition = 0;
        long at = UNSAID;
        int i = 2;
        for (; !argv.is(i, FIELDS); i++) {
            if (argv.is(i, FNX) || argv.is(i, FXX)) {
                if (condition != 0) {
                    throw ONE_CONDITION;
                }
                condition = argv.is(i, FNX) ? IF_NONE : IF_ALL;
            } else {
                long said = argv.is(i, KEEPTTL) ? KEEP : deadlineOnce(call, argv, i, at);
                if (at != UNSAID) {
                    throw ONE_EXPIRY;
                }
                at = said;
                i += said == KEEP ? 0 : 1;
            }
            if (i + 1 >= argv.count()) {
                throw HSETEX_ARITY;
            }
        }
        if (i + 1 == argv.count()) {
            throw HSETEX_ARITY;
        }
        long pairs = HashFieldArguments.number(argv, i + 1);
        if (pairs < 1) {
            throw NUMBER_OF_FIELDS;
        }
        int first = i + 2;
        if ((argv.count() - first) != 2 * pairs) {
            throw HSETEX_ARITY;
        }
        Hash hash = call.db().collections().hashForWrite(argv, 1);
        if (condition != 0 && !holds(hash, argv, first, condition == IF_ALL)) {
            reply.integer(0);
            return;
        }
        if (at >= 0 && call.db().isOver(at)) {
            deleteAll(call, argv, first, hash);
        } else {
            setAll(call, argv, first, at);
        }
        reply.integer(1);
    }

    private static long deadlineOnce(Call call, Argv argv, int i, long before) {
        boolean known = argv.is(i, EX) || argv.is(i, PX) || argv.is(i, EXAT) || argv.is(i, PXAT);
        if (!known) {
            throw CommandError.quoting("ERR unknown argument: ", argv, i, "");
        }
        if (before != UNSAID) {
            throw ONE_EXPIRY;
        }
        return deadline(call, argv, i, HSETEX_TIME);
    }

    /** Whether all of the fields exist, or none of them. */
    private static boolean holds(@Nullable Hash hash, Argv argv, int first, boolean all) {
        for (int i = first; i < argv.count(); i += 2) {
            if ((hash != null && find(hash, argv, i)) != all) {
                return false;
            }
        }
        return true;
    }

    /** What is over as soon as it is set need not be set: what was there goes. */
    private static void deleteAll(Call call, Argv argv, int first, @Nullable Hash hash) {
        int deleted = 0;
        for (int i = first; hash != null && i < argv.count(); i += 2) {
            deleted += delete(call, argv, i, hash, deleted);
        }
        deleted(call, argv, hash, deleted);
    }

    private static void setAll(Call call, Argv argv, int first, long at) {
        Hash hash = call.db().collections().hashOrCreate(argv, 1);
        int pairs = (argv.count() - first) / 2;
        int longest = 0;
        for (int i = first; i < argv.count(); i++) {
            longest = Math.max(longest, argv.length(i));
        }
        hash.expect(pairs, longest);
        for (int i = first; i < argv.count(); i += 2) {
            put(hash, argv, i, at == KEEP);
        }
        if (at >= 0) {
            call.db().collections().makeHead(argv, 1, hash);
            for (int i = first; i < argv.count(); i += 2) {
                if (find(hash, argv, i)) {
                    hash.deadline(at);
                }
            }
        }
        call.changed(argv, 1, KeyEvent.HSET, pairs);
        Effects effect = call.propagateAs(at == UNSAID ? HSET : HSETEX).key(argv, 1);
        if (at >= 0) {
            call.event(KeyEvent.HEXPIRE, argv, 1);
            effect.arg(PXAT).arg(at).arg(FIELDS).arg(pairs);
        } else if (at == KEEP) {
            effect.arg(KEEPTTL).arg(FIELDS).arg(pairs);
        }
        for (int i = first; i < argv.count(); i++) {
            effect.arg(argv, i);
        }
    }

    private static void put(Hash hash, Argv argv, int field, boolean keep) {
        int value = field + 1;
        if (keep) {
            hash.update(
                    argv.array(field),
                    argv.offset(field),
                    argv.length(field),
                    argv.array(value),
                    argv.offset(value),
                    argv.length(value));
        } else {
            hash.put(
                    argv.array(field),
                    argv.offset(field),
                    argv.length(field),
                    argv.array(value),
                    argv.offset(value),
                    argv.length(value));
        }
    }
}
