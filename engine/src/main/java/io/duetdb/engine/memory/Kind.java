package io.duetdb.engine.memory;

/**
 * What a block is for: a small number given at its allocation. In checked mode it stands in front of the block, is
 * counted, and reading a block as another kind throws; otherwise it costs nothing.
 */
public final class Kind {
    public static final int ANY = 0;
    /** A key's entry: key, small value, expiry, access clock. */
    public static final int ENTRY = 1;
    /** The head of a hash table. */
    public static final int TABLE_HEADER = 2;
    /** Slots of a hash table. */
    public static final int TABLE_SEGMENT = 3;
    /** The directory of a hash table's segments. */
    public static final int TABLE_DIRECTORY = 4;
    /** Bytes of a long string. */
    public static final int CHUNK = 5;
    /** References to chunks or to further directories. */
    public static final int CHUNK_DIRECTORY = 6;
    /** A timing wheel and its records. */
    public static final int WHEEL = 7;
    /** What waits to be given back. */
    public static final int QUEUE = 8;
    /** Where an engine's databases begin. */
    public static final int ROOT = 9;
    /** Packed small hashes, lists, sets, sorted sets. */
    public static final int LISTPACK = 10;
    /** A sorted array of integers. */
    public static final int INTSET = 11;
    /** A list of listpacks. */
    public static final int QUICKLIST = 12;
    /** A skiplist's head. */
    public static final int SKIPLIST = 13;
    /** A skiplist's node. */
    public static final int SKIPLIST_NODE = 14;
    /** A field, member or element of its own. */
    public static final int ELEMENT = 15;
    /** The head of a value. */
    public static final int VALUE = 16;
    /** A radix tree's node. */
    public static final int RADIX_NODE = 17;
    /** A stream's consumer groups, consumers and pending entries. */
    public static final int STREAM = 18;
    /** For tests. */
    public static final int TEST = 31;

    /** One more than the largest kind. */
    public static final int COUNT = 32;

    private static final String[] NAMES = {
        "any",
        "entry",
        "table header",
        "table segment",
        "table directory",
        "chunk",
        "chunk directory",
        "wheel",
        "queue",
        "root",
        "listpack",
        "intset",
        "quicklist",
        "skiplist",
        "skiplist node",
        "element",
        "value",
        "radix node",
        "stream"
    };

    private Kind() {}

    /** A kind in words. */
    public static String name(int kind) {
        if (kind == TEST) {
            return "test";
        }
        return kind >= 0 && kind < NAMES.length ? NAMES[kind] : "kind " + kind;
    }
}
