package io.duetdb.engine.value;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A list as plain as can be, and the encoding that Redis 7.2 gives it: the rules as documented, counted anew each time. */
final class NaiveList {
    private static final int[] NODE_BYTES = {4096, 8192, 16384, 32768, 65536};

    final List<byte[]> elements;
    Encoding encoding;
    private final Limits limits;

    NaiveList(Limits limits) {
        this(limits, List.of(), Encoding.NONE);
    }

    private NaiveList(Limits limits, List<byte[]> elements, Encoding encoding) {
        this.limits = limits;
        this.elements = new ArrayList<>(elements);
        this.encoding = encoding;
    }

    /** The same at present; the elements themselves are never changed. */
    NaiveList copy() {
        return new NaiveList(limits, elements, encoding);
    }

    int size() {
        return elements.size();
    }

    /** Before {@code count} elements of {@code bytes} together are put in. */
    void growing(long count, long bytes) {
        if (encoding != Encoding.QUICKLIST) {
            boolean exceeds = exceeds(size() + count, listpackBytes() + bytes);
            encoding = exceeds ? Encoding.QUICKLIST : Encoding.LISTPACK;
        }
    }

    /** After elements were taken out or replaced. */
    void shrunk() {
        if (elements.isEmpty()) {
            encoding = Encoding.NONE;
        } else if (encoding == Encoding.QUICKLIST && fitsHalf()) {
            encoding = Encoding.LISTPACK;
        }
    }

    private boolean exceeds(long count, long bytes) {
        int fill = limits.listListpackSize;
        if (fill < 0) {
            return bytes > nodeBytes(fill);
        }
        return bytes > 8192 || count > most(fill);
    }

    private boolean fitsHalf() {
        int fill = limits.listListpackSize;
        long bytes = listpackBytes();
        return fill < 0 ? bytes <= nodeBytes(fill) / 2 : bytes <= 8192 && size() <= most(fill) / 2;
    }

    private static int most(int fill) {
        return fill == 0 ? 1 : fill;
    }

    private static int nodeBytes(int fill) {
        return NODE_BYTES[Math.min(4, -1 - fill)];
    }

    /** Bytes of a listpack of these elements, by its description. */
    long listpackBytes() {
        long bytes = 7;
        for (byte[] element : elements) {
            bytes += entryBytes(element);
        }
        return bytes;
    }

    private static long entryBytes(byte[] element) {
        long content = contentBytes(element);
        return content + (content <= 127 ? 1 : content < 16383 ? 2 : content < 2097151 ? 3 : 4);
    }

    private static long contentBytes(byte[] element) {
        String text = new String(element, StandardCharsets.ISO_8859_1);
        if (text.matches("0|-?[1-9][0-9]{0,18}")) {
            try {
                return integerBytes(Long.parseLong(text));
            } catch (NumberFormatException e) {
                // too large for an integer: a string
            }
        }
        return element.length + (element.length < 64 ? 1 : element.length < 4096 ? 2 : 5);
    }

    private static int integerBytes(long value) {
        if (value >= 0 && value < 128) {
            return 1;
        }
        if (value >= -4096 && value < 4096) {
            return 2;
        }
        if (value == (short) value) {
            return 3;
        }
        if (value >= -8388608 && value < 8388608) {
            return 4;
        }
        return value == (int) value ? 5 : 9;
    }
}
