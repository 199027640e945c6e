package io.duetdb.persistence.backup;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.load.FileInput;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What stands at the beginning of a snapshot, in front of its keys. */
public final class RdbHead {
    private static final String MADE_AT = "ctime";
    private static final int MS_PER_S = 1000;

    private RdbHead() {}

    /** When a snapshot was made, in ms since the epoch, or -1 when it does not say so or is damaged there. */
    public static long madeAtMs(Disk disk, String path) throws IOException {
        Facts facts = new Facts();
        try (DiskFile file = disk.read(path)) {
            RdbFileReader reader = RdbFileReader.of(new FileInput(file), facts);
            boolean more = true;
            while (more && !facts.passed) {
                more = reader.next();
            }
        } catch (RdbFormatException e) {
            return -1; // whoever uses the file hears that
        } catch (UncheckedIOException e) {
            throw failure(path, e);
        }
        return facts.madeAtMs;
    }

    /** What a disk said that failed while an RDB was read, with the file's name in front. */
    public static IOException failure(String path, UncheckedIOException wrapped) {
        Throwable cause = wrapped.getCause();
        return new IOException(path + ": " + (cause == null ? wrapped : cause).getMessage(), wrapped);
    }

    /** Looks for the time among the facts. */
    private static final class Facts implements RdbFileReader.Target {
        private long madeAtMs = -1;
        private boolean passed;

        @Override
        public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {
            if (new String(name, 0, nameLength, StandardCharsets.ISO_8859_1).equals(MADE_AT)) {
                passed = true;
                try {
                    String text = new String(value, 0, valueLength, StandardCharsets.ISO_8859_1);
                    madeAtMs = Math.multiplyExact(Long.parseLong(text), MS_PER_S);
                } catch (NumberFormatException | ArithmeticException e) {
                    madeAtMs = -1;
                }
            }
        }

        @Override
        public void sizes(int db, long keys, long expires) {
            passed = true;
        }

        @Override
        public void key(
                int db, byte[] key, int keyLength, long expireAtMs, long idleS, int frequency, int type, RdbReader v) {
            throw new RdbFormatException("there is no time before the first key");
        }
    }
}
