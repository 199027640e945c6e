package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings that persistence owns, by redis.conf's names. */
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
    public static final String LOAD_DAMAGED = "aof-load-damaged";
    public static final String RDB_PREAMBLE = "aof-use-rdb-preamble";
    public static final String AOF_TIMESTAMPS = "aof-timestamp-enabled";
    public static final String BACKUP_SCHEDULE = "backup-schedule";
    public static final String BACKUP_KEEP = "backup-keep";
    public static final String AOF_CHECKSUM = "aof-checksum";
    public static final String AOF_ACK = "aof-ack";
    public static final String FSYNC_ERROR = "aof-fsync-error";
    public static final String DISABLE_GC = "aof-disable-auto-gc";
    public static final String REWRITE_SPACE_CHECK = "aof-rewrite-space-check";

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.words(SAVE, "", new SavePoints(), "Seconds and changes after which a snapshot is saved")
                    .linesOf(2)
                    .changeable(),
            Setting.yesNo(APPENDONLY, false, "Whether writes go to an append-only file")
                    .changeable(),
            Setting.words(DBFILENAME, "dump.rdb", new FileName(DBFILENAME), "Name of the snapshot's file")
                    .isProtected(),
            Setting.yesNo(RDBCOMPRESSION, true, "Whether strings in snapshots are compressed")
                    .changeable(),
            Setting.yesNo(RDBCHECKSUM, true, "Whether snapshots end with a checksum"),
            Setting.yesNo(STOP_WRITES, true, "Whether writes are refused after a failed snapshot")
                    .changeable(),
            Setting.words(
                    APPENDFILENAME, "appendonly.aof", new FileName(APPENDFILENAME), "Name of the append-only files"),
            Setting.words(
                    APPENDDIRNAME, "appendonlydir", new FileName(APPENDDIRNAME), "Folder of the append-only files"),
            Setting.choice(APPENDFSYNC, "When the append-only file is forced to disk", "everysec", "always", "no")
                    .changeable(),
            Setting.choice(AOF_ACK, "What replies wait for: bytes written, or queued as in Redis", "written", "queued")
                    .changeable(),
            Setting.choice(
                            FSYNC_ERROR,
                            "What follows when the append-only file can't be forced to disk: it is written anew from"
                                    + " memory, or the process ends with 1",
                            "rewrite",
                            "exit")
                    .changeable(),
            Setting.yesNo(AOF_CHECKSUM, true, "Whether checksums are written into new append-only files")
                    .changeable(),
            Setting.yesNo(NO_FSYNC_ON_REWRITE, false, "Whether a rewrite stops forcing to disk")
                    .changeable(),
            Setting.integer(REWRITE_PERCENTAGE, 100, 0, Integer.MAX_VALUE, "Growth that starts a rewrite; 0 = none")
                    .changeable(),
            Setting.memory(REWRITE_MIN_SIZE, 64L << 20, 0, Long.MAX_VALUE, "Size below which nothing is rewritten")
                    .changeable(),
            Setting.yesNo(
                            REWRITE_SPACE_CHECK,
                            true,
                            "Whether a rewrite is left out where the disk may lack room for it")
                    .changeable(),
            Setting.yesNo(LOAD_TRUNCATED, true, "Whether a file without its last command's end is loaded")
                    .changeable(),
            Setting.choice(
                            LOAD_DAMAGED,
                            "What to load of a damaged append-only file: nothing, what is verified before the damage,"
                                    + " or whatever can be read",
                            "no",
                            "prefix",
                            "all")
                    .changeable(),
            Setting.yesNo(RDB_PREAMBLE, true, "Whether a rewrite writes a snapshot first")
                    .only("a base is always a snapshot; leave it out", "yes")
                    .changeable(),
            Setting.yesNo(AOF_TIMESTAMPS, false, "Whether times are written into the append-only file")
                    .changeable(),
            Setting.yesNo(DISABLE_GC, false, "Whether superseded append-only files stay")
                    .changeable(),
            Setting.words(
                            BACKUP_SCHEDULE,
                            "",
                            new BackupSchedule.Form(),
                            "When a snapshot is put into the folder backups of dir: hourly [:MM], daily [HH:MM],"
                                    + " weekly [day] [HH:MM], every <n>m, h or d; in UTC; empty = never")
                    .changeable(),
            Setting.integer(
                            BACKUP_KEEP,
                            7,
                            0,
                            100_000,
                            "How many of the schedule's backups are kept, older ones are removed; 0 = all")
                    .changeable(),
            Setting.yesNo("aof-rewrite-incremental-fsync", true, "Whether a rewrite forces to disk step by step")
                    .idle("a base is always forced to disk step by step")
                    .changeable(),
            Setting.yesNo("rdb-save-incremental-fsync", true, "Whether a snapshot is forced to disk step by step")
                    .idle("snapshots are always forced to disk step by step")
                    .changeable(),
            Setting.yesNo("rdb-del-sync-files", false, "Whether snapshots made for replicas are deleted")
                    .idle("there is no replication")
                    .changeable());

    private PersistenceSettings() {}
}
