package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.SkiplistLayout.BACKWARD;
import static io.duetdb.engine.memory.SkiplistLayout.ELEMENT_BYTES;
import static io.duetdb.engine.memory.SkiplistLayout.ENTRY;
import static io.duetdb.engine.memory.SkiplistLayout.ENTRY_SHIFT;
import static io.duetdb.engine.memory.SkiplistLayout.HEADER_BYTES;
import static io.duetdb.engine.memory.SkiplistLayout.LENGTH;
import static io.duetdb.engine.memory.SkiplistLayout.MAX_LEVELS;
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
 *                    [1:a 2:b 2:c] [3:x 5:d 7:e 7:f] [9:g ...    up to 62 entries (score, element), sorted
 *
 * Why many entries in a node: what a search costs is cache lines. In a skiplist with a node per member (W. Pugh, CACM
 * 33(6), 1990; Redis' t_zset.c adds spans and backward links) a search among a million looks at some 40 nodes, and at as
 * many members or scores in other blocks, of which the lower half are misses. Here there are 40 times fewer nodes, so
 * three levels less; all there is to see of a node on the way (head, tower, first score) lies in one line, and those
 * lines, 1.5 MB for a million entries, stay in the caches. In the node it comes to, a search halves at most 6 times
 * over 1 KB. A walk reads on in the same node. And an entry costs 16 bytes and its share of a head where a node of
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
 * Costs: search O(log N) nodes + 6 halvings; first, last, next, previous O(1); rank and seek by rank the same way down,
 * without a comparison. Memory: 16.6 bytes an entry when inserted in order, 22 to 25 at random, beside the element.
 */
public final class Skiplist {
    /** Where the member stands in an element. */
    public static final int MEMBER = 8;

    /** Entries of an only node at first. */
    private static final int SMALLEST = 4;

    /** Free entries that a right neighbour must have before a full node shifts some into it. */
    private static final int WORTH_SHIFTING = 8;

    /** Up to this many entries a node looks for a neighbour to join, and so many both may have together. */
    private static final int SPARSE = 24;

    private static final int JOINED = 46;

    private final PageMemory memory;
    private final RandomSource random;
    private final SkiplistAim aim;
    private final SkiplistPath path;
    private long header;

    // The position: an entry of a node, and where the node stands. node = 0: nowhere.
    private long node;
    private long start; // rank of the node's first entry
    private int index;
    private int count;
    private int levels;
    private int capacity;
    private int place;
    private byte[] array = {};
    private int entries;

    /** A flyweight for lists in {@code memory}; {@link #wrap} comes first. Levels are drawn from {@code random}. */
    public Skiplist(PageMemory memory, RandomSource random) {
        this.memory = memory;
        this.random = random;
        this.aim = new SkiplistAim(memory);
        this.path = new SkiplistPath(memory);
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

    private void enter(long n, long rank) {
        node = n;
        start = rank;
        load();
    }

    private void load() {
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
    private boolean stay() {
        if (memory.place(node) != place) {
            load();
        }
        return true;
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
        return index < count ? stay() : forward();
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
            return stay();
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
        index = bound(1);
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

    private double score(int i) {
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

    // ---- putting in

    /** Puts an element in, whose member these bytes are. It must not be in. O(log N). */
    public void insert(double score, long element, byte[] b, int from, int length) {
        aim.atMember(score, b, from, length, false);
        path.to(aim);
        if (path.node() == header) {
            front();
        } else {
            land();
            if (count == capacity) {
                makeRoom();
            }
        }
        aim.forget();
        put(score, element);
    }

    /** Puts an element in behind all others, where it must belong. O(1) on average, for many in a row. */
    public void append(double score, long element) {
        if (!path.leadsTo(memory.getLong(header + TAIL))) {
            path.toRank(Long.MAX_VALUE);
        }
        if (path.node() == header) {
            front();
        } else {
            enter(path.node(), path.start());
            index = count;
            if (count == capacity) {
                makeRoom();
            }
        }
        put(score, element);
    }

    /** Puts an entry into the node at the index, where there is room, and loses the position. */
    private void put(double score, long element) {
        own();
        int at = entries + (index << ENTRY_SHIFT);
        System.arraycopy(array, at, array, at + ENTRY, (count - index) << ENTRY_SHIFT);
        set(at, score, element);
        SkiplistLayout.count(memory, node, count + 1);
        path.count(1);
        node = 0;
    }

    private void set(int at, double score, long element) {
        assert !Double.isNaN(score);
        LONG.set(array, at, Double.doubleToRawLongBits(score));
        LONG.set(array, at + 8, element);
    }

    /** Makes the node's page the present's own. */
    private void own() {
        array = memory.writableArray(node);
        load();
    }

    /** Goes to where an entry before all others belongs: in front of the first node's, or in a new node. */
    private void front() {
        long first = SkiplistLayout.next(memory, header);
        index = 0;
        if (first == 0) {
            open(SMALLEST, 0);
            return;
        }
        enter(first, 0);
        if (count < capacity) {
            path.goOn(node, levels, 0);
        } else if (capacity < SkiplistLayout.most(levels)) {
            resize(capacity << 1);
        } else {
            open(SkiplistLayout.BYTES, 0);
        }
    }

    /** Finds a place for an entry that belongs at the index of a full node. */
    private void makeRoom() {
        if (capacity < SkiplistLayout.most(levels)) {
            resize(capacity << 1);
            return;
        }
        long right = SkiplistLayout.next(memory, node);
        if (right == 0) {
            if (index == count) {
                index = 0;
                open(SkiplistLayout.BYTES, start + count);
            } else {
                split();
            }
            return;
        }
        long head = SkiplistLayout.head(memory, right);
        int free = SkiplistLayout.capacity(head) - SkiplistLayout.count(head);
        if (index == count && free > 0) {
            index = 0;
            goOn(right, start + count);
        } else if (free >= WORTH_SHIFTING) {
            shift(right, SkiplistLayout.levels(head), SkiplistLayout.count(head));
        } else {
            split();
        }
    }

    private void goOn(long right, long rank) {
        enter(right, rank);
        path.goOn(right, levels, rank);
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
        long fresh = SkiplistLayout.create(memory, levels, room);
        int bytes = SkiplistLayout.entries(levels) + (count << ENTRY_SHIFT);
        memory.move(fresh + BACKWARD, node + BACKWARD, bytes - BACKWARD);
        SkiplistLayout.count(memory, fresh, count);
        for (int level = 0; level < levels; level++) {
            SkiplistLayout.word(memory, header, level, SkiplistLayout.word(fresh, 0));
        }
        memory.putLong(header + TAIL, fresh);
        memory.free(node);
        goOn(fresh, 0);
    }

    private void split() {
        int cut = count >>> 1;
        int drawn = drawLevels();
        long right = SkiplistLayout.create(memory, drawn, SkiplistLayout.BYTES);
        path.link(right, drawn, start + cut);
        memory.move(
                SkiplistLayout.entry(right, drawn, 0),
                SkiplistLayout.entry(node, levels, cut),
                (count - cut) << ENTRY_SHIFT);
        SkiplistLayout.count(memory, right, count - cut);
        SkiplistLayout.count(memory, node, cut);
        settle(right, cut);
    }

    /** Shifts entries into the right neighbour, so that both have equally many. */
    private void shift(long right, int rightLevels, int rightCount) {
        int n = Math.max(1, (count - rightCount) >>> 1); // leaves room in both, whatever their towers take
        int cut = count - n;
        long first = SkiplistLayout.entry(right, rightLevels, 0);
        memory.move(first + ((long) n << ENTRY_SHIFT), first, rightCount << ENTRY_SHIFT);
        memory.move(first, SkiplistLayout.entry(node, levels, cut), n << ENTRY_SHIFT);
        SkiplistLayout.count(memory, right, rightCount + n);
        SkiplistLayout.count(memory, node, cut);
        path.shift(right, n);
        settle(right, cut);
    }

    /** The node was cut in front of what is now the right one's first entry: goes to where the index is now. */
    private void settle(long right, int cut) {
        if (index > cut) {
            index -= cut;
            goOn(right, start + cut);
        } else {
            load();
        }
    }

    // ---- changing

    /** Gives an element that is in the list another score; these bytes are its member. O(log N). */
    public void move(double old, double score, long element, byte[] b, int from, int length) {
        find(old, element, b, from, length);
        if (!staysInNode(score)) {
            take();
            insert(score, element, b, from, length);
            return;
        }
        aim.atMember(score, b, from, length, false);
        int to = bound(0);
        aim.forget();
        own();
        int at = entries + (index << ENTRY_SHIFT);
        if (to > index) {
            to--;
            System.arraycopy(array, at + ENTRY, array, at, (to - index) << ENTRY_SHIFT);
        } else {
            int target = entries + (to << ENTRY_SHIFT);
            System.arraycopy(array, target, array, target + ENTRY, (index - to) << ENTRY_SHIFT);
        }
        set(entries + (to << ENTRY_SHIFT), score, element);
        node = 0;
    }

    /** Whether a score surely belongs between the neighbours of this node. */
    private boolean staysInNode(double score) {
        if (score <= score(0) && memory.getLong(node + BACKWARD) != 0) {
            return false;
        }
        if (score < score(count - 1)) {
            return true;
        }
        long right = SkiplistLayout.next(memory, node);
        if (right == 0) {
            return true;
        }
        int rightLevels = SkiplistLayout.levels(SkiplistLayout.head(memory, right));
        return score < Double.longBitsToDouble(memory.getLong(SkiplistLayout.entry(right, rightLevels, 0)));
    }

    // ---- taking out

    /** Takes an element out that is in the list; its block stays its owner's. O(log N). */
    public void remove(double score, long element, byte[] b, int from, int length) {
        find(score, element, b, from, length);
        take();
        node = 0;
    }

    /** Takes the entry out and goes to the next one; false if that was the last. O(log N), for a run O(1) each. */
    public boolean removeHere() {
        if (!path.leadsTo(node)) {
            path.toRank(start + index);
        }
        take();
        return node != 0 && (index < count || forward());
    }

    /** Takes the entry out of the node the path leads to. The position is the next entry, or the node's end. */
    private void take() {
        own();
        int at = entries + (index << ENTRY_SHIFT);
        System.arraycopy(array, at + ENTRY, array, at, (count - 1 - index) << ENTRY_SHIFT);
        count--;
        SkiplistLayout.count(memory, node, count);
        path.count(-1);
        if (count == 0) {
            dropNode();
        } else if (count <= SPARSE && (count & 3) == 0) { // seldom, since it reads the neighbours
            join();
        }
    }

    private void dropNode() {
        long right = SkiplistLayout.next(memory, node);
        path.toRank(start - 1);
        path.unlink(node);
        path.forget();
        if (right == 0) {
            node = 0;
        } else {
            enter(right, start);
            index = 0;
        }
    }

    /** Joins a sparse node with a neighbour, or gives the only one a smaller block. */
    private void join() {
        long right = SkiplistLayout.next(memory, node);
        long left = memory.getLong(node + BACKWARD);
        if (right == 0 && left == 0) {
            if (capacity > SMALLEST && count <= capacity >> 2) {
                resize(Math.max(SMALLEST, capacity >> 1));
            }
        } else if (right != 0 && count + countOf(right) <= JOINED) {
            absorb(right);
        } else if (left != 0 && count + countOf(left) <= JOINED) {
            long gone = node;
            int at = index;
            path.toRank(start - 1);
            enter(left, path.start());
            index = count + at;
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
                SkiplistLayout.entry(node, levels, count),
                SkiplistLayout.entry(right, SkiplistLayout.levels(head), 0),
                more << ENTRY_SHIFT);
        SkiplistLayout.count(memory, node, count + more);
        path.unlink(right);
        load();
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
