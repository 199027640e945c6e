package io.duetdb.persistence.aof;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.snapshot.SnapshotFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/*
 * A rewrite, step by step. At each of them a crash leaves a list whose files are whole:
 *
 *   a turn ends     all data is frozen, and behind the marker "from here on a new increment" the writer's thread goes over
 *                   to it: [base, increments, new increment] is stored before anything is written to it
 *   rewrite thread  the view is written as a base under a temporary name, and forced
 *                   it gets its name, forced; [new base, history, new increment] is stored
 *                   history is removed; [new base, new increment] is stored
 *
 * Where there is no list to rely on (the file is switched on in a running instance, or the disk may have lost bytes of it)
 * the new increment is not listed before the new base is, and what stands in it lasts from then on. Where nothing is
 * appended at all only a base is written.
 */

/** Writes a new base beside a running engine. One at a time. Engine's thread, but for the task of its worker. */
final class Rewrite {
    /** What a rewrite is for. */
    enum Kind {
        /** The file has grown. */
        GROWN,
        /** The file is begun anew. */
        ANEW,
        /** Nothing is appended: somebody wants a base all the same. */
        BASE_ONLY
    }

    /** Who hears how it ended. Engine's thread. */
    interface Listener {
        /**
         * The new base is listed.
         *
         * @param manifest the list as it is stored now
         * @param baseBytes size of the base
         * @param offset effects that last by it, where the file was begun anew
         */
        void rewritten(Manifest manifest, long baseBytes, long offset);

        /** It was given up; what was there before is in force. */
        void failed(String why);
    }

    /** What the worker needs to know; nothing of it changes. */
    private record Plan(
            Kind kind,
            Snapshot view,
            Manifest manifest,
            Entry base,
            @Nullable Entry increment,
            @Nullable LogFile log,
            boolean removes,
            SnapshotFile.Progress progress) {}

    private final Outside outside;
    private final Clock clock;
    private final AofFolder folder;
    private final LogWriter writer;
    private final Listener listener;
    private final LateWorker worker;
    private @Nullable Snapshot view;
    private SnapshotFile.Progress progress = new SnapshotFile.Progress();
    private boolean underWay;
    private boolean closed;
    private Kind kind = Kind.GROWN;
    private long beganNs;
    private long lastTookNs = -1;

    Rewrite(Outside outside, AofFolder folder, LogWriter writer, Listener listener) {
        this.outside = outside;
        this.clock = outside.clock();
        this.folder = folder;
        this.writer = writer;
        this.listener = listener;
        this.worker = new LateWorker(outside.workers(), "aof-rewrite");
    }

    /** Begins with a view that was frozen at this turn's end, which it takes ownership of. */
    void begin(Kind what, Snapshot frozen) {
        kind = what;
        view = frozen;
        progress = new SnapshotFile.Progress();
        underWay = true;
        beganNs = clock.monotonicNs();
        outside.log().notice("Background append only file rewriting started");
    }

    /** The increments are in order: the base is written now. */
    void write(Manifest manifest, @Nullable Entry increment, boolean removes) {
        Snapshot frozen = view;
        if (frozen == null || closed) {
            return; // given up meanwhile
        }
        Plan plan = new Plan(kind, frozen, manifest, folder.nextBase(), increment, writer.file(), removes, progress);
        worker.execute(() -> run(plan));
    }

    /** Has it end early, as failed. */
    void cancel() {
        progress.cancelled = true;
    }

    /** Waits until the worker has done what it was given, and hears how that ended. */
    void settle() {
        worker.settle();
        outside.mailbox().runAll();
    }

    /** Has it end, and returns when it has: by success, if it was that far. */
    void stop() {
        cancel();
        settle();
    }

    /** The new increment could not be made: ends as failed. */
    void giveUp(String why) {
        ended();
        failed(why);
    }

    // ---- the worker's

    private void run(Plan plan) {
        String temporary = folder.temporaryBase();
        String failure = "it ended by a bug";
        try {
            folder.make();
            outside.disk().delete(temporary);
            long bytes = SnapshotFile.write(outside, plan.view, temporary, true, plan.progress);
            outside.mailbox().post(this::closeView);
            finish(plan, temporary, bytes);
            failure = null;
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
            folder.deleteQuietly(temporary);
        } finally {
            String why = failure;
            if (why != null) {
                outside.mailbox().post(() -> giveUp(why));
            }
        }
    }

    private void finish(Plan plan, String temporary, long bytes) throws IOException {
        Entry base = plan.base;
        Entry increment = plan.increment;
        long offset = writer.written();
        if (plan.progress.cancelled) {
            throw new IOException("it was cancelled");
        }
        if (plan.kind == Kind.ANEW && plan.log != null) {
            plan.log.force();
        }
        outside.disk().rename(temporary, folder.path(base.name()));
        Manifest next = switch (plan.kind) {
            case BASE_ONLY -> plan.manifest.rewritten(base, Long.MAX_VALUE);
            case GROWN -> plan.manifest.rewritten(base, increment == null ? Long.MAX_VALUE : increment.sequence());
            case ANEW -> {
                Manifest bare = plan.manifest.rewritten(base, Long.MAX_VALUE);
                yield increment == null ? bare : bare.with(increment);
            }
        };
        boolean lasts = true;
        try {
            folder.force();
            folder.store(next);
        } catch (NotForcedException e) {
            if (plan.kind == Kind.ANEW) {
                // Both lists may come back: all their files stay, and it is tried once more.
                outside.mailbox().post(() -> listener.rewritten(next, bytes, -1));
                throw e;
            }
            outside.log().warning("The folder of the append-only file could not be forced: " + e.getMessage());
            lasts = false;
        } catch (IOException e) {
            folder.deleteQuietly(base);
            throw e;
        }
        Manifest stored = lasts && plan.removes ? removeHistory(next) : next;
        outside.mailbox().post(() -> succeeded(stored, bytes, offset));
    }

    private Manifest removeHistory(Manifest manifest) {
        try {
            return folder.removeHistory(manifest);
        } catch (NotForcedException e) {
            return manifest.withoutHistory();
        } catch (IOException e) {
            outside.log()
                    .warning("Superseded append-only files could not be removed, which is tried again at the next"
                            + " rewrite: " + e.getMessage());
            return manifest;
        }
    }

    // ---- back on the engine's thread

    private void closeView() {
        Snapshot frozen = view;
        view = null;
        if (frozen != null) {
            frozen.close();
        }
    }

    private void ended() {
        closeView();
        if (underWay) {
            lastTookNs = clock.monotonicNs() - beganNs;
        }
        underWay = false;
    }

    private void succeeded(Manifest manifest, long bytes, long offset) {
        ended();
        outside.log().notice("Background AOF rewrite finished successfully");
        listener.rewritten(manifest, bytes, offset);
    }

    private void failed(String why) {
        outside.log().warning("Background AOF rewrite failed: " + why + ". The files there were are in force.");
        listener.failed(why);
    }

    /** Ends the thread; what is under way is given up. */
    void close() {
        closed = true;
        stop();
        ended();
    }

    // ---- figures

    /** Whether one is under way. */
    boolean underWay() {
        return underWay;
    }

    /** What the one under way is for. */
    Kind kind() {
        return kind;
    }

    /** Seconds the last one took, or -1. */
    long lastTookS() {
        return lastTookNs < 0 ? -1 : lastTookNs / 1_000_000_000L;
    }

    /** Seconds since the one under way began, or -1. */
    long tookS() {
        return underWay ? (clock.monotonicNs() - beganNs) / 1_000_000_000L : -1;
    }
}
