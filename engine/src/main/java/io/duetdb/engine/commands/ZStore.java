package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.value.ZSet;

/** What the commands do whose result becomes the sorted set of a key: ZRANGESTORE, ZUNIONSTORE and their kin. */
final class ZStore {
    private ZStore() {}

    /**
     * Gives a temporary sorted set to the key that is argument 1, whatever it held, and replies the cardinality; an empty
     * one removes the key. The set's handle is dead then. Returns whether anything changed.
     */
    static boolean store(Call call, Argv argv, Reply reply, ZSet result, KeyEvent event) {
        Collections values = call.db().collections();
        long size = result.size();
        reply.integer(size);
        if (size == 0) {
            values.discard(result);
            if (!call.db().delete(argv, 1)) {
                return false;
            }
            call.changed(argv, 1, KeyEvent.DEL, 1);
        } else {
            values.store(argv, 1, result);
            call.changed(argv, 1, event, 1);
        }
        return true;
    }

    /** Replies the members of a sorted set from the lowest on, with scores or without. */
    static void reply(Reply reply, ZSet zset, boolean withScores) {
        if (withScores) {
            reply.pairs((int) zset.size());
        } else {
            reply.array((int) zset.size());
        }
        for (boolean is = zset.first(); is; is = zset.next()) {
            member(reply, zset, withScores);
        }
    }

    /** Replies the member at the position, as a pair when scores are wanted. */
    static void member(Reply reply, ZSet zset, boolean withScores) {
        if (!withScores) {
            zset.reply(reply);
            return;
        }
        reply.pair();
        zset.reply(reply);
        reply.real(zset.score());
    }
}
