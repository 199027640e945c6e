package io.duetdb.persistence.disk;

/** Where work beside the loop runs: threads in a server, steps of a schedule in a simulation. */
public interface Workers {
    /** A new worker with a thread of its own, which starts with its first task. */
    Worker worker(String name);

    /**
     * In the midst of a long task: leaves the processor for a moment to whoever waits for it. Any thread; one that is no
     * worker's goes on at once.
     */
    default void giveWay() {}

    /** Runs tasks one after the other, in the order in which they were given. */
    interface Worker extends AutoCloseable {
        /** Has a task run behind all that were given before. Any thread. What it throws is a bug, and logged. */
        void execute(Runnable task);

        /** Ends behind the tasks given so far, and returns when the thread is gone. Takes no more tasks. */
        @Override
        void close();
    }
}
