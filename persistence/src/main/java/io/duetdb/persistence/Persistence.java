package io.duetdb.persistence;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.aof.AppendOnly;
import io.duetdb.persistence.aof.Outcome;
import io.duetdb.persistence.backup.Backups;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.load.LoadException;
import io.duetdb.persistence.load.Loading;
import io.duetdb.persistence.snapshot.Snapshots;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How one engine's data outlives the process: loads it at the start, appends effects to the append-only file before the
 * replies leave, writes snapshots of frozen views. Made before its engine, which it is attached to afterwards; the
 * engine's thread only, but for {@link Outside#mailbox}.
 *
 * <p>A life: {@link #attach}, {@link #begin}, {@link #work} until nothing is {@link #loading}, then turns, each with
 * {@link #work} before {@link Engine#beforeSleep}, and {@link #close}.
 */
public final class Persistence implements Propagator, Storage, AutoCloseable {
    private final Outside outside;
    private final AppendOnly aof;
    private final Snapshots snapshots;
    private final Backups backups;
    private @Nullable Engine engine;
    private @Nullable Loading loading;

    /** Persistence with everything it may use. Touches no file yet. */
    public Persistence(Outside outside) {
        this.outside = outside;
        this.snapshots = new Snapshots(outside);
        this.aof = new AppendOnly(outside, snapshots);
        this.backups = new Backups(outside);
    }

    /** Names the engine whose effects come here and whose data is kept. */
    public void attach(Engine value) {
        engine = value;
        aof.attach(value);
        snapshots.attach(value);
        backups.attach(value);
    }

    // ---- the start

    /**
     * Finds what was kept and begins to load it; the engine answers LOADING from now on. With nothing kept, what the
     * settings ask for is opened at once.
     *
     * @throws LoadException when what is there must not be loaded, before anything was
     */
    public void begin() throws LoadException {
        loading = Loading.begin(outside, attached());
        work(0);
    }

    /** Whether data is being loaded. */
    public boolean loading() {
        return loading != null;
    }

    /**
     * What is to be done in a turn, before the engine ends it: a slice of loading, what workers have to say, what is due.
     * A load goes on until the monotonic clock passes {@code untilNs}.
     *
     * @throws LoadException when loading can't go on; the process is to end with this message
     */
    public void work(long untilNs) throws LoadException {
        Loading present = loading;
        if (present != null) {
            if (!present.step(untilNs)) {
                return;
            }
            loading = null;
            Outcome outcome = present.outcome();
            open(outcome);
            if (present.damaged()) {
                mend();
            }
            snapshots.opened(outcome.keysLoaded(), outcome.keysExpired());
            backups.opened();
        }
        outside.mailbox().runAll();
        snapshots.work(aof.rewriting());
        backups.work();
    }

    /** Why the process is to end at once, without another reply; or null. */
    public @Nullable String fatal() {
        return aof.fatal();
    }

    /** What is good of a damaged file is in memory now; written anew, the damage need not be met again. */
    private void mend() {
        try {
            outside.log().warning("The append-only file is damaged. " + aof.rewrite(false) + ".");
        } catch (CommandError e) {
            outside.log().warning("The append-only file is damaged, and can't be rewritten now: " + e.getMessage());
        }
    }

    private void open(Outcome outcome) throws LoadException {
        try {
            aof.open(outcome);
        } catch (IOException e) {
            throw new LoadException("The append-only file can't be opened: " + e.getMessage()
                    + ". See to it that the folder can be written, or start with appendonly no.");
        }
    }

    /** Ms until {@link #work} is wanted though nobody asks anything: 0 at once, -1 not before the next request. */
    public long nextDutyInMs() {
        if (loading != null) {
            return 0;
        }
        long other = aof.rewriting() ? -1 : snapshots.nextDutyInMs(); // it waits for the rewrite's end
        return sooner(aof.nextDutyInMs(), sooner(other, backups.nextDutyInMs()));
    }

    private static long sooner(long oneMs, long otherMs) {
        return oneMs < 0 ? otherMs : otherMs < 0 ? oneMs : Math.min(oneMs, otherMs);
    }

    private Engine attached() {
        Engine present = engine;
        if (present == null) {
            throw new IllegalStateException("no engine is attached");
        }
        return present;
    }

    // ---- effects

    @Override
    public boolean listening() {
        return aof.listening();
    }

    @Override
    public void propagate(int db, Argv effect, long offset) {
        aof.propagate(db, effect, offset);
    }

    @Override
    public void turnEnds(long offset) {
        aof.turnEnds(offset);
    }

    @Override
    public long safeOffset() {
        return aof.safeOffset();
    }

    @Override
    public boolean failing() {
        return aof.failing();
    }

    // ---- what commands ask

    @Override
    public @Nullable CommandError refusal() {
        CommandError why = aof.refusal();
        return why != null ? why : snapshots.refusal();
    }

    @Override
    public void save() {
        snapshots.save();
    }

    @Override
    public String backgroundSave(boolean schedule, boolean together) {
        return snapshots.backgroundSave(schedule, together, aof.rewriting());
    }

    @Override
    public void flushed() {
        if (loading == null) {
            snapshots.flushed();
            aof.flushed();
        }
    }

    @Override
    public String rewrite(boolean together) {
        return aof.rewrite(together);
    }

    @Override
    public long lastSaveS() {
        return snapshots.lastSaveS();
    }

    @Override
    public boolean appendOnly() {
        return aof.enabled();
    }

    @Override
    public long durableOffset() {
        return aof.durableOffset();
    }

    @Override
    public void reload(boolean save, boolean flush, boolean merge) {
        if (save) {
            snapshots.saveNow();
        }
        Loading.reload(outside, attached(), flush, merge);
    }

    @Override
    public void reloadAof() {
        try {
            keepAof();
        } catch (IOException e) {
            throw new CommandError("ERR the append-only file can't be written: " + e.getMessage());
        }
        Loading.reloadAof(outside, attached());
    }

    @Override
    public void info(Lines out) {
        Loading.info(loading, out);
        snapshots.info(out);
        aof.info(out);
        backups.info(out);
        Loading.infoEnd(loading, out);
    }

    // ---- the end

    /**
     * Makes what happened so far last: what was appended is forced to disk, a snapshot is written if {@code save}. Returns
     * when that is done, and goes on afterwards. While data is being loaded there is nothing to keep.
     *
     * @throws IOException when something could not be kept; the rest was
     */
    public void keep(boolean save) throws IOException {
        if (loading != null) {
            return;
        }
        IOException failure = null;
        try {
            keepAof();
        } catch (IOException e) {
            failure = e;
        }
        if (save) {
            snapshots.saveAtEnd();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Once forcing has failed only a new file can be relied on: it is written then, since the disk may be whole again. */
    private void keepAof() throws IOException {
        boolean flushed = true;
        try {
            aof.flush();
        } catch (IOException e) {
            flushed = false; // told by the second attempt, if that fails too
        }
        aof.complete();
        if (!flushed) {
            aof.flush();
        }
    }

    /**
     * Forces what was appended so far to the disk. Does not wait for the first base of a file that {@link #begins}.
     *
     * @throws IOException when it could not be
     */
    public void flush() throws IOException {
        if (loading == null) {
            aof.flush();
        }
    }

    /** Whether the append-only file was switched on and holds nothing yet: {@link #keep} waits for its first base. */
    public boolean begins() {
        return aof.begins();
    }

    /**
     * Ends after a last {@link #keep}. All threads are gone when this returns.
     *
     * @throws IOException when something could not be kept; all is closed all the same
     */
    public void close(boolean save) throws IOException {
        try {
            keep(save);
        } finally {
            abandon();
        }
    }

    /** Ends and keeps nothing more: what the present turn appended is not written. All threads are gone afterwards. */
    public void abandon() {
        aof.close();
        snapshots.close();
        backups.close();
    }

    /** Whether a snapshot is to be written at the end: the setting {@code save} names when one is. */
    public boolean savesAtEnd() {
        return snapshots.hasSavePoints();
    }

    @Override
    public void close() throws IOException {
        close(snapshots.hasSavePoints());
    }
}
