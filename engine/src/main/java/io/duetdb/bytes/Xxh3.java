package io.duetdb.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * XXH3 with 64 bits, seed 0: what DIGEST and the conditions IFDEQ and IFDNE of SET compare by. Bytes come in any number
 * of pieces: {@link #reset}, {@link #update} ..., {@link #digest}. Reusable, allocates nothing.
 */
/*
 * After the specification of xxHash (Yann Collet, doc/xxhash_spec.md, XXH3 0.8). Inputs of up to 240 bytes are mixed
 * whole, by a form of their own for each range of lengths. Longer ones go through eight 64-bit lanes: a stripe of 64
 * bytes is folded into the lanes with a part of the secret that moves on by 8 bytes per stripe; after 16 stripes, one
 * block, the lanes are scrambled. The last stripe is always the last 64 bytes, though some may have been folded before.
 *
 * So up to one block is kept here: it is folded when a byte beyond it is known, and its last 64 bytes are remembered in
 * case that fewer than 64 follow.
 */
public final class Xxh3 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] SECRET = HexFormat.of()
            .parseHex("b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                    + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                    + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                    + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                    + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                    + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

    private static final long PRIME32_1 = 0x9E3779B1L;
    private static final long PRIME32_2 = 0x85EBCA77L;
    private static final long PRIME32_3 = 0xC2B2AE3DL;
    private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME64_3 = 0x165667B19E3779F9L;
    private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
    private static final long PRIME_MX1 = 0x165667919E3779F9L;
    private static final long PRIME_MX2 = 0x9FB21C651E98DF25L;

    private static final int STRIPE = 64;
    private static final int SHORT_MAX = 240;
    private static final int STRIPES_PER_BLOCK = (SECRET.length - STRIPE) / 8;
    private static final int BLOCK = STRIPE * STRIPES_PER_BLOCK;

    // Fields and no loops over them: C2 of JDK 17.0.15 compiles the same over an array of lanes to wrong code.
    private long lane0;
    private long lane1;
    private long lane2;
    private long lane3;
    private long lane4;
    private long lane5;
    private long lane6;
    private long lane7;

    private final byte[] kept = new byte[STRIPE + BLOCK]; // the last stripe of the block before, then this block
    private int filled;
    private long length;

    /** A state that has seen no byte. */
    public Xxh3() {
        reset();
    }

    /** Forgets all bytes. */
    public Xxh3 reset() {
        lane0 = PRIME32_3;
        lane1 = PRIME64_1;
        lane2 = PRIME64_2;
        lane3 = PRIME64_3;
        lane4 = PRIME64_4;
        lane5 = PRIME32_2;
        lane6 = PRIME64_5;
        lane7 = PRIME32_1;
        filled = 0;
        length = 0;
        return this;
    }

    /** Adds bytes. */
    public Xxh3 update(byte[] b, int offset, int count) {
        int at = offset;
        int left = count;
        length += count;
        while (left > 0) {
            if (filled == BLOCK) {
                foldBlock();
            }
            int n = Math.min(left, BLOCK - filled);
            System.arraycopy(b, at, kept, STRIPE + filled, n);
            filled += n;
            at += n;
            left -= n;
        }
        return this;
    }

    /** The hash of all bytes so far; more may follow. */
    public long digest() {
        if (length <= SHORT_MAX) {
            return shortHash(kept, STRIPE, (int) length);
        }
        long[] saved = {lane0, lane1, lane2, lane3, lane4, lane5, lane6, lane7};
        int stripes = (filled - 1) / STRIPE;
        for (int s = 0; s < stripes; s++) {
            fold(STRIPE + s * STRIPE, s * 8);
        }
        fold(filled, SECRET.length - STRIPE - 7);
        long hash = length * PRIME64_1
                + mulFold(lane0 ^ secret(11), lane1 ^ secret(19))
                + mulFold(lane2 ^ secret(27), lane3 ^ secret(35))
                + mulFold(lane4 ^ secret(43), lane5 ^ secret(51))
                + mulFold(lane6 ^ secret(59), lane7 ^ secret(67));
        lane0 = saved[0];
        lane1 = saved[1];
        lane2 = saved[2];
        lane3 = saved[3];
        lane4 = saved[4];
        lane5 = saved[5];
        lane6 = saved[6];
        lane7 = saved[7];
        return avalanche(hash);
    }

    // ---- long inputs

    private void foldBlock() {
        for (int s = 0; s < STRIPES_PER_BLOCK; s++) {
            fold(STRIPE + s * STRIPE, s * 8);
        }
        int key = SECRET.length - STRIPE;
        lane0 = scrambled(lane0, key);
        lane1 = scrambled(lane1, key + 8);
        lane2 = scrambled(lane2, key + 16);
        lane3 = scrambled(lane3, key + 24);
        lane4 = scrambled(lane4, key + 32);
        lane5 = scrambled(lane5, key + 40);
        lane6 = scrambled(lane6, key + 48);
        lane7 = scrambled(lane7, key + 56);
        System.arraycopy(kept, BLOCK, kept, 0, STRIPE);
        filled = 0;
    }

    private static long scrambled(long lane, int secretAt) {
        return (lane ^ lane >>> 47 ^ secret(secretAt)) * PRIME32_1;
    }

    /** Folds the stripe at a position of what is kept into the lanes, each value also into its neighbour's. */
    private void fold(int at, int secretAt) {
        long v0 = kept(at);
        long v1 = kept(at + 8);
        lane0 += v1 + halvesMultiplied(v0 ^ secret(secretAt));
        lane1 += v0 + halvesMultiplied(v1 ^ secret(secretAt + 8));
        long v2 = kept(at + 16);
        long v3 = kept(at + 24);
        lane2 += v3 + halvesMultiplied(v2 ^ secret(secretAt + 16));
        lane3 += v2 + halvesMultiplied(v3 ^ secret(secretAt + 24));
        long v4 = kept(at + 32);
        long v5 = kept(at + 40);
        lane4 += v5 + halvesMultiplied(v4 ^ secret(secretAt + 32));
        lane5 += v4 + halvesMultiplied(v5 ^ secret(secretAt + 40));
        long v6 = kept(at + 48);
        long v7 = kept(at + 56);
        lane6 += v7 + halvesMultiplied(v6 ^ secret(secretAt + 48));
        lane7 += v6 + halvesMultiplied(v7 ^ secret(secretAt + 56));
    }

    private long kept(int at) {
        return (long) LONG.get(kept, at);
    }

    private static long halvesMultiplied(long x) {
        return (x & 0xFFFFFFFFL) * (x >>> 32);
    }

    // ---- short inputs

    private static long shortHash(byte[] b, int at, int n) {
        if (n > 128) {
            return upTo240(b, at, n);
        } else if (n > 16) {
            return upTo128(b, at, n);
        } else if (n > 8) {
            long low = (secret(24) ^ secret(32)) ^ (long) LONG.get(b, at);
            long high = (secret(40) ^ secret(48)) ^ (long) LONG.get(b, at + n - 8);
            return avalanche(n + Long.reverseBytes(low) + high + mulFold(low, high));
        } else if (n >= 4) {
            long first = (int) INT.get(b, at);
            long last = (int) INT.get(b, at + n - 4) & 0xFFFFFFFFL;
            return rrmxmx((last + (first << 32)) ^ secret(8) ^ secret(16), n);
        } else if (n > 0) {
            long first = b[at] & 0xFF;
            long middle = b[at + (n >> 1)] & 0xFF;
            long last = b[at + n - 1] & 0xFF;
            long mixed = first << 16 | middle << 24 | last | (long) n << 8;
            return xxh64Avalanche(mixed ^ (secret32(0) ^ secret32(4)));
        }
        return xxh64Avalanche(secret(56) ^ secret(64));
    }

    private static long upTo128(byte[] b, int at, int n) {
        long hash = n * PRIME64_1;
        for (int i = (n - 1) / 32; i >= 0; i--) {
            hash += mix16(b, at + i * 16, i * 32) + mix16(b, at + n - (i + 1) * 16, i * 32 + 16);
        }
        return avalanche(hash);
    }

    private static long upTo240(byte[] b, int at, int n) {
        long hash = n * PRIME64_1;
        for (int i = 0; i < 8; i++) {
            hash += mix16(b, at + i * 16, i * 16);
        }
        hash = avalanche(hash);
        for (int i = 8; i < n / 16; i++) {
            hash += mix16(b, at + i * 16, (i - 8) * 16 + 3);
        }
        return avalanche(hash + mix16(b, at + n - 16, 136 - 17));
    }

    private static long mix16(byte[] b, int at, int secretAt) {
        return mulFold((long) LONG.get(b, at) ^ secret(secretAt), (long) LONG.get(b, at + 8) ^ secret(secretAt + 8));
    }

    // ---- mixing

    private static long secret(int at) {
        return (long) LONG.get(SECRET, at);
    }

    private static long secret32(int at) {
        return (int) INT.get(SECRET, at) & 0xFFFFFFFFL;
    }

    /** Both halves of the unsigned 128-bit product, XORed. */
    private static long mulFold(long x, long y) {
        long high = Math.multiplyHigh(x, y) + (x >> 63 & y) + (y >> 63 & x);
        return x * y ^ high;
    }

    private static long avalanche(long value) {
        long h = (value ^ value >>> 37) * PRIME_MX1;
        return h ^ h >>> 32;
    }

    private static long xxh64Avalanche(long value) {
        long h = (value ^ value >>> 33) * PRIME64_2;
        h = (h ^ h >>> 29) * PRIME64_3;
        return h ^ h >>> 32;
    }

    private static long rrmxmx(long value, int n) {
        long h = value ^ Long.rotateLeft(value, 49) ^ Long.rotateLeft(value, 24);
        h *= PRIME_MX2;
        h ^= (h >>> 35) + n;
        h *= PRIME_MX2;
        return h ^ h >>> 28;
    }
}
