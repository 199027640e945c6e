package io.duetdb.persistence.aof;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.aof.LogTail.Trouble;
import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.snapshot.SnapshotFile;
import io.duetdb.persistence.snapshot.Snapshots;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The append-only file of a running engine: effects in, lasting bytes out, replies held until then. Engine's thread.
 *
 * <p>{@link LogWriter} writes what is appended, {@link Rewrite} writes new bases; here is decided when, and which files
 * there are.
 */
public final class AppendOnly {
    private static final CommandError IN_PROGRESS =
            new CommandError("ERR Background append only file rewriting already in progress");
    private static final CommandError NOT_NOW = new CommandError(
            "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.");
    private static final String STARTED = "Background append only file rewriting started";
    private static final String SCHEDULED = "Background append only file rewriting scheduled";
    private static final String MISCONF = "MISCONF Errors writing to the AOF file: ";

    private final Outside outside;
    private final Settings settings;
    private final Snapshots snapshots;
    private final AofFolder folder;
    private final EffectEncoder encoder;
    private final LogWriter writer;
    private final Rewrite rewrite;
    private final RewriteTimes times = new RewriteTimes();
    private @Nullable Engine engine;

    private Manifest manifest = Manifest.EMPTY;
    private boolean opened;
    private boolean on;
    private boolean listening;
    private boolean held;
    private boolean anew;
    private boolean wanted;
    private boolean readied;
    private boolean again;
    private @Nullable Entry next;
    private @Nullable Entry orphan;
    private boolean lastFailed;
    private String failure = "";
    private long rewrites;
    private long closedBytes;
    private @Nullable CommandError refusal;

    /** Nothing is opened yet. A rewrite waits while {@code snapshots} writes one. */
    public AppendOnly(Outside outside, Snapshots snapshots) {
        this.outside = outside;
        this.settings = outside.settings();
        this.snapshots = snapshots;
        folder = new AofFolder(outside);
        encoder = new EffectEncoder(outside.clock());
        writer = new LogWriter(outside, encoder, new LogTail.Listener() {
            @Override
            public void failed(Trouble what, IOException cause) {
                writingFailed();
            }

            @Override
            public void changed(@Nullable Manifest stored, @Nullable String failure) {
                fileChanged(stored, failure);
            }
        });
        rewrite = new Rewrite(outside, folder, writer, new Rewrite.Listener() {
            @Override
            public void rewritten(Manifest stored, long baseBytes, long offset) {
                AppendOnly.this.rewritten(stored, baseBytes, offset);
            }

            @Override
            public void failed(String why) {
                failure = why;
                rewriteFailed();
            }
        });
        follow();
    }

    private void follow() {
        settings.listen(PersistenceSettings.APPENDFSYNC, s -> policy());
        settings.listen(PersistenceSettings.NO_FSYNC_ON_REWRITE, s -> policy());
        settings.listen(PersistenceSettings.AOF_ACK, s -> policy());
        settings.listen(PersistenceSettings.AOF_TIMESTAMPS, s -> policy());
        settings.listen(PersistenceSettings.APPENDONLY, s -> switched());
        policy();
    }

    private void policy() {
        writer.policy(LogWriter.Policy.valueOf(
                settings.text(PersistenceSettings.APPENDFSYNC).toUpperCase(Locale.ROOT)));
        writer.forcingAllowed(!(settings.yes(PersistenceSettings.NO_FSYNC_ON_REWRITE) && rewrite.underWay()));
        held = settings.text(PersistenceSettings.AOF_ACK).equals("written")
                || settings.text(PersistenceSettings.APPENDFSYNC).equals("always");
        encoder.stamps(settings.yes(PersistenceSettings.AOF_TIMESTAMPS));
    }

    /** Names the engine whose effects come here. */
    public void attach(Engine value) {
        engine = value;
    }

    private Engine engine() {
        Engine present = engine;
        if (present == null) {
            throw new IllegalStateException("no engine is attached");
        }
        return present;
    }

    private boolean checksums() {
        return settings.yes(PersistenceSettings.AOF_CHECKSUM);
    }

    // ---- beginning

    /**
     * Goes on where loading ended: opens the last increment, or makes a new base and increment; nothing when off.
     *
     * @throws IOException when that can't be
     */
    public void open(Outcome outcome) throws IOException {
        opened = true;
        manifest = outcome.manifest();
        folder.known(manifest);
        times.sizeThen(outcome.baseBytes());
        if (!settings.yes(PersistenceSettings.APPENDONLY)) {
            return;
        }
        folder.make();
        long offset = engine().offset();
        Entry last = manifest.lastIncrement();
        if (outcome.fromSnapshot() || manifest.isEmpty()) {
            beginNew(offset);
        } else if (last == null) {
            manifest = manifest.with(folder.nextIncrement());
            LogFile file = folder.create(lastOf(manifest), checksums(), offset);
            folder.store(manifest);
            begin(file, offset);
        } else {
            boolean checked = checksums() || outcome.incrementChecked(); // the setting is about new files
            begin(folder.open(last, outcome.incrementBytes(), outcome.incrementCrc(), checked), offset);
        }
        closedBytes = folder.bytes(manifest);
        if (!settings.yes(PersistenceSettings.DISABLE_GC)) {
            removeHistory();
        }
    }

    private void removeHistory() {
        try {
            manifest = folder.removeHistory(manifest);
        } catch (IOException e) {
            outside.log().warning("Superseded append-only files could not be removed: " + e.getMessage());
        }
    }

    private static Entry lastOf(Manifest some) {
        Entry last = some.lastIncrement();
        if (last == null) {
            throw new IllegalStateException("the list has no increment");
        }
        return last;
    }

    /** Writes a base of what there is and the first increment, before anybody is served. */
    private void beginNew(long offset) throws IOException {
        Entry base = folder.nextBase();
        Entry increment = folder.nextIncrement();
        String temporary = folder.temporaryBase();
        outside.log().notice("Creating AOF base file " + base.name() + " and incr file " + increment.name());
        outside.disk().delete(temporary);
        long bytes;
        try (Snapshot view = engine().freeze()) {
            bytes = SnapshotFile.write(outside, view, temporary, true, new SnapshotFile.Progress());
        }
        outside.disk().rename(temporary, folder.path(base.name()));
        LogFile file = folder.create(increment, checksums(), offset);
        manifest = manifest.rewritten(base, Long.MAX_VALUE).with(increment);
        folder.store(manifest);
        times.sizeThen(bytes);
        begin(file, offset);
        writer.lastsTo(offset);
    }

    private void begin(LogFile file, long offset) {
        writer.begin(file, offset);
        on = true;
        listens();
    }

    // ---- switched on and off while running

    private void switched() {
        boolean wants = settings.yes(PersistenceSettings.APPENDONLY);
        if (!opened || wants == on) {
            return;
        }
        if (wants) {
            switchOn();
        } else {
            switchOff();
        }
    }

    private void switchOn() {
        rewrite.stop();
        try {
            folder.make();
            manifest = folder.read();
            folder.known(manifest);
        } catch (IOException e) {
            outside.log().warning("The append-only file can't be switched on: " + e.getMessage());
            throw new IllegalArgumentException("Unable to turn on AOF. Check server logs.");
        }
        on = true;
        anew = true;
        listens();
    }

    private void switchOff() {
        rewrite.cancel();
        try {
            writer.flush(engine().offset());
        } catch (IOException e) {
            outside.log().warning("The append-only file ends without its last effects: " + e.getMessage());
        }
        rewrite.stop(); // behind it no list will name anything more
        writer.end();
        on = false;
        anew = false;
        wanted = false;
        dropOrphan();
        refusal = null;
        listens();
    }

    // ---- effects

    /** Whether effects are wanted. */
    public boolean listening() {
        return listening;
    }

    /** Effects are wanted but while the file is to be begun anew: the view that is frozen then will hold them. */
    private void listens() {
        listening = on && (!anew || rewrite.underWay() && rewrite.kind() == Rewrite.Kind.ANEW);
    }

    /** Appends one effect to what leaves at the end of the turn. */
    public void propagate(int db, Argv effect, long offset) {
        writer.add(db, effect);
    }

    /** All databases were emptied: a rewrite that is under way begins once more, since the base would be tiny now. */
    public void flushed() {
        if (rewrite.underWay() && rewrite.kind() == Rewrite.Kind.GROWN) {
            again = true;
            rewrite.cancel();
        }
    }

    /** Writes what the turn appended, or hands it to the writer. */
    public void turnEnds(long offset) {
        if (on) {
            writer.turnEnds(offset);
        }
        if (anew) {
            beginAnew(offset);
        } else if (wanted || due()) {
            beginRewrite();
        }
    }

    /** Replies up to this offset may leave. */
    public long safeOffset() {
        return !on || begins() || !held ? Long.MAX_VALUE : writer.safe();
    }

    /** Whether it was switched on and holds nothing yet: its first base is to be written. */
    public boolean begins() {
        return on && anew && writer.trouble() == Trouble.NONE;
    }

    /** Whether appending fails, so that what was executed and not yet appended may stay so for long. */
    public boolean failing() {
        return refusal != null;
    }

    /** Ms until a turn is wanted; -1 = not before the next one. */
    public long nextDutyInMs() {
        if (!on) {
            return -1;
        }
        if (anew) {
            return rewrite.underWay() || writer.changing() ? -1 : writer.attemptInMs();
        }
        return writer.nextDutyInMs();
    }

    // ---- failures

    /** Why the process is to end at once, or null. No reply that waits leaves any more. */
    public @Nullable String fatal() {
        return writer.fatal();
    }

    private void writingFailed() {
        refusal = new CommandError(MISCONF + writer.troubleText());
        if (rewrite.underWay()) {
            rewrite.cancel();
        }
        if (writer.trouble() == Trouble.FORCE) {
            anew = true;
            listens();
        }
    }

    /** MISCONF while nothing can be appended, or null. */
    public @Nullable CommandError refusal() {
        if (refusal != null && writer.trouble() == Trouble.NONE) {
            refusal = null;
        }
        return refusal;
    }

    // ---- rewriting

    /** BGREWRITEAOF. Returns the status to reply; {@code together}: it is part of a transaction. */
    public String rewrite(boolean together) {
        if (rewriting()) {
            throw IN_PROGRESS;
        }
        if (!roomForBase()) {
            throw NOT_NOW;
        }
        wanted = true;
        return together || snapshots.saving() ? SCHEDULED : STARTED;
    }

    /** Whether a rewrite is under way, or begins at the end of this turn. */
    public boolean rewriting() {
        return rewrite.underWay() || wanted && !snapshots.saving();
    }

    private boolean due() {
        return on
                && !rewrite.underWay()
                && !snapshots.saving()
                && times.due(
                        bytes(),
                        settings.number(PersistenceSettings.REWRITE_PERCENTAGE),
                        settings.number(PersistenceSettings.REWRITE_MIN_SIZE),
                        outside.clock().monotonicNs())
                && roomOrLater();
    }

    private boolean roomOrLater() {
        if (roomForBase()) {
            return true;
        }
        rewriteFailed();
        return false;
    }

    /** Whether the disk has room for a base that is a fifth larger than it is likely to be. */
    private boolean roomForBase() {
        if (!settings.yes(PersistenceSettings.REWRITE_SPACE_CHECK)) {
            return true;
        }
        try {
            if (!outside.disk().exists(folder.path())) {
                return true;
            }
            long likely = Math.max(times.sizeThen(), engine().usedBytes() / 2);
            long free = folder.freeBytes();
            if (free >= likely + likely / 5) {
                return true;
            }
            outside.log()
                    .warning("The append-only file is not rewritten: the new base may need " + (likely >> 20)
                            + " MB and a fifth, " + (free >> 20) + " MB are free in " + folder.path()
                            + ". Make room, or set aof-rewrite-space-check no.");
        } catch (IOException e) {
            outside.log().warning("The append-only file is not rewritten: " + e.getMessage());
        }
        return false;
    }

    private void beginRewrite() {
        if (rewrite.underWay() || snapshots.saving() || engine().suspended()) {
            return;
        }
        if (!on) {
            wanted = false;
            begin(Rewrite.Kind.BASE_ONLY);
            rewrite.write(manifest, null, removes());
            return;
        }
        if (writer.trouble() != Trouble.NONE) {
            wanted = false;
            rewriteFailed();
            return;
        }
        wanted = true;
        if (!readied) {
            readied = true;
            writer.forceAhead(); // replies wait while the old increment is forced: let little be left of it
        }
        if (writer.forcing()) {
            return;
        }
        wanted = false;
        readied = false;
        Entry increment = folder.nextIncrement();
        next = increment;
        begin(Rewrite.Kind.GROWN);
        writer.rotate(folder, manifest, increment, checksums());
    }

    private void begin(Rewrite.Kind kind) {
        rewrite.begin(kind, engine().freeze());
        policy();
    }

    /** Freezes everything and begins to append behind it, if it is time to try. */
    private void beginAnew(long offset) {
        boolean may = !rewrite.underWay() && !writer.changing() && !writer.forcing() && writer.attemptInMs() == 0;
        if (may && !engine().suspended()) {
            beginAnewNow(offset);
        }
    }

    private void beginAnewNow(long offset) {
        wanted = false;
        Entry increment = folder.nextIncrement();
        next = increment;
        begin(Rewrite.Kind.ANEW);
        writer.beginAnew(folder, increment, checksums(), offset);
        listens();
    }

    private boolean removes() {
        return !settings.yes(PersistenceSettings.DISABLE_GC);
    }

    /** The writer's thread has gone over to a new increment, or could not. */
    private void fileChanged(@Nullable Manifest stored, @Nullable String failure) {
        if (failure != null) {
            next = null;
            rewrite.giveUp(failure);
            return;
        }
        if (stored != null) {
            manifest = stored;
            closedBytes = folder.bytes(manifest);
        } else {
            dropOrphan();
        }
        rewrite.write(manifest, next, removes());
    }

    private void rewritten(Manifest stored, long baseBytes, long offset) {
        manifest = stored;
        if (offset < 0) {
            return; // it does not last for certain: its failure is told in a moment
        }
        if (anew && rewrite.kind() == Rewrite.Kind.ANEW) {
            anew = false;
            writer.listed(offset);
        }
        next = null;
        closedBytes = baseBytes;
        times.sizeThen(baseBytes + writer.size());
        times.succeeded();
        rewrites++;
        again = false;
        lastFailed = false;
        policy();
        listens();
    }

    private void rewriteFailed() {
        if (anew && rewrite.kind() == Rewrite.Kind.ANEW) {
            orphan = next;
            writer.attemptFailed();
        }
        next = null;
        wanted = again && on;
        if (!again) {
            lastFailed = true;
            times.failed(outside.clock().monotonicNs());
        }
        again = false;
        policy();
        listens();
    }

    /** Removes an increment that was begun and never listed. */
    private void dropOrphan() {
        Entry entry = orphan;
        orphan = null;
        if (entry != null) {
            boolean listed = manifest.increments().contains(entry);
            if (!listed) {
                folder.deleteQuietly(entry);
            }
        }
    }

    // ---- what others ask

    /** Whether the setting is on. */
    public boolean enabled() {
        return on;
    }

    /** Effects up to this offset last through a power cut. */
    public long durableOffset() {
        return on && !anew ? writer.lasts() : 0;
    }

    /**
     * Writes and forces everything, and returns when that is done.
     *
     * @throws IOException when it could not be
     */
    public void flush() throws IOException {
        if (on) {
            writer.flush(engine().offset());
        }
    }

    /**
     * Where it {@link #begins}, or forcing failed, has its base written to the end, so that it holds everything.
     *
     * @throws IOException when that can't be
     */
    public void complete() throws IOException {
        for (int i = 0; i < 2 && on && anew; i++) { // the one that is under way may fail, or have been given up
            writer.settle();
            if (!rewrite.underWay()) {
                beginAnewNow(engine().offset());
            }
            writer.settle();
            rewrite.settle();
        }
        if (begins()) {
            throw new IOException("the append-only file was switched on and could not be begun: " + failure);
        }
    }

    private long bytes() {
        return closedBytes + writer.size();
    }

    /** The lines of INFO that are about the append-only file. */
    public void info(Storage.Lines out) {
        out.line("aof_enabled", on ? 1 : 0);
        out.line("aof_rewrite_in_progress", rewriting() ? 1 : 0);
        out.line("aof_rewrite_scheduled", wanted && snapshots.saving() ? 1 : 0);
        out.line("aof_last_rewrite_time_sec", rewrite.lastTookS());
        out.line("aof_current_rewrite_time_sec", rewrite.tookS());
        out.line("aof_last_bgrewrite_status", lastFailed ? "err" : "ok");
        out.line("aof_rewrites", rewrites);
        out.line("aof_rewrites_consecutive_failures", times.failures());
        out.line("aof_last_write_status", refusal() == null ? "ok" : "err");
        out.line("aof_last_cow_size", 0);
        out.line("module_fork_in_progress", 0);
        out.line("module_fork_last_cow_size", 0);
        if (on) {
            out.line("aof_current_size", bytes());
            out.line("aof_base_size", times.sizeThen());
            out.line("aof_pending_rewrite", wanted && snapshots.saving() ? 1 : 0);
            out.line("aof_buffer_length", writer.waitingBytes());
            out.line("aof_pending_bio_fsync", writer.forcing() ? 1 : 0);
            out.line("aof_delayed_fsync", writer.delayed());
        }
    }

    /** Ends the threads and closes the files. A rewrite that is under way is given up. */
    public void close() {
        rewrite.close();
        writer.close();
    }
}
