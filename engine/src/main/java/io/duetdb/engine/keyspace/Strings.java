package io.duetdb.engine.keyspace;

import io.duetdb.bytes.Numbers;
import io.duetdb.bytes.Xxh3;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.PageMemory;
import java.util.Arrays;

/**
 * The string values of one {@link Database}: they live in the entry itself ({@link Entries}), as a number, as bytes, or
 * as the root of a chain of chunks. An entry is the address that the database's lookups return; costs are O(1) unless
 * said.
 */
public final class Strings {
    private static final int PIECE = 16 * 1024;

    private final Database db;
    private final PageMemory memory;
    private final byte[] digits = new byte[20];

    Strings(Database db, PageMemory memory) {
        this.db = db;
        this.memory = memory;
    }

    // ---- reading

    /** Length in bytes. */
    public long length(long e) {
        return Entries.stringLength(memory, e);
    }

    /** Whether the string is kept as an integer. */
    public boolean isInt(long e) {
        return Entries.form(memory, e) == Entries.INT;
    }

    /** The integer of a string for which {@link #isInt} holds. */
    public long intValue(long e) {
        return memory.getLong(Entries.valueAt(memory, e));
    }

    /** The string as an integer. @throws CommandError NOT_AN_INTEGER when it is none */
    public long integer(long e) {
        int form = Entries.form(memory, e);
        long at = Entries.valueAt(memory, e);
        if (form == Entries.INT) {
            return memory.getLong(at);
        }
        if (form <= 20) {
            byte[] array = memory.array(at);
            int i = memory.index(at);
            if (Numbers.isLong(array, i, form)) {
                return Numbers.parseLong(array, i, form);
            }
        }
        throw Errors.NOT_AN_INTEGER;
    }

    /** Replies the whole string. O(length). */
    public void reply(long e, Reply reply) {
        int form = Entries.form(memory, e);
        long at = Entries.valueAt(memory, e);
        if (form == Entries.INT) {
            reply.bulk(memory.getLong(at));
        } else if (form == Entries.CHUNKED) {
            long length = memory.getLong(at);
            reply.bulkParts(length);
            ChunkedBytes.reply(memory, memory.getLong(at + 8), length, 0, length, reply);
        } else {
            reply.bulk(memory.array(at), memory.index(at), form);
        }
    }

    /** Replies {@code length} bytes of the string from {@code from} on, which must lie within it. O(length). */
    public void replyRange(long e, long from, long length, Reply reply) {
        int form = Entries.form(memory, e);
        long at = Entries.valueAt(memory, e);
        if (form == Entries.INT) {
            Numbers.write(memory.getLong(at), digits, 0);
            reply.bulk(digits, (int) from, (int) length);
        } else if (form == Entries.CHUNKED) {
            reply.bulkParts(length);
            ChunkedBytes.reply(memory, memory.getLong(at + 8), memory.getLong(at), from, length, reply);
        } else {
            reply.bulk(memory.array(at), memory.index(at) + (int) from, (int) length);
        }
    }

    /** Copies {@code length} bytes of the string from {@code from} on, which must lie within it. O(length). */
    public void read(long e, long from, byte[] to, int offset, int length) {
        Values.read(memory, e, from, to, offset, length);
    }

    /** Whether the string is the same bytes as an argument. O(length). */
    public boolean equals(long e, Argv argv, int index) {
        int length = argv.length(index);
        if (length(e) != length) {
            return false;
        }
        int form = Entries.form(memory, e);
        long at = Entries.valueAt(memory, e);
        if (form == Entries.INT) {
            Numbers.write(memory.getLong(at), digits, 0);
            int offset = argv.offset(index);
            return Arrays.equals(digits, 0, length, argv.array(index), offset, offset + length);
        } else if (form == Entries.CHUNKED) {
            long root = memory.getLong(at + 8);
            return ChunkedBytes.equals(memory, root, length, argv.array(index), argv.offset(index));
        }
        return memory.equals(at, argv.array(index), argv.offset(index), length);
    }

    /** The string's XXH3 hash of 64 bits. O(length). */
    public long xxh3(long e) {
        Xxh3 hash = new Xxh3();
        long length = length(e);
        byte[] piece = new byte[(int) Math.min(length, PIECE)];
        for (long from = 0; from < length; from += PIECE) {
            int n = (int) Math.min(length - from, PIECE);
            Values.read(memory, e, from, piece, 0, n);
            hash.update(piece, 0, n);
        }
        return hash.digest();
    }

    // ---- writing

    /**
     * Makes an argument the string value of a key, whatever the key held before. O(length).
     *
     * @param e the key's entry as found, or 0 when there is none
     * @param expireAt absolute ms, {@link Database#NO_EXPIRE} or {@link Database#KEEP_TTL}
     */
    public void set(Argv argv, int key, long e, int value, long expireAt) {
        int length = argv.length(value);
        if (length <= 20) {
            byte[] b = argv.array(value);
            int offset = argv.offset(value);
            if (Numbers.isLong(b, offset, length)) {
                setInt(argv, key, e, Numbers.parseLong(b, offset, length), expireAt);
                return;
            }
        }
        if (Entries.fitsInline(argv.length(key), length)) {
            long at = Entries.valueAt(memory, db.prepare(argv, key, e, length, expireAt));
            memory.copyIn(at, argv.array(value), argv.offset(value), length);
        } else {
            long root = ChunkedBytes.create(memory, argv, value);
            long at = Entries.valueAt(memory, db.prepare(argv, key, e, Entries.CHUNKED, expireAt));
            memory.putLong(at, length);
            memory.putLong(at + 8, root);
        }
    }

    /** Makes an integer the string value of a key; parameters as {@link #set}. */
    public void setInt(Argv argv, int key, long e, long value, long expireAt) {
        memory.putLong(Entries.valueAt(memory, db.prepare(argv, key, e, Entries.INT, expireAt)), value);
    }

    /** As {@link #set}, of bytes that are no argument. */
    public void set(Argv argv, int key, long e, byte[] bytes, int offset, int length, long expireAt) {
        if (length <= 20 && Numbers.isLong(bytes, offset, length)) {
            setInt(argv, key, e, Numbers.parseLong(bytes, offset, length), expireAt);
        } else {
            setBytes(argv, key, e, bytes, offset, length, expireAt);
        }
    }

    /**
     * Makes bytes the string value of a key, kept as bytes though they may spell an integer; parameters as {@link #set}.
     * Copies the bytes.
     */
    public void setBytes(Argv argv, int key, long e, byte[] bytes, long expireAt) {
        setBytes(argv, key, e, bytes, 0, bytes.length, expireAt);
    }

    private void setBytes(Argv argv, int key, long e, byte[] bytes, int offset, int length, long expireAt) {
        if (Entries.fitsInline(argv.length(key), length)) {
            long at = Entries.valueAt(memory, db.prepare(argv, key, e, length, expireAt));
            memory.copyIn(at, bytes, offset, length);
        } else {
            long root = ChunkedBytes.create(memory, bytes, offset, length);
            long at = Entries.valueAt(memory, db.prepare(argv, key, e, Entries.CHUNKED, expireAt));
            memory.putLong(at, length);
            memory.putLong(at + 8, root);
        }
    }

    /** Replaces the integer of an entry that {@link #isInt}: writes eight bytes. */
    public void updateInt(long e, long value) {
        memory.putLong(Entries.valueAt(memory, e), value);
    }

    /**
     * Appends an argument to a string. O(length of what is appended; a string that outgrows its block is copied).
     * Returns the new length.
     */
    public long append(Argv argv, int key, long e, int value) {
        long oldLength = length(e);
        int added = argv.length(value);
        long at = oldLength + added;
        long changed = resize(argv, key, e, at);
        Values.write(memory, changed, oldLength, argv, value);
        return at;
    }

    /**
     * Writes an argument over a string from {@code from} on, growing it with zero bytes. Returns the new length. Touches
     * no more than what changes.
     *
     * @param e the key's entry as found, or 0 when there is none
     */
    public long setRange(Argv argv, int key, long e, long from, int value) {
        long present = e == 0 ? db.prepare(argv, key, 0, 0, Database.NO_EXPIRE) : e;
        long length = Math.max(length(present), from + argv.length(value));
        long changed = resize(argv, key, present, length);
        Values.write(memory, changed, from, argv, value);
        return length;
    }

    /** Brings a string to {@code length} >= its present one, new bytes zero, as a raw string. Returns its entry. */
    private long resize(Argv argv, int key, long e, long length) {
        int form = Entries.form(memory, e);
        long changed;
        if (form == Entries.CHUNKED) {
            changed = e;
            long at = Entries.valueAt(memory, e);
            memory.putLong(at + 8, ChunkedBytes.resize(memory, memory.getLong(at + 8), memory.getLong(at), length));
            memory.putLong(at, length);
        } else {
            changed = resizeInline(e, form, Entries.keyLength(memory, e), length);
        }
        memory.putByte(changed, memory.getByte(changed) | Entries.RAW);
        return changed;
    }

    private long resizeInline(long e, int form, int keyLength, long length) {
        int oldLength = (int) length(e);
        boolean area = (memory.getByte(e) & Entries.EXPIRE_AREA) != 0;
        if (Entries.fitsInline(keyLength, length)) {
            int newForm = (int) length;
            if (form != Entries.INT) {
                int oldSize = Entries.size(memory, e);
                if (memory.resizeInPlace(e, oldSize, oldSize - Entries.formSpace(form) + Entries.formSpace(newForm))) {
                    memory.putShort(e + Entries.FORM_AT, newForm);
                    memory.fill(Entries.valueAt(memory, e) + oldLength, newForm - oldLength, 0);
                    return e;
                }
            }
            long moved = Entries.recreate(memory, e, area, newForm);
            long to = Entries.valueAt(memory, moved);
            copyInline(e, form, to, oldLength);
            memory.fill(to + oldLength, newForm - oldLength, 0);
            db.replaceBlock(e, moved);
            return moved;
        }
        byte[] old = new byte[oldLength];
        Values.read(memory, e, 0, old, 0, oldLength);
        long root = ChunkedBytes.create(memory, old, 0, oldLength);
        root = ChunkedBytes.resize(memory, root, oldLength, length);
        long moved = Entries.recreate(memory, e, area, Entries.CHUNKED);
        long at = Entries.valueAt(memory, moved);
        memory.putLong(at, length);
        memory.putLong(at + 8, root);
        db.replaceBlock(e, moved);
        return moved;
    }

    private void copyInline(long e, int form, long to, int length) {
        if (form == Entries.INT) {
            Numbers.write(intValue(e), digits, 0);
            memory.copyIn(to, digits, 0, length);
        } else {
            memory.move(to, Entries.valueAt(memory, e), length);
        }
    }
}
