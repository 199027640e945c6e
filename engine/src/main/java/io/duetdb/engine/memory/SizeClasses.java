package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.PAGE_BYTES;

import java.util.Arrays;

/**
 * The sizes of blocks: multiples of 8 from 24 to 256, then steps of about 7 % that divide a page with little left over.
 * A page holds blocks of one class only, from its first byte on.
 */
final class SizeClasses {
    /** The largest block: four of them fill a page. */
    static final int MAX_BLOCK = PAGE_BYTES / 4;

    /** The smallest block in bytes. */
    static final int MIN_BLOCK = 24;

    private static final int STEP = 8;
    private static final int LAST_STEPPED = 256;
    private static final double GROWTH = 1.07;

    /** Number of classes; the last is larger than MAX_BLOCK and only serves checked mode, whose blocks have a header. */
    static final int COUNT;

    private static final int[] SIZES;
    private static final int[] SLOTS;
    private static final int[] RECIPROCALS;
    private static final byte[] CLASS_OF; // by eighths of the size, rounded up

    static {
        int[] sizes = new int[256];
        int n = 0;
        for (int size = MIN_BLOCK; size <= LAST_STEPPED; size += STEP) {
            sizes[n++] = size;
        }
        int parts = (int) Math.round(PAGE_BYTES / (LAST_STEPPED * GROWTH));
        while (parts >= 3) {
            sizes[n++] = (PAGE_BYTES / parts) & -STEP;
            parts = Math.min(parts - 1, (int) Math.round(parts / GROWTH));
        }
        COUNT = n;
        SIZES = Arrays.copyOf(sizes, n);
        SLOTS = new int[n];
        RECIPROCALS = new int[n];
        CLASS_OF = new byte[SIZES[n - 1] / STEP + 1];
        int c = 0;
        for (int eighths = 0; eighths < CLASS_OF.length; eighths++) {
            if (eighths * STEP > SIZES[c]) {
                c++;
            }
            CLASS_OF[eighths] = (byte) c;
        }
        for (int i = 0; i < n; i++) {
            SLOTS[i] = PAGE_BYTES / SIZES[i];
            RECIPROCALS[i] = (int) ((1L << 32) / (SIZES[i] / STEP)) + 1;
        }
    }

    private SizeClasses() {}

    /** The class whose blocks hold {@code bytes}. */
    static int of(int bytes) {
        return CLASS_OF[(bytes + STEP - 1) >>> 3];
    }

    /** Bytes of a class's blocks. */
    static int size(int sizeClass) {
        return SIZES[sizeClass];
    }

    /** Blocks of a class in one page. */
    static int slots(int sizeClass) {
        return SLOTS[sizeClass];
    }

    /**
     * The block that an offset within a page belongs to: offset / size without a division. Exact, since the eighths of an
     * offset are fewer than 2^13 and the reciprocal is less than 1 too large.
     */
    static int slot(int sizeClass, int offset) {
        return (int) (((offset >>> 3) * (RECIPROCALS[sizeClass] & 0xFFFF_FFFFL)) >>> 32);
    }
}
