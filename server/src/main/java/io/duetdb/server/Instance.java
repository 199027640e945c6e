package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.events.KeyEventListener;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One engine and who may call it. The engine has one owner at a time: whoever holds {@link #lock}. Callers inside the
 * JVM take it for a turn of their own, the event loop (when there are ports) for each of its turns.
 */
public final class Instance implements AutoCloseable {
    /** How long a caller sleeps whose reply is there but held back. */
    private static final long HELD_MS = 1;

    /** How long a caller sleeps at most whose command waits: as often it looks whether a manual clock was advanced. */
    private static final long BLOCKED_MS = 5;

    /** How often is told how far loading has come. */
    private static final long PROGRESS_MS = 100;

    /** The last turn of a loop must begin within this time. */
    private static final long LAST_TURN_MS = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turnEnded = lock.newCondition();
    private final Engine engine;
    private final Settings settings;
    private final ServerHost host;
    private final BlockSource blocks;
    private final @Nullable Keeping keeping;
    private final @Nullable Runnable onEndAtOnce;
    private @Nullable Runnable look;
    private @Nullable Ports ports;
    private int waiting;
    private boolean closed;
    private boolean stopped;
    private volatile boolean woken;

    private Instance(InstanceOptions options) {
        settings = options.settings;
        MemoryBudget.guard(settings);
        host = new ServerHost(settings, options.clock, options.configFile, options.onShutdown);
        host.wake = this::wake;
        blocks = options.blocks;
        onEndAtOnce = options.onEndAtOnce;
        keeping = options.files && options.propagator == Propagator.NONE ? new Keeping(this, options, host) : null;
        long seed = options.seeded ? options.seed : Entropy.seed();
        engine = new Engine(new EngineOptions(
                settings,
                options.clock,
                seed,
                options.seeded ? seed * 0x9E3779B97F4A7C15L + 1 : Entropy.seed(),
                options.seeded ? ~seed : Entropy.seed(),
                options.blocks,
                options.memoryLimitBytes,
                options.checked,
                keeping == null ? options.propagator : keeping.propagator(),
                KeyEventListener.NONE,
                host));
        host.instance = this;
        if (keeping != null) {
            host.storage = keeping.storage();
            keeping.attach(engine);
        }
    }

    /**
     * An instance that is ready: its engine made, its ports, if any, open, what it keeps loaded. A server goes on to load
     * while it answers already: see {@link #awaitLoaded}.
     *
     * @throws StartupException when a port cannot be opened, the heap is too small, or what was kept can't be loaded;
     *     nothing is left behind then
     */
    public static Instance start(InstanceOptions options) throws StartupException {
        MemoryBudget.check(options.settings);
        if (!options.files) {
            Keeping.refuse(options.settings);
        }
        Instance instance = new Instance(options);
        try {
            instance.open(options);
        } catch (StartupException | RuntimeException e) {
            instance.close();
            throw e;
        }
        return instance;
    }

    /** Ports first: whoever can't have his must not touch another process's files. Nobody is answered before both. */
    private void open(InstanceOptions options) throws StartupException {
        Ports open = null;
        if (options.respPort >= 0 || options.restPort >= 0) {
            open = Ports.open(this, options);
            ports = open;
            host.ports = open;
        }
        Keeping kept = keeping;
        if (kept != null) {
            lock.lock();
            try {
                kept.begin(options.embedded || open == null);
            } finally {
                lock.unlock();
            }
        }
        if (open != null) {
            host.log.beside();
            open.accept();
        } else if (kept != null) {
            Runnable task = this::look;
            look = task;
            Loops.EMBEDDED.beat(task);
        }
    }

    /** Looks after what is kept where no loop does, unless somebody is doing so. */
    private void look() {
        if (lock.tryLock()) {
            try {
                if (!closed) {
                    endTurn();
                }
            } catch (RuntimeException bug) {
                host.bug("between calls", bug);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether data is still being loaded. */
    boolean loading() {
        Keeping kept = keeping;
        if (kept == null) {
            return false;
        }
        lock.lock();
        try {
            return kept.loading();
        } finally {
            lock.unlock();
        }
    }

    /** Who is told how far loading has come. */
    interface Progress {
        /** So many bytes are loaded of so many. */
        void at(long loadedBytes, long totalBytes);
    }

    /**
     * Waits until what was kept is loaded, or this instance is closed, and tells {@code progress} some times a second.
     *
     * @throws StartupException when it can't be loaded
     */
    void awaitLoaded(Progress progress) throws StartupException {
        Keeping kept = keeping;
        if (kept == null) {
            return;
        }
        lock.lock();
        waiting++;
        try {
            while (!closed && kept.loading()) {
                long[] bytes = kept.progress();
                progress.at(bytes[0], bytes[1]);
                long wait = TimeUnit.MILLISECONDS.toNanos(PROGRESS_MS);
                while (wait > 0 && !closed && kept.loading()) {
                    wait = turnEnded.awaitNanos(wait);
                }
            }
            String failure = kept.failure();
            if (failure != null) {
                throw new StartupException(failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** The engine; only to be called while {@link #lock} is held. */
    public Engine engine() {
        return engine;
    }

    /** Held by whoever owns the engine. */
    public ReentrantLock lock() {
        return lock;
    }

    /** The outside. */
    ServerHost host() {
        return host;
    }

    /** The joined table of settings. */
    public Settings settings() {
        return settings;
    }

    /** The sockets, or null when this instance has none. */
    @Nullable
    Ports ports() {
        return ports;
    }

    /** The port RESP is served at, or -1. */
    public int respPort() {
        return ports == null ? -1 : ports.respPort();
    }

    /** The port REST is served at, or -1. */
    public int restPort() {
        return ports == null ? -1 : ports.restPort();
    }

    /** The standard REST token, or empty when REST is not served. */
    public String restToken() {
        return ports == null ? "" : ports.tokens().standard();
    }

    /** The REST token for reading only, or empty when there is none. */
    String restReadOnlyToken() {
        return ports == null ? "" : ports.tokens().readOnly();
    }

    /** What sockets are served by: {@code nio}, {@code epoll} or {@code io_uring}; empty without ports. */
    public String transport() {
        return ports == null ? "" : ports.transport();
    }

    /** A client for a caller inside the JVM. */
    public Client connect(Connection connection) {
        lock.lock();
        try {
            ensureOpen();
            return engine.connect(connection);
        } finally {
            lock.unlock();
        }
    }

    /** Another client where one is, see {@link Engine#connectLike}. */
    public Client connectLike(Connection connection, Client other) {
        lock.lock();
        try {
            ensureOpen();
            return engine.connectLike(connection, other);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a client. */
    public void disconnect(Client client) {
        lock.lock();
        try {
            if (!closed) {
                engine.disconnect(client);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses to go on with a closed instance. The lock must be held. */
    public void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("this instance is closed");
        }
    }

    /** Ends a turn: what it produced leaves. The lock must be held. */
    public void endTurn() {
        Keeping kept = keeping;
        if (kept != null && !kept.work()) {
            closed = true; // what was to be loaded could not be: nobody may be answered from what is there
            if (kept.ends()) {
                endAtOnce(String.valueOf(kept.failure()));
            }
            turnEnded.signalAll();
            return;
        }
        engine.beforeSleep();
        wakeWaiting();
    }

    /**
     * When a turn is wanted though nothing arrives: 0 at once, -1 not before something does, else in ms. What is kept is
     * looked after by the {@link Beat} as well, so that only what is due before that needs a timer.
     */
    long nextDutyInMs() {
        long engineMs = engine.nextDutyInMs();
        Keeping kept = keeping;
        if (kept == null || engineMs == 0) {
            return engineMs;
        }
        long keptMs = kept.nextDutyInMs();
        if (keptMs < 0 || keptMs >= Beat.EVERY_MS) {
            return engineMs;
        }
        return engineMs < 0 ? keptMs : Math.min(engineMs, keptMs);
    }

    /** Asks for a turn, because something beside it has news. Any thread. */
    void wake() {
        Ports open = ports;
        if (open != null) {
            open.wake();
            return;
        }
        woken = true;
        if (lock.tryLock()) { // who holds it ends a turn soon
            try {
                wakeWaiting();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Ends a turn of a caller inside the JVM. With ports the replies of others, and whatever is held back, leave in a turn
     * of the loop, which is woken if need be: only its thread may write to sockets. The lock must be held.
     */
    public void endTurn(Client caller) {
        Ports open = ports;
        if (open == null) {
            endTurn();
        } else if (engine.beforeSleep(caller) || caller.suspended()) {
            open.wake();
        }
    }

    /**
     * Waits for another turn, because the caller's reply is not there yet: its command waits, goes on in slices, or the
     * reply is held back. Without ports nobody else drives the engine, so this does. The lock must be held; it is free for
     * others in between.
     *
     * @throws IllegalStateException when the instance is closed meanwhile, or the thread is interrupted
     */
    public void awaitTurn(Client caller) {
        ensureOpen();
        waiting++;
        try {
            if (ports != null) {
                turnEnded.await(BLOCKED_MS, TimeUnit.MILLISECONDS);
                ensureOpen();
            } else {
                long ns = sleepNs(caller);
                if (!woken) {
                    turnEnded.await(ns, TimeUnit.NANOSECONDS);
                }
                woken = false;
                ensureOpen();
                resumeAll();
                endTurn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a reply", e);
        } finally {
            waiting--;
        }
    }

    /** Long enough to let others in, who may end what the caller waits for; until then there may be work to do. */
    private long sleepNs(Client caller) {
        long dutyMs = nextDutyInMs();
        if (dutyMs == 0) {
            return 1;
        }
        long longest = caller.suspended() ? BLOCKED_MS : HELD_MS;
        return TimeUnit.MILLISECONDS.toNanos(dutyMs < 0 ? longest : Math.min(dutyMs, longest));
    }

    /** Lets those look again who wait, because something other than a turn may let them go on. The lock must be held. */
    public void wakeWaiting() {
        if (waiting > 0) {
            turnEnded.signalAll();
        }
    }

    private void resumeAll() {
        Client resumed = engine.resume();
        while (resumed != null) {
            resumed.connection().resume();
            resumed = engine.resume();
        }
    }

    // ---- the end

    /**
     * SHUTDOWN, within its turn: makes all last. From here on nobody is answered.
     *
     * @throws CommandError when something could not be kept, unless {@code force}; then all goes on
     */
    void shutdown(boolean save, boolean force) {
        Keeping kept = keeping;
        if (kept != null) {
            kept.shutdown(save, force);
        }
        closed = true;
    }

    /**
     * A command may have been done by half. With an append-only file nothing goes on from there: what was acknowledged is
     * in the file, and this turn's effects are not written. Without one memory is all there is, and it goes on.
     *
     * @throws IllegalStateException when this instance has ended by it
     */
    void halfDone(String what, Throwable cause) {
        Keeping kept = keeping;
        if (kept == null || !kept.appendOnly()) {
            return;
        }
        host.bug(what, cause);
        closed = true;
        endAtOnce(
                "A command that changes data may have been done by half, so Duet stops. The append-only file holds all"
                        + " that was acknowledged, and nothing of this command: start again to go on from there.");
        kept.abandon();
        turnEnded.signalAll();
        throw new IllegalStateException("this instance has stopped: an error " + what, cause);
    }

    private void endAtOnce(String why) {
        host.log(why);
        host.log.close();
        if (onEndAtOnce != null) {
            onEndAtOnce.run();
        }
    }

    /** The process ends: the log can't be relied on from now on. */
    void ending() {
        host.log.ending();
    }

    /**
     * Serves nobody any more: no further connection is taken, what was appended lasts, replies that waited for that leave,
     * and ports are closed. What else is to be kept is left to {@link #finish}.
     */
    void stop() {
        host.close();
        Ports open = ports;
        if (open != null && keeping != null) {
            open.stopListening();
        }
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            stopped = true;
            runDry(open);
            closed = true;
            turnEnded.signalAll();
        } finally {
            lock.unlock();
        }
        Runnable task = look;
        if (task != null) {
            Loops.EMBEDDED.still(task);
        }
        if (open != null) {
            open.close();
        }
    }

    /** Lets what was done last, and those know who wait for that: in a turn of the loop, which writes to the sockets. */
    private void runDry(@Nullable Ports open) {
        Keeping kept = keeping;
        if (kept == null || closed) {
            return;
        }
        kept.flush();
        if (open == null) {
            endTurn();
            return;
        }
        waiting++;
        try {
            open.wake();
            turnEnded.await(LAST_TURN_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting--;
        }
    }

    /** Whether {@link #finish} has all data to write, which takes its time. */
    boolean writesAtEnd() {
        lock.lock();
        try {
            return keeping != null && keeping.writesAtEnd();
        } finally {
            lock.unlock();
        }
    }

    /** Whether all that was acknowledged is in an append-only file. */
    boolean appendOnly() {
        lock.lock();
        try {
            return keeping != null && keeping.appendOnly();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps what is to be kept at the end, behind {@link #stop}. Threads this instance started are gone when it returns.
     *
     * @throws IOException when it could not be kept; may be tried again then
     */
    void finish() throws IOException {
        lock.lock();
        try {
            if (keeping != null) {
                keeping.finish();
            }
        } finally {
            lock.unlock();
        }
        endThreads();
    }

    /**
     * Ends the instance: ports are closed, nothing more is executed, what it keeps lasts. Threads it started are gone when
     * this returns.
     *
     * @throws IllegalStateException when something could not be kept; all is ended all the same
     */
    @Override
    public void close() {
        stop();
        try {
            finish();
        } catch (IOException e) {
            abandon();
            throw new IllegalStateException("not all data could be kept: " + e.getMessage(), e);
        }
    }

    private void abandon() {
        lock.lock();
        try {
            if (keeping != null) {
                keeping.abandon();
            }
        } finally {
            lock.unlock();
        }
        endThreads();
    }

    private void endThreads() {
        if (blocks instanceof BlockKeeper keeper) {
            keeper.close();
        }
        host.log.close();
    }

    /** Whether {@link #close} was called. The lock must be held. */
    boolean closed() {
        return closed;
    }
}
