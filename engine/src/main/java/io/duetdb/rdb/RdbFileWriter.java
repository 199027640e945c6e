package io.duetdb.rdb;

import io.duetdb.engine.api.Snapshot;

/** Writes an RDB file around the values: head, facts, databases, keys, checksum. Not for two threads at once. */
public final class RdbFileWriter {
    /** A writer to {@code out}; with {@code checksum} the file ends with one, else with zeros, as Redis' does. */
    public RdbFileWriter(RdbOutput out, boolean compress, boolean checksum, int version) {}

    /** A fact about the file. Before the first database. */
    public void aux(String name, String value) {
        throw new UnsupportedOperationException();
    }

    /** The keys from here on belong to a database. */
    public void database(int db, long keys, long expires) {
        throw new UnsupportedOperationException();
    }

    /** One key. */
    public void entry(byte[] key, int offset, int length, long expireAtMs, Snapshot.ValueReader value) {
        throw new UnsupportedOperationException();
    }

    /** The end. */
    public void end() {
        throw new UnsupportedOperationException();
    }
}
