package io.duetdb.persistence.tool;

import io.duetdb.persistence.backup.RdbHead;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.load.FileInput;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbReader;
import io.duetdb.rdb.RdbSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Reads a snapshot to its end, keeps nothing of it, and says what it is and how far it is whole. */
final class RdbScan {
    /** The format's version, or 0 when the file's head is no head. */
    int version;

    /** Keys that were read whole. */
    long keys;

    /** Those of them that have a time to live. */
    long withTtl;

    /** Number of databases that hold keys. */
    int databases;

    /** Facts that the file says of itself. */
    final Map<String, String> facts = new TreeMap<>();

    /** Offset behind the end, or of the damage. */
    long position;

    /** What is wrong, or empty. */
    String problem = "";

    private RdbScan() {}

    /** Reads a file. */
    static RdbScan of(Disk disk, String path, Meter meter) throws IOException {
        RdbScan scan = new RdbScan();
        meter.begin("checking " + path, disk.size(path), "bytes");
        try (DiskFile file = disk.read(path)) {
            scan.read(new FileInput(file), meter);
        } catch (UncheckedIOException e) {
            throw RdbHead.failure(path, e);
        } finally {
            meter.end();
        }
        return scan;
    }

    private void read(FileInput in, Meter meter) {
        try {
            RdbFileReader reader = RdbFileReader.of(in, new Facts());
            version = reader.version();
            while (reader.next()) {
                meter.at(in.position());
            }
        } catch (RdbFormatException e) {
            problem = String.valueOf(e.getMessage());
        }
        position = in.position();
    }

    /** Takes what the file holds and forgets the values. */
    private final class Facts implements RdbFileReader.Target {
        private int db = -1;

        @Override
        public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {
            facts.put(
                    new String(name, 0, nameLength, StandardCharsets.ISO_8859_1),
                    new String(value, 0, valueLength, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void key(
                int inDb,
                byte[] key,
                int keyLength,
                long expireAtMs,
                long idleS,
                int frequency,
                int type,
                RdbReader value) {
            value.value(type, RdbSink.NOTHING);
            keys++;
            withTtl += expireAtMs >= 0 ? 1 : 0;
            databases += inDb != db ? 1 : 0;
            db = inDb;
        }
    }
}
