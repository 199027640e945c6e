package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.value.ValueSpace;

/** Reads the value of one entry after the other; a flyweight. */
final class EntryReader implements Snapshot.ValueReader {
    private static final int[] NO_HANDLES = new int[Handles.MARK];

    private final PageMemory memory;
    private final Handles handles;
    private long entry;

    EntryReader(ValueSpace values) {
        this.memory = values.memory();
        this.handles = new Handles(values);
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
    public long size() {
        long size = handles.of(Entries.type(memory, entry), Entries.valueAt(memory, entry))
                .size();
        handles.release(NO_HANDLES);
        return size;
    }

    @Override
    public boolean hasFieldDeadlines() {
        boolean mortal = handles.hash(Entries.valueAt(memory, entry)).hasDeadlines();
        handles.release(NO_HANDLES);
        return mortal;
    }

    @Override
    public void forEach(ElementVisitor visitor) {
        handles.of(Entries.type(memory, entry), Entries.valueAt(memory, entry)).forEach(visitor);
        handles.release(NO_HANDLES);
    }

    @Override
    public void copy(long from, byte[] to, int offset, int length) {
        Values.read(memory, entry, from, to, offset, length);
    }
}
