package io.duetdb.engine.memory;

/**
 * Where things stand in the blocks of a {@link Skiplist}, and functions that read and write them.
 *
 * <pre>
 *   node     head : 8 | backward : 8 | tower : 8 a level | entries : 16 each ...
 *   header   table : 8 | tail : 8    | tower : 8 x 16    | length | level | nodes | bytes of elements
 *
 *   head     count : 16 | levels : 8 | 0 : 8 | capacity : 16 | 0 : 16       (from the lowest bit)
 *   tower    next >>> 3 : 34 | span : 30
 *   entry    score, as a double's 64 bits | address of the element
 * </pre>
 *
 * <p>The header has its tower where a node has it, and its tail where a node has its backward link, so that walks and
 * links need no case of their own for the list's ends.
 */
final class SkiplistLayout {
    /**
     * Bytes of a node, unless it is the only one: seven fill a page. Not a power of two, or the heads of all nodes, which
     * every search walks over, would share a few of the sets of each cache. Among a million members ZADD took 5.6 us of
     * processor time with 1088 bytes and 3.9 with these, ZRANK 2.7 and 2.4 (bench/compare, medians of three).
     */
    static final int BYTES = 2336;

    /** 4^16 nodes: more than addresses. */
    static final int MAX_LEVELS = 16;

    static final int ENTRY = 16;
    static final int ENTRY_SHIFT = 4;
    static final int BACKWARD = 8;
    static final int TOWER = 16;

    static final int TABLE = 0;
    static final int TAIL = BACKWARD;
    static final int LENGTH = TOWER + (MAX_LEVELS << 3);
    static final int LEVEL = LENGTH + 8;
    static final int NODES = LEVEL + 8;
    static final int ELEMENT_BYTES = NODES + 8;
    static final int HEADER_BYTES = ELEMENT_BYTES + 8;

    static final int SPAN_SHIFT = 34;

    private static final long NEXT_MASK = (1L << SPAN_SHIFT) - 1;
    private static final int LEVELS_SHIFT = 16;
    private static final int CAPACITY_SHIFT = 32;

    private SkiplistLayout() {}

    // ---- words

    static int count(long head) {
        return (int) head & 0xFFFF;
    }

    static int levels(long head) {
        return (int) (head >>> LEVELS_SHIFT) & 0xFF;
    }

    static int capacity(long head) {
        return (int) (head >>> CAPACITY_SHIFT) & 0xFFFF;
    }

    /** The next node in a tower's word, 0 = none. */
    static long next(long word) {
        return (word & NEXT_MASK) << 3;
    }

    /** Entries from the begin of the node that has the word to the begin of the next one, or to the end. */
    static long span(long word) {
        return word >>> SPAN_SHIFT;
    }

    static long word(long next, long span) {
        return next >>> 3 | span << SPAN_SHIFT;
    }

    // ---- nodes

    /** Entries that a full-sized node has room for. */
    static int most(int levels) {
        return (BYTES - TOWER - (levels << 3)) / ENTRY;
    }

    /** Where the entries begin, from the node's begin. */
    static int entries(int levels) {
        return TOWER + (levels << 3);
    }

    /** A new node without entries and links. */
    static long create(PageMemory m, int levels, int capacity) {
        boolean full = capacity >= most(levels);
        int room = full ? most(levels) : capacity;
        long node = m.allocate(full ? BYTES : entries(levels) + room * ENTRY, Kind.SKIPLIST_NODE);
        m.putLong(node, (long) room << CAPACITY_SHIFT | (long) levels << LEVELS_SHIFT);
        m.putLong(node + BACKWARD, 0);
        return node;
    }

    static long head(PageMemory m, long node) {
        m.check(node, Kind.SKIPLIST_NODE);
        return m.getLong(node);
    }

    static void count(PageMemory m, long node, int count) {
        m.putShort(node, count);
    }

    /** The tower's word of a level, of a node or of the header. */
    static long word(PageMemory m, long node, int level) {
        return m.getLong(node + TOWER + (level << 3));
    }

    static void word(PageMemory m, long node, int level, long word) {
        m.putLong(node + TOWER + (level << 3), word);
    }

    /** The next node of the lowest level, 0 = none. */
    static long next(PageMemory m, long node) {
        return next(m.getLong(node + TOWER));
    }

    /** The address of an entry. */
    static long entry(long node, int levels, int index) {
        return node + entries(levels) + ((long) index << ENTRY_SHIFT);
    }
}
