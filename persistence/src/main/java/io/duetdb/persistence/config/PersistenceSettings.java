package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings that persistence owns, by redis.conf's names. Data lives in memory only: whoever asks hears it. */
public final class PersistenceSettings {
    public static final String SAVE = "save";
    public static final String APPENDONLY = "appendonly";
    public static final String DBFILENAME = "dbfilename";
    public static final String RDBCOMPRESSION = "rdbcompression";
    public static final String RDBCHECKSUM = "rdbchecksum";
    public static final String STOP_WRITES = "stop-writes-on-bgsave-error";
    public static final String APPENDFILENAME = "appendfilename";
    public static final String APPENDDIRNAME = "appenddirname";
    public static final String APPENDFSYNC = "appendfsync";
    public static final String NO_FSYNC_ON_REWRITE = "no-appendfsync-on-rewrite";
    public static final String REWRITE_PERCENTAGE = "auto-aof-rewrite-percentage";
    public static final String REWRITE_MIN_SIZE = "auto-aof-rewrite-min-size";
    public static final String LOAD_TRUNCATED = "aof-load-truncated";
    public static final String RDB_PREAMBLE = "aof-use-rdb-preamble";
    public static final String AOF_TIMESTAMPS = "aof-timestamp-enabled";

    private static final String IN_MEMORY = "data is kept in memory only, nothing is saved; leave it out";
    private static final String NOT_SAVED = "data is kept in memory only, nothing is saved";
    private static final String NO_FORK = "there is no second process that writes";

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.words(SAVE, "", new SavePoints(), "Seconds and changes after which a snapshot is saved")
                    .linesOf(2)
                    .changeable(),
            Setting.yesNo(APPENDONLY, false, "Whether writes go to an append-only file")
                    .only(IN_MEMORY, "no")
                    .changeable(),
            Setting.words(DBFILENAME, "dump.rdb", new FileName(DBFILENAME), "Name of the snapshot's file")
                    .isProtected(),
            Setting.yesNo(RDBCOMPRESSION, true, "Whether strings in snapshots are compressed")
                    .changeable(),
            Setting.yesNo(RDBCHECKSUM, true, "Whether snapshots end with a checksum"),
            Setting.yesNo(STOP_WRITES, true, "Whether writes are refused after a failed snapshot")
                    .changeable(),
            Setting.text(APPENDFILENAME, "appendonly.aof", "Name of the append-only files")
                    .idle(NOT_SAVED),
            Setting.text(APPENDDIRNAME, "appendonlydir", "Folder of the append-only files")
                    .idle(NOT_SAVED),
            Setting.choice(APPENDFSYNC, "When the append-only file is forced to disk", "everysec", "always", "no")
                    .idle(NOT_SAVED)
                    .changeable(),
            yesNo(NO_FSYNC_ON_REWRITE, false, "Whether a rewrite stops forcing to disk"),
            Setting.integer(REWRITE_PERCENTAGE, 100, 0, Integer.MAX_VALUE, "Growth that starts a rewrite; 0 = none")
                    .idle(NOT_SAVED)
                    .changeable(),
            Setting.memory(REWRITE_MIN_SIZE, 64L << 20, 0, Long.MAX_VALUE, "Size below which nothing is rewritten")
                    .idle(NOT_SAVED)
                    .changeable(),
            yesNo(LOAD_TRUNCATED, true, "Whether a file without its last command's end is loaded"),
            yesNo(RDB_PREAMBLE, true, "Whether a rewrite writes a snapshot first"),
            yesNo(AOF_TIMESTAMPS, false, "Whether times are written into the append-only file"),
            yesNo("aof-disable-auto-gc", false, "Whether superseded append-only files stay"),
            Setting.yesNo("aof-rewrite-incremental-fsync", true, "Whether a rewrite forces to disk step by step")
                    .idle(NO_FORK)
                    .changeable(),
            Setting.yesNo("rdb-save-incremental-fsync", true, "Whether a snapshot is forced to disk step by step")
                    .idle("snapshots are always forced to disk step by step")
                    .changeable(),
            Setting.yesNo("rdb-del-sync-files", false, "Whether snapshots made for replicas are deleted")
                    .idle("there is no replication")
                    .changeable());

    private PersistenceSettings() {}

    private static Setting yesNo(String name, boolean initial, String doc) {
        return Setting.yesNo(name, initial, doc).idle(NOT_SAVED).changeable();
    }
}
