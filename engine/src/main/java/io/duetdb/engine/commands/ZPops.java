package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Effects.word;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.ZSet;
import org.jspecify.annotations.Nullable;

/**
 * Taking the lowest or highest members out of a sorted set, in every shape of reply: what ZPOPMIN, ZPOPMAX and ZMPOP do,
 * and the forms that wait once there is something to take. The sorted set handed in is that of argument {@code key} and
 * not empty; when it is emptied its key goes.
 */
final class ZPops {
    private static final byte[] MIN = word("MIN");
    private static final byte[] MAX = word("MAX");
    private static final byte[] COUNT = word("COUNT");

    private static final CommandError NUMKEYS = new CommandError("ERR numkeys should be greater than 0");
    private static final CommandError NO_COUNT = new CommandError("ERR count should be greater than 0");

    private ZPops() {}

    /**
     * Checks the arguments of ZMPOP, whose number of keys stands at one of them, and returns the position of MIN or MAX
     * behind the keys.
     *
     * @throws CommandError in this order: numkeys should be greater than 0, syntax, count should be greater than 0
     */
    static int behindKeys(Argv argv, int numkeys) {
        long keys = Counts.atLeast(1, argv, numkeys, NUMKEYS);
        if (keys > argv.count() - numkeys - 2) {
            throw Errors.SYNTAX;
        }
        int where = numkeys + 1 + (int) keys;
        if (!argv.is(where, MAX) && !argv.is(where, MIN)) {
            throw Errors.SYNTAX;
        }
        if (argv.count() > where + 1) {
            if (argv.count() == where + 2 || !argv.is(where + 1, COUNT)) {
                throw Errors.SYNTAX;
            }
            Counts.atLeast(1, argv, where + 2, NO_COUNT);
        }
        if (argv.count() > where + 3) {
            throw Errors.SYNTAX;
        }
        return where;
    }

    /**
     * What ZMPOP does with arguments that {@link #behindKeys} has checked: takes members from the first of its keys that
     * has a sorted set, as {@link #severalOfKey}. Returns false, having replied nothing, if there is none.
     *
     * @throws CommandError WRONGTYPE, of a key before it
     */
    static boolean popFromFirst(Call call, Argv argv, int numkeys, int where, Reply reply) {
        long count = where + 2 < argv.count() ? argv.integer(where + 2) : 1;
        int key = firstKey(call, argv, numkeys + 1, where);
        ZSet zset = key == 0 ? null : zset(call, argv, key);
        if (zset == null) {
            return false;
        }
        severalOfKey(call, argv, reply, key, zset, argv.is(where, MAX), count);
        return true;
    }

    /**
     * Takes one member from the first of some keys that has a sorted set, as {@link #oneOfKey}. Returns false, having
     * replied nothing, if there is none.
     *
     * @throws CommandError WRONGTYPE, of a key before it
     */
    static boolean oneFromFirst(Call call, Argv argv, int from, int to, boolean highest, Reply reply) {
        int key = firstKey(call, argv, from, to);
        ZSet zset = key == 0 ? null : zset(call, argv, key);
        if (zset == null) {
            return false;
        }
        oneOfKey(call, argv, reply, key, zset, highest);
        return true;
    }

    private static int firstKey(Call call, Argv argv, int from, int to) {
        for (int key = from; key < to; key++) {
            if (!Waits.passesOver(call, argv, key, ValueType.ZSET) && zset(call, argv, key) != null) {
                return key;
            }
        }
        return 0;
    }

    private static @Nullable ZSet zset(Call call, Argv argv, int key) {
        return call.db().collections().zsetForWrite(argv, key);
    }

    /** Takes one: replies [member, score]. */
    static void one(Call call, Argv argv, Reply reply, int key, ZSet zset, boolean highest) {
        reply.array(2);
        take(reply, zset, highest);
        taken(call, argv, key, zset, highest, 1);
    }

    /** Takes up to {@code count}: replies pairs, flat in RESP2. */
    static void several(Call call, Argv argv, Reply reply, int key, ZSet zset, boolean highest, long count) {
        long n = Math.min(count, zset.size());
        reply.pairs((int) n);
        for (long i = 0; i < n; i++) {
            reply.pair();
            take(reply, zset, highest);
        }
        taken(call, argv, key, zset, highest, n);
    }

    /** Takes one, as the forms that wait do: replies [key, member, score]; the effect is a pop that does not wait. */
    static void oneOfKey(Call call, Argv argv, Reply reply, int key, ZSet zset, boolean highest) {
        reply.array(3);
        reply.bulk(argv.array(key), argv.offset(key), argv.length(key));
        take(reply, zset, highest);
        effect(call, highest).key(argv, key);
        taken(call, argv, key, zset, highest, 1);
    }

    /** Takes up to {@code count}: replies [key, [[member, score] ...]]; the effect is a pop of one key and that many. */
    static void severalOfKey(Call call, Argv argv, Reply reply, int key, ZSet zset, boolean highest, long count) {
        long n = Math.min(count, zset.size());
        reply.array(2);
        reply.bulk(argv.array(key), argv.offset(key), argv.length(key));
        reply.array((int) n);
        for (long i = 0; i < n; i++) {
            reply.array(2);
            take(reply, zset, highest);
        }
        effect(call, highest).key(argv, key).arg(n);
        taken(call, argv, key, zset, highest, n);
    }

    private static Effects effect(Call call, boolean highest) {
        return call.propagateAs(highest ? EffectNames.ZPOPMAX : EffectNames.ZPOPMIN);
    }

    private static void take(Reply reply, ZSet zset, boolean highest) {
        boolean is = highest ? zset.last() : zset.first();
        assert is : "empty";
        zset.reply(reply);
        reply.real(zset.score());
        zset.removeHere();
    }

    private static void taken(Call call, Argv argv, int key, ZSet zset, boolean highest, long n) {
        call.changed(argv, key, highest ? KeyEvent.ZPOPMAX : KeyEvent.ZPOPMIN, n);
        call.deleteIfEmpty(argv, key, zset);
    }
}
