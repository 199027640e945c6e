package io.duetdb.engine.events;

/** Hears of changes of keys in the order in which Redis notifies them. */
public interface KeyEventListener {
    /** Hears nothing. */
    KeyEventListener NONE = (event, db, key, offset, length) -> {};

    /** {@code event} happened to a key of database {@code db}. The array is only valid during the call. */
    void event(KeyEvent event, int db, byte[] key, int offset, int length);

    /**
     * Whether {@code event} is to be told at all. Asked once, of those that Redis only tells when asked for by name:
     * every new key and every read that found none would cost a call.
     */
    default boolean wants(KeyEvent event) {
        return event != KeyEvent.NEW && event != KeyEvent.KEYMISS;
    }
}
