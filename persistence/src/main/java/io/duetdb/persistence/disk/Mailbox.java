package io.duetdb.persistence.disk;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What workers have to say to the engine's thread: small tasks that run there, in the order in which they came. */
public final class Mailbox {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Runnable wake;

    /** An empty mailbox; {@code wake} asks the engine's thread for a turn, from any thread. */
    public Mailbox(Runnable wake) {
        this.wake = wake;
    }

    /** Has a task run in the next turn of the engine's thread. Any thread. */
    public void post(Runnable task) {
        tasks.add(task);
        wake.run();
    }

    /** Asks the engine's thread for a turn. Any thread. */
    public void wake() {
        wake.run();
    }

    /** Runs what has come. Engine's thread. */
    public void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
