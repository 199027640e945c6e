package io.duetdb.rest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * How bytes are spelled inside a JSON string, and UTF-8 as the standard defines it. Functions on byte arrays only.
 *
 * <p>Bytes that are not UTF-8 become U+FFFD, one for each maximal ill-formed subsequence (Unicode 3.9, table 3-7): what
 * the decoders of browsers and of Java do.
 */
final class JsonText {
    /** U+FFFD in UTF-8. */
    static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /**
     * Copies bytes that stand for themselves (ASCII without quote, backslash and control characters) from {@code from}
     * until the first that does not, or {@code end}, and returns how many. Needs room for {@code end - from + 8} bytes
     * and may write rubbish behind what it copied.
     */
    static int copyPlain(byte[] source, int from, int end, byte[] target, int at) {
        int i = from;
        int to = at;
        while (i + 8 <= end) {
            long x = (long) LONGS.get(source, i);
            LONGS.set(target, to, x);
            long special = special(x);
            if (special != 0) {
                return i - from + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            i += 8;
            to += 8;
        }
        while (i < end) {
            byte c = source[i];
            if (c < 0x20 || c == '"' || c == '\\') {
                break;
            }
            target[to++] = c;
            i++;
        }
        return i - from;
    }

    /** The high bit of each byte that may need more than copying; the lowest bit set is always right. */
    private static long special(long x) {
        long control = (x - ONES * 0x20) & ~x;
        long quote = x ^ (ONES * '"');
        long backslash = x ^ (ONES * '\\');
        quote = (quote - ONES) & ~quote;
        backslash = (backslash - ONES) & ~backslash;
        return (control | quote | backslash | x) & HIGHS;
    }

    /** Writes the escape of an ASCII character that may not stand in a string; at most 6 bytes. Returns the end. */
    static int escape(int c, byte[] target, int at) {
        int to = at;
        target[to++] = '\\';
        switch (c) {
            case '"', '\\' -> target[to++] = (byte) c;
            case '\n' -> target[to++] = 'n';
            case '\r' -> target[to++] = 'r';
            case '\t' -> target[to++] = 't';
            case '\b' -> target[to++] = 'b';
            case '\f' -> target[to++] = 'f';
            default -> {
                target[to++] = 'u';
                target[to++] = '0';
                target[to++] = '0';
                target[to++] = HEX[c >> 4];
                target[to++] = HEX[c & 15];
            }
        }
        return to;
    }

    /**
     * The UTF-8 sequence that begins at {@code at} with a byte above 127: its length when it is whole and well-formed,
     * minus the length of the ill-formed subsequence, or 0 when it is well-formed so far and the bytes end.
     */
    static int sequence(byte[] b, int at, int end) {
        int lead = b[at] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) {
            return -1;
        }
        int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        for (int i = 1; i < length; i++) {
            if (at + i == end) {
                return 0;
            }
            int c = b[at + i] & 0xFF;
            if (c < 0x80 || c > 0xBF || (i == 1 && !second(lead, c))) {
                return -i;
            }
        }
        return length;
    }

    private static boolean second(int lead, int c) {
        return switch (lead) {
            case 0xE0 -> c >= 0xA0;
            case 0xED -> c <= 0x9F;
            case 0xF0 -> c >= 0x90;
            case 0xF4 -> c <= 0x8F;
            default -> true;
        };
    }
}
