package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.CommandError;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** An RDB on its way into the engine. */
final class SnapshotLoad implements AutoCloseable {
    /** Aux field in which a base says at which offset of effects it was made. */
    static final String EFFECTS = "duet-offset";

    private static final int KEYS_PER_PIECE = 64;

    private final Outside outside;
    private final KeyIntake intake;
    private final LoadPlan.Part part;
    private final LoadProgress progress;
    private final long databases;
    private final DiskFile file;
    private final RdbFileReader reader;
    private long effects = -1;

    /** Begins to load a part; {@code merge} says whether keys replace those that are there. */
    SnapshotLoad(Outside outside, Engine engine, LoadPlan.Part part, boolean merge, LoadProgress progress)
            throws LoadException {
        this.outside = outside;
        this.part = part;
        engine.replacing(merge);
        this.progress = progress;
        databases = outside.settings().number("databases");
        boolean alone = part.role() == LoadPlan.Role.DUMP;
        intake = new KeyIntake(engine, alone ? outside.clock().wallUs() / 1000 : KeyIntake.NEVER, progress.taken);
        try {
            file = outside.disk().read(part.path());
        } catch (IOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
        try {
            reader = RdbFileReader.of(new FileInput(file), new Target());
        } catch (RdbFormatException e) {
            close();
            throw Refusals.snapshot(
                    part.path(), part.role() != LoadPlan.Role.DUMP, 0, part.bytes(), String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            close();
            throw Refusals.unreadable(part.path(), e);
        }
    }

    /** Loads some keys. Returns whether that was all. */
    boolean piece() throws LoadException {
        try {
            for (int i = 0; i < KEYS_PER_PIECE; i++) {
                if (!reader.next()) {
                    progress.part(reader.position());
                    return true;
                }
            }
            progress.part(reader.position());
            return false;
        } catch (RdbFormatException e) {
            throw Refusals.snapshot(
                    part.path(),
                    part.role() != LoadPlan.Role.DUMP,
                    reader.position(),
                    part.bytes(),
                    String.valueOf(e.getMessage()));
        } catch (BeyondDatabases e) {
            throw Refusals.databases(part.path(), reader.position(), String.valueOf(e.getMessage()), databases);
        } catch (CommandError e) {
            throw Refusals.memory(part.path(), reader.position(), part.bytes());
        } catch (UncheckedIOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
    }

    /** Where the RDB ends in the file; once it was loaded. */
    long position() {
        return reader.position();
    }

    /** At which offset of effects it was made, or -1 when it does not say. */
    long effects() {
        return effects;
    }

    @Override
    public void close() throws LoadException {
        try {
            file.close();
        } catch (IOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
    }

    /** A key of a database that there is not. */
    private static final class BeyondDatabases extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BeyondDatabases(int db) {
            super(Integer.toString(db), null, false, false);
        }
    }

    private final class Target implements RdbFileReader.Target {
        @Override
        public void aux(byte[] key, int keyLength, byte[] value, int valueLength) {
            String field = new String(key, 0, keyLength, StandardCharsets.ISO_8859_1);
            String text = new String(value, 0, valueLength, StandardCharsets.ISO_8859_1);
            if (field.equals(EFFECTS)) {
                try {
                    effects = Long.parseLong(text);
                } catch (NumberFormatException e) {
                    throw new RdbFormatException("the field " + EFFECTS + " is no number");
                }
            } else if (field.startsWith("%")) {
                outside.log().notice("RDB '" + field + "': " + text);
            }
        }

        @Override
        public void announce(int db, byte[] key, int keyLength) {
            intake.announce(db, key, keyLength);
        }

        @Override
        public void key(
                int db,
                byte[] key,
                int keyLength,
                long expireAtMs,
                long idleS,
                int frequency,
                int type,
                RdbReader value) {
            if (db >= databases) {
                throw new BeyondDatabases(db);
            }
            intake.key(db, key, keyLength, expireAtMs, idleS, frequency, type, value);
        }
    }
}
