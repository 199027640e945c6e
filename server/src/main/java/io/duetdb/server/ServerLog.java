package io.duetdb.server;

import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.ThreadWorkers;
import io.duetdb.persistence.disk.Workers;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The log of one instance, in the JVM's own. There a line costs a turn of the loop up to a millisecond, as the profile of a
 * server that cuts off slow subscribers shows: the JDK looks for the caller, and formats, in code that runs too rarely to
 * be compiled. So a server, once it answers, has a thread of its own for that, which begins with the first line. Any thread.
 */
final class ServerLog implements Outside.Log, ThreadWorkers.Bugs, AutoCloseable {
    /** Lines that may wait for a reader of the log who is slower than those who fill it; further ones are counted. */
    static final int WAITING_MAX = 10_000;

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private Workers.@Nullable Worker writer;
    private volatile boolean ending;

    /** From now on lines are written by another thread than the one that logs them. */
    synchronized void beside() {
        writer = new ThreadWorkers(this).worker("duet-log");
    }

    /** From now on the operator is told on the standard error: the JVM ends its log when the process ends. */
    void ending() {
        ending = true;
        close();
    }

    @Override
    public void notice(String message) {
        log(System.Logger.Level.INFO, message, null);
    }

    @Override
    public void warning(String message) {
        log(System.Logger.Level.WARNING, message, null);
    }

    /** An error of Duet's own, with its stack. */
    void bug(String what, Throwable cause) {
        log(System.Logger.Level.ERROR, what, cause);
    }

    @Override
    public void thrown(String worker, Throwable cause) {
        write(System.Logger.Level.ERROR, "in " + worker, cause);
    }

    private void log(System.Logger.Level level, String message, @Nullable Throwable cause) {
        if (!handOver(level, message, cause)) {
            write(level, message, cause);
        }
    }

    private synchronized boolean handOver(System.Logger.Level level, String message, @Nullable Throwable cause) {
        Workers.Worker present = writer;
        if (present == null) {
            return false;
        }
        if (waiting.get() >= WAITING_MAX) {
            dropped.incrementAndGet();
            return true;
        }
        waiting.incrementAndGet();
        present.execute(new Line(level, message, cause));
        return true;
    }

    private void write(System.Logger.Level level, String message, @Nullable Throwable cause) {
        if (!ending) {
            System.getLogger("io.duetdb").log(level, message, cause);
            return;
        }
        System.err.println("duet: " + message);
        if (cause != null) {
            cause.printStackTrace();
        }
    }

    /** All lines so far are written when this returns; later ones are written by whoever logs them. */
    @Override
    public void close() {
        Workers.Worker ended;
        synchronized (this) {
            ended = writer;
            writer = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    private final class Line implements Runnable {
        private final System.Logger.Level level;
        private final String message;
        private final @Nullable Throwable cause;

        Line(System.Logger.Level level, String message, @Nullable Throwable cause) {
            this.level = level;
            this.message = message;
            this.cause = cause;
        }

        @Override
        public void run() {
            waiting.decrementAndGet();
            write(level, message, cause);
            int lost = dropped.getAndSet(0);
            if (lost > 0) {
                write(
                        System.Logger.Level.WARNING,
                        lost + " lines of the log were dropped: it is read too slowly.",
                        null);
            }
        }
    }
}
