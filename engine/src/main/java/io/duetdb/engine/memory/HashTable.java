package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.HashTableSegment.ADDRESS_BITS;
import static io.duetdb.engine.memory.HashTableSegment.FIRST;
import static io.duetdb.engine.memory.HashTableSegment.HASH_BITS;
import static io.duetdb.engine.memory.HashTableSegment.LOG_PAGE;
import static io.duetdb.engine.memory.HashTableSegment.PAGE_HOMES;
import static io.duetdb.engine.memory.HashTableStructure.COUNT;
import static io.duetdb.engine.memory.HashTableStructure.entryAddress;
import static io.duetdb.engine.memory.HashTableStructure.entryDepth;
import static io.duetdb.engine.memory.HashTableStructure.globalDepth;
import static io.duetdb.engine.memory.HashTableStructure.rootAddress;
import static io.duetdb.engine.memory.HashTableStructure.rootLog;

import io.duetdb.engine.api.RandomSource;

/**
 * A hash table whose entries are addresses of blocks, all of it in pages: extendible hashing over segments of sorted
 * slots. It knows hashes and addresses, never keys: a caller looks an entry up by walking {@link #first} and
 * {@link #next} and comparing keys itself.
 *
 * <p>The object is a flyweight: {@link #wrap} sets it on a table of its memory (the owner's, or a frozen view's), any
 * number of flyweights may read and write the same table in turn. It keeps nothing of the table but its address and the
 * <i>remembered position</i>: that of the last {@code first} or {@code next} that found something, valid until the
 * table is next changed.
 *
 * <p>Hashes must be keyed and well mixed in their upper bits; 30 of them are kept in the slot. Not thread-safe.
 */
/*
 *   header block             directory, 4 bytes an entry              segments, a page each
 *  +------------------+     +-----------------------------+        +------+--------------------+-+
 *  | root             |---->| 000 -> segment, depth 2     |------->| head | slots of 00*       |0|
 *  | count            |     | 001 -> the same             |--^     +------+--------------------+-+
 *  | free position    |     | 010 -> segment, depth 3     |------->| head | slots of 010       |0|
 *  | segments of each |     | 011 -> segment, depth 3     |---     +------+--------------------+-+
 *  |   depth 0 .. 21  |     | 1.. ...                     |   '--->| head | slots of 011       |0|
 *  +------------------+     +-----------------------------+        +------+--------------------+-+
 *
 * A directory of global depth g is indexed by the first g bits of the hash. A segment of depth d <= g holds the hashes
 * with one prefix of d bits, and 2^(g-d) neighbouring entries point to it. An entry carries the depth too, so that a
 * lookup reads header, directory and slot, and never the segment's head. With one segment (g = 0) there is no
 * directory, the root is the segment itself; it starts as a block of 16 words and doubles up to 512 words before it
 * becomes a page.
 *
 * Inside a segment (HashTableSegment) slots are sorted by hash: linear probing that keeps order (Amble & Knuth,
 * "Ordered hash tables", Computer Journal 17, 1974), where the home of a hash is its bits after the prefix, scaled to
 * the number of homes. So a miss ends at the first larger hash, not at the next hole; a walk over the table in hash
 * order is a plain walk over memory; and SCAN needs no more than the next hash as its cursor: whatever splits or merges
 * meanwhile, a hash stays where it is in that order. (Redis needs reverse-binary cursors and may return an element
 * twice.)
 *
 * Splitting, merging and growing copy slots and never read a key: address and 30 absolute hash bits are all there is.
 * They build new segments and free the old ones, which under a frozen view is cheaper than writing into them, as a
 * freed page is dropped without being copied.
 *
 * When segments split. (Extendible hashing: Fagin, Nievergelt, Pippenger, Strong, ACM TODS 4, 1979.) A good hash fills
 * all segments alike, so with one limit they would all split within a few percent of growth; the limit is therefore
 * spread over LIMIT_MIN .. LIMIT_MAX by a mix of the prefix. A segment whose overflow is full splits early. Two buddies
 * merge when together they hold MERGE_LIMIT: far enough below the split limit that nothing splits soon after.
 *
 * Invariants, checked by HashTableInspector: those of the segments; depth and prefix in a head agree with the entries
 * that point to it; the counts of segments by depth and the count of entries are exact; the directory halves when no
 * segment needs it (a large one only when few segments are of the next lower depth, so that it doesn't flap).
 *
 * Cost: lookups, inserts and removals O(1) expected: one cache miss (the slot; the directory of a million keys has 4
 * KB) before the entry itself. The worst insert splits one segment (about 2000 slots moved) and, rarely, doubles the
 * directory (4 bytes per segment). Memory, 1000 to 4 million keys: 10.8 to 18.5 bytes a key, 15 on average (21 just
 * after the first page splits); a chained table has 8 to 16 for its buckets and 24 for each entry.
 *
 * Measured by bench.table.HashTableBenchmark (JDK 17, a shared virtual machine, best of many rounds, each operation
 * waiting for the one before), ns:
 *
 *   entries                              1000   1 million   5 million
 *   lookup that finds                      15          45         100
 *   lookup that doesn't                    20          57         108
 *   lookup, remove, lookup, insert         64         150         275
 *   insert, growing from nothing           25          70          99
 *
 * The figures of the larger tables depend on what else uses the caches. In the same minutes of a busy machine a lookup
 * in a batch of 16 after touchAll took 120-140 against 170-360 alone (1 million), 90-140 against 230-470 (5 million),
 * but 33 against 15 in a table that the near caches hold: small tables are better not touched ahead. One independent
 * random read of such an array costs 12 ns there, a dependent one 145, hence the short loop in touchAll.
 */
public final class HashTable {
    /** Receives the entries of a walk. Must not change the table that is walked. */
    @FunctionalInterface
    public interface SlotVisitor {
        /** One entry, as it was given to {@link HashTable#insert}. */
        void slot(long address);
    }

    private final PageMemory memory;
    private final HashTableStructure structure;
    private long header;

    // Set by seek(): the segment of a hash.
    private long segment;
    private int depth;
    private int log;

    // The remembered position, in `segment`.
    private int offset;
    private int bits;

    /** A flyweight for tables in {@code memory}; {@link #wrap} comes first. */
    public HashTable(PageMemory memory) {
        this.memory = memory;
        structure = new HashTableStructure(memory);
    }

    /** Makes an empty table and returns the address of its header, by which it is known from then on. */
    public static long create(PageMemory memory) {
        return HashTableStructure.create(memory);
    }

    /** Sets this flyweight on the table at {@code header} and forgets the remembered position. */
    public HashTable wrap(long header) {
        this.header = header;
        offset = 0;
        return this;
    }

    /** The address that {@link #create} returned for this table. */
    public long header() {
        return header;
    }

    /** Number of entries. */
    public long size() {
        return memory.getLong(header + COUNT);
    }

    /** The bits of {@code hash} that a slot keeps, as {@link #hashBits()} returns them. */
    public static long hashBits(long hash) {
        return hash >>> ADDRESS_BITS;
    }

    /** The 30 hash bits of the entry at the remembered position. */
    public long hashBits() {
        assert offset != 0 : "no position";
        return bits;
    }

    /**
     * The address of the first entry whose 30 upper hash bits are those of {@code hash}, remembered; 0 if there is
     * none. It may be another key's: compare, and go on with {@link #next}.
     */
    public long first(long hash) {
        int wanted = (int) (hash >>> ADDRESS_BITS);
        int homes = seek(wanted);
        bits = wanted;
        byte[] bytes = memory.array(segment);
        int base = memory.index(segment);
        int home = HashTableSegment.home(wanted, depth, homes);
        int at = HashTableSegment.seek(bytes, base + home, HashTableSegment.atLeast(wanted));
        return remember(at - base, HashTableSegment.word(bytes, at));
    }

    /** The address of the next entry with the same 30 hash bits, remembered; 0 if there is none. */
    public long next() {
        assert offset != 0 : "no position";
        return remember(offset + 8, memory.getLong(segment + offset + 8));
    }

    private long remember(int at, long slot) {
        if (slot == 0 || HashTableSegment.bits(slot) != bits) {
            offset = 0;
            return 0;
        }
        offset = at;
        return HashTableSegment.address(slot);
    }

    /** Loads the cache line of {@code hash}'s home slot, before the commands of a batch run; fold the result away. */
    public long touch(long hash) {
        return memory.getLong(homeAddress((int) (hash >>> ADDRESS_BITS)));
    }

    /** As {@link #first}, without touching the remembered position: a candidate whose block is worth loading, or 0. */
    public long touchSlot(long hash) {
        int wanted = (int) (hash >>> ADDRESS_BITS);
        long home = homeAddress(wanted);
        byte[] bytes = memory.array(home);
        int index = memory.index(home);
        int at = HashTableSegment.seek(bytes, index, HashTableSegment.atLeast(wanted));
        long slot = HashTableSegment.word(bytes, at);
        return slot != 0 && HashTableSegment.bits(slot) == wanted ? HashTableSegment.address(slot) : 0;
    }

    /**
     * {@link #touchSlot} for a whole batch, with cache misses that overlap: puts a candidate or 0 for each of the first
     * {@code count} hashes into {@code candidates}. Loading the blocks of all candidates in one tight loop afterwards
     * is up to the caller. Fold the result away.
     */
    public long touchAll(long[] hashes, int count, long[] candidates) {
        for (int i = 0; i < count; i++) {
            candidates[i] = homeAddress((int) (hashes[i] >>> ADDRESS_BITS));
        }
        long folded = 0;
        for (int i = 0; i < count; i++) { // so few instructions each that the processor sees many misses at once
            folded |= memory.getLong(candidates[i]);
        }
        for (int i = 0; i < count; i++) {
            candidates[i] = touchSlot(hashes[i]);
        }
        return folded;
    }

    private long homeAddress(int wanted) {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        long place = rootAddress(root);
        if (global == 0) {
            return place + HashTableSegment.home(wanted, 0, HashTableSegment.homes(rootLog(root)));
        }
        int entry = memory.getInt(place + ((long) (wanted >>> (HASH_BITS - global)) << 2));
        return entryAddress(entry) + HashTableSegment.home(wanted, entryDepth(entry), PAGE_HOMES);
    }

    /** Makes the entry at the remembered position another block's; its hash stays. The position stays too. */
    public void replace(long address) {
        assert offset != 0 : "no position";
        assert isAddress(address) : address;
        byte[] bytes = memory.writableArray(segment);
        HashTableSegment.setWord(bytes, memory.index(segment) + offset, HashTableSegment.slot(bits, address));
    }

    /** Adds an entry that the caller knows to be absent. May split one segment. */
    public void insert(long hash, long address) {
        assert isAddress(address) : address;
        int wanted = (int) (hash >>> ADDRESS_BITS);
        int homes = seek(wanted);
        while (!insertHere(wanted, HashTableSegment.home(wanted, depth, homes), address)) {
            structure.makeRoom(header, segment, depth, log);
            homes = seek(wanted);
        }
        offset = 0;
        memory.putLong(header + COUNT, memory.getLong(header + COUNT) + 1);
    }

    private boolean insertHere(int wanted, int home, long address) {
        byte[] bytes = memory.array(segment);
        int base = memory.index(segment);
        long head = HashTableSegment.word(bytes, base);
        if (HashTableSegment.count(head) >= HashTableSegment.limit(head)) {
            return false;
        }
        int at = HashTableSegment.seek(bytes, base + home, HashTableSegment.above(wanted)) - base;
        int empty = HashTableSegment.firstEmpty(bytes, base, at);
        if (empty == HashTableSegment.end(log)) {
            return false;
        }
        byte[] writable = memory.writableArray(segment);
        int writableBase = memory.index(segment);
        HashTableSegment.open(writable, writableBase, at, empty, HashTableSegment.slot(wanted, address));
        HashTableSegment.setWord(writable, writableBase, head + 1);
        return true;
    }

    /** Takes the entry at the remembered position out. May merge segments or shrink the only one. */
    public void remove() {
        assert offset != 0 : "no position";
        byte[] bytes = memory.writableArray(segment);
        int base = memory.index(segment);
        HashTableSegment.close(bytes, base, offset, depth, HashTableSegment.homes(log));
        long head = HashTableSegment.word(bytes, base) - 1;
        HashTableSegment.setWord(bytes, base, head);
        memory.putLong(header + COUNT, memory.getLong(header + COUNT) - 1);
        offset = 0;
        structure.shrinkAfterRemoval(header, segment, depth, log, HashTableSegment.count(head));
    }

    /**
     * Visits about {@code count} entries (always all with equal hash bits) in the order of their hashes, from
     * {@code cursor} on, and returns the cursor to go on with, 0 at the end. A walk starts with 0. What is in the table
     * from the start of a walk to its end is visited once, whatever happens to the table between calls.
     */
    public long scan(long cursor, int count, SlotVisitor visitor) {
        long at = cursor;
        int left = Math.max(count, 1);
        while (at >>> HASH_BITS == 0) {
            int from = (int) at;
            int homes = seek(from);
            offset = 0;
            int last = -1;
            int shift = HASH_BITS - depth;
            long end = segment + HashTableSegment.end(log);
            // The visitor may write elsewhere, or look up here, so nothing of the segment is kept across its call.
            for (long place = segment + HashTableSegment.home(from, depth, homes); place < end; place += 8) {
                long slot = memory.getLong(place);
                int found = HashTableSegment.bits(slot);
                if (slot != 0 && found >= from) {
                    if (left <= 0 && found != last) {
                        return found;
                    }
                    visitor.slot(HashTableSegment.address(slot));
                    last = found;
                    left--;
                }
            }
            at = (long) ((from >>> shift) + 1) << shift;
            if (left <= 0) {
                break;
            }
        }
        return at >>> HASH_BITS == 0 ? at : 0;
    }

    /**
     * Takes about {@code count} slots from {@code cursor} on (0 = the begin) into {@code run}, in the order of their hash
     * bits; slots of the same bits are never separated. Returns the cursor for what follows, 0 at the end. The table must
     * not change between the calls. Forgets the remembered position.
     */
    public long slots(long cursor, int count, SlotRun run) {
        run.clear();
        long at = cursor;
        offset = 0;
        while (at >>> HASH_BITS == 0 && run.count() < count) {
            int from = (int) at;
            int homes = seek(from);
            int shift = HASH_BITS - depth;
            byte[] bytes = memory.array(segment);
            int base = memory.index(segment);
            int end = base + HashTableSegment.end(log);
            int last = -1;
            for (int place = base + HashTableSegment.home(from, depth, homes); place < end; place += 8) {
                long slot = HashTableSegment.word(bytes, place);
                int found = HashTableSegment.bits(slot);
                if (slot != 0 && found >= from) {
                    if (run.count() >= count && found != last) {
                        return found;
                    }
                    run.add(slot);
                    last = found;
                }
            }
            at = (long) ((from >>> shift) + 1) << shift;
        }
        return at >>> HASH_BITS == 0 ? at : 0;
    }

    /** An entry, each as likely as any other; 0 if the table is empty. Forgets the remembered position. */
    public long random(RandomSource random) {
        if (size() == 0) {
            return 0;
        }
        offset = 0;
        long root = memory.getLong(header);
        int global = globalDepth(root);
        long place = rootAddress(root);
        int slots = HashTableSegment.slots(rootLog(root));
        while (true) {
            long chance = random.nextLong();
            if (global != 0) {
                int index = (int) (chance >>> (Long.SIZE - global));
                int entry = memory.getInt(rootAddress(root) + ((long) index << 2));
                // Of the entries that point to a segment only the first counts, so depth gives no advantage.
                if ((index & ((1 << (global - entryDepth(entry))) - 1)) != 0) {
                    continue;
                }
                place = entryAddress(entry);
            }
            int slot = (int) ((chance & 0xFFFF_FFFFL) * slots >>> 32);
            long word = memory.getLong(place + FIRST + ((long) slot << 3));
            if (word != 0) {
                return HashTableSegment.address(word);
            }
        }
    }

    /** Frees the table, but not its entries' blocks, in one go. */
    public void free() {
        structure.free(header);
        header = 0;
        offset = 0;
    }

    /**
     * Frees the table step by step: hands up to {@code budget} entries (which the visitor may free) and segments out,
     * and returns the unspent budget (0 or more) once the whole table with its header is gone, -1 while there is more
     * to do. After the first step nothing but this and {@link #size} may be called.
     */
    public int freeStep(int budget, SlotVisitor entry) {
        offset = 0;
        return structure.freeStep(header, budget, entry);
    }

    /** Bytes of the structure: header, directory and segments, without the entries. Costs O(1). */
    public long bytes() {
        return structure.bytes(header);
    }

    // ---- where a hash belongs

    /** Sets segment, depth and log to where {@code wanted} belongs; returns the segment's number of homes. */
    private int seek(int wanted) {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        if (global == 0) {
            segment = rootAddress(root);
            depth = 0;
            log = rootLog(root);
            return HashTableSegment.homes(log);
        }
        int entry = memory.getInt(rootAddress(root) + ((long) (wanted >>> (HASH_BITS - global)) << 2));
        segment = entryAddress(entry);
        depth = entryDepth(entry);
        log = LOG_PAGE;
        return PAGE_HOMES;
    }

    private static boolean isAddress(long address) {
        return address > 0 && (address & 7) == 0 && address >>> (ADDRESS_BITS + 3) == 0;
    }
}
