package io.duetdb.engine.keyspace;

import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
import java.util.Arrays;

/** Entries come by in a walk or by chance; those whose time is over are removed and not among them. */
final class Collected {
    private final Database db;
    private final Keyspace keyspace;
    private final PageMemory memory;
    private final HashTable.SlotVisitor collect = this::collect;
    private long[] entries = new long[64];
    private int count;

    Collected(Database db, Keyspace keyspace, PageMemory memory) {
        this.db = db;
        this.keyspace = keyspace;
        this.memory = memory;
    }

    /** Collects about {@code wanted} entries from {@code cursor} on. Returns the next cursor, 0 at the end. */
    long scan(long cursor, int wanted) {
        count = 0;
        long next = db.table().scan(cursor, wanted, collect);
        int living = 0;
        for (int i = 0; i < count; i++) {
            long e = entries[i];
            if (lives(e)) {
                entries[living++] = e;
            }
        }
        count = living;
        return next;
    }

    /** A living key chosen uniformly, or 0 when there is none. */
    long random() {
        while (db.size() > 0) { // ends: each key that is over is removed
            long e = db.table().random(keyspace.random());
            if (e != 0 && lives(e)) {
                return e;
            }
        }
        return 0;
    }

    /** Whether an entry's time is not over; otherwise it is removed. */
    private boolean lives(long e) {
        long at = Entries.expireAt(memory, e);
        if (at == Entries.NO_EXPIRE || at >= keyspace.overdueBefore()) {
            return true;
        }
        keyspace.expired(db, e);
        return false;
    }

    int count() {
        return count;
    }

    long entry(int i) {
        return entries[i];
    }

    private void collect(long e) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, count * 2);
        }
        entries[count++] = e;
    }
}
