package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.TestConnection;
import io.duetdb.persistence.aof.Outcome;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Loads what a disk in memory holds into an engine, again and again. */
final class LoadKit {
    static final String FOLDER = MemoryDisk.DIR + "/appendonlydir/";
    static final String MANIFEST = FOLDER + "appendonly.aof.manifest";
    static final String INCREMENT = FOLDER + "appendonly.aof.1.incr.aof";

    final MemoryDisk disk = new MemoryDisk();
    final ManualClock clock = new ManualClock();
    final List<String> log = new ArrayList<>();
    final Settings settings;
    final Engine engine;
    final Outside outside;
    private @Nullable Loading loading;

    /** A machine with settings "name=value"; appendonly is yes. */
    LoadKit(String... values) {
        settings = settings(values);
        engine = new Engine(EngineOptions.of(settings, clock, 7, 256L << 20));
        Workers nobody = name -> {
            throw new AssertionError("loading needs no worker");
        };
        outside = new Outside(settings, clock, disk, nobody, new Mailbox(() -> {}), new Outside.Log() {
            @Override
            public void notice(String message) {
                log.add("notice: " + message);
            }

            @Override
            public void warning(String message) {
                log.add("warning: " + message);
            }
        });
    }

    private static Settings settings(String... values) {
        List<Setting> own = new ArrayList<>();
        own.add(Setting.text("dir", MemoryDisk.DIR, "The folder."));
        for (Setting setting : PersistenceSettings.LIST) {
            own.add(setting.name().equals("appendonly") ? Setting.yesNo("appendonly", true, "On.") : setting);
        }
        Settings settings = new Settings(Engine.settings(), own);
        for (String value : values) {
            int at = value.indexOf('=');
            settings.set(value.substring(0, at), value.substring(at + 1));
        }
        return settings;
    }

    /** The append-only file is one increment of these bytes. */
    LoadKit increment(byte[] bytes) {
        disk.put(MANIFEST, "file appendonly.aof.1.incr.aof seq 1 type i\n".getBytes(StandardCharsets.US_ASCII));
        disk.put(INCREMENT, bytes);
        return this;
    }

    /** Loads into an empty engine. Returns why that was refused, or null. */
    @Nullable
    String load() {
        log.clear();
        engine.empty();
        loading = null;
        boolean begun = false;
        try {
            Loading present = Loading.begin(outside, engine);
            loading = present;
            begun = true;
            while (!present.step(0)) {
                clock.advance(1, TimeUnit.MICROSECONDS);
            }
            return null;
        } catch (LoadException e) {
            if (begun) {
                engine.endLoading();
            }
            return e.getMessage();
        }
    }

    /** What the last load found. */
    Outcome outcome() {
        return loading().outcome();
    }

    Loading loading() {
        if (loading == null) {
            throw new AssertionError("nothing was loaded");
        }
        return loading;
    }

    /** Digest of the data. */
    String digest() {
        return digest(engine);
    }

    static String digest(Engine engine) {
        try (Snapshot view = engine.freeze()) {
            return HexFormat.of().formatHex(view.digest());
        }
    }

    /** Runs a command. */
    Object run(String line) {
        TestConnection connection = new TestConnection();
        Client client = engine.connect(connection);
        engine.execute(client, new Argv[] {Argv.of(EngineFixture.words(line))}, 1);
        Object value = connection.take();
        engine.beforeSleep();
        engine.disconnect(client);
        return value;
    }

    /** Warnings of the last load. */
    List<String> warnings() {
        return log.stream().filter(line -> line.startsWith("warning: ")).toList();
    }

    /** Names of files that were kept aside. */
    List<String> aside() {
        return disk.files.keySet().stream()
                .filter(name -> name.contains(".torn-"))
                .toList();
    }

    /** Removes what was kept aside. */
    void forgetAside() {
        if (disk.files.size() <= 2) {
            return;
        }
        disk.files.keySet().removeIf(name -> name.contains(".torn-"));
    }
}
