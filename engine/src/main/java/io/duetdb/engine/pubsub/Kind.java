package io.duetdb.engine.pubsub;

/** What a client can subscribe to. */
public enum Kind {
    /** A channel by its name. */
    CHANNEL,

    /** All channels whose names match a pattern. */
    PATTERN,

    /** A channel of the second name space, which a cluster would split among its nodes. */
    SHARD
}
