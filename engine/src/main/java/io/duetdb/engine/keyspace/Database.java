package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
import org.jspecify.annotations.Nullable;

/**
 * One numbered database. A key is "(argv, index)"; an entry is the address that {@link #find} returned, good until the
 * next write to the same key. Every function that looks a key up removes it first if its time is over.
 *
 * <p>Strings live in the entry itself ({@link Entries}), other types behind a reference. Costs are O(1) unless said.
 */
public final class Database {
    /** As an expiry: leave the time to live as it is. */
    public static final long KEEP_TTL = -2;

    /** No time to live. */
    public static final long NO_EXPIRE = Entries.NO_EXPIRE;

    private static final int SLOT_BYTES = 8;

    private final Keyspace keyspace;
    private final PageMemory memory;
    private final int index;
    private final HashTable table;
    private final TouchAhead ahead;
    private final Strings strings;
    private final Collections collections;
    private final Collected collected;
    private long record;
    private int owner;

    /** Where the table's remembered position stands: the entry it found, or 0. */
    private long positioned;

    Database(Keyspace keyspace, PageMemory memory, int index) {
        this.keyspace = keyspace;
        this.memory = memory;
        this.index = index;
        this.table = new HashTable(memory);
        this.ahead = new TouchAhead(table, memory);
        this.strings = new Strings(this, memory);
        this.collections = new Collections(this, keyspace, memory);
        this.collected = new Collected(this, keyspace, memory);
    }

    /** Sets this database on its record, where the address of its table stands; {@code newOwner} names it to the wheel. */
    void attach(long newRecord, int newOwner) {
        record = newRecord;
        owner = newOwner;
        table.wrap(memory.getLong(record));
        positioned = 0;
    }

    /** Its number. */
    public int index() {
        return index;
    }

    /** The string values of its keys. */
    public Strings strings() {
        return strings;
    }

    /** The hashes, lists, sets and sorted sets of its keys. */
    public Collections collections() {
        return collections;
    }

    /** Number of keys, those included whose time is over but that nobody looked at since. */
    public long size() {
        return table.size();
    }

    /** Number of keys with a time to live, those included whose time is over but that nobody looked at since. */
    public long sizeWithTtl() {
        return TtlCount.keys(memory, record);
    }

    /** Mean time to live of the keys that have one, in ms, to about a second; 0 when none has. */
    public long averageTtl() {
        return TtlCount.average(memory, record, keyspace.nowMs());
    }

    /** Bytes that the table of this database takes. */
    public long tableBytes() {
        return table.bytes();
    }

    /** Bytes that a key takes: its entry, its place in the table, and chunks of key and value. */
    public long usedBytes(long e) {
        long bytes = SLOT_BYTES + memory.capacity(e);
        if (!Entries.keyIsInline(memory, e)) {
            bytes += ChunkedBytes.blockBytes(memory, Entries.keyRoot(memory, e), Entries.keyLength(memory, e));
        }
        return bytes + keyspace.transfers().outsideBytes(this, e);
    }

    /** The table, for walks of the whole database. */
    HashTable table() {
        return table;
    }

    // ---- looking up

    private long hash(Argv argv, int key) {
        long hash = argv.hash(key);
        if (hash == 0) {
            hash = keyspace.hash(argv.array(key), argv.offset(key), argv.length(key));
            argv.rememberHash(key, hash);
        }
        return hash;
    }

    /**
     * Announces that a key will be looked up soon; {@link #touchAnnounced} then begins to load what those lookups need.
     * Does nothing where it would not pay.
     */
    public void announce(Argv argv, int key) {
        if (ahead.pays()) {
            ahead.add(hash(argv, key));
        }
    }

    /** Loads what the announced lookups need, all at once, so that their cache misses overlap. */
    public void touchAnnounced() {
        ahead.run();
    }

    /** Touches all keys of one command: the arguments from {@code from} on, before {@code to}, every {@code step}-th. */
    public void touchAll(Argv argv, int from, int to, int step) {
        if (to - from > step && ahead.pays()) {
            for (int i = from; i < to; i += step) {
                ahead.add(hash(argv, i));
            }
            ahead.run();
        }
    }

    /** The entry of a key whatever its time to live, or 0; remembers its position. */
    private long locate(Argv argv, int key) {
        byte[] bytes = argv.array(key);
        int offset = argv.offset(key);
        int length = argv.length(key);
        for (long e = table.first(hash(argv, key)); e != 0; e = table.next()) {
            if (Entries.keyEquals(memory, e, bytes, offset, length)) {
                positioned = e;
                return e;
            }
        }
        positioned = 0;
        return 0;
    }

    /** The entry of a key whatever its time to live, or 0: for looking ahead. */
    long locateQuietly(Argv argv, int key) {
        return locate(argv, key);
    }

    /** The entry of a living key, or 0, without touching statistics or the access clock. */
    public long peek(Argv argv, int key) {
        long e = locate(argv, key);
        return e != 0 && expireIfDue(e) ? 0 : e;
    }

    /** The entry of a living key for reading, or 0: counts a hit or a miss and notes the access. */
    public long find(Argv argv, int key) {
        long e = look(argv, key);
        if (e != 0) {
            accessed(e);
        }
        return e;
    }

    /** The entry of a living key for looking at, or 0: counts a hit or a miss, does not note an access. */
    public long look(Argv argv, int key) {
        long e = peek(argv, key);
        if (e == 0) {
            keyspace.missed(this, argv, key);
        } else {
            keyspace.stats().keyspaceHits++;
        }
        return e;
    }

    /** The entry of a living key for a look at how it is kept, or 0: as {@link #look}, but a miss is no event. */
    public long inspect(Argv argv, int key) {
        long e = peek(argv, key);
        if (e == 0) {
            keyspace.stats().keyspaceMisses++;
        } else {
            keyspace.stats().keyspaceHits++;
        }
        return e;
    }

    /** The entry of a living key for writing, or 0: notes the access. */
    public long findForWrite(Argv argv, int key) {
        long e = peek(argv, key);
        if (e != 0) {
            accessed(e);
        }
        return e;
    }

    /** The entry of a living string for reading, or 0. @throws CommandError WRONGTYPE */
    public long string(Argv argv, int key) {
        long e = find(argv, key);
        if (e != 0 && !isString(e)) {
            throw Errors.WRONGTYPE;
        }
        return e;
    }

    /** The entry of a living string for writing, or 0. @throws CommandError WRONGTYPE */
    public long stringForWrite(Argv argv, int key) {
        long e = findForWrite(argv, key);
        if (e != 0 && !isString(e)) {
            throw Errors.WRONGTYPE;
        }
        return e;
    }

    /** The type of a key's value; null when there is no such key, or its time is over. Changes and counts nothing. */
    public @Nullable ValueType typeOf(byte[] key) {
        long e = locate(Argv.of(key), 0);
        return e == 0 || isOverdue(e) ? null : Entries.type(memory, e);
    }

    /** Whether a key is there whose time is over. Changes and counts nothing. */
    public boolean isOverdue(byte[] key) {
        long e = locate(Argv.of(key), 0);
        return e != 0 && isOverdue(e);
    }

    private boolean isOverdue(long e) {
        long at = Entries.expireAt(memory, e);
        return at != NO_EXPIRE && at < keyspace.overdueBefore();
    }

    /** Notes that an entry was last read so many seconds ago. */
    public void idle(long e, long seconds) {
        int clock = (int) (keyspace.accessClock() - seconds) & 0xFFFFFF;
        memory.putInt(e, memory.getInt(e) & 0xFF | clock << 8);
    }

    private void accessed(long e) {
        int word = memory.getInt(e);
        int clock = keyspace.accessClock();
        if (word >>> 8 != clock
                && keyspace.touching()
                && !memory.isShared(e)) { // never copies a page only to note a read
            memory.putInt(e, (word & 0xFF) | clock << 8);
        }
    }

    private boolean expireIfDue(long e) {
        if (!isOverdue(e)) {
            return false;
        }
        keyspace.expired(this, e);
        return true;
    }

    /** Sets the table's position on an entry that was found earlier. */
    private void position(long e) {
        if (positioned == e) {
            return;
        }
        for (long other = table.first(hashOf(e)); other != 0; other = table.next()) {
            if (other == e) {
                positioned = e;
                return;
            }
        }
        throw new IllegalStateException("no slot for entry " + e + " of database " + index);
    }

    /** The keyed hash of an entry's key. */
    long hashOf(long e) {
        if (Entries.keyIsInline(memory, e)) {
            long at = Entries.keyAt(memory, e);
            return keyspace.hash(memory.array(at), memory.index(at), Entries.keyLength(memory, e));
        }
        byte[] key = key(e);
        return keyspace.hash(key, 0, key.length);
    }

    // ---- what an entry is

    public boolean isString(long e) {
        return (Entries.head(memory, e) & Entries.TYPE_MASK) == 0;
    }

    public ValueType type(long e) {
        return Entries.type(memory, e);
    }

    /** Absolute time in ms at which the key's time is over, or {@link #NO_EXPIRE}. */
    public long expireAt(long e) {
        return Entries.expireAt(memory, e);
    }

    /** Seconds (24 bits) of the last noted access, or LFU bits. */
    public int accessClock(long e) {
        return memory.getInt(e) >>> 8;
    }

    /** A copy of the key. */
    public byte[] key(long e) {
        return Entries.key(memory, e);
    }

    /** Whether the key of an entry matches the glob pattern that an argument holds. */
    public boolean keyMatches(long e, Argv argv, int pattern) {
        return Entries.keyMatches(memory, e, argv.array(pattern), argv.offset(pattern), argv.length(pattern));
    }

    /** Replies the key as a bulk string. */
    public void replyKey(long e, Reply reply) {
        Entries.replyKey(memory, e, reply);
    }

    /** The encoding as OBJECT ENCODING names it. */
    public String encoding(long e) {
        return isString(e)
                ? Entries.encoding(memory, e)
                : collections.at(e).encoding().label();
    }

    /** A dump of the blocks of an entry in words, for DEBUG. */
    public String dump(long e) {
        return EntryDump.of(this, memory, e);
    }

    // ---- writing entries

    /** Gives a key an entry of type string and of {@code form}, its value bytes still to be written. */
    long prepare(Argv argv, int key, long e, int form, long expireAt) {
        if (e == 0) {
            boolean area = expireAt >= 0;
            int head = area ? Entries.EXPIRE_AREA : 0;
            long created = Entries.create(memory, argv, key, head, keyspace.accessClock(), form);
            adopt(argv, key, created, area ? expireAt : NO_EXPIRE);
            return created;
        }
        long changed = reshape(e, form, expireAt >= 0);
        int head = memory.getByte(changed);
        int plain = head & ~(Entries.RAW | Entries.TYPE_MASK);
        if (plain != head) {
            memory.putByte(changed, plain);
        }
        if (expireAt >= 0) {
            writeExpire(changed, hash(argv, key), expireAt);
        } else if (expireAt == NO_EXPIRE && (head & Entries.EXPIRE_AREA) != 0) {
            clearExpire(changed);
        }
        return changed;
    }

    /** Frees an entry's old value and brings the entry into a new form; in place where the size class allows. */
    private long reshape(long e, int form, boolean needArea) {
        releaseValue(e);
        int head = memory.getByte(e);
        boolean area = (head & Entries.EXPIRE_AREA) != 0;
        if (area || !needArea) {
            int oldForm = Entries.form(memory, e);
            boolean moves = memory.isBetterMoved(e);
            if (oldForm == form && !moves) {
                return e;
            }
            int oldSize = Entries.size(memory, e);
            int newSize = oldSize - Entries.formSpace(oldForm) + Entries.formSpace(form);
            if (!moves && memory.resizeInPlace(e, oldSize, newSize)) {
                memory.putShort(e + Entries.FORM_AT, form);
                return e;
            }
        }
        position(e);
        long moved = Entries.recreate(memory, e, area || needArea, form);
        replaceBlock(e, moved);
        return moved;
    }

    /** Puts {@code moved} into the slot of {@code e} and frees that block; keys in chunks have moved along. */
    void replaceBlock(long e, long moved) {
        position(e);
        table.replace(moved);
        positioned = moved;
        memory.free(e);
    }

    /** Frees what an entry's value holds outside the entry. */
    private void releaseValue(long e) {
        int form = Entries.form(memory, e);
        if (form == Entries.CHUNKED) {
            long at = Entries.valueAt(memory, e);
            keyspace.releaseChunks(memory.getLong(at + 8), memory.getLong(at));
        } else if (form == Entries.REFERENCE) {
            keyspace.releaseValue(Entries.type(memory, e), Entries.valueAt(memory, e));
        }
    }

    // ---- deleting, time to live

    /** Whether a deadline that somebody asks for has come already: then the key goes at once instead. */
    public boolean isOver(long expireAt) {
        return expireAt <= keyspace.overdueBefore();
    }

    /** Removes a key. Big values are freed in budgets later. Returns whether it was there. */
    public boolean delete(Argv argv, int key) {
        long e = peek(argv, key);
        if (e == 0) {
            return false;
        }
        remove(e);
        return true;
    }

    /** Removes an entry. */
    public void remove(long e) {
        detach(e);
        discard(e);
    }

    /** Takes an entry out of the table and leaves it as it is. Returns its deadline or {@link #NO_EXPIRE}. */
    long detach(long e) {
        position(e);
        table.remove();
        positioned = 0;
        long expireAt = expireAt(e);
        if ((memory.getByte(e) & Entries.FILED) != 0) {
            keyspace.recordsOrphaned(1);
            TtlCount.removed(memory, record, expireAt);
        }
        return expireAt;
    }

    /**
     * Puts an entry that no table holds, not filed and without a deadline, under its key, which is the argument's and not
     * in the table, and gives it a deadline unless that is {@link #NO_EXPIRE}; then it has room for one.
     */
    void adopt(Argv argv, int key, long e, long expireAt) {
        adoptInPlace(argv, key, e, expireAt);
        keyspace.created(this, argv, key);
    }

    /** As {@link #adopt}, but in place of an entry that was just removed: the key is no new one. */
    void adoptInPlace(Argv argv, int key, long e, long expireAt) {
        long hash = hash(argv, key);
        table.insert(hash, e);
        positioned = 0;
        if (Entries.form(memory, e) == Entries.REFERENCE) {
            FieldExpiry.belongsTo(memory, e, owner, hash);
        }
        if (expireAt != NO_EXPIRE) {
            writeExpire(e, hash, expireAt);
        }
    }

    /** Frees an entry that no table holds any more. */
    void discard(long e) {
        releaseValue(e);
        Entries.free(memory, e);
    }

    /** Gives a key, whose entry was found, a time to live: {@code expireAt} is absolute, in ms, not negative. */
    public void expire(Argv argv, int key, long e, long expireAt) {
        long changed = (memory.getByte(e) & Entries.EXPIRE_AREA) == 0 ? widen(e) : e;
        writeExpire(changed, hash(argv, key), expireAt);
    }

    private long widen(long e) {
        int form = Entries.form(memory, e);
        long moved = Entries.recreate(memory, e, true, form);
        memory.move(Entries.valueAt(memory, moved), Entries.valueAt(memory, e), Entries.formSpace(form));
        replaceBlock(e, moved);
        return moved;
    }

    /** Removes a key's time to live. Returns whether it had one. */
    public boolean persist(long e) {
        if (expireAt(e) == NO_EXPIRE) {
            return false;
        }
        clearExpire(e);
        return true;
    }

    /** Removes the deadline of an entry that has room for one. */
    private void clearExpire(long e) {
        TtlCount.removed(memory, record, memory.getLong(e + Entries.FIXED));
        memory.putLong(e + Entries.FIXED, NO_EXPIRE);
    }

    /** Writes a deadline and files a wheel record unless one is filed that fires no later. */
    private void writeExpire(long e, long hash, long expireAt) {
        int head = memory.getByte(e);
        boolean filed = (head & Entries.FILED) != 0 && firesBy(e, expireAt);
        TtlCount.removed(memory, record, memory.getLong(e + Entries.FIXED));
        TtlCount.added(memory, record, expireAt);
        memory.putLong(e + Entries.FIXED, expireAt);
        if (!filed) {
            memory.putInt(e + Entries.FIXED + 8, (int) expireAt);
            memory.putByte(e, head | Entries.FILED);
            keyspace.file(expireAt, owner, hash);
        }
    }

    /**
     * Whether the filed record fires no later than {@code deadline}, as far as the low 32 bits of its own deadline tell;
     * in doubt no, which files a record too many that is dropped when it fires. Invariant: a filed record's deadline is
     * not after the entry's; if the entry has none any more, the record may be anywhere.
     */
    private boolean firesBy(long e, long deadline) {
        long old = memory.getLong(e + Entries.FIXED);
        if (old != NO_EXPIRE && deadline >= old) {
            return true;
        }
        long bound = old == NO_EXPIRE ? deadline : old;
        if (bound - keyspace.nowMs() > 0xFFFFFFFFL) {
            return false;
        }
        long latest = bound - ((bound - Entries.filedLow(memory, e)) & 0xFFFFFFFFL);
        return latest <= deadline && latest >= keyspace.nowMs() - 1;
    }

    /** A wheel record fired: expires what is due among the keys of that hash, files again what has more time. */
    void recordFired(long deadlineMs, long hash) {
        positioned = 0; // the table goes elsewhere, and what fires next may remove the entry that was found last
        for (long e = table.first(hash); e != 0; e = table.next()) {
            if ((memory.getByte(e) & Entries.FILED) == 0 || Entries.filedLow(memory, e) != (int) deadlineMs) {
                continue;
            }
            long at = Entries.expireAt(memory, e);
            if (at != NO_EXPIRE && at < keyspace.nowMs()) {
                positioned = e;
                keyspace.expired(this, e);
                return; // the table changed; another key of these bits has a record of its own
            }
            if (at == NO_EXPIRE) {
                memory.putByte(e, memory.getByte(e) & ~Entries.FILED);
            } else {
                memory.putInt(e + Entries.FIXED + 8, (int) at);
                keyspace.file(at, owner, hash);
            }
            return;
        }
        keyspace.orphanFired();
    }

    /** Whether a wheel record still belongs to a key. */
    boolean recordLives(long deadlineMs, long hash) {
        positioned = 0;
        for (long e = table.first(hash); e != 0; e = table.next()) {
            if ((memory.getByte(e) & Entries.FILED) != 0 && Entries.filedLow(memory, e) == (int) deadlineMs) {
                return true;
            }
        }
        return false;
    }

    // ---- walking

    /** A living key chosen uniformly, or 0 when there is none. */
    public long random() {
        positioned = 0;
        return collected.random();
    }

    /**
     * One step of SCAN: collects about {@code count} entries from {@code cursor} on, see {@link #scanned}. Returns the
     * next cursor, 0 at the end. What is there from the first step to the last is collected at least once.
     */
    public long scan(long cursor, int count) {
        positioned = 0;
        return collected.scan(cursor, count);
    }

    /** Number of entries the last {@link #scan} collected. */
    public int scannedCount() {
        return collected.count();
    }

    /** The i-th entry the last {@link #scan} collected. */
    public long scanned(int i) {
        return collected.entry(i);
    }
}
