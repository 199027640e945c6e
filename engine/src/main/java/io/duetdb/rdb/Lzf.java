package io.duetdb.rdb;

import java.util.Arrays;

/**
 * Marc Lehmann's LZF, the compression of strings in RDB files. A sequence of runs:
 *
 * <pre>
 *   000LLLLL                      L + 1 bytes follow as they are
 *   LLLooooo oooooooo             copy L + 2 bytes from o + 1 bytes back (L = 1..6)
 *   111ooooo LLLLLLLL oooooooo    copy L + 9 bytes from o + 1 bytes back
 * </pre>
 *
 * An instance packs one string after the other.
 */
final class Lzf {
    private static final int HASH_BITS = 14;
    private static final int MAX_LITERAL = 32;
    private static final int MAX_OFFSET = 1 << 13;
    private static final int MAX_LENGTH = 264;

    /** A longer result's array is not kept. */
    private static final int KEPT_MAX = 1 << 20;

    /** Where three bytes of a hash were met last; see {@link #begin}. */
    private final int[] seen = new int[1 << HASH_BITS];

    private int next = 1;
    private byte[] packed = new byte[1024];

    /**
     * Unpacks {@code length} bytes of {@code in} to exactly {@code outLength} bytes of {@code out}.
     *
     * @throws RdbFormatException when they are not what was packed to that length
     */
    static void decompress(byte[] in, int offset, int length, byte[] out, int outLength) {
        int at = offset;
        int end = offset + length;
        int to = 0;
        while (at < end) {
            int control = in[at++] & 0xFF;
            if (control < MAX_LITERAL) {
                int n = control + 1;
                if (n > end - at || n > outLength - to) {
                    throw damaged();
                }
                System.arraycopy(in, at, out, to, n);
                at += n;
                to += n;
                continue;
            }
            int n = control >>> 5;
            if (n == 7) {
                if (at == end) {
                    throw damaged();
                }
                n += in[at++] & 0xFF;
            }
            n += 2;
            if (at == end) {
                throw damaged();
            }
            int from = to - ((control & 0x1F) << 8 | in[at++] & 0xFF) - 1;
            if (from < 0 || n > outLength - to) {
                throw damaged();
            }
            for (int i = 0; i < n; i++) { // the ranges may overlap, and what was just written be copied again
                out[to++] = out[from++];
            }
        }
        if (to != outLength) {
            throw damaged();
        }
    }

    private static RdbFormatException damaged() {
        return new RdbFormatException("a compressed string is damaged");
    }

    /**
     * Packs {@code length} bytes. Returns to how many, which stand at the beginning of {@link #packed} until the next
     * call; 0 when that saves fewer than four.
     */
    int compress(byte[] in, int offset, int length) {
        int room = length - 4;
        if (room <= 0) {
            return 0;
        }
        if (packed.length < room || packed.length > KEPT_MAX && room <= KEPT_MAX) {
            packed = new byte[Math.max(room, 1024)];
        }
        int from = begin(length);
        byte[] out = packed;
        int at = offset;
        int end = offset + length;
        int shift = from - offset;
        int literals = offset;
        int to = 0;
        while (at < end - 2) {
            int slot = hash(in, at);
            int match = seen[slot] - shift;
            seen[slot] = at + shift;
            int back = at - match - 1;
            if (match < offset || back >= MAX_OFFSET || !same(in, match, at)) {
                at++;
                continue;
            }
            int n = 3;
            int most = Math.min(MAX_LENGTH, end - at);
            while (n < most && in[match + n] == in[at + n]) {
                n++;
            }
            to = literal(in, literals, at, out, to, room);
            if (to < 0 || to + 3 > room) {
                return 0;
            }
            int coded = n - 2;
            if (coded < 7) {
                out[to++] = (byte) (coded << 5 | back >>> 8);
            } else {
                out[to++] = (byte) (7 << 5 | back >>> 8);
                out[to++] = (byte) (coded - 7);
            }
            out[to++] = (byte) back;
            at += n;
            literals = at;
        }
        return Math.max(0, literal(in, literals, end, out, to, room));
    }

    /** What {@link #compress} wrote. */
    byte[] packed() {
        return packed;
    }

    /** Places of a string are counted on from those of the one before, so that what is left of that is out of range. */
    private int begin(int length) {
        if (next > Integer.MAX_VALUE - length) {
            Arrays.fill(seen, 0);
            next = 1;
        }
        int from = next;
        next += length;
        return from;
    }

    private static int literal(byte[] in, int from, int end, byte[] out, int begin, int room) {
        int to = begin;
        for (int at = from; at < end; ) {
            int n = Math.min(MAX_LITERAL, end - at);
            if (to + 1 + n > room) {
                return -1;
            }
            out[to++] = (byte) (n - 1);
            System.arraycopy(in, at, out, to, n);
            to += n;
            at += n;
        }
        return to;
    }

    private static boolean same(byte[] in, int a, int b) {
        return in[a] == in[b] && in[a + 1] == in[b + 1] && in[a + 2] == in[b + 2];
    }

    private static int hash(byte[] in, int at) {
        int three = (in[at] & 0xFF) << 16 | (in[at + 1] & 0xFF) << 8 | in[at + 2] & 0xFF;
        return three * 0x9E3779B1 >>> 32 - HASH_BITS;
    }
}
