package io.duetdb.engine.client;

/** Whose answers a client expects in the few documented cases where Redis and Upstash differ. */
public enum Dialect {
    REDIS,
    UPSTASH
}
