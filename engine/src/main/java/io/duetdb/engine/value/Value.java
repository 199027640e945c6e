package io.duetdb.engine.value;

import io.duetdb.engine.api.ElementVisitor;

/** What handles of all types have in common. A handle is good during one command; see {@code Collections}. */
public interface Value {
    /** Number of elements, fields or members. */
    long size();

    /** Whether nothing is in it, so that its key has to go. */
    default boolean isEmpty() {
        return size() == 0;
    }

    /** The address of the word that refers to this value. */
    long slot();

    /** The encoding. */
    Encoding encoding();

    /**
     * Shows every element, field or member, in the value's own order: a list's from its head, a sorted set's by score.
     * May be called on a frozen view, by its reader.
     */
    void forEach(ElementVisitor visitor);

    /** Bytes that the blocks of the value take. */
    long blockBytes();

    /** Makes a copy of everything, as another value's word, which nobody owns yet. O(size). */
    long copy();

    /**
     * Frees everything: what is small at once, what is big through {@link ValueSpace#reclaimer}. The word that referred
     * to it is its owner's to clear.
     */
    void free();
}
