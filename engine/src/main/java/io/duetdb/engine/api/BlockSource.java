package io.duetdb.engine.api;

/**
 * Where the page memory gets its blocks from. The engine asks on its own thread and must not be kept waiting: the server
 * keeps the next large block ready, because zeroing 4 MiB takes a millisecond or more.
 */
public interface BlockSource {
    /** Blocks fresh from the Java heap, made when asked for. */
    BlockSource PLAIN = byte[]::new;

    /** A zeroed array of exactly {@code bytes} bytes. */
    byte[] take(int bytes);

    /** Makes one of the blocks that are going to be asked for, unless enough are ready. Any thread that has the time. */
    default void workAhead() {}
}
