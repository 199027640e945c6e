package io.duetdb.engine.keyspace;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;
import io.duetdb.engine.memory.TimingWheel;
import io.duetdb.engine.memory.View;
import io.duetdb.engine.stats.Stats;
import io.duetdb.engine.value.Limits;
import io.duetdb.engine.value.ValueReclaiming;
import io.duetdb.engine.value.ValueSpace;

/**
 * All databases over one page memory, with the wheel that expires their keys and the queue that frees big values. Time
 * stands still between two calls of {@link #now}: the caller, who owns the clock, moves it.
 *
 * <p>Everything that says where the data is stands in the memory's roots and pages, so a view or a roll-back needs no
 * more than re-reading them ({@link #attach}).
 */
public final class Keyspace {
    /** Stands for "all databases" where a number is asked for. */
    public static final int ALL = -1;

    private static final long SWEEP_MIN = 4096;

    /** Blocks that a command frees at most before it is refused for lack of room. */
    private static final int RECLAIM_STEP = 2000;

    private static final int ROOT_TABLES = 0;
    private static final int ROOT_WHEEL = 1;
    private static final int ROOT_RECLAIMER = 2;
    private static final int ROOT_TEMPORARY = 3;
    private static final int ROOT_FIELDS = 4;

    /** Words for values that have no key yet. */
    private static final int TEMPORARIES = 8;

    private static final int[] NO_HANDLES = new int[Handles.MARK];

    /** Bytes of a database's record: address of its table (8), what {@link TtlCount} counts (16), its owner (8). */
    private static final int RECORD = 32;

    /**
     * Where in the record stands by which number the wheel knows the keys. That number moves along when two databases
     * change places, so the records that are filed stay right.
     */
    static final int OWNER = 24;

    private final PageMemory memory;
    private final Database[] databases;
    private final int[] byOwner;
    private final TimingWheel wheel;
    private final Reclaimer reclaimer;
    private final KeyedHash hash;
    private final RandomSource random;
    private final Stats stats;
    private final TimingWheel.Listener onFire = this::fired;
    private final TimingWheel.Filter recordFilter = this::recordLives;
    private final HashTable.SlotVisitor discardEntry;
    private final HashTable sweeping;
    private final Transfers transfers;
    private final Limits limits = new Limits();
    private final ValueSpace values;
    private final MembersAhead membersAhead;
    private final Handles handles;
    private final Handles releasing;
    private final FieldExpiry fields;

    private KeyspaceListener listener = (db, key, offset, length) -> {};
    private boolean tellCreated;
    private boolean tellMissed;
    private long nowMs;
    private long overdueBefore;
    private int accessClock;
    private boolean touching = true;
    private boolean expiring = true;
    private boolean activeExpire = true;
    private long orphanedRecords;
    private boolean sweepingRecords;

    /**
     * Empty databases.
     *
     * @param limitBytes the memory limit
     * @param checked whether the memory checks every access (tests)
     */
    public Keyspace(
            int databaseCount,
            BlockSource blocks,
            long limitBytes,
            boolean checked,
            KeyedHash hash,
            RandomSource random,
            Stats stats,
            long nowMs) {
        this.memory = new PageMemory(blocks, limitBytes, checked);
        this.hash = hash;
        this.random = random;
        this.stats = stats;
        this.wheel = new TimingWheel(memory);
        this.reclaimer = new Reclaimer(memory);
        this.values = new ValueSpace(memory, hash, random, limits, reclaimer);
        now(nowMs);
        ValueReclaiming.plugInto(reclaimer, values);
        this.membersAhead = new MembersAhead(memory, values);
        this.fields = new FieldExpiry(this, wheel, values);
        values.deadlines(fields);
        this.handles = new Handles(values);
        this.releasing = new Handles(values);
        this.databases = new Database[databaseCount];
        this.byOwner = new int[databaseCount];
        for (int i = 0; i < databaseCount; i++) {
            databases[i] = new Database(this, memory, i);
        }
        this.sweeping = new HashTable(memory);
        this.discardEntry = databases[0]::discard;
        this.transfers = new Transfers(this, memory);
        create();
    }

    private void create() {
        long tables = memory.allocatePages(pagesFor(databases.length), Kind.ROOT);
        for (int i = 0; i < databases.length; i++) {
            memory.putLong(recordAt(tables, i), HashTable.create(memory));
            memory.putLong(recordAt(tables, i) + OWNER, i);
        }
        memory.root(ROOT_TABLES, tables);
        memory.root(ROOT_WHEEL, TimingWheel.create(memory, nowMs));
        memory.root(ROOT_RECLAIMER, Reclaimer.create(memory));
        long temporaries = memory.allocate(TEMPORARIES * Long.BYTES, Kind.VALUE);
        memory.fill(temporaries, TEMPORARIES * Long.BYTES, 0);
        memory.root(ROOT_TEMPORARY, temporaries);
        memory.root(ROOT_FIELDS, FieldExpiry.create(memory));
        attach();
    }

    private static int pagesFor(int databases) {
        int pages = 1;
        while ((long) pages * PageMemory.PAGE_BYTES < (long) databases * RECORD) {
            pages <<= 1;
        }
        return pages;
    }

    /** Where a database's record stands; records never straddle pages. */
    static long recordAt(long tables, int index) {
        return tables + (long) index * RECORD;
    }

    /** Reads again where everything is: after the memory was rolled back. */
    private void attach() {
        long tables = memory.root(ROOT_TABLES);
        for (int i = 0; i < databases.length; i++) {
            attach(tables, i);
        }
        wheel.wrap(memory.root(ROOT_WHEEL));
        reclaimer.wrap(memory.root(ROOT_RECLAIMER));
        fields.wrap(memory.root(ROOT_FIELDS));
    }

    private void attach(long tables, int index) {
        long record = recordAt(tables, index);
        int owner = (int) memory.getLong(record + OWNER);
        databases[index].attach(record, owner);
        byOwner[owner] = index;
    }

    // ---- surroundings

    /** Loads fields and members of big collections before a pipeline asks for them. */
    public MembersAhead membersAhead() {
        return membersAhead;
    }

    /** The keyed hash of the keyspace, for other tables of names that clients choose. */
    public KeyedHash keyHash() {
        return hash;
    }

    /** Who hears of expired keys. */
    public void listener(KeyspaceListener value) {
        listener = value;
    }

    /** Says whether the listener is told of new keys and of reads that find none. Not at first. */
    public void tell(boolean created, boolean missed) {
        tellCreated = created;
        tellMissed = missed;
    }

    void created(Database db, Argv argv, int key) {
        if (tellCreated) {
            listener.created(db, argv.array(key), argv.offset(key), argv.length(key));
        }
    }

    void missed(Database db, Argv argv, int key) {
        stats.keyspaceMisses++;
        if (tellMissed) {
            listener.missed(db, argv.array(key), argv.offset(key), argv.length(key));
        }
    }

    /** Moves time: {@code ms} since the epoch. */
    public void now(long ms) {
        nowMs = ms;
        overdueBefore = expiring ? ms : Long.MIN_VALUE;
        values.overdueBefore(overdueBefore);
        accessClock = (int) (ms / 1000) & 0xFFFFFF;
    }

    /**
     * Says whether keys expire. While effects are replayed they don't, whatever their deadlines: when the key went is
     * among the effects.
     */
    public void expiring(boolean value) {
        expiring = value;
        now(nowMs);
    }

    boolean expiring() {
        return expiring;
    }

    /** Keys whose deadline is before this are not there any more. */
    long overdueBefore() {
        return overdueBefore;
    }

    /** The time that stands still, ms since the epoch. */
    public long nowMs() {
        return nowMs;
    }

    /** What a read notes in an entry: seconds, 24 bits. */
    /** Whether reads note their time; {@code false} for a client that asked them not to (CLIENT NO-TOUCH). */
    public void touching(boolean value) {
        touching = value;
    }

    boolean touching() {
        return touching;
    }

    /** The access clock's present time. */
    int accessClock() {
        return accessClock;
    }

    RandomSource random() {
        return random;
    }

    Stats stats() {
        return stats;
    }

    long hash(byte[] b, int offset, int length) {
        long h = hash.hash(b, offset, length);
        return h == 0 ? 1 : h; // 0 means "not computed" to Argv
    }

    public int count() {
        return databases.length;
    }

    /** A database by its number. */
    public Database db(int index) {
        return databases[index];
    }

    /** Keys in all databases. */
    public long size() {
        long n = 0;
        for (Database db : databases) {
            n += db.size();
        }
        return n;
    }

    // ---- memory

    /** Bytes in use, to the page. */
    public long usedBytes() {
        return memory.usedBytes();
    }

    /** Bytes taken from the Java heap so far. */
    public long heldBytes() {
        return memory.heldBytes();
    }

    /** The limit that commands which add data must respect. */
    public long limitBytes() {
        return memory.limitBytes();
    }

    public void limitBytes(long bytes) {
        memory.limitBytes(bytes);
    }

    /** Whether commands that may add data are to be refused now. What was deleted but not freed yet is freed first. */
    public boolean outOfRoom() {
        return memory.lowOnRoom() && (reclaim(RECLAIM_STEP) == 0 || memory.lowOnRoom());
    }

    /** Whether a command that is about to store {@code bytes} at once is to be refused: it could not end. */
    public boolean outOfRoom(long bytes) {
        while (memory.lowOnRoom(bytes)) {
            if (reclaim(RECLAIM_STEP) == 0) {
                return true;
            }
        }
        return false;
    }

    /** The memory itself, for tests and dumps. */
    public PageMemory memory() {
        return memory;
    }

    // ---- values

    /** Up to which size collections are compact: to be kept as the settings say. */
    public Limits limits() {
        return limits;
    }

    /** The handles that commands take. */
    public Handles handles() {
        return handles;
    }

    /** Frees the value whose word stands at {@code slot}; big ones in budgets. */
    void releaseValue(ValueType type, long slot) {
        releasing.of(type, slot).free();
        releasing.release(NO_HANDLES);
    }

    /** A word for a value that has no key yet: it is 0, and has to be 0 again when the command ends. */
    long temporarySlot() {
        int number = handles.temporary();
        if (number >= TEMPORARIES) {
            throw new IllegalStateException("one command needs no more than " + TEMPORARIES + " values without a key");
        }
        return memory.root(ROOT_TEMPORARY) + (long) number * Long.BYTES;
    }

    /** Takes a temporary value out of its word. */
    long takeTemporary(long slot) {
        long word = memory.getLong(slot);
        memory.putLong(slot, 0);
        return word;
    }

    void releaseChunks(long root, long length) {
        if (length <= 64 * 1024) {
            io.duetdb.engine.memory.ChunkedBytes.free(memory, root, length);
        } else {
            reclaimer.chunks(root, length);
        }
    }

    /**
     * Frees what was set aside, up to about {@code budget} blocks. Returns the work done; 0 when nothing is left.
     */
    public int reclaim(int budget) {
        int done = reclaimer.step(budget, sweeping, discardEntry);
        return done + (done < budget ? memory.reclaim(budget - done) : 0);
    }

    // ---- whole databases

    /** Empties a database, or {@link #ALL}. The memory comes back in budgets. Returns the number of keys that went. */
    public long flush(int index) {
        long gone = index == ALL ? size() : databases[index].size();
        if (index == ALL || gone == size()) {
            memory.clear();
            orphanedRecords = 0;
            sweepingRecords = false;
            create();
        } else if (gone > 0) {
            long tables = memory.root(ROOT_TABLES);
            long record = recordAt(tables, index);
            long old = memory.getLong(record);
            orphanedRecords += gone;
            memory.putLong(record, HashTable.create(memory));
            TtlCount.clear(memory, record);
            attach(tables, index);
            reclaimer.table(old);
        }
        return gone;
    }

    /** Lets two databases change their contents, times to live included. O(1). */
    public void swap(int first, int second) {
        if (first == second) {
            return;
        }
        long tables = memory.root(ROOT_TABLES);
        long a = recordAt(tables, first);
        long b = recordAt(tables, second);
        for (int at = 0; at < RECORD; at += Long.BYTES) {
            long word = memory.getLong(a + at);
            memory.putLong(a + at, memory.getLong(b + at));
            memory.putLong(b + at, word);
        }
        attach(tables, first);
        attach(tables, second);
    }

    /** Moves, renames and copies keys. */
    public Transfers transfers() {
        return transfers;
    }

    /** Freezes all databases; see {@link FrozenKeyspace}. */
    public FrozenKeyspace freeze(long offset) {
        View view = memory.freeze();
        return new FrozenKeyspace(
                memory,
                view,
                values.over(view.memory()),
                databases.length,
                view.memory().root(ROOT_TABLES),
                view.memory().root(ROOT_FIELDS),
                offset,
                nowMs);
    }

    /** Reads the value of an entry. */
    public Snapshot.ValueReader reader(long e) {
        return new EntryReader(values).at(e);
    }

    /** The digest of an entry's value as DEBUG DIGEST-VALUE shows it: 20 bytes. O(length). */
    public byte[] digestOf(long e) {
        byte[] digest = new byte[20];
        new Digest().value(digest, Entries.expireAt(memory, e), new EntryReader(values).at(e));
        return digest;
    }

    /** Makes a frozen state the present one again. */
    public void rollBack(FrozenKeyspace frozen) {
        memory.rollBack(frozen.view());
        attach();
    }

    // ---- expiry

    /** Switches the background cycle (DEBUG SET-ACTIVE-EXPIRE). */
    public void activeExpire(boolean on) {
        activeExpire = on;
    }

    void file(long deadlineMs, int owner, long keyHash) {
        wheel.file(deadlineMs, owner, TimingWheel.KEY, keyHash);
    }

    /** A key's time is over: tells the listener and removes the entry. */
    void expired(Database db, long e) {
        if (Entries.keyIsInline(memory, e)) {
            long at = Entries.keyAt(memory, e);
            listener.expired(db, memory.array(at), memory.index(at), Entries.keyLength(memory, e));
        } else {
            byte[] key = db.key(e);
            listener.expired(db, key, 0, key.length);
        }
        stats.expiredKeys++;
        db.remove(e);
    }

    /**
     * Expires keys whose time is over, in the order of their deadlines, with at most {@code budget} units of work.
     * Returns the work done; less than the budget means that nothing is due.
     */
    public int expireCycle(int budget) {
        if (!activeExpire || !expiring) {
            return 0;
        }
        int done = wheel.advance(nowMs - 1, budget, onFire); // a key lives through the ms of its deadline
        if (sweepingRecords || (orphanedRecords > SWEEP_MIN && orphanedRecords > wheel.count() / 2)) {
            sweepRecords(budget);
        }
        return done;
    }

    /** Ms until the next deadline, at least 0, or -1 when none is filed. A hint: nothing may be due then. */
    public long nextDeadlineInMs() {
        long at = activeExpire && expiring ? wheel.nextDeadlineHint() : -1;
        return at < 0 || at == Long.MAX_VALUE ? -1 : Math.max(0, at + 1 - nowMs);
    }

    private void fired(long deadlineMs, int owner, int kind, long hash) {
        if (kind == TimingWheel.FIELD) {
            fields.fired(deadlineMs, hash);
        } else {
            databases[byOwner[owner]].recordFired(deadlineMs, hash);
        }
    }

    /** Times to live of fields. */
    FieldExpiry fields() {
        return fields;
    }

    /** By which number the wheel knows the keys of a database. */
    int ownerOf(Database db) {
        return (int) memory.getLong(recordAt(memory.root(ROOT_TABLES), db.index()) + OWNER);
    }

    /** The database whose keys the wheel knows by a number. */
    Database ownedBy(int owner) {
        return databases[byOwner[owner]];
    }

    KeyspaceListener listener() {
        return listener;
    }

    /** Whether something may be overdue that no record has fired for yet. */
    boolean due() {
        return expiring && wheel.due(nowMs - 1);
    }

    /** What was filed went: these records will fire for nobody, or be swept. */
    void recordsOrphaned(long records) {
        orphanedRecords += records;
    }

    void orphanFired() {
        if (orphanedRecords > 0) {
            orphanedRecords--;
        }
    }

    /**
     * Drops records whose keys are gone, part by part. Deleting a key leaves its record; without this, keys that are
     * made and deleted with a long time to live would fill memory with records. Amortised O(1) per deletion, because a
     * sweep starts only when orphans are half of all records.
     */
    private void sweepRecords(int budget) {
        sweepingRecords = wheel.sweep(budget, recordFilter);
        if (!sweepingRecords) {
            orphanedRecords = 0;
        }
    }

    private boolean recordLives(long deadlineMs, int owner, int kind, long hash) {
        return kind == TimingWheel.FIELD
                ? fields.recordLives(deadlineMs, hash)
                : databases[byOwner[owner]].recordLives(deadlineMs, hash);
    }
}
