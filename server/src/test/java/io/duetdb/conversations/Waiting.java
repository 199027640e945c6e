package io.duetdb.conversations;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or the server does; gives up, with an error, after a time that is never needed. */
final class Waiting {
    private static final long WAIT_NS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_AGAIN_NS = 200_000;

    private Waiting() {}

    /** Returns when {@code condition} holds. */
    static void until(String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > WAIT_NS_MAX) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    /** As {@link #until}, for what is asked of a server. */
    static void untilTrue(String what, Callable<Boolean> condition) {
        until(what, () -> {
            try {
                return condition.call();
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
        });
    }
}
