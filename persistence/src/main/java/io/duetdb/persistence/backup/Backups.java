package io.duetdb.persistence.backup;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.config.BackupSchedule;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import io.duetdb.persistence.snapshot.SnapshotFile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the backups of {@code backup-schedule} while the server runs: frozen views, written beside the engine by a worker.
 * One that was missed while no server ran is made up for after the start, once. Engine's thread.
 */
public final class Backups {
    /** After a failure. */
    private static final long RETRY_MS = 5 * 60_000;

    /** The host's clock may be set: it is looked at so often at least. */
    private static final long LOOK_MS = 60_000;

    private static final int US_PER_MS = 1000;
    private static final int MS_PER_S = 1000;

    private final Outside outside;
    private @Nullable Engine engine;
    private @Nullable BackupSchedule schedule;
    private Workers.@Nullable Worker worker;
    private @Nullable Running running;
    private boolean open;
    private long dueAtMs;
    private String lastStatus = "ok";
    private long made;

    private record Running(Snapshot view, String name, SnapshotFile.Progress progress) {}

    public Backups(Outside outside) {
        this.outside = outside;
    }

    /** Names the engine whose data is backed up. */
    public void attach(Engine value) {
        engine = value;
        outside.settings().listen(PersistenceSettings.BACKUP_SCHEDULE, this::plan);
        outside.settings().listen(PersistenceSettings.BACKUP_KEEP, this::plan);
    }

    /** The data is loaded: backups may begin. */
    public void opened() {
        open = true;
        plan(outside.settings());
    }

    private void plan(Settings settings) {
        schedule = BackupSchedule.of(settings.text(PersistenceSettings.BACKUP_SCHEDULE));
        BackupSchedule present = schedule;
        if (!open || present == null) {
            return;
        }
        long nowMs = nowMs();
        long lastMs = nowMs;
        try {
            BackupFolder folder = folder();
            if (running == null) {
                folder.removeUnfinished();
            }
            long latestMs = folder.latestAutomaticMs();
            lastMs = latestMs < 0 ? nowMs : Math.min(latestMs, nowMs);
        } catch (IOException e) {
            outside.log().warning("The folder of backups can't be read: " + e.getMessage());
        }
        dueAtMs = present.after(lastMs);
    }

    /** Begins what is due. */
    public void work() {
        BackupSchedule present = schedule;
        if (!open || present == null || running != null) {
            return;
        }
        long nowMs = nowMs();
        if (nowMs >= dueAtMs) {
            begin(present, nowMs);
        } else if (dueAtMs - nowMs > present.periodMs()) {
            dueAtMs = present.after(nowMs); // the host's clock was set back
        }
    }

    /** Ms until {@link #work} is wanted; -1 = not before the next turn. */
    public long nextDutyInMs() {
        if (!open || schedule == null || running != null) {
            return -1;
        }
        return Math.max(0, Math.min(LOOK_MS, dueAtMs - nowMs()));
    }

    private void begin(BackupSchedule present, long nowMs) {
        Engine source = engine;
        if (source == null) {
            throw new IllegalStateException("no engine is attached");
        }
        dueAtMs = present.after(nowMs);
        Running next = new Running(source.freeze(), BackupFolder.automaticName(nowMs), new SnapshotFile.Progress());
        running = next;
        Workers.Worker writer = worker;
        if (writer == null) {
            writer = outside.workers().worker("duet-backup");
            worker = writer;
        }
        long keep = outside.settings().number(PersistenceSettings.BACKUP_KEEP);
        BackupFolder folder = folder();
        writer.execute(() -> write(next, folder, keep));
    }

    /** On the worker. */
    private void write(Running what, BackupFolder folder, long keep) {
        String failure = "a bug, which is logged";
        List<String> removed = List.of();
        try {
            folder.make();
            outside.disk().delete(folder.temporary(what.name));
            SnapshotFile.write(outside, what.view, folder.temporary(what.name), false, what.progress);
            folder.keep(what.name);
            removed = keep == 0 ? removed : folder.removeSurplus(keep);
            failure = "";
        } catch (IOException | Snapshot.Cancelled e) {
            failure = String.valueOf(e.getMessage());
        } finally {
            String why = failure;
            List<String> gone = removed;
            outside.mailbox().post(() -> ended(what, why, gone));
        }
    }

    private void ended(Running what, String failure, List<String> removed) {
        if (running != what) {
            return; // closed meanwhile
        }
        running = null;
        what.view.close();
        if (failure.isEmpty()) {
            made++;
            lastStatus = "ok";
            outside.log()
                    .notice("Backup " + what.name + ": " + what.progress.keys
                            + (what.progress.keys == 1 ? " key, " : " keys, ") + what.progress.bytes + " bytes"
                            + (removed.isEmpty() ? "" : "; removed " + String.join(", ", removed)));
        } else {
            lastStatus = "err";
            dueAtMs = Math.min(dueAtMs, nowMs() + RETRY_MS);
            outside.log()
                    .warning("Backup " + what.name + " could not be made: " + failure + "; the next try is in "
                            + Math.max(0, dueAtMs - nowMs()) / MS_PER_S + " s");
        }
    }

    /** The lines of INFO that are about backups; none when there is no schedule. */
    public void info(Storage.Lines out) {
        if (schedule != null) {
            out.line("backups_made", made);
            out.line("backup_in_progress", running == null ? 0 : 1);
            out.line("backup_last_status", lastStatus);
            out.line("backup_next_in_seconds", Math.max(0, dueAtMs - nowMs()) / MS_PER_S);
        }
    }

    /** Ends the thread. A backup that is being made is given up. */
    public void close() {
        open = false;
        Running present = running;
        if (present != null) {
            present.progress.cancelled = true;
        }
        if (worker != null) {
            worker.close();
            worker = null;
        }
        if (present != null) {
            running = null;
            present.view.close();
        }
    }

    private BackupFolder folder() {
        return new BackupFolder(outside.disk(), outside.settings().text("dir"));
    }

    private long nowMs() {
        return outside.clock().wallUs() / US_PER_MS;
    }
}
