package io.duetdb.engine.value;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PackedList;
import io.duetdb.engine.memory.PageMemory;

/**
 * A set: members without order and without doubles. Small sets of integers are kept as an {@link Encoding#INTSET},
 * other small ones as a {@link Encoding#LISTPACK}, all others as a {@link Encoding#HASHTABLE}.
 *
 * <p>The handle has a position at a member: {@link #first}, {@link #next}, {@link #random} move it and say whether it
 * stands at one; what is asked about "the member" is asked about that one. {@link #contains}, {@link #add} and
 * {@link #remove} lose it, and so does every other write to the memory unless {@link #refresh} follows.
 */
/*
 * Maintainer's view: when a set changes its encoding. These are the rules of redis-server 7.2 (t_set.c: setTypeCreate,
 * setTypeMaybeConvert, setTypeAddAux); SetValueTest has them as a table. Limits are read when they are needed, so a
 * change of the settings shows at the next addition.
 *
 *   new        expect(member, n): an integer and n <= set-max-intset-entries: intset; else, if
 *              n <= set-max-listpack-entries: listpack; else hashtable
 *   known n    expect(): an intset or listpack whose limit is below n becomes a hashtable before anything is added
 *   intset     + integer: hashtable when the size is above set-max-intset-entries afterwards (or the memory in one
 *                piece does not suffice), never a listpack
 *              + other: listpack if the size before is below set-max-listpack-entries and neither the member nor the
 *                longest integer is longer than set-max-listpack-value; else hashtable
 *   listpack   + any: hashtable if the size before has reached set-max-listpack-entries, or the member is too long
 *
 * Nothing leads back, except that a command which makes a new set begins anew.
 */
public final class SetValue implements Value {
    private static final int COPIED = 64;

    /** A longer buffer is not kept for the next set. */
    private static final int COPIED_KEPT = 64 * 1024;

    private final ValueSpace space;
    private final PageMemory memory;
    private final IntSetRep ints;
    private final PackedSet packed;
    private final TableSet table;
    private final byte[] digits = new byte[20];
    private byte[] copied = new byte[COPIED];

    private long slot;
    private long word;
    private Encoding encoding = Encoding.NONE;
    private SetRep rep;

    /** A handle for values of {@code space}; {@link #at} comes first. */
    public SetValue(ValueSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.ints = new IntSetRep(space);
        this.packed = new PackedSet(space);
        this.table = new TableSet(space);
        this.rep = ints;
    }

    /** Sets this handle on the value whose word stands at {@code slot}. */
    public SetValue at(long slot) {
        this.slot = slot;
        word = memory.getLong(slot);
        encoding = ValueSpace.encoding(word);
        rep = rep(encoding);
        rep.wrap(ValueSpace.root(word));
        if (copied.length > COPIED_KEPT) {
            copied = new byte[COPIED];
        }
        return this;
    }

    private SetRep rep(Encoding of) {
        return of == Encoding.HASHTABLE ? table : of == Encoding.LISTPACK ? packed : ints;
    }

    @Override
    public long slot() {
        return slot;
    }

    @Override
    public long size() {
        return rep.size();
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    /** Writes the value's word, if encoding or root are others now. */
    private void store() {
        long now = ValueSpace.word(encoding, rep.root());
        if (now != word) {
            word = now;
            memory.putLong(slot, now);
        }
    }

    // ---- members

    /** Whether these bytes are a member. O(1), O(size) as long as the set is small. */
    public boolean contains(byte[] b, int offset, int length) {
        return rep.contains(b, offset, length);
    }

    /** Whether the member at another set's position, which stays, is a member here too. Copies nothing. */
    public boolean containsMemberOf(SetValue other) {
        if (rep == ints && other.rep == other.ints) {
            return ints.contains(other.ints.integer());
        }
        int length = other.rep.load();
        return rep.contains(other.rep.bytes(), other.rep.from(), length);
    }

    /**
     * Walks another set and clears the bit of its i-th member, as far as it is set, if that is a member here, or, without
     * {@code ofMembers}, if it is not. The bits stand in {@code bits} from {@code at} on. The other's position is lost.
     */
    public void clearBits(SetValue walked, boolean ofMembers, long[] bits, int at) {
        if (rep == table && walked.rep == walked.table && table.clearBits(walked.table, ofMembers, bits, at)) {
            return;
        }
        int i = 0;
        for (boolean is = walked.first(); is; is = walked.next()) {
            if ((bits[at + (i >>> 6)] & 1L << i) != 0 && containsMemberOf(walked) == ofMembers) {
                bits[at + (i >>> 6)] &= ~(1L << i);
            }
            i++;
        }
    }

    /**
     * Says that {@code members} members are about to be added, of which these bytes are the first: chooses the encoding
     * of a new set, and changes that of one which would outgrow it.
     */
    public void expect(byte[] b, int offset, int length, long members) {
        Limits limits = space.limits();
        if (encoding == Encoding.NONE) {
            if (members <= limits.setIntsetEntries && Numbers.isLong(b, offset, length)) {
                begin(Encoding.INTSET);
            } else {
                begin(members <= limits.setListpackEntries ? Encoding.LISTPACK : Encoding.HASHTABLE);
            }
        } else if (encoding == Encoding.LISTPACK ? members > limits.setListpackEntries : outgrowsInts(members)) {
            toTable();
            store();
        }
    }

    private boolean outgrowsInts(long members) {
        return encoding == Encoding.INTSET && members > space.limits().setIntsetEntries;
    }

    /** Gives a new set, which has no members yet, an encoding to begin with. */
    public void begin(Encoding first) {
        assert rep.size() == 0 && encoding == Encoding.NONE : encoding;
        encoding = first;
        rep = rep(first);
        if (first == Encoding.HASHTABLE) {
            table.create();
        } else {
            rep.wrap(0);
        }
        store();
    }

    /** Adds a member, which is copied. Returns whether it was not there. */
    public boolean add(byte[] b, int offset, int length) {
        if (encoding == Encoding.NONE) {
            expect(b, offset, length, 1);
        }
        if (encoding == Encoding.HASHTABLE) {
            return table.add(b, offset, length);
        }
        return encoding == Encoding.LISTPACK ? addToPacked(b, offset, length) : addToInts(b, offset, length);
    }

    /**
     * Takes all members as they stand in a listpack of Redis, see {@link PackedList#adopt}. Returns false, and does
     * nothing, if the set is not new, if one by one they would not make it a listpack in their order, or if one comes
     * twice.
     */
    public boolean adopt(byte[] b, int from, int length, int count, int longest) {
        Limits limits = space.limits();
        boolean small = encoding == Encoding.NONE
                && count > 0
                && count <= limits.setListpackEntries
                && longest <= limits.setListpackValue
                && !PackedList.isInteger(b, from); // an intset would be first, and put the integers in order
        if (!small) {
            return false;
        }
        packed.wrap(0);
        if (!packed.adopt(b, from, length, count, longest)) {
            return false;
        }
        encoding = Encoding.LISTPACK;
        rep = packed;
        store();
        return true;
    }

    /** Adds the member at another set's position. That needs {@link #refresh} before it moves on. */
    public boolean addMemberOf(SetValue other) {
        int length = copyMemberOf(other);
        return add(copied, 0, length);
    }

    /** Adds the member at another set's position, which is not there. As {@link #addMemberOf} otherwise, but cheaper. */
    public void addNewMemberOf(SetValue other) {
        if (encoding == Encoding.INTSET || encoding == Encoding.NONE) {
            addMemberOf(other);
            return;
        }
        int length = copyMemberOf(other);
        if (encoding == Encoding.HASHTABLE) {
            table.addNew(copied, 0, length);
        } else {
            appendToPacked(copied, 0, length);
        }
    }

    private int copyMemberOf(SetValue other) {
        int length = other.rep.load();
        if (copied.length < length) {
            copied = new byte[Math.max(length, copied.length * 2)];
        }
        System.arraycopy(other.rep.bytes(), other.rep.from(), copied, 0, length); // a page may move while it is read
        return length;
    }

    private boolean addToPacked(byte[] b, int offset, int length) {
        if (packed.contains(b, offset, length)) {
            return false;
        }
        appendToPacked(b, offset, length);
        return true;
    }

    private void appendToPacked(byte[] b, int offset, int length) {
        Limits limits = space.limits();
        if (packed.size() < limits.setListpackEntries && length <= limits.setListpackValue) {
            packed.add(b, offset, length);
        } else {
            toTable();
            table.addNew(b, offset, length);
        }
        store();
    }

    private boolean addToInts(byte[] b, int offset, int length) {
        long value = Numbers.parse(b, offset, length);
        if (value != Numbers.NOT_A_LONG || Numbers.isLong(b, offset, length)) {
            return addToInts(value);
        }
        Limits limits = space.limits();
        if (ints.size() < limits.setListpackEntries
                && length <= limits.setListpackValue
                && ints.longest() <= limits.setListpackValue) {
            toPacked();
            packed.add(b, offset, length);
        } else {
            toTable();
            table.addNew(b, offset, length);
        }
        store();
        return true;
    }

    private boolean addToInts(long value) {
        if (ints.hasRoomFor(value)) {
            if (!ints.add(value)) {
                return false;
            }
            if (ints.size() > space.limits().setIntsetEntries) {
                toTable();
            }
        } else {
            if (ints.contains(value)) {
                return false;
            }
            toTable();
            table.addNew(digits, 0, Numbers.write(value, digits, 0));
        }
        store();
        return true;
    }

    /** Removes a member. Returns whether it was there. */
    public boolean remove(byte[] b, int offset, int length) {
        boolean removed = rep.remove(b, offset, length);
        if (removed) {
            store();
        }
        return removed;
    }

    /** Removes what is the member at another set's position. That needs {@link #refresh} before it moves on. */
    public boolean removeMemberOf(SetValue other) {
        int length = other.rep.load();
        return remove(other.rep.bytes(), other.rep.from(), length);
    }

    // ---- other encodings

    private void toPacked() {
        packed.wrap(0);
        for (boolean is = ints.first(); is; is = ints.next()) {
            packed.add(ints.integer());
        }
        ints.free();
        encoding = Encoding.LISTPACK;
        rep = packed;
    }

    private void toTable() {
        SetRep old = rep;
        table.create();
        for (boolean is = old.first(); is; is = old.next()) {
            int length = old.load(); // into a buffer of its own
            table.addNew(old.bytes(), old.from(), length);
            old.refresh();
        }
        old.free();
        encoding = Encoding.HASHTABLE;
        rep = table;
    }

    /** Makes the set, all of whose members are integers, an intset if its size allows. For results of algebra. */
    public void toIntset() {
        if (encoding == Encoding.INTSET || rep.size() > space.limits().setIntsetEntries) {
            return;
        }
        SetRep old = rep;
        ints.wrap(0);
        for (boolean is = old.first(); is; is = old.next()) {
            long value = old.integer();
            if (!ints.hasRoomFor(value)) {
                ints.free();
                return;
            }
            ints.add(value);
            old.refresh();
        }
        old.free();
        encoding = Encoding.INTSET;
        rep = ints;
        store();
    }

    /** Takes over all that another set holds, in place of its own members. The other is as new then. */
    public void become(SetValue other) {
        rep.free();
        long taken = other.word;
        memory.putLong(other.slot, 0);
        other.at(other.slot);
        memory.putLong(slot, taken);
        at(slot);
    }

    /** Frees everything, and that at once, for what only lived for a command; the set is as new then. O(size). */
    public void clear() {
        if (encoding == Encoding.HASHTABLE) {
            table.freeAtOnce();
        } else {
            free();
        }
        memory.putLong(slot, 0);
        at(slot);
    }

    // ---- the position

    /** Goes to the first member. Every walk of a set that does not change is in the same order. */
    public boolean first() {
        return rep.first();
    }

    /** Goes to the next member; behind the last one the position is lost. */
    public boolean next() {
        return rep.next();
    }

    /**
     * Goes to a member, each as likely as any other; false if there is none. O(1), O(size) in a listpack.
     * {@link #next} is no use then.
     */
    public boolean random() {
        return rep.random();
    }

    /** Takes the member out and goes to the next one; after {@link #random} the position is lost instead. */
    public boolean removeHere() {
        boolean more = rep.removeHere();
        store();
        return more;
    }

    /** Keeps the position although somebody wrote to the memory meanwhile, but not to this set. */
    public void refresh() {
        rep.refresh();
    }

    /** What tells the member from all others as long as nobody writes to the set. */
    public long here() {
        return rep.here();
    }

    // ---- the member

    /** Whether the member is an integer in Redis' canonical form. */
    public boolean isInteger() {
        return rep.isInteger();
    }

    /** The value of a member that is an integer. */
    public long integer() {
        return rep.integer();
    }

    /** Length of the member in bytes. */
    public int length() {
        return rep.length();
    }

    /**
     * Makes the member readable in {@link #bytes}, from {@link #from} on, where possible in its page. Returns its
     * length. Valid until something is written, or the position moves.
     */
    public int load() {
        return rep.load();
    }

    /** The array of the member that was loaded last. Not to be modified. */
    public byte[] bytes() {
        return rep.bytes();
    }

    /** Where in {@link #bytes} the member begins. */
    public int from() {
        return rep.from();
    }

    /** Copies the member to {@code to}, which has room for it. Returns its length. */
    public int copyOut(byte[] to, int at) {
        return rep.copyOut(to, at);
    }

    /** Replies the member as a bulk string, straight from its page. */
    public void reply(Reply reply) {
        rep.reply(reply);
    }

    /** Replies all members as a set. */
    public void replyAll(Reply reply) {
        reply.set((int) rep.size());
        for (boolean is = rep.first(); is; is = rep.next()) {
            rep.reply(reply);
        }
    }

    // ---- walks in steps

    /**
     * One step of a walk over many commands: finds about {@code count} members from {@code cursor} on, to be walked by
     * {@link #firstScanned} and {@link #next}. Returns the cursor of the next step, 0 at the end. What is there from
     * the first step to the last is found. Small sets are found whole in one step, whatever the cursor.
     */
    public long scan(long cursor, int count) {
        return rep.scan(cursor, count);
    }

    /** Goes to the first member that {@link #scan} found. */
    public boolean firstScanned() {
        return rep.firstScanned();
    }

    // ---- the whole

    @Override
    public void forEach(ElementVisitor visitor) {
        for (boolean is = rep.first(); is; is = rep.next()) {
            int length = rep.load();
            visitor.element(rep.bytes(), rep.from(), length);
        }
    }

    @Override
    public long blockBytes() {
        return rep.blockBytes();
    }

    @Override
    public long copy() {
        return ValueSpace.word(encoding, rep.copy());
    }

    @Override
    public void free() {
        rep.free();
    }
}
