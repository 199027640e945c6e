package io.duetdb.engine.memory;

/**
 * A sorted set of integers, 2, 4 or 8 bytes each: as few as the largest needs. Contains O(log n), add and remove O(n),
 * but moving bytes only.
 *
 * <p>The object is a flyweight: {@link #wrap} sets it on a set, known by its root (0 = empty), and after every write
 * {@link #root()} is what the owner has to keep.
 */
/*
 * Maintainer's view.
 *
 *   block:   | count : 29 | run : 1 | log2 of the width : 2 | elements ...         up to 4096 bytes
 *   run:     | the same | 4 bytes of nothing | elements ...                        1 to 512 pages
 *
 * An element of a run never straddles two pages, as its head has 8 bytes. The width only ever grows, as in Redis: an
 * integer that needs more lies beyond all others, so the elements are rewritten once and it goes to an end.
 *
 * A block is exactly as large as its elements need (the allocator's classes are the slack), a run doubles, so that
 * growth costs O(1) moves of everything per doubling. A block shrinks when it is half empty, a run when it is seven
 * eighths empty, so that neither flaps.
 *
 * Invariants, checked by verify(): elements ascend strictly; an empty set has no block.
 */
public final class Intset {
    private static final int BLOCK_HEAD = 4;
    private static final int RUN_HEAD = 8;
    private static final int LOG_MASK = 3;
    private static final int RUN = 4;
    private static final int COUNT_SHIFT = 3;

    /** Blocks up to this size are never worth shrinking. */
    private static final int SMALL = 32;

    private static final long MOST_BYTES = (long) PageMemory.MAX_RUN * PageMemory.PAGE_BYTES;

    private final PageMemory memory;
    private long root;
    private long elements;
    private int count;
    private int log;

    /** A flyweight for sets in {@code memory}; {@link #wrap} comes first. */
    public Intset(PageMemory memory) {
        this.memory = memory;
    }

    /** Sets this flyweight on a set. */
    public Intset wrap(long newRoot) {
        root = newRoot;
        if (newRoot == 0) {
            count = 0;
            log = 1;
            return this;
        }
        int head = memory.getInt(newRoot);
        count = head >>> COUNT_SHIFT;
        log = head & LOG_MASK;
        elements = newRoot + ((head & RUN) == 0 ? BLOCK_HEAD : RUN_HEAD);
        return this;
    }

    /** By what the set is known: to be kept by its owner after every write. 0 = empty. */
    public long root() {
        return root;
    }

    /** Number of elements. */
    public int size() {
        return count;
    }

    /** Bytes of one element: 2, 4 or 8. */
    public int width() {
        return 1 << log;
    }

    /** The element of an index from 0 on, in ascending order. */
    public long get(int index) {
        assert index >= 0 && index < count : index;
        long at = elements + ((long) index << log);
        return switch (log) {
            case 1 -> (short) memory.getShort(at);
            case 2 -> memory.getInt(at);
            default -> memory.getLong(at);
        };
    }

    private void put(int index, long value) {
        long at = elements + ((long) index << log);
        switch (log) {
            case 1 -> memory.putShort(at, (int) value);
            case 2 -> memory.putInt(at, (int) value);
            default -> memory.putLong(at, value);
        }
    }

    /** The index of a value, or where it would stand, complemented ({@code ~index}). */
    public int find(long value) {
        int low = 0;
        int high = count - 1;
        if (high < 0 || value < get(0)) {
            return ~0;
        }
        if (value > get(high)) { // ascending additions are common
            return ~count;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long there = get(middle);
            if (there < value) {
                low = middle + 1;
            } else if (there > value) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return ~low;
    }

    /** Whether a value is in the set. */
    public boolean contains(long value) {
        return find(value) >= 0;
    }

    /** Whether one more element, this one, fits into what can be allocated in one piece. */
    public boolean hasRoomFor(long value) {
        return RUN_HEAD + ((count + 1L) << Math.max(log, logFor(value))) <= MOST_BYTES;
    }

    /** Adds a value for which there is room. Returns whether it was not there. */
    public boolean add(long value) {
        int found = find(value);
        if (found >= 0) {
            return false;
        }
        int at = ~found;
        int needed = Math.max(log, logFor(value));
        if (root == 0 || needed > log || bytes(count + 1, log) > memory.capacity(root)) {
            rebuild(count + 1, needed);
        }
        shift(at, at + 1);
        count++;
        put(at, value);
        writeHead();
        return true;
    }

    /** Removes a value. Returns whether it was there. */
    public boolean remove(long value) {
        int at = find(value);
        if (at < 0) {
            return false;
        }
        removeAt(at);
        return true;
    }

    /** Removes the element of an index. */
    public void removeAt(int index) {
        shift(index + 1, index);
        count--;
        if (count == 0) {
            free();
            return;
        }
        writeHead();
        long capacity = memory.capacity(root);
        if (capacity > SMALL && bytes(count, log) * (isRun() ? 8 : 2) <= capacity) {
            rebuild(count, log);
        }
    }

    /** Moves all elements from an index on to another one. */
    private void shift(int from, int to) {
        if (from < count) {
            memory.move(elements + ((long) to << log), elements + ((long) from << log), (count - from) << log);
        }
    }

    private boolean isRun() {
        return elements - root == RUN_HEAD;
    }

    private void writeHead() {
        memory.putInt(root, (count << COUNT_SHIFT) | (isRun() ? RUN : 0) | log);
    }

    /** Bytes that a set takes, its head included. */
    private static long bytes(int size, int log) {
        long block = BLOCK_HEAD + ((long) size << log);
        return block <= PageMemory.MAX_BLOCK ? block : RUN_HEAD + ((long) size << log);
    }

    private static int logFor(long value) {
        return value == (short) value ? 1 : value == (int) value ? 2 : 3;
    }

    /** Moves the elements to where there is room for {@code room} of a width that is no smaller than the present. */
    private void rebuild(int room, int newLog) {
        long oldRoot = root;
        long oldElements = elements;
        int oldLog = log;
        allocate(bytes(room, newLog));
        log = newLog;
        if (oldLog == newLog && count > 0) {
            memory.move(elements, oldElements, count << log);
        } else {
            widen(oldElements, oldLog);
        }
        if (oldRoot != 0) {
            memory.free(oldRoot);
        }
        writeHead();
    }

    private void widen(long from, int fromLog) {
        for (int i = 0; i < count; i++) {
            long at = from + ((long) i << fromLog);
            put(i, fromLog == 1 ? (short) memory.getShort(at) : memory.getInt(at));
        }
    }

    private void allocate(long bytes) {
        if (bytes <= PageMemory.MAX_BLOCK) {
            root = memory.allocate((int) bytes, Kind.INTSET);
            elements = root + BLOCK_HEAD;
            return;
        }
        int pages = 1;
        while ((long) pages * PageMemory.PAGE_BYTES < bytes) {
            pages <<= 1;
        }
        root = memory.allocatePages(pages, Kind.INTSET);
        elements = root + RUN_HEAD;
    }

    /** Bytes that the block or run takes. */
    public long blockBytes() {
        return root == 0 ? 0 : memory.capacity(root);
    }

    /** Makes a copy of the set and returns its root. O(bytes). */
    public long copyAll() {
        if (root == 0) {
            return 0;
        }
        Intset copy = new Intset(memory).wrap(0);
        copy.allocate(bytes(count, log));
        copy.count = count;
        copy.log = log;
        memory.move(copy.elements, elements, count << log);
        copy.writeHead();
        return copy.root;
    }

    /** Frees the set, which is empty then. */
    public void free() {
        if (root != 0) {
            memory.free(root);
        }
        wrap(0);
    }

    /** Throws unless all invariants hold. O(elements); for tests. */
    void verify() {
        if ((root == 0) != (count == 0) || (root != 0 && bytes(count, log) > memory.capacity(root))) {
            throw new IllegalStateException("intset: size is wrong");
        }
        for (int i = 1; i < count; i++) {
            if (get(i - 1) >= get(i)) {
                throw new IllegalStateException("intset: order is wrong at " + i);
            }
        }
    }
}
