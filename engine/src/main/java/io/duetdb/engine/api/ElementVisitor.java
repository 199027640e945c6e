package io.duetdb.engine.api;

/** Sees the elements of a value one by one. The arrays are only valid during the call and must not be modified. */
public interface ElementVisitor {
    /** An element of a list or a member of a set. */
    default void element(byte[] b, int offset, int length) {
        throw new UnsupportedOperationException("not a list or set");
    }

    /**
     * A field of a hash.
     *
     * @param expireAtMs absolute time, or -1
     */
    default void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
        throw new UnsupportedOperationException("not a hash");
    }

    /** A member of a sorted set. */
    default void member(byte[] b, int offset, int length, double score) {
        throw new UnsupportedOperationException("not a sorted set");
    }
}
