package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbReader;
import org.jspecify.annotations.Nullable;

/** Makes keys from a snapshot, while no key expires: without effects, statistics and news for anybody. */
public final class KeyLoader {
    private final Keyspace keyspace;
    private final RestoredValue value;
    private final Argv argv = new Argv();
    private final int[] mark = new int[Handles.MARK];
    private boolean replacing;
    private @Nullable Database announced;

    /** A loader into the databases of a keyspace. */
    public KeyLoader(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.value = new RestoredValue(keyspace);
    }

    /** Whether a key that is there already gives way, which is an error otherwise. */
    public void replacing(boolean yes) {
        replacing = yes;
    }

    /** Begins to bring near what a key will need that is loaded soon; together with others. */
    public void announce(int db, byte[] key, int keyLength) {
        if (db < keyspace.count()) {
            Database in = keyspace.db(db);
            argv.wrap(key).add(0, keyLength);
            in.announce(argv, 0);
            announced = in;
        }
    }

    /**
     * Makes a key of the value that the reader stands at.
     *
     * @param expireAtMs absolute time, or -1
     * @param idleS seconds since its last use, or -1
     * @return whether the key was made: false when its collection is empty
     * @throws RdbFormatException when the value is damaged, there is no such database, or the key is there already
     * @throws io.duetdb.engine.api.CommandError when there is no room for it
     */
    public boolean load(int db, byte[] key, int keyLength, long expireAtMs, long idleS, int type, RdbReader from) {
        if (db >= keyspace.count()) {
            throw new RdbFormatException(
                    "there are only " + keyspace.count() + " databases: set \"databases\" to " + (db + 1) + " or more");
        }
        Database ahead = announced;
        if (ahead != null) {
            ahead.touchAnnounced();
            announced = null;
        }
        Database in = keyspace.db(db);
        argv.wrap(key).add(0, keyLength);
        long e = in.locateQuietly(argv, 0);
        if (e != 0 && !replacing) {
            throw new RdbFormatException("it is there already");
        }
        keyspace.handles().mark(mark);
        try {
            value.read(type, from);
            if (value.isEmpty()) {
                value.discard();
                return false;
            }
            if (keyspace.outOfRoom(keyLength)) {
                value.discard();
                throw Errors.OOM;
            }
            value.store(in, argv, 0, e, expireAtMs);
        } finally {
            keyspace.handles().release(mark);
        }
        if (idleS > 0) {
            in.idle(in.locateQuietly(argv, 0), Math.min(idleS, Integer.MAX_VALUE));
        }
        return true;
    }
}
