package io.duetdb.persistence.tool;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.backup.RdbHead;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.load.FileInput;
import io.duetdb.persistence.load.KeyIntake;
import io.duetdb.persistence.load.LoadException;
import io.duetdb.persistence.load.Loading;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Data that lies in files: an RDB, an AOF of one file or of many, or a whole data folder. Reads them as a start does, and
 * changes none of them.
 */
final class FileSource {
    private static final String SINGLE_SUFFIX = ".aof";
    private static final String SNAPSHOT_SUFFIX = ".rdb";

    /** A single file is adopted into this folder, which is never made. */
    static final String NO_FOLDER = "duet-adopts-here";

    private static final long SLICE_NS = 20_000_000;

    private final Workshop shop;
    private final String path;
    private final boolean keepWhole;

    /** {@code keepWhole}: of a damaged snapshot the keys before the damage are taken, instead of none. */
    FileSource(Workshop shop, String path, boolean keepWhole) {
        this.shop = shop;
        this.path = Paths.trimmed(path);
        this.keepWhole = keepWhole;
    }

    /** Reads everything. */
    Loaded read() throws IOException, ToolException {
        Paths.Kind kind = Paths.kind(shop.disk(), path);
        return switch (kind) {
            case RDB -> path.endsWith(SINGLE_SUFFIX) ? commands() : snapshot();
            case AOF -> commands();
            case MANIFEST -> parts(Paths.folder(path), Paths.name(path));
            case AOF_FOLDER -> parts(path, String.valueOf(Paths.manifest(shop.disk(), path)));
            case FOLDER -> folder();
        };
    }

    // ---- as a start does

    /** One file of commands, with a snapshot in front or without. */
    private Loaded commands() throws IOException, ToolException {
        Settings settings = table(Paths.folder(path), true);
        settings.set(PersistenceSettings.APPENDFILENAME, Paths.name(path));
        settings.set(PersistenceSettings.APPENDDIRNAME, NO_FOLDER);
        return load(settings);
    }

    /** The folder of an append-only file of many parts. */
    private Loaded parts(String folder, String manifest) throws IOException, ToolException {
        Settings settings = table(Paths.folder(folder), true);
        settings.set(PersistenceSettings.APPENDDIRNAME, Paths.name(folder));
        settings.set(
                PersistenceSettings.APPENDFILENAME,
                manifest.substring(0, manifest.length() - Paths.MANIFEST_SUFFIX.length()));
        return load(settings);
    }

    private Loaded folder() throws IOException, ToolException {
        Settings settings = table(path, false);
        DataFolder data = new DataFolder(shop.outside(settings));
        if (data.hasAppendOnly()) {
            settings.set(PersistenceSettings.APPENDONLY, "yes");
            return load(settings);
        }
        if (shop.disk().exists(data.snapshot())) {
            return new FileSource(shop, data.snapshot(), keepWhole).read();
        }
        List<String> others = new ArrayList<>();
        for (String name : shop.disk().list(path)) {
            if (name.endsWith(SNAPSHOT_SUFFIX) || name.endsWith(SINGLE_SUFFIX)) {
                others.add(name);
            }
        }
        throw new ToolException(path + " holds neither " + Paths.name(data.snapshot()) + " nor an append-only file ("
                + Paths.name(data.names().folder()) + ", "
                + Paths.name(data.names().single()) + "); "
                + (others.isEmpty()
                        ? "name the folder that does"
                        : "name one of its files: " + String.join(", ", others)));
    }

    private Settings table(String dir, boolean appendOnly) {
        Settings settings = shop.tables().get();
        settings.set("dir", dir);
        settings.set(PersistenceSettings.APPENDONLY, appendOnly ? "yes" : "no");
        return settings;
    }

    private Loaded load(Settings settings) throws ToolException {
        ReadOnlyDisk disk = new ReadOnlyDisk(shop.disk());
        Outside outside = shop.outside(settings, disk);
        Engine engine = shop.engine(settings);
        try {
            Loading loading = Loading.begin(outside, engine);
            shop.meter().begin("reading " + path, loading.totalBytes(), "bytes");
            while (!loading.step(shop.clock().monotonicNs() + SLICE_NS)) {
                shop.meter().at(loading.loadedBytes());
            }
            return new Loaded(engine, path, List.of(), loading.commands(), disk);
        } catch (LoadException e) {
            throw new ToolException(String.valueOf(e.getMessage()));
        } finally {
            shop.meter().end();
        }
    }

    // ---- a snapshot

    private Loaded snapshot() throws IOException, ToolException {
        Settings settings = shop.tables().get();
        Engine engine = shop.engine(settings);
        List<String> remarks = new ArrayList<>();
        KeyIntake.Count count = new KeyIntake.Count();
        KeyIntake into = new KeyIntake(engine, shop.nowMs(), count);
        long size = shop.disk().size(path);
        shop.meter().begin("reading " + path, size, "bytes");
        engine.beginLoading();
        try (DiskFile file = shop.disk().read(path)) {
            FileInput in = new FileInput(file);
            read(in, into, count, remarks);
            if (remarks.isEmpty() && !in.atEnd()) {
                long end = in.position();
                int next = in.readByte();
                if (next == '*' || next == '#') {
                    return commands(); // Redis 4.0 to 6.2 began an AOF with a snapshot
                }
                remarks.add(size - end + " bytes behind the end of " + path + " were left aside");
            }
        } catch (UncheckedIOException e) {
            throw RdbHead.failure(path, e);
        } finally {
            shop.meter().end();
            engine.endLoading();
        }
        if (count.expired > 0) {
            remarks.add(count.expired + " keys were left out: their time to live was over");
        }
        return new Loaded(engine, path, remarks, 0, null);
    }

    private void read(FileInput in, KeyIntake into, KeyIntake.Count count, List<String> remarks) throws ToolException {
        try {
            RdbFileReader reader = RdbFileReader.of(in, into);
            while (reader.next()) {
                shop.meter().at(in.position());
            }
        } catch (RdbFormatException e) {
            String where = path + ": damaged at byte " + in.position() + ": " + e.getMessage();
            if (!keepWhole) {
                throw new ToolException(
                        where + "; --keep-whole takes the " + count.keys + " keys before, see duet check " + path);
            }
            remarks.add(where + "; the " + count.keys + " keys before it were kept");
        } catch (CommandError e) {
            throw new ToolException(path + ": " + outOfRoom(e, shop));
        }
    }

    /** What an engine's refusal means for somebody who runs a tool. */
    static String outOfRoom(CommandError e, Workshop shop) {
        String line = new String(e.line(), StandardCharsets.UTF_8);
        return line.startsWith("OOM")
                ? "the data needs more than the " + (shop.memoryBytes() >> 20)
                        + " MB that this tool has for it; give it more by DUET_HEAP=8g in front of the command"
                : line;
    }
}
