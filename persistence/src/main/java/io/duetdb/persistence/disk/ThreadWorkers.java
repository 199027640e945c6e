package io.duetdb.persistence.disk;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Workers with a thread each. Nobody ever interrupts them: an interrupt during input or output would close the file. They
 * are daemons, so that an instance which was forgotten doesn't keep the process; whatever they write may be cut anywhere.
 */
public final class ThreadWorkers implements Workers {
    /** Hears of tasks that ended with something that is a bug. Called on the worker's thread, which goes on. */
    public interface Bugs {
        /** A worker's task threw this. */
        void thrown(String worker, Throwable cause);
    }

    private final Bugs bugs;

    /** Workers whose bugs are told to {@code bugs}. */
    public ThreadWorkers(Bugs bugs) {
        this.bugs = bugs;
    }

    @Override
    public Worker worker(String name) {
        return new WorkerThread(name, bugs);
    }

    /**
     * Sleeps for the shortest time there is, some 60 us on Linux: a thread that only yields stays runnable, and how long it
     * stays away is the kernel's choice.
     */
    @Override
    public void giveWay() {
        if (Thread.currentThread() instanceof TaskThread) {
            LockSupport.parkNanos(this, 1);
        }
    }

    /** The thread of a worker. */
    private static final class TaskThread extends Thread {
        TaskThread(Runnable run, String name) {
            super(run, name);
            setDaemon(true);
        }
    }

    private static final class WorkerThread implements Worker {
        private static final Runnable END = new Runnable() {
            @Override
            public void run() {
                throw new IllegalStateException("the end is not to be run");
            }
        };

        private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private final String name;
        private final Bugs bugs;
        private @Nullable Thread thread;
        private boolean ended;

        WorkerThread(String name, Bugs bugs) {
            this.name = name;
            this.bugs = bugs;
        }

        @Override
        public synchronized void execute(Runnable task) {
            if (ended) {
                throw new IllegalStateException("the worker " + name + " has ended and takes no more tasks");
            }
            tasks.add(task);
            if (thread == null) {
                thread = new TaskThread(this::run, name);
                thread.start();
            }
        }

        private void run() {
            while (true) {
                Runnable task;
                try {
                    task = tasks.take();
                } catch (InterruptedException e) {
                    continue; // nobody may, and whoever did means somebody else
                }
                if (task == END) {
                    return;
                }
                try {
                    task.run();
                } catch (Throwable e) {
                    bugs.thrown(name, e);
                }
            }
        }

        @Override
        public void close() {
            Thread present = end();
            if (present == null || present == Thread.currentThread()) {
                return;
            }
            boolean interrupted = false;
            while (present.isAlive()) {
                try {
                    present.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized @Nullable Thread end() {
            if (!ended) {
                ended = true;
                tasks.add(END);
            }
            return thread;
        }
    }
}
