package io.duetdb.rdb;

/** An input that stands in an array. */
public final class RdbBytes extends RdbInput {
    /** The bytes from {@code offset} on. They must not change meanwhile. */
    public RdbBytes(byte[] bytes, int offset, int length) {
        super(bytes, offset, offset + length);
    }

    @Override
    protected int more(byte[] to, int offset, int length) {
        return -1;
    }
}
