package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.View;
import io.duetdb.engine.value.ValueSpace;

/**
 * A frozen view of all databases. Everything but {@link #close} may be called from one other thread: it reads a page
 * table and pages that nobody writes any more.
 */
public final class FrozenKeyspace implements Snapshot {
    private static final int STEP = 512;

    private final PageMemory owner;
    private final View view;
    private final ValueSpace values;
    private final PageMemory memory;
    private final long[] headers;
    private final long[] withTtl;
    private final int[] byOwner;
    private final long fields;
    private final long usedBytes;
    private final long offset;
    private final long frozenAtMs;
    private boolean closed;

    FrozenKeyspace(
            PageMemory owner,
            View view,
            ValueSpace values,
            int databases,
            long tables,
            long fields,
            long offset,
            long frozenAtMs) {
        this.values = values;
        this.owner = owner;
        this.view = view;
        this.memory = view.memory();
        this.headers = new long[databases];
        this.withTtl = new long[databases];
        this.byOwner = new int[databases];
        for (int i = 0; i < databases; i++) {
            long record = Keyspace.recordAt(tables, i);
            headers[i] = memory.getLong(record);
            withTtl[i] = TtlCount.keys(memory, record);
            byOwner[(int) memory.getLong(record + Keyspace.OWNER)] = i;
        }
        this.fields = fields;
        this.usedBytes = owner.usedBytes();
        this.offset = offset;
        this.frozenAtMs = frozenAtMs;
    }

    View view() {
        return view;
    }

    @Override
    public int databases() {
        return headers.length;
    }

    @Override
    public long size(int db) {
        return new HashTable(memory).wrap(headers[db]).size();
    }

    @Override
    public long sizeWithTtl(int db) {
        return withTtl[db];
    }

    @Override
    public boolean hasFieldDeadlines() {
        HashTable table = new HashTable(memory);
        boolean found;
        try {
            found = FieldExpiry.any(memory, fields, owner -> {
                view.validate();
                return table.wrap(headers[byOwner[owner]]);
            });
        } catch (RuntimeException | AssertionError e) {
            view.validate();
            throw e;
        }
        view.validate();
        return found;
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long frozenAtMs() {
        return frozenAtMs;
    }

    @Override
    public void forEach(int db, EntryVisitor visitor) {
        Walk walk = new Walk(view, values, visitor);
        HashTable table = new HashTable(memory).wrap(headers[db]);
        long cursor = 0;
        try {
            do {
                cursor = table.scan(cursor, STEP, walk);
                view.validate();
            } while (cursor != 0);
        } catch (Cancelled e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            view.validate(); // a view taken back under the reader shows garbage: then that is the reason
            throw e;
        }
    }

    @Override
    public byte[] digest() {
        Digest digest = new Digest();
        for (int db = 0; db < headers.length; db++) {
            if (size(db) > 0) {
                digest.database(db);
                forEach(db, digest);
            }
        }
        return digest.result();
    }

    @Override
    public void workAhead() {
        view.workAhead();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owner.release(view);
        }
    }

    /** Hands out entries of one walk; a reused key buffer, nothing kept. */
    private static final class Walk implements HashTable.SlotVisitor {
        private final View view;
        private final PageMemory memory;
        private final EntryVisitor visitor;
        private final FrozenReader reader;
        private byte[] key = new byte[256];

        Walk(View view, ValueSpace values, EntryVisitor visitor) {
            this.view = view;
            this.memory = view.memory();
            this.visitor = visitor;
            this.reader = new FrozenReader(view, new EntryReader(values));
        }

        @Override
        public void slot(long e) {
            int length = Entries.keyLength(memory, e);
            if (length > key.length) {
                view.validate(); // the length of a view taken back may be anything
                key = new byte[Math.max(length, key.length * 2)];
            }
            Entries.copyKey(memory, e, key, 0);
            long expireAt = Entries.expireAt(memory, e);
            view.validate();
            visitor.entry(key, 0, length, expireAt, reader.at(e));
            view.validate(); // the next slot is read now
        }
    }
}
