package io.duetdb.persistence.tool;

import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.backup.BackupFolder;
import io.duetdb.persistence.backup.Stamps;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.snapshot.SnapshotFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Data from one place to another, while no server uses the place it goes to: import, export, a backup of a folder. */
public final class Transfer {
    /** The oldest version of the format that is written, and the only one that keeps times to live of fields. */
    private static final int VERSION_PLAIN = 10;

    private static final int VERSION_FIELDS = 12;

    private final Workshop shop;

    /**
     * What was done.
     *
     * @param keys keys that were written
     * @param bytes size of the file
     * @param path the file, or the folder of an append-only file
     * @param remarks what the user should know besides
     */
    public record Result(String from, long keys, long bytes, String path, List<String> remarks) {}

    /** How an import is made. */
    public static final class Import {
        /** Whether the data becomes an append-only file instead of a snapshot. */
        public boolean appendOnly;

        /** Whether data that is there already is put aside instead of ending it. */
        public boolean replace;

        /** Whether keys before the damage in a snapshot are taken instead of none. */
        public boolean keepWhole;

        /** Whether keys of types that Duet doesn't have are left out instead of ending it: of a running server only. */
        public boolean skipUnsupported;

        /** The database of a running server that is read, -1 = all. */
        public int onlyDb = -1;
    }

    public Transfer(Workshop shop) {
        this.shop = shop;
    }

    // ---- import

    /** Takes the data of files into the data folder that the tables name. */
    public Result importFiles(String path, Import how) throws IOException, ToolException {
        DataFolder to = target(how);
        return install(new FileSource(shop, path, how.keepWhole).read(), to, how);
    }

    /** Takes the data of a running server into the data folder that the tables name. */
    public Result importLive(RemoteRedis remote, Import how) throws IOException, ToolException {
        DataFolder to = target(how);
        return install(new LiveSource(shop, remote, how.onlyDb, how.skipUnsupported).read(), to, how);
    }

    /** The folder, after what can be seen at once: before hours of reading. */
    private DataFolder target(Import how) throws IOException, ToolException {
        DataFolder to = new DataFolder(shop.outside(shop.tables().get()));
        if (!Paths.isFolder(shop.disk(), to.path())) {
            throw new ToolException(to.path() + ": there is no such folder; make it first");
        }
        List<String> present = to.present();
        if (!present.isEmpty() && !how.replace) {
            throw new ToolException(to.path() + " holds data already: " + String.join(", ", present)
                    + "; --replace puts it aside into " + to.path() + "/" + BackupFolder.NAME
                    + ", or choose another --dir");
        }
        return to;
    }

    private Result install(Loaded loaded, DataFolder to, Import how) throws IOException, ToolException {
        Snapshot view = loaded.engine().freeze();
        List<String> remarks = new ArrayList<>(loaded.remarks());
        long keys = Loaded.keys(view);
        long bytes = write(view, to.incoming(how.appendOnly), how.appendOnly, false);
        String aside = to.install(how.appendOnly, shop.nowMs());
        if (aside != null) {
            remarks.add("what was there is in " + aside);
        }
        return new Result(
                loaded.from(), keys, bytes, how.appendOnly ? to.names().folder() : to.snapshot(), remarks);
    }

    // ---- export

    /**
     * Writes data as an RDB file.
     *
     * @param version 10: Redis 7.0 and later, 12: Redis 7.4 and later, with times to live of fields
     * @param dropFieldTtls whether times to live of fields are left out of version 10 instead of ending it
     * @param replace whether a file that is there already is replaced instead of ending it
     */
    public Result export(String from, String to, int version, boolean dropFieldTtls, boolean replace)
            throws IOException, ToolException {
        Disk disk = shop.disk();
        if (version != VERSION_PLAIN && version != VERSION_FIELDS) {
            throw new ToolException("--version " + version
                    + " is not written; there are 10 (Redis 7.0 and later, Valkey)" + " and 12 (Redis 7.4 and later)");
        }
        if (disk.exists(to) && !replace) {
            throw new ToolException(to + " is there already; --replace writes over it");
        }
        if (!Paths.isFolder(disk, Paths.folder(to))) {
            throw new ToolException(Paths.folder(to) + ": there is no such folder");
        }
        Loaded loaded = new FileSource(shop, from, false).read();
        Snapshot view = loaded.engine().freeze();
        List<String> remarks = new ArrayList<>(loaded.remarks());
        long mortal = version == VERSION_FIELDS ? 0 : ToolView.mortalFields(view);
        if (mortal > 0 && !dropFieldTtls) {
            throw new ToolException(mortal + " fields of hashes have a time to live, which Redis before 7.4 can't keep;"
                    + " --drop-field-ttls writes them without, --version 12 writes them for Redis 7.4");
        }
        if (mortal > 0) {
            remarks.add(mortal + " fields of hashes lost their time to live, or were left out because it was over");
        }
        String temporary = to + ".temp-duet";
        disk.delete(temporary);
        long bytes = write(view, temporary, false, mortal > 0);
        disk.rename(temporary, to);
        disk.force(Paths.folder(to));
        return new Result(loaded.from(), Loaded.keys(view), bytes, to, remarks);
    }

    // ---- backup

    /** Makes a backup of the data folder that the tables name. An empty name is made of the time. */
    public Result backup(String wanted) throws IOException, ToolException {
        Settings settings = shop.tables().get();
        DataFolder data = new DataFolder(shop.outside(settings));
        BackupFolder backups = data.backups();
        String name = wanted.isEmpty() ? "backup-" + Stamps.name(shop.nowMs()) : wanted;
        String refusal = BackupFolder.refusal(name);
        if (refusal != null) {
            throw new ToolException("a backup can't be called '" + name + "': " + refusal);
        }
        if (shop.disk().exists(backups.path(name))) {
            throw new ToolException("there is a backup " + name + " already: " + backups.path(name));
        }
        Loaded loaded = new FileSource(shop, data.path(), false).read();
        Snapshot view = loaded.engine().freeze();
        backups.make();
        shop.disk().delete(backups.temporary(name));
        long bytes = write(view, backups.temporary(name), false, false);
        backups.keep(name);
        return new Result(loaded.from(), Loaded.keys(view), bytes, backups.path(name), loaded.remarks());
    }

    private long write(Snapshot view, String path, boolean base, boolean hideFieldTtls) throws IOException {
        Outside outside = shop.outside(shop.tables().get());
        shop.meter().begin("writing " + path, Loaded.keys(view), "keys");
        try {
            return SnapshotFile.write(
                    outside,
                    new ToolView(view, shop.meter(), hideFieldTtls, shop.nowMs()),
                    path,
                    base,
                    new SnapshotFile.Progress());
        } finally {
            shop.meter().end();
        }
    }
}
