package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.SkiplistLayout.BACKWARD;
import static io.duetdb.engine.memory.SkiplistLayout.LENGTH;
import static io.duetdb.engine.memory.SkiplistLayout.LEVEL;
import static io.duetdb.engine.memory.SkiplistLayout.MAX_LEVELS;
import static io.duetdb.engine.memory.SkiplistLayout.NODES;
import static io.duetdb.engine.memory.SkiplistLayout.SPAN_SHIFT;
import static io.duetdb.engine.memory.SkiplistLayout.TOWER;

/**
 * The way through a {@link Skiplist} to one node: for each level the last node that is not behind it, with the rank at
 * which that node begins. All towers are read and written here; whatever happens to a node, the words that have to
 * follow are those on the way to it.
 *
 * <pre>
 *   level 2   header ─────────────────────► n2 ──────────────────────────► ...
 *   level 1   header ──────► n1 ──────────► n2 ─────────────► n4 ────────► ...
 *   level 0   header ──────► n1 ──► n1' ──► n2 ────► n3 ────► n4 ────────► ...
 *                                            the way to n3: n2, n2, n3
 * </pre>
 *
 * <p>At level 0 it is the node itself, or the header for what is before the first node.
 */
final class SkiplistPath {
    private final PageMemory memory;
    private final long[] nodes = new long[MAX_LEVELS];
    private final long[] starts = new long[MAX_LEVELS];
    private long header;
    private boolean known;

    /** Keeps the loads from being optimised away. */
    @SuppressWarnings("unused")
    private long touched;

    SkiplistPath(PageMemory memory) {
        this.memory = memory;
    }

    void wrap(long newHeader) {
        header = newHeader;
        known = false;
    }

    /** The node it leads to, or the header. */
    long node() {
        return nodes[0];
    }

    /** The rank of that node's first entry. */
    long start() {
        return starts[0];
    }

    /** Whether it is known and leads there. */
    boolean leadsTo(long node) {
        return known && nodes[0] == node;
    }

    void forget() {
        known = false;
    }

    private int level() {
        return memory.getInt(header + LEVEL);
    }

    // ---- finding

    /** Finds the way to the last node whose first entry is before the aim. */
    void to(SkiplistAim aim) {
        long at = header;
        byte[] array = memory.array(at);
        int base = memory.index(at);
        long start = 0;
        long tooFar = 0;
        long folded = 0;
        nodes[0] = at;
        starts[0] = 0;
        for (int level = level() - 1; level >= 0; level--) {
            int tower = TOWER + (level << 3);
            long word = (long) LONG.get(array, base + tower);
            long next = SkiplistLayout.next(word);
            while (next != 0 && next != tooFar) {
                memory.check(next, Kind.SKIPLIST_NODE);
                int place = memory.place(next);
                byte[] a = memory.blocks[place >>> PLACE_BITS];
                int b = PageMemory.at(place, next);
                if (level > 0) {
                    folded |= touchNext((long) LONG.get(array, base + tower - 8), next);
                }
                int levels = SkiplistLayout.levels((long) LONG.get(a, b));
                if (!aim.isBefore(a, b + SkiplistLayout.entries(levels))) {
                    break;
                }
                start += SkiplistLayout.span(word);
                at = next;
                array = a;
                base = b;
                word = (long) LONG.get(array, base + tower);
                next = SkiplistLayout.next(word);
            }
            tooFar = next;
            nodes[level] = at;
            starts[level] = start;
        }
        touched = folded;
        known = true;
    }

    /**
     * Begins to load the head of the node that comes next one level below, while the one on this level is still on its way
     * from memory: every other step goes down.
     */
    private long touchNext(long word, long other) {
        long next = SkiplistLayout.next(word);
        if (next == 0 || next == other) {
            return 0;
        }
        int place = memory.place(next);
        return (long) LONG.get(memory.blocks[place >>> PLACE_BITS], PageMemory.at(place, next));
    }

    /** Finds the way to the last node that begins at a rank or before it. */
    void toRank(long rank) {
        long at = header;
        long start = 0;
        nodes[0] = at;
        starts[0] = 0;
        for (int level = level() - 1; level >= 0; level--) {
            long word = SkiplistLayout.word(memory, at, level);
            while (SkiplistLayout.next(word) != 0 && start + SkiplistLayout.span(word) <= rank) {
                start += SkiplistLayout.span(word);
                at = SkiplistLayout.next(word);
                word = SkiplistLayout.word(memory, at, level);
            }
            nodes[level] = at;
            starts[level] = start;
        }
        known = true;
    }

    /** Goes on to the node that comes next, or stays at one that moved to another block. */
    void goOn(long node, int levels, long start) {
        for (int level = 0; level < levels; level++) {
            nodes[level] = node;
            starts[level] = start;
        }
    }

    // ---- changing

    /** Notes that the node at the end of the way got entries, or lost some. */
    void count(int entries) {
        for (int level = level() - 1; level >= 0; level--) {
            long at = nodes[level] + TOWER + (level << 3);
            memory.putLong(at, memory.getLong(at) + ((long) entries << SPAN_SHIFT));
        }
        memory.putLong(header + LENGTH, memory.getLong(header + LENGTH) + entries);
    }

    /** Puts a node behind the one it leads to. Entries from the rank {@code start} on are to be the new node's. */
    void link(long fresh, int levels, long start) {
        for (int level = level(); level < levels; level++) {
            SkiplistLayout.word(memory, header, level, SkiplistLayout.word(0, memory.getLong(header + LENGTH)));
            nodes[level] = header;
            starts[level] = 0;
            memory.putInt(header + LEVEL, level + 1);
        }
        for (int level = 0; level < levels; level++) {
            long word = SkiplistLayout.word(memory, nodes[level], level);
            long before = start - starts[level];
            long behind = SkiplistLayout.span(word) - before;
            SkiplistLayout.word(memory, fresh, level, SkiplistLayout.word(SkiplistLayout.next(word), behind));
            SkiplistLayout.word(memory, nodes[level], level, SkiplistLayout.word(fresh, before));
        }
        long right = SkiplistLayout.next(memory, fresh);
        memory.putLong(fresh + BACKWARD, nodes[0] == header ? 0 : nodes[0]);
        memory.putLong((right == 0 ? header : right) + BACKWARD, fresh);
        memory.putLong(header + NODES, memory.getLong(header + NODES) + 1);
    }

    /** Takes out and frees the node behind the one it leads to. Its entries, if any, are that one's from now on. */
    void unlink(long gone) {
        int levels = SkiplistLayout.levels(SkiplistLayout.head(memory, gone));
        for (int level = 0; level < levels; level++) {
            long word = SkiplistLayout.word(memory, nodes[level], level);
            long behind = SkiplistLayout.word(memory, gone, level);
            assert SkiplistLayout.next(word) == gone : level;
            long span = SkiplistLayout.span(word) + SkiplistLayout.span(behind);
            SkiplistLayout.word(memory, nodes[level], level, SkiplistLayout.word(SkiplistLayout.next(behind), span));
        }
        long right = SkiplistLayout.next(memory, gone);
        memory.putLong((right == 0 ? header : right) + BACKWARD, memory.getLong(gone + BACKWARD));
        memory.free(gone);
        memory.putLong(header + NODES, memory.getLong(header + NODES) - 1);
        int level = level();
        while (level > 0 && SkiplistLayout.next(SkiplistLayout.word(memory, header, level - 1)) == 0) {
            level--;
            memory.putInt(header + LEVEL, level);
        }
    }

    /** Notes that {@code n} entries went from the node it leads to into the next one. */
    void shift(long right, int n) {
        int levels = SkiplistLayout.levels(SkiplistLayout.head(memory, right));
        long change = (long) n << SPAN_SHIFT;
        for (int level = 0; level < levels; level++) {
            long word = SkiplistLayout.word(memory, nodes[level], level);
            assert SkiplistLayout.next(word) == right : level;
            SkiplistLayout.word(memory, nodes[level], level, word - change);
            SkiplistLayout.word(memory, right, level, SkiplistLayout.word(memory, right, level) + change);
        }
    }
}
