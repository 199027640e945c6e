package io.duetdb.bytes;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * Doubles in Redis' textual form, on bytes: printed as redis-server 7.2 prints scores (the fewest digits that read back
 * as the same value), read as strtod reads them.
 */
public final class Doubles {
    /** The most bytes {@link #write} needs. */
    public static final int MAX_LENGTH = 26;

    private static final double SAFE_INTEGER = 1L << 52;
    private static final int FAST_DECIMALS = 6;
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private Doubles() {}

    /**
     * {@code value} as C's {@code %.17g} prints it: what Redis' digests of scores are made of. Allocates: for cold paths.
     */
    public static byte[] seventeen(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
            String text = value == 0 ? 1 / value < 0 ? "-0" : "0" : text(value);
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(17, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal stripped = rounded.stripTrailingZeros();
        String text;
        if (exponent >= -4 && exponent < 17) {
            text = stripped.toPlainString();
        } else {
            String digits = stripped.unscaledValue().abs().toString();
            text = (value < 0 ? "-" : "")
                    + digits.charAt(0)
                    + (digits.length() > 1 ? "." + digits.substring(1) : "")
                    + (exponent < 0 ? "e-" : "e+")
                    + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Writes {@code value} at {@code offset} and returns the position behind it. {@code inf}, {@code -inf}, {@code nan};
     * whole numbers below 2^52 without a point; otherwise the shortest digits that read back as the same double, laid
     * out by {@code fpconv}'s rules: plain while at most 7 zeros follow or few digits precede the point, else with an
     * exponent ({@code 1e+20}, {@code 1.5e-7}). {@link #MAX_LENGTH} bytes must be free.
     */
    public static int write(double value, byte[] to, int offset) {
        if (value > -SAFE_INTEGER && value < SAFE_INTEGER) {
            long whole = (long) value;
            if (whole == value) {
                if (whole == 0 && 1 / value < 0) {
                    to[offset] = '-';
                    to[offset + 1] = '0';
                    return offset + 2;
                }
                return Numbers.write(whole, to, offset);
            }
        } else if (Double.isNaN(value) || value == Double.POSITIVE_INFINITY || value == Double.NEGATIVE_INFINITY) {
            return writeSpecial(value, to, offset);
        }
        int at = offset;
        double magnitude = value;
        if (value < 0) {
            to[at++] = '-';
            magnitude = -value;
        }
        // Scores mostly have few decimals. When the first few make a whole number m with m / 10^d == value, that is the
        // shortest form: both are exact doubles, so the division rounds as reading the text would.
        if (magnitude < 1e9 && magnitude >= 1e-3) {
            for (int d = 1; d <= FAST_DECIMALS; d++) {
                long m = Math.round(magnitude * POWERS[d]);
                if (m / POWERS[d] == magnitude) {
                    return layOut(m, -d, to, at);
                }
            }
        }
        return ShortestDecimal.write(magnitude, to, at);
    }

    private static int writeSpecial(double value, byte[] to, int offset) {
        int at = offset;
        if (value == Double.NEGATIVE_INFINITY) {
            to[at++] = '-';
        }
        to[at] = (byte) (Double.isNaN(value) ? 'n' : 'i');
        to[at + 1] = (byte) (Double.isNaN(value) ? 'a' : 'n');
        to[at + 2] = (byte) (Double.isNaN(value) ? 'n' : 'f');
        return at + 3;
    }

    /** Writes {@code digits x 10^exponent} by fpconv's rules. {@code digits} must not end in 0 unless it is one digit. */
    static int layOut(long digits, int exponent, byte[] to, int offset) {
        int count = Numbers.length(digits);
        int scientific = exponent + count - 1;
        int size = Math.abs(scientific);
        if (exponent >= 0 && size < count + 7) {
            int at = Numbers.write(digits, to, offset);
            for (int i = 0; i < exponent; i++) {
                to[at++] = '0';
            }
            return at;
        }
        if (exponent < 0 && (exponent > -7 || size < 4)) {
            return plain(digits, count, exponent, to, offset);
        }
        int at =
                Numbers.write(digits, to, offset + 1); // one place to the right, to move the first digit over the point
        to[offset] = to[offset + 1];
        if (count > 1) {
            to[offset + 1] = '.';
        } else {
            at--;
        }
        to[at++] = 'e';
        to[at++] = (byte) (scientific < 0 ? '-' : '+');
        return Numbers.write(size, to, at);
    }

    private static int plain(long digits, int count, int exponent, byte[] to, int offset) {
        int before = count + exponent;
        if (before > 0) {
            int at = Numbers.write(digits, to, offset);
            System.arraycopy(to, offset + before, to, offset + before + 1, -exponent);
            to[offset + before] = '.';
            return at + 1;
        }
        int at = offset;
        to[at++] = '0';
        to[at++] = '.';
        for (int i = before; i < 0; i++) {
            to[at++] = '0';
        }
        return Numbers.write(digits, to, at);
    }

    /** {@code value} as {@link #write} prints it. For cold paths. */
    public static String text(double value) {
        byte[] b = new byte[MAX_LENGTH];
        return new String(b, 0, write(value, b, 0), StandardCharsets.US_ASCII);
    }

    /**
     * The value of a text as strtod reads it when it must take every byte: decimal with optional exponent, hexadecimal
     * ({@code 0x1p3}), {@code inf}, {@code infinity} in any case. NaN when the bytes are anything else, {@code nan}
     * included, which Redis never accepts as a number. No leading space, no suffix. Values past the range become
     * infinite or zero; Redis refuses those ({@link #overflows} tells).
     */
    public static double parse(byte[] b, int offset, int length) {
        int i = offset;
        int end = offset + length;
        if (length <= 0) {
            return Double.NaN;
        }
        boolean negative = b[i] == '-';
        if (negative || b[i] == '+') {
            i++;
        }
        long digits = 0;
        int count = 0;
        int point = -1;
        int start = i;
        for (; i < end; i++) {
            int d = b[i] - '0';
            if (d >= 0 && d <= 9) {
                if (count < 18) {
                    digits = digits * 10 + d;
                }
                count++;
            } else if (b[i] == '.' && point < 0) {
                point = i;
            } else {
                break;
            }
        }
        if (i == start && end - start == 3 && isInf(b, start)) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (i == end && count > 0 && count <= 18) {
            int decimals = point < 0 ? 0 : end - point - 1;
            if (digits <= 1L << 53) { // both exact: one correctly rounded division
                double value = digits / POWERS[decimals];
                return negative ? -value : value;
            }
        }
        return parseSlowly(b, offset, start, end);
    }

    /** Whether a text that {@link #parse} read as infinite or zero names a finite number other than zero. */
    public static boolean overflows(byte[] b, int offset, int length, double value) {
        if (Double.isInfinite(value)) {
            return (b[offset + length - 1] & 0xDF) != 'F' && (b[offset + length - 1] & 0xDF) != 'Y';
        }
        if (value != 0) {
            return false;
        }
        for (int i = offset; i < offset + length && (b[i] | 32) != 'e' && (b[i] | 32) != 'p'; i++) {
            if (b[i] > '0' && b[i] != 'x') {
                return (b[i] | 32) != 'x';
            }
        }
        return false;
    }

    private static boolean isInf(byte[] b, int at) {
        return (b[at] | 32) == 'i' && (b[at + 1] | 32) == 'n' && (b[at + 2] | 32) == 'f';
    }

    private static double parseSlowly(byte[] b, int offset, int start, int end) {
        String text = new String(b, offset, end - offset, StandardCharsets.ISO_8859_1);
        String unsigned = text.substring(start - offset);
        if (unsigned.equalsIgnoreCase("inf") || unsigned.equalsIgnoreCase("infinity")) {
            return b[offset] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (unsigned.isEmpty()) {
            return Double.NaN;
        }
        char first = unsigned.charAt(0);
        char last = unsigned.charAt(unsigned.length() - 1);
        boolean hex = unsigned.length() > 2 && first == '0' && (unsigned.charAt(1) | 32) == 'x';
        // Double.parseDouble also takes spaces, a type suffix, NaN and Infinity, but no hexadecimal without exponent
        boolean digitAtEnd = last >= '0' && last <= '9' || last == '.' || hex && isHex(last);
        if (!digitAtEnd || !(first >= '0' && first <= '9' || first == '.')) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(hex && text.indexOf('p') < 0 && text.indexOf('P') < 0 ? text + "p0" : text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isHex(char c) {
        return (c | 32) >= 'a' && (c | 32) <= 'f' || c >= '0' && c <= '9';
    }
}
