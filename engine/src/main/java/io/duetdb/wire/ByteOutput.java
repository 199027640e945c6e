package io.duetdb.wire;

import java.util.Arrays;

/** An output that is one growing array: what is encoded once and sent to many. */
final class ByteOutput implements Output {
    private byte[] buffer = new byte[256];
    private int length;

    @Override
    public void write(byte[] bytes, int offset, int count) {
        if (buffer.length - length < count) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, Math.addExact(length, count)));
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

    /** A copy of all that was written. */
    byte[] bytes() {
        return Arrays.copyOf(buffer, length);
    }
}
