package io.duetdb.wire;

/** Limits on what a connection may send, shared by all decoders of a server and changed live by its settings. */
public final class DecoderLimits {
    private static final int LARGEST = Integer.MAX_VALUE - 16;

    private int bulkBytesMax = 512 * 1024 * 1024;
    private long queryBytesMax = 1L << 30;

    /** The limits that redis-server starts with: bulks of 512 MB, 1 GB of unexecuted requests. */
    public DecoderLimits() {}

    /** The longest bulk string that is taken ({@code proto-max-bulk-len}). */
    public int bulkBytesMax() {
        return bulkBytesMax;
    }

    /** Sets {@code proto-max-bulk-len}; what exceeds an array's size counts as that. */
    public void bulkBytesMax(long bytes) {
        bulkBytesMax = (int) Math.min(LARGEST, bytes);
    }

    /** The most bytes of unfinished or unexecuted requests ({@code client-query-buffer-limit}), big bulks apart. */
    public long queryBytesMax() {
        return queryBytesMax;
    }

    /** Sets {@code client-query-buffer-limit}; what exceeds an array's size counts as that. */
    public void queryBytesMax(long bytes) {
        queryBytesMax = Math.min(LARGEST, bytes);
    }
}
