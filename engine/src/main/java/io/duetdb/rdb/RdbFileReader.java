package io.duetdb.rdb;

/** Reads an RDB file, item by item, each checked before it is believed. */
public final class RdbFileReader {
    /** Receives what a file holds. */
    public interface Target {
        /** A fact about the file. Arrays are valid during the call only. */
        void aux(byte[] name, int nameLength, byte[] value, int valueLength);

        /** How many keys a database will have, as the file says: not to be believed. */
        default void sizes(int db, long keys, long expires) {}

        /**
         * A key, whose value stands next in the input and is to be read by {@link RdbReader#value} of {@code value}.
         *
         * @param expireAtMs absolute time, or -1
         * @param idleS seconds since its last use, or -1
         * @param frequency LFU counter, or -1
         */
        void key(
                int db,
                byte[] key,
                int keyLength,
                long expireAtMs,
                long idleS,
                int frequency,
                int type,
                RdbReader value);
    }

    private RdbFileReader() {}

    /** A reader of a file from its beginning. */
    public static RdbFileReader of(RdbInput in, Target target) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads the next item. Returns false when the file has ended and its checksum is right.
     *
     * @throws RdbFormatException naming what is wrong; {@link #position} says where
     */
    public boolean next() {
        throw new UnsupportedOperationException();
    }

    /** Bytes read so far. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    /** The file's version. */
    public int version() {
        throw new UnsupportedOperationException();
    }
}
