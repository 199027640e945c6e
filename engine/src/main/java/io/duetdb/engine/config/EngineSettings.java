package io.duetdb.engine.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings that the engine itself owns, by redis.conf's names. */
public final class EngineSettings {
    public static final String DATABASES = "databases";
    public static final String MAXMEMORY = "maxmemory";
    public static final String MAXMEMORY_POLICY = "maxmemory-policy";
    public static final String REQUIREPASS = "requirepass";
    public static final String MAXCLIENTS = "maxclients";
    public static final String PROTO_MAX_BULK_LEN = "proto-max-bulk-len";
    public static final String ENABLE_DEBUG = "enable-debug-command";
    public static final String NOTIFY = "notify-keyspace-events";

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.integer(DATABASES, 16, 1, 65_535, "Number of databases"),
            Setting.memory(MAXMEMORY, 0, 0, Long.MAX_VALUE, "Memory limit in bytes; 0 = 80 % of the Java heap")
                    .changeable(),
            Setting.fixed(
                    MAXMEMORY_POLICY,
                    "noeviction",
                    "keys are not evicted, commands that add data are refused at the limit"),
            Setting.text(REQUIREPASS, "", "Password of the default user; empty = none")
                    .changeable(),
            Setting.integer(MAXCLIENTS, 10_000, 1, 4_294_967_295L, "Connections at a time")
                    .changeable(),
            Setting.memory(PROTO_MAX_BULK_LEN, 512L << 20, 1L << 20, Integer.MAX_VALUE, "Longest string in bytes")
                    .changeable(),
            Setting.choice(ENABLE_DEBUG, "Who may use DEBUG", "local", "no", "yes"),
            Setting.fixed(NOTIFY, "", "key events are not published"));

    private EngineSettings() {}
}
