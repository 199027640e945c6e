package io.duetdb.persistence.kit;

import io.duetdb.persistence.disk.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Workers without threads: a task runs when the test, or its seed, says so. Each worker runs its tasks in order, as a
 * thread would; which worker goes next is chance. What a task throws is kept and thrown at the test.
 */
public final class SimWorkers implements Workers {
    private final List<SimWorker> workers = new ArrayList<>();
    private Throwable bug;

    private final class SimWorker implements Worker {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final String name;
        private boolean busy;
        private boolean closed;

        SimWorker(String name) {
            this.name = name;
        }

        @Override
        public void execute(Runnable task) {
            if (closed) {
                throw new IllegalStateException("the worker " + name + " has ended and takes no more tasks");
            }
            tasks.add(task);
        }

        void step() {
            Runnable task = tasks.remove();
            busy = true;
            try {
                task.run();
            } catch (SimDisk.Crash crash) {
                throw crash;
            } catch (Throwable thrown) {
                bug = thrown;
                throw new AssertionError("the worker " + name + " met a bug", thrown);
            } finally {
                busy = false;
            }
        }

        @Override
        public void close() {
            if (busy) {
                throw new AssertionError("waits for the worker " + name + " while its task runs below on this stack");
            }
            while (!tasks.isEmpty()) {
                step();
            }
            closed = true;
        }
    }

    @Override
    public Worker worker(String name) {
        SimWorker worker = new SimWorker(name);
        workers.add(worker);
        return worker;
    }

    /** Runs one task of one worker, chosen by chance. Returns whether there was one that could run. */
    public boolean step(SplittableRandom random) {
        List<SimWorker> ready = new ArrayList<>();
        for (SimWorker worker : workers) {
            if (!worker.busy && !worker.tasks.isEmpty()) {
                ready.add(worker);
            }
        }
        if (ready.isEmpty()) {
            return false;
        }
        ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size())).step();
        return true;
    }

    /** Runs one task of a worker whose name contains {@code part}. Returns whether it had one. */
    public boolean step(String part) {
        for (SimWorker worker : workers) {
            if (worker.name.contains(part) && !worker.busy && !worker.tasks.isEmpty()) {
                worker.step();
                return true;
            }
        }
        return false;
    }

    /** Tasks that wait. */
    public int waiting() {
        return workers.stream().mapToInt(worker -> worker.tasks.size()).sum();
    }

    /** Names of the workers that have tasks. */
    public List<String> names() {
        return workers.stream()
                .filter(worker -> !worker.tasks.isEmpty())
                .map(worker -> worker.name)
                .toList();
    }

    /** Workers that were never closed. */
    public List<String> open() {
        return workers.stream()
                .filter(worker -> !worker.closed)
                .map(worker -> worker.name)
                .toList();
    }

    /** What a task threw, or null. */
    public Throwable bug() {
        return bug;
    }
}
