package io.duetdb.server.tools;

/** The texts of {@code duet <tool> --help}. */
public final class ToolHelp {
    /** Lines of {@code duet --help}. */
    public static final String OVERVIEW = """
            Tools, for files that no server is using (duet check --help says more):

              duet check <file or folder>      what is whole, where damage is, what each choice would keep
              duet import --from <source>      data of Redis, from files or a running server, into --dir
              duet export --to <file.rdb>      the data of --dir as an RDB that Redis 7.0 loads
              duet backup list | create        named snapshots in --dir

            At the start of a server, not in a file:

              --restore-backup <name>          a backup of dir becomes its data; what is there is put aside
              --restore-to <time>              back to a moment in the append-only file (aof-timestamp-enabled)

            """;

    static final String CHECK = """
            Usage: duet check [--load] <file or folder> ...

            Says of an RDB, an AOF, a manifest, an appendonlydir or a whole data folder what is whole, where
            damage is, and what each choice would keep. Changes nothing, starts nothing. Only what is not whole
            is loaded into memory, to know what a start would make of it.

              --load                 load what is whole too: finds commands that can't be run
              --databases <n>        as the server has it, default 16

            The exit code is 0 when all is whole, 1 when something is torn or damaged, 2 when nothing can be read.
            """;

    static final String IMPORT = """
            Usage: duet import --from <source> [--dir <folder>] [--as rdb | aof] [options]

            Takes data into a data folder that no server is using. The source is an RDB or AOF of Redis 2.0 to 7.4
            or Valkey up to 8, an appendonlydir, a data folder, or a running server:

              redis://[[user]:password@]host[:port][/database]

            A running server is read key by key (SCAN, DUMP, PTTL), not at one moment: what clients change
            meanwhile is taken as it was before or after. Stop them, or copy its dump.rdb, for a moment's state.

              --dir <folder>         where the data goes, default the working directory
              --as rdb | aof         what it becomes: dump.rdb (the default), or an appendonlydir
              --replace              data that is there already is put aside into backups/ instead of ending it
              --keep-whole           of a damaged RDB the keys before the damage are taken instead of none
              --skip-unsupported     keys of a running server that Duet can't hold (streams, modules) are left out
              --db <n>               only this database of a running server
              --databases, --dbfilename, --appendfilename, --appenddirname, --aof-load-damaged: as of a server

            The exit code is 0 when it is done, 1 when it can't be, 2 when arguments are wrong or nothing can be read.
            """;

    static final String EXPORT = """
            Usage: duet export [--dir <folder> | --from <file or folder>] --to <file.rdb> [options]

            Writes data as an RDB file. It is read as a start would read it, and not changed.

              --dir <folder>         the data folder, default the working directory
              --from <path>          a file or folder instead, as for duet import
              --version 10 | 12      10: loads in Redis 7.0 and later and in Valkey (the default); 12: in Redis 7.4
              --drop-field-ttls      version 10 can't hold times to live of fields: write the fields without
              --replace              write over a file that is there already
              --databases, --dbfilename, --appendfilename, --appenddirname, --aof-load-damaged: as of a server

            The exit code is 0 when it is done, 1 when it can't be, 2 when arguments are wrong or nothing can be read.
            """;

    static final String BACKUP = """
            Usage: duet backup list [--dir <folder>]
                   duet backup create [--dir <folder>] [--name <name>]

            Backups are snapshots in the folder backups of a data folder. list shows them, create makes one of a
            folder that no server is using. A running server makes its own by the settings

              backup-schedule        hourly [:MM], daily [HH:MM], weekly [day] [HH:MM], every <n>m|h|d; in UTC
              backup-keep            how many of those it keeps, default 7

            and BGSAVE leaves a dump.rdb that may be copied at any time. To restore one, start a server with
            --restore-backup <name>.
            """;

    private ToolHelp() {}
}
