package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.ZSet;
import org.jspecify.annotations.Nullable;

/**
 * One input of a union, intersection or difference: a sorted set, a set, whose members have the score 1, or no key, which
 * is empty. Moves over its members as a sorted set does.
 */
final class ZSource {
    private final @Nullable ZSet zset;
    private final @Nullable SetValue set;
    private double weight = 1;

    private ZSource(@Nullable ZSet zset, @Nullable SetValue set) {
        this.zset = zset;
        this.set = set;
    }

    /** The value of a key, for reading. @throws io.duetdb.engine.api.CommandError WRONGTYPE */
    static ZSource of(Call call, Argv argv, int key) {
        Database db = call.db();
        Collections values = db.collections();
        long e = db.find(argv, key);
        if (e == 0) {
            return new ZSource(null, null);
        }
        ValueType type = db.type(e);
        if (type == ValueType.ZSET) {
            return new ZSource(values.zsetAt(e), null);
        }
        if (type == ValueType.SET) {
            return new ZSource(null, values.setAt(e));
        }
        throw Errors.WRONGTYPE;
    }

    /** By what its scores are multiplied. */
    void weight(double value) {
        weight = value;
    }

    /** Number of members. */
    long size() {
        return zset != null ? zset.size() : set != null ? set.size() : 0;
    }

    /** Whether both are the value of one key. */
    boolean same(ZSource other) {
        return size() > 0 && slot() == other.slot();
    }

    private long slot() {
        return zset != null ? zset.slot() : set != null ? set.slot() : 0;
    }

    /** Goes to the first member. */
    boolean first() {
        return zset != null ? zset.first() : set != null && set.first();
    }

    /** Goes to the next member; writes to other values meanwhile do not matter. */
    boolean next() {
        if (set != null) {
            set.refresh();
            return set.next();
        }
        return zset != null && zset.next();
    }

    /** Length of the member at the position. */
    int length() {
        return zset != null ? zset.length() : set != null ? set.length() : 0;
    }

    /** Copies the member at the position to {@code to}, which has room for it. */
    void copyOut(byte[] to) {
        if (zset != null) {
            zset.copyOut(to, 0);
        } else if (set != null) {
            set.copyOut(to, 0);
        }
    }

    /** The score of the member at the position. */
    double score() {
        return zset != null ? zset.score() : 1;
    }

    /** The score by its weight; NaN where 0 and an infinity met. */
    double weighted(double score) {
        return score * weight;
    }

    /** The score of some member, or NaN. */
    double find(byte[] b, int length) {
        if (zset != null) {
            return zset.score(b, 0, length);
        }
        return set != null && set.contains(b, 0, length) ? 1 : Double.NaN;
    }
}
