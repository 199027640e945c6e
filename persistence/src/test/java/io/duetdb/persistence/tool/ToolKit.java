package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.aof.Annotation;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.snapshot.SnapshotFile;
import io.duetdb.wire.CommandEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A disk in memory for tools, and files to put on it. */
final class ToolKit {
    final SimDisk disk = new SimDisk();
    final ManualClock clock = new ManualClock();
    final List<String> told = new ArrayList<>();

    /** What a tool is given, with settings {@code name=value}. */
    Workshop shop(String... values) {
        return new Workshop(() -> settings(values), clock, disk, 7, 128L << 20, Meter.NONE, log());
    }

    /** The outside of a server on this disk. */
    Outside outside(String... values) {
        return shop(values).outside(settings(values));
    }

    private Outside.Log log() {
        return new Outside.Log() {
            @Override
            public void notice(String message) {
                told.add(message);
            }

            @Override
            public void warning(String message) {
                told.add(message);
            }
        };
    }

    static Settings settings(String... values) {
        Settings settings = new Settings(
                Engine.settings(), PersistenceSettings.LIST, List.of(Setting.text("dir", SimDisk.HOME, "The folder.")));
        for (String value : values) {
            int at = value.indexOf('=');
            settings.set(value.substring(0, at), value.substring(at + 1));
        }
        return settings;
    }

    // ---- files

    /** The snapshot that commands lead to. */
    byte[] rdb(String... commands) {
        EngineFixture t = new EngineFixture();
        t.clock().jumpTo(clock.nowMs());
        for (String command : commands) {
            t.run(command);
        }
        try (Snapshot view = t.engine().freeze()) {
            SimDisk scratch = new SimDisk();
            Workshop shop = new Workshop(ToolKit::settings, clock, scratch, 7, 128L << 20, Meter.NONE, log());
            SnapshotFile.write(shop.outside(settings()), view, "/data/file.rdb", false, new SnapshotFile.Progress());
            return scratch.bytes("/data/file.rdb");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Commands as Redis writes them to its file. */
    static byte[] aof(String... commands) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String command : commands) {
            if (command.startsWith("#")) {
                out.writeBytes((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                continue;
            }
            Argv argv = Argv.of(EngineFixture.words(command));
            byte[] bytes = new byte[(int) CommandEncoder.length(argv) + 16];
            out.write(bytes, 0, CommandEncoder.write(argv, bytes, 0));
        }
        return out.toByteArray();
    }

    /** Parts, each with a checksum behind it, as Duet writes them. */
    static byte[] summed(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long effects = 0;
        for (byte[] part : parts) {
            out.writeBytes(part);
            CRC32C crc = new CRC32C();
            crc.update(out.toByteArray());
            byte[] line = new byte[Annotation.BYTES_MAX];
            int end = Annotation.write(out.size(), (int) crc.getValue(), ++effects, line, 0);
            out.write(line, 0, end);
        }
        return out.toByteArray();
    }

    /** Puts an append-only file of many parts on the disk: a base, and increments from 1 on. */
    void appendOnly(byte[] base, byte[]... increments) {
        folder("/data/appendonlydir");
        StringBuilder manifest = new StringBuilder("file appendonly.aof.1.base.rdb seq 1 type b\n");
        disk.put("/data/appendonlydir/appendonly.aof.1.base.rdb", base);
        for (int i = 1; i <= increments.length; i++) {
            String name = "appendonly.aof." + i + ".incr.aof";
            disk.put("/data/appendonlydir/" + name, increments[i - 1]);
            manifest.append("file ").append(name).append(" seq ").append(i).append(" type i\n");
        }
        disk.put(
                "/data/appendonlydir/appendonly.aof.manifest",
                manifest.toString().getBytes(StandardCharsets.UTF_8));
    }

    void folder(String path) {
        try {
            disk.makeFolder(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The digest of what a start finds at a path. */
    String digest(String path, String... values) throws Exception {
        return RdbFiles.digest(new FileSource(shop(values), path, false).read().engine());
    }

    /** The digest that commands lead to. */
    String digestOf(String... commands) {
        EngineFixture t = new EngineFixture();
        t.clock().jumpTo(clock.nowMs());
        for (String command : commands) {
            t.run(command);
        }
        return RdbFiles.digest(t.engine());
    }

    /** All files and what is in them, to see that nothing changed. */
    List<String> content() {
        List<String> all = new ArrayList<>();
        for (String file : disk.files()) {
            all.add(file + " " + Arrays.hashCode(disk.bytes(file)));
        }
        assertThat(all).isNotEmpty();
        return all;
    }
}
