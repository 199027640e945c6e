package io.duetdb.rdb;

/** Where the bytes of an RDB go. */
@FunctionalInterface
public interface RdbOutput {
    /** Appends bytes; copies them before it returns. */
    void write(byte[] bytes, int offset, int length);
}
