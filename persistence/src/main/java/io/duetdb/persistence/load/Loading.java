package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.aof.Outcome;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data on its way from the disk into the engine, in slices of turns: the files that {@link LoadPlan} found, one after
 * the other. When a file turns out to be good only up to a place that was passed already, all begins anew, up to there.
 */
public final class Loading {
    /** What the setting's value is at first: a file must not depend on a client's limit that was lowered since. */
    private static final long BULK_MAX_MIN = 512L << 20;

    private final Outside outside;
    private final Engine engine;
    private final boolean merge;
    private final boolean starts;
    private LoadPlan plan;
    private final LoadProgress progress;
    private final long[] limits;
    private final String[] reasons;

    private int index;
    private @Nullable SnapshotLoad snapshot;
    private @Nullable AofLoad commands;
    private boolean damaged;
    private boolean done;

    private long effects;
    private long goodBytes;
    private int goodCrc;
    private boolean checked;
    private long aofBytes;
    private long baseBytes;

    private Loading(Outside outside, Engine engine, LoadPlan plan, boolean starts, boolean merge) {
        this.outside = outside;
        this.engine = engine;
        this.plan = plan;
        this.merge = merge;
        this.starts = starts;
        progress = new LoadProgress(outside, engine, plan.bytes());
        limits = new long[plan.parts().size()];
        Arrays.fill(limits, Long.MAX_VALUE);
        reasons = new String[limits.length];
        Arrays.fill(reasons, "");
    }

    /**
     * Finds what is there and begins to load it.
     *
     * @throws LoadException when a file is missing or can't be read; nothing was changed then
     */
    public static Loading begin(Outside outside, Engine engine) throws LoadException {
        LoadPlan plan = LoadPlan.find(outside);
        Leftovers.remove(outside);
        return new Loading(outside, engine, plan, true, false).start();
    }

    private Loading start() {
        engine.beginLoading();
        return this;
    }

    /** Goes on until the monotonic clock passes {@code untilNs}, at least by one piece. Returns whether all is done. */
    public boolean step(long untilNs) throws LoadException {
        try {
            do {
                if (piece()) {
                    return true;
                }
            } while (outside.clock().monotonicNs() < untilNs);
        } catch (LoadException | RuntimeException e) {
            close();
            throw e;
        }
        progress.log();
        return false;
    }

    private void close() {
        try {
            if (snapshot != null) {
                snapshot.close();
            }
            if (commands != null) {
                commands.close();
            }
        } catch (LoadException alsoFailed) {
            outside.log().warning(alsoFailed.getMessage());
        }
    }

    /** A piece of a file. Returns whether all is loaded. */
    private boolean piece() throws LoadException {
        SnapshotLoad present = snapshot;
        AofLoad stream = commands;
        if (present != null) {
            if (present.piece()) {
                snapshotEnds(present);
            }
        } else if (stream != null) {
            switch (stream.piece()) {
                case GOES_ON -> {}
                case AGAIN -> again(stream);
                case CUT -> cut(stream);
                case DONE -> commandsEnd(stream);
            }
        } else if (index < plan.parts().size()) {
            open(plan.parts().get(index));
        } else if (!done) {
            finish();
        }
        return done;
    }

    private void open(LoadPlan.Part part) throws LoadException {
        if (part.snapshot()) {
            snapshot = new SnapshotLoad(outside, engine, part, merge, progress);
        } else {
            openCommands(part, 0);
        }
    }

    private void snapshotEnds(SnapshotLoad present) throws LoadException {
        LoadPlan.Part part = plan.parts().get(index);
        long end = present.position();
        effects = Math.max(effects, present.effects());
        present.close();
        snapshot = null;
        if (end < part.bytes() && part.role() != LoadPlan.Role.DUMP) {
            openCommands(part, end);
            return;
        }
        goodBytes = part.bytes();
        partEnds(part);
    }

    private void openCommands(LoadPlan.Part part, long origin) throws LoadException {
        boolean last = index == plan.parts().size() - 1;
        AofLoad.Policy policy = switch (outside.settings().text(PersistenceSettings.LOAD_DAMAGED)) {
            case "prefix" -> AofLoad.Policy.PREFIX;
            case "all" -> AofLoad.Policy.ALL;
            default -> AofLoad.Policy.REFUSE;
        };
        // While a process runs, the file is being appended to: whatever is wrong with it, it is not to be cut.
        AofLoad.Rules rules = new AofLoad.Rules(
                last,
                starts && outside.settings().yes(PersistenceSettings.LOAD_TRUNCATED),
                starts ? policy : AofLoad.Policy.REFUSE,
                Math.max(BULK_MAX_MIN, outside.settings().number("proto-max-bulk-len")));
        long limit = Math.min(limits[index], part.bytes());
        commands = new AofLoad(outside, engine, part, rules, progress, origin, effects, limit, reasons[index]);
    }

    private void commandsEnd(AofLoad stream) throws LoadException {
        LoadPlan.Part part = plan.parts().get(index);
        effects = stream.effects();
        goodBytes = stream.goodBytes();
        goodCrc = stream.goodCrc();
        checked = stream.checked();
        damaged |= stream.damaged();
        stream.close();
        commands = null;
        partEnds(part);
    }

    private void partEnds(LoadPlan.Part part) {
        aofBytes += goodBytes;
        if (part.role() == LoadPlan.Role.BASE) {
            baseBytes = goodBytes;
        }
        if (part.role() == LoadPlan.Role.BASE) {
            goodBytes = 0;
            goodCrc = 0;
        }
        progress.partDone(part.bytes());
        index++;
    }

    private void again(AofLoad stream) throws LoadException {
        limits[index] = stream.cutAt();
        reasons[index] = stream.reason();
        outside.log()
                .warning(plan.parts().get(index).path() + " is good only up to offset " + stream.cutAt() + " ("
                        + stream.reason() + "). Loading begins anew, up to there.");
        stream.close();
        commands = null;
        engine.endLoading();
        engine.empty();
        engine.beginLoading();
        index = 0;
        effects = 0;
        aofBytes = 0;
        progress.again();
    }

    /** Before a file is cut, those behind it are given up: without its end they would not fit to it. */
    private void cut(AofLoad stream) throws LoadException {
        if (index < plan.parts().size() - 1) {
            dropLater();
        }
        stream.cut();
        commandsEnd(stream);
    }

    /** What follows a part that is cut does not fit to it any more: it leaves the list, and gets another name. */
    private void dropLater() throws LoadException {
        List<LoadPlan.Part> parts = plan.parts();
        AofNames names = new AofNames(outside);
        Manifest before = plan.manifest();
        int kept = index + 1 - (before.base() == null ? 0 : 1);
        Manifest after = new Manifest(
                before.base(), before.history(), before.increments().subList(0, kept));
        try {
            Adoption.write(outside.disk(), names, after);
            for (LoadPlan.Part part : parts.subList(index + 1, parts.size())) {
                String name = Aside.away(outside, part.path());
                outside.log().warning(part.path() + " is not loaded, but kept as " + name + ".");
            }
            outside.disk().force(names.folder());
        } catch (IOException e) {
            throw Refusals.unreadable(names.folder(), e);
        }
        plan = new LoadPlan(after, parts.subList(0, index + 1), plan.fromSnapshot());
    }

    private void finish() {
        engine.endLoading();
        if (starts) {
            engine.continueFrom(effects);
        }
        done = true;
        if (!plan.parts().isEmpty()) {
            progress.logEnd();
        }
    }

    /** What was found; once all is done. */
    public Outcome outcome() {
        boolean snapshotOnly = plan.fromSnapshot();
        return new Outcome(
                plan.manifest(),
                plan.manifest().increments().isEmpty() ? 0 : goodBytes,
                plan.manifest().increments().isEmpty() ? 0 : goodCrc,
                checked,
                effects,
                snapshotOnly ? 0 : aofBytes,
                baseBytes,
                snapshotOnly,
                progress.taken.keys,
                progress.taken.expired);
    }

    /** Whether the append-only file was loaded in spite of damage, so that it should be written anew. */
    public boolean damaged() {
        return damaged;
    }

    /** Bytes loaded so far. */
    public long loadedBytes() {
        return progress.loadedBytes();
    }

    /** Bytes to be loaded in all. */
    public long totalBytes() {
        return progress.totalBytes();
    }

    /** Commands run so far. */
    public long commands() {
        return progress.commands;
    }

    // ---- at run time

    /**
     * DEBUG RELOAD: the snapshot again, at once.
     *
     * @param flush whether the keys that are there go first
     * @param merge whether the snapshot's keys replace those of the same name; otherwise such a key is an error
     */
    public static void reload(Outside outside, Engine engine, boolean flush, boolean merge) {
        try {
            LoadPlan plan = LoadPlan.snapshot(outside, false);
            if (plan.parts().isEmpty()) {
                throw new LoadException("There is no snapshot "
                        + outside.path(outside.settings().text(PersistenceSettings.DBFILENAME)) + ".");
            }
            atOnce(new Loading(outside, engine, plan, false, merge), flush);
        } catch (LoadException e) {
            outside.log().warning(e.getMessage());
            throw new CommandError("ERR Error trying to load the RDB dump, check server logs.");
        }
    }

    /** DEBUG LOADAOF: the append-only file again, at once. */
    public static void reloadAof(Outside outside, Engine engine) {
        try {
            LoadPlan plan = LoadPlan.appendOnly(outside);
            atOnce(new Loading(outside, engine, plan, false, false), true);
            outside.log().warning("Append Only File loaded by DEBUG LOADAOF");
        } catch (LoadException e) {
            outside.log().warning(e.getMessage());
            throw new CommandError("ERR Error trying to load the AOF files, check server logs.");
        }
    }

    /** Loads to the end; when that fails, the data is as before. */
    private static void atOnce(Loading loading, boolean flush) throws LoadException {
        Engine engine = loading.engine;
        try (Snapshot before = engine.freeze()) {
            if (flush) {
                engine.empty();
            }
            loading.start();
            try {
                loading.run();
            } catch (LoadException | RuntimeException e) { // a bug must not leave everybody answered LOADING
                engine.endLoading();
                engine.rollBack(before);
                throw e;
            }
        }
    }

    private void run() throws LoadException {
        boolean all = false;
        while (!all) {
            all = step(Long.MAX_VALUE);
        }
    }

    // ---- figures

    /** The first lines of INFO's section Persistence. */
    public static void info(@Nullable Loading present, Storage.Lines out) {
        out.line("loading", present == null ? 0 : 1);
        out.line("async_loading", 0);
    }

    /** The last lines of INFO's section Persistence: only while data is loaded. */
    public static void infoEnd(@Nullable Loading present, Storage.Lines out) {
        if (present != null) {
            present.progress.info(out);
        }
    }
}
