package io.duetdb.engine.value;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.SizedString;
import io.duetdb.engine.memory.SlotRun;
import java.util.Arrays;

/**
 * A set of any size in no order: {@link Encoding#HASHTABLE}, a hash table whose slots refer to members, each a block of
 * its own ({@link Element}). Its root is the table's header, which stays when the set becomes empty.
 *
 * <p>Members are walked in the order of their hashes, some dozens at a time: as their blocks stay where they are, a
 * walk goes on whatever is taken out of the set behind it.
 */
final class TableSet implements SetRep {
    /**
     * From this size on members are looked up many at once. Measured, a lookup of SINTERCARD on a busy machine: of 400,000
     * members 140 ns against 250 one by one, but of 10,000, which the caches hold, 65 to 95 against 60 to 80.
     */
    static final int LOOKED_UP_AHEAD = 20_000;

    /**
     * How many times as many members as another a set may have for both to be walked side by side, instead of looking the
     * other's up here. A step of the walk costs some 2 ns, a lookup 60 and more.
     */
    private static final int SIDE_BY_SIDE = 16;

    private static final int BATCH = 64;

    /** A longer list of members is not kept for the next set. */
    private static final int BATCH_KEPT = 4096;

    /** Members by which the size of all is estimated. */
    private static final int SAMPLE = 4096;

    /** Digits, and a sign, of an integer. */
    private static final int LONGEST_INTEGER = 20;

    private static final byte[] EMPTY = new byte[0];

    private final ValueSpace space;
    private final PageMemory memory;
    private final HashTable table;
    private final ElementTable elements;
    private final HashTable.SlotVisitor collect = this::collect;
    private final HashTable.SlotVisitor freeMember = this::freeMember;

    // The position: a member's block, and the stretch of a walk in which it stands.
    private long here;
    private boolean walking;
    private long[] batch = new long[BATCH];
    private int batchCount;
    private int batchAt;
    private long cursor;

    // What is looked up together.
    private long[] hashes = new long[0];
    private long[] candidates = new long[0];
    private int[] places = new int[0];
    private long touched;
    private final SlotRun run = new SlotRun();

    // The member that was loaded last.
    private byte[] bytes = EMPTY;
    private int from;

    TableSet(ValueSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.table = new HashTable(memory);
        this.elements = new ElementTable(memory, space.reclaimer());
    }

    /** Sets this on a new, empty set. */
    void create() {
        wrap(HashTable.create(memory));
    }

    @Override
    public void wrap(long root) {
        table.wrap(root);
        walking = false;
        bytes = EMPTY;
        if (batch.length > BATCH_KEPT) {
            batch = new long[BATCH];
            hashes = new long[0];
        }
    }

    @Override
    public long root() {
        return table.header();
    }

    @Override
    public long size() {
        return table.size();
    }

    /** The block of a member, at which the table is positioned then, or 0. */
    private long find(long hash, byte[] b, int offset, int length) {
        long block = table.first(hash);
        while (block != 0 && !SizedString.equals(memory, block, b, offset, length)) {
            block = table.next();
        }
        return block;
    }

    @Override
    public boolean contains(byte[] b, int offset, int length) {
        return find(space.hash(b, offset, length), b, offset, length) != 0;
    }

    /** Adds a member. Returns whether it was not there. */
    boolean add(byte[] b, int offset, int length) {
        long hash = space.hash(b, offset, length);
        if (find(hash, b, offset, length) != 0) {
            return false;
        }
        insert(hash, b, offset, length);
        return true;
    }

    /** Adds a member that is not there. */
    void addNew(byte[] b, int offset, int length) {
        insert(space.hash(b, offset, length), b, offset, length);
    }

    private void insert(long hash, byte[] b, int offset, int length) {
        long block = memory.allocate(SizedString.spaceFor(length), Kind.ELEMENT);
        SizedString.write(memory, block, b, offset, length);
        table.insert(hash, block);
    }

    @Override
    public boolean remove(byte[] b, int offset, int length) {
        long block = find(space.hash(b, offset, length), b, offset, length);
        if (block == 0) {
            return false;
        }
        drop(block);
        return true;
    }

    /** Takes the member at the table's position out. */
    private void drop(long block) {
        table.remove();
        freeMember(block);
    }

    private void freeMember(long block) {
        Element.free(memory, block, ElementTable.MEMBER, space.reclaimer());
    }

    // ---- the position

    private void collect(long block) {
        if (batchCount == batch.length) {
            batch = Arrays.copyOf(batch, batchCount * 2);
        }
        batch[batchCount++] = block;
    }

    @Override
    public boolean first() {
        cursor = 0;
        return fill();
    }

    /** Fetches the next stretch of the walk. */
    private boolean fill() {
        cursor = table.slots(cursor, BATCH, run);
        batchCount = run.count();
        if (batchCount > batch.length) {
            batch = new long[batchCount];
        }
        for (int i = 0; i < batchCount; i++) {
            batch[i] = run.address(i);
        }
        return toBatch();
    }

    private boolean toBatch() {
        batchAt = 0;
        walking = batchCount > 0;
        here = walking ? batch[0] : 0;
        return walking;
    }

    @Override
    public boolean next() {
        batchAt++;
        if (batchAt < batchCount) {
            here = batch[batchAt];
            return true;
        }
        if (cursor == 0) {
            walking = false;
            return false;
        }
        return fill();
    }

    @Override
    public boolean random() {
        walking = false;
        here = table.random(space.random());
        return here != 0;
    }

    @Override
    public boolean removeHere() {
        int length = load();
        long block = table.first(space.hash(bytes, from, length));
        while (block != here) {
            if (block == 0) {
                throw new IllegalStateException("no slot for the member at " + here);
            }
            block = table.next();
        }
        drop(block);
        return walking && next();
    }

    @Override
    public void refresh() {}

    @Override
    public long here() {
        return here;
    }

    // ---- the member

    @Override
    public int load() {
        int length = memory.getByte(here);
        if (length <= SizedString.SHORT_MAX) { // nearly all: one look for length and bytes
            bytes = memory.array(here);
            from = memory.index(here) + 1;
            return length;
        }
        length = SizedString.length(memory, here);
        if (SizedString.isInline(memory, here)) {
            long at = SizedString.bytesAt(memory, here);
            bytes = memory.array(at);
            from = memory.index(at);
        } else {
            bytes = SizedString.bytes(memory, here);
            from = 0;
        }
        return length;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public boolean isInteger() {
        if (SizedString.length(memory, here) > LONGEST_INTEGER) {
            return false;
        }
        int length = load();
        return Numbers.isLong(bytes, from, length);
    }

    @Override
    public long integer() {
        int length = load();
        return Numbers.parseLong(bytes, from, length);
    }

    @Override
    public int length() {
        return SizedString.length(memory, here);
    }

    @Override
    public int copyOut(byte[] to, int at) {
        return SizedString.copyOut(memory, here, to, at);
    }

    @Override
    public void reply(Reply reply) {
        SizedString.reply(memory, here, reply);
    }

    // ---- the whole

    @Override
    public long scan(long position, int count) {
        batchCount = 0;
        cursor = 0; // next() is to stop behind what is found now
        return table.scan(position, count, collect);
    }

    @Override
    public boolean firstScanned() {
        return toBatch();
    }

    /** Exact for small sets, otherwise by the size of some thousand members, whose hashes are random. */
    @Override
    public long blockBytes() {
        long sum = 0;
        long seen = 0;
        for (boolean is = first(); is && seen < SAMPLE; is = next()) {
            sum += memory.capacity(here) + SizedString.outsideBytes(memory, here);
            seen++;
        }
        long size = table.size();
        return table.bytes() + (seen == size ? sum : (long) ((double) sum / seen * size));
    }

    @Override
    public long copy() {
        HashTable copy = new HashTable(memory).wrap(HashTable.create(memory));
        for (boolean is = first(); is; is = next()) {
            long block = memory.allocate(SizedString.space(memory, here), Kind.ELEMENT);
            SizedString.copy(memory, block, here);
            int length = load();
            copy.insert(space.hash(bytes, from, length), block);
        }
        return copy.header();
    }

    @Override
    public void free() {
        elements.free(table.header(), ElementTable.MEMBER);
    }

    /** Frees everything at once, whatever its size. O(size). */
    void freeAtOnce() {
        table.freeStep(Integer.MAX_VALUE, freeMember);
    }

    // ---- many members at once

    /**
     * As {@link SetValue#clearBits} for another table, where that is quicker than looking up one by one. Returns false
     * where it is not; then nothing was done.
     */
    boolean clearBits(TableSet walked, boolean ofMembers, long[] bits, int at) {
        if (size() / SIDE_BY_SIDE <= walked.size()) {
            sideBySide(walked, ofMembers, bits, at);
        } else if (size() >= LOOKED_UP_AHEAD) {
            lookUpAhead(walked, ofMembers, bits, at);
        } else {
            return false;
        }
        return true;
    }

    /**
     * Both tables stand in the order of the same hash, so one walk through both meets what may be equal at the same time;
     * no hash is computed, and only blocks whose hash bits are equal are compared.
     */
    private void sideBySide(TableSet walked, boolean ofMembers, long[] bits, int at) {
        SlotRun theirs = walked.run;
        SlotRun own = run;
        own.clear();
        long theirCursor = 0;
        long ownCursor = 0;
        boolean ownLeft = true;
        int place = 0;
        int bit = 0;
        do {
            theirCursor = walked.table.slots(theirCursor, 2 * BATCH, theirs);
            makeRoom(theirs.count());
            int live = 0;
            for (int i = 0; i < theirs.count(); i++) {
                int wanted = theirs.bits(i);
                while (true) {
                    while (place < own.count() && own.bits(place) < wanted) {
                        place++;
                    }
                    if (place < own.count() || !ownLeft) {
                        break;
                    }
                    ownCursor = table.slots(ownCursor, 2 * BATCH, own);
                    ownLeft = ownCursor != 0;
                    place = 0;
                }
                int b = bit + i;
                if ((bits[at + (b >>> 6)] & 1L << b) == 0) {
                    continue;
                }
                if (place < own.count() && own.bits(place) == wanted) {
                    places[live] = i;
                    candidates[live++] = own.address(place);
                } else if (!ofMembers) {
                    bits[at + (b >>> 6)] &= ~(1L << b);
                }
            }
            compareCandidates(walked, theirs, live, ofMembers, bits, at, bit);
            bit += theirs.count();
        } while (theirCursor != 0);
    }

    private void compareCandidates(
            TableSet walked, SlotRun theirs, int live, boolean ofMembers, long[] bits, int at, int firstBit) {
        long fold = 0;
        for (int i = 0; i < live; i++) {
            fold |= memory.getByte(candidates[i]) | memory.getByte(theirs.address(places[i]));
        }
        touched = fold;
        for (int i = 0; i < live; i++) {
            walked.here = theirs.address(places[i]);
            int length = walked.load();
            boolean member = SizedString.equals(memory, candidates[i], walked.bytes, walked.from, length)
                    || contains(walked.bytes, walked.from, length); // another with the same bits of hash came first
            if (member == ofMembers) {
                int b = firstBit + places[i];
                bits[at + (b >>> 6)] &= ~(1L << b);
            }
        }
    }

    /**
     * Looks another set's members up, a stretch of its walk after the other: first all blocks of the stretch are loaded,
     * then all places here, then all blocks there, so that cache misses overlap.
     */
    private void lookUpAhead(TableSet walked, boolean ofMembers, long[] bits, int at) {
        int bit = 0;
        for (boolean more = walked.first(); more; more = walked.cursor != 0 && walked.fill()) {
            int live = lookUp(walked, bits, at, bit);
            for (int i = 0; i < live; i++) {
                walked.here = walked.batch[places[i]];
                if (isMember(candidates[i], hashes[i], walked) == ofMembers) {
                    int place = bit + places[i];
                    bits[at + (place >>> 6)] &= ~(1L << place);
                }
            }
            bit += walked.batchCount;
        }
    }

    /** Looks those of the stretch up whose bits are set: fills hashes, candidates and places. Returns their number. */
    private int lookUp(TableSet walked, long[] bits, int at, int firstBit) {
        int n = walked.batchCount;
        makeRoom(n);
        int live = 0;
        for (int i = 0; i < n; i++) {
            int place = firstBit + i;
            if ((bits[at + (place >>> 6)] & 1L << place) != 0) {
                places[live++] = i;
            }
        }
        long fold = 0;
        for (int i = 0; i < live; i++) {
            fold |= memory.getByte(walked.batch[places[i]]);
        }
        for (int i = 0; i < live; i++) {
            walked.here = walked.batch[places[i]];
            int length = walked.load();
            hashes[i] = space.hash(walked.bytes, walked.from, length);
        }
        fold |= table.touchAll(hashes, live, candidates);
        for (int i = 0; i < live; i++) {
            fold |= candidates[i] == 0 ? 0 : memory.getByte(candidates[i]);
        }
        touched = fold;
        return live;
    }

    private void makeRoom(int n) {
        if (hashes.length < n) {
            hashes = new long[Math.max(n, BATCH + BATCH / 2)];
            candidates = new long[hashes.length];
            places = new int[hashes.length];
        }
    }

    private boolean isMember(long candidate, long hash, TableSet walked) {
        if (candidate == 0) {
            return false;
        }
        int length = walked.load();
        return SizedString.equals(memory, candidate, walked.bytes, walked.from, length)
                || find(hash, walked.bytes, walked.from, length)
                        != 0; // another one with the same bits of hash is first
    }
}
