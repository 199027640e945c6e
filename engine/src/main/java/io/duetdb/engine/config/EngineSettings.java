package io.duetdb.engine.config;

import io.duetdb.engine.api.Setting;
import java.util.ArrayList;
import java.util.List;

/** The settings that the engine itself owns, by redis.conf's names. */
public final class EngineSettings {
    public static final String DATABASES = "databases";
    public static final String MAXMEMORY = "maxmemory";
    public static final String MAXMEMORY_POLICY = "maxmemory-policy";
    public static final String MAXMEMORY_CLIENTS = "maxmemory-clients";
    public static final String REQUIREPASS = "requirepass";
    public static final String MAXCLIENTS = "maxclients";
    public static final String PROTO_MAX_BULK_LEN = "proto-max-bulk-len";
    public static final String ENABLE_DEBUG = "enable-debug-command";
    public static final String NOTIFY = "notify-keyspace-events";
    public static final String TRACKING_KEYS = "tracking-table-max-keys";
    public static final String SLOWLOG_SLOWER_THAN = "slowlog-log-slower-than";
    public static final String SLOWLOG_MAX_LEN = "slowlog-max-len";
    public static final String LATENCY_THRESHOLD = "latency-monitor-threshold";
    public static final String LATENCY_TRACKING = "latency-tracking";
    public static final String LATENCY_PERCENTILES = "latency-tracking-info-percentiles";
    public static final String BUSY_THRESHOLD = "busy-reply-threshold";

    private static final long MOST = Long.MAX_VALUE;
    private static final int INT = Integer.MAX_VALUE;
    private static final String NO_EVICTION =
            "keys are not evicted, commands that add data are refused at the limit; give keys a time to live, or more"
                    + " memory";
    private static final String ALWAYS_STEPWISE = "values are always freed step by step, nobody waits for it";
    private static final String NO_EVICTION_YET = "keys are not evicted";
    private static final String NO_USERS = "there is one user besides default";

    private static final List<Setting> OBEYED = List.of(
            Setting.integer(DATABASES, 16, 1, INT, "Number of databases"),
            Setting.memory(
                            MAXMEMORY,
                            0,
                            0,
                            Setting.UNSIGNED_MAX,
                            "Memory limit for data in bytes; 0 = 80 % of the heap")
                    .changeable(),
            Setting.choice(
                            MAXMEMORY_POLICY,
                            "What happens at the memory limit",
                            "volatile-lru",
                            "volatile-lfu",
                            "volatile-random",
                            "volatile-ttl",
                            "allkeys-lru",
                            "allkeys-lfu",
                            "allkeys-random",
                            "noeviction")
                    .initially("noeviction")
                    .only(NO_EVICTION, "noeviction")
                    .changeable(),
            Setting.memoryOrPercent(
                            MAXMEMORY_CLIENTS,
                            0,
                            "Memory of all clients' buffers, in bytes or percent of the memory for data; 0 = no limit")
                    .changeable(),
            Setting.text(REQUIREPASS, "", "Password of the default user for RESP; empty = none")
                    .changeable(),
            Setting.integer(MAXCLIENTS, 10_000, 1, 4_294_967_295L, "Connections at a time")
                    .changeable(),
            Setting.memory(PROTO_MAX_BULK_LEN, 512L << 20, 1L << 20, MOST, "Longest string in bytes")
                    .changeable(),
            Setting.choice(
                            ENABLE_DEBUG,
                            "Who may use DEBUG: nobody, everybody, clients on this host",
                            "no",
                            "yes",
                            "local")
                    .initially("local"),
            Setting.words(NOTIFY, "", new EventClasses(), "Classes of key events that are published")
                    .changeable(),
            Setting.integer(TRACKING_KEYS, 1_000_000, 0, MOST, "Keys remembered for clients; 0 = no limit")
                    .changeable(),
            Setting.integer(
                            SLOWLOG_SLOWER_THAN,
                            10_000,
                            -1,
                            MOST,
                            "Microseconds from which on a command is logged; -1 = none")
                    .changeable(),
            Setting.integer(SLOWLOG_MAX_LEN, 128, 0, MOST, "Entries of the slow log")
                    .changeable(),
            Setting.integer(LATENCY_THRESHOLD, 0, 0, MOST, "Milliseconds from which on an event is recorded; 0 = none")
                    .changeable(),
            Setting.yesNo(LATENCY_TRACKING, true, "Whether the time of each command is counted")
                    .changeable(),
            Setting.words(
                            LATENCY_PERCENTILES,
                            "50 99 99.9",
                            new Percentiles(),
                            "Percentiles that INFO shows of the time of each command")
                    .changeable(),
            Setting.integer(BUSY_THRESHOLD, 5000, 0, MOST, "Milliseconds from which on a script answers others BUSY")
                    .also("lua-time-limit")
                    .changeable());

    private static final List<Setting> TAKEN = List.of(
            Setting.integer("maxmemory-samples", 5, 1, INT, "Keys looked at per eviction")
                    .idle(NO_EVICTION_YET)
                    .changeable(),
            Setting.integer("maxmemory-eviction-tenacity", 10, 0, 100, "Time for eviction")
                    .idle(NO_EVICTION_YET)
                    .changeable(),
            Setting.integer("lfu-log-factor", 10, 0, INT, "How fast counters of use saturate")
                    .idle(NO_EVICTION_YET)
                    .changeable(),
            Setting.integer("lfu-decay-time", 1, 0, INT, "Minutes after which counters of use are halved")
                    .idle(NO_EVICTION_YET)
                    .changeable(),
            stepwise("lazyfree-lazy-eviction"),
            stepwise("lazyfree-lazy-expire"),
            stepwise("lazyfree-lazy-server-del"),
            stepwise("lazyfree-lazy-user-del"),
            stepwise("lazyfree-lazy-user-flush"),
            Setting.integer("active-expire-effort", 1, 1, 10, "Time for expiry")
                    .idle("keys expire by a timing wheel when their time comes")
                    .changeable(),
            Setting.integer("hz", 10, 0, INT, "Runs of background work per second")
                    .idle("background work runs when there is some")
                    .changeable(),
            Setting.yesNo("dynamic-hz", true, "Whether hz follows the number of clients")
                    .idle("background work runs when there is some")
                    .changeable(),
            Setting.yesNo("activerehashing", true, "Whether tables grow in the background")
                    .idle("tables grow a small segment at a time")
                    .changeable(),
            Setting.choice("sanitize-dump-payload", "Whether RESTORE checks deeply", "no", "yes", "clients")
                    .idle("payloads are always checked deeply")
                    .changeable(),
            Setting.integer("acllog-max-len", 128, 0, MOST, "Entries of the ACL log")
                    .idle(NO_USERS)
                    .changeable(),
            Setting.choice("acl-pubsub-default", "Channels of new users", "allchannels", "resetchannels")
                    .initially("resetchannels")
                    .idle(NO_USERS)
                    .changeable(),
            Setting.text("aclfile", "", "File of users")
                    .only("users cannot be made; give the default user a password with requirepass", ""),
            Setting.choice("enable-module-command", "Who may use MODULE", "no", "yes", "local")
                    .only("modules cannot be loaded", "no"),
            Setting.choice(
                            "propagation-error-behavior",
                            "What errors of replicated commands do",
                            "ignore",
                            "panic",
                            "panic-on-replicas")
                    .idle("there is no replication")
                    .changeable(),
            Setting.text("locale-collate", "", "How SORT ALPHA compares")
                    .idle("strings are compared byte by byte")
                    .changeable());

    /** All of them, one line each. */
    public static final List<Setting> LIST = joined();

    private EngineSettings() {}

    private static Setting stepwise(String name) {
        return Setting.yesNo(name, false, "Whether memory is freed in the background")
                .idle(ALWAYS_STEPWISE)
                .changeable();
    }

    private static List<Setting> joined() {
        List<Setting> all = new ArrayList<>(OBEYED);
        all.addAll(EncodingSettings.LIST);
        all.addAll(TAKEN);
        return List.copyOf(all);
    }
}
