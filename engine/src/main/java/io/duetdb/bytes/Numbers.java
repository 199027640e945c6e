package io.duetdb.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Integers in Redis' textual form, on bytes. */
public final class Numbers {
    /** What {@link #parse} returns for bytes that are no integer; also a value, so whoever sees it asks {@link #isLong}. */
    public static final long NOT_A_LONG = Long.MIN_VALUE + 0x1E240;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[] POWERS = powers();
    private static final short[] PAIRS = pairs();

    private Numbers() {}

    /**
     * Whether the bytes are a 64-bit integer in Redis' canonical form: an optional minus, no plus, no spaces, no leading
     * zeros, in range ({@code util.c}, string2ll).
     */
    public static boolean isLong(byte[] b, int offset, int length) {
        return parse(b, offset, length) != NOT_A_LONG || isTheSentinel(b, offset, length);
    }

    /**
     * The value of bytes that are an integer as {@link #isLong} has it, else {@link #NOT_A_LONG}. One pass for both
     * questions: {@code v = parse(…); if (v == NOT_A_LONG && !isLong(…)) …}.
     */
    public static long parse(byte[] b, int offset, int length) {
        if (length <= 0 || length > 20) {
            return NOT_A_LONG;
        }
        int i = offset;
        int end = offset + length;
        int first = b[i];
        boolean negative = first == '-';
        if (negative) {
            if (length == 1) {
                return NOT_A_LONG;
            }
            first = b[++i];
        }
        if (first <= '0' || first > '9') {
            return first == '0' && length == 1 ? 0 : NOT_A_LONG;
        }
        if (end - i > 19) {
            return NOT_A_LONG;
        }
        long value = first - '0';
        while (++i < end) {
            int d = b[i] - '0';
            if (d < 0 || d > 9) {
                return NOT_A_LONG;
            }
            value = value * 10 + d;
        }
        // 19 digits fit an unsigned long: a value past the range shows as a negative one
        if (value < 0 && !(negative && value == Long.MIN_VALUE)) {
            return NOT_A_LONG;
        }
        return negative ? -value : value;
    }

    /** The value of bytes for which {@link #isLong} holds. */
    public static long parseLong(byte[] b, int offset, int length) {
        return parse(b, offset, length);
    }

    private static boolean isTheSentinel(byte[] b, int offset, int length) {
        if (length != length(NOT_A_LONG)) {
            return false;
        }
        byte[] text = new byte[length];
        write(NOT_A_LONG, text, 0);
        for (int i = 0; i < length; i++) {
            if (b[offset + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Number of bytes {@link #write} needs for {@code value}: 1 to 20. */
    public static int length(long value) {
        if (value < 0) {
            return value == Long.MIN_VALUE ? 20 : 1 + digits(-value);
        }
        return digits(value);
    }

    /** Number of decimal digits: from the bits by log10(2) = 1233/4096, which is one too few at most. */
    private static int digits(long value) {
        int guess = (64 - Long.numberOfLeadingZeros(value | 1)) * 1233 >>> 12;
        return value >= POWERS[guess] ? guess + 1 : Math.max(guess, 1);
    }

    /** Writes the decimal form of {@code value} at {@code offset} and returns the position behind it. */
    public static int write(long value, byte[] to, int offset) {
        if (value >= 0 && value < 10) {
            to[offset] = (byte) ('0' + value);
            return offset + 1;
        }
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
        while (rest > Integer.MAX_VALUE) {
            long next = rest / 100;
            at -= 2;
            SHORT.set(to, at, PAIRS[(int) (rest - next * 100)]);
            rest = next;
        }
        int small = (int) rest;
        while (small >= 100) {
            int next = small / 100;
            at -= 2;
            SHORT.set(to, at, PAIRS[small - next * 100]);
            small = next;
        }
        if (small >= 10) {
            SHORT.set(to, at - 2, PAIRS[small]);
        } else {
            to[at - 1] = (byte) ('0' + small);
        }
        return end;
    }

    private static long[] powers() {
        long[] powers = new long[20];
        long power = 1;
        for (int i = 0; i < 19; i++) {
            powers[i] = power;
            power *= 10;
        }
        powers[19] = Long.MAX_VALUE;
        powers[0] = 0;
        return powers;
    }

    private static short[] pairs() {
        short[] pairs = new short[100];
        for (int i = 0; i < 100; i++) {
            pairs[i] = (short) ('0' + i / 10 | '0' + i % 10 << 8);
        }
        return pairs;
    }
}
