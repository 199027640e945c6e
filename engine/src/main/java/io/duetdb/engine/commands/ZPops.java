package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.value.ZSet;
import org.jspecify.annotations.Nullable;

/**
 * Taking the lowest or highest members out of a sorted set, in every shape of reply: what ZPOPMIN, ZPOPMAX and ZMPOP do,
 * and the forms that wait once there is something to take. The sorted set handed in is that of argument {@code key} and
 * not empty; when it is emptied its key goes.
 */
final class ZPops {
    private ZPops() {}

    /**
     * The first of some keys that has a sorted set: its position among the arguments, or 0.
     *
     * @throws io.duetdb.engine.api.CommandError WRONGTYPE, of a key before it too
     */
    static int firstKey(Call call, Argv argv, int from, int keys) {
        for (int key = from; key < from + keys; key++) {
            if (zset(call, argv, key) != null) {
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
