package io.duetdb.engine.command;

/** ACL categories as bits, in the order of ACL CAT. */
public final class Category {
    public static final int KEYSPACE = 1;
    public static final int READ = 1 << 1;
    public static final int WRITE = 1 << 2;
    public static final int SET = 1 << 3;
    public static final int SORTEDSET = 1 << 4;
    public static final int LIST = 1 << 5;
    public static final int HASH = 1 << 6;
    public static final int STRING = 1 << 7;
    public static final int BITMAP = 1 << 8;
    public static final int HYPERLOGLOG = 1 << 9;
    public static final int GEO = 1 << 10;
    public static final int STREAM = 1 << 11;
    public static final int PUBSUB = 1 << 12;
    public static final int ADMIN = 1 << 13;
    public static final int FAST = 1 << 14;
    public static final int SLOW = 1 << 15;
    public static final int BLOCKING = 1 << 16;
    public static final int DANGEROUS = 1 << 17;
    public static final int CONNECTION = 1 << 18;
    public static final int TRANSACTION = 1 << 19;
    public static final int SCRIPTING = 1 << 20;

    private static final String[] NAMES = {
        "keyspace",
        "read",
        "write",
        "set",
        "sortedset",
        "list",
        "hash",
        "string",
        "bitmap",
        "hyperloglog",
        "geo",
        "stream",
        "pubsub",
        "admin",
        "fast",
        "slow",
        "blocking",
        "dangerous",
        "connection",
        "transaction",
        "scripting"
    };

    private Category() {}

    /** Number of categories. */
    public static int count() {
        return NAMES.length;
    }

    /** Name of a category's bit, as ACL CAT and (with an at sign) COMMAND INFO show it. */
    public static String name(int bit) {
        return NAMES[bit];
    }

    /** The explicit categories and those that flags imply ({@code acl.c}, ACLGetCommandCategoryFlagByName's table). */
    static int withImplied(int flags, int explicit) {
        int categories = explicit;
        if ((flags & Flags.WRITE) != 0) {
            categories |= WRITE;
        }
        if ((flags & Flags.READONLY) != 0 && (categories & SCRIPTING) == 0) {
            categories |= READ;
        }
        if ((flags & Flags.ADMIN) != 0) {
            categories |= ADMIN | DANGEROUS;
        }
        if ((flags & Flags.PUBSUB) != 0) {
            categories |= PUBSUB;
        }
        if ((flags & Flags.BLOCKING) != 0) {
            categories |= BLOCKING;
        }
        return categories | ((flags & Flags.FAST) != 0 ? FAST : SLOW);
    }
}
