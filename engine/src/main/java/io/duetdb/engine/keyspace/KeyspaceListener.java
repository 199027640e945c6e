package io.duetdb.engine.keyspace;

/** Hears of keys that the keyspace removes by itself, before they are gone: effects, events and statistics follow. */
public interface KeyspaceListener {
    /** A key's time to live is over. The array is only valid during the call. */
    void expired(Database db, byte[] key, int offset, int length);

    /** A field's deadline is past. The arrays are only valid during the call. */
    default void fieldExpired(
            Database db, byte[] key, int offset, int length, byte[] field, int fieldOffset, int fieldLength) {}

    /** Some fields of a hash are gone, each of which was told; {@code emptied}: the key goes now, too. */
    default void fieldsExpired(Database db, byte[] key, boolean emptied) {}

    /** A key that was not there is there now, its value not yet. Only called if {@link Keyspace#tell} asked for it. */
    default void created(Database db, byte[] key, int offset, int length) {}

    /** A read found no key. Only called if {@link Keyspace#tell} asked for it. */
    default void missed(Database db, byte[] key, int offset, int length) {}
}
