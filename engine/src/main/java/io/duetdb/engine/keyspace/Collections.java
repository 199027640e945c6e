package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.value.Hash;
import io.duetdb.engine.value.ListValue;
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ZSet;
import org.jspecify.annotations.Nullable;

/**
 * The hashes, lists, sets and sorted sets of one {@link Database}, found by key. Three ways to look one up: for reading
 * (counts a hit or miss), for writing, and for writing with a new, empty value where there is none. Whoever leaves a
 * value empty removes its key ({@code Call.deleteIfEmpty}).
 *
 * <p>Handles come from {@link Handles} and are good until the command ends, as long as their key is not deleted,
 * renamed or given a time to live. Two handles on one value must not be used after one of them has written.
 */
public final class Collections {
    private final Database db;
    private final Keyspace keyspace;
    private final PageMemory memory;
    private final Handles handles;

    Collections(Database db, Keyspace keyspace, PageMemory memory) {
        this.db = db;
        this.keyspace = keyspace;
        this.memory = memory;
        this.handles = keyspace.handles();
    }

    // ---- for reading

    /** The hash of a key for reading, or null. @throws CommandError WRONGTYPE */
    public @Nullable Hash hash(Argv argv, int key) {
        return living(checked(db.find(argv, key), ValueType.HASH));
    }

    /** The list of a key for reading, or null. @throws CommandError WRONGTYPE */
    public @Nullable ListValue list(Argv argv, int key) {
        long e = checked(db.find(argv, key), ValueType.LIST);
        return e == 0 ? null : handles.list(Entries.valueAt(memory, e));
    }

    /** The set of a key for reading, or null. @throws CommandError WRONGTYPE */
    public @Nullable SetValue set(Argv argv, int key) {
        long e = checked(db.find(argv, key), ValueType.SET);
        return e == 0 ? null : handles.set(Entries.valueAt(memory, e));
    }

    /**
     * The address of the word of a key's set for reading, or 0: for one handle ({@link #setAtSlot}) that is set on many
     * values in turn.
     *
     * @throws CommandError WRONGTYPE
     */
    public long setSlot(Argv argv, int key) {
        long e = checked(db.find(argv, key), ValueType.SET);
        return e == 0 ? 0 : Entries.valueAt(memory, e);
    }

    /** The sorted set of a key for reading, or null. @throws CommandError WRONGTYPE */
    public @Nullable ZSet zset(Argv argv, int key) {
        long e = checked(db.find(argv, key), ValueType.ZSET);
        return e == 0 ? null : handles.zset(Entries.valueAt(memory, e));
    }

    // ---- for writing

    /** The hash of a key for writing, or null. @throws CommandError WRONGTYPE */
    public @Nullable Hash hashForWrite(Argv argv, int key) {
        return living(checked(db.findForWrite(argv, key), ValueType.HASH));
    }

    /** Sees to it that the fields of a key's hash can have deadlines. The hash is not empty. */
    public void makeHead(Argv argv, int key, Hash hash) {
        if (hash.head() == 0) {
            hash.makeHead();
            long e = db.peek(argv, key);
            FieldExpiry.belongsTo(memory, e, keyspace.ownerOf(db), db.hashOf(e));
        }
    }

    /** The list of a key for writing, or null. @throws CommandError WRONGTYPE */
    public @Nullable ListValue listForWrite(Argv argv, int key) {
        long e = checked(db.findForWrite(argv, key), ValueType.LIST);
        return e == 0 ? null : handles.list(Entries.valueAt(memory, e));
    }

    /** The set of a key for writing, or null. @throws CommandError WRONGTYPE */
    public @Nullable SetValue setForWrite(Argv argv, int key) {
        long e = checked(db.findForWrite(argv, key), ValueType.SET);
        return e == 0 ? null : handles.set(Entries.valueAt(memory, e));
    }

    /** The sorted set of a key for writing, or null. @throws CommandError WRONGTYPE */
    public @Nullable ZSet zsetForWrite(Argv argv, int key) {
        long e = checked(db.findForWrite(argv, key), ValueType.ZSET);
        return e == 0 ? null : handles.zset(Entries.valueAt(memory, e));
    }

    // ---- for writing, made where there is none

    /** The hash of a key, made empty where there is none. @throws CommandError WRONGTYPE */
    public Hash hashOrCreate(Argv argv, int key) {
        Hash hash = hashForWrite(argv, key);
        return hash != null ? hash : handles.hash(Entries.valueAt(memory, create(argv, key, ValueType.HASH)));
    }

    /** The list of a key, made empty where there is none. @throws CommandError WRONGTYPE */
    public ListValue listOrCreate(Argv argv, int key) {
        return handles.list(Entries.valueAt(memory, entryOrCreate(argv, key, ValueType.LIST)));
    }

    /** The set of a key, made empty where there is none. @throws CommandError WRONGTYPE */
    public SetValue setOrCreate(Argv argv, int key) {
        return handles.set(Entries.valueAt(memory, entryOrCreate(argv, key, ValueType.SET)));
    }

    /** The sorted set of a key, made empty where there is none. @throws CommandError WRONGTYPE */
    public ZSet zsetOrCreate(Argv argv, int key) {
        return handles.zset(Entries.valueAt(memory, entryOrCreate(argv, key, ValueType.ZSET)));
    }

    // ---- by entry

    /** A handle on the value of an entry that is no string. */
    public Value at(long e) {
        return handles.of(db.type(e), Entries.valueAt(memory, e));
    }

    /** The sorted set of an entry of that type. */
    public ZSet zsetAt(long e) {
        return handles.zset(Entries.valueAt(memory, e));
    }

    /** The set of an entry of that type. */
    public SetValue setAt(long e) {
        return handles.set(Entries.valueAt(memory, e));
    }

    /** A handle on a set by the address of its word, from {@link #setSlot}. */
    public SetValue setAtSlot(long slot) {
        return handles.set(slot);
    }

    // ---- results that are built before they get a key (SINTERSTORE ...)

    /** An empty set that no key has yet: for {@link #store}, or to be freed before the command ends. */
    public SetValue temporarySet() {
        return handles.set(keyspace.temporarySlot());
    }

    /** An empty sorted set that no key has yet, as {@link #temporarySet}. */
    public ZSet temporaryZset() {
        return handles.zset(keyspace.temporarySlot());
    }

    /** An empty list that no key has yet, as {@link #temporarySet}. */
    public ListValue temporaryList() {
        return handles.list(keyspace.temporarySlot());
    }

    /** An empty hash that no key has yet, as {@link #temporarySet}. */
    public Hash temporaryHash() {
        return handles.hash(keyspace.temporarySlot());
    }

    /**
     * Gives a temporary value to a key, whatever that held before, without a time to live. The value must not be empty;
     * its handle is dead.
     */
    public void store(Argv argv, int key, Value temporary) {
        store(argv, key, db.delete(argv, key), temporary, Entries.NO_EXPIRE);
    }

    /** The same for a key that is not there, or {@code inPlace} was a moment ago, with its deadline. */
    void store(Argv argv, int key, boolean inPlace, Value temporary, long expireAt) {
        ValueType type = temporary instanceof SetValue
                ? ValueType.SET
                : temporary instanceof ZSet
                        ? ValueType.ZSET
                        : temporary instanceof Hash ? ValueType.HASH : ValueType.LIST;
        long word = keyspace.takeTemporary(temporary.slot());
        int head = expireAt == Entries.NO_EXPIRE ? type.ordinal() : type.ordinal() | Entries.EXPIRE_AREA;
        long e = entry(argv, key, head, word);
        if (inPlace) {
            db.adoptInPlace(argv, key, e, expireAt);
        } else {
            db.adopt(argv, key, e, expireAt);
        }
    }

    /** Frees a temporary value that gets no key; its handle is dead. */
    public void discard(Value temporary) {
        temporary.free();
        keyspace.takeTemporary(temporary.slot());
    }

    /** The hash of an entry, unless its last fields were over and it went with them; or none. */
    private @Nullable Hash living(long e) {
        if (e == 0) {
            return null;
        }
        Hash hash = handles.hash(Entries.valueAt(memory, e));
        return hash.hasDeadlines() && !keyspace.fields().settle(db, e, hash) ? null : hash;
    }

    private long checked(long e, ValueType type) {
        if (e != 0 && db.type(e) != type) {
            throw Errors.WRONGTYPE;
        }
        return e;
    }

    private long entryOrCreate(Argv argv, int key, ValueType type) {
        long e = checked(db.findForWrite(argv, key), type);
        return e != 0 ? e : create(argv, key, type);
    }

    private long create(Argv argv, int key, ValueType type) {
        long e = entry(argv, key, type.ordinal(), 0);
        db.adopt(argv, key, e, Entries.NO_EXPIRE);
        return e;
    }

    private long entry(Argv argv, int key, int head, long word) {
        long e = Entries.create(memory, argv, key, head, keyspace.accessClock(), Entries.REFERENCE);
        memory.putLong(Entries.valueAt(memory, e), word);
        return e;
    }
}
