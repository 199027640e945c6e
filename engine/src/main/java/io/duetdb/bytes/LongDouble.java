package io.duetdb.bytes;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A number as x86's {@code long double} holds it, with a significand of 64 bits, for INCRBYFLOAT, HINCRBYFLOAT and timeouts: redis
 * computes and prints them so, and the last digits show it. Read as strtold reads, added with one rounding, printed by
 * {@code %.17Lf} without trailing zeros ({@code util.c}, ld2string). Immutable. Allocates.
 */
public final class LongDouble {
    private static final int PRECISION = 64;
    private static final int DECIMALS = 17;
    private static final int MIN_EXPONENT = -16445;
    private static final int MAX_EXPONENT = 16383;

    /** No text of more digits or a larger exponent is taken apart digit by digit: it is out of range. */
    private static final int DECIMAL_EXPONENT_MAX = 5000;

    /** A text of this length or more is never a number. */
    public static final int TEXT_MAX = 5 * 1024;

    /** Null: infinite or not a number. */
    private final @Nullable BigDecimal value;

    private LongDouble(@Nullable BigDecimal value) {
        this.value = value;
    }

    /** An integer, exactly. */
    public static LongDouble of(long value) {
        return new LongDouble(BigDecimal.valueOf(value));
    }

    /**
     * The number that a text names, or null when it names none: not all bytes belong to it, it is empty, {@code nan}, or
     * out of range. {@code inf} is a number here; {@link #isFinite} tells.
     */
    public static @Nullable LongDouble parse(byte[] b, int offset, int length) {
        if (length == 0 || length >= TEXT_MAX) {
            return null;
        }
        String text = new String(b, offset, length, StandardCharsets.ISO_8859_1);
        char sign = text.charAt(0);
        String digits = sign == '-' || sign == '+' ? text.substring(1) : text;
        if (digits.equalsIgnoreCase("inf") || digits.equalsIgnoreCase("infinity")) {
            return new LongDouble(null);
        }
        boolean hex = digits.length() > 2 && digits.charAt(0) == '0' && (digits.charAt(1) | 32) == 'x';
        BigDecimal exact = hex ? hexadecimal(digits) : decimal(digits);
        if (exact == null) {
            return null;
        }
        BigDecimal rounded = round(exact);
        if (rounded == null || rounded.signum() == 0 && exact.signum() != 0) {
            return null;
        }
        return new LongDouble(sign == '-' ? rounded.negate() : rounded);
    }

    /** Whether this is neither infinite nor not a number. */
    public boolean isFinite() {
        return value != null;
    }

    /** The sum, rounded once; not finite when it is too large, or when one of both is not. */
    public LongDouble plus(LongDouble other) {
        if (value == null || other.value == null) {
            return new LongDouble(null);
        }
        return new LongDouble(round(value.add(other.value)));
    }

    /** The product, rounded once; not finite when it is too large. */
    public LongDouble times(long factor) {
        return new LongDouble(value == null ? null : round(value.multiply(BigDecimal.valueOf(factor))));
    }

    /** The least integer that is not less; the largest or smallest long where it is none. Only for finite ones. */
    public long ceiling() {
        if (value == null) {
            throw new IllegalStateException("not finite");
        }
        BigInteger integer = value.setScale(0, RoundingMode.CEILING).toBigInteger();
        return integer.bitLength() < Long.SIZE
                ? integer.longValue()
                : integer.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** The number with at most 17 decimals, without trailing zeros. Only for finite ones. */
    public byte[] text() {
        if (value == null) {
            throw new IllegalStateException("not finite");
        }
        BigDecimal printed = value.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        String text = printed.signum() == 0 ? "0" : printed.stripTrailingZeros().toPlainString();
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An unsigned decimal text, exactly; null when it is none or beyond every range. */
    private static @Nullable BigDecimal decimal(String text) {
        int e = Math.max(text.indexOf('e'), text.indexOf('E'));
        String mantissa = e < 0 ? text : text.substring(0, e);
        boolean digits = false;
        boolean zero = true;
        int points = 0;
        for (int i = 0; i < mantissa.length(); i++) {
            char c = mantissa.charAt(i);
            if (c == '.') {
                points++;
            } else if (c < '0' || c > '9') {
                return null;
            } else {
                digits = true;
                zero &= c == '0';
            }
        }
        Integer exponent = e < 0 ? Integer.valueOf(0) : exponent(text.substring(e + 1));
        if (!digits || points > 1 || exponent == null) {
            return null;
        }
        if (zero) {
            return BigDecimal.ZERO;
        }
        if (Math.abs(exponent) > DECIMAL_EXPONENT_MAX + TEXT_MAX) {
            return null;
        }
        return new BigDecimal(mantissa).scaleByPowerOfTen(exponent);
    }

    private static @Nullable BigDecimal hexadecimal(String text) {
        int p = Math.max(text.indexOf('p'), text.indexOf('P'));
        String mantissa = p < 0 ? text.substring(2) : text.substring(2, p);
        int point = mantissa.indexOf('.');
        String digits = point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
        Integer exponent = p < 0 ? Integer.valueOf(0) : exponent(text.substring(p + 1));
        if (digits.isEmpty() || exponent == null) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), 16) < 0 || digits.charAt(i) > 'f') {
                return null;
            }
        }
        BigInteger units = new BigInteger(digits, 16);
        long shift = (long) exponent - (point < 0 ? 0 : 4L * (mantissa.length() - point - 1));
        if (units.signum() == 0) {
            return BigDecimal.ZERO;
        }
        if (Math.abs(shift) > 2L * MAX_EXPONENT + 4L * TEXT_MAX) {
            return null;
        }
        return scaled(units, (int) shift);
    }

    /** A decimal exponent with optional sign; far ones stand for all that are farther. Null: it is none. */
    private static @Nullable Integer exponent(String text) {
        int i = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        if (i == text.length()) {
            return null;
        }
        int value = 0;
        for (; i < text.length(); i++) {
            int d = text.charAt(i) - '0';
            if (d < 0 || d > 9) {
                return null;
            }
            value = Math.min(1_000_000, value * 10 + d);
        }
        return text.charAt(0) == '-' ? -value : value;
    }

    /** The nearest number with 64 significant bits, ties to even; null when it is too large. */
    private static @Nullable BigDecimal round(BigDecimal exact) {
        if (exact.signum() == 0) {
            return BigDecimal.ZERO;
        }
        BigInteger numerator = exact.unscaledValue().abs();
        BigInteger denominator = BigInteger.ONE;
        if (exact.scale() > 0) {
            denominator = BigInteger.TEN.pow(exact.scale());
        } else {
            numerator = numerator.multiply(BigInteger.TEN.pow(-exact.scale()));
        }
        int exponent = numerator.bitLength() - denominator.bitLength() - PRECISION; // the quotient has 64 or 65 bits
        if (shifted(numerator, -exponent)
                        .compareTo(shifted(denominator, exponent).shiftLeft(PRECISION))
                >= 0) {
            exponent++;
        }
        exponent = Math.max(exponent, MIN_EXPONENT);
        BigInteger[] parts = shifted(numerator, -exponent).divideAndRemainder(shifted(denominator, exponent));
        BigInteger significand = parts[0];
        int half = parts[1].shiftLeft(1).compareTo(shifted(denominator, exponent));
        if (half > 0 || half == 0 && significand.testBit(0)) {
            significand = significand.add(BigInteger.ONE);
        }
        if (exponent + significand.bitLength() - 1 > MAX_EXPONENT) {
            return null;
        }
        BigDecimal rounded = scaled(significand, exponent);
        return exact.signum() < 0 ? rounded.negate() : rounded;
    }

    private static BigInteger shifted(BigInteger value, int bits) {
        return bits > 0 ? value.shiftLeft(bits) : value;
    }

    private static BigDecimal scaled(BigInteger units, int exponent) {
        if (exponent >= 0) {
            return new BigDecimal(units.shiftLeft(exponent));
        }
        return new BigDecimal(units.multiply(BigInteger.valueOf(5).pow(-exponent)), -exponent);
    }
}
