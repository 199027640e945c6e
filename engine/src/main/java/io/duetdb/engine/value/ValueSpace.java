package io.duetdb.engine.value;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;
import io.duetdb.engine.memory.Skiplist;

/**
 * What all values of a keyspace share: the memory they stand in, the keyed hash of members and fields, the limits of
 * compact encodings, chance, and the queue that frees big ones in budgets. A frozen view has one of its own over its
 * memory, with which values can only be read.
 *
 * <p>A value is known by one word of 8 bytes, which its owner keeps (in an entry, at an address that handles are set on):
 * {@code encoding << 56 | root}. 0 is a value that was created and has nothing in it yet.
 */
public final class ValueSpace {
    private static final int ENCODING_SHIFT = 56;
    private static final long ROOT_MASK = (1L << 41) - 1;

    private final PageMemory memory;
    private final KeyedHash hash;
    private final RandomSource random;
    private final Limits limits;
    private final Reclaimer reclaimer;
    private FieldDeadlines deadlines = FieldDeadlines.NONE;
    private long overdueBefore = Long.MIN_VALUE;

    /** Those of the present; {@code reclaimer} has learnt to free values by {@link ValueReclaiming#plugInto}. */
    public ValueSpace(PageMemory memory, KeyedHash hash, RandomSource random, Limits limits, Reclaimer reclaimer) {
        this.memory = memory;
        this.hash = hash;
        this.random = random;
        this.limits = limits;
        this.reclaimer = reclaimer;
    }

    /** The same over the memory of a frozen view. */
    public ValueSpace over(PageMemory view) {
        return new ValueSpace(view, hash, random, limits, new Reclaimer(view));
    }

    /** Where the values stand. */
    public PageMemory memory() {
        return memory;
    }

    /** Up to which size encodings are compact. */
    public Limits limits() {
        return limits;
    }

    /** The source of chance. */
    public RandomSource random() {
        return random;
    }

    /** Frees big things in budgets. */
    public Reclaimer reclaimer() {
        return reclaimer;
    }

    /** Who remembers the deadlines of fields. */
    public FieldDeadlines deadlines() {
        return deadlines;
    }

    /** Says who remembers the deadlines of fields: before the first one is given. */
    public void deadlines(FieldDeadlines value) {
        deadlines = value;
    }

    /** Fields whose deadline is before this are not there any more. In a view there is no such time. */
    public long overdueBefore() {
        return overdueBefore;
    }

    /** Moves time: see {@link #overdueBefore()}. */
    public void overdueBefore(long ms) {
        overdueBefore = ms;
    }

    /** The keyed hash of a member or field. */
    public long hash(byte[] b, int offset, int length) {
        return hash.hash(b, offset, length);
    }

    /** The hash table by which a value finds its fields or members, where it has one; otherwise 0. */
    public long table(long word) {
        return switch (encoding(word)) {
            case HASHTABLE -> root(word);
            case HASHTABLEEX -> HashHead.root(memory, root(word));
            case SKIPLIST -> Skiplist.table(memory, root(word));
            default -> 0;
        };
    }

    /** The encoding in a value's word. */
    public static Encoding encoding(long word) {
        return Encoding.of((int) (word >>> ENCODING_SHIFT));
    }

    /** The root in a value's word: where its structure begins. */
    public static long root(long word) {
        return word & ROOT_MASK;
    }

    /** A value's word. */
    public static long word(Encoding encoding, long root) {
        assert (root & ~ROOT_MASK) == 0 : root;
        return (long) encoding.ordinal() << ENCODING_SHIFT | root;
    }
}
