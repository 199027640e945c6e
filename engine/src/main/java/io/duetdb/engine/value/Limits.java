package io.duetdb.engine.value;

/**
 * Up to which size collections stay in their compact encodings: what the settings say at present. One per keyspace,
 * changed by whoever follows the settings; the defaults are Redis'.
 */
public final class Limits {
    public long hashListpackEntries = 512;
    public long hashListpackValue = 64;
    public long setIntsetEntries = 512;
    public long setListpackEntries = 128;
    public long setListpackValue = 64;
    public long zsetListpackEntries = 128;
    public long zsetListpackValue = 64;

    /** As list-max-listpack-size: elements of a node, or -1 to -5 for 4 to 64 KB. */
    public int listListpackSize = -2;
}
