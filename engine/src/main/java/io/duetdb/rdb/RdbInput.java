package io.duetdb.rdb;

import io.duetdb.bytes.Crc64;

/**
 * Where the bytes of an RDB come from: a window over a stream, which keeps count of what was read and, when asked, its
 * checksum, block by block. What ends too early throws {@link RdbFormatException}.
 */
public abstract class RdbInput {
    /** A good size for the window over a file. */
    public static final int WINDOW = 256 * 1024;

    private final byte[] window;
    private int at;
    private int limit;

    /** Bytes of the stream in front of the window's first one. */
    private long before;

    private boolean summing;
    private int summed;
    private long crc;

    /** An input whose first bytes stand in the window already, from {@code from} on, before {@code to}. */
    protected RdbInput(byte[] window, int from, int to) {
        this.window = window;
        this.at = from;
        this.limit = to;
        this.before = -from;
    }

    /** Reads on: at least one byte and at most {@code length}. Returns how many came, -1 at the end. */
    protected abstract int more(byte[] to, int offset, int length);

    /** Reads {@code length} bytes to {@code to}. */
    public final void read(byte[] to, int offset, int length) {
        int n = Math.min(length, limit - at);
        System.arraycopy(window, at, to, offset, n);
        at += n;
        if (n < length) {
            readBeyond(to, offset + n, length - n);
        }
    }

    /** The next byte, 0 to 255. */
    public final int readByte() {
        if (at == limit && !refill()) {
            throw ended();
        }
        return window[at++] & 0xFF;
    }

    /** Number of bytes read so far. */
    public final long position() {
        return before + at;
    }

    /** Whether nothing follows. May read on to find out. */
    public final boolean atEnd() {
        return at == limit && !refill();
    }

    private void readBeyond(byte[] to, int offset, int length) {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int n;
            if (end - from >= window.length) {
                n = pass(to, from, end - from);
            } else {
                if (at == limit && !refill()) {
                    throw ended();
                }
                n = Math.min(end - from, limit - at);
                System.arraycopy(window, at, to, from, n);
                at += n;
            }
            from += n;
        }
    }

    /** Reads past the window, which is empty. */
    private int pass(byte[] to, int from, int length) {
        int n = more(to, from, length);
        if (n < 0) {
            throw ended();
        }
        if (summing) {
            crc = Crc64.update(checksum(), to, from, n);
        }
        before += n;
        return n;
    }

    private boolean refill() {
        checksum();
        before += limit;
        at = 0;
        limit = 0;
        summed = 0;
        int n = more(window, 0, window.length);
        limit = Math.max(0, n);
        return n > 0;
    }

    // ---- for readers

    /**
     * Skips bytes that all stand in the window. Returns where they begin in {@link #window}, until something else is
     * read; -1 when they don't, and nothing was skipped.
     */
    final int skip(long length) {
        if (length > limit - at) {
            return -1;
        }
        int from = at;
        at += (int) length;
        return from;
    }

    final byte[] window() {
        return window;
    }

    /** Number of bytes in the window that were not read yet. */
    final int left() {
        return limit - at;
    }

    /** What is read from now on counts for the checksum. */
    final void beginChecksum() {
        summing = true;
        summed = at;
        crc = 0;
    }

    /** CRC-64 of what was read since {@link #beginChecksum}. */
    final long checksum() {
        if (summing) {
            crc = Crc64.update(crc, window, summed, at - summed);
            summed = at;
        }
        return crc;
    }

    /** What an input that has ended throws. */
    protected static RdbFormatException ended() {
        return new RdbFormatException("the data ends in the middle of a value");
    }
}
