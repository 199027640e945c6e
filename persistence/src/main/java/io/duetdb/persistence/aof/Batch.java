package io.duetdb.persistence.aof;

import java.util.Arrays;

/**
 * What one or more turns appended, as bytes of the file: filled by the engine's thread, written by whoever writes, and
 * filled again. Behind its bytes there is always room for a checksum's line, so that both are written at once.
 */
final class Batch {
    private static final int BYTES_MIN = 64 * 1024;
    private static final int BYTES_KEPT_MAX = 8 << 20;

    /** It grows by no more than this beyond what is needed: of big values there may be one copy, but not room for two. */
    private static final int GROWTH_MAX = 16 << 20;

    byte[] bytes = new byte[BYTES_MIN];
    int length;

    /** Logical offset of the last effect in it. */
    long end;

    /** Its place among the batches that were handed to the writer. */
    long sequence;

    /** Whether replies wait until it lasts through a power cut. */
    boolean lasting;

    /** Makes room for {@code more} bytes and a checksum's line. */
    void reserve(int more) {
        if (bytes.length - length - Annotation.BYTES_MAX < more) {
            long needed = (long) length + more + Annotation.BYTES_MAX;
            if (needed > Integer.MAX_VALUE - 8) {
                throw new OutOfMemoryError("one turn appends more than 2 GB to the append-only file");
            }
            long ample = needed + Math.min(bytes.length, GROWTH_MAX);
            bytes = Arrays.copyOf(bytes, (int) Math.min(ample, Integer.MAX_VALUE - 8));
        }
    }

    /** Forgets its content, to be filled again. */
    void clear() {
        length = 0;
        lasting = false;
        if (bytes.length > BYTES_KEPT_MAX) {
            bytes = new byte[BYTES_MIN];
        }
    }
}
