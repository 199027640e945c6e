package io.duetdb.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes loops some times a second, so that an engine is looked after though nobody asks it anything. From a thread of its
 * own, because a loop with a timer of its own reads the clock twice in each of its turns; all six readings of a turn with
 * a lone PING were a seventeenth of its time by profile. The thread is there while somebody wants it. Any thread may add and remove.
 */
final class Beat {
    /** How often an idle engine is looked after, at least. */
    static final long EVERY_MS = 100;

    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(EVERY_MS);

    private static final long GRACE_MS = 500;

    private final List<Runnable> tasks = new ArrayList<>();
    private @Nullable Thread thread;

    /** Begins to run a task, which must be quick. */
    synchronized void add(Runnable task) {
        tasks.add(task);
        if (thread == null) {
            thread = new Thread(this::run, "duet-beat");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Runs a task no more. The last one ends the thread, and returns when it is gone. */
    void remove(Runnable task) {
        Thread last = take(task);
        if (last == null) {
            return;
        }
        LockSupport.unpark(last);
        try {
            last.join(GRACE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Thread take(Runnable task) {
        tasks.remove(task);
        Thread running = tasks.isEmpty() ? thread : null;
        if (running != null) {
            thread = null;
        }
        return running;
    }

    private void run() {
        while (beat()) {
            LockSupport.parkNanos(this, EVERY_NS);
        }
    }

    private synchronized boolean beat() {
        if (thread != Thread.currentThread()) {
            return false;
        }
        for (int i = 0; i < tasks.size(); i++) {
            tasks.get(i).run();
        }
        return true;
    }
}
