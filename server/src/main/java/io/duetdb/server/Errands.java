package io.duetdb.server;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Talks with other servers, each on a thread of its own as long as there are not too many: an instance that has none
 * has no thread for them.
 */
final class Errands implements AutoCloseable {
    /** Talks at a time; further ones wait for the end of another. */
    private static final int THREADS_MAX = 16;

    private static final long IDLE_S = 5;

    /** How long the end of the instance waits for talks to end: a look-up of a host's name can't be interrupted. */
    private static final long CLOSE_MS = 1000;

    private final Set<SocketErrand> underWay = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;
    private final Runnable wake;
    private final ServerLog log;

    /** None so far; {@code wake} asks the engine's thread for a turn, from any thread. */
    Errands(Runnable wake, ServerLog log) {
        this.wake = wake;
        this.log = log;
        threads = new ThreadPoolExecutor(
                THREADS_MAX, THREADS_MAX, IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "duet-errand");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Begins an errand as {@link io.duetdb.engine.api.Host#errand} says. Engine's thread. */
    Errand begin(String host, int port, long timeoutMs, List<Argv> requests, int first, boolean here) {
        SocketErrand errand = new SocketErrand(host, port, timeoutMs, requests, first);
        if (here) {
            errand.run();
            return errand;
        }
        try {
            underWay.add(errand);
            threads.execute(() -> run(errand));
        } catch (RejectedExecutionException closed) {
            underWay.remove(errand);
            throw new CommandError("ERR this instance is about to end");
        }
        return errand;
    }

    private void run(SocketErrand errand) {
        try {
            errand.run();
        } finally {
            underWay.remove(errand);
            if (!threads.isShutdown()) {
                wake.run();
            }
        }
    }

    /** Ends all talks, and takes no more. */
    @Override
    public void close() {
        threads.shutdown();
        underWay.forEach(SocketErrand::abandon);
        try {
            if (!threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                log.warning("a talk of MIGRATE did not end within " + CLOSE_MS + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
