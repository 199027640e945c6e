package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PackedList.*;

/**
 * How a {@link PackedList} changes: elements put in and taken out at its position, blocks that grow, split, join and go.
 * Works on the list's own fields; one per list.
 */
final class PackedEditor {
    /** A new node at an end of a chain is going to grow. */
    private static final int FRESH = 512;

    private final PackedList l;
    private final PageMemory memory;

    PackedEditor(PackedList list, PageMemory memory) {
        this.l = list;
        this.memory = memory;
    }

    void replaceElement(byte[] b, int from) {
        int at = l.base + l.offset;
        int old = PackedElement.sizeAt(l.array, at);
        if (old == l.element.size && !l.isOutside() && !l.element.isOutside()) {
            l.array = memory.writableArray(l.node);
            l.base = memory.index(l.node);
            write(b, from);
            return;
        }
        // Insertion first: the list never becomes empty on the way, and the position is that of the new element.
        insert(b, from);
        l.next();
        dropHere();
        previousOrLast();
    }

    private void previousOrLast() {
        if (l.node == 0) {
            l.last();
        } else {
            l.previous();
        }
    }

    /** Takes {@code n} elements out, from the element on, as far as there are any, and goes to the next one. */
    boolean remove(long n) {
        long left = n;
        while (left > 0 && l.node != 0) {
            int count = memory.getShort(l.node + COUNT_AT);
            if (l.offset == l.head && left >= count) {
                left -= count;
                dropNode(count);
                continue;
            }
            int to = l.offset;
            int taken = 0;
            while (to < l.end() && taken < left) {
                to += PackedElement.sizeAt(l.array, l.base + to);
                taken++;
            }
            left -= taken;
            cut(to, taken);
        }
        return l.node != 0;
    }

    void dropHere() {
        if (memory.getShort(l.node + COUNT_AT) == 1) {
            dropNode(1);
        } else {
            cut(l.offset + PackedElement.sizeAt(l.array, l.base + l.offset), 1);
        }
    }

    /** Puts what was prepared at the position: in front of the element there, or at the end of the node. */
    void insert(byte[] b, int from) {
        if (l.root == 0) {
            if (l.element.isOutside()) {
                makeChain();
            } else {
                l.root = memory.allocate(SMALL_HEAD + l.element.size, Kind.LISTPACK);
                memory.putInt(l.root, 0);
                l.enter(l.root);
                l.offset = SMALL_HEAD;
            }
        } else if (!l.isChain() && (SMALL_HEAD + l.used + l.element.size > BLOCK || l.element.isOutside())) {
            makeChain();
        }
        if (l.isChain() && (l.node == 0 || NODE_HEAD + l.used + l.element.size > BLOCK)) {
            makeRoom();
        }
        if (l.isChain() && l.offset == l.head && l.used > 0) {
            takeFromGap(l.element.size);
        } else {
            grow(l.element.size);
            l.array = memory.writableArray(l.node);
            l.base = memory.index(l.node);
            int behind = l.base + l.offset;
            System.arraycopy(l.array, behind, l.array, behind + l.element.size, l.end() - l.offset);
        }
        write(b, from);
        l.used += l.element.size;
        count(1, l.element.size, l.element.redisSize);
        if (l.element.isOutside()) {
            memory.putLong(l.header() + OUTSIDES, memory.getLong(l.header() + OUTSIDES) + 1);
        }
    }

    void prepare(byte[] b, int from, int length) {
        l.element.string(b, from, length);
        if (l.element.isOutside()) {
            l.element.root(ChunkedBytes.create(memory, b, from, length));
            if (l.node != 0) {
                l.load();
            }
        }
    }

    /** Writes what was prepared at the position, where there is room, and leaves what stands behind alone. */
    private void write(byte[] b, int from) {
        int at = l.base + l.offset;
        System.arraycopy(l.element.head, 0, l.array, at, l.element.headLength);
        if (l.element.bytes > 0) {
            System.arraycopy(b, from, l.array, at + l.element.headLength, l.element.bytes);
        }
        int length = l.element.headLength + l.element.bytes;
        PackedElement.putBack(l.array, at + length, length);
    }

    /** Enters a change of the node's elements in node and header. */
    private void count(int elements, int bytes, int redisBytes) {
        memory.putShort(l.node, memory.getShort(l.node) + bytes);
        memory.putShort(l.node + COUNT_AT, memory.getShort(l.node + COUNT_AT) + elements);
        if (l.isChain()) {
            long h = l.header();
            memory.putLong(h + TOTAL, memory.getLong(h + TOTAL) + elements);
            memory.putLong(h + BYTES, memory.getLong(h + BYTES) + redisBytes);
        }
        l.load();
    }

    /** Makes room for {@code more} bytes behind the node's elements. */
    private void grow(int more) {
        if (l.end() + more <= memory.capacity(l.node)) {
            return;
        }
        int bytes = fixedHead() + l.used + more;
        if (bytes > memory.capacity(l.node)) {
            move(l.isChain() ? Math.min(BLOCK, bytes + bytes / 4) : bytes);
        } else {
            shift(0);
        }
    }

    private int fixedHead() {
        return l.isChain() ? NODE_HEAD : SMALL_HEAD;
    }

    /** Puts the position {@code bytes} in front of the node's elements; all free room is made the gap if it must be. */
    private void takeFromGap(int bytes) {
        if (l.head - NODE_HEAD < bytes) {
            int needed = NODE_HEAD + l.used + bytes;
            if (needed > memory.capacity(l.node)) {
                move(Math.min(BLOCK, needed + needed / 4));
            }
            shift(memory.capacity(l.node) - NODE_HEAD - l.used);
        }
        setGap(l.head - NODE_HEAD - bytes);
        l.offset = l.head;
        l.array = memory.writableArray(l.node);
        l.base = memory.index(l.node);
    }

    private void setGap(int gap) {
        memory.putShort(l.node + GAP, gap);
        l.head = NODE_HEAD + gap;
    }

    /** Moves the elements of a chain's node so that {@code gap} bytes are free in front of them; the position stays. */
    private void shift(int gap) {
        int by = NODE_HEAD + gap - l.head;
        memory.move(l.node + l.head + by, l.node + l.head, l.used);
        setGap(gap);
        l.offset += by;
        l.load();
    }

    /** Moves the node into a block of another size, without a gap; the position stays. */
    private void move(int capacity) {
        long moved = memory.allocate(capacity, Kind.LISTPACK);
        int fixed = fixedHead();
        int gap = l.head - fixed;
        if (gap == 0) {
            memory.move(moved, l.node, l.end());
        } else {
            memory.move(moved, l.node, fixed);
            memory.move(moved + fixed, l.node + l.head, l.used);
        }
        if (l.isChain()) {
            link(memory.getLong(moved + PREVIOUS), moved);
            link(moved, memory.getLong(moved + NEXT));
        } else {
            l.root = moved;
        }
        memory.free(l.node);
        l.node = moved;
        if (gap > 0) {
            setGap(0);
            l.offset -= gap;
        }
        l.load();
    }

    /** Makes two nodes neighbours; 0 stands for the end. */
    private void link(long left, long right) {
        memory.putLong(left == 0 ? l.header() + HEAD : left + NEXT, right);
        memory.putLong(right == 0 ? l.header() + TAIL : right + PREVIOUS, left);
    }

    /** Turns a small list, or an empty one, into a chain; the position stays. */
    private void makeChain() {
        long h = memory.allocate(HEADER, Kind.QUICKLIST);
        memory.fill(h, HEADER, 0);
        long old = l.root;
        l.root = h | CHAIN;
        if (old == 0) {
            l.node = 0;
            return;
        }
        int count = memory.getShort(old + COUNT_AT);
        long n = newNode(0, 0, Math.min(BLOCK, NODE_HEAD + l.used + l.used / 4));
        memory.move(n + NODE_HEAD, old + SMALL_HEAD, Math.min(l.used, BLOCK - NODE_HEAD));
        memory.putLong(h + TOTAL, count);
        memory.putLong(h + BYTES, l.used);
        if (NODE_HEAD + l.used <= BLOCK) {
            memory.putShort(n, l.used);
            memory.putShort(n + COUNT_AT, count);
            memory.free(old);
            int at = l.offset - SMALL_HEAD;
            l.enter(n);
            l.offset = NODE_HEAD + at;
        } else {
            splitOld(old, n, count);
        }
    }

    /** A small block too full for one node: its upper half goes into a second one. */
    private void splitOld(long old, long first, int count) {
        int at = l.offset - SMALL_HEAD;
        int cut = 0;
        int kept = 0;
        while (cut < l.used / 2) {
            cut += PackedElement.sizeAt(l.array, l.base + SMALL_HEAD + cut);
            kept++;
        }
        int rest = l.used - cut;
        long second = newNode(first, 0, NODE_HEAD + rest + rest / 4);
        memory.move(second + NODE_HEAD, old + SMALL_HEAD + cut, rest);
        memory.putShort(second, rest);
        memory.putShort(second + COUNT_AT, count - kept);
        memory.putShort(first, cut);
        memory.putShort(first + COUNT_AT, kept);
        memory.free(old);
        boolean upper = at > cut;
        l.enter(upper ? second : first);
        l.offset = NODE_HEAD + (upper ? at - cut : at);
    }

    private long newNode(long left, long right, int capacity) {
        long n = memory.allocate(Math.min(BLOCK, capacity), Kind.LISTPACK);
        memory.putInt(n, 0);
        memory.putShort(n + GAP, 0);
        link(left, n);
        link(n, right);
        memory.putLong(l.header() + NODES, memory.getLong(l.header() + NODES) + 1);
        return n;
    }

    /** Finds a node with room for what was prepared: a neighbour, a new one, or half of a node that is split. */
    private void makeRoom() {
        int needs = NODE_HEAD + l.element.size;
        if (l.node == 0) {
            fresh(memory.getLong(l.header() + TAIL), 0, needs);
            return;
        }
        if (l.offset == l.end()) {
            long right = l.after(l.node);
            if (right == 0 || memory.getShort(right) + needs > BLOCK) {
                fresh(l.node, right, needs);
            } else {
                l.enter(right);
                l.offset = l.head;
            }
            return;
        }
        if (l.offset == l.head) {
            long left = l.before(l.node);
            if (left == 0 || memory.getShort(left) + needs > BLOCK) {
                fresh(left, l.node, needs);
            } else {
                l.enter(left);
                l.offset = l.end();
            }
            return;
        }
        split();
        if (NODE_HEAD + l.used + l.element.size > BLOCK) {
            makeRoom(); // the position is at the end of the left half now: its right neighbour or a new node
        }
    }

    private void fresh(long left, long right, int capacity) {
        long n = newNode(left, right, Math.max(FRESH, capacity + capacity / 4));
        l.enter(n);
        l.offset = NODE_HEAD;
    }

    /** Splits the node at the position, which is at the end of the left half afterwards. */
    private void split() {
        int count = memory.getShort(l.node + COUNT_AT);
        int kept = 0;
        for (int at = l.head; at < l.offset; at += PackedElement.sizeAt(l.array, l.base + at)) {
            kept++;
        }
        int rest = l.end() - l.offset;
        long left = l.node;
        long right = newNode(left, l.after(left), NODE_HEAD + rest + rest / 4);
        memory.move(right + NODE_HEAD, left + l.offset, rest);
        memory.putShort(right, rest);
        memory.putShort(right + COUNT_AT, count - kept);
        memory.putShort(left, l.used - rest);
        memory.putShort(left + COUNT_AT, kept);
        l.used -= rest;
        l.load();
    }

    // ---- taking out

    /** Frees what the elements between two offsets of the node hold outside. Returns what they take in Redis' listpack. */
    private int release(int from, int to) {
        if (!l.isChain() || memory.getLong(l.header() + OUTSIDES) == 0) {
            return to - from;
        }
        int bytes = 0;
        int outside = 0;
        for (int at = from; at < to; at += PackedElement.sizeAt(l.array, l.base + at)) {
            bytes += PackedElement.redisSizeAt(l.array, l.base + at);
            if (PackedElement.isOutside(l.array, l.base + at)) {
                long chunks = PackedElement.rootAt(l.array, l.base + at);
                ChunkedBytes.free(memory, chunks, PackedElement.lengthAt(l.array, l.base + at));
                outside++;
            }
        }
        memory.putLong(l.header() + OUTSIDES, memory.getLong(l.header() + OUTSIDES) - outside);
        l.load();
        return bytes;
    }

    /** Takes {@code taken} elements out, from the position to an offset, but not all of the node. */
    private void cut(int to, int taken) {
        int redisBytes = release(l.offset, to);
        int gone = to - l.offset;
        if (l.isChain() && l.offset == l.head) {
            setGap(to - NODE_HEAD);
            l.offset = to;
        } else {
            l.array = memory.writableArray(l.node);
            l.base = memory.index(l.node);
            System.arraycopy(l.array, l.base + to, l.array, l.base + l.offset, l.end() - to);
        }
        l.used -= gone;
        count(-taken, -gone, -redisBytes);
        shrink();
        if (l.offset == l.end()) {
            l.enter(l.after(l.node));
            l.offset = l.head;
        }
    }

    /** Takes the whole node out and goes to the next. */
    private void dropNode(int count) {
        int redisBytes = release(l.head, l.end());
        long gone = l.node;
        if (!l.isChain()) {
            memory.free(l.root);
            l.root = 0;
            l.node = 0;
            return;
        }
        count(-count, -l.used, -redisBytes);
        long h = l.header();
        long right = memory.getLong(gone + NEXT);
        link(memory.getLong(gone + PREVIOUS), right);
        memory.free(gone);
        memory.putLong(h + NODES, memory.getLong(h + NODES) - 1);
        if (memory.getLong(h + HEAD) == 0) {
            memory.free(h);
            l.root = 0;
            l.node = 0;
            return;
        }
        l.enter(right);
        l.offset = l.head;
        if (memory.getLong(h + NODES) == 1) {
            toSmall();
        }
    }

    /** Gives room back after a removal: joins neighbours, leaves the chain, takes a smaller block. */
    private void shrink() {
        if (l.isChain()) {
            if (memory.getLong(l.header() + NODES) == 1) {
                toSmall();
            } else {
                join();
            }
        }
        if (l.node == 0) {
            return;
        }
        int bytes = fixedHead() + l.used;
        if (bytes < memory.capacity(l.node) / 2) {
            move(l.isChain() ? bytes + bytes / 4 : bytes);
        }
    }

    /** One node is left: back to a small list if it is less than a quarter full and nothing stands outside. */
    private void toSmall() {
        long h = l.header();
        long last = memory.getLong(h + HEAD);
        int bytes = memory.getShort(last);
        if (bytes > BLOCK / 4 || memory.getLong(h + OUTSIDES) > 0) {
            return;
        }
        long small = memory.allocate(SMALL_HEAD + bytes, Kind.LISTPACK);
        int gap = memory.getShort(last + GAP);
        memory.move(small + SMALL_HEAD, last + NODE_HEAD + gap, bytes);
        memory.putShort(small, bytes);
        memory.putShort(small + COUNT_AT, memory.getShort(last + COUNT_AT));
        memory.free(last);
        memory.free(h);
        l.root = small;
        int at = l.offset - NODE_HEAD - gap;
        if (l.node != 0) {
            l.enter(small);
            l.offset = SMALL_HEAD + at;
        }
    }

    /** Joins the node with a neighbour where both together are at most half full; the position stays. */
    private void join() {
        long left = l.before(l.node);
        long right = l.after(l.node);
        if (right != 0 && l.used + memory.getShort(right) <= BLOCK / 2) {
            join(l.node, right);
        } else if (left != 0 && l.used + memory.getShort(left) <= BLOCK / 2) {
            int at = l.offset - l.head + memory.getShort(left);
            l.enter(left);
            join(left, l.after(left));
            l.offset = l.head + at; // the chain may have become a small list
        }
    }

    private void join(long left, long right) {
        int bytes = memory.getShort(right);
        int count = memory.getShort(right + COUNT_AT);
        int all = l.used + bytes;
        if (NODE_HEAD + all > memory.capacity(left)) {
            move(Math.min(BLOCK, NODE_HEAD + all + all / 4));
        } else if (l.head > NODE_HEAD) {
            shift(0);
        }
        memory.move(l.node + l.end(), right + NODE_HEAD + memory.getShort(right + GAP), bytes);
        memory.putShort(l.node, all);
        memory.putShort(l.node + COUNT_AT, memory.getShort(l.node + COUNT_AT) + count);
        link(l.node, memory.getLong(right + NEXT));
        memory.free(right);
        memory.putLong(l.header() + NODES, memory.getLong(l.header() + NODES) - 1);
        l.used = all;
        l.load();
        if (memory.getLong(l.header() + NODES) == 1) {
            toSmall();
        }
    }
}
