package io.duetdb.engine.blocking;

import org.jspecify.annotations.Nullable;

/** The place of a client in the queue of one of the keys it waits for. */
public final class Waiter {
    final Blocked blocked;
    final AwaitedKey key;

    @Nullable
    Waiter before;

    @Nullable
    Waiter after;

    Waiter(Blocked blocked, AwaitedKey key) {
        this.blocked = blocked;
        this.key = key;
    }

    /** Who waits. */
    public Blocked blocked() {
        return blocked;
    }

    /** Who comes next; null behind the last. */
    public @Nullable Waiter next() {
        return after;
    }
}
