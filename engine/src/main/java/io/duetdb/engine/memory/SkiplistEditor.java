package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;
import static io.duetdb.engine.memory.SkiplistLayout.BACKWARD;
import static io.duetdb.engine.memory.SkiplistLayout.ENTRY;
import static io.duetdb.engine.memory.SkiplistLayout.ENTRY_SHIFT;
import static io.duetdb.engine.memory.SkiplistLayout.MAX_LEVELS;
import static io.duetdb.engine.memory.SkiplistLayout.TAIL;

import io.duetdb.engine.api.RandomSource;

/**
 * How a {@link Skiplist} changes: entries put in, taken out and moved at its position, and nodes that are opened, split,
 * filled up, joined and dropped for it. Works on the list's own fields; one per list. The path leads to the position's
 * node before and after.
 */
final class SkiplistEditor {
    /** Entries of an only node at first. */
    private static final int SMALLEST = 4;

    /** Free entries that a right neighbour must have before a full node shifts some into it. */
    private static final int WORTH_SHIFTING = 18;

    /** Up to this many entries a node looks for a neighbour to join, and so many both may have together. */
    private static final int SPARSE = 54;

    private static final int JOINED = 108;

    private final Skiplist l;
    private final PageMemory memory;
    private final RandomSource random;
    private final SkiplistPath path;

    SkiplistEditor(Skiplist list, PageMemory memory, RandomSource random, SkiplistPath path) {
        this.l = list;
        this.memory = memory;
        this.random = random;
        this.path = path;
    }

    // ---- entries

    /** Puts an entry into the node at the index, where there is room, and loses the position. */
    void put(double score, long element) {
        own();
        int at = l.entries + (l.index << ENTRY_SHIFT);
        System.arraycopy(l.array, at, l.array, at + ENTRY, (l.count - l.index) << ENTRY_SHIFT);
        set(at, score, element);
        SkiplistLayout.count(memory, l.node, l.count + 1);
        path.count(1);
        l.node = 0;
    }

    /** Gives the entry at the index another score, with which it belongs in front of the index {@code to} of its node. */
    void rotate(int to, double score) {
        long element = l.element();
        own();
        int at = l.entries + (l.index << ENTRY_SHIFT);
        int target = l.entries + (to << ENTRY_SHIFT);
        if (to > l.index) {
            target -= ENTRY;
            System.arraycopy(l.array, at + ENTRY, l.array, at, target - at);
        } else {
            System.arraycopy(l.array, target, l.array, target + ENTRY, at - target);
        }
        set(target, score, element);
        l.node = 0;
    }

    private void set(int at, double score, long element) {
        assert !Double.isNaN(score);
        LONG.set(l.array, at, Double.doubleToRawLongBits(score));
        LONG.set(l.array, at + 8, element);
    }

    /** Makes the node's page the present's own. */
    private void own() {
        memory.writableArray(l.node);
        l.load();
    }

    /** Takes the entry out of the node the path leads to. The position is the next entry, or the node's end. */
    void take() {
        own();
        int at = l.entries + (l.index << ENTRY_SHIFT);
        System.arraycopy(l.array, at + ENTRY, l.array, at, (l.count - 1 - l.index) << ENTRY_SHIFT);
        l.count--;
        SkiplistLayout.count(memory, l.node, l.count);
        path.count(-1);
        if (l.count == 0) {
            dropNode();
        } else if (l.count <= SPARSE && (l.count & 3) == 0) { // seldom, since it reads the neighbours
            join();
        }
    }

    /** Whether a score surely belongs between the neighbours of this node. */
    boolean staysInNode(double score) {
        if (score <= l.score(0) && memory.getLong(l.node + BACKWARD) != 0) {
            return false;
        }
        if (score < l.score(l.count - 1)) {
            return true;
        }
        long right = SkiplistLayout.next(memory, l.node);
        if (right == 0) {
            return true;
        }
        int rightLevels = SkiplistLayout.levels(SkiplistLayout.head(memory, right));
        return score < Double.longBitsToDouble(memory.getLong(SkiplistLayout.entry(right, rightLevels, 0)));
    }

    // ---- room

    /** Goes to where an entry before all others belongs: in front of the first node's, or in a new node. */
    void front() {
        long first = SkiplistLayout.next(memory, l.header);
        l.index = 0;
        if (first == 0) {
            open(SMALLEST, 0);
            return;
        }
        l.enter(first, 0);
        if (l.count < l.capacity) {
            path.goOn(l.node, l.levels, 0);
        } else if (l.capacity < SkiplistLayout.most(l.levels)) {
            resize(l.capacity << 1);
        } else {
            open(SkiplistLayout.BYTES, 0);
        }
    }

    /** Finds a place for an entry that belongs at the index, where the node may be full. */
    void makeRoom() {
        if (l.count < l.capacity) {
            return;
        }
        if (l.capacity < SkiplistLayout.most(l.levels)) {
            resize(l.capacity << 1);
            return;
        }
        long right = SkiplistLayout.next(memory, l.node);
        if (right == 0) {
            if (l.index == l.count) {
                l.index = 0;
                open(SkiplistLayout.BYTES, l.start + l.count);
            } else {
                split();
            }
            return;
        }
        long head = SkiplistLayout.head(memory, right);
        int free = SkiplistLayout.capacity(head) - SkiplistLayout.count(head);
        if (l.index == l.count && free > 0) {
            l.index = 0;
            goOn(right, l.start + l.count);
        } else if (free >= WORTH_SHIFTING) {
            shift(right, SkiplistLayout.levels(head), SkiplistLayout.count(head));
        } else {
            split();
        }
    }

    private void goOn(long right, long rank) {
        l.enter(right, rank);
        path.goOn(right, l.levels, rank);
    }

    /** A number of levels, each the fourth part as likely as the one below. */
    private int drawLevels() {
        return 1 + Math.min(MAX_LEVELS - 1, Long.numberOfTrailingZeros(random.nextLong()) >> 1);
    }

    /** Puts an empty node behind the one the path leads to, and goes there. */
    private void open(int room, long rank) {
        int drawn = drawLevels();
        long fresh = SkiplistLayout.create(memory, drawn, room);
        path.link(fresh, drawn, rank);
        goOn(fresh, rank);
    }

    /** Moves the only node into a block of another size. */
    private void resize(int room) {
        long fresh = SkiplistLayout.create(memory, l.levels, room);
        int bytes = SkiplistLayout.entries(l.levels) + (l.count << ENTRY_SHIFT);
        memory.move(fresh + BACKWARD, l.node + BACKWARD, bytes - BACKWARD);
        SkiplistLayout.count(memory, fresh, l.count);
        for (int level = 0; level < l.levels; level++) {
            SkiplistLayout.word(memory, l.header, level, SkiplistLayout.word(fresh, 0));
        }
        memory.putLong(l.header + TAIL, fresh);
        memory.free(l.node);
        goOn(fresh, 0);
    }

    private void split() {
        int cut = l.count >>> 1;
        int drawn = drawLevels();
        long right = SkiplistLayout.create(memory, drawn, SkiplistLayout.BYTES);
        path.link(right, drawn, l.start + cut);
        memory.move(
                SkiplistLayout.entry(right, drawn, 0),
                SkiplistLayout.entry(l.node, l.levels, cut),
                (l.count - cut) << ENTRY_SHIFT);
        SkiplistLayout.count(memory, right, l.count - cut);
        SkiplistLayout.count(memory, l.node, cut);
        settle(right, cut);
    }

    /** Shifts entries into the right neighbour, so that both have equally many. */
    private void shift(long right, int rightLevels, int rightCount) {
        int n = Math.max(1, (l.count - rightCount) >>> 1); // leaves room in both, whatever their towers take
        int cut = l.count - n;
        long first = SkiplistLayout.entry(right, rightLevels, 0);
        memory.move(first + ((long) n << ENTRY_SHIFT), first, rightCount << ENTRY_SHIFT);
        memory.move(first, SkiplistLayout.entry(l.node, l.levels, cut), n << ENTRY_SHIFT);
        SkiplistLayout.count(memory, right, rightCount + n);
        SkiplistLayout.count(memory, l.node, cut);
        path.shift(right, n);
        settle(right, cut);
    }

    /** The node was cut in front of what is now the right one's first entry: goes to where the index is now. */
    private void settle(long right, int cut) {
        if (l.index > cut) {
            l.index -= cut;
            goOn(right, l.start + cut);
        } else {
            l.load();
        }
    }

    // ---- sparse nodes

    private void dropNode() {
        long right = SkiplistLayout.next(memory, l.node);
        path.toRank(l.start - 1);
        path.unlink(l.node);
        path.forget();
        if (right == 0) {
            l.node = 0;
        } else {
            l.enter(right, l.start);
            l.index = 0;
        }
    }

    /** Joins a sparse node with a neighbour, or gives the only one a smaller block. */
    private void join() {
        long right = SkiplistLayout.next(memory, l.node);
        long left = memory.getLong(l.node + BACKWARD);
        if (right == 0 && left == 0) {
            if (l.capacity > SMALLEST && l.count <= l.capacity >> 2) {
                resize(Math.max(SMALLEST, l.capacity >> 1));
            }
        } else if (right != 0 && l.count + countOf(right) <= JOINED) {
            absorb(right);
        } else if (left != 0 && l.count + countOf(left) <= JOINED) {
            long gone = l.node;
            int at = l.index;
            path.toRank(l.start - 1);
            l.enter(left, path.start());
            l.index = l.count + at;
            absorb(gone);
        }
    }

    private int countOf(long n) {
        return SkiplistLayout.count(SkiplistLayout.head(memory, n));
    }

    /** Takes the right neighbour's entries over. */
    private void absorb(long right) {
        long head = SkiplistLayout.head(memory, right);
        int more = SkiplistLayout.count(head);
        memory.move(
                SkiplistLayout.entry(l.node, l.levels, l.count),
                SkiplistLayout.entry(right, SkiplistLayout.levels(head), 0),
                more << ENTRY_SHIFT);
        SkiplistLayout.count(memory, l.node, l.count + more);
        path.unlink(right);
        l.load();
    }
}
