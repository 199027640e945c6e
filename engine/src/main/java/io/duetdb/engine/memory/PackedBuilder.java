package io.duetdb.engine.memory;

import io.duetdb.bytes.Numbers;

/**
 * Elements that are gathered one by one, in the form in which {@link PackedList#adopt} takes them all at once: for values
 * that are read and not written to. Putting them into the list one after the other would take a larger block at each.
 *
 * <p>They can be read again, in order, for the case that they are too many or out of order for a small collection.
 */
public final class PackedBuilder {
    private static final int BYTES_MAX = PackedList.BLOCK - PackedList.SMALL_HEAD;

    /** What an element that is not outside takes beside its bytes, at most. */
    private static final int OVERHEAD = 4;

    private final PackedElement element = new PackedElement();
    private final byte[] bytes = new byte[BYTES_MAX];
    private int length;
    private int count;
    private int longest;
    private int at;

    /** None yet. */
    public PackedBuilder() {}

    /** Forgets all. */
    public void clear() {
        length = 0;
        count = 0;
        longest = 0;
        at = 0;
    }

    /** Whether there is room for an element of so many bytes, or two. */
    public boolean hasRoom(int one, int another) {
        return one <= PackedElement.INLINE_MAX
                && another <= PackedElement.INLINE_MAX
                && length + one + another + 2 * OVERHEAD <= BYTES_MAX;
    }

    /** Adds an element, for which there is room. */
    public void add(byte[] b, int from, int n) {
        element.string(b, from, n);
        System.arraycopy(element.head, 0, bytes, length, element.headLength);
        int end = length + element.headLength;
        if (element.bytes > 0) {
            System.arraycopy(b, from, bytes, end, element.bytes);
            end += element.bytes;
        }
        PackedElement.putBack(bytes, end, end - length);
        length += element.size;
        count++;
        longest = Math.max(longest, n);
    }

    /** The array in which the elements stand, from its first byte on. */
    public byte[] bytes() {
        return bytes;
    }

    /** Bytes of all elements. */
    public int length() {
        return length;
    }

    /** Number of elements. */
    public int count() {
        return count;
    }

    /** Bytes of the longest, as a string. */
    public int longest() {
        return longest;
    }

    /** Whether an element is left that was not read. */
    public boolean hasNext() {
        return at < length;
    }

    /** Copies the next element as a string to {@code to}, which has room for {@link #longest}. Returns its length. */
    public int next(byte[] to) {
        int from = at;
        at += PackedElement.sizeAt(bytes, from);
        if (PackedElement.isInteger(bytes, from)) {
            return Numbers.write(PackedElement.integerAt(bytes, from), to, 0);
        }
        int n = PackedElement.lengthAt(bytes, from);
        System.arraycopy(bytes, from + PackedElement.headLength(bytes, from), to, 0, n);
        return n;
    }
}
