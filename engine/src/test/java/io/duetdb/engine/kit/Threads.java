package io.duetdb.engine.kit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Work in a thread of its own, as callers who wait need one: since JDK 25 the pool that CompletableFuture uses by itself
 * has one thread on a machine of two processors.
 */
public final class Threads {
    private static final Executor EACH_ITS_OWN = work -> {
        Thread thread = new Thread(work, "test-caller");
        thread.setDaemon(true);
        thread.start();
    };

    private Threads() {}

    /** What {@code work} returns, in the end. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, EACH_ITS_OWN);
    }

    /** The end of {@code work}. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, EACH_ITS_OWN);
    }
}
