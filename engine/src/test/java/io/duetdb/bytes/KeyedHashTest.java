package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyedHashTest {
    private static final int BUCKETS = 1 << 14;

    private interface Hash {
        long of(byte[] b);
    }

    private final KeyedHash keyed = new KeyedHash(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);
    private final SipHash sip = new SipHash(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);

    @Test
    void theYardstickIsSipHash() {
        // the vector of the paper, SipHash-2-4
        byte[] message = new byte[15];
        for (int i = 0; i < 15; i++) {
            message[i] = (byte) i;
        }
        SipHash paper = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(paper.hash(message, 0, 15, 2, 4)).isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void agreesForOneKeyAndDiffersForAnother() {
        byte[] b = "user:1000".getBytes(StandardCharsets.US_ASCII);
        assertThat(keyed.hash(b, 0, b.length))
                .isEqualTo(new KeyedHash(0x0123456789ABCDEFL, 0xFEDCBA9876543210L).hash(b, 0, b.length))
                .isNotEqualTo(new KeyedHash(0x0123456789ABCDEEL, 0xFEDCBA9876543210L).hash(b, 0, b.length))
                .isNotEqualTo(new KeyedHash(0x0123456789ABCDEFL, 0xFEDCBA9876543211L).hash(b, 0, b.length));
    }

    @Test
    void dependsOnTheBytesAloneNotOnTheirPlace() {
        Random random = new Random(1);
        for (int length = 0; length < 300; length++) {
            byte[] b = new byte[length];
            random.nextBytes(b);
            byte[] wide = new byte[length + 40];
            random.nextBytes(wide);
            System.arraycopy(b, 0, wide, 7, length);
            assertThat(keyed.hash(wide, 7, length)).as("length %d", length).isEqualTo(keyed.hash(b, 0, length));
        }
    }

    @Test
    void aLongHashesAsItsEightBytes() {
        byte[] b = {1, 2, 3, 4, 5, 6, 7, 8};
        assertThat(keyed.hash(0x0807060504030201L)).isEqualTo(keyed.hash(b, 0, 8));
    }

    @Test
    void everyBitOfEveryByteMovesHalfOfAllBits() {
        Random random = new Random(2);
        for (int length : new int[] {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 49, 64, 65, 100, 129}) {
            byte[] b = new byte[length];
            int rounds = 200;
            for (int bit = 0; bit < 8 * length; bit += length > 32 ? 5 : 1) {
                int moved = 0;
                int topMoved = 0;
                for (int r = 0; r < rounds; r++) {
                    random.nextBytes(b);
                    KeyedHash hash = new KeyedHash(random.nextLong(), random.nextLong());
                    long before = hash.hash(b, 0, length);
                    b[bit / 8] ^= (byte) (1 << bit % 8);
                    long difference = before ^ hash.hash(b, 0, length);
                    moved += Long.bitCount(difference);
                    topMoved += Long.bitCount(difference >>> 48);
                }
                assertThat((double) moved / rounds)
                        .as("length %d bit %d", length, bit)
                        .isBetween(29.0, 35.0);
                assertThat((double) topMoved / rounds)
                        .as("top, length %d bit %d", length, bit)
                        .isBetween(6.6, 9.4);
            }
        }
    }

    @Test
    void noFamilyOfKeysPilesUp() {
        List<List<byte[]>> families = List.of(
                sequential("key:", 60_000),
                sequential("", 60_000),
                padded(60_000),
                blocks("Aa", "BB", 16),
                blocks("aaaaaaaa", "bbbbbbbb", 16),
                blocks("\0\0\0\0\0\0\0\0", "\uffff\uffff\uffff\uffff\uffff\uffff\uffff\uffff", 15),
                blocks("\0", "\u0080", 16),
                complements(30_000),
                zeros(4_000),
                singleBytes(8, 3),
                singleBytes(16, 3),
                singleBytes(24, 3),
                singleBytes(40, 2),
                binaryLongs(60_000));
        for (int i = 0; i < families.size(); i++) {
            check("keyed family " + i, b -> keyed.hash(b, 0, b.length), families.get(i));
            check("sip family " + i, b -> sip.hash(b, 0, b.length), families.get(i));
        }
    }

    /** Chi-square of several windows of 14 bits, and hardly any collision of the top 30 bits beyond chance. */
    private static void check(String name, Hash hash, List<byte[]> keys) {
        int n = keys.size();
        long[] all = new long[n];
        for (int i = 0; i < n; i++) {
            all[i] = hash.of(keys.get(i));
        }
        for (int shift : new int[] {50, 36, 20, 0}) {
            int[] counts = new int[BUCKETS];
            for (long h : all) {
                counts[(int) (h >>> shift) & BUCKETS - 1]++;
            }
            double expected = (double) n / BUCKETS;
            double chi = 0;
            for (int c : counts) {
                chi += (c - expected) * (c - expected) / expected;
            }
            double deviations = (chi - (BUCKETS - 1)) / Math.sqrt(2.0 * (BUCKETS - 1));
            assertThat(deviations).as("%s, bits from %d, n %d", name, shift, n).isBetween(-6.0, 6.0);
        }
        long[] top = Arrays.stream(all).map(h -> h >>> 34).sorted().toArray();
        int collisions = 0;
        for (int i = 1; i < n; i++) {
            collisions += top[i] == top[i - 1] ? 1 : 0;
        }
        double expected = (double) n * n / 2 / (1L << 30);
        assertThat((double) collisions)
                .as("%s: collisions of 30 bits", name)
                .isLessThan(expected + 6 * Math.sqrt(expected) + 3);
        assertThat(Arrays.stream(all).distinct().count())
                .as("%s: full collisions", name)
                .isEqualTo(n);
    }

    private static List<byte[]> sequential(String prefix, int n) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            keys.add((prefix + i).getBytes(StandardCharsets.US_ASCII));
        }
        return keys;
    }

    private static List<byte[]> padded(int n) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            keys.add(String.format("key:%012d", i).getBytes(StandardCharsets.US_ASCII));
        }
        return keys;
    }

    private static List<byte[]> blocks(String a, String b, int count) {
        List<byte[]> keys = new ArrayList<>();
        for (int bits = 0; bits < 1 << count; bits++) {
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < count; i++) {
                s.append((bits >> i & 1) == 0 ? a : b);
            }
            keys.add(s.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        return keys;
    }

    private static List<byte[]> complements(int n) {
        List<byte[]> keys = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < n; i++) {
            byte[] b = new byte[16];
            random.nextBytes(b);
            byte[] not = b.clone();
            for (int j = 0; j < 8; j++) {
                not[j] = (byte) ~b[j];
            }
            not[0] ^= 1;
            keys.add(b);
            keys.add(not);
        }
        return keys;
    }

    private static List<byte[]> zeros(int n) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            keys.add(new byte[i]);
        }
        return keys;
    }

    /** All keys that differ from one another in at most {@code bytes} neighbouring positions, sampled. */
    private static List<byte[]> singleBytes(int length, int bytes) {
        java.util.Set<String> keys = new java.util.LinkedHashSet<>();
        Random random = new Random(4);
        for (int i = 0; i < 40_000; i++) {
            byte[] b = new byte[length];
            int at = random.nextInt(length - bytes + 1);
            for (int j = 0; j < bytes; j++) {
                b[at + j] = (byte) random.nextInt(256);
            }
            keys.add(new String(b, StandardCharsets.ISO_8859_1));
        }
        return keys.stream().map(s -> s.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    private static List<byte[]> binaryLongs(int n) {
        List<byte[]> keys = new ArrayList<>();
        for (long i = 0; i < n; i++) {
            byte[] b = new byte[8];
            for (int j = 0; j < 8; j++) {
                b[j] = (byte) (i << 40 >>> 8 * j);
            }
            keys.add(b);
        }
        return keys;
    }
}
