package io.duetdb.engine.memory;

import io.duetdb.bytes.Numbers;

/**
 * How one element stands in a {@link PackedList}: byte for byte as in a listpack of Redis (its format is public:
 * {@code listpack.md}), so that sizes, on which conversions depend, are Redis' own and whole runs of elements can be
 * written to files as they are. What is longer than {@link #INLINE_MAX} stands in chunks instead; Redis has no such
 * form.
 *
 * <pre>
 *   0xxxxxxx                      0..127
 *   10xxxxxx  bytes               a string of up to 63 bytes
 *   110xxxxx xxxxxxxx             -4096..4095
 *   1110xxxx xxxxxxxx bytes       a string of up to 4095 bytes
 *   F1 F2 F3 F4                   an integer of 16, 24, 32, 64 bits, little-endian
 *   F5 | length (4) | root (8)    a string in chunks
 *   and behind each: its length in groups of 7 bits, to be read backwards
 * </pre>
 *
 * <p>One instance encodes one element at a time; no state is kept between two.
 */
final class PackedElement {
    /** Above this a string stands in chunks. */
    static final int INLINE_MAX = 1024;

    static final int OUTSIDE = 0xF5;

    /** Bytes of an element in chunks, with what is read backwards. */
    static final int OUTSIDE_BYTES = 14;

    private static final int INT16 = 0xF1;
    private static final int INT24 = 0xF2;
    private static final int INT32 = 0xF3;
    private static final int INT64 = 0xF4;

    /** What goes in front of the bytes; for integers all but the end. */
    final byte[] head = new byte[13];

    int headLength;

    /** Bytes of the string that follow the head; 0 for integers and for what stands outside. */
    int bytes;

    /** All in all, with what is read backwards. */
    int size;

    /** What it takes in a listpack of Redis. */
    int redisSize;

    /** Prepares a string, as an integer where it is the canonical form of one. */
    void string(byte[] b, int offset, int length) {
        if (length <= 20) {
            long value = Numbers.parse(b, offset, length);
            if (value != Numbers.NOT_A_LONG || Numbers.isLong(b, offset, length)) {
                integer(value);
                return;
            }
        }
        if (length < 64) {
            head[0] = (byte) (0x80 | length);
            headLength = 1;
        } else {
            head[0] = (byte) (0xE0 | (length >>> 8));
            head[1] = (byte) length;
            headLength = 2;
        }
        bytes = length;
        size = withBack(headLength + length);
        redisSize = size;
        if (length > INLINE_MAX) {
            redisSize = withBack((length < 4096 ? 2 : 5) + length);
            head[0] = (byte) OUTSIDE;
            headLength = 13;
            bytes = 0;
            size = OUTSIDE_BYTES;
            for (int i = 0; i < 4; i++) {
                head[1 + i] = (byte) (length >>> (8 * i));
            }
        }
    }

    /** Puts the root of the chunks into the head of a string that stands outside. */
    void root(long root) {
        for (int i = 0; i < 8; i++) {
            head[5 + i] = (byte) (root >>> (8 * i));
        }
    }

    /** Prepares an integer. */
    void integer(long value) {
        bytes = 0;
        if (value >= 0 && value <= 127) {
            head[0] = (byte) value;
            headLength = 1;
        } else if (value >= -4096 && value <= 4095) {
            head[0] = (byte) (0xC0 | ((value >>> 8) & 0x1F));
            head[1] = (byte) value;
            headLength = 2;
        } else if (value == (short) value) {
            number(INT16, value, 2);
        } else if (value >= -(1 << 23) && value < 1 << 23) {
            number(INT24, value, 3);
        } else if (value == (int) value) {
            number(INT32, value, 4);
        } else {
            number(INT64, value, 8);
        }
        size = headLength + 1;
        redisSize = size;
    }

    private void number(int mark, long value, int n) {
        head[0] = (byte) mark;
        for (int i = 0; i < n; i++) {
            head[1 + i] = (byte) (value >>> (8 * i));
        }
        headLength = 1 + n;
    }

    boolean isOutside() {
        return headLength == 13;
    }

    /** A length and the bytes that repeat it for reading backwards. */
    static int withBack(int length) {
        return length + (length <= 127 ? 1 : length < 16383 ? 2 : length < 2097151 ? 3 : length < 268435455 ? 4 : 5);
    }

    /** Writes the length for reading backwards behind {@code length} bytes of an element that end at {@code at}. */
    static void putBack(byte[] to, int at, int length) {
        if (length <= 127) {
            to[at] = (byte) length;
        } else {
            to[at] = (byte) (length >>> 7);
            to[at + 1] = (byte) (length & 127 | 128);
        }
    }

    /** Bytes of the whole element that ends before {@code at}. */
    static int sizeBefore(byte[] a, int at) {
        int last = a[at - 1];
        return last >= 0 ? last + 1 : ((a[at - 2] << 7) | (last & 127)) + 2;
    }

    /** Bytes of the whole element that begins at {@code at}. */
    static int sizeAt(byte[] a, int at) {
        int c = a[at];
        if (c >= 0) {
            return 2;
        }
        if ((c & 0x40) == 0) {
            return (c & 0x3F) + 2;
        }
        if ((c & 0x20) == 0) {
            return 3;
        }
        if ((c & 0x10) == 0) {
            return withBack(2 + (((c & 0x0F) << 8) | (a[at + 1] & 0xFF)));
        }
        return switch (c & 0xFF) {
            case INT16 -> 4;
            case INT24 -> 5;
            case INT32 -> 6;
            case INT64 -> 10;
            case OUTSIDE -> OUTSIDE_BYTES;
            default -> throw new IllegalStateException("no element begins with " + (c & 0xFF));
        };
    }

    /** Whether the element at {@code at} is kept as an integer. */
    static boolean isInteger(byte[] a, int at) {
        int c = a[at];
        return c >= 0 || (c & 0xE0) == 0xC0 || (c & 0xFF) > 0xF0 && (c & 0xFF) < OUTSIDE;
    }

    /** Whether the element at {@code at} stands in chunks. */
    static boolean isOutside(byte[] a, int at) {
        return (a[at] & 0xFF) == OUTSIDE;
    }

    /** The value of an element that is kept as an integer. */
    static long integerAt(byte[] a, int at) {
        int c = a[at];
        if (c >= 0) {
            return c;
        }
        return switch (c & 0xFF) {
            case INT16 -> (short) little(a, at + 1, 2);
            case INT24 -> (int) little(a, at + 1, 3) << 8 >> 8;
            case INT32 -> (int) little(a, at + 1, 4);
            case INT64 -> little(a, at + 1, 8);
            default -> (((c & 0x1F) << 8 | a[at + 1] & 0xFF) << 19) >> 19;
        };
    }

    /** Bytes between the begin of a string's element and its first byte; only for strings in the list itself. */
    static int headLength(byte[] a, int at) {
        return (a[at] & 0x40) == 0 ? 1 : 2;
    }

    /** Length of the string at {@code at}, which is no integer. */
    static int lengthAt(byte[] a, int at) {
        int c = a[at];
        if ((c & 0x40) == 0) {
            return c & 0x3F;
        }
        return isOutside(a, at) ? (int) little(a, at + 1, 4) : (c & 0x0F) << 8 | a[at + 1] & 0xFF;
    }

    /** Root of the chunks of the string at {@code at}, which stands outside. */
    static long rootAt(byte[] a, int at) {
        return little(a, at + 5, 8);
    }

    /** What the element at {@code at} takes in a listpack of Redis. */
    static int redisSizeAt(byte[] a, int at) {
        if (!isOutside(a, at)) {
            return sizeAt(a, at);
        }
        int length = lengthAt(a, at);
        return withBack((length < 4096 ? 2 : 5) + length);
    }

    private static long little(byte[] a, int at, int n) {
        long value = 0;
        for (int i = 0; i < n; i++) {
            value |= (a[at + i] & 0xFFL) << (8 * i);
        }
        return value;
    }
}
