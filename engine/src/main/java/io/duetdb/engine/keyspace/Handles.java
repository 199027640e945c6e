package io.duetdb.engine.keyspace;

import io.duetdb.engine.value.Hash;
import io.duetdb.engine.value.ListValue;
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ValueSpace;
import io.duetdb.engine.value.ZSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Handles to values, pooled: as many of a type as one command needs, taken one after the other and all given back
 * together when the command ends ({@link #mark}, {@link #release}). So nothing is allocated per command, and a handle is
 * dead after it.
 */
public final class Handles {
    /** Length of the array that {@link #mark} fills. */
    public static final int MARK = 5;

    private final ValueSpace space;
    private final List<Hash> hashes = new ArrayList<>();
    private final List<ListValue> lists = new ArrayList<>();
    private final List<SetValue> sets = new ArrayList<>();
    private final List<ZSet> zsets = new ArrayList<>();
    private int hashesUsed;
    private int listsUsed;
    private int setsUsed;
    private int zsetsUsed;
    private int temporariesUsed;

    Handles(ValueSpace space) {
        this.space = space;
    }

    /** Notes how many are taken: for {@link #release}. */
    public void mark(int[] mark) {
        mark[0] = hashesUsed;
        mark[1] = listsUsed;
        mark[2] = setsUsed;
        mark[3] = zsetsUsed;
        mark[4] = temporariesUsed;
    }

    /** Gives back all that were taken since {@code mark}. */
    public void release(int[] mark) {
        hashesUsed = mark[0];
        listsUsed = mark[1];
        setsUsed = mark[2];
        zsetsUsed = mark[3];
        temporariesUsed = mark[4];
    }

    /** The number of the next value that has no key yet. */
    int temporary() {
        return temporariesUsed++;
    }

    /** A handle set on the word at {@code slot}. */
    Hash hash(long slot) {
        if (hashesUsed == hashes.size()) {
            hashes.add(new Hash(space));
        }
        return hashes.get(hashesUsed++).at(slot);
    }

    /** A handle set on the word at {@code slot}. */
    ListValue list(long slot) {
        if (listsUsed == lists.size()) {
            lists.add(new ListValue(space));
        }
        return lists.get(listsUsed++).at(slot);
    }

    /** A handle set on the word at {@code slot}. */
    SetValue set(long slot) {
        if (setsUsed == sets.size()) {
            sets.add(new SetValue(space));
        }
        return sets.get(setsUsed++).at(slot);
    }

    /** A handle set on the word at {@code slot}. */
    ZSet zset(long slot) {
        if (zsetsUsed == zsets.size()) {
            zsets.add(new ZSet(space));
        }
        return zsets.get(zsetsUsed++).at(slot);
    }

    /** A handle of a type set on the word at {@code slot}. */
    Value of(ValueType type, long slot) {
        return switch (type) {
            case HASH -> hash(slot);
            case LIST -> list(slot);
            case SET -> set(slot);
            case ZSET -> zset(slot);
            case STRING -> throw new IllegalStateException("a string has no handle");
        };
    }
}
