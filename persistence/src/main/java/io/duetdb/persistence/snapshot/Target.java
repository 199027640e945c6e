package io.duetdb.persistence.snapshot;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;

/** The file of snapshots as the settings name it now, and how a new one takes its place: whole and lasting, or not. */
final class Target {
    private final Outside outside;
    private final String folder;
    private final String path;
    private final String unfinished;

    Target(Outside outside) {
        this.outside = outside;
        String name = outside.settings().text(PersistenceSettings.DBFILENAME);
        this.folder = outside.settings().text("dir");
        this.path = outside.path(name);
        this.unfinished = outside.path("temp-" + name);
    }

    /**
     * Writes a view and gives it the file's name. Any thread.
     *
     * @throws IOException when that failed; the file of before is as it was, unless the disk fails at the very end
     */
    void write(Snapshot view, SnapshotFile.Progress progress) throws IOException {
        outside.disk().delete(unfinished); // of a process that died
        SnapshotFile.write(outside, view, unfinished, false, progress);
        try {
            outside.disk().rename(unfinished, path);
        } catch (IOException e) {
            SnapshotFile.remove(outside, unfinished);
            throw e;
        }
        outside.disk().force(folder);
    }
}
