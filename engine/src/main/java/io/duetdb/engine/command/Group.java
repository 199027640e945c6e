package io.duetdb.engine.command;

/** The groups of Redis' command documentation, each with the ACL category that membership implies. */
public enum Group {
    GENERIC("generic", Category.KEYSPACE),
    STRING("string", Category.STRING),
    LIST("list", Category.LIST),
    SET("set", Category.SET),
    SORTED_SET("sorted-set", Category.SORTEDSET),
    HASH("hash", Category.HASH),
    PUBSUB("pubsub", 0),
    TRANSACTIONS("transactions", Category.TRANSACTION),
    CONNECTION("connection", Category.CONNECTION),
    SERVER("server", 0),
    SCRIPTING("scripting", Category.SCRIPTING),
    HYPERLOGLOG("hyperloglog", Category.HYPERLOGLOG),
    CLUSTER("cluster", 0),
    GEO("geo", Category.GEO),
    STREAM("stream", Category.STREAM),
    BITMAP("bitmap", Category.BITMAP);

    private final String label;
    private final int category;

    Group(String label, int category) {
        this.label = label;
        this.category = category;
    }

    /** The name COMMAND DOCS shows. */
    public String label() {
        return label;
    }

    /** The category bit that commands of this group have, or 0. */
    public int category() {
        return category;
    }
}
