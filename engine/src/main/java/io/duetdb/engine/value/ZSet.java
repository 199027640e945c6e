package io.duetdb.engine.value;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PageMemory;

/**
 * A sorted set: members, each with a score, in the order of scores and, where scores are equal, of the members' bytes.
 * Scores are never NaN; -0 equals 0.
 *
 * <p>The handle has a position: {@link #first}, {@link #last}, {@link #next}, {@link #previous} and the seeks move it and
 * say whether it stands at a member; what is asked about the member without naming it is asked about that one. Whatever
 * names a member loses the position, and so do {@link #add} and {@link #remove}; {@link #removeHere} keeps it. Writes to
 * other values are allowed during a walk.
 *
 * <p>Small sets are listpacks, of members and scores in turn, up to the limits of the settings; others have a table of
 * members and a skiplist. Costs are those of the latter, N being {@link #size}.
 */
public final class ZSet implements Value {
    /** Returned by {@link #add}: the member was there with this score. */
    public static final int SAME = 0;

    /** Returned by {@link #add}: the member was not there. */
    public static final int ADDED = 1;

    /** Returned by {@link #add}: the member was there with another score. */
    public static final int UPDATED = 2;

    private final ValueSpace space;
    private final PageMemory memory;
    private final PackedZSet packed;
    private final SkiplistZSet skiplist;
    private ZSetForm form;
    private long slot;
    private long root; // of the packed form, as it stands in the word

    /** A handle for values of {@code space}; {@link #at} comes first. */
    public ZSet(ValueSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.packed = new PackedZSet(space);
        this.skiplist = new SkiplistZSet(space);
        this.form = packed;
    }

    /** Sets this handle on the value whose word stands at {@code slot}. */
    public ZSet at(long newSlot) {
        slot = newSlot;
        long word = memory.getLong(newSlot);
        root = ValueSpace.root(word);
        form = ValueSpace.encoding(word) == Encoding.SKIPLIST ? skiplist.wrap(root) : packed.wrap(root);
        return this;
    }

    @Override
    public long slot() {
        return slot;
    }

    @Override
    public long size() {
        return form.size();
    }

    @Override
    public Encoding encoding() {
        return form == skiplist ? Encoding.SKIPLIST : Encoding.LISTPACK;
    }

    // ---- by member

    /** The score of a member, NaN if it is not there. O(1). */
    public double score(byte[] b, int from, int length) {
        return form.score(b, from, length);
    }

    /** The number of members before a member, -1 if it is not there. O(log N). */
    public long rank(byte[] b, int from, int length) {
        return form.rank(b, from, length);
    }

    /**
     * Puts a member in, whose bytes are copied, or gives it another score. Returns {@link #ADDED}, {@link #UPDATED} or
     * {@link #SAME}. The score must not be NaN. O(log N).
     */
    public int add(byte[] b, int from, int length, double score) {
        if (form == packed) {
            int was = packed.update(b, from, length, score);
            if (was == PackedZSet.ABSENT && mayStayPacked(packed.size() + 1, length)) {
                packed.insert(b, from, length, score);
                was = ADDED;
            }
            if (was != PackedZSet.ABSENT) {
                keepRoot();
                return was;
            }
            becomeSkiplist(); // as Redis does: before the member that is too many or too long
        }
        return skiplist.add(b, from, length, score);
    }

    /**
     * Takes all members and scores as they stand in a listpack of Redis, see {@link PackedList#adopt}. Returns false, and
     * does nothing, if the set is not empty or would not be a listpack, if a member comes twice, if they are out of order
     * or a score stands otherwise than it would here.
     */
    public boolean adopt(byte[] b, int from, int length, int count, int longest) {
        boolean adopted = form == packed
                && root == 0
                && mayStayPacked(count / 2, longest)
                && packed.adopt(b, from, length, count, longest);
        keepRoot();
        return adopted;
    }

    /** Takes a member out; false if it is not there. O(log N). */
    public boolean remove(byte[] b, int from, int length) {
        boolean was = form.remove(b, from, length);
        keepRoot();
        return was;
    }

    // ---- the position

    /** Goes to the member with the lowest score. */
    public boolean first() {
        return form.first();
    }

    /** Goes to the member with the highest score. */
    public boolean last() {
        return form.last();
    }

    /** Goes to the next member. */
    public boolean next() {
        return form.next();
    }

    /** Goes to the member before. */
    public boolean previous() {
        return form.previous();
    }

    /** Goes to the member of a rank from 0 on, from the lowest score; false if there are not so many. O(log N). */
    public boolean seekRank(long rank) {
        return form.seekRank(rank);
    }

    /** Goes to the first member with a score of at least {@code min}, or above it if {@code exclusive}. O(log N). */
    public boolean seekScore(double min, boolean exclusive) {
        return form.seekScore(min, exclusive);
    }

    /** Goes to the last member with a score of at most {@code max}, or below it if {@code exclusive}. O(log N). */
    public boolean seekScoreBack(double max, boolean exclusive) {
        return form.seekScoreBack(max, exclusive);
    }

    /**
     * Goes to the first member that is not before these bytes, or that is behind them if {@code exclusive}, in a set
     * whose scores are all equal (otherwise to any member or none). O(log N).
     */
    public boolean seekLex(byte[] b, int from, int length, boolean exclusive) {
        return form.seekLex(b, from, length, exclusive);
    }

    /** Goes to the last member that is not behind these bytes, or that is before them; see {@link #seekLex}. */
    public boolean seekLexBack(byte[] b, int from, int length, boolean exclusive) {
        return form.seekLexBack(b, from, length, exclusive);
    }

    // ---- the member at the position

    /** Its score. */
    public double score() {
        return form.score();
    }

    /** Its length in bytes. */
    public int length() {
        return form.length();
    }

    /** Copies it to {@code to}, which has room for it. Returns its length. */
    public int copyOut(byte[] to, int at) {
        return form.copyOut(to, at);
    }

    /** Replies it as a bulk string, straight from its page. */
    public void reply(Reply reply) {
        form.reply(reply);
    }

    /** Compares it with these bytes as unsigned numbers, a prefix being less: negative if it is before them. */
    public int compare(byte[] b, int from, int length) {
        return form.compare(b, from, length);
    }

    /** Its rank, from 0 on, from the lowest score. */
    public long rank() {
        return form.rank();
    }

    /** Takes it out and goes to the next one; false if it was the last. O(log N), for a run of members O(1) each. */
    public boolean removeHere() {
        boolean is = form.removeHere();
        keepRoot();
        return is;
    }

    // ---- encodings

    private boolean mayStayPacked(long size, int length) {
        return size <= space.limits().zsetListpackEntries && length <= space.limits().zsetListpackValue;
    }

    /** Enters a changed root of the packed form. */
    private void keepRoot() {
        if (form == packed && packed.root() != root) {
            root = packed.root();
            memory.putLong(slot, root == 0 ? 0 : ValueSpace.word(Encoding.LISTPACK, root));
        }
    }

    /**
     * Says how many members are about to be added: more than a listpack may have make it a skiplist beforehand, as in
     * Redis 7.2 ({@code t_zset.c}: zsetTypeCreate, zsetTypeMaybeConvert).
     */
    public void expect(long members) {
        if (form == packed && members > space.limits().zsetListpackEntries) {
            becomeSkiplist();
        }
    }

    private void becomeSkiplist() {
        long made = SkiplistZSet.create(memory);
        skiplist.wrap(made);
        byte[] member = new byte[64];
        for (boolean is = packed.first(); is; is = packed.next()) {
            int length = packed.length();
            if (length > member.length) {
                member = new byte[Math.max(length, 2 * member.length)];
            }
            packed.copyOut(member, 0);
            skiplist.append(member, 0, length, packed.score());
        }
        packed.free();
        form = skiplist;
        memory.putLong(slot, ValueSpace.word(Encoding.SKIPLIST, made));
    }

    /**
     * Makes a skiplist a listpack again where the limits allow one. As in Redis only results of STORE commands do this
     * ({@code t_zset.c}: zsetConvertToListpackIfNeeded).
     */
    public void shrink() {
        if (form == packed || size() > space.limits().zsetListpackEntries) {
            return;
        }
        int longest = 0;
        for (boolean is = skiplist.first(); is; is = skiplist.next()) {
            longest = Math.max(longest, skiplist.length());
        }
        if (longest > space.limits().zsetListpackValue) {
            return;
        }
        packed.wrap(0);
        byte[] member = new byte[longest];
        for (boolean is = skiplist.first(); is; is = skiplist.next()) {
            int length = skiplist.copyOut(member, 0);
            packed.append(member, 0, length, skiplist.score());
        }
        skiplist.free();
        form = packed;
        root = 0;
        memory.putLong(slot, 0);
        keepRoot();
    }

    // ---- in steps

    /**
     * One step of a walk over many commands: finds about {@code count} members from {@code cursor} on, for
     * {@link #showScanned}. Returns the cursor of the next step, 0 at the end. What is there from the first step to the
     * last is found. Small sets are found whole in one step, whatever the cursor.
     */
    public long scan(long cursor, int count) {
        return form.scan(cursor, count);
    }

    /** Shows the members that {@link #scan} found, if nobody wrote to the set since. */
    public void showScanned(ElementVisitor visitor) {
        form.showScanned(visitor);
    }

    // ---- the whole

    @Override
    public void forEach(ElementVisitor visitor) {
        form.forEach(visitor);
    }

    @Override
    public long blockBytes() {
        return form.blockBytes();
    }

    @Override
    public long copy() {
        return form.copy();
    }

    @Override
    public void free() {
        form.free();
    }

    /** Throws unless the invariants of a skiplist hold. O(size); for tests. */
    void verify() {
        if (form == skiplist) {
            skiplist.verify();
        }
    }
}
