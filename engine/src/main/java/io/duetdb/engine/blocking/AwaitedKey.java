package io.duetdb.engine.blocking;

import io.duetdb.engine.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/** A key that somebody waits for, and its queue, the first comer first. Joining and leaving the queue are O(1). */
public final class AwaitedKey {
    private final int db;
    private final byte[] key;
    private final int[] byType = new int[ValueType.values().length];
    private int forAnything;
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    /** Whether the key stands among those to be looked at. */
    boolean noted;

    AwaitedKey(int db, byte[] key) {
        this.db = db;
        this.key = key;
    }

    /** The number of its database. */
    public int db() {
        return db;
    }

    /** Its name. Not to be modified. */
    public byte[] key() {
        return key;
    }

    /** The first comer, or null. */
    public @Nullable Waiter first() {
        return first;
    }

    /** Whether anybody in the queue waits for a value of {@code now}, or for the key to be without any. O(1). */
    public boolean wanted(@Nullable ValueType now) {
        return forAnything > 0 || now != null && byType[now.ordinal()] > 0;
    }

    /** Whether somebody waits for whatever happens to the key, its end included. */
    boolean awaitedForAnything() {
        return forAnything > 0;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Whether the last who joined is this client. */
    boolean endsWith(Blocked blocked) {
        return last != null && last.blocked == blocked;
    }

    Waiter join(Blocked blocked) {
        Waiter waiter = new Waiter(blocked, this);
        Waiter previous = last;
        waiter.before = previous;
        if (previous == null) {
            first = waiter;
        } else {
            previous.after = waiter;
        }
        last = waiter;
        count(blocked, 1);
        return waiter;
    }

    void leave(Waiter waiter) {
        Waiter before = waiter.before;
        Waiter after = waiter.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        count(waiter.blocked, -1);
    }

    private void count(Blocked blocked, int by) {
        ValueType type = blocked.type();
        if (type == null) {
            forAnything += by;
        } else {
            byType[type.ordinal()] += by;
        }
    }
}
