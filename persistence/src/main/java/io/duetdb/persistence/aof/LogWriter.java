package io.duetdb.persistence.aof;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Clock;
import io.duetdb.persistence.aof.LogTail.Trouble;
import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/*
 * Who writes, and when replies may leave:
 *
 *   everysec, no    the engine's thread writes at the end of a turn, before the replies leave. Once a second another
 *                   thread forces, and ten times a second when there are 4 MB each time: the kernel hands 20 MB to the
 *                   disk in pieces of 2.2 ms, 4 MB in 0.6 ms, and gives the core to nobody else meanwhile.
 *   always          a batch goes to the writer's thread, which writes and forces; what comes meanwhile is kept, and
 *                   written and forced as one afterwards. Replies are held until then. Where forcing takes less than
 *                   a millisecond on average, the engine's thread does it; see Gathering.
 *   everysec,       a write may wait for the force that is under way: ext4 has a lock for allocating blocks, which the
 *   while forcing   engine's thread met for up to 9 ms. So the writer's thread writes, and replies are held until it has.
 *                   When forcing takes more than 2 s, replies are held until it ends.
 *
 * Batches are tasks of the writer's thread, in order with what else concerns the file; its answers are LogTail's numbers
 * and the mailbox. A batch stays with the engine's thread until it is done: nothing is lost when writing fails.
 */

/** The write path of the append-only file: effects in, offsets of what is written and what lasts out. Engine's thread. */
final class LogWriter {
    /** When the file is forced. */
    enum Policy {
        ALWAYS,
        EVERYSEC,
        NO
    }

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final long STUCK_NS = 2 * SECOND;
    private static final long FORCE_EARLY_NS = 100 * MS;
    private static final long FORCE_EARLY_BYTES = 4 << 20;
    private static final long WAITING_BYTES_MAX = 64L << 20;
    private static final long RETRY_NS_MIN = 100 * MS;
    private static final long RETRY_NS_MAX = 1_600 * MS; // it is to work within 2 s after the disk does
    private static final int SPARE_MAX = 8;
    private static final int GROUP_BYTES_MAX = 1 << 20;

    private final Outside outside;
    private final Clock clock;
    private final LogTail.Listener listener;
    private final EffectEncoder encoder;
    private final LogTail tail;
    private final LateWorker writer;
    private final LateWorker forcer;

    private Policy policy = Policy.EVERYSEC;
    private boolean forcingAllowed = true;

    private final Gathering gathering = new Gathering();
    private boolean gathers;
    private Batch filling = new Batch();
    private final Deque<Batch> handed = new ArrayDeque<>();
    private final Deque<Batch> spare = new ArrayDeque<>();
    private long handedBytes;
    private boolean queued;
    private boolean changing;
    private boolean unlisted;
    private long safeBefore;

    private boolean forcing;
    private long forceBeganNs;
    private long stuckAt = Long.MAX_VALUE;
    private volatile long lastsByForcer;
    private long delayed;

    private @Nullable String fatal;
    private Trouble trouble = Trouble.NONE;
    private String troubleText = "";
    private boolean stopped;
    private boolean attempting;
    private long retryDelayNs;
    private long retryAtNs;

    /** Nothing is open yet. {@code listener} hears of failures and of changes of the file. */
    LogWriter(Outside outside, EffectEncoder encoder, LogTail.Listener listener) {
        this.outside = outside;
        this.clock = outside.clock();
        this.encoder = encoder;
        this.listener = listener;
        this.retryAtNs = clock.monotonicNs();
        this.tail = new LogTail(outside, new LogTail.Listener() {
            @Override
            public void failed(Trouble what, IOException cause) {
                noteFailure(what, cause);
            }

            @Override
            public void changed(@Nullable Manifest manifest, @Nullable String failure) {
                changing = false;
                listener.changed(manifest, failure);
            }
        });
        this.writer = new LateWorker(outside.workers(), "aof-writer");
        this.forcer = new LateWorker(outside.workers(), "aof-fsync");
    }

    // ---- settings

    /** Says when the file is forced; obeyed from the next batch on. */
    void policy(Policy value) {
        policy = value;
    }

    /** Says whether anything may be forced at present. */
    void forcingAllowed(boolean value) {
        forcingAllowed = value;
    }

    private boolean always() {
        return policy == Policy.ALWAYS && forcingAllowed;
    }

    // ---- beginning and end

    /** Begins to write a file that holds the effects up to {@code offset}. */
    void begin(LogFile first, long offset) {
        tail.begin(first, offset);
        forget();
        forceBeganNs = clock.monotonicNs() - SECOND;
        encoder.fileBegins();
    }

    /** Effects up to {@code offset} are known to last. */
    void lastsTo(long offset) {
        lastsByForcer = Math.max(lastsByForcer, offset);
    }

    /**
     * Writes and forces everything up to {@code offset}, and returns when that is done.
     *
     * @throws IOException when it could not be
     */
    void flush(long offset) throws IOException {
        if (filling.length > 0) {
            filling.end = offset;
        }
        if (trouble == Trouble.WRITE) {
            retryAtNs = clock.monotonicNs();
            retry();
            settle();
        }
        if (!stopped && filling.length > 0) {
            handOver();
        }
        settle();
        if (trouble != Trouble.NONE) {
            throw new IOException(troubleText);
        }
        LogFile present = tail.file();
        if (present != null) {
            present.vouchIfRoom(tail.written());
            try {
                present.force();
                lastsTo(tail.written());
            } catch (IOException e) {
                noteFailure(Trouble.FORCE, e);
                throw e;
            }
        }
    }

    /** Waits until the workers have done what they were given, and hears what they have to say. */
    void settle() {
        writer.settle();
        forcer.settle();
        outside.mailbox().runAll();
        reclaim();
    }

    /** Closes the file, which holds what {@link #flush} left there. What was appended since is forgotten. */
    void end() {
        settle();
        tail.begin(null, tail.written());
        forget();
    }

    /** Ends the threads and closes the file. */
    void close() {
        writer.settle();
        forcer.settle();
        tail.close();
    }

    private void forget() {
        filling.clear();
        handed.clear();
        handedBytes = 0;
        queued = false;
        changing = false;
        unlisted = false;
        stopped = false;
        attempting = false;
        trouble = Trouble.NONE;
        stuckAt = Long.MAX_VALUE;
    }

    // ---- effects

    /** Appends an effect to what leaves at the end of the turn. */
    void add(int db, Argv effect) {
        encoder.add(db, effect, filling);
        gathering.came();
    }

    /** Writes what was appended, or hands it to the writer's thread, and does what is due by the clock. */
    void turnEnds(long offset) {
        if (tail.file() == null && !changing) {
            return;
        }
        encoder.turnEnds();
        long now = clock.monotonicNs();
        reclaim();
        look(now);
        gathers = gathering.goesOn(now, tail.forceNs()) && always() && filling.length < GROUP_BYTES_MAX && direct();
        if (filling.length > 0) {
            filling.end = offset;
        }
        if (trouble == Trouble.WRITE) {
            retry();
        } else if (filling.length > 0 && !stopped && !gathers) {
            if (direct()) {
                write(now);
            } else if (!waitsForForce()) {
                handOver();
            }
        }
        if (forceDue(now, tail.written())) {
            force(now);
        }
        if (handedBytes > WAITING_BYTES_MAX && !stopped) {
            delayed++;
            settle(); // nobody is served meanwhile: the disk doesn't take as much as clients send
        }
    }

    /** Whether this thread writes. It does again when the writer's thread has nothing left to do. */
    private boolean direct() {
        if (changing || forcing || always() && (unlisted || !tail.forcesQuickly())) {
            return false;
        }
        if (queued && handed.isEmpty()) {
            queued = false;
        }
        return !queued;
    }

    /** Whether what was appended is better written behind the force that is under way: nobody is answered before. */
    private boolean waitsForForce() {
        return always() && !unlisted && !changing && !handed.isEmpty() && filling.length < GROUP_BYTES_MAX;
    }

    private void write(long now) {
        Batch batch = filling;
        boolean forces = always();
        try {
            tail.append(batch, forces || forceDue(now, batch.end));
        } catch (IOException e) {
            hand(batch);
            noteFailure(Trouble.WRITE, e);
            return;
        }
        batch.clear();
        if (forces) {
            try {
                tail.force();
            } catch (IOException e) {
                noteFailure(Trouble.FORCE, e);
            }
        }
    }

    private void handOver() {
        Batch batch = filling;
        hand(batch);
        writer.execute(() -> tail.run(batch));
    }

    /** Puts the batch that was filled among those the writer's thread has to write. */
    private void hand(Batch batch) {
        queued = true;
        batch.lasting = always() && !unlisted;
        batch.sequence = tail.handed() + 1;
        tail.hands(batch.sequence);
        handed.addLast(batch);
        handedBytes += batch.length;
        Batch next = spare.pollFirst();
        filling = next == null ? new Batch() : next;
    }

    private void reclaim() {
        long done = tail.done();
        for (Batch first = handed.peekFirst(); first != null && first.sequence <= done; first = handed.peekFirst()) {
            handed.removeFirst();
            handedBytes -= first.length;
            first.clear();
            if (spare.size() < SPARE_MAX) {
                spare.addLast(first);
            }
        }
    }

    // ---- forcing

    /** Whether bytes up to {@code offset}, which are or will be written in a moment, are to be forced now. */
    private boolean forceDue(long now, long offset) {
        if (forcing || !mayForce() || offset <= lasts()) {
            return false;
        }
        return switch (policy) {
            case NO -> false;
            case EVERYSEC -> now - forceBeganNs >= (tail.unforced() >= FORCE_EARLY_BYTES ? FORCE_EARLY_NS : SECOND);
            case ALWAYS -> handed.isEmpty(); // written under another policy: the writer's thread forces its own
        };
    }

    private boolean mayForce() {
        return forcingAllowed && !changing && !stopped && !unlisted;
    }

    /** Forces what is written, on a thread of its own. */
    private void force(long now) {
        LogFile present = tail.file();
        if (present == null) {
            return;
        }
        if (handed.isEmpty()) {
            present.vouchIfRoom(tail.written());
        }
        long to = tail.written();
        forcing = true;
        forceBeganNs = now;
        forcer.execute(() -> {
            try {
                present.force();
                lastsByForcer = Math.max(lastsByForcer, to);
                outside.mailbox().post(this::forced);
            } catch (IOException e) {
                outside.mailbox().post(() -> {
                    forced();
                    noteFailure(Trouble.FORCE, e);
                });
            }
        });
    }

    private void forced() {
        forcing = false;
        stuckAt = Long.MAX_VALUE;
    }

    /** Looks at the clock: whether forcing takes so long that replies have to wait for it. */
    private void look(long now) {
        if (forcing && stuckAt == Long.MAX_VALUE && policy == Policy.EVERYSEC && now - forceBeganNs > STUCK_NS) {
            stuckAt = tail.written();
            delayed++;
        }
    }

    /** Forces early, so that little is left to force afterwards. */
    void forceAhead() {
        if (!forcing && mayForce() && policy == Policy.EVERYSEC && tail.written() > lasts()) {
            force(clock.monotonicNs());
        }
    }

    /** Whether a force is under way on its own thread. */
    boolean forcing() {
        return forcing;
    }

    /** Ms until {@link #turnEnds} is wanted though nothing is appended; -1 = not before. */
    long nextDutyInMs() {
        if (tail.file() == null) {
            return -1;
        }
        long now = clock.monotonicNs();
        if (trouble != Trouble.NONE) {
            return attempting ? -1 : inMs(retryAtNs - now);
        }
        if (gathers) {
            return 0;
        }
        if (forcing || !mayForce() || tail.written() <= lasts()) {
            return -1;
        }
        return switch (policy) {
            case NO -> -1;
            case EVERYSEC -> inMs(forceBeganNs + SECOND - now);
            case ALWAYS -> handed.isEmpty() ? 0 : -1;
        };
    }

    private static long inMs(long ns) {
        return Math.max(0, (ns + MS - 1) / MS);
    }

    // ---- failures

    private void noteFailure(Trouble what, IOException e) {
        boolean again = trouble != Trouble.NONE;
        if (trouble != Trouble.FORCE) {
            trouble = what;
        }
        troubleText = String.valueOf(e.getMessage());
        postpone(again);
        queued = true;
        boolean ends = what == Trouble.FORCE
                && outside.settings().text(PersistenceSettings.FSYNC_ERROR).equals("exit");
        if (!again) {
            outside.log().warning(what.line(troubleText, ends));
        }
        if (ends) {
            fatal =
                    "As aof-fsync-error says, Duet ends. See to the disk, then start again: what the file holds is loaded.";
        }
        listener.failed(what, e);
    }

    /** Why the process is to end at once, or null. */
    @Nullable
    String fatal() {
        return fatal;
    }

    private void postpone(boolean again) {
        retryDelayNs = again ? Math.min(RETRY_NS_MAX, 2 * retryDelayNs) : RETRY_NS_MIN;
        retryAtNs = clock.monotonicNs() + retryDelayNs;
        attempting = false;
        stopped = true;
    }

    /** Tries to write again, if it is time. */
    private void retry() {
        if (attempting || clock.monotonicNs() < retryAtNs) {
            return;
        }
        attempting = true;
        if (handed.isEmpty() && filling.length > 0) {
            hand(filling); // else it waits, as one, until the others are written: keys that expire add to it for days
        }
        writer.execute(tail::resume);
        for (Batch batch : handed) {
            writer.execute(() -> tail.run(batch));
        }
        writer.execute(() -> tail.tellHealed(this::healed));
    }

    private void healed() {
        if (trouble == Trouble.WRITE) {
            outside.log().notice("Writing the append-only file works again.");
            trouble = Trouble.NONE;
            stopped = false;
            attempting = false;
        }
    }

    /** Ms until the next attempt to begin the file anew; 0 when it may be made now, -1 when one is under way. */
    long attemptInMs() {
        return attempting ? -1 : inMs(retryAtNs - clock.monotonicNs());
    }

    /** The attempt to begin the file anew failed: the next one comes after a while. */
    void attemptFailed() {
        postpone(retryDelayNs > 0);
    }

    /**
     * The list names the file that was begun anew, and its base: whatever the old one may have lost does not matter any
     * more. Effects up to {@code offset} last.
     */
    void listed(long offset) {
        unlisted = false;
        attempting = false;
        retryDelayNs = 0;
        lastsTo(offset);
        if (trouble == Trouble.FORCE) {
            outside.log().notice("The append-only file was written anew and can be relied on again.");
            trouble = Trouble.NONE;
        }
    }

    // ---- changing the file

    /** Whether the file is being changed. */
    boolean changing() {
        return changing;
    }

    /** Goes over to a new increment behind what was appended so far; see {@link LogTail#rotate}. */
    void rotate(AofFolder folder, Manifest manifest, Entry next, boolean checksums) {
        if (filling.length > 0) {
            handOver();
        }
        changing = true;
        queued = true;
        encoder.fileBegins();
        change(() -> tail.rotate(folder, manifest.with(next), next, checksums));
    }

    /**
     * Begins a file that no list names yet, behind a view that was frozen now: what was appended before is forgotten,
     * since the view holds it. See {@link LogTail#beginAnew}.
     */
    void beginAnew(AofFolder folder, Entry next, boolean checksums, long offset) {
        safeBefore = safe();
        filling.clear();
        handed.clear();
        handedBytes = 0;
        if (trouble == Trouble.WRITE) {
            trouble = Trouble.NONE; // what could not be written is in the view
        }
        queued = true;
        stopped = false;
        attempting = true;
        changing = true;
        unlisted = true;
        encoder.fileBegins();
        long dropped = tail.handed();
        change(() -> tail.beginAnew(folder, next, checksums, offset, dropped));
    }

    /** Has the writer's thread change the file; a bug must not leave it being changed for ever. */
    private void change(Runnable task) {
        writer.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                tail.tellChanged(null, "it ended by a bug");
                throw bug;
            }
        });
    }

    // ---- figures

    /** What can't be done at present. */
    Trouble trouble() {
        return trouble;
    }

    /** The system's words for it. */
    String troubleText() {
        return troubleText;
    }

    /** Replies that depend on effects up to this offset may leave. */
    long safe() {
        if (unlisted && trouble != Trouble.NONE) {
            return safeBefore; // what came since stands in no file that a start would find
        }
        return always() ? lasts() : Math.min(tail.written(), stuckAt);
    }

    /** Effects up to this offset stand in the file. Any thread. */
    long written() {
        return tail.written();
    }

    /** Effects up to this offset last through a power cut. Any thread. */
    long lasts() {
        return Math.max(tail.lasts(), lastsByForcer);
    }

    /** The file that is written at present, or null. */
    @Nullable
    LogFile file() {
        return tail.file();
    }

    /** Its bytes. */
    long size() {
        LogFile present = tail.file();
        return present == null ? 0 : present.size();
    }

    /** Bytes that wait in memory. */
    long waitingBytes() {
        return handedBytes + filling.length;
    }

    /** How often clients had to wait for the disk. */
    long delayed() {
        return delayed;
    }
}
