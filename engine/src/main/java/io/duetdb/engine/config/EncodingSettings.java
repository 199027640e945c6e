package io.duetdb.engine.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** Up to which size collections are kept in their compact forms, with Redis' bounds and defaults. */
public final class EncodingSettings {
    public static final String HASH_ENTRIES = "hash-max-listpack-entries";
    public static final String HASH_VALUE = "hash-max-listpack-value";
    public static final String LIST_SIZE = "list-max-listpack-size";
    public static final String LIST_COMPRESS = "list-compress-depth";
    public static final String SET_INTSET_ENTRIES = "set-max-intset-entries";
    public static final String SET_LISTPACK_ENTRIES = "set-max-listpack-entries";
    public static final String SET_LISTPACK_VALUE = "set-max-listpack-value";
    public static final String ZSET_ENTRIES = "zset-max-listpack-entries";
    public static final String ZSET_VALUE = "zset-max-listpack-value";
    public static final String HLL_SPARSE = "hll-sparse-max-bytes";
    public static final String STREAM_BYTES = "stream-node-max-bytes";
    public static final String STREAM_ENTRIES = "stream-node-max-entries";

    private static final long MOST = Long.MAX_VALUE;
    private static final int INT = Integer.MAX_VALUE;

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.integer(HASH_ENTRIES, 512, 0, MOST, "Fields up to which a hash is a listpack")
                    .also("hash-max-ziplist-entries")
                    .changeable(),
            Setting.memory(HASH_VALUE, 64, 0, MOST, "Longest field or value of a hash that is a listpack")
                    .also("hash-max-ziplist-value")
                    .changeable(),
            Setting.integer(
                            LIST_SIZE,
                            -2,
                            Integer.MIN_VALUE,
                            INT,
                            "Size up to which a list is a listpack: elements, or -1 to -5 for 4, 8, 16, 32, 64 KB")
                    .also("list-max-ziplist-size")
                    .changeable(),
            Setting.integer(LIST_COMPRESS, 0, 0, INT, "Accepted as Redis accepts it; lists are not compressed")
                    .changeable(),
            Setting.integer(SET_INTSET_ENTRIES, 512, 0, MOST, "Members up to which a set of integers is an intset")
                    .changeable(),
            Setting.integer(SET_LISTPACK_ENTRIES, 128, 0, MOST, "Members up to which a set is a listpack")
                    .changeable(),
            Setting.memory(SET_LISTPACK_VALUE, 64, 0, MOST, "Longest member of a set that is a listpack")
                    .changeable(),
            Setting.integer(ZSET_ENTRIES, 128, 0, MOST, "Members up to which a sorted set is a listpack")
                    .also("zset-max-ziplist-entries")
                    .changeable(),
            Setting.memory(ZSET_VALUE, 64, 0, MOST, "Longest member of a sorted set that is a listpack")
                    .also("zset-max-ziplist-value")
                    .changeable(),
            Setting.memory(HLL_SPARSE, 3000, 0, MOST, "Bytes up to which a HyperLogLog is sparse")
                    .changeable(),
            Setting.memory(STREAM_BYTES, 4096, 0, MOST, "Bytes of a stream's node; 0 = no limit")
                    .changeable(),
            Setting.integer(STREAM_ENTRIES, 100, 0, MOST, "Entries of a stream's node; 0 = no limit")
                    .changeable());

    private EncodingSettings() {}
}
