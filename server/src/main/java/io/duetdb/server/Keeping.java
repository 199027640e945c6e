package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.Persistence;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.NioDisk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.ThreadWorkers;
import io.duetdb.persistence.load.LoadException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an instance keeps beyond its process: its {@link Persistence}, the disk, threads and log that this is given, and
 * how it begins, goes on and ends. Used while the instance's lock is held, unless a method says otherwise.
 */
final class Keeping implements Storage.Lines {
    /** Loading lets others ask that often. */
    private static final long SLICE_NS = 5_000_000;

    private final Persistence persistence;
    private final Clock clock;
    private final Around around;
    private final ServerLog log;
    private @Nullable String failure;
    private boolean ends;
    private boolean savesAtEnd = true;
    private boolean over = true;
    private long loadedBytes;
    private long totalBytes;

    /** What {@code instance} keeps in the folder that its settings name. Touches no file yet. */
    Keeping(Instance instance, InstanceOptions options, ServerHost host) {
        clock = options.clock;
        around = new Around(instance, host);
        log = host.log;
        persistence = new Persistence(new Outside(
                options.settings, clock, new NioDisk(), new ThreadWorkers(around), new Mailbox(around), log));
    }

    /**
     * Makes the settings refuse what asks for files, for an instance that may touch none.
     *
     * @throws StartupException when they ask for files already
     */
    static void refuse(Settings settings) throws StartupException {
        for (String name : new String[] {
            PersistenceSettings.APPENDONLY, PersistenceSettings.SAVE, PersistenceSettings.BACKUP_SCHEDULE
        }) {
            if (asksForFiles(settings, name)) {
                throw new StartupException(name + ' ' + settings.text(name) + ": " + NO_FOLDER);
            }
            settings.listen(name, changed -> {
                if (asksForFiles(changed, name)) {
                    throw new IllegalArgumentException(NO_FOLDER);
                }
            });
        }
    }

    private static final String NO_FOLDER =
            "this instance has no folder to keep data in; name one before its start, as the setting dir";

    private static boolean asksForFiles(Settings settings, String name) {
        String value = settings.text(name);
        return !value.isEmpty() && !value.equals("no");
    }

    /** Who is to receive the engine's effects. */
    Propagator propagator() {
        return persistence;
    }

    /** What commands ask. */
    Storage storage() {
        return persistence;
    }

    /** Names the engine, which was made with {@link #propagator}. */
    void attach(Engine engine) {
        persistence.attach(engine);
    }

    // ---- the start

    /**
     * Finds what was kept and begins to load it, or goes on to the end if {@code whole}.
     *
     * @throws StartupException when it can't be loaded; nothing on the disk was changed
     */
    void begin(boolean whole) throws StartupException {
        over = false; // what was never looked at must not be written over at the end
        try {
            persistence.begin();
            while (whole && persistence.loading()) {
                persistence.work(clock.monotonicNs() + SLICE_NS);
            }
        } catch (LoadException e) {
            abandon();
            throw new StartupException(String.valueOf(e.getMessage()));
        } catch (RuntimeException bug) {
            abandon();
            throw bug;
        }
    }

    /** Whether data is being loaded. */
    boolean loading() {
        return failure == null && persistence.loading();
    }

    /** Why loading had to end, or null. */
    @Nullable
    String failure() {
        return failure;
    }

    /** Whether the process is to end at once, for the reason of {@link #failure}. */
    boolean ends() {
        return ends;
    }

    /** How many bytes were loaded, and of how many: asks for the figures of INFO. */
    long[] progress() {
        persistence.info(this);
        return new long[] {loadedBytes, totalBytes};
    }

    @Override
    public void line(String name, String value) {
        if (name.equals("loading_loaded_bytes")) {
            loadedBytes = Long.parseLong(value);
        } else if (name.equals("loading_total_bytes")) {
            totalBytes = Long.parseLong(value);
        }
    }

    // ---- turns

    /** What is to be done in a turn. Returns false when the instance must not go on: {@link #failure} says why. */
    boolean work() {
        if (over) {
            return failure == null;
        }
        boolean loading = persistence.loading();
        try {
            persistence.work(loading ? clock.monotonicNs() + SLICE_NS : 0);
            String fatal = persistence.fatal();
            ends = fatal != null;
            return fatal == null || failed(fatal);
        } catch (LoadException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException bug) {
            around.thrown(loading ? "loading" : "the end of a turn", bug);
            return !loading || failed("loading failed by an error of Duet's own, see the log: " + bug);
        }
    }

    private boolean failed(String why) {
        failure = why;
        abandon();
        return false;
    }

    /** Ms until {@link #work} is wanted; -1 = not before the next request. */
    long nextDutyInMs() {
        return over ? -1 : persistence.nextDutyInMs();
    }

    /** Whether all that was acknowledged is in an append-only file: not while one that was switched on is begun. */
    boolean appendOnly() {
        return !over && persistence.appendOnly() && !persistence.begins();
    }

    // ---- the end

    /** Makes what was appended last. Says so in the log when it can't be. */
    void flush() {
        if (!over) {
            try {
                persistence.flush();
            } catch (IOException e) {
                log.warning("The append-only file could not be forced to disk: " + e.getMessage());
            }
        }
    }

    /**
     * SHUTDOWN: makes all last, with a snapshot if {@code save}. Nothing is kept after that.
     *
     * @throws CommandError when something could not be kept, unless {@code force}; then all goes on
     */
    void shutdown(boolean save, boolean force) {
        if (over) {
            return;
        }
        try {
            persistence.keep(save);
        } catch (IOException e) {
            log.warning("SHUTDOWN could not keep everything: " + e.getMessage());
            if (!force) {
                throw new CommandError("ERR Errors trying to SHUTDOWN. Check logs.");
            }
            abandon();
        }
        savesAtEnd = false;
    }

    /** Whether {@link #finish} has all data to write: a snapshot, or what an append-only file begins with. */
    boolean writesAtEnd() {
        return savesAtEnd() || !over && persistence.begins();
    }

    private boolean savesAtEnd() {
        return !over && savesAtEnd && !persistence.loading() && persistence.savesAtEnd();
    }

    /**
     * Makes all last, with a snapshot where the settings name points of saving, and ends. All threads are gone then.
     *
     * @throws IOException when something could not be kept; may be tried again then, or left by {@link #abandon}
     */
    void finish() throws IOException {
        if (!over) {
            persistence.keep(savesAtEnd());
            abandon();
        }
    }

    /** Ends and keeps nothing more. */
    void abandon() {
        if (!over) {
            over = true;
            persistence.abandon();
        }
    }

    /** What threads of persistence are given: who is woken, who is told of errors. Any thread. */
    private static final class Around implements Runnable, ThreadWorkers.Bugs {
        private final Instance instance;
        private final ServerHost host;

        Around(Instance instance, ServerHost host) {
            this.instance = instance;
            this.host = host;
        }

        @Override
        public void run() {
            instance.wake();
        }

        @Override
        public void thrown(String worker, Throwable cause) {
            host.bug("in " + worker, cause);
        }
    }
}
