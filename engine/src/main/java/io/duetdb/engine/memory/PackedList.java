package io.duetdb.engine.memory;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Reply;
import java.util.Arrays;

/**
 * Elements in order, packed into blocks: what small collections and lists of any size are kept in. Strings and integers
 * at both ends and at a position; each element costs its bytes and two or three more.
 *
 * <p>The object is a flyweight with a position: {@link #wrap} sets it on a list, known by its root (0 = empty), and
 * after every write {@link #root()} is what the owner has to keep. {@link #first}, {@link #last}, {@link #seek},
 * {@link #next}, {@link #previous} and {@link #find} move the position and say whether it stands at an element; what is
 * asked about "the element" is asked about that one. The position lasts until somebody else writes to the memory.
 */
/*
 * Maintainer's view.
 *
 *   small:   root = address of one block                     | used : 16 | count : 16 | elements ... |
 *
 *   large:   root = CHAIN + address of a header              | count | bytes | head | tail | nodes | outside |
 *            nodes, doubly linked         | used : 16 | count : 16 | previous | next | gap : 16 | gap | elements ... |
 *
 * A node is a block of at most 4096 bytes: an insertion moves half of that at worst (some 50 ns), a copy under a frozen
 * view is of one page. Elements stand as in a listpack of Redis (PackedElement), so bytes() is what Redis' thresholds
 * look at whichever shape is used here. What is longer than a kilobyte stands in chunks, and only in a chain, whose
 * header counts them: a small list is freed without a look at its elements.
 *
 * A small list becomes a chain when its block would pass 4096 bytes or an element must stand outside; a chain becomes
 * small again when one node is left that is less than a quarter full. Two neighbours are joined after a removal when
 * together they are at most half full, so nodes stay half full on average and removing all costs O(n).
 *
 * Blocks of a small list are exactly as large as needed, those of a chain a quarter larger, as it grows at its ends. What
 * is free in a node of a chain may stand in front of its elements, the gap: pushing to the head and taking from there move
 * nothing then (LPUSH by 16 took 0.98 of redis-server's rate without it).
 *
 * Invariants, checked by verify(): counts, used bytes and links; no node is empty; each element can be read forwards and
 * backwards.
 */
public final class PackedList {
    /** What a listpack of Redis has beside its elements, in bytes. */
    public static final int LISTPACK_OVERHEAD = 7;

    static final long CHAIN = 1L << 40;
    static final int BLOCK = PageMemory.MAX_BLOCK;

    static final int COUNT_AT = 2;
    static final int SMALL_HEAD = 4;
    static final int PREVIOUS = 4;
    static final int NEXT = 12;
    static final int GAP = 20;
    static final int NODE_HEAD = 22;

    static final int TOTAL = 0;
    static final int BYTES = 8;
    static final int HEAD = 16;
    static final int TAIL = 24;
    static final int NODES = 32;
    static final int OUTSIDES = 40;
    static final int HEADER = 48;

    /** Nodes that {@link #free} frees at once. */
    private static final int AT_ONCE = 64;

    private final PageMemory memory;
    private final PackedEditor editor;
    final PackedElement element = new PackedElement();
    long root;

    // The position: an element of a node, and where it stands in that node's array. node = 0: nowhere.
    long node;
    int offset; // from the node's begin
    int used;
    int head;
    byte[] array = new byte[0];
    int base;

    /** A flyweight for lists in {@code memory}; {@link #wrap} comes first. */
    public PackedList(PageMemory memory) {
        this.memory = memory;
        this.editor = new PackedEditor(this, memory);
    }

    /** Sets this flyweight on a list and forgets the position. */
    public PackedList wrap(long newRoot) {
        root = newRoot;
        node = 0;
        return this;
    }

    /** By what the list is known: to be kept by its owner after every write. Below 2^41; 0 = empty. */
    public long root() {
        return root;
    }

    /** The block at which a root begins. */
    public static long block(long root) {
        return root & ~CHAIN;
    }

    boolean isChain() {
        return (root & CHAIN) != 0;
    }

    long header() {
        return root & ~CHAIN;
    }

    /** Number of elements. */
    public long size() {
        return root == 0 ? 0 : isChain() ? memory.getLong(header() + TOTAL) : memory.getShort(root + COUNT_AT);
    }

    /** Bytes of a listpack of Redis with these elements. */
    public long bytes() {
        if (root == 0) {
            return LISTPACK_OVERHEAD;
        }
        return LISTPACK_OVERHEAD + (isChain() ? memory.getLong(header() + BYTES) : memory.getShort(root));
    }

    /** Bytes that the blocks of the list take. O(nodes), O(elements) when some stand outside. */
    public long blockBytes() {
        if (!isChain()) {
            return root == 0 ? 0 : memory.capacity(root);
        }
        long sum = memory.capacity(header());
        for (long n = memory.getLong(header() + HEAD); n != 0; n = memory.getLong(n + NEXT)) {
            sum += memory.capacity(n);
        }
        if (memory.getLong(header() + OUTSIDES) > 0) {
            PackedList walk = new PackedList(memory).wrap(root);
            for (boolean is = walk.first(); is; is = walk.next()) {
                sum += walk.isOutside() ? ChunkedBytes.blockBytes(memory, walk.outsideRoot(), walk.length()) : 0;
            }
        }
        return sum;
    }

    // ---- moving the position

    boolean enter(long n) {
        node = n;
        if (n == 0) {
            return false;
        }
        head = isChain() ? NODE_HEAD + memory.getShort(n + GAP) : SMALL_HEAD;
        used = memory.getShort(n);
        load();
        return true;
    }

    /** Looks the position's page up again: for an owner who wrote elsewhere in the memory and goes on from here. */
    public void refresh() {
        if (node != 0) {
            load();
        }
    }

    void load() {
        array = memory.array(node);
        base = memory.index(node);
    }

    /** Makes the position hold again after somebody wrote elsewhere in the memory. */
    public void reload() {
        if (node != 0) {
            load();
        }
    }

    long headNode() {
        return isChain() ? memory.getLong(header() + HEAD) : root;
    }

    long tailNode() {
        return isChain() ? memory.getLong(header() + TAIL) : root;
    }

    long after(long n) {
        return isChain() ? memory.getLong(n + NEXT) : 0;
    }

    long before(long n) {
        return isChain() ? memory.getLong(n + PREVIOUS) : 0;
    }

    int end() {
        return head + used;
    }

    /** Goes to the first element. */
    public boolean first() {
        boolean is = enter(headNode());
        offset = head;
        return is;
    }

    /** Goes to the last element. */
    public boolean last() {
        return enter(tailNode()) && atEnd();
    }

    private boolean atEnd() {
        offset = end() - PackedElement.sizeBefore(array, base + end());
        return true;
    }

    /** Goes to the next element; behind the last one the position is lost. */
    public boolean next() {
        offset += PackedElement.sizeAt(array, base + offset);
        if (offset < end()) {
            return true;
        }
        boolean is = enter(after(node));
        offset = head;
        return is;
    }

    /** Goes to the element before; before the first one the position is lost. */
    public boolean previous() {
        if (offset > head) {
            offset -= PackedElement.sizeBefore(array, base + offset);
            return true;
        }
        return enter(before(node)) && atEnd();
    }

    /** Goes to the element of an index from 0 on, or from -1 on backwards. O(nodes + elements of a node). */
    public boolean seek(long index) {
        long size = size();
        long at = index < 0 ? size + index : index;
        if (at < 0 || at >= size) {
            node = 0;
            return false;
        }
        if (at <= size / 2) {
            enter(headNode());
            while (at >= memory.getShort(node + COUNT_AT)) {
                at -= memory.getShort(node + COUNT_AT);
                enter(after(node));
            }
        } else {
            enter(tailNode());
            long behind = size - memory.getShort(node + COUNT_AT);
            while (at < behind) {
                enter(before(node));
                behind -= memory.getShort(node + COUNT_AT);
            }
            at -= behind;
        }
        offset = head;
        int count = memory.getShort(node + COUNT_AT);
        if (at <= count / 2) {
            for (; at > 0; at--) {
                offset += PackedElement.sizeAt(array, base + offset);
            }
        } else {
            offset = end();
            for (; at < count; at++) {
                offset -= PackedElement.sizeBefore(array, base + offset);
            }
        }
        return true;
    }

    /**
     * Goes to the first element that equals these bytes, from the position on (its element included), looking only at
     * every {@code stride}-th. Without one the position is lost. O(elements).
     */
    public boolean find(byte[] b, int from, int length, int stride) {
        if (node == 0) {
            return false;
        }
        long wanted = length <= 20 ? Numbers.parse(b, from, length) : Numbers.NOT_A_LONG;
        boolean integer = wanted != Numbers.NOT_A_LONG || length <= 20 && Numbers.isLong(b, from, length);
        int skip = 0;
        do {
            int end = base + end();
            int at = base + offset;
            while (at < end) {
                int c = array[at];
                boolean isShort = (c & 0xC0) == 0x80;
                if (skip == 0) {
                    boolean same = isShort
                            ? !integer
                                    && (c & 0x3F) == length
                                    && Arrays.equals(array, at + 1, at + 1 + length, b, from, from + length)
                            : matches(at, b, from, length, integer, wanted);
                    if (same) {
                        offset = at - base;
                        return true;
                    }
                    skip = stride;
                }
                skip--;
                at += isShort ? (c & 0x3F) + 2 : PackedElement.sizeAt(array, at);
            }
            enter(after(node));
            offset = head;
        } while (node != 0);
        return false;
    }

    private boolean matches(int at, byte[] b, int from, int length, boolean integer, long wanted) {
        if (PackedElement.isInteger(array, at)) {
            return integer && PackedElement.integerAt(array, at) == wanted;
        }
        if (integer || PackedElement.lengthAt(array, at) != length) {
            return false;
        }
        if (PackedElement.isOutside(array, at)) {
            return ChunkedBytes.equals(memory, PackedElement.rootAt(array, at), length, b, from);
        }
        int bytes = at + PackedElement.headLength(array, at);
        return Arrays.equals(array, bytes, bytes + length, b, from, from + length);
    }

    // ---- the element

    /** Whether the element is kept as an integer. */
    public boolean isInteger() {
        return PackedElement.isInteger(array, base + offset);
    }

    /** The value of an element that is kept as an integer. */
    public long integer() {
        return PackedElement.integerAt(array, base + offset);
    }

    boolean isOutside() {
        return PackedElement.isOutside(array, base + offset);
    }

    private long outsideRoot() {
        return PackedElement.rootAt(array, base + offset);
    }

    /** Length of the element as a string, in bytes. */
    public int length() {
        return isInteger() ? Numbers.length(integer()) : PackedElement.lengthAt(array, base + offset);
    }

    /** Copies the element as a string to {@code to}, which has room for it. Returns its length. */
    public int copyOut(byte[] to, int at) {
        if (isInteger()) {
            return Numbers.write(integer(), to, at) - at;
        }
        int length = length();
        if (isOutside()) {
            ChunkedBytes.read(memory, outsideRoot(), length, 0, to, at, length);
        } else {
            System.arraycopy(array, base + offset + PackedElement.headLength(array, base + offset), to, at, length);
        }
        return length;
    }

    /** A copy of the element as a string. Allocates: for cold paths. */
    public byte[] copy() {
        byte[] copy = new byte[length()];
        copyOut(copy, 0);
        return copy;
    }

    /** Replies the element as a bulk string, straight from its page. */
    public void reply(Reply reply) {
        if (isInteger()) {
            reply.bulk(integer());
        } else if (isOutside()) {
            int length = length();
            reply.bulkParts(length);
            ChunkedBytes.reply(memory, outsideRoot(), length, 0, length, reply);
        } else {
            int at = base + offset;
            reply.bulk(array, at + PackedElement.headLength(array, at), PackedElement.lengthAt(array, at));
        }
    }

    /** Whether the element equals these bytes. */
    public boolean equals(byte[] b, int from, int length) {
        long wanted = length <= 20 ? Numbers.parse(b, from, length) : Numbers.NOT_A_LONG;
        boolean integer = wanted != Numbers.NOT_A_LONG || length <= 20 && Numbers.isLong(b, from, length);
        return matches(base + offset, b, from, length, integer, wanted);
    }

    /** Compares the element as a string with these bytes as unsigned numbers, a prefix being less. */
    public int compare(byte[] b, int from, int length) {
        if (isInteger() || isOutside()) {
            byte[] own = copy();
            return Arrays.compareUnsigned(own, 0, own.length, b, from, from + length);
        }
        int at = base + offset + PackedElement.headLength(array, base + offset);
        return Arrays.compareUnsigned(array, at, at + length(), b, from, from + length);
    }

    // ---- writing

    /** Puts a string in front of all elements and goes there. */
    public void addFirst(byte[] b, int from, int length) {
        first();
        editor.prepare(b, from, length);
        editor.insert(b, from);
    }

    /** Puts a string behind all elements and goes there. */
    public void addLast(byte[] b, int from, int length) {
        toEnd();
        editor.prepare(b, from, length);
        editor.insert(b, from);
    }

    /** Puts an integer behind all elements and goes there. */
    public void addLast(long value) {
        toEnd();
        element.integer(value);
        editor.insert(array, 0);
    }

    private void toEnd() {
        enter(tailNode());
        offset = node == 0 ? 0 : end();
    }

    /** Puts a string in front of the element and goes there. */
    public void insertBefore(byte[] b, int from, int length) {
        editor.prepare(b, from, length);
        editor.insert(b, from);
    }

    /** Puts a string behind the element and goes there. */
    public void insertAfter(byte[] b, int from, int length) {
        offset += PackedElement.sizeAt(array, base + offset);
        editor.prepare(b, from, length);
        editor.insert(b, from);
    }

    /** Makes the element another string and stays there. */
    public void replace(byte[] b, int from, int length) {
        editor.prepare(b, from, length);
        editor.replaceElement(b, from);
    }

    /** Makes the element an integer and stays there. */
    public void replace(long value) {
        element.integer(value);
        editor.replaceElement(array, 0);
    }

    /** Takes the element out and goes to the next one; false if that was the last. */
    public boolean remove() {
        editor.dropHere();
        return node != 0;
    }

    /** Takes {@code n} elements out, from the element on, as far as there are any, and goes to the next one. */
    public boolean remove(long n) {
        return editor.remove(n);
    }

    // ---- the whole

    /**
     * Fills the list, which is empty, with {@code count} elements that stand in {@code b} as in a listpack of Redis, each
     * in the form that Redis writes it in. Returns false, and does nothing, if they are more than a small list takes.
     *
     * @param longest bytes of the longest, as a string
     */
    public boolean adopt(byte[] b, int from, int length, int count, int longest) {
        if (root != 0 || count == 0 || length > BLOCK - SMALL_HEAD || longest > PackedElement.INLINE_MAX) {
            return false;
        }
        root = memory.allocate(SMALL_HEAD + length, Kind.LISTPACK);
        memory.putShort(root, length);
        memory.putShort(root + COUNT_AT, count);
        memory.copyIn(root + SMALL_HEAD, b, from, length);
        return first();
    }

    /**
     * Whether two of every {@code stride}-th element are the same, of elements as {@link #adopt} takes them. O(count^2).
     */
    public static boolean hasTwins(byte[] b, int from, int length, int stride) {
        int to = from + length;
        for (int one = from; one < to; one = behind(b, one, stride)) {
            int size = PackedElement.sizeAt(b, one);
            for (int other = behind(b, one, stride); other < to; other = behind(b, other, stride)) {
                if (other + size <= to && Arrays.equals(b, one, one + size, b, other, other + size)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether an element that stands at {@code at} as in a listpack of Redis is an integer. */
    public static boolean isInteger(byte[] b, int at) {
        return PackedElement.isInteger(b, at);
    }

    private static int behind(byte[] b, int at, int elements) {
        int behind = at;
        for (int i = 0; i < elements; i++) {
            behind += PackedElement.sizeAt(b, behind);
        }
        return behind;
    }

    /** Makes a copy of the list and returns its root. O(bytes). */
    public long copyAll() {
        PackedList copy = new PackedList(memory).wrap(0);
        byte[] bytes = new byte[64];
        for (boolean is = first(); is; is = next()) {
            int length = length();
            if (bytes.length < length) {
                bytes = new byte[Math.max(length, bytes.length * 2)];
            }
            copyOut(bytes, 0);
            copy.addLast(bytes, 0, length);
            load();
        }
        return copy.root();
    }

    /**
     * Frees the list: a short one at once; what is longer goes to {@code reclaimer}, which needs {@link #reclaiming}.
     */
    public void free(Reclaimer reclaimer) {
        if (isChain() && memory.getLong(header() + NODES) > AT_ONCE) {
            reclaimer.queue(Kind.QUICKLIST, header(), 0);
            root = 0;
            node = 0;
        } else if (first()) {
            remove(Long.MAX_VALUE);
        }
    }

    /** How a reclaimer frees long lists: to be plugged in as {@link Kind#QUICKLIST}. */
    public static Reclaimer.Kindly reclaiming() {
        return (memory, address, state, budget) -> {
            PackedList list = new PackedList(memory).wrap(address | CHAIN);
            for (int done = 0; done < budget && list.first(); done++) {
                list.remove(memory.getShort(list.node + COUNT_AT));
            }
            return list.root == 0 ? Reclaimer.Kindly.DONE : list.isChain() ? 0 : list.freeRest();
        };
    }

    private long freeRest() {
        first();
        remove(Long.MAX_VALUE);
        return Reclaimer.Kindly.DONE;
    }

    /** Throws unless all invariants hold. O(elements); for tests. */
    void verify() {
        long elements = 0;
        long bytes = 0;
        long nodes = 0;
        long outside = 0;
        long left = 0;
        for (boolean is = enter(headNode()); is; is = enter(after(node))) {
            int count = 0;
            require(!isChain() || before(node) == left, "link");
            require(end() <= memory.capacity(node) && used > 0, "size of a node");
            require(!isChain() || NODE_HEAD + used <= BLOCK, "elements of a node");
            for (offset = head; offset < end(); ) {
                int size = PackedElement.sizeAt(array, base + offset);
                bytes += PackedElement.redisSizeAt(array, base + offset);
                outside += isOutside() ? 1 : 0;
                offset += size;
                count++;
                require(PackedElement.sizeBefore(array, base + offset) == size, "length behind an element");
            }
            require(offset == end() && memory.getShort(node + COUNT_AT) == count, "count of a node");
            elements += count;
            nodes++;
            left = node;
        }
        require(elements == size() && bytes + LISTPACK_OVERHEAD == bytes(), "totals");
        require(!isChain() || memory.getLong(header() + NODES) == nodes, "number of nodes");
        require(!isChain() || memory.getLong(header() + TAIL) == left, "tail");
        require(isChain() ? memory.getLong(header() + OUTSIDES) == outside : outside == 0, "strings outside");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("packed list: " + what + " is wrong");
        }
    }
}
