package io.duetdb.engine.value;

import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;

/**
 * The head of a hash whose fields may have deadlines: a block that its word refers to, and that refers to the packed
 * list or table. It says where the hash is, so that the timing wheel, which knows a hash by its number, finds it.
 *
 * <p>All functions are static.
 */
public final class HashHead {
    private static final int ROOT = 0;
    private static final int ID = 8;
    private static final int OWNER = 16;
    private static final int KEY_HASH = 24;
    private static final int COUNT = 32;
    private static final int FILED = 40;
    private static final int BYTES = 48;

    private HashHead() {}

    static long create(PageMemory m, long root) {
        long head = m.allocate(BYTES, Kind.VALUE);
        m.fill(head, BYTES, 0);
        m.putLong(head + ROOT, root);
        return head;
    }

    static int bytes() {
        return BYTES;
    }

    static long root(PageMemory m, long head) {
        return m.getLong(head + ROOT);
    }

    static void root(PageMemory m, long head, long root) {
        m.putLong(head + ROOT, root);
    }

    static long id(PageMemory m, long head) {
        return m.getLong(head + ID);
    }

    static void id(PageMemory m, long head, long id) {
        m.putLong(head + ID, id);
    }

    /** Whether some field has a deadline. */
    public static boolean hasDeadlines(PageMemory m, long head) {
        return count(m, head) > 0;
    }

    /** Number of fields with a deadline. */
    static long count(PageMemory m, long head) {
        return m.getLong(head + COUNT);
    }

    static void add(PageMemory m, long head, long more) {
        m.putLong(head + COUNT, m.getLong(head + COUNT) + more);
    }

    /** The deadline of the record for the whole hash, 0 = none: that of a packed one, whose fields have none. */
    static long filed(PageMemory m, long head) {
        return m.getLong(head + FILED);
    }

    static void filed(PageMemory m, long head, long deadline) {
        m.putLong(head + FILED, deadline);
    }

    /** By which number the wheel knows the database of the key. */
    public static int owner(PageMemory m, long head) {
        return (int) m.getLong(head + OWNER);
    }

    /** The keyed hash of the key. */
    public static long keyHash(PageMemory m, long head) {
        return m.getLong(head + KEY_HASH);
    }

    /** Says whose the hash is: database and key. */
    public static void belongsTo(PageMemory m, long head, int owner, long keyHash) {
        m.putLong(head + OWNER, owner);
        m.putLong(head + KEY_HASH, keyHash);
    }
}
