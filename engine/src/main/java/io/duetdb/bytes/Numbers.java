package io.duetdb.bytes;

/** Integers in Redis' textual form, on bytes. */
public final class Numbers {
    private Numbers() {}

    /**
     * Whether the bytes are a 64-bit integer in Redis' canonical form: an optional minus, no plus, no spaces, no leading
     * zeros, in range ({@code util.c}, string2ll).
     */
    public static boolean isLong(byte[] b, int offset, int length) {
        if (length <= 0 || length > 20) {
            return false;
        }
        int i = offset;
        int end = offset + length;
        boolean negative = b[i] == '-';
        if (negative && ++i == end) {
            return false;
        }
        int first = b[i];
        if (first == '0') {
            return !negative && length == 1;
        }
        int digits = end - i;
        if (digits > 19) {
            return false;
        }
        long value = 0;
        for (; i < end; i++) {
            int d = b[i] - '0';
            if (d < 0 || d > 9) {
                return false;
            }
            value = value * 10 + d;
        }
        // 19 digits fit an unsigned long: a value past the range shows as a negative one
        return value >= 0 || (negative && value == Long.MIN_VALUE);
    }

    /** The value of bytes for which {@link #isLong} holds. */
    public static long parseLong(byte[] b, int offset, int length) {
        int i = offset;
        int end = offset + length;
        boolean negative = b[i] == '-';
        if (negative) {
            i++;
        }
        long value = 0;
        for (; i < end; i++) {
            value = value * 10 + (b[i] - '0');
        }
        return negative ? -value : value;
    }

    /** Number of bytes {@link #write} needs for {@code value}: 1 to 20. */
    public static int length(long value) {
        if (value < 0) {
            return value == Long.MIN_VALUE ? 20 : 1 + length(-value);
        }
        int n = 1;
        long bound = 10;
        while (n < 19 && value >= bound) {
            n++;
            bound *= 10;
        }
        return n;
    }

    /** Writes the decimal form of {@code value} at {@code offset} and returns the position behind it. */
    public static int write(long value, byte[] to, int offset) {
        int end = offset + length(value);
        int at = end;
        long rest = value;
        if (rest < 0) {
            to[offset] = '-';
            if (rest == Long.MIN_VALUE) {
                to[--at] = '8';
                rest /= 10;
            }
            rest = -rest;
        }
        do {
            long next = rest / 10;
            to[--at] = (byte) ('0' + (int) (rest - next * 10));
            rest = next;
        } while (rest != 0);
        return end;
    }
}
