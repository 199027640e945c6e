package io.duetdb.persistence.tool;

import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.backup.BackupFolder;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data folder that no server is using: what is in it, and how other data takes its place without a loss. */
final class DataFolder {
    private static final String TEMPORARY = "temp-duet-incoming.rdb";
    private static final String TEMPORARY_FOLDER = "temp-duet-incoming";

    private final Disk disk;
    private final Settings settings;
    private final AofNames names;
    private final Outside outside;

    DataFolder(Outside outside) {
        this.outside = outside;
        disk = outside.disk();
        settings = outside.settings();
        names = new AofNames(outside);
    }

    /** Its path. */
    String path() {
        return settings.text("dir");
    }

    /** Path of the snapshot. */
    String snapshot() {
        return outside.path(settings.text(PersistenceSettings.DBFILENAME));
    }

    /** Names of the append-only file's parts. */
    AofNames names() {
        return names;
    }

    /** Its backups. */
    BackupFolder backups() {
        return new BackupFolder(disk, path());
    }

    /** Whether there is an append-only file: of several parts, or the one of Redis before 7.0. */
    boolean hasAppendOnly() throws IOException {
        return disk.exists(names.path(names.manifest())) || disk.exists(names.single());
    }

    /** Names of what holds data now; empty when nothing does. */
    List<String> present() throws IOException {
        List<String> found = new ArrayList<>();
        for (String path : List.of(snapshot(), names.single())) {
            if (disk.exists(path)) {
                found.add(Paths.name(path));
            }
        }
        if (disk.exists(names.folder()) && !disk.list(names.folder()).isEmpty()) {
            found.add(Paths.name(names.folder()));
        }
        return found;
    }

    /** A new folder for what is put aside, which lasts. */
    String newFolder(long nowMs) throws IOException {
        BackupFolder backups = backups();
        backups.make();
        String to = backups.replaced(nowMs);
        for (int i = 2; disk.exists(to); i++) {
            to = backups.replaced(nowMs) + "-" + i;
        }
        disk.makeFolder(to);
        disk.force(backups.path());
        return to;
    }

    /** A path in this folder for a snapshot on its way in; what an earlier try left there is gone. */
    String incoming(boolean appendOnly) throws IOException {
        if (!appendOnly) {
            disk.delete(outside.path(TEMPORARY));
            return outside.path(TEMPORARY);
        }
        String folder = outside.path(TEMPORARY_FOLDER);
        disk.makeFolder(folder);
        for (String name : disk.list(folder)) {
            disk.delete(folder + "/" + name);
        }
        return folder + "/" + names.base(1);
    }

    /**
     * What came to {@link #incoming} becomes the data of this folder. It is made ready first, then what is there is put
     * aside, then it takes its name: a crash leaves one or the other, or, for the moment between two names, both aside.
     *
     * @return where what was there is now, or null when nothing was
     */
    @Nullable
    String install(boolean appendOnly, long nowMs) throws IOException {
        String from = outside.path(appendOnly ? TEMPORARY_FOLDER : TEMPORARY);
        String to = appendOnly ? names.folder() : snapshot();
        if (appendOnly) {
            try (DiskFile increment = disk.create(from + "/" + names.increment(1))) {
                increment.force();
            }
            Manifest manifest = new Manifest(
                    new Manifest.Entry(names.base(1), 1, Manifest.Kind.BASE),
                    List.of(),
                    List.of(new Manifest.Entry(names.increment(1), 1, Manifest.Kind.INCREMENT)));
            Paths.create(disk, from + "/" + names.manifest(), manifest.text());
            disk.force(from);
        }
        disk.force(path());
        String aside = present().isEmpty() ? null : moveAside(nowMs);
        if (appendOnly && disk.exists(to)) {
            disk.delete(to); // an empty folder
        }
        disk.rename(from, to);
        disk.force(path());
        return aside;
    }

    /** Puts what holds data now into a new folder among the backups, and returns its path. */
    private String moveAside(long nowMs) throws IOException {
        String to = newFolder(nowMs);
        for (String name : present()) { // the append-only file last: while it is there, it is what a start loads
            disk.rename(outside.path(name), to + "/" + name);
        }
        disk.force(to);
        disk.force(path());
        return to;
    }

    /** The manifest. @throws ToolException when it can't be used */
    Manifest manifest() throws IOException, ToolException {
        String path = names.path(names.manifest());
        try {
            return Manifest.parse(Paths.all(disk, path, 1 << 20));
        } catch (IllegalArgumentException e) {
            throw new ToolException(path + ": " + e.getMessage() + "; see what duet check says of " + names.folder());
        }
    }

    /** Gives the append-only file another manifest, in one step. */
    void write(Manifest manifest) throws IOException {
        String temporary = names.path(names.temporaryManifest());
        disk.delete(temporary);
        Paths.create(disk, temporary, manifest.text());
        disk.rename(temporary, names.path(names.manifest()));
        disk.force(names.folder());
    }
}
