package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.PAGE_BITS;
import static io.duetdb.engine.memory.PageMemory.PAGE_BYTES;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.PageMemory.PLACE_MASK;

import io.duetdb.engine.api.BlockSource;
import java.util.Arrays;

/**
 * The physical places of pages: which are free, when the others were born and died, how many there may be. A place is
 * a page of one of the blocks, which grow from 64 KiB to 4 MiB less 16 bytes (an array of a power of two would waste
 * up to half of it in G1's regions) and are never given back. No larger: when no block is ready the engine's thread
 * zeroes one itself, and touching 32 MiB for the first time took it 10 to 95 ms.
 *
 * <p>Each place has three words: birth, death (epochs) and next, by which it hangs in at most one list: the free list, a
 * view's list of retired places, or a list that waits to be reclaimed. They stand behind the block's last page, where an
 * array of a power of two less its header has room: in arrays of their own they were 4 MB for 5 GB of data, of the 10.4
 * MB that a young collection carried over in a first rewrite.
 */
final class Places {
    /** End of a list. */
    static final int NONE = -1;

    /** Of a place that hangs in no list. */
    static final int UNLISTED = -2;

    /** Death of a place that the present uses. */
    static final int ALIVE = Integer.MAX_VALUE;

    /** Death of a free place. */
    static final int FREE = 0;

    private static final int ARRAY_HEADER = 16;
    private static final int[] BLOCK_BITS = {16, 18, 20, 22};
    private static final int MAX_PLACES = 1 << 24;
    private static final int RESERVE_MIN = 64;
    private static final int RESERVE_FRACTION = 50;
    private static final int RESERVE_LARGEST_SHARE = 4;

    private static final int BIRTH = 0;
    private static final int DEATH = 4;
    private static final int NEXT = 8;
    private static final int WORDS_BYTES = 12;

    /** The blocks; replaced by a longer array when full, so that views keep what they have. */
    byte[][] blocks = new byte[8][];

    private final BlockSource source;
    private int blockCount;
    private int total;
    private int freeList = NONE;
    private int fresh; // places of the newest block that were never taken: [fresh, freshEnd)
    private int freshEnd;
    private int used;
    private int limit;
    private int reserve;

    Places(BlockSource source, long limitBytes) {
        this.source = source;
        limit(limitBytes);
    }

    /** Takes a free place, born in {@code epoch}; NONE when the limit is reached. Its bytes are undefined. */
    int take(int epoch) {
        if (used >= limit) {
            return NONE;
        }
        int place = freeList;
        if (place != NONE) {
            freeList = next(place);
        } else {
            if (fresh == freshEnd) {
                grow();
            }
            place = fresh++;
        }
        used++;
        word(place, BIRTH, epoch);
        word(place, DEATH, ALIVE);
        word(place, NEXT, UNLISTED);
        return place;
    }

    /** Makes a block that is going to be asked for, unless enough are ready. Any thread. */
    void workAhead() {
        source.workAhead();
    }

    /** Gives a place back that hangs in no list. */
    void free(int place) {
        if (death(place) == FREE || next(place) != UNLISTED) {
            throw new IllegalStateException("place " + place + " is not to be freed");
        }
        death(place, FREE);
        next(place, freeList);
        freeList = place;
        used--;
    }

    private void grow() {
        int step = Math.min(blockCount, BLOCK_BITS.length - 1);
        while (step > 0 && pagesOf(step - 1) >= limit - total) {
            step--; // the last block below a limit need not be larger than what is missing
        }
        int pages = pagesOf(step);
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, blockCount * 2);
        }
        int bytes = (1 << BLOCK_BITS[step]) - ARRAY_HEADER;
        byte[] block = source.take(bytes);
        if (block.length != bytes) {
            throw new IllegalStateException("the block source gave " + block.length + " bytes, not " + bytes);
        }
        blocks[blockCount] = block;
        fresh = blockCount << PLACE_BITS;
        freshEnd = fresh + pages;
        blockCount++;
        total += pages;
    }

    private static int pagesOf(int step) {
        return ((1 << BLOCK_BITS[step]) - ARRAY_HEADER) >> PAGE_BITS;
    }

    int birth(int place) {
        return word(place, BIRTH);
    }

    int death(int place) {
        return word(place, DEATH);
    }

    void death(int place, int epoch) {
        word(place, DEATH, epoch);
    }

    int next(int place) {
        return word(place, NEXT);
    }

    void next(int place, int next) {
        word(place, NEXT, next);
    }

    private int word(int place, int which) {
        byte[] block = blocks[place >>> PLACE_BITS];
        return (int) PageMemory.INT.get(block, wordsOf(block, place) + which);
    }

    private void word(int place, int which, int value) {
        byte[] block = blocks[place >>> PLACE_BITS];
        PageMemory.INT.set(block, wordsOf(block, place) + which, value);
    }

    private static int wordsOf(byte[] block, int place) {
        return (block.length & -PAGE_BYTES) + (place & PLACE_MASK) * WORDS_BYTES;
    }

    void copy(int from, int to) {
        System.arraycopy(
                blocks[from >>> PLACE_BITS],
                (from & PLACE_MASK) << PAGE_BITS,
                blocks[to >>> PLACE_BITS],
                (to & PLACE_MASK) << PAGE_BITS,
                PAGE_BYTES);
    }

    void zero(int place) {
        int at = (place & PLACE_MASK) << PAGE_BITS;
        Arrays.fill(blocks[place >>> PLACE_BITS], at, at + PAGE_BYTES, (byte) 0);
    }

    int used() {
        return used;
    }

    /** Places that may still be taken; not negative. */
    int left() {
        return Math.max(0, limit - used);
    }

    int limit() {
        return limit;
    }

    int reserve() {
        return reserve;
    }

    void limit(long bytes) {
        limit = (int) Math.max(0, Math.min(MAX_PLACES, bytes >> PAGE_BITS));
        reserve = Math.min(Math.max(RESERVE_MIN, limit / RESERVE_FRACTION), limit / RESERVE_LARGEST_SHARE);
    }

    int total() {
        return total;
    }

    long heldBytes() {
        long sum = 0;
        for (int i = 0; i < blockCount; i++) {
            sum += blocks[i].length + ARRAY_HEADER;
        }
        return sum;
    }

    int blockCount() {
        return blockCount;
    }

    int pagesIn(int block) {
        return blocks[block].length >> PAGE_BITS;
    }

    int freeList() {
        return freeList;
    }

    /** Places never taken so far. */
    int freshCount() {
        return freshEnd - fresh;
    }
}
