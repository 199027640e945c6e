package io.duetdb.rdb;

import io.duetdb.engine.api.ElementVisitor;

/**
 * Receives a value that is read: a string in one piece, or the elements of a collection one by one behind {@link #begin}.
 * Arrays are only valid during the call. Whoever meets an element twice throws {@link RdbFormatException}.
 */
public interface RdbSink extends ElementVisitor {
    /** The value is a string. */
    void string(byte[] bytes, int offset, int length);

    /**
     * The value is a collection.
     *
     * @param type {@code list}, {@code hash}, {@code set} or {@code zset}
     */
    void begin(String type);
}
