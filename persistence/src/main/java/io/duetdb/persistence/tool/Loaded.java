package io.duetdb.persistence.tool;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.disk.Disk;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data that a tool has read into an engine of its own.
 *
 * @param engine holds it; nothing else uses it
 * @param from where it came from, for people
 * @param remarks what the user should know of it, such as what was left out
 * @param commands commands that were run
 * @param disk the files as loading left them, or null when they were only read
 */
record Loaded(
        Engine engine,
        String from,
        List<String> remarks,
        long commands,
        @Nullable Disk disk) {
    /** Number of keys in all databases of a view. */
    static long keys(Snapshot view) {
        long keys = 0;
        for (int db = 0; db < view.databases(); db++) {
            keys += view.size(db);
        }
        return keys;
    }

    /** Bytes of a file that loading kept. */
    long kept(String path) throws IOException {
        Disk after = disk;
        String adopted = Paths.folder(path) + "/" + FileSource.NO_FOLDER + "/" + Paths.name(path);
        if (after == null) {
            return 0;
        }
        return after.exists(path) ? after.size(path) : after.exists(adopted) ? after.size(adopted) : 0;
    }
}
