package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.SkiplistLayout.BACKWARD;
import static io.duetdb.engine.memory.SkiplistLayout.ELEMENT_BYTES;
import static io.duetdb.engine.memory.SkiplistLayout.ENTRY_SHIFT;
import static io.duetdb.engine.memory.SkiplistLayout.HEADER_BYTES;
import static io.duetdb.engine.memory.SkiplistLayout.LENGTH;
import static io.duetdb.engine.memory.SkiplistLayout.NODES;
import static io.duetdb.engine.memory.SkiplistLayout.TABLE;
import static io.duetdb.engine.memory.SkiplistLayout.TAIL;
import static io.duetdb.engine.memory.SkiplistLayout.TOWER;

import io.duetdb.engine.api.RandomSource;

/**
 * Entries sorted by score and, where scores are equal, by member, all of it in pages: a skiplist whose nodes hold many
 * entries. Finds by score, by member and by rank, tells ranks, and walks in both directions.
 *
 * <p>An entry is a score and the address of an element, a block that its owner keeps: the score in 8 bytes, and at
 * {@link #MEMBER} the member as {@link SizedString}. Elements are only read here, to compare members.
 *
 * <p>The object is a flyweight with a position: {@link #wrap} sets it on a list of its memory (the owner's, or a frozen
 * view's). What moves the position says whether it stands at an entry. Writes lose it, except {@link #removeHere}.
 * Writes elsewhere in the memory do not, but the entry must be asked again after the next move. Not thread-safe.
 */
/*
 * Maintainer's view.
 *
 *   header      node             node             node
 *   level 2  o────────────────────────────────────►o──────────►  entries of this level: next node, and how many
 *   level 1  o───────────────────►o───────────────►o──────────►  entries lie between its begin and this one's
 *   level 0  o──────►o───────────►o───────────────►o──────────►
 *            ◄───────┘◄───────────┘◄───────────────┘   ◄──tail   backward links
 *                    [1:a 2:b 2:c] [3:x 5:d 7:e 7:f] [9:g ...    up to 144 entries (score, element), sorted
 *
 * Why many entries in a node: what a search costs is cache lines. In a skiplist with a node per member (W. Pugh, CACM
 * 33(6), 1990; Redis' t_zset.c adds spans and backward links) a search among a million looks at some 40 nodes, and at as
 * many members or scores in other blocks, of which the lower half are misses. Here there are 100 times fewer nodes, so
 * more than three levels less; all there is to see of a node on the way (head, tower, first score) lies in one line, and
 * those lines, 0.6 MB for a million entries, stay in the caches. In the node it comes to, a search halves at most 8 times
 * over 2 KB. A walk reads on in the same node. And an entry costs 16 bytes and its share of a head where a node of
 * Redis' costs 32 and more. (Unrolled lists: Z. Shao, J. Reppy, A. Appel, LFP 1994. The nearest relative is the B+ tree,
 * whose inner nodes this does without.)
 *
 * Inserting finds the way (SkiplistPath) to the last node that begins before the entry, puts it into the node and adds 1
 * to the spans on the way. A full node gives entries to its right neighbour if that has room, otherwise it splits in
 * halves; a new node's levels are drawn with p = 1/4 from the engine's source of chance. What comes behind all others,
 * or before them, opens a new node and leaves the full one full, so that ascending scores pack to the last entry. An
 * only node has a smaller block that grows with its entries.
 *
 * Removing takes the entry out of its node. An empty node goes; a sparse one, at every fourth removal, joins a neighbour
 * if both together are three quarters of a node, so what is left never scatters over many nodes.
 *
 * A changed score mostly stays in its node, as nodes span a range of scores: then entries move within the node and no
 * tower changes. Otherwise the entry is taken out and put in again; the element keeps its block.
 *
 * Invariants, checked by verify(): entries ascend strictly by (score, member); no node is empty or over its capacity, and
 * with two nodes or more each block is full-sized; spans are exact, the last ones up to the end; each level's nodes are
 * those with towers of that height; backward links mirror level 0; scores in entries and elements agree; length, level,
 * number of nodes are right.
 *
 * Costs: search O(log N) nodes + 8 halvings; first, last, next, previous O(1); rank and seek by rank the same way down,
 * without a comparison. Memory: 16.6 bytes an entry when inserted in order, 22 to 25 at random, beside the element.
 */
public final class Skiplist {
    /** Where the member stands in an element. */
    public static final int MEMBER = 8;

    /** Elements that a walk touches ahead of itself. */
    private static final int AHEAD = 8;

    private final PageMemory memory;
    private final SkiplistAim aim;
    private final SkiplistPath path;
    private final SkiplistEditor editor;
    long header;

    // The position: an entry of a node, and where the node stands. node = 0: nowhere.
    long node;
    long start; // rank of the node's first entry
    int index;
    int count;
    int levels;
    int capacity;
    private int place;
    byte[] array = {};
    int entries;

    private int ahead; // entries up to this index, their elements were touched
    private long touched; // what was loaded early, folded, so that nobody can see that it isn't used

    /** A flyweight for lists in {@code memory}; {@link #wrap} comes first. Levels are drawn from {@code random}. */
    public Skiplist(PageMemory memory, RandomSource random) {
        this.memory = memory;
        this.aim = new SkiplistAim(memory);
        this.path = new SkiplistPath(memory);
        this.editor = new SkiplistEditor(this, memory, random, path);
    }

    /**
     * Makes an empty list and returns the address of its header, by which it is known from then on. {@code table} is a
     * word for its owner.
     */
    public static long create(PageMemory memory, long table) {
        long header = memory.allocate(HEADER_BYTES, Kind.SKIPLIST);
        memory.fill(header, HEADER_BYTES, 0);
        memory.putLong(header + TABLE, table);
        return header;
    }

    /** The owner's word of the list at {@code header}. */
    public static long table(PageMemory memory, long header) {
        memory.check(header, Kind.SKIPLIST);
        return memory.getLong(header + TABLE);
    }

    /** Sets this flyweight on the list at {@code header} and forgets the position. */
    public Skiplist wrap(long newHeader) {
        memory.check(newHeader, Kind.SKIPLIST);
        header = newHeader;
        path.wrap(newHeader);
        node = 0;
        return this;
    }

    /** The address that {@link #create} returned. */
    public long header() {
        return header;
    }

    /** Number of entries. */
    public long size() {
        return memory.getLong(header + LENGTH);
    }

    /** The sum that {@link #addElementBytes} keeps, and the bytes of the list's own blocks. O(1). */
    public long bytes() {
        long nodes = memory.getLong(header + NODES);
        long bytesOfNodes = nodes == 0 ? 0 : nodes * memory.capacity(SkiplistLayout.next(memory, header));
        return memory.capacity(header) + bytesOfNodes + memory.getLong(header + ELEMENT_BYTES);
    }

    /** Lets the owner keep count of the bytes of its elements. */
    public void addElementBytes(long change) {
        memory.putLong(header + ELEMENT_BYTES, memory.getLong(header + ELEMENT_BYTES) + change);
    }

    // ---- moving the position

    void enter(long n, long rank) {
        node = n;
        start = rank;
        ahead = 0;
        load();
    }

    void load() {
        memory.check(node, Kind.SKIPLIST_NODE);
        place = memory.place(node);
        array = memory.blocks[place >>> PLACE_BITS];
        int base = PageMemory.at(place, node);
        long head = (long) LONG.get(array, base);
        count = SkiplistLayout.count(head);
        levels = SkiplistLayout.levels(head);
        capacity = SkiplistLayout.capacity(head);
        entries = base + SkiplistLayout.entries(levels);
    }

    /** Somebody may have written elsewhere since the last move, and the page have been copied before. */
    private void stay() {
        if (memory.place(node) != place) {
            load();
        }
    }

    /** Loads the elements of some entries, so that the misses of a walk overlap. */
    private void touchElements(int from, int to) {
        long folded = 0;
        for (int i = from; i < to; i++) {
            folded |= memory.getLong((long) LONG.get(array, entries + (i << ENTRY_SHIFT) + 8));
        }
        touched = folded;
        ahead = to;
    }

    /** Goes to the first entry. */
    public boolean first() {
        long n = SkiplistLayout.next(memory, header);
        if (n == 0) {
            return nowhere();
        }
        enter(n, 0);
        index = 0;
        return true;
    }

    /** Goes to the last entry. */
    public boolean last() {
        long n = memory.getLong(header + TAIL);
        if (n == 0) {
            return nowhere();
        }
        enter(n, 0);
        start = size() - count;
        index = count - 1;
        return true;
    }

    /** Goes to the next entry; behind the last one the position is lost. */
    public boolean next() {
        index++;
        if (index >= count) {
            return forward();
        }
        stay();
        if (index >= ahead) {
            touchElements(index, Math.min(count, index + AHEAD));
        }
        return true;
    }

    private boolean forward() {
        long n = SkiplistLayout.next(memory, node);
        if (n == 0) {
            return nowhere();
        }
        enter(n, start + count);
        index = 0;
        return true;
    }

    /** Goes to the entry before; before the first one the position is lost. */
    public boolean previous() {
        if (index > 0) {
            index--;
            stay();
            return true;
        }
        long n = memory.getLong(node + BACKWARD);
        if (n == 0) {
            return nowhere();
        }
        enter(n, start);
        start -= count;
        index = count - 1;
        return true;
    }

    private boolean nowhere() {
        node = 0;
        return false;
    }

    /** Goes to the entry of a rank from 0 on. O(log N). */
    public boolean seekRank(long rank) {
        if (rank < 0 || rank >= size()) {
            return nowhere();
        }
        path.toRank(rank);
        enter(path.node(), path.start());
        index = (int) (rank - start);
        return true;
    }

    /** Goes to the first entry with a score of at least {@code min}, or above it. O(log N). */
    public boolean seekScore(double min, boolean exclusive) {
        aim.atScore(min, exclusive);
        return behindAim();
    }

    /** Goes to the last entry with a score of at most {@code max}, or below it. O(log N). */
    public boolean seekScoreBack(double max, boolean exclusive) {
        aim.atScore(max, !exclusive);
        return beforeAim();
    }

    /** Goes to the first entry whose member is not before these bytes, all scores being equal. O(log N). */
    public boolean seekLex(byte[] b, int from, int length, boolean exclusive) {
        aim.atMember(Double.NaN, b, from, length, exclusive);
        boolean is = behindAim();
        aim.forget();
        return is;
    }

    /** Goes to the last entry whose member is not behind these bytes, all scores being equal. O(log N). */
    public boolean seekLexBack(byte[] b, int from, int length, boolean exclusive) {
        aim.atMember(Double.NaN, b, from, length, !exclusive);
        boolean is = beforeAim();
        aim.forget();
        return is;
    }

    private boolean behindAim() {
        path.to(aim);
        if (path.node() == header) {
            return first();
        }
        land();
        return index < count || forward();
    }

    private boolean beforeAim() {
        path.to(aim);
        if (path.node() == header) {
            return nowhere();
        }
        land();
        index--;
        return true;
    }

    /** Enters the node the path leads to, at the first entry behind the aim, or at its end. */
    private void land() {
        enter(path.node(), path.start());
        touched = touchSixteenths();
        index = bound(1);
    }

    /** Loads the lines that the first four halvings may look at all at once: misses that overlap cost one. */
    private long touchSixteenths() {
        int step = count >> 4 << ENTRY_SHIFT;
        int at = entries + step;
        long folded = (long) LONG.get(array, at);
        for (int i = 0; i < 14; i++) {
            at += step;
            folded |= (long) LONG.get(array, at);
        }
        return folded;
    }

    /** The index of the node's first entry behind the aim; those below {@code low} are known to be before it. */
    private int bound(int low) {
        int from = low;
        int to = count;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (aim.isBefore(array, entries + (middle << ENTRY_SHIFT))) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    // ---- the entry

    /** The entry's score. */
    public double score() {
        return score(index);
    }

    /** The address of the entry's element. */
    public long element() {
        return (long) LONG.get(array, entries + (index << ENTRY_SHIFT) + 8);
    }

    /** The entry's rank, from 0 on. */
    public long rank() {
        return start + index;
    }

    double score(int i) {
        return Double.longBitsToDouble((long) LONG.get(array, entries + (i << ENTRY_SHIFT)));
    }

    /** The rank of an element that is in the list, by its score and member. O(log N). */
    public long rank(double score, long element, byte[] b, int from, int length) {
        find(score, element, b, from, length);
        return start + index;
    }

    private void find(double score, long element, byte[] b, int from, int length) {
        aim.behind(score, element, b, from, length);
        path.to(aim);
        if (path.node() != header) {
            land();
            index--;
        }
        aim.forget();
        if (path.node() == header || element() != element) {
            throw new IllegalStateException("skiplist: an element is not where its score and member say");
        }
    }

    // ---- changing

    /** Puts an element in, whose member these bytes are. It must not be in. O(log N). */
    public void insert(double score, long element, byte[] b, int from, int length) {
        aim.atMember(score, b, from, length, false);
        path.to(aim);
        if (path.node() == header) {
            editor.front();
        } else {
            land();
            editor.makeRoom();
        }
        aim.forget();
        editor.put(score, element);
    }

    /** Puts an element in behind all others, where it must belong. O(1) on average, for many in a row. */
    public void append(double score, long element) {
        if (!path.leadsTo(memory.getLong(header + TAIL))) {
            path.toRank(Long.MAX_VALUE);
        }
        if (path.node() == header) {
            editor.front();
        } else {
            enter(path.node(), path.start());
            index = count;
            editor.makeRoom();
        }
        editor.put(score, element);
    }

    /** Gives an element that is in the list another score; these bytes are its member. O(log N). */
    public void move(double old, double score, long element, byte[] b, int from, int length) {
        find(old, element, b, from, length);
        if (editor.staysInNode(score)) {
            aim.atMember(score, b, from, length, false);
            editor.rotate(bound(0), score);
            aim.forget();
        } else {
            editor.take();
            insert(score, element, b, from, length);
        }
    }

    /** Takes an element out that is in the list; its block stays its owner's. O(log N). */
    public void remove(double score, long element, byte[] b, int from, int length) {
        find(score, element, b, from, length);
        editor.take();
        node = 0;
    }

    /** Takes the entry out and goes to the next one; false if that was the last. O(log N), for a run O(1) each. */
    public boolean removeHere() {
        if (!path.leadsTo(node)) {
            path.toRank(start + index);
        }
        editor.take();
        return node != 0 && (index < count || forward());
    }

    // ---- the whole

    /**
     * Frees nodes, no more than {@code budget}. Returns what is left of the budget, 0 if there may be more to do. Nothing
     * else may be done with the list then but to go on, and to free the header.
     */
    public static int freeNodes(PageMemory memory, long header, int budget) {
        int left = budget;
        long n = SkiplistLayout.next(memory, header);
        while (n != 0 && left > 0) {
            long next = SkiplistLayout.next(memory, n);
            memory.free(n);
            n = next;
            left--;
        }
        memory.putLong(header + TOWER, SkiplistLayout.word(n, 0));
        return left;
    }

    /** Throws unless all invariants hold. O(N); for tests. */
    public void verify() {
        new SkiplistVerifier(memory, header).run();
    }
}
