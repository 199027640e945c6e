package io.duetdb.bytes;

/** SipHash-1-3 (Aumasson, Bernstein 2012), the yardstick that {@link KeyedHash} is held to. */
final class SipHash {
    private final long k0;
    private final long k1;

    SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    long hash(byte[] b, int offset, int length) {
        return hash(b, offset, length, 1, 3);
    }

    long hash(byte[] b, int offset, int length, int rounds, int finalRounds) {
        long[] v = {
            k0 ^ 0x736f6d6570736575L, k1 ^ 0x646f72616e646f6dL, k0 ^ 0x6c7967656e657261L, k1 ^ 0x7465646279746573L
        };
        int words = length / 8;
        for (int w = 0; w <= words; w++) {
            long m = w == words ? (long) length << 56 : 0;
            for (int i = 0; i < (w == words ? length % 8 : 8); i++) {
                m |= (b[offset + 8 * w + i] & 0xFFL) << 8 * i;
            }
            v[3] ^= m;
            for (int r = 0; r < rounds; r++) {
                round(v);
            }
            v[0] ^= m;
        }
        v[2] ^= 0xff;
        for (int r = 0; r < finalRounds; r++) {
            round(v);
        }
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }
}
