package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.rdb.RdbFileReader;
import io.duetdb.rdb.RdbReader;
import io.duetdb.rdb.RdbSink;

/**
 * Puts the keys of an RDB into an engine that is loading, and counts them. Those whose time is over are left out of a
 * snapshot that stands for itself; the base of an append-only file keeps them, since its increments rely on them.
 */
public final class KeyIntake implements RdbFileReader.Target {
    /** As the time before which keys are left out: none is. */
    public static final long NEVER = Long.MIN_VALUE;

    /** How many keys were read, maybe from several files. */
    public static final class Count {
        /** Keys that are in the engine now. */
        public long keys;

        /** Keys that were left out because their time was over. */
        public long expired;
    }

    private final Engine engine;
    private final long overdueBeforeMs;
    private final Count count;

    /** An intake that leaves out keys whose time was over before {@code overdueBeforeMs}, and adds to {@code count}. */
    public KeyIntake(Engine engine, long overdueBeforeMs, Count count) {
        this.engine = engine;
        this.overdueBeforeMs = overdueBeforeMs;
        this.count = count;
    }

    @Override
    public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {}

    @Override
    public void announce(int db, byte[] key, int keyLength) {
        engine.announce(db, key, keyLength);
    }

    @Override
    public void key(
            int db, byte[] key, int keyLength, long expireAtMs, long idleS, int frequency, int type, RdbReader value) {
        if (expireAtMs >= 0 && expireAtMs < overdueBeforeMs) {
            value.value(type, RdbSink.NOTHING);
            count.expired++;
        } else if (engine.load(db, key, keyLength, expireAtMs, idleS, frequency, type, value)) {
            count.keys++;
        }
    }
}
