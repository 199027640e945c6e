package io.duetdb.engine.value;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PackedList;

/**
 * A list: elements in order, pushed and taken at both ends, found, put in, changed and taken out at a position.
 *
 * <p>{@link #first}, {@link #last}, {@link #seek}, {@link #next}, {@link #previous} and {@link #find} move the position
 * and say whether it stands at an element; what is asked about "the element" is asked about that one. The position
 * lasts until another value is written to.
 */
/*
 * Maintainer's view.
 *
 * Both encodings are one structure, a PackedList, which is short or long as its bytes ask for. Which of the two names a
 * list has is decided as Redis 7.2 decides it ({@code t_list.c}, listTypeTryConversion), by list-max-listpack-size:
 *
 *    listpack → quicklist   before elements are put in: when the bytes of the listpack and the lengths of those
 *                           elements together pass the limit, or their numbers do
 *    quicklist → listpack   after elements were taken out or changed: when what is left is at most half the limit
 *
 * so a list that moves around the limit does not change its name at each step. A conversion costs nothing: the name
 * stands in the word that refers to the value.
 *
 * A limit below 0 is one of bytes. One from 0 on is one of elements (0 counts as 1); then 8192 bytes are the limit
 * beside it, and not halved: as much may stand in one node of Redis' quicklist, and one node becomes a listpack.
 */
public final class ListValue implements Value {
    private static final long SMALLEST_NODE_BYTES = 4096;
    private static final int LARGEST_NODE_SHIFT = 4;
    private static final long SAFE_BYTES = 8192;
    private static final int SCRATCH_MAX = 64 * 1024;

    private final ValueSpace space;
    private final PackedList list;
    private long slot;
    private Encoding encoding = Encoding.NONE;
    private long announced;
    private byte[] scratch = new byte[64];

    /** A handle for values of {@code space}; {@link #at} comes first. */
    public ListValue(ValueSpace space) {
        this.space = space;
        this.list = new PackedList(space.memory());
    }

    /** Sets this handle on the value whose word stands at {@code slot}. */
    public ListValue at(long slot) {
        this.slot = slot;
        long word = space.memory().getLong(slot);
        encoding = ValueSpace.encoding(word);
        list.wrap(ValueSpace.root(word));
        announced = 0;
        return this;
    }

    @Override
    public long slot() {
        return slot;
    }

    @Override
    public long size() {
        return list.size();
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    // ---- moving the position

    /** Goes to the first element. */
    public boolean first() {
        return list.first();
    }

    /** Goes to the last element. */
    public boolean last() {
        return list.last();
    }

    /** Goes to the next element; behind the last one the position is lost. */
    public boolean next() {
        return list.next();
    }

    /** Goes to the element before; before the first one the position is lost. */
    public boolean previous() {
        return list.previous();
    }

    /** Goes to the element of an index from 0 on, or from -1 on backwards. O(nodes + elements of a node). */
    public boolean seek(long index) {
        return list.seek(index);
    }

    /**
     * Goes to the first element that equals these bytes, from the position on, its own element included. Without one
     * the position is lost. O(elements).
     */
    public boolean find(byte[] b, int from, int length) {
        return list.find(b, from, length, 1);
    }

    // ---- the element

    /** Length of the element in bytes. */
    public int length() {
        return list.length();
    }

    /** Copies the element to {@code to}, which has room for it. Returns its length. */
    public int copyOut(byte[] to, int at) {
        return list.copyOut(to, at);
    }

    /** Replies the element as a bulk string, straight from its page. */
    public void reply(Reply reply) {
        list.reply(reply);
    }

    /** Whether the element equals these bytes. */
    public boolean equals(byte[] b, int from, int length) {
        return list.equals(b, from, length);
    }

    // ---- putting in

    /**
     * Says that {@code count} elements of {@code bytes} together are about to be put in: they decide the encoding as
     * one. Elements that nobody announced decide each for itself.
     */
    public void announce(long count, long bytes) {
        growing(count, bytes);
        announced = count;
    }

    /** Puts an element in front of all others. Copies it. */
    public void pushFirst(byte[] b, int from, int length) {
        growing(length);
        list.addFirst(b, from, length);
        keep();
    }

    /** Puts an element behind all others. Copies it. */
    public void pushLast(byte[] b, int from, int length) {
        growing(length);
        list.addLast(b, from, length);
        keep();
    }

    /**
     * Takes all elements as they stand in a listpack of Redis, see {@link PackedList#adopt}. Returns false, and does
     * nothing, if the list is not empty or one by one might not make it a listpack.
     */
    public boolean adopt(byte[] b, int from, int length, int count, int longest) {
        if (!fits(count, (long) PackedList.LISTPACK_OVERHEAD + length + longest)
                || !list.adopt(b, from, length, count, longest)) {
            return false;
        }
        encoding = Encoding.LISTPACK;
        keep();
        return true;
    }

    /** Puts an element in front of the one at the position and goes there. Copies it. */
    public void insertBefore(byte[] b, int from, int length) {
        growing(length);
        list.insertBefore(b, from, length);
        keep();
    }

    /** Puts an element behind the one at the position and goes there. Copies it. */
    public void insertAfter(byte[] b, int from, int length) {
        growing(length);
        list.insertAfter(b, from, length);
        keep();
    }

    /** Makes the element another one and stays there. Copies it. */
    public void replace(byte[] b, int from, int length) {
        growing(length);
        list.replace(b, from, length);
        shrunk();
    }

    // ---- taking out

    /** Takes the element out and goes to the next one; false if that was the last. */
    public boolean remove() {
        boolean is = list.remove();
        shrunk();
        return is;
    }

    /** Takes {@code n} elements out, from the element on, as far as there are any, and goes to the next one. */
    public boolean remove(long n) {
        boolean is = list.remove(n);
        shrunk();
        return is;
    }

    /** Takes all elements out; many of them in budgets. */
    public void clear() {
        list.free(space.reclaimer());
        keep();
    }

    /**
     * Takes the element out and pushes it to another list, or to this one: in front of all others or behind them. The
     * positions of both are lost.
     */
    public void moveTo(ListValue to, boolean front) {
        int length = list.length();
        byte[] element = room(length);
        list.copyOut(element, 0);
        list.remove();
        if (to != this) {
            shrunk();
        }
        if (front) {
            to.pushFirst(element, 0, length);
        } else {
            to.pushLast(element, 0, length);
        }
        if (to == this) {
            shrunk(); // Redis looks at both limits when the element is back, not while it is away
        }
    }

    // ---- the whole

    @Override
    public void forEach(ElementVisitor visitor) {
        for (boolean is = list.first(); is; is = list.next()) {
            int length = list.length();
            byte[] element = room(length);
            list.copyOut(element, 0);
            visitor.element(element, 0, length);
        }
    }

    @Override
    public long blockBytes() {
        return list.blockBytes();
    }

    @Override
    public long copy() {
        return list.root() == 0 ? 0 : ValueSpace.word(encoding, list.copyAll());
    }

    @Override
    public void free() {
        list.free(space.reclaimer());
    }

    /** An array for an element; kept for the next one unless it is big. */
    private byte[] room(int length) {
        if (length > SCRATCH_MAX) {
            return new byte[length];
        }
        if (scratch.length < length) {
            scratch = new byte[Math.min(SCRATCH_MAX, Math.max(length, scratch.length * 2))];
        }
        return scratch;
    }

    // ---- the encoding

    private void growing(int length) {
        if (announced > 0) {
            announced--;
        } else {
            growing(1, length);
        }
    }

    private void growing(long count, long bytes) {
        if (encoding != Encoding.QUICKLIST) {
            boolean fits = fits(list.size() + count, list.bytes() + bytes);
            encoding = fits ? Encoding.LISTPACK : Encoding.QUICKLIST;
        }
    }

    private boolean fits(long count, long bytes) {
        int limit = space.limits().listListpackSize;
        return limit < 0 ? bytes <= nodeBytes(limit) : count <= Math.max(1, limit) && bytes <= SAFE_BYTES;
    }

    private boolean fitsHalf() {
        int limit = space.limits().listListpackSize;
        return limit < 0
                ? list.bytes() <= nodeBytes(limit) / 2
                : list.size() <= Math.max(1, limit) / 2 && list.bytes() <= SAFE_BYTES;
    }

    /** Bytes that -1, -2 and so on stand for; all below -5 are as -5. */
    private static long nodeBytes(int limit) {
        return SMALLEST_NODE_BYTES << Math.min(LARGEST_NODE_SHIFT, -(limit + 1));
    }

    private void shrunk() {
        if (encoding == Encoding.QUICKLIST && fitsHalf()) {
            encoding = Encoding.LISTPACK;
        }
        keep();
    }

    /** Writes the word that refers to the value where it has changed. */
    private void keep() {
        if (list.root() == 0) {
            encoding = Encoding.NONE;
        }
        long word = ValueSpace.word(encoding, list.root());
        if (space.memory().getLong(slot) != word) {
            space.memory().putLong(slot, word);
            list.refresh();
        }
    }
}
