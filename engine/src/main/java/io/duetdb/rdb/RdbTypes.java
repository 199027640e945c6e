package io.duetdb.rdb;

/** Numbers of the RDB format: what stands in front of values and keys, types, forms of lengths, versions. */
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

    static final int SLOT = 0xF4;
    static final int FUNCTION = 0xF5;
    static final int FUNCTION_PRE_GA = 0xF6;
    static final int MODULE_AUX = 0xF7;
    static final int IDLE = 0xF8;
    static final int FREQUENCY = 0xF9;
    static final int AUX = 0xFA;
    static final int SIZES = 0xFB;
    static final int EXPIRE_MS = 0xFC;
    static final int EXPIRE_S = 0xFD;
    static final int DATABASE = 0xFE;
    static final int END = 0xFF;

    /** What a file begins with, before the four digits of its version. */
    static final byte[] MAGIC = {'R', 'E', 'D', 'I', 'S'};

    /** Bytes of the beginning with its version. */
    static final int HEAD = 9;

    /** The latest version that is read: Redis 7.4's. */
    public static final int VERSION_MAX = 12;

    /** The version from which on the types are known that are written for values without times to live of fields. */
    static final int VERSION_PLAIN = 8;

    /** The version that files are written in where that suffices: Redis 7.0's. */
    static final int VERSION_FILE = 10;

    /** The version from which on a file ends with a checksum. */
    static final int VERSION_CHECKSUM = 5;

    static final int LENGTH_14 = 1;
    static final int LENGTH_SPECIAL = 3;
    static final int LENGTH_32 = 0x80;
    static final int LENGTH_64 = 0x81;

    static final int INT_8 = 0;
    static final int INT_16 = 1;
    static final int INT_32 = 2;
    static final int LZF = 3;

    private RdbTypes() {}

    /** Whether a file of a version without a checksum may hold this type or code: those of Redis 2.0 to 2.4 and 2.6's. */
    static boolean isOld(int code) {
        return code <= HASH || code >= HASH_ZIPMAP && code <= HASH_ZIPLIST || code >= EXPIRE_MS;
    }
}
