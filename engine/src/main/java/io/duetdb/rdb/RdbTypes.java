package io.duetdb.rdb;

/** Numbers of the RDB format: types of values, forms of lengths, versions. */
public final class RdbTypes {
    public static final int STRING = 0;
    public static final int LIST = 1;
    public static final int SET = 2;
    public static final int ZSET = 3;
    public static final int HASH = 4;
    public static final int ZSET_2 = 5;
    public static final int MODULE_PRE_GA = 6;
    public static final int MODULE = 7;
    public static final int HASH_ZIPMAP = 9;
    public static final int LIST_ZIPLIST = 10;
    public static final int SET_INTSET = 11;
    public static final int ZSET_ZIPLIST = 12;
    public static final int HASH_ZIPLIST = 13;
    public static final int LIST_QUICKLIST = 14;
    public static final int STREAM = 15;
    public static final int HASH_LISTPACK = 16;
    public static final int ZSET_LISTPACK = 17;
    public static final int LIST_QUICKLIST_2 = 18;
    public static final int STREAM_2 = 19;
    public static final int SET_LISTPACK = 20;
    public static final int STREAM_3 = 21;
    public static final int HASH_FIELD_TTL = 24;
    public static final int HASH_LISTPACK_FIELD_TTL = 25;

    /** The latest version that is read: Redis 7.4's. */
    public static final int VERSION_MAX = 12;

    /** The version from which on the types are known that are written for values without times to live of fields. */
    static final int VERSION_PLAIN = 8;

    static final int LENGTH_14 = 1;
    static final int LENGTH_SPECIAL = 3;
    static final int LENGTH_32 = 0x80;
    static final int LENGTH_64 = 0x81;

    static final int INT_8 = 0;
    static final int INT_16 = 1;
    static final int INT_32 = 2;
    static final int LZF = 3;

    private RdbTypes() {}
}
