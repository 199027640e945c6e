package io.duetdb.rdb;

import io.duetdb.engine.api.ElementVisitor;

/**
 * Receives a value that is read: a string in one piece, or the elements of a collection one by one behind {@link #begin}.
 * Arrays are only valid during the call, a string's until something else is read. Whoever meets an element twice throws
 * {@link RdbFormatException}.
 */
public interface RdbSink extends ElementVisitor {
    /** Takes a value and forgets it: for those who only want to know whether it is in order. */
    RdbSink NOTHING = new RdbSink() {
        @Override
        public void string(byte[] bytes, int offset, int length) {}

        @Override
        public void begin(String type) {}

        @Override
        public void element(byte[] b, int offset, int length) {}

        @Override
        public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {}

        @Override
        public void member(byte[] b, int offset, int length, double score) {}
    };

    /** The value is a string. */
    void string(byte[] bytes, int offset, int length);

    /**
     * The value is a collection.
     *
     * @param type {@code list}, {@code hash}, {@code set} or {@code zset}
     */
    void begin(String type);

    /**
     * All elements of the collection that has just begun, as they stand in a listpack of Redis: whole and in order, each
     * in the form that Redis itself writes it in. Returns whether they were taken; if not, they come one by one.
     *
     * @param longest bytes of the longest, as a string
     */
    default boolean packed(byte[] b, int offset, int length, int count, int longest) {
        return false;
    }
}
