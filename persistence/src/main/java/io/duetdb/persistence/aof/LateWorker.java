package io.duetdb.persistence.aof;

import io.duetdb.persistence.disk.Workers;
import org.jspecify.annotations.Nullable;

/** A worker that is there from its first task on, and again after it was waited for. Engine's thread. */
final class LateWorker {
    private final Workers workers;
    private final String name;
    private Workers.@Nullable Worker worker;

    LateWorker(Workers workers, String name) {
        this.workers = workers;
        this.name = name;
    }

    /** Has a task run behind all that were given before. */
    void execute(Runnable task) {
        Workers.Worker present = worker;
        if (present == null) {
            present = workers.worker(name);
            worker = present;
        }
        present.execute(task);
    }

    /** Returns when all tasks have run and no thread is left. */
    void settle() {
        Workers.Worker present = worker;
        worker = null;
        if (present != null) {
            present.close();
        }
    }
}
