package io.duetdb.engine.command;

import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.WatchedKeys;
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
        changed(by, by, db, key, offset, length);
    }

    /** The engine itself removed a key, for which {@code present}'s command gave the occasion, or none. */
    void expired(@Nullable ClientState present, Database db, byte[] key, int offset, int length) {
        changed(null, present, db, key, offset, length);
    }

    private void changed(
            @Nullable ClientState by, @Nullable ClientState present, Database db, byte[] key, int offset, int length) {
        watched.changed(db.index(), key, offset, length);
        if (!tracking.isEmpty()) {
            tracking.changed(by, present, key, offset, length);
        }
        blocked.touched(db.index(), key, offset, length);
    }

    /** All keys of a database are going to be deleted; {@link Keyspace#ALL} for every database. */
    void flushing(int which) {
        if (quiet()) {
            return;
        }
        for (int i = 0; i < keyspace.count(); i++) {
            if (which == Keyspace.ALL || which == i) {
                int index = i;
                watched.changedAll(index, key -> keyspace.db(index).typeOf(key) != null);
                blocked.flushing(index);
            }
        }
        tracking.flushed();
    }

    /** Two databases are going to change places. */
    void swapping(int first, int second) {
        if (quiet()) {
            return;
        }
        watched.changedAll(
                first,
                key -> keyspace.db(first).typeOf(key) != null
                        || keyspace.db(second).typeOf(key) != null);
        watched.changedAll(
                second,
                key -> keyspace.db(first).typeOf(key) != null
                        || keyspace.db(second).typeOf(key) != null);
        blocked.touchedAll(first);
        blocked.touchedAll(second);
        if (first != second) {
            tracking.flushed(); // Redis forgets this one, and clients that keep keys go on with the other database's
        }
    }

    /** The keyspace has become an earlier one again: everything may be different. */
    void rolledBack() {
        for (int i = 0; i < keyspace.count(); i++) {
            watched.changedAll(i, key -> true);
            blocked.touchedAll(i);
        }
        tracking.flushed();
    }
}
