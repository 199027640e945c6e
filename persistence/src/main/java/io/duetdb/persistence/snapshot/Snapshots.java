package io.duetdb.persistence.snapshot;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** SAVE, BGSAVE, save points: when a snapshot is written, and what became of it. Engine's thread. */
public final class Snapshots {
    public Snapshots(Outside outside) {}

    public void attach(Engine engine) {}

    /** Loading has ended, after it took so many keys from a snapshot and left out so many whose time was over. */
    public void opened(long keysLoaded, long keysExpired) {}

    /** SAVE: returns when the file lasts. */
    public void save() {
        throw new UnsupportedOperationException();
    }

    /** BGSAVE. Returns the status to reply. */
    public String backgroundSave(boolean schedule, boolean rewriting) {
        throw new UnsupportedOperationException();
    }

    /** What is due: save points, a scheduled save. */
    public void work() {}

    /** Ms until {@link #work} is wanted; -1 = not before the next turn. */
    public long nextDutyInMs() {
        return -1;
    }

    /** MISCONF after a failed snapshot, or null. */
    public @Nullable CommandError refusal() {
        return null;
    }

    /** Seconds since the epoch. */
    public long lastSaveS() {
        return 0;
    }

    /** Whether the setting {@code save} names any. */
    public boolean hasSavePoints() {
        return false;
    }

    /** The last snapshot before the process ends, in place of one that is under way; fails when it can't be written. */
    public void saveAtEnd() throws IOException {}

    /** The lines of INFO that are about snapshots. */
    public void info(Storage.Lines out) {}

    /** Ends the thread. */
    public void close() {}
}
