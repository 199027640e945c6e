package io.duetdb.wire;

/** Where a connection's reply bytes go before they leave: an append-only sequence that can be cut back at its end. */
public interface Output {
    /** Appends bytes. Copies them before it returns. */
    void write(byte[] bytes, int offset, int length);

    /** Says that {@code length} bytes follow at once, in several writes. */
    default void expect(long length) {}

    /** Number of bytes ever appended and not cut off: the position behind the last one. */
    long position();

    /** Drops everything from {@code position} on. Nothing before what has already left is ever asked for. */
    void truncate(long position);
}
