package io.duetdb.persistence.snapshot;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.config.SavePoints;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * SAVE, BGSAVE, save points: when a snapshot is written, and what became of it. A file that is complete and forced takes
 * the place of the one before; until then that one stays. Engine's thread.
 */
public final class Snapshots {
    private static final long NS_PER_S = 1_000_000_000L;

    /** After a failure nothing is tried again for so long, as in Redis. */
    private static final long RETRY_NS = 5 * NS_PER_S;

    /** Time between two lines of the log that tell how far a snapshot has come. */
    private static final long REPORT_NS = 10 * NS_PER_S;

    private static final CommandError IN_PROGRESS = new CommandError("ERR Background save already in progress");
    private static final CommandError REWRITING = new CommandError(
            "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in"
                    + " order to schedule a BGSAVE whenever possible.");
    private static final CommandError FAILED = new CommandError("ERR");
    private static final CommandError REFUSAL = new CommandError(
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands"
                    + " that may modify the data set are disabled, because this instance is configured to report"
                    + " errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please"
                    + " check the Redis logs for details about the RDB error.");

    /** A snapshot on its way to the disk in the background. */
    private static final class Run {
        final Snapshot view;
        final SnapshotFile.Progress progress = new SnapshotFile.Progress();
        final long startedNs;
        final long changes;
        final long keys;
        long reportedNs;

        /** FLUSHALL made it useless. */
        boolean useless;

        Run(Snapshot view, long startedNs, long changes) {
            this.view = view;
            this.startedNs = startedNs;
            this.reportedNs = startedNs;
            this.changes = changes;
            long n = 0;
            for (int db = 0; db < view.databases(); db++) {
                n += view.size(db);
            }
            this.keys = n;
        }
    }

    private final Outside outside;
    private final SavePoints.Points points;
    private @Nullable Engine engine;
    private Workers.@Nullable Worker worker;
    private @Nullable Run running;

    /** BGSAVE was asked for when it could not begin. */
    private boolean scheduled;

    /** FLUSHALL wants the empty data set to be saved. */
    private boolean emptied;

    private long changesSaved;
    private long lastSaveS;
    private long lastSaveNs;
    private long triedNs;
    private boolean lastFailed;
    private long lastTookS = -1;
    private long saves;
    private long keysLoaded;
    private long keysExpired;

    /** None written yet, none on its way. */
    public Snapshots(Outside outside) {
        this.outside = outside;
        this.points = new SavePoints.Points(outside.settings());
        this.lastSaveS = outside.clock().wallUs() / 1_000_000;
        this.lastSaveNs = outside.clock().monotonicNs();
    }

    /** Names the engine whose data is saved. */
    public void attach(Engine value) {
        engine = value;
    }

    private Engine attached() {
        Engine present = engine;
        if (present == null) {
            throw new IllegalStateException("no engine is attached");
        }
        return present;
    }

    /** Loading has ended, after it took so many keys from a snapshot and left out so many whose time was over. */
    public void opened(long loaded, long expired) {
        keysLoaded = loaded;
        keysExpired = expired;
        changesSaved = attached().changes();
    }

    // ---- what commands ask

    /** SAVE: returns when the file lasts. */
    public void save() {
        if (running != null) {
            throw IN_PROGRESS;
        }
        saves++;
        saveNow();
    }

    /** Writes a snapshot and returns when it lasts: part of another command. @throws CommandError when it can't */
    public void saveNow() {
        if (running != null) {
            throw IN_PROGRESS;
        }
        try {
            write();
        } catch (IOException e) {
            throw FAILED;
        }
    }

    /** Writes a snapshot at once. What went wrong is in the log. */
    private void write() throws IOException {
        long changes = attached().changes();
        try (Snapshot view = attached().freeze()) {
            Target target = new Target(outside);
            target.write(view, new SnapshotFile.Progress());
            outside.log().notice("DB saved on disk");
        } catch (IOException e) {
            outside.log().warning("Error saving DB on disk: " + e.getMessage());
            throw e;
        }
        saved(changes);
    }

    /** A file with all changes up to {@code changes} lasts. */
    private void saved(long changes) {
        changesSaved = changes;
        lastSaveS = outside.clock().wallUs() / 1_000_000;
        lastSaveNs = outside.clock().monotonicNs();
        lastFailed = false;
    }

    /**
     * BGSAVE. Returns the status to reply.
     *
     * @param schedule whether it may wait for the end of a rewrite, which is an error otherwise
     * @param together whether it is part of a transaction, behind whose end it begins
     * @param rewriting whether a rewrite of the append-only file is under way
     */
    public String backgroundSave(boolean schedule, boolean together, boolean rewriting) {
        if (running != null) {
            throw IN_PROGRESS;
        }
        if (together || rewriting && schedule) {
            scheduled = true;
            return "Background saving scheduled";
        }
        if (rewriting) {
            throw REWRITING;
        }
        saves++;
        start();
        return "Background saving started";
    }

    /** All databases were emptied: a snapshot that is under way is given up, and the empty data set saved instead. */
    public void flushed() {
        Run run = running;
        if (run != null) {
            run.useless = true;
            run.progress.cancelled = true;
        }
        emptied = !points.isEmpty();
    }

    // ---- in the background

    /** Whether a snapshot is being written in the background. */
    public boolean saving() {
        return running != null;
    }

    private void start() {
        Engine from = attached();
        long now = outside.clock().monotonicNs();
        triedNs = now;
        Run run = new Run(from.freeze(), now, from.changes());
        running = run;
        outside.log().notice("Background saving started");
        Target target = new Target(outside);
        worker().execute(() -> {
            String failure = "it ended by a bug";
            try {
                target.write(run.view, run.progress);
                failure = null;
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            } finally {
                String why = failure;
                outside.mailbox().post(() -> finished(run, why));
            }
        });
    }

    private Workers.Worker worker() {
        Workers.Worker present = worker;
        if (present == null) {
            present = outside.workers().worker("duet-snapshot");
            worker = present;
        }
        return present;
    }

    private void finished(Run run, @Nullable String failure) {
        run.view.close();
        running = null;
        lastTookS = (outside.clock().monotonicNs() - run.startedNs) / NS_PER_S;
        if (failure == null) {
            saved(run.changes);
            outside.log().notice("Background saving terminated with success");
        } else if (run.useless) {
            outside.log().notice("Background saving was given up: its data was deleted");
        } else {
            lastFailed = true;
            outside.log().warning("Background saving error: " + failure);
        }
    }

    /** What is due: save points, a scheduled save; {@code rewriting}: not while the append-only file is rewritten. */
    public void work(boolean rewriting) {
        long now = outside.clock().monotonicNs();
        Run run = running;
        if (run != null) {
            report(run, now);
            return;
        }
        if (rewriting || dueInNs(now) != 0) {
            return;
        }
        if (!scheduled && !emptied) {
            outside.log().notice(changes() + " changes in " + (now - lastSaveNs) / NS_PER_S + " seconds. Saving...");
        }
        saves += emptied ? 0 : 1;
        scheduled = false;
        emptied = false;
        start();
    }

    /** Time until a snapshot should begin; -1 when none should. */
    private long dueInNs(long now) {
        long due = scheduled || emptied ? 0 : points.dueInNs(changes(), now - lastSaveNs);
        long pause = lastFailed ? triedNs + RETRY_NS - now : 0;
        return due < 0 ? -1 : Math.max(due, Math.max(0, pause));
    }

    private void report(Run run, long now) {
        if (now - run.reportedNs >= REPORT_NS) {
            run.reportedNs = now;
            long done = run.progress.keys;
            outside.log()
                    .notice(String.format(
                            Locale.ROOT,
                            "Background saving: %d %% (%d of %d keys, %d MB written)",
                            100 * done / Math.max(1, run.keys),
                            done,
                            run.keys,
                            run.progress.bytes >> 20));
        }
    }

    /** Ms until {@link #work} is wanted; -1 = not before the next turn. */
    public long nextDutyInMs() {
        long now = outside.clock().monotonicNs();
        Run run = running;
        long ns = run != null ? Math.max(0, run.reportedNs + REPORT_NS - now) : dueInNs(now);
        return ns <= 0 ? ns : ns / 1_000_000 + 1;
    }

    private long changes() {
        return attached().changes() - changesSaved;
    }

    // ---- what others ask

    /** MISCONF after a failed snapshot, or null. */
    public @Nullable CommandError refusal() {
        return lastFailed && !points.isEmpty() && outside.settings().yes(PersistenceSettings.STOP_WRITES)
                ? REFUSAL
                : null;
    }

    /** Seconds since the epoch. */
    public long lastSaveS() {
        return lastSaveS;
    }

    /** Whether the setting {@code save} names any. */
    public boolean hasSavePoints() {
        return !points.isEmpty();
    }

    /** The lines of INFO that are about snapshots. Nothing is copied by processes here: those figures are zero. */
    public void info(Storage.Lines out) {
        Run run = running;
        out.line("current_cow_peak", 0);
        out.line("current_cow_size", 0);
        out.line("current_cow_size_age", 0);
        out.line("current_fork_perc", "0.00");
        out.line("current_save_keys_processed", run == null ? 0 : run.progress.keys);
        out.line("current_save_keys_total", run == null ? 0 : run.keys);
        out.line("rdb_changes_since_last_save", changes());
        out.line("rdb_bgsave_in_progress", run == null ? 0 : 1);
        out.line("rdb_last_save_time", lastSaveS);
        out.line("rdb_last_bgsave_status", lastFailed ? "err" : "ok");
        out.line("rdb_last_bgsave_time_sec", lastTookS);
        out.line(
                "rdb_current_bgsave_time_sec",
                run == null ? -1 : (outside.clock().monotonicNs() - run.startedNs) / NS_PER_S);
        out.line("rdb_saves", saves);
        out.line("rdb_last_cow_size", 0);
        out.line("rdb_last_load_keys_expired", keysExpired);
        out.line("rdb_last_load_keys_loaded", keysLoaded);
    }

    // ---- the end

    /** The last snapshot before the process ends, in place of one that is under way; fails when it can't be written. */
    public void saveAtEnd() throws IOException {
        stop();
        write();
    }

    /** Gives up what is under way and waits until nobody writes any more. */
    private void stop() {
        Run run = running;
        if (run != null) {
            run.useless = true;
            run.progress.cancelled = true;
        }
        Workers.Worker present = worker;
        if (present != null) {
            worker = null;
            present.close();
        }
        if (run != null) {
            outside.mailbox().runAll();
        }
    }

    /** Ends the thread. */
    public void close() {
        stop();
    }
}
