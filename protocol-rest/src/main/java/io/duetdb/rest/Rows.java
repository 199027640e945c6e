package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import java.util.Arrays;

/**
 * Commands that wait to be executed: their arguments' bytes one after the other, offsets and lengths beside them.
 * Reused from request to request, so that an ordinary one allocates nothing.
 */
final class Rows {
    private static final int KEPT_BYTES = 64 * 1024;
    private static final int KEPT_COUNT = 8 * 1024;

    private byte[] bytes = new byte[4096];
    private int size;
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];
    private int arguments;
    private int[] firsts = new int[16];
    private int count;

    /** Forgets all rows, and what memory a large request took. */
    void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[4096];
        }
        if (offsets.length > KEPT_COUNT) {
            offsets = new int[64];
            lengths = new int[64];
        }
        if (firsts.length > KEPT_COUNT) {
            firsts = new int[16];
        }
        reset();
    }

    /** Forgets all rows and keeps the memory. */
    void reset() {
        size = 0;
        arguments = 0;
        count = 0;
        firsts[0] = 0;
    }

    /** Forgets the complete rows and keeps the arguments of the one being built. */
    void dropComplete() {
        int first = firsts[count];
        int open = arguments - first;
        int from = open == 0 ? size : offsets[first];
        System.arraycopy(bytes, from, bytes, 0, size - from);
        for (int i = 0; i < open; i++) {
            offsets[i] = offsets[first + i] - from;
            lengths[i] = lengths[first + i];
        }
        size -= from;
        arguments = open;
        count = 0;
    }

    /** Bytes of the arguments of the row being built. */
    int openSize() {
        int first = firsts[count];
        return first == arguments ? 0 : size - offsets[first];
    }

    /** Number of complete rows. */
    int count() {
        return count;
    }

    /** Bytes of all arguments. */
    int size() {
        return size;
    }

    /** Number of arguments of a row. */
    int arguments(int row) {
        return firsts[row + 1] - firsts[row];
    }

    /** Number of arguments of the row being built. */
    int openArguments() {
        return arguments - firsts[count];
    }

    /** Starts an argument: what is appended until {@link #endArgument} belongs to it. */
    void beginArgument() {
        if (arguments == offsets.length) {
            offsets = Arrays.copyOf(offsets, arguments * 2);
            lengths = Arrays.copyOf(lengths, arguments * 2);
        }
        offsets[arguments] = size;
    }

    /** Ends the argument that {@link #beginArgument} started. */
    void endArgument() {
        lengths[arguments] = size - offsets[arguments];
        arguments++;
    }

    /** Takes the last argument back if it equals {@code word}. */
    boolean dropLast(byte[] word) {
        int last = arguments - 1;
        int from = offsets[last];
        if (!Arrays.equals(bytes, from, from + lengths[last], word, 0, word.length)) {
            return false;
        }
        arguments = last;
        size = from;
        return true;
    }

    /** A copy of the bytes of the argument begun, which is taken back. */
    byte[] takeOpen() {
        int from = offsets[arguments];
        byte[] taken = Arrays.copyOfRange(bytes, from, size);
        size = from;
        return taken;
    }

    /** Ends the row being built. */
    void endRow() {
        count++;
        if (count == firsts.length) {
            firsts = Arrays.copyOf(firsts, count * 2);
        }
        firsts[count] = arguments;
    }

    /** Appends to the argument begun. */
    void append(byte b) {
        room(1);
        bytes[size++] = b;
    }

    /** Appends to the argument begun. */
    void append(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /** Appends text to the argument begun, as UTF-8; half a surrogate pair becomes U+FFFD. */
    void append(char[] text, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end) {
            room(end - i + 4);
            byte[] to = bytes;
            int at = size;
            while (i < end && text[i] < 0x80) {
                to[at++] = (byte) text[i++];
            }
            size = at;
            if (i < end) {
                i += appendWide(text, i, end);
            }
        }
    }

    private int appendWide(char[] text, int i, int end) {
        char c = text[i];
        byte[] to = bytes;
        if (c < 0x800) {
            to[size++] = (byte) (0xC0 | c >> 6);
            to[size++] = (byte) (0x80 | c & 0x3F);
            return 1;
        }
        room(4);
        to = bytes;
        if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text[i + 1])) {
            int point = Character.toCodePoint(c, text[i + 1]);
            to[size++] = (byte) (0xF0 | point >> 18);
            to[size++] = (byte) (0x80 | point >> 12 & 0x3F);
            to[size++] = (byte) (0x80 | point >> 6 & 0x3F);
            to[size++] = (byte) (0x80 | point & 0x3F);
            return 2;
        }
        int point = Character.isSurrogate(c) ? 0xFFFD : c;
        to[size++] = (byte) (0xE0 | point >> 12);
        to[size++] = (byte) (0x80 | point >> 6 & 0x3F);
        to[size++] = (byte) (0x80 | point & 0x3F);
        return 1;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            long need = (long) size + more;
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(need, bytes.length * 2L)));
        }
    }

    /** The bytes all arguments stand in. */
    byte[] bytes() {
        return bytes;
    }

    /** Where in {@link #bytes} an argument of a row stands. */
    int offset(int row, int argument) {
        return offsets[firsts[row] + argument];
    }

    /** Length of an argument of a row. */
    int length(int row, int argument) {
        return lengths[firsts[row] + argument];
    }

    /** Fills {@code argv} with a row. It stays valid until the rows change. */
    void fill(int row, Argv argv) {
        argv.wrap(bytes);
        int end = firsts[row + 1];
        for (int i = firsts[row]; i < end; i++) {
            argv.add(offsets[i], lengths[i]);
        }
    }

    /** Fills {@code argv} with a row, its last argument moved in front of the argument {@code at} unless that is -1. */
    void fill(int row, Argv argv, int at) {
        if (at < 0) {
            fill(row, argv);
            return;
        }
        argv.wrap(bytes);
        int first = firsts[row];
        int last = firsts[row + 1] - 1;
        for (int i = first; i < first + at; i++) {
            argv.add(offsets[i], lengths[i]);
        }
        argv.add(offsets[last], lengths[last]);
        for (int i = first + at; i < last; i++) {
            argv.add(offsets[i], lengths[i]);
        }
    }

    /**
     * Fills {@code argv} with a row and, in front of its argument {@code at}, one that stands in pieces of together
     * {@code length} bytes, which it takes over.
     */
    void fill(int row, Argv argv, int at, byte[][] pieces, int length) {
        argv.wrap(bytes);
        int first = firsts[row];
        int end = firsts[row + 1];
        for (int i = first; i < end; i++) {
            if (i - first == at) {
                argv.addPieces(pieces, length);
            }
            argv.add(offsets[i], lengths[i]);
        }
        if (at >= end - first) {
            argv.addPieces(pieces, length);
        }
    }
}
