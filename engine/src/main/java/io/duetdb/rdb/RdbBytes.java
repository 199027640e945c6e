package io.duetdb.rdb;

/** An input that stands in an array. */
public final class RdbBytes extends RdbInput {
    private final byte[] bytes;
    private final int end;
    private int at;

    /** The bytes from {@code offset} on. They must not change meanwhile. */
    public RdbBytes(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    @Override
    public void read(byte[] to, int offset, int length) {
        if (length > end - at) {
            throw ended();
        }
        System.arraycopy(bytes, at, to, offset, length);
        at += length;
    }

    @Override
    public int readByte() {
        if (at == end) {
            throw ended();
        }
        return bytes[at++] & 0xFF;
    }

    /** Number of bytes that were not read yet. */
    public int left() {
        return end - at;
    }
}
