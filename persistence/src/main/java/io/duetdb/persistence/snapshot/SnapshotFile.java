package io.duetdb.persistence.snapshot;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;

/** Writes a frozen view as an RDB file. Any thread. */
public final class SnapshotFile {
    private SnapshotFile() {}

    /** How far a write has come; read by other threads. */
    public static final class Progress {
        /** Keys written. */
        public volatile long keys;

        /** Bytes written. */
        public volatile long bytes;

        /** Set to have the write end with an exception. */
        public volatile boolean cancelled;
    }

    /**
     * Writes a new file, which must not exist, and forces it: step by step while it is written, and at its end. What was
     * written of it is removed when this fails.
     *
     * @param base whether it is the base of an append-only file, which it says of itself
     * @return bytes written
     */
    public static long write(Outside outside, Snapshot view, String path, boolean base, Progress progress)
            throws IOException {
        throw new UnsupportedOperationException();
    }
}
