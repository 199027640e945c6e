package io.duetdb.persistence.aof;

import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The end of the append-only file: the increment that is written, and how far it is. It belongs to the engine's thread
 * while the writer's thread has nothing to do, to the writer's thread otherwise; the numbers, which only rise, may be read
 * by all.
 *
 * <p>Invariant: what is written are whole batches in order. After a failure nothing is, until {@link #resume}.
 */
final class LogTail {
    /** What went wrong last, and goes on doing so. */
    enum Trouble {
        NONE,
        /** Bytes can't be written; they wait in memory, and it is tried again. */
        WRITE,
        /** Bytes may have been lost by the disk: the file can't be relied on any more. */
        FORCE;

        /** The line of the log; {@code ends}: the process ends by it. */
        String line(String cause, boolean ends) {
            return (this == WRITE ? "Writing" : "Forcing") + " the append-only file failed: " + cause + ". "
                    + (ends
                            ? "Nothing more is acknowledged."
                            : "Commands that write are refused until "
                                    + (this == WRITE
                                            ? "it works again; it is tried again and again."
                                            : "the file has been written anew from memory, which begins now."));
        }
    }

    /** Hears of what happened on the writer's thread. Engine's thread. */
    interface Listener {
        /** Writing or forcing failed. */
        void failed(Trouble what, IOException cause);

        /**
         * A change of the file is over.
         *
         * @param manifest the list as it is stored now; null when no list was stored
         * @param failure why the file was not changed, or null when it was
         */
        void changed(@Nullable Manifest manifest, @Nullable String failure);
    }

    /** Forcing counts as quick when it takes less than this on average. */
    private static final long QUICK_NS = 1_000_000;

    /** How many forces the average is about, and the longest that one counts for. */
    private static final int AVERAGED = 16;

    private static final long COUNTED_NS_MAX = 16 * QUICK_NS;

    private final Outside outside;
    private final Listener listener;
    private volatile @Nullable LogFile file;
    private boolean failing;
    private long groupEnds;

    private volatile long handed;
    private volatile long done;
    private volatile long written;
    private volatile long lasts;
    private volatile long averageNs = 2 * QUICK_NS;

    LogTail(Outside outside, Listener listener) {
        this.outside = outside;
        this.listener = listener;
    }

    // ---- figures

    /** The file that is written, or null. */
    @Nullable
    LogFile file() {
        return file;
    }

    /** Its bytes that came since forcing last began. */
    long unforced() {
        LogFile present = file;
        return present == null ? 0 : present.unforced();
    }

    /** Number of the last batch that the writer's thread is done with. */
    long done() {
        return done;
    }

    /** Number of the last batch that was handed to the writer's thread. */
    long handed() {
        return handed;
    }

    /** Effects up to this offset stand in the file. */
    long written() {
        return written;
    }

    /** Effects up to this offset were forced by the writer's thread. */
    long lasts() {
        return lasts;
    }

    /** Whether forcing is likely to take less time than waking another thread for it and being woken. */
    boolean forcesQuickly() {
        return averageNs < QUICK_NS;
    }

    /** How long forcing takes on average, where the longest count for less. */
    long forceNs() {
        return averageNs;
    }

    // ---- the engine's thread's, while the writer's has nothing to do

    /** Goes on with a file that holds the effects up to {@code offset}; null ends. */
    void begin(@Nullable LogFile first, long offset) {
        close();
        file = first;
        written = offset;
        failing = false;
        groupEnds = 0;
        done = handed;
    }

    /** Closes the file. */
    void close() {
        LogFile old = file;
        file = null;
        if (old != null) {
            closeFile(old);
        }
    }

    /** Appends a batch. */
    void append(Batch batch, boolean checksum) throws IOException {
        LogFile present = file;
        if (present == null) {
            throw new IllegalStateException("no append-only file is open");
        }
        present.append(batch, batch.end, checksum);
        written = batch.end;
    }

    /** Forces all that was appended. */
    void force() throws IOException {
        LogFile present = file;
        if (present != null) {
            long to = written;
            force(present);
            lasts = to;
        }
    }

    /** Forces, and notes how long that takes: by whoever the file belongs to at present. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes it
    private void force(LogFile present) throws IOException {
        long began = outside.clock().monotonicNs();
        present.force();
        long took = outside.clock().monotonicNs() - began;
        averageNs += (Math.min(took, COUNTED_NS_MAX) - averageNs) / AVERAGED;
    }

    /** A batch of this number is about to be handed over. */
    void hands(long number) {
        handed = number;
    }

    // ---- the writer's thread

    /** Writes a batch. Of batches that are to last those that are there already are written first, and forced as one. */
    void run(Batch batch) {
        LogFile present = file;
        if (failing || present == null) {
            return;
        }
        if (batch.lasting && groupEnds == 0) {
            groupEnds = handed;
        }
        boolean force = batch.lasting && batch.sequence >= groupEnds;
        try {
            present.append(batch, batch.end, force || batch.sequence == handed);
        } catch (IOException e) {
            fails(Trouble.WRITE, e);
            return;
        }
        long end = batch.end; // done with, the batch may be another's at once
        written = end;
        if (force) {
            groupEnds = 0;
            try {
                force(present);
            } catch (IOException e) {
                fails(Trouble.FORCE, e);
                return;
            }
            lasts = end;
        }
        boolean wakes = force || !batch.lasting;
        done = batch.sequence;
        if (wakes) {
            outside.mailbox().wake();
        }
    }

    private void fails(Trouble what, IOException e) {
        failing = true;
        groupEnds = 0;
        outside.mailbox().post(() -> listener.failed(what, e));
    }

    /** Takes batches again after a failure. */
    void resume() {
        failing = false;
        LogFile present = file;
        try {
            if (present != null) {
                present.mend();
            }
        } catch (IOException e) {
            fails(Trouble.WRITE, e);
        }
    }

    /** Has {@code healed} run on the engine's thread if nothing failed since {@link #resume}. */
    void tellHealed(Runnable healed) {
        if (!failing) {
            outside.mailbox().post(healed);
        }
    }

    /**
     * Goes over to a new increment. Everything before lasts before the list names the new file, and only then something is
     * written to it; any failure before leaves things as they were.
     */
    void rotate(AofFolder folder, Manifest manifest, Entry next, boolean checksums) {
        LogFile old = file;
        if (failing || old == null) {
            tellChanged(null, "the append-only file can't be written at present");
            return;
        }
        LogFile fresh;
        try {
            folder.make(); // somebody may have removed it: a rewrite puts all back
            fresh = folder.create(next, checksums, written);
        } catch (IOException e) {
            tellChanged(null, String.valueOf(e.getMessage()));
            return;
        }
        try {
            old.vouch(written);
            if (forced(old)) {
                folder.store(manifest);
            } else {
                drop(fresh, folder, next, "the file before could not be forced");
                return;
            }
        } catch (NotForcedException e) {
            fails(Trouble.FORCE, e); // the list names the new file, so it is the one to go on with
        } catch (IOException e) {
            drop(fresh, folder, next, String.valueOf(e.getMessage()));
            return;
        }
        file = fresh;
        closeFile(old);
        tellChanged(manifest, null);
    }

    private boolean forced(LogFile old) {
        try {
            old.force();
            lasts = Math.max(lasts, written);
            return true;
        } catch (IOException e) {
            fails(Trouble.FORCE, e);
            return false;
        }
    }

    private void drop(LogFile fresh, AofFolder folder, Entry next, String why) {
        closeFile(fresh);
        folder.deleteQuietly(next);
        tellChanged(null, why);
    }

    /**
     * Begins a file that no list names yet, behind a view that holds the effects up to {@code offset}. Batches up to
     * number {@code dropped} are in the view, too.
     */
    void beginAnew(AofFolder folder, Entry next, boolean checksums, long offset, long dropped) {
        LogFile old = file;
        try {
            folder.make();
            folder.announce();
            file = folder.create(next, checksums, offset);
        } catch (IOException e) {
            failing = true;
            tellChanged(null, String.valueOf(e.getMessage()));
            return;
        }
        failing = false;
        groupEnds = 0;
        done = Math.max(done, dropped);
        written = Math.max(written, offset);
        if (old != null) {
            closeFile(old);
        }
        tellChanged(null, null);
    }

    /** Has the engine's thread hear that a change of the file is over. */
    void tellChanged(@Nullable Manifest manifest, @Nullable String failure) {
        outside.mailbox().post(() -> listener.changed(manifest, failure));
    }

    private void closeFile(LogFile old) {
        try {
            old.close();
        } catch (IOException e) {
            outside.log().warning("Closing an append-only file failed: " + e.getMessage());
        }
    }
}
