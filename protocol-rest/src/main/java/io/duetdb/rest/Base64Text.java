package io.duetdb.rest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Base64 in groups, on byte arrays: the JDK's encoder knows only whole arrays. */
final class Base64Text {
    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);
    private static final VarHandle PAIR = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** The two digits of each 12 bits, the first in the low byte. */
    private static final short[] PAIRS = pairs();

    private Base64Text() {}

    private static short[] pairs() {
        short[] pairs = new short[1 << 12];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (short) (DIGITS[i >>> 6] | DIGITS[i & 63] << 8);
        }
        return pairs;
    }

    /** Encodes as many whole groups of three bytes as there are and returns the position behind what was written. */
    static int groups(byte[] b, int from, int end, byte[] to, int at) {
        int out = at;
        for (int i = from; i + 3 <= end; i += 3) {
            int bits = (b[i] & 0xFF) << 16 | (b[i + 1] & 0xFF) << 8 | (b[i + 2] & 0xFF);
            PAIR.set(to, out, PAIRS[bits >>> 12]);
            PAIR.set(to, out + 2, PAIRS[bits & 0xFFF]);
            out += 4;
        }
        return out;
    }

    /** Encodes the last one or two bytes with padding and returns the position behind what was written. */
    static int last(byte[] b, int count, byte[] to, int at) {
        int bits = (b[0] & 0xFF) << 16 | (count == 2 ? (b[1] & 0xFF) << 8 : 0);
        to[at] = DIGITS[bits >>> 18];
        to[at + 1] = DIGITS[bits >>> 12 & 63];
        to[at + 2] = count == 2 ? DIGITS[bits >>> 6 & 63] : (byte) '=';
        to[at + 3] = '=';
        return at + 4;
    }
}
