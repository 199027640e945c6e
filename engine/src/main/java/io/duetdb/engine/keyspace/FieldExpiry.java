package io.duetdb.engine.keyspace;

import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.TimingWheel;
import io.duetdb.engine.value.Encoding;
import io.duetdb.engine.value.FieldDeadlines;
import io.duetdb.engine.value.Hash;
import io.duetdb.engine.value.HashHead;
import io.duetdb.engine.value.ValueSpace;
import java.util.function.IntFunction;

/**
 * Times to live of hash fields: removes those that are over, by the keyspace's timing wheel and where somebody looks. A
 * hash with such fields has a head, the head a number, and the wheel's records hold that number.
 */
/*
 * Maintainer's view.
 *
 *    wheel record    number : 30 | upper bits of the field's hash : 30 | kind : 4
 *    numbers         a hash table from number to head; the numbers are a sequence, multiplied, so that their upper bits
 *                    are as good as those of a hash, and no two are alike: the 30 bits in the slot tell them all apart
 *    head            number, database's owner and key's hash: with them the key's entry is found. Who gives an entry
 *                    to a table (Database.adopt: creation, RENAME, MOVE, COPY) writes both anew; SWAPDB moves the
 *                    owner along with the keys
 *
 * A packed hash has one record, no later than its earliest deadline. A table has one for each field; the field notes
 * the deadline of its record, so that a later deadline files none, and a record that fires for a field which moved is
 * told from its own.
 */
final class FieldExpiry implements FieldDeadlines {
    private static final int NUMBER_SHIFT = 34;
    private static final int NUMBER_MASK = (1 << 30) - 1;
    private static final int FIELD_SHIFT = 4;

    /** Odd: multiplying by it gives every number once. */
    private static final long SPREAD = 0x9E3779B1L;

    /** Heads that are looked at in one step. */
    private static final int STEP = 64;

    private static final int TABLE = 0;
    private static final int LAST = 8;
    private static final int BYTES = 16;

    private final Keyspace keyspace;
    private final PageMemory memory;
    private final TimingWheel wheel;
    private final HashTable heads;
    private final HashTable keys;
    private final Hash hash;
    private byte[] field = new byte[64];
    private long root;

    FieldExpiry(Keyspace keyspace, TimingWheel wheel, ValueSpace values) {
        this.keyspace = keyspace;
        this.memory = values.memory();
        this.wheel = wheel;
        this.heads = new HashTable(memory);
        this.keys = new HashTable(memory);
        this.hash = new Hash(values);
    }

    /** Makes an empty table of numbers and returns the address by which it is known. */
    static long create(PageMemory memory) {
        long root = memory.allocate(BYTES, Kind.VALUE);
        memory.putLong(root + TABLE, HashTable.create(memory));
        memory.putLong(root + LAST, 0);
        return root;
    }

    /** Sets this on what {@link #create} made. */
    void wrap(long newRoot) {
        root = newRoot;
        heads.wrap(memory.getLong(root + TABLE));
    }

    /** Notes whose the value of an entry is, if that is a hash whose fields may have deadlines. */
    static void belongsTo(PageMemory memory, long e, int owner, long keyHash) {
        long word = memory.getLong(Entries.valueAt(memory, e));
        Encoding encoding = ValueSpace.encoding(word);
        if (encoding == Encoding.LISTPACKEX || encoding == Encoding.HASHTABLEEX) {
            HashHead.belongsTo(memory, ValueSpace.root(word), owner, keyHash);
        }
    }

    // ---- what hashes ask for

    @Override
    public long register(long head) {
        long last = memory.getLong(root + LAST);
        long number;
        do {
            last = (last + 1) & NUMBER_MASK;
            number = last * SPREAD & NUMBER_MASK;
        } while (heads.first(number << NUMBER_SHIFT) != 0);
        memory.putLong(root + LAST, last);
        heads.insert(number << NUMBER_SHIFT, head);
        return number;
    }

    @Override
    public void forget(long id) {
        if (heads.first(id << NUMBER_SHIFT) != 0) {
            heads.remove();
        }
    }

    @Override
    public void file(long id, long fieldHash, long deadlineMs) {
        long bits = fieldHash >>> NUMBER_SHIFT << FIELD_SHIFT;
        wheel.file(deadlineMs, 0, TimingWheel.FIELD, id << NUMBER_SHIFT | bits);
    }

    @Override
    public void orphaned(long records) {
        keyspace.recordsOrphaned(records);
    }

    @Override
    public void overwritten(long head, byte[] fieldBytes, int from, int length) {
        Database db = keyspace.ownedBy(HashHead.owner(memory, head));
        byte[] key = db.key(entry(db, head));
        keyspace.listener().fieldExpired(db, key, 0, key.length, fieldBytes, from, length);
        keyspace.listener().fieldsExpired(db, key, false);
    }

    @Override
    public boolean due() {
        return keyspace.due();
    }

    // ---- what is over

    /**
     * Removes fields of an entry's hash that are over, as far as that is quickly done. Returns whether the hash is still
     * there; then {@code of}, a handle on it, goes on, without its position.
     */
    boolean settle(Database db, long e, Hash of) {
        return !of.seekOver() || removeAll(db, e, of);
    }

    /** Removes the field that the handle stands at and those that are over with it. */
    private boolean removeAll(Database db, long e, Hash of) {
        byte[] key = db.key(e);
        boolean over = true;
        while (over) {
            int length = of.length();
            if (field.length < length) {
                field = new byte[Math.max(length, 2 * field.length)];
            }
            of.copyOut(field, 0);
            keyspace.listener().fieldExpired(db, key, 0, key.length, field, 0, length);
            of.removeOver();
            over = of.seekOver();
        }
        boolean emptied = of.isBare(); // what is over and still there has records of its own
        if (emptied) {
            db.remove(e);
        } else {
            of.refile();
        }
        keyspace.listener().fieldsExpired(db, key, emptied);
        return !emptied;
    }

    /** A record fired. */
    void fired(long deadlineMs, long what) {
        long head = heads.first(what);
        Database db = head == 0 ? null : keyspace.ownedBy(HashHead.owner(memory, head));
        long e = db == null ? 0 : entry(db, head);
        if (db == null || e == 0) {
            keyspace.orphanFired();
            return;
        }
        hash.at(Entries.valueAt(memory, e));
        if (hash.fired(fieldHash(what), deadlineMs)) {
            removeAll(db, e, hash);
        } else {
            hash.refile();
        }
    }

    /** Whether a record is of use to anybody. */
    boolean recordLives(long deadlineMs, long what) {
        long head = heads.first(what);
        if (head == 0) {
            return false;
        }
        long e = entry(keyspace.ownedBy(HashHead.owner(memory, head)), head);
        return e != 0 && hash.at(Entries.valueAt(memory, e)).isFiled(fieldHash(what), deadlineMs);
    }

    private static long fieldHash(long what) {
        return what >>> FIELD_SHIFT << NUMBER_SHIFT;
    }

    /** The entry of the hash with this head, 0 if it has none any more: its database was emptied. */
    private long entry(Database db, long head) {
        return entry(memory, keys.wrap(db.table().header()), head);
    }

    /**
     * Whether the field of some hash has a deadline, in a memory that may be a view's. Looks at hashes whose fields had
     * one once until it finds one.
     *
     * @param root what {@link #create} returned
     * @param tables the table of the database that the wheel knows by a number
     */
    static boolean any(PageMemory memory, long root, IntFunction<HashTable> tables) {
        HashTable heads = new HashTable(memory).wrap(memory.getLong(root + TABLE));
        boolean[] found = {false};
        long cursor = 0;
        do {
            cursor = heads.scan(cursor, STEP, head -> {
                found[0] |= HashHead.hasDeadlines(memory, head)
                        && entry(memory, tables.apply(HashHead.owner(memory, head)), head) != 0;
            });
        } while (cursor != 0 && !found[0]);
        return found[0];
    }

    private static long entry(PageMemory memory, HashTable keys, long head) {
        for (long e = keys.first(HashHead.keyHash(memory, head)); e != 0; e = keys.next()) {
            if (Entries.form(memory, e) == Entries.REFERENCE
                    && isHead(memory.getLong(Entries.valueAt(memory, e)), head)) {
                return e;
            }
        }
        return 0;
    }

    private static boolean isHead(long word, long head) {
        return word == ValueSpace.word(Encoding.LISTPACKEX, head)
                || word == ValueSpace.word(Encoding.HASHTABLEEX, head);
    }
}
