package io.duetdb.rdb;

import java.util.Arrays;

/** A string that was read: bytes of its own, or a part of the input's window as long as nothing else is read. */
final class RdbText {
    /** The longest string, as proto-max-bulk-len has it at most. */
    static final long LENGTH_MAX = 512L << 20;

    private static final int FIRST = 256;

    /** More room than this is not kept for the next string. */
    private static final int KEPT_MAX = 4 << 20;

    private byte[] own = new byte[FIRST];
    byte[] bytes = own;
    int offset;
    int length;

    /** Begins a string of its own bytes, with room for {@code n} of them. */
    void begin(int n) {
        if (own.length > KEPT_MAX && n <= KEPT_MAX) {
            own = new byte[FIRST];
        }
        length = 0;
        offset = 0;
        room(n);
    }

    /** Makes room for {@code n} bytes in all; those that are there stay. */
    void room(int n) {
        if (own.length < n) {
            own = Arrays.copyOf(own, Math.max(n, (int) Math.min(LENGTH_MAX, 2L * own.length)));
        }
        bytes = own;
    }

    /** It is a part of an array of somebody else's. */
    void slice(byte[] array, int from, int n) {
        bytes = array;
        offset = from;
        length = n;
    }

    /** A copy of the bytes. */
    byte[] copy() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }
}
