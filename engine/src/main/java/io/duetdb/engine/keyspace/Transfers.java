package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.PageMemory;

/**
 * Keys that get another name or another database, or a double. Values that stand in chunks go over by reference, only a
 * copy copies them. The target's key must not exist.
 */
public final class Transfers {
    private final Keyspace keyspace;
    private final PageMemory memory;

    Transfers(Keyspace keyspace, PageMemory memory) {
        this.keyspace = keyspace;
        this.memory = memory;
    }

    /** Moves an entry, whose key is the argument's, to another database, with its time to live. O(1). */
    public void move(Database from, long e, Database to, Argv argv, int key) {
        long expireAt = from.detach(e);
        int head = Entries.head(memory, e);
        if ((head & Entries.EXPIRE_AREA) != 0) {
            memory.putByte(e, head & ~Entries.FILED);
            memory.putLong(e + Entries.FIXED, Entries.NO_EXPIRE);
        }
        to.adopt(argv, key, e, expireAt);
    }

    /** Gives an entry the key that an argument holds; time to live, encoding and access clock stay. O(1). */
    public void rename(Database db, long e, Argv argv, int key) {
        long expireAt = db.detach(e);
        boolean area = expireAt != Entries.NO_EXPIRE;
        int form = formBeside(argv.length(key), Entries.form(memory, e));
        long renamed = Entries.create(memory, argv, key, plainHead(e, area), memory.getInt(e) >>> 8, form);
        if (form == Entries.form(memory, e)) {
            memory.move(Entries.valueAt(memory, renamed), Entries.valueAt(memory, e), Entries.formSpace(form));
        } else {
            toChunks(e, renamed);
        }
        Entries.free(memory, e);
        db.adopt(argv, key, renamed, expireAt);
    }

    /** Makes a double of an entry, time to live included, under the key that an argument holds. O(length). */
    public void copy(Database from, long e, Database to, Argv argv, int key) {
        long expireAt = from.expireAt(e);
        boolean area = expireAt != Entries.NO_EXPIRE;
        int old = Entries.form(memory, e);
        int form = formBeside(argv.length(key), old);
        long copy = Entries.create(memory, argv, key, plainHead(e, area), keyspace.accessClock(), form);
        if (form != old) {
            toChunks(e, copy);
        } else if (form == Entries.CHUNKED) {
            long source = Entries.valueAt(memory, e);
            long length = memory.getLong(source);
            long root = ChunkedBytes.copy(memory, memory.getLong(source + 8), length);
            chunks(copy, length, root);
        } else if (form == Entries.REFERENCE) {
            memory.putLong(
                    Entries.valueAt(memory, copy), from.collections().at(e).copy());
        } else {
            memory.move(Entries.valueAt(memory, copy), Entries.valueAt(memory, e), Entries.formSpace(form));
        }
        to.adopt(argv, key, copy, expireAt);
    }

    /** Bytes that the value of an entry takes beside the entry: about what a copy will need. */
    public long outsideBytes(Database in, long e) {
        if (Entries.form(memory, e) == Entries.REFERENCE) {
            return in.collections().at(e).blockBytes();
        }
        if (Entries.form(memory, e) != Entries.CHUNKED) {
            return 0;
        }
        long at = Entries.valueAt(memory, e);
        return ChunkedBytes.blockBytes(memory, memory.getLong(at + 8), memory.getLong(at));
    }

    private int plainHead(long e, boolean area) {
        int head = Entries.head(memory, e) & ~(Entries.FILED | Entries.EXPIRE_AREA);
        return area ? head | Entries.EXPIRE_AREA : head;
    }

    /** The form of a value beside another key: what does not fit into the entry any more goes into chunks. */
    private static int formBeside(int keyLength, int form) {
        boolean bytes = form != Entries.INT && form != Entries.CHUNKED && form != Entries.REFERENCE;
        return bytes && !Entries.fitsInline(keyLength, form) ? Entries.CHUNKED : form;
    }

    private void toChunks(long e, long to) {
        int length = Entries.form(memory, e);
        byte[] bytes = new byte[length];
        memory.copyOut(Entries.valueAt(memory, e), bytes, 0, length);
        chunks(to, length, ChunkedBytes.create(memory, bytes, 0, length));
    }

    private void chunks(long e, long length, long root) {
        long at = Entries.valueAt(memory, e);
        memory.putLong(at, length);
        memory.putLong(at + 8, root);
    }
}
