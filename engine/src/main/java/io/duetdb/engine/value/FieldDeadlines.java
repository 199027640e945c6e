package io.duetdb.engine.value;

/**
 * Who remembers when fields of hashes are over. A hash whose fields may have deadlines has a number there, and a record
 * of every deadline that it wants to be told of. The keyspace implements it with its timing wheel; values of a frozen
 * view need none.
 */
public interface FieldDeadlines {
    /** Nobody: for views, and until somebody better is set. */
    FieldDeadlines NONE = new FieldDeadlines() {
        @Override
        public long register(long head) {
            return 1;
        }

        @Override
        public void forget(long id) {}

        @Override
        public void file(long id, long fieldHash, long deadlineMs) {}

        @Override
        public void orphaned(long records) {}

        @Override
        public void overwritten(long head, byte[] field, int from, int length) {}

        @Override
        public boolean due() {
            return false;
        }
    };

    /** Gives the hash whose head stands at an address a number, by which it is known until {@link #forget}. */
    long register(long head);

    /** Forgets a number. Its records are nobody's from now on. */
    void forget(long id);

    /**
     * Files a record for a deadline: the hash will be told when it is past.
     *
     * @param fieldHash the hash of the field, of which the 30 upper bits are kept; 0 for the whole hash
     */
    void file(long id, long fieldHash, long deadlineMs);

    /** Records that will fire for nobody. */
    void orphaned(long records);

    /**
     * A field that was over is written anew, before its record fired: who repeats the write has to know that it was not
     * there any more.
     */
    void overwritten(long head, byte[] field, int from, int length);

    /** Whether there may be fields whose time is over and that are still there. Constant time. */
    boolean due();
}
