package io.duetdb.engine.api;

/**
 * A frozen view of all databases: what persistence, marks and the console see. It may be read by one other thread while
 * the engine goes on writing; {@link #close} belongs to the engine's thread again.
 */
public interface Snapshot extends AutoCloseable {
    /** Number of databases. */
    int databases();

    /** Number of keys in a database, expired ones that were not yet removed included. */
    long size(int db);

    /** Number of keys with a time to live in a database, expired ones that were not yet removed included. */
    long sizeWithTtl(int db);

    /** Whether a field of some hash has a time to live. */
    boolean hasFieldDeadlines();

    /** Bytes of page memory that were in use at the freeze. */
    long usedBytes();

    /** Offset of the effects (see {@link Propagator}) that this view contains. */
    long offset();

    /** Wall time of the freeze, ms since the epoch. */
    long frozenAtMs();

    /** Walks a database's entries in hash order. Throws {@link Cancelled} when the engine took the view back. */
    void forEach(int db, EntryVisitor visitor);

    /** The digest of all databases as {@code DEBUG DIGEST} computes it: 20 bytes. */
    byte[] digest();

    /**
     * Makes some of the memory ready that writes beside the view are going to ask for, unless enough is. The reader calls
     * it now and then, so that no third thread is busy beside the engine's and the reader's.
     */
    default void workAhead() {}

    /** Gives the view's memory back. Engine's thread only; nobody may be reading any more. */
    @Override
    void close();

    /** Sees one entry of a walk. The arrays are only valid during the call and must not be modified. */
    interface EntryVisitor {
        /**
         * @param expireAtMs absolute time, or -1
         * @param value reads the value, whatever its type
         */
        void entry(byte[] key, int keyOffset, int keyLength, long expireAtMs, ValueReader value);
    }

    /** Reads the value of the entry a walk stands at. */
    interface ValueReader {
        /** The type as TYPE names it. */
        String type();

        /** A string's length in bytes. */
        long length();

        /** Number of elements, fields or members of a value that is no string. */
        long size();

        /** Whether a field may have a time to live, of a value that is a hash. O(1). */
        boolean hasFieldDeadlines();

        /** Shows the elements of a value that is no string. */
        void forEach(ElementVisitor visitor);

        /** Copies {@code length} bytes of a string from {@code from} on. */
        void copy(long from, byte[] to, int offset, int length);
    }

    /** Thrown to a reader whose view was taken back because memory ran out. */
    final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Cancelled() {
            super("the snapshot was cancelled: memory ran out while it was read", null, false, false);
        }
    }
}
