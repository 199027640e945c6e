package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.HashTableSegment.ADDRESS_BITS;
import static io.duetdb.engine.memory.HashTableSegment.ADDRESS_MASK;
import static io.duetdb.engine.memory.HashTableSegment.FIRST;
import static io.duetdb.engine.memory.HashTableSegment.HASH_BITS;
import static io.duetdb.engine.memory.HashTableSegment.LOG_BLOCK;
import static io.duetdb.engine.memory.HashTableSegment.LOG_MIN;
import static io.duetdb.engine.memory.HashTableSegment.LOG_PAGE;
import static io.duetdb.engine.memory.HashTableSegment.PAGE_HOMES;

import java.util.Arrays;

/**
 * How a {@link HashTable} changes its shape: segments that grow, split, merge and shrink, the directory that follows
 * them, and what stands in header, directory entries and root word. Keeps nothing between calls.
 */
final class HashTableStructure {
    /** Directory of 2^21 entries of 4 bytes: the longest run of pages that can be allocated. */
    static final int MAX_DEPTH = 21;

    static final int COUNT = 8;
    static final int FREE_POSITION = 16;
    static final int SEGMENTS = 24;
    static final int HEADER_BYTES = SEGMENTS + 4 * (MAX_DEPTH + 1) + 4 & ~7;

    /** A page splits when it holds between these many, by its prefix: loads of 0.72 and 0.92 of its homes. */
    static final int LIMIT_MIN = PAGE_HOMES * 72 / 100;

    static final int LIMIT_MAX = PAGE_HOMES * 92 / 100;

    /** Two buddies that hold no more than this together become one. */
    static final int MERGE_LIMIT = PAGE_HOMES * 45 / 100;

    /** Directories up to this depth shrink at once. */
    private static final int SMALL_DIRECTORY = 10;

    private static final int DEPTH_SHIFT = ADDRESS_BITS;
    private static final int LOG_SHIFT = ADDRESS_BITS + 5;
    private static final int ENTRY_ADDRESS_BITS = 25;
    private static final int ENTRY_ADDRESS_SHIFT = 12;
    private static final int ENTRY_ADDRESS_MASK = (1 << ENTRY_ADDRESS_BITS) - 1;
    private static final int PAGE_BYTES = 1 << LOG_PAGE;

    private final PageMemory memory;

    // The segment at hand during a call.
    private long header;
    private long segment;
    private int depth;
    private int log;

    HashTableStructure(PageMemory memory) {
        this.memory = memory;
    }

    private void at(long header, long segment, int depth, int log) {
        this.header = header;
        this.segment = segment;
        this.depth = depth;
        this.log = log;
    }

    /** As {@link HashTable#create}. */
    static long create(PageMemory memory) {
        long header = memory.allocate(HEADER_BYTES, Kind.TABLE_HEADER);
        for (int at = 0; at < HEADER_BYTES; at += 8) {
            memory.putLong(header + at, 0);
        }
        long segment = allocateSegment(memory, LOG_MIN);
        memory.putLong(segment, HashTableSegment.head(0, limit(LOG_MIN, 0, 0), 0, 0));
        memory.putLong(header, root(segment, 0, LOG_MIN));
        memory.putInt(header + SEGMENTS, 1);
        return header;
    }

    static int globalDepth(long root) {
        return (int) (root >>> DEPTH_SHIFT) & 31;
    }

    static long rootAddress(long root) {
        return (root & ADDRESS_MASK) << 3;
    }

    static int rootLog(long root) {
        return (int) (root >>> LOG_SHIFT);
    }

    private static long root(long address, int globalDepth, int log) {
        return address >>> 3 | (long) globalDepth << DEPTH_SHIFT | (long) log << LOG_SHIFT;
    }

    static long entryAddress(int entry) {
        return (long) (entry & ENTRY_ADDRESS_MASK) << ENTRY_ADDRESS_SHIFT;
    }

    static int entryDepth(int entry) {
        return entry >>> ENTRY_ADDRESS_BITS;
    }

    private static int entry(long address, int depth) {
        assert (address & ((1 << ENTRY_ADDRESS_SHIFT) - 1)) == 0 : address;
        return (int) (address >>> ENTRY_ADDRESS_SHIFT) | depth << ENTRY_ADDRESS_BITS;
    }

    /** The count at which a segment splits: spread by prefix for pages, the same for all blocks of a size. */
    static int limit(int log, int depth, int prefix) {
        if (log < LOG_PAGE) {
            return HashTableSegment.slots(log) * 7 / 8;
        }
        int mix = (prefix << 5 | depth) * 0x9E3779B1;
        return LIMIT_MIN + (int) ((mix & 0xFFFF_FFFFL) * (LIMIT_MAX - LIMIT_MIN + 1) >>> 32);
    }

    // ---- growing

    /** Gives a segment more room: doubles a block, splits a page. */
    void makeRoom(long header, long segment, int depth, int log) {
        at(header, segment, depth, log);
        if (log < LOG_PAGE) {
            boolean done = false;
            for (int larger = larger(log); !done; larger = larger(larger)) {
                done = resize(larger);
            }
            return;
        }
        byte[] bytes = memory.array(segment);
        int base = memory.index(segment);
        long head = HashTableSegment.word(bytes, base);
        boolean oneHash = HashTableSegment.oneHash(bytes, base, LOG_PAGE);
        if (depth < MAX_DEPTH && !oneHash) {
            split(head);
        } else if (HashTableSegment.limit(head) < HashTableSegment.slots(LOG_PAGE)) {
            long raised = HashTableSegment.head(
                    HashTableSegment.count(head),
                    HashTableSegment.slots(LOG_PAGE),
                    depth,
                    HashTableSegment.prefix(head));
            HashTableSegment.setWord(memory.writableArray(segment), memory.index(segment), raised);
        } else {
            throw new IllegalStateException("hash table: too many equal hashes");
        }
    }

    private static int larger(int log) {
        return log == LOG_BLOCK ? LOG_PAGE : log + 1;
    }

    private static int smaller(int log) {
        return log == LOG_PAGE ? LOG_BLOCK : log - 1;
    }

    /** Moves the only segment into one of 2^{@code newLog} bytes; false, and nothing changed, if they don't fit. */
    private boolean resize(int newLog) {
        long fresh = allocateSegment(memory, newLog);
        byte[] to = memory.writableArray(fresh);
        int toBase = memory.index(fresh);
        byte[] from = memory.array(segment);
        int fromBase = memory.index(segment);
        int count = HashTableSegment.count(HashTableSegment.word(from, fromBase));
        int end = HashTableSegment.end(log);
        if (HashTableSegment.place(from, fromBase, FIRST, end, to, toBase, FIRST, 0, newLog) < 0) {
            memory.free(fresh);
            return false;
        }
        HashTableSegment.setWord(to, toBase, HashTableSegment.head(count, limit(newLog, 0, 0), 0, 0));
        memory.free(segment);
        memory.putLong(header, root(fresh, 0, newLog));
        segment = fresh;
        log = newLog;
        return true;
    }

    private void split(long head) {
        int prefix = HashTableSegment.prefix(head);
        int childDepth = depth + 1;
        long low = allocateSegment(memory, LOG_PAGE);
        long high = allocateSegment(memory, LOG_PAGE);
        byte[] lowBytes = memory.writableArray(low);
        int lowBase = memory.index(low);
        byte[] highBytes = memory.writableArray(high);
        int highBase = memory.index(high);
        byte[] bytes = memory.array(segment);
        int base = memory.index(segment);
        int end = HashTableSegment.end(LOG_PAGE);
        int middleBits = (prefix << 1 | 1) << (HASH_BITS - childDepth);
        int middleHome = HashTableSegment.home(middleBits, depth, PAGE_HOMES);
        int middle = HashTableSegment.seek(bytes, base + middleHome, HashTableSegment.atLeast(middleBits)) - base;
        int lowCount = HashTableSegment.countBetween(bytes, base, FIRST, middle);
        int highCount = HashTableSegment.count(head) - lowCount;
        if (HashTableSegment.place(bytes, base, FIRST, middle, lowBytes, lowBase, FIRST, childDepth, LOG_PAGE) < 0
                || HashTableSegment.place(bytes, base, middle, end, highBytes, highBase, FIRST, childDepth, LOG_PAGE)
                        < 0) {
            memory.free(low);
            memory.free(high);
            throw new IllegalStateException("hash table: too many equal hashes");
        }
        int lowLimit = limit(LOG_PAGE, childDepth, prefix << 1);
        int highLimit = limit(LOG_PAGE, childDepth, prefix << 1 | 1);
        HashTableSegment.setWord(lowBytes, lowBase, HashTableSegment.head(lowCount, lowLimit, childDepth, prefix << 1));
        HashTableSegment.setWord(
                highBytes, highBase, HashTableSegment.head(highCount, highLimit, childDepth, prefix << 1 | 1));
        if (depth == globalDepth(memory.getLong(header))) {
            doubleDirectory();
        }
        point(prefix << 1, childDepth, low);
        point(prefix << 1 | 1, childDepth, high);
        countSegments(depth, -1);
        countSegments(childDepth, 2);
        memory.free(segment);
    }

    /** Lets all directory entries of a prefix point to {@code target}. */
    private void point(int prefix, int prefixDepth, long target) {
        long root = memory.getLong(header);
        int spanLog = globalDepth(root) - prefixDepth;
        long at = rootAddress(root) + ((long) prefix << spanLog << 2);
        int entry = entry(target, prefixDepth);
        for (int i = 0; i < 1 << spanLog; i++) {
            memory.putInt(at + ((long) i << 2), entry);
        }
    }

    private void countSegments(int atDepth, int change) {
        long at = header + SEGMENTS + 4L * atDepth;
        memory.putInt(at, memory.getInt(at) + change);
    }

    private void doubleDirectory() {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        long old = rootAddress(root);
        long fresh = allocateDirectory(global + 1);
        if (global == 0) {
            putTwice(fresh, entry(old, 0));
        } else {
            for (long i = 0; i < 1L << global; i++) {
                putTwice(fresh + (i << 3), memory.getInt(old + (i << 2)));
            }
            memory.free(old);
        }
        memory.putLong(header, root(fresh, global + 1, LOG_PAGE));
    }

    private void putTwice(long address, int entry) {
        memory.putLong(address, (long) entry << 32 | entry);
    }

    private long allocateDirectory(int global) {
        int bytes = (int) directoryBytes(global);
        return bytes <= 1 << LOG_BLOCK
                ? memory.allocate(bytes, Kind.TABLE_DIRECTORY)
                : memory.allocatePages(bytes / PAGE_BYTES, Kind.TABLE_DIRECTORY);
    }

    private static long directoryBytes(int global) {
        long bytes = 4L << global;
        return bytes <= 1 << LOG_BLOCK ? bytes : Math.max(bytes, PAGE_BYTES);
    }

    private static long allocateSegment(PageMemory memory, int log) {
        if (log == LOG_PAGE) {
            return memory.allocatePages(1, Kind.TABLE_SEGMENT);
        }
        long block = memory.allocate(1 << log, Kind.TABLE_SEGMENT);
        byte[] bytes = memory.writableArray(block);
        int base = memory.index(block);
        Arrays.fill(bytes, base, base + (1 << log), (byte) 0);
        return block;
    }

    // ---- shrinking

    /** Lets a segment from which something was taken merge with its buddy, or shrink when it is the only one. */
    void shrinkAfterRemoval(long header, long segment, int depth, int log, int count) {
        if (depth == 0) {
            at(header, segment, depth, log);
            shrink(count);
        } else if ((count & 15) == 0 && count <= MERGE_LIMIT) { // seldom, since it reads the buddy
            at(header, segment, depth, log);
            merge();
        }
    }

    /** Moves the only segment into the next smaller size once that would be no more than two fifths full. */
    private void shrink(int count) {
        if (log > LOG_MIN && count * 5 <= HashTableSegment.slots(smaller(log)) * 2) {
            resize(smaller(log));
        }
    }

    /** Merges the segment at hand with its buddy as long as both are of one depth and sparse. */
    private void merge() {
        while (depth > 0) {
            long root = memory.getLong(header);
            int global = globalDepth(root);
            int prefix = HashTableSegment.prefix(memory.getLong(segment));
            long place = rootAddress(root) + ((long) (prefix ^ 1) << (global - depth) << 2);
            int buddy = memory.getInt(place);
            if (entryDepth(buddy) != depth) {
                return;
            }
            long other = entryAddress(buddy);
            boolean isLow = (prefix & 1) == 0;
            if (!merge(isLow ? segment : other, isLow ? other : segment, prefix >>> 1)) {
                return;
            }
        }
        shrink(HashTableSegment.count(memory.getLong(segment)));
    }

    private boolean merge(long low, long high, int prefix) {
        int count = HashTableSegment.count(memory.getLong(low)) + HashTableSegment.count(memory.getLong(high));
        if (count > MERGE_LIMIT) {
            return false;
        }
        int parentDepth = depth - 1;
        long fresh = allocateSegment(memory, LOG_PAGE);
        byte[] to = memory.writableArray(fresh);
        int base = memory.index(fresh);
        int end = HashTableSegment.end(LOG_PAGE);
        int next = HashTableSegment.place(
                memory.array(low), memory.index(low), FIRST, end, to, base, FIRST, parentDepth, LOG_PAGE);
        if (next > 0) {
            next = HashTableSegment.place(
                    memory.array(high), memory.index(high), FIRST, end, to, base, next, parentDepth, LOG_PAGE);
        }
        if (next < 0) {
            memory.free(fresh);
            return false;
        }
        int limit = limit(LOG_PAGE, parentDepth, prefix);
        HashTableSegment.setWord(to, base, HashTableSegment.head(count, limit, parentDepth, prefix));
        point(prefix, parentDepth, fresh);
        countSegments(depth, -2);
        countSegments(parentDepth, 1);
        memory.free(low);
        memory.free(high);
        segment = fresh;
        depth = parentDepth;
        shrinkDirectory();
        return true;
    }

    private void shrinkDirectory() {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        while (global > 0 && memory.getInt(header + SEGMENTS + 4L * global) == 0) {
            int below = memory.getInt(header + SEGMENTS + 4L * (global - 1));
            if (global > SMALL_DIRECTORY && below > 1 << (global - 4)) {
                return;
            }
            halveDirectory(rootAddress(memory.getLong(header)), --global);
        }
    }

    private void halveDirectory(long old, int global) {
        long fresh;
        if (global == 0) {
            fresh = entryAddress(memory.getInt(old));
        } else {
            fresh = allocateDirectory(global);
            for (long i = 0; i < 1L << global; i++) {
                memory.putInt(fresh + (i << 2), memory.getInt(old + (i << 3)));
            }
        }
        memory.free(old);
        memory.putLong(header, root(fresh, global, LOG_PAGE));
    }

    // ---- the whole

    /** As {@link HashTable#free}. */
    void free(long header) {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        long directory = rootAddress(root);
        if (global != 0) {
            int entry;
            for (int index = 0; index < 1 << global; index += 1 << (global - entryDepth(entry))) {
                entry = memory.getInt(directory + ((long) index << 2));
                memory.free(entryAddress(entry));
            }
        }
        memory.free(directory);
        memory.free(header);
    }

    /** As {@link HashTable#freeStep}. */
    int freeStep(long header, int budget, HashTable.SlotVisitor entry) {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        long position = memory.getLong(header + FREE_POSITION);
        int left = budget;
        for (int index = (int) (position >>> 32); index < 1 << global; ) {
            long place = rootAddress(root);
            int span = 1;
            int segmentLog = rootLog(root);
            if (global != 0) {
                int pointer = memory.getInt(rootAddress(root) + ((long) index << 2));
                place = entryAddress(pointer);
                span = 1 << (global - entryDepth(pointer));
                segmentLog = LOG_PAGE;
            }
            int at = Math.max((int) position, FIRST);
            int handed = 0;
            for (int end = HashTableSegment.end(segmentLog); left > 0 && at < end; at += 8) {
                long word = memory.getLong(place + at);
                if (word != 0) {
                    entry.slot(HashTableSegment.address(word));
                    handed++;
                    left--;
                }
            }
            memory.putLong(header + COUNT, memory.getLong(header + COUNT) - handed);
            if (left == 0) {
                memory.putLong(header + FREE_POSITION, ((long) index << 32) | at);
                return -1;
            }
            left--;
            position = 0;
            index += span;
            if (global != 0) {
                memory.free(place);
            }
        }
        memory.free(rootAddress(root));
        memory.free(header);
        return left;
    }

    /** As {@link HashTable#bytes}. */
    long bytes(long header) {
        long root = memory.getLong(header);
        int global = globalDepth(root);
        if (global == 0) {
            return HEADER_BYTES + (1L << rootLog(root));
        }
        long segments = 0;
        for (int level = 0; level <= global; level++) {
            segments += memory.getInt(header + SEGMENTS + 4L * level);
        }
        return HEADER_BYTES + directoryBytes(global) + segments * PAGE_BYTES;
    }
}
