package io.duetdb.wire;

import java.util.Arrays;

/**
 * An output that is one growing array: what is encoded once and sent to many. The array is used again: growing one for
 * each message of 16 KB took four times its size.
 */
final class ByteOutput implements Output {
    private static final byte[] NOTHING = {};

    /** An array larger than that is not worth keeping. */
    private static final int KEPT_BYTES_MAX = 64 * 1024;

    private static final int FIRST_BYTES = 256;

    private byte[] buffer = NOTHING;
    private int length;

    @Override
    public void write(byte[] bytes, int offset, int count) {
        if (buffer.length - length < count) {
            buffer = Arrays.copyOf(
                    buffer, Math.max(FIRST_BYTES, Math.max(2 * buffer.length, Math.addExact(length, count))));
        }
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    @Override
    public long position() {
        return length;
    }

    @Override
    public void truncate(long position) {
        length = (int) position;
    }

    /** A copy of all that was written; empty afterwards. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(buffer, length);
        length = 0;
        if (buffer.length > KEPT_BYTES_MAX) {
            buffer = NOTHING;
        }
        return taken;
    }
}
