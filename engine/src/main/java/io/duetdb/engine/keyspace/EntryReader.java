package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.memory.PageMemory;

/** Reads the value of one entry after the other; a flyweight. */
final class EntryReader implements Snapshot.ValueReader {
    private final PageMemory memory;
    private long entry;

    EntryReader(PageMemory memory) {
        this.memory = memory;
    }

    /** Stands at another entry from now on. */
    EntryReader at(long e) {
        entry = e;
        return this;
    }

    @Override
    public String type() {
        return Entries.type(memory, entry).label();
    }

    @Override
    public long length() {
        return Entries.stringLength(memory, entry);
    }

    @Override
    public void copy(long from, byte[] to, int offset, int length) {
        Values.read(memory, entry, from, to, offset, length);
    }
}
