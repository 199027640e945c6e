package io.duetdb.engine.api;

import org.jspecify.annotations.Nullable;

/**
 * Something that clients are told without having asked: a published message, an invalidated key. One message goes to
 * many; each sink that can does so encodes it once per form and keeps the bytes here for the next receiver.
 */
public abstract class Message {
    /** Forms that may be kept: RESP2, RESP3, an event of a server-sent stream. */
    private static final int FORMS = 3;

    private final byte[] @Nullable [] encodings = new byte[FORMS][];

    /** Whether several clients may get this message, so that it pays to keep its bytes. */
    public boolean shared() {
        return true;
    }

    /** Bytes that the message holds while it is on its way, about. */
    public long bytes() {
        return 64;
    }

    /** Writes the message as one value, a {@link Reply#push}. */
    public abstract void write(Reply reply);

    /** The bytes that {@link #keep} stored for a form, or null. */
    public final byte @Nullable [] kept(int form) {
        return encodings[form];
    }

    /** Keeps the message as bytes of a form for the next receiver who wants it so. */
    public final void keep(int form, byte[] bytes) {
        encodings[form] = bytes;
    }
}
