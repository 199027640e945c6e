package io.duetdb.persistence.snapshot;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.rdb.RdbFileWriter;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a frozen view as an RDB file. Any thread. */
public final class SnapshotFile {
    /** Bytes after which the file is forced while it is written, so that the disk has no great heap to swallow at the end. */
    private static final long FORCE_BYTES = 4 << 20;

    /** Keys between two looks at what others want and at the time, and shows of how far this has come. */
    private static final int LOOK_EVERY = 256;

    /**
     * A worker gives way so often. The kernel's slices are 3 ms and longer; where the engine's thread shares a core with
     * this one it waits for the end of a slice, in the midst of a turn too. 1M keys and a sorted set written under
     * 20,000 writes a second on two cores: longest turn 8.3 ms without, 5.0 ms with this (medians of 5 rounds in turn),
     * p99.9 of pings 9.0 and 4.9 ms, the file as soon whole.
     */
    private static final long GIVE_WAY_NS = 500_000;

    private static final String CANCELLED = "it was cancelled";

    /** How far a write has come; read by other threads. */
    public static final class Progress {
        /** Keys written. */
        public volatile long keys;

        /** Bytes written. */
        public volatile long bytes;

        /** Set to have the write end with an exception. */
        public volatile boolean cancelled;
    }

    private final Outside outside;
    private final Snapshot view;
    private final DiskFile file;
    private final Progress progress;
    private long written;
    private long forced;
    private long keys;
    private long gaveWayNs;

    private SnapshotFile(Outside outside, Snapshot view, DiskFile file, Progress progress) {
        this.outside = outside;
        this.view = view;
        this.file = file;
        this.progress = progress;
        this.gaveWayNs = outside.clock().monotonicNs();
    }

    /**
     * Writes a new file, which must not exist, and forces it: step by step while it is written, and at its end. What was
     * written of it is removed when this fails.
     *
     * @param base whether it is the base of an append-only file, which it says of itself
     * @return bytes written
     * @throws IOException when the disk fails, {@link Progress#cancelled} was set, or the engine took the view back
     *     because memory ran out
     */
    public static long write(Outside outside, Snapshot view, String path, boolean base, Progress progress)
            throws IOException {
        boolean whole = false;
        try (DiskFile file = outside.disk().create(path)) {
            SnapshotFile one = new SnapshotFile(outside, view, file, progress);
            one.content(base);
            file.force();
            whole = true;
            return one.written;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Snapshot.Cancelled e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!whole) {
                remove(outside, path);
            }
        }
    }

    /** Removes a file that is of no use; that it can't be is worth a warning. */
    static void remove(Outside outside, String path) {
        try {
            outside.disk().delete(path);
        } catch (IOException e) {
            outside.log().warning("Can't remove the unfinished file " + path + ": " + e.getMessage());
        }
    }

    private void content(boolean base) {
        RdbFileWriter out = new RdbFileWriter(
                this::append,
                outside.settings().yes(PersistenceSettings.RDBCOMPRESSION),
                outside.settings().yes(PersistenceSettings.RDBCHECKSUM),
                RdbFileWriter.version(view));
        out.aux("redis-ver", Engine.redisVersion());
        out.aux("redis-bits", 64);
        out.aux("ctime", view.frozenAtMs() / 1000);
        out.aux("used-mem", view.usedBytes());
        out.aux("aof-base", base ? 1 : 0);
        out.aux("duet-offset", view.offset());
        for (int db = 0; db < view.databases(); db++) {
            if (view.size(db) > 0) {
                out.database(db, view.size(db), view.sizeWithTtl(db));
                view.forEach(db, (key, offset, length, expireAtMs, value) -> {
                    out.entry(key, offset, length, expireAtMs, value);
                    if (++keys % LOOK_EVERY == 0) {
                        look();
                    }
                });
            }
        }
        out.end();
        progress.keys = keys;
    }

    private void look() {
        progress.keys = keys;
        if (progress.cancelled) {
            throw new UncheckedIOException(new IOException(CANCELLED));
        }
        view.workAhead();
        if (outside.clock().monotonicNs() - gaveWayNs >= GIVE_WAY_NS) {
            outside.workers().giveWay();
            gaveWayNs = outside.clock().monotonicNs();
        }
    }

    /** Writes a block, however many calls of the system that takes. */
    private void append(byte[] bytes, int offset, int length) {
        look();
        try {
            int from = offset;
            int end = offset + length;
            while (from < end) {
                from += file.write(bytes, from, end - from);
            }
            written += length;
            progress.bytes = written;
            if (written - forced >= FORCE_BYTES) {
                file.force();
                forced = written;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
