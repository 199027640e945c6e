package io.duetdb.engine.command;

import io.duetdb.engine.blocking.AwaitedKey;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.WatchedKeys;
import io.duetdb.engine.tx.WatchedKeys.Look;
import io.duetdb.engine.tx.WatchedKeys.State;
import org.jspecify.annotations.Nullable;

/** All that watches keys, told in one place of each change: WATCH, client-side caches, clients that wait for a key. */
final class KeyChanges {
    private final Keyspace keyspace;
    private final WatchedKeys watched;
    private final Tracking tracking;
    private final BlockedClients blocked;

    KeyChanges(Services services) {
        keyspace = services.keyspace();
        watched = services.watched();
        tracking = services.tracking();
        blocked = services.blocked();
    }

    /** Whether nobody watches any key, so that changes need not be told. */
    boolean quiet() {
        return watched.isEmpty() && tracking.isEmpty() && blocked.isEmpty();
    }

    /** A key was written by {@code by}. */
    void changed(ClientState by, Database db, byte[] key, int offset, int length) {
        watched.changed(db.index(), key, offset, length);
        others(by, by, db, key, offset, length);
    }

    /** The engine itself removed a key, for which {@code present}'s command gave the occasion, or none. */
    void expired(@Nullable ClientState present, Database db, byte[] key, int offset, int length) {
        watched.expired(db.index(), key, offset, length);
        others(null, present, db, key, offset, length);
    }

    /** Fields of a hash are gone, as in {@link #expired}: who read it has read something else. */
    void fieldsExpired(@Nullable ClientState present, Database db, byte[] key) {
        watched.changed(db.index(), key, 0, key.length);
        others(null, present, db, key, 0, key.length);
    }

    private void others(
            @Nullable ClientState by, @Nullable ClientState present, Database db, byte[] key, int offset, int length) {
        if (!tracking.isEmpty()) {
            tracking.changed(by, present, key, offset, length);
        }
        AwaitedKey awaited = blocked.awaited(db.index(), key, offset, length);
        if (awaited != null) {
            blocked.touched(awaited, db.typeOf(awaited.key()));
        }
    }

    /** All keys of a database are going to be deleted by {@code by}; {@link Keyspace#ALL} for every database. */
    void flushing(ClientState by, int which) {
        if (quiet()) {
            return;
        }
        for (int i = 0; i < keyspace.count(); i++) {
            if (which == Keyspace.ALL || which == i) {
                watched.replaced(i, look(i), key -> State.ABSENT);
                blocked.flushing(i);
            }
        }
        tracking.flushed(by);
    }

    private Look look(int db) {
        Database in = keyspace.db(db);
        return key -> in.typeOf(key) != null ? State.PRESENT : in.isOverdue(key) ? State.OVERDUE : State.ABSENT;
    }

    /** Two databases are going to change places. */
    void swapping(int first, int second) {
        if (quiet() || first == second) {
            return;
        }
        watched.replaced(first, look(first), look(second));
        watched.replaced(second, look(second), look(first));
        blocked.touchedAll(first);
        blocked.touchedAll(second);
        tracking.flushed(null); // Redis forgets this one, and clients that keep keys go on with the other database's
    }

    /** The keyspace has become an earlier one again: everything may be different. */
    void rolledBack() {
        watched.changedAll();
        for (int i = 0; i < keyspace.count(); i++) {
            blocked.touchedAll(i);
        }
        tracking.flushed(null);
    }
}
