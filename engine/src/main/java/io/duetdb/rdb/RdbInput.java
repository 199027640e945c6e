package io.duetdb.rdb;

/** Where the bytes of an RDB come from. What ends too early throws {@link RdbFormatException}. */
public abstract class RdbInput {
    /** Reads {@code length} bytes to {@code to}. */
    public abstract void read(byte[] to, int offset, int length);

    /** The next byte, 0 to 255. */
    public abstract int readByte();

    /** What an input that has ended throws. */
    protected static RdbFormatException ended() {
        return new RdbFormatException("the data ends in the middle of a value");
    }
}
