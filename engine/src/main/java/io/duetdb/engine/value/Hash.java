package io.duetdb.engine.value;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;

/**
 * A hash: fields with values, each field with a deadline if it was given one. Packed while it is small ({@link
 * PackedHash}), else a table ({@link TableHash}); it never goes back.
 *
 * <p>The handle has a position at a field: {@link #find}, {@link #first}, {@link #next}, {@link #random} move it and say
 * whether there is a field; {@link #length}, {@link #copyOut} and {@link #reply} are about the field there,
 * {@link #valueLength} and its like about its value. It is lost when the hash is written, unless a method says otherwise.
 *
 * <p>A field whose deadline is past is not there any more for whoever reads. Fields only get deadlines in a hash that
 * has a head ({@link #makeHead}), by which the timing wheel finds it ({@link FieldDeadlines}).
 */
public final class Hash implements Value {
    private final ValueSpace space;
    private final PageMemory memory;
    private final PackedHash packed;
    private final TableHash table;
    private final byte[] digits = new byte[20];
    private long slot;
    private Encoding encoding = Encoding.NONE;
    private boolean isTable;
    private long head;
    private long root;

    /** A handle for values of {@code space}; {@link #at} comes first. */
    public Hash(ValueSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.packed = new PackedHash(memory);
        this.table = new TableHash(space);
    }

    /** Sets this handle on the value whose word stands at {@code newSlot}. */
    public Hash at(long newSlot) {
        slot = newSlot;
        load(memory.getLong(newSlot));
        return this;
    }

    private void load(long word) {
        encoding = ValueSpace.encoding(word);
        isTable = encoding == Encoding.HASHTABLE || encoding == Encoding.HASHTABLEEX;
        boolean hasHead = encoding == Encoding.LISTPACKEX || encoding == Encoding.HASHTABLEEX;
        root = ValueSpace.root(word);
        head = hasHead ? root : 0;
        if (hasHead) {
            root = HashHead.root(memory, head);
        }
        if (isTable) {
            table.wrap(root, head);
        } else {
            packed.wrap(root, hasHead);
        }
    }

    @Override
    public long slot() {
        return slot;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    /** Number of fields. The position may be lost. */
    @Override
    public long size() {
        return isTable ? table.size() : packed.size();
    }

    @Override
    public boolean isEmpty() {
        return isTable ? table.isEmpty() : packed.size() == 0;
    }

    /** Whether nothing is left in it, not even fields that are over and did not go yet. O(1). */
    public boolean isBare() {
        return isTable ? table.isBare() : packed.size() == 0;
    }

    /** Whether it is a table: then {@link #scan} goes step by step and {@link #random} costs nothing. */
    public boolean isTable() {
        return isTable;
    }

    // ---- the position

    /** Goes to the first field: of a packed hash the oldest. */
    public boolean first() {
        return isTable ? table.first() : packed.first();
    }

    /** Goes to the next field. */
    public boolean next() {
        return isTable ? table.next() : packed.next();
    }

    /** Goes to a field by its name. O(1), O(size) in a packed hash. */
    public boolean find(byte[] f, int from, int length) {
        return isTable ? table.find(f, from, length) : packed.find(f, from, length);
    }

    /** Goes to a field by chance, each as likely as any other. */
    public boolean random() {
        if (isTable) {
            return table.random();
        }
        long size = packed.size();
        return size > 0 && packed.seek(space.random().nextLong(size));
    }

    /** A number that tells the field from others as long as nothing is written. Only of a table. */
    public long place() {
        return table.place();
    }

    /**
     * Collects about {@code count} fields from a cursor on, for {@link #firstScanned}, and returns the cursor to go on
     * with, 0 at the end. What is there during a whole walk is collected once. A packed hash is collected at once.
     */
    public long scan(long cursor, int count) {
        return isTable ? table.scan(cursor, count) : 0;
    }

    /** Goes to the first field that {@link #scan} collected. */
    public boolean firstScanned() {
        return isTable ? table.firstScanned() : packed.first();
    }

    /** Length of the field's name in bytes. */
    public int length() {
        return isTable ? table.length() : packed.length();
    }

    /** Copies the field's name to {@code to}, which has room for it. Returns its length. */
    public int copyOut(byte[] to, int at) {
        return isTable ? table.copyOut(to, at) : packed.copyOut(to, at);
    }

    /** Replies the field's name as a bulk string. */
    public void reply(Reply reply) {
        if (isTable) {
            table.reply(reply);
        } else {
            packed.reply(reply);
        }
    }

    /** Whether the field's name matches a glob pattern. */
    public boolean matches(byte[] glob, int from, int length) {
        return isTable ? table.matches(glob, from, length) : packed.matches(glob, from, length);
    }

    /** Length of the value in bytes. */
    public int valueLength() {
        return isTable ? table.valueLength() : packed.valueLength();
    }

    /** Copies the value to {@code to}, which has room for it. Returns its length. */
    public int copyValue(byte[] to, int at) {
        return isTable ? table.copyValue(to, at) : packed.copyValue(to, at);
    }

    /** Replies the value as a bulk string. */
    public void replyValue(Reply reply) {
        if (isTable) {
            table.replyValue(reply);
        } else {
            packed.replyValue(reply);
        }
    }

    /** Whether the value is an integer in canonical form. */
    public boolean valueIsInteger() {
        return isTable ? table.valueIsInteger() : packed.valueIsInteger();
    }

    /** The value, if {@link #valueIsInteger}. */
    public long valueInteger() {
        return isTable ? table.valueInteger() : packed.valueInteger();
    }

    /** The field's deadline in ms, 0 if it has none. */
    public long deadline() {
        return isTable ? table.deadline() : packed.deadline();
    }

    // ---- changing

    /**
     * Announces that fields and values of up to {@code longest} bytes will be put, up to {@code pairs} of them: what
     * won't be small becomes a table at once, as in Redis ({@code t_hash.c}, hashTypeTryConversion).
     */
    public void expect(long pairs, int longest) {
        if (!isTable && (longest > space.limits().hashListpackValue || pairs > space.limits().hashListpackEntries)) {
            toTable();
        }
    }

    /**
     * Takes all fields and values as they stand in a listpack of Redis, see {@link PackedList#adopt}. Returns false, and
     * does nothing, if the hash is not empty or would not be a listpack, or if a field comes twice or without a value.
     */
    public boolean adopt(byte[] b, int from, int length, int count, int longest) {
        boolean small = longest <= space.limits().hashListpackValue
                && count / 2 <= space.limits().hashListpackEntries
                && root == 0
                && !isTable;
        if (!small || !packed.adopt(b, from, length, count, longest)) {
            return false;
        }
        store();
        return true;
    }

    /** Sets a field, without a deadline. Returns 1 if it is new, 0 if it had another value. Copies the bytes. */
    public int put(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength) {
        return put(f, fFrom, fLength, v, vFrom, vLength, false);
    }

    /** As {@link #put}, but the field keeps its deadline. */
    public int update(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength) {
        return put(f, fFrom, fLength, v, vFrom, vLength, true);
    }

    /** As {@link #update}, with an integer. */
    public int update(byte[] f, int fFrom, int fLength, long value) {
        return put(f, fFrom, fLength, digits, 0, Numbers.write(value, digits, 0), true);
    }

    private int put(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength, boolean keep) {
        expect(1, Math.max(fLength, vLength));
        if (isTable) {
            return table.put(f, fFrom, fLength, v, vFrom, vLength, keep);
        }
        int added = 0;
        if (packed.find(f, fFrom, fLength)) {
            packed.replaceValue(v, vFrom, vLength);
            if (head != 0 && !keep && packed.deadline() != 0) {
                packed.deadline(0);
                HashHead.add(memory, head, -1);
            }
        } else {
            packed.add(f, fFrom, fLength, v, vFrom, vLength);
            added = 1;
        }
        store();
        if (packed.size() > space.limits().hashListpackEntries) {
            toTable();
        }
        return added;
    }

    /** Takes a field out. Returns whether it was there. */
    public boolean remove(byte[] f, int from, int length) {
        if (isTable) {
            return table.remove(f, from, length);
        }
        if (!packed.find(f, from, length)) {
            return false;
        }
        removePacked();
        return true;
    }

    private void removePacked() {
        if (packed.deadline() != 0) {
            HashHead.add(memory, head, -1);
        }
        packed.remove();
        store();
    }

    /** Keeps the root of the packed list, which may have changed. */
    private void store() {
        long now = packed.root();
        if (now == root && now != 0) {
            return;
        }
        root = now;
        if (head != 0) {
            HashHead.root(memory, head, now);
        } else {
            encoding = now == 0 ? Encoding.NONE : Encoding.LISTPACK;
            memory.putLong(slot, now == 0 ? 0 : ValueSpace.word(encoding, now));
        }
    }

    private void toTable() {
        long header = HashTable.create(memory);
        table.wrap(header, head);
        if (head != 0) {
            HashHead.add(memory, head, -HashHead.count(memory, head)); // counted anew as they are added
            space.deadlines().orphaned(HashHead.filed(memory, head) == 0 ? 0 : 1);
            HashHead.filed(memory, head, 0);
        }
        packed.addTo(table);
        packed.free(space.reclaimer());
        root = header;
        isTable = true;
        if (head == 0) {
            encoding = Encoding.HASHTABLE;
            memory.putLong(slot, ValueSpace.word(encoding, header));
        } else {
            encoding = Encoding.HASHTABLEEX;
            HashHead.root(memory, head, header);
            memory.putLong(slot, ValueSpace.word(encoding, head));
        }
    }

    // ---- deadlines

    /** Whether some field has a deadline. Constant time. */
    public boolean hasDeadlines() {
        return head != 0 && HashHead.count(memory, head) > 0;
    }

    /** The address of the head, 0 if there is none. */
    public long head() {
        return head;
    }

    /** Makes a head, if there is none, so that fields can have deadlines. The hash is not empty. */
    public void makeHead() {
        if (head != 0) {
            return;
        }
        if (!isTable) {
            packed.first();
            root = packed.withDeadlines(space.reclaimer());
        }
        head = HashHead.create(memory, root);
        HashHead.id(memory, head, space.deadlines().register(head));
        Encoding wide = isTable ? Encoding.HASHTABLEEX : Encoding.LISTPACKEX;
        memory.putLong(slot, ValueSpace.word(wide, head));
        load(memory.getLong(slot));
    }

    /** Gives the field that {@link #find} found a deadline, or takes it: 0. The hash has a head. */
    public void deadline(long deadline) {
        if (isTable) {
            table.deadline(deadline);
            return;
        }
        long old = packed.deadline();
        if (old == deadline) {
            return;
        }
        packed.deadline(deadline);
        store();
        HashHead.add(memory, head, (deadline == 0 ? 0 : 1) - (old == 0 ? 0 : 1));
        fileEarliest();
    }

    /** After {@link #fired} and {@link #removeOver}: what has more time is filed again. */
    public void refile() {
        if (!isTable) {
            fileEarliest();
        }
    }

    /** Sees to it that a record is filed which fires no later than the earliest deadline of a packed hash. */
    private void fileEarliest() {
        long earliest = packed.first() ? packed.deadline() : 0;
        long filed = HashHead.filed(memory, head);
        if (earliest != 0 && (filed == 0 || filed > earliest)) {
            space.deadlines().orphaned(filed == 0 ? 0 : 1);
            HashHead.filed(memory, head, earliest);
            space.deadlines().file(HashHead.id(memory, head), 0, earliest);
        }
    }

    /**
     * Goes to a field that is over and still there, to be taken out by {@link #removeOver}: any of a packed hash or a
     * small table; in a larger one they are left to the records that will fire.
     */
    public boolean seekOver() {
        if (!hasDeadlines()) {
            return false;
        }
        if (isTable) {
            return table.seekOver();
        }
        long earliest = packed.first() ? packed.deadline() : 0;
        return earliest != 0 && earliest < space.overdueBefore();
    }

    /** Takes the field out that {@link #seekOver} or {@link #fired} went to. */
    public void removeOver() {
        if (isTable) {
            table.removeHere();
        } else {
            removePacked();
        }
    }

    /**
     * A record fired that {@link FieldDeadlines#file} was given. Goes to a field that is over, if there is one, to be
     * taken out by {@link #removeOver}; {@link #refile} comes after it.
     */
    public boolean fired(long fieldHash, long deadlineMs) {
        if (isTable) {
            return table.fired(fieldHash, deadlineMs);
        }
        if (HashHead.filed(memory, head) == deadlineMs) {
            HashHead.filed(memory, head, 0);
        }
        return seekOver();
    }

    /** Whether a record still is of use: the field is there that it was filed for. */
    public boolean isFiled(long fieldHash, long deadlineMs) {
        if (isTable) {
            return table.filedFor(fieldHash, deadlineMs) != 0;
        }
        return HashHead.filed(memory, head) == deadlineMs;
    }

    // ---- the whole

    @Override
    public void forEach(ElementVisitor visitor) {
        if (isTable) {
            table.forEach(visitor);
        } else {
            packed.forEach(visitor);
        }
    }

    @Override
    public long blockBytes() {
        return (isTable ? table.blockBytes() : packed.blockBytes()) + (head == 0 ? 0 : HashHead.bytes());
    }

    @Override
    public long copy() {
        long copyOf = isTable ? HashTable.create(memory) : packed.copyAll();
        long copyHead = 0;
        if (head != 0) {
            copyHead = HashHead.create(memory, copyOf);
            HashHead.id(memory, copyHead, space.deadlines().register(copyHead));
        }
        if (isTable) {
            TableHash copy = new TableHash(space);
            copy.wrap(copyOf, copyHead);
            table.addTo(copy);
        } else if (head != 0) {
            HashHead.add(memory, copyHead, HashHead.count(memory, head));
            Hash copy = new Hash(space);
            copy.head = copyHead;
            copy.packed.wrap(copyOf, true);
            copy.fileEarliest();
        }
        return ValueSpace.word(encoding, head == 0 ? copyOf : copyHead);
    }

    @Override
    public void free() {
        if (head != 0) {
            space.deadlines()
                    .orphaned(isTable ? HashHead.count(memory, head) : HashHead.filed(memory, head) == 0 ? 0 : 1);
            space.deadlines().forget(HashHead.id(memory, head));
            memory.free(head);
        }
        if (isTable) {
            table.free(root);
        } else {
            packed.free(space.reclaimer());
        }
    }
}
