package io.duetdb.engine.kit;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.rdb.RdbBytes;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbFileWriter;
import io.duetdb.rdb.RdbReader;
import io.duetdb.rdb.RdbSink;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** RDB files in memory: what an engine holds as one, and back. */
public final class RdbFiles {
    private RdbFiles() {}

    /** The file of what an engine holds now. */
    public static byte[] of(Engine engine) {
        try (Snapshot view = engine.freeze()) {
            return of(view, true, true);
        }
    }

    /** The file of a view. */
    public static byte[] of(Snapshot view, boolean compress, boolean checksum) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbFileWriter out = new RdbFileWriter(bytes::write, compress, checksum, RdbFileWriter.version(view));
        out.aux("redis-ver", Engine.redisVersion());
        out.aux("redis-bits", 64);
        for (int db = 0; db < view.databases(); db++) {
            if (view.size(db) > 0) {
                out.database(db, view.size(db), view.sizeWithTtl(db));
                view.forEach(db, out::entry);
            }
        }
        out.end();
        return bytes.toByteArray();
    }

    /** Loads a file into an engine, beside what is there. Returns the number of keys that were made. */
    public static int load(Engine engine, byte[] file) {
        engine.beginLoading();
        try {
            Loader loader = new Loader(engine);
            RdbFileReader reader = RdbFileReader.of(new RdbBytes(file, 0, file.length), loader);
            while (reader.next()) {
                loader.items++;
            }
            return loader.keys;
        } finally {
            engine.endLoading();
        }
    }

    /** Reads a file to its end and forgets it. Returns the number of its keys. */
    public static int check(byte[] file) {
        Loader loader = new Loader(null);
        RdbFileReader reader = RdbFileReader.of(new RdbBytes(file, 0, file.length), loader);
        while (reader.next()) {
            loader.items++;
        }
        return loader.keys;
    }

    /** The digest of all data of an engine, as DEBUG DIGEST shows it. */
    public static String digest(Engine engine) {
        try (Snapshot view = engine.freeze()) {
            return HexFormat.of().formatHex(view.digest());
        }
    }

    private static final class Loader implements RdbFileReader.Target {
        private final Engine engine;
        private int keys;
        private int items;

        Loader(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {}

        @Override
        public void announce(int db, byte[] key, int length) {
            if (engine != null) {
                engine.announce(db, key, length);
            }
        }

        @Override
        public void key(
                int db, byte[] key, int length, long expireAtMs, long idleS, int frequency, int type, RdbReader value) {
            if (engine == null) {
                value.value(type, RdbSink.NOTHING);
                keys++;
            } else if (engine.load(db, key, length, expireAtMs, idleS, frequency, type, value)) {
                keys++;
            }
        }
    }
}
