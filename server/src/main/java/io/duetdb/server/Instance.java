package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.events.KeyEventListener;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turnEnded = lock.newCondition();
    private final Engine engine;
    private final Settings settings;
    private final ServerHost host;
    private final BlockSource blocks;
    private @Nullable Ports ports;
    private int waiting;
    private boolean closed;

    private Instance(InstanceOptions options) {
        settings = options.settings;
        MemoryBudget.guard(settings);
        host = new ServerHost(settings, options.clock, options.configFile, options.onShutdown);
        blocks = options.blocks;
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
                options.propagator,
                KeyEventListener.NONE,
                host));
    }

    /**
     * An instance that is ready: its engine made, its ports, if any, open.
     *
     * @throws StartupException when a port cannot be opened or the heap is too small; nothing is left behind then
     */
    public static Instance start(InstanceOptions options) throws StartupException {
        MemoryBudget.check(options.settings);
        Instance instance = new Instance(options);
        if (options.respPort >= 0 || options.restPort >= 0) {
            try {
                instance.ports = Ports.open(instance, options);
            } catch (StartupException e) {
                instance.close();
                throw e;
            }
        }
        instance.host.ports = instance.ports;
        return instance;
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
        engine.beforeSleep();
        wakeWaiting();
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
                turnEnded.await(sleepNs(caller), TimeUnit.NANOSECONDS);
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
        long dutyMs = engine.nextDutyInMs();
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

    /** Ends the instance: ports are closed, nothing more is executed. Threads it started are gone when this returns. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            turnEnded.signalAll();
        } finally {
            lock.unlock();
        }
        if (ports != null) {
            ports.close();
        }
        if (blocks instanceof BlockKeeper keeper) {
            keeper.close();
        }
    }

    /** Whether {@link #close} was called. The lock must be held. */
    boolean closed() {
        return closed;
    }
}
