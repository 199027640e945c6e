package io.duetdb.bytes;

import java.math.BigInteger;

/**
 * The shortest decimal that reads back as a given double, and of those the nearest one.
 *
 * <pre>
 *   double v = c x 2^q.  All reals between its neighbours' midpoints vl and vr round to v.
 *
 *        vl ───────────── v ───────────── vr         width 2^q: 10^k &lt;= 2^q &lt; 10^(k+1)
 *     ──┴──┬──────────┬──────┬──────┬───────┬──      multiples of 10^k: at least one lies inside;
 *        s'=10⌊s/10⌋  …      s      t=s+1   t'=s'+10   of the multiples of 10^(k+1) at most one does
 * </pre>
 *
 * <p>So two candidates of one digit less are tried, then the two neighbours of v. v, vl, vr are scaled by 10^-k with
 * 126-bit factors and rounded to odd, which keeps every comparison exact. Source: R. Giulietti, "The Schubfach way to
 * render doubles" (2020). Invariant: factors lie in [2^125, 2^126), split in two words of 63 bits.
 */
final class ShortestDecimal {
    private static final int MIN_EXPONENT = -324;
    private static final int MAX_EXPONENT = 292;
    private static final long HIDDEN_BIT = 1L << 52;
    private static final long MASK_63 = Long.MAX_VALUE;
    private static final long[] FACTORS = factors();

    private ShortestDecimal() {}

    /** Writes a positive finite double by {@link Doubles}' rules of layout and returns the position behind it. */
    static int write(double value, byte[] to, int offset) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & HIDDEN_BIT - 1;
        int biased = (int) (bits >>> 52) & 0x7FF;
        long c = biased == 0 ? fraction : HIDDEN_BIT | fraction;
        int q = biased == 0 ? -1074 : biased - 1075;
        int odd = (int) c & 1;
        long cb = c << 2;
        long cbRight = cb + 2;
        long cbLeft;
        int k;
        if (c != HIDDEN_BIT || q == -1074) {
            cbLeft = cb - 2;
            k = (int) (q * 661_971_961_083L >> 41); // floor(log10(2^q))
        } else { // a power of two: the neighbour below is at half the distance
            cbLeft = cb - 1;
            k = (int) (q * 661_971_961_083L - 274_743_187_321L >> 41); // floor(log10(3/4 x 2^q))
        }
        int h = q + (int) (-k * 913_124_641_741L >> 38) + 2;
        long high = FACTORS[2 * (k - MIN_EXPONENT)];
        long low = FACTORS[2 * (k - MIN_EXPONENT) + 1];
        long v = roundToOdd(high, low, cb << h);
        long left = roundToOdd(high, low, cbLeft << h) + odd;
        long right = roundToOdd(high, low, cbRight << h) - odd;
        long s = v >> 2;
        if (s >= 10) {
            long shorter = s / 10 * 10;
            boolean lowerIn = left <= shorter << 2;
            boolean upperIn = shorter + 10 << 2 <= right;
            if (lowerIn != upperIn) {
                return strip(lowerIn ? shorter : shorter + 10, k, to, offset);
            }
        }
        boolean lowerIn = left <= s << 2;
        boolean upperIn = s + 1 << 2 <= right;
        if (lowerIn != upperIn) {
            return strip(lowerIn ? s : s + 1, k, to, offset);
        }
        long toMiddle = v - (2 * s + 1 << 1);
        return strip(toMiddle < 0 || toMiddle == 0 && (s & 1) == 0 ? s : s + 1, k, to, offset);
    }

    private static int strip(long digits, int exponent, byte[] to, int offset) {
        long d = digits;
        int e = exponent;
        while (d % 10 == 0) {
            d /= 10;
            e++;
        }
        return Doubles.layOut(d, e, to, offset);
    }

    /** The product of the factor and {@code cp} over 2^127, rounded to odd: truncated, last bit set when inexact. */
    private static long roundToOdd(long high, long low, long cp) {
        long x1 = Math.multiplyHigh(low, cp);
        long y0 = high * cp;
        long y1 = Math.multiplyHigh(high, cp);
        long z = (y0 >>> 1) + x1;
        long w = y1 + (z >>> 63);
        return w | (z & MASK_63) + MASK_63 >>> 63;
    }

    /** For each k the factor floor(10^-k x 2^r) + 1, with r such that it has 126 bits. */
    private static long[] factors() {
        long[] factors = new long[2 * (MAX_EXPONENT - MIN_EXPONENT + 1)];
        for (int k = MIN_EXPONENT; k <= MAX_EXPONENT; k++) {
            BigInteger power = BigInteger.TEN.pow(Math.abs(k));
            BigInteger factor;
            if (k <= 0) {
                int excess = power.bitLength() - 126;
                factor = excess > 0 ? power.shiftRight(excess) : power.shiftLeft(-excess);
            } else {
                factor = BigInteger.ONE.shiftLeft(power.bitLength() + 125).divide(power);
                if (factor.bitLength() > 126) {
                    factor = factor.shiftRight(1);
                }
            }
            factor = factor.add(BigInteger.ONE);
            factors[2 * (k - MIN_EXPONENT)] = factor.shiftRight(63).longValueExact();
            factors[2 * (k - MIN_EXPONENT) + 1] = factor.longValue() & MASK_63;
        }
        return factors;
    }
}
