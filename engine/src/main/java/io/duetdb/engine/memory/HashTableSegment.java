package io.duetdb.engine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The layout of one segment of a {@link HashTable}: a head word and slots sorted by hash. Functions on bytes; which
 * segment a hash belongs to, and when segments split and merge, is the table's business.
 *
 * <pre>
 *   word 0        words 1 .. homes            overflow           last word
 *  +------------+-----------------------------+----------------+-----+
 *  | head       | slots that are also homes   | slots, no homes|  0  |
 *  +------------+-----------------------------+----------------+-----+
 *
 *  head   count : 16 | limit : 16 | depth : 5 | prefix : 21      (from the lowest bit)
 *  slot   address >>> 3 : 34 | hash bits : 30                    0 = empty
 * </pre>
 *
 * <p>Invariants: the slots in use are sorted by hash bits; a slot stands at its home or to the right of it with no
 * empty slot between; the last word is always 0, so that no walk needs to look at an index.
 */
final class HashTableSegment {
    /** Hash bits in a slot and in a cursor. */
    static final int HASH_BITS = 30;

    static final int ADDRESS_BITS = 34;
    static final long ADDRESS_MASK = (1L << ADDRESS_BITS) - 1;
    static final int HASH_MASK = (1 << HASH_BITS) - 1;

    /** log2 of the bytes of the smallest segment, of the largest that is a block, and of one that is a page. */
    static final int LOG_MIN = 7;

    static final int LOG_BLOCK = 12;
    static final int LOG_PAGE = 14;

    /** Offset of the first slot. */
    static final int FIRST = 8;

    static final int PAGE_HOMES = homesOf(LOG_PAGE);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int DEPTH_SHIFT = 32;
    private static final int PREFIX_SHIFT = 37;

    private HashTableSegment() {}

    static long word(byte[] bytes, int index) {
        return (long) LONG.get(bytes, index);
    }

    static void setWord(byte[] bytes, int index, long value) {
        LONG.set(bytes, index, value);
    }

    static long slot(int bits, long address) {
        return ((long) bits << ADDRESS_BITS) | (address >>> 3);
    }

    static int bits(long slot) {
        return (int) (slot >>> ADDRESS_BITS);
    }

    static long address(long slot) {
        return (slot & ADDRESS_MASK) << 3;
    }

    static long head(int count, int limit, int depth, int prefix) {
        return count | ((long) limit << 16) | ((long) depth << DEPTH_SHIFT) | ((long) prefix << PREFIX_SHIFT);
    }

    static int count(long head) {
        return (int) head & 0xFFFF;
    }

    /** The count at which the segment splits or grows before it takes one more. */
    static int limit(long head) {
        return (int) (head >>> 16) & 0xFFFF;
    }

    static int depth(long head) {
        return (int) (head >>> DEPTH_SHIFT) & 31;
    }

    static int prefix(long head) {
        return (int) (head >>> PREFIX_SHIFT);
    }

    /** Slots that can be filled. */
    static int slots(int log) {
        return (1 << (log - 3)) - 2;
    }

    /** Offset of the last word, which stays empty. */
    static int end(int log) {
        return (1 << log) - 8;
    }

    /** Homes of a segment of 2^{@code log} bytes. */
    static int homes(int log) {
        return log == LOG_PAGE ? PAGE_HOMES : homesOf(log);
    }

    /**
     * The overflow at the end is what the hashes of the last homes may spill: about the square root of the size while
     * small, 64 in a page, where at a load of 0.92 one split in some ten thousand comes early because of it.
     */
    private static int homesOf(int log) {
        int overflow = (log & 1) == 0 ? 1 << ((log - 2) >> 1) : 3 << ((log - 5) >> 1);
        return slots(log) - overflow;
    }

    /** Offset of the home of {@code bits}; monotone in the bits among those that share the segment's prefix. */
    static int home(int bits, int depth, int homes) {
        return FIRST + ((int) ((((long) bits << depth) & HASH_MASK) * homes >>> HASH_BITS) << 3);
    }

    /** The bound for {@link #seek} to the first slot with these hash bits, or where it would be. */
    static long atLeast(int bits) {
        return (long) bits << ADDRESS_BITS;
    }

    /** The bound for {@link #seek} to the first slot with larger hash bits, or where it would be. */
    static long above(int bits) {
        return (long) bits << ADDRESS_BITS | ADDRESS_MASK;
    }

    /**
     * Index of the first slot from a home on that is empty or not below {@code bound}. The first four are looked at
     * without a branch, since how far a slot stands from its home cannot be foretold: among them, those below the bound
     * come first, because what follows a hole has a later home. The overflow is longer than that.
     */
    static int seek(byte[] bytes, int home, long bound) {
        long below = below(word(bytes, home), bound)
                + below(word(bytes, home + 8), bound)
                + below(word(bytes, home + 16), bound)
                + below(word(bytes, home + 24), bound);
        int at = home + ((int) below << 3);
        if (below == 4) {
            while (below(word(bytes, at), bound) != 0) {
                at += 8;
            }
        }
        return at;
    }

    /** 1 if {@code slot} is in use and below {@code bound}, otherwise 0: less 1, an empty slot is above everything. */
    private static long below(long slot, long bound) {
        return (((slot - 1) >>> 1) - (bound >>> 1)) >>> 63;
    }

    /** Offset of the first empty slot at or after {@code offset}. */
    static int firstEmpty(byte[] bytes, int base, int offset) {
        int at = base + offset;
        while (word(bytes, at) != 0) {
            at += 8;
        }
        return at - base;
    }

    /**
     * Puts {@code slot} at {@code offset} of a writable segment and moves what stands from there to the empty slot at
     * {@code empty} one to the right.
     */
    static void open(byte[] bytes, int base, int offset, int empty, long slot) {
        int at = base + offset;
        System.arraycopy(bytes, at, bytes, at + 8, empty - offset);
        setWord(bytes, at, slot);
    }

    /** Takes the slot at {@code offset} out of a writable segment; those that stand right of their homes move left. */
    static void close(byte[] bytes, int base, int offset, int depth, int homes) {
        int stop = offset + 8;
        for (long slot = word(bytes, base + stop);
                slot != 0 && home(bits(slot), depth, homes) != stop;
                slot = word(bytes, base + stop)) {
            stop += 8;
        }
        System.arraycopy(bytes, base + offset + 8, bytes, base + offset, stop - offset - 8);
        setWord(bytes, base + stop - 8, 0);
    }

    /** Whether all slots of a segment that is not empty have equal hash bits. */
    static boolean oneHash(byte[] bytes, int base, int log) {
        int first = base + FIRST;
        while (word(bytes, first) == 0) {
            first += 8;
        }
        int last = base + end(log) - 8;
        while (word(bytes, last) == 0) {
            last -= 8;
        }
        return bits(word(bytes, first)) == bits(word(bytes, last));
    }

    /** Slots in use between two offsets. */
    static int countBetween(byte[] bytes, int base, int from, int to) {
        int count = 0;
        for (int at = base + from; at < base + to; at += 8) {
            if (word(bytes, at) != 0) {
                count++;
            }
        }
        return count;
    }

    /**
     * Lays the slots in [{@code from}, {@code to}) of a source out in an empty segment, none before offset
     * {@code next}. Returns the offset after the last one, or -1 when the overflow does not suffice.
     */
    static int place(
            byte[] source, int sourceBase, int from, int to, byte[] bytes, int base, int next, int depth, int log) {
        int homes = homes(log);
        int end = end(log);
        int free = next;
        for (int at = sourceBase + from; at < sourceBase + to; at += 8) {
            long slot = word(source, at);
            if (slot != 0) {
                int target = Math.max(free, home(bits(slot), depth, homes));
                if (target >= end) {
                    return -1;
                }
                setWord(bytes, base + target, slot);
                free = target + 8;
            }
        }
        return free;
    }
}
