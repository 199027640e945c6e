package io.duetdb.engine.api;

/**
 * The engine's only source of chance: xoshiro256**, seeded from outside, so that the same inputs with the same seed
 * give the same choices. Not for secrets: those come from {@link Host#secureBytes}.
 *
 * <p>Algorithm: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018); seeding by splitmix64.
 */
public final class RandomSource {
    private long s0;
    private long s1;
    private long s2;
    private long s3;

    /** A generator whose whole sequence follows from {@code seed}. */
    public RandomSource(long seed) {
        reseed(seed);
    }

    /** Starts the sequence of {@code seed} anew. */
    public void reseed(long seed) {
        long x = seed;
        s0 = mix(x += 0x9E3779B97F4A7C15L);
        s1 = mix(x += 0x9E3779B97F4A7C15L);
        s2 = mix(x += 0x9E3779B97F4A7C15L);
        s3 = mix(x + 0x9E3779B97F4A7C15L);
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 64 random bits. */
    public long nextLong() {
        long result = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** A number in [0, bound), uniform. {@code bound} must be positive. */
    public long nextLong(long bound) {
        assert bound > 0 : bound;
        long bits = nextLong() >>> 1;
        long value = bits % bound;
        while (bits - value + (bound - 1) < 0) { // the last, incomplete stretch of the range would favour small values
            bits = nextLong() >>> 1;
            value = bits % bound;
        }
        return value;
    }

    /** A number in [0, bound), uniform. {@code bound} must be positive. */
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    /** A number in [0, 1), uniform, in steps of 2^-53. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }
}
