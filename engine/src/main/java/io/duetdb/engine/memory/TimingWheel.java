package io.duetdb.engine.memory;

/**
 * Deadlines in milliseconds, fired in order: a hierarchical timing wheel in pages. It keeps records of an owner (a
 * database), a kind and a hash, knows nothing of keys, never looks for doubles and cannot cancel: a caller whose
 * deadline moved later waits for the record to fire early and files it again, one whose deadline moved earlier files a
 * second record.
 *
 * <p>{@link #advance} fires what has a deadline of at most its {@code nowMs}; for Redis' rule (a key is expired when
 * now is greater than its deadline) callers pass now - 1. Deadlines are exact to the millisecond.
 *
 * <p>The object is a flyweight, as {@link HashTable}: {@link #wrap} sets it on a wheel of its memory, and all state is
 * in pages. Not thread-safe.
 */
/*
 *   level 7 .. level 2       level 1, 64 ms a slot           level 0, 1 ms a slot
 *                           +--+--+--+--+-    -+--+         +--+--+--+--+-    -+--+
 *    occupancy: 64 bits     |  |  |##|  |  ..  |##|         |  |##|  |##|  ..  |  |
 *    slots: 64 chain heads  +--+--+--+--+-    -+--+         +--+--+--+--+-    -+--+
 *                                   |                            ^cursor
 *                                   v
 *                            [next, count, tail | records] -> [next, count | records] -> 0
 *
 *   record   deadline ms : 48 | owner : 16          hash's 60 upper bits : 60 | kind : 4
 *   block    next >>> 3 : 34 | records : 30         tail (right only in the first block of a chain)
 *
 * Time is a number of eight digits to base 64. A record whose deadline differs from the cursor first in digit L
 * (counted from the lowest) is in the slot of level L that its own digit L names. (Varghese & Lauck, "Hashed and
 * hierarchical timing wheels", SOSP 1987; placing by the highest differing digit is the radix heap's idea, Ahuja,
 * Mehlhorn, Orlin, Tarjan 1990.) So, and these are the invariants:
 *
 *   no deadline is before the cursor;
 *   in a level, only slots from the cursor's digit on are occupied, and in levels above 0 the cursor's own slot only
 *   when the cursor stands at its very beginning: then it waits to be cascaded, that is, filed anew into lower levels;
 *   all records of a slot of level 0 have one and the same deadline.
 *
 * advance() first cascades what waits, then fires the cursor's slot of level 0, then moves the cursor to the next
 * occupied slot, which eight occupancy words tell without looking at a slot: a jump of years costs no more than one of
 * a millisecond. A record is cascaded at most seven times in its life. Every record cascaded or fired is one unit of
 * the budget, and between two records all state is in pages, so an advance may end anywhere.
 *
 * When the clock goes back nothing fires, as the cursor is ahead. A deadline filed before the cursor turns the cursor
 * back to it: with H the highest digit that differs, all records below level H have the old cursor's digit H, so their
 * chains are hung, whole, into that slot of level H; the levels above are as they were. That is why a chain knows its
 * tail.
 *
 * Cost: file O(1); memory about 16.5 bytes per record where many share a slot; a chain's blocks grow from 64 bytes to
 * 512. An empty level and an empty slot own nothing.
 */
public final class TimingWheel {
    /** A record's kind: a key's deadline. */
    public static final int KEY = 0;

    /** A record's kind: the earliest deadline of a hash's fields. */
    public static final int FIELD = 1;

    /** Later deadlines are filed as this one (in the year 10889), and so may fire early. */
    public static final long DEADLINE_MAX = (1L << 48) - 2;

    /** Receives what is due. May file records while it is called. */
    @FunctionalInterface
    public interface Listener {
        /** A record, now out of the wheel; of {@code hash} the lowest four bits are 0. */
        void due(long deadlineMs, int owner, int kind, long hash);
    }

    /** Says of a record whether somebody still waits for it. */
    @FunctionalInterface
    public interface Filter {
        /** Whether to keep the record; the wheel must not be used meanwhile. */
        boolean keep(long deadlineMs, int owner, int kind, long hash);
    }

    private static final int LEVELS = 8;
    private static final int DIGIT_BITS = 6;
    private static final int DIGIT_MASK = 63;

    private static final int CURSOR = 0;
    private static final int COUNT = 8;
    private static final int OCCUPANCY = 16;
    private static final int SLOTS = OCCUPANCY + 8 * LEVELS;
    private static final int HEADER_BYTES = SLOTS + 8 * LEVELS;
    private static final int LEVEL_BYTES = 64 * 8;

    private static final int TAIL = 8;
    private static final int RECORDS = 16;
    private static final int RECORD_BYTES = 16;
    private static final int BLOCK_MIN = 64;
    private static final int BLOCK_MAX = 512;

    private static final int NEXT_BITS = 34;
    private static final long NEXT_MASK = (1L << NEXT_BITS) - 1;
    private static final long ONE_RECORD = 1L << NEXT_BITS;

    private static final int OWNER_BITS = 16;
    private static final int OWNER_MASK = (1 << OWNER_BITS) - 1;
    private static final int KIND_MASK = 15;

    private final PageMemory memory;
    private long header;

    // The record that take() took.
    private long when;
    private long what;

    // Where sweep() stands: not in pages, as a sweep may be broken off anywhere.
    private int sweepLevel = -1;
    private int sweepSlot;
    private long sweepBlock;
    private int sweepIndex;

    /** A flyweight for wheels in {@code memory}; {@link #wrap} comes first. */
    public TimingWheel(PageMemory memory) {
        this.memory = memory;
    }

    /** Makes an empty wheel that stands at {@code nowMs}; returns the address by which it is known. */
    public static long create(PageMemory memory, long nowMs) {
        long header = memory.allocate(HEADER_BYTES, Kind.WHEEL);
        for (int at = 0; at < HEADER_BYTES; at += 8) {
            memory.putLong(header + at, 0);
        }
        memory.putLong(header + CURSOR, clamp(nowMs));
        return header;
    }

    /** Sets this flyweight on the wheel at {@code header}. */
    public TimingWheel wrap(long header) {
        this.header = header;
        sweepLevel = -1;
        sweepBlock = 0;
        return this;
    }

    /** The address that {@link #create} returned for this wheel. */
    public long header() {
        return header;
    }

    /** Number of records. */
    public long count() {
        return memory.getLong(header + COUNT);
    }

    /**
     * Files a record. Deadlines before 1970 count as 0, those after {@link #DEADLINE_MAX} as that.
     *
     * @param owner 0 to 65535
     * @param kind 0 to 15, as {@link #KEY}
     * @param hash its 60 upper bits are kept
     */
    public void file(long deadlineMs, int owner, int kind, long hash) {
        assert owner >>> OWNER_BITS == 0 : owner;
        assert (kind & ~KIND_MASK) == 0 : kind;
        long deadline = clamp(deadlineMs);
        if (deadline < memory.getLong(header + CURSOR)) {
            turnBack(deadline);
        }
        put(deadline << OWNER_BITS | owner, (hash & ~KIND_MASK) | kind);
        memory.putLong(header + COUNT, count() + 1);
    }

    /**
     * Fires records with deadlines of at most {@code nowMs}, earliest first, until none is left or {@code budget} units
     * of work (a record fired or moved to a lower level) are done. Returns the units done: less than {@code budget}
     * means that nothing more is due.
     */
    public int advance(long nowMs, int budget, Listener listener) {
        long now = Math.min(nowMs, DEADLINE_MAX);
        int done = 0;
        while (done < budget) {
            long cursor = memory.getLong(header + CURSOR);
            if (cursor > now) {
                break;
            }
            int level = waitingLevel(cursor);
            if (level > 0) {
                take(level, digit(cursor, level));
                put(when, what);
                done++;
            } else if (level == 0) {
                take(0, digit(cursor, 0));
                memory.putLong(header + COUNT, count() - 1);
                listener.due(when >>> OWNER_BITS, (int) when & OWNER_MASK, (int) what & KIND_MASK, what & ~KIND_MASK);
                done++;
            } else {
                memory.putLong(header + CURSOR, Math.min(nextSlot(cursor), now + 1));
            }
        }
        return done;
    }

    /** Whether {@link #advance} to {@code nowMs} would have anything to do. */
    public boolean due(long nowMs) {
        return nextDeadlineHint() <= Math.min(nowMs, DEADLINE_MAX);
    }

    /**
     * A time before which nothing is due, for the loop's timer: the next deadline itself when it is near, otherwise the
     * time when the wheel wants to look closer. {@code Long.MAX_VALUE} if the wheel is empty.
     */
    public long nextDeadlineHint() {
        long cursor = memory.getLong(header + CURSOR);
        return waitingLevel(cursor) >= 0 ? cursor : nextSlot(cursor);
    }

    /**
     * Removes the records that {@code filter} does not keep, looking at no more than {@code budget} of them. Returns
     * whether there is more to look at; the next call then goes on from there, and one after the end starts anew.
     * Records that move meanwhile may be missed. From the highest level down, since records only move down.
     */
    public boolean sweep(int budget, Filter filter) {
        int left = budget;
        while (left > 0) {
            if (sweepBlock == 0 && !nextSweepSlot()) {
                return false;
            }
            long head = memory.getLong(sweepBlock);
            if (sweepIndex >= head >>> NEXT_BITS) {
                sweepBlock = next(head);
                sweepIndex = 0;
                continue;
            }
            left--;
            long at = sweepBlock + RECORDS + (long) sweepIndex * RECORD_BYTES;
            long recordWhen = memory.getLong(at);
            long recordWhat = memory.getLong(at + 8);
            if (filter.keep(
                    recordWhen >>> OWNER_BITS,
                    (int) recordWhen & OWNER_MASK,
                    (int) recordWhat & KIND_MASK,
                    recordWhat & ~KIND_MASK)) {
                sweepIndex++;
            } else {
                removeSwept();
            }
        }
        return true;
    }

    private boolean nextSweepSlot() {
        if (sweepLevel < 0) {
            sweepLevel = LEVELS - 1;
            sweepSlot = -1;
        }
        while (sweepLevel >= 0) {
            long later = sweepSlot == 63 ? 0 : occupancy(sweepLevel) & (-1L << (sweepSlot + 1));
            if (later != 0) {
                sweepSlot = Long.numberOfTrailingZeros(later);
                sweepBlock = memory.getLong(slotAddress(sweepLevel, sweepSlot));
                sweepIndex = 0;
                return true;
            }
            sweepLevel--;
            sweepSlot = -1;
        }
        return false;
    }

    /** Puts the chain's first record in the place of the swept one, which is looked at next. */
    private void removeSwept() {
        long block = sweepBlock;
        int index = sweepIndex;
        long first = memory.getLong(slotAddress(sweepLevel, sweepSlot));
        long taken = (memory.getLong(first) >>> NEXT_BITS) - 1;
        take(sweepLevel, sweepSlot);
        memory.putLong(header + COUNT, count() - 1);
        if (first != block || taken != index) {
            long at = block + RECORDS + (long) index * RECORD_BYTES;
            memory.putLong(at, when);
            memory.putLong(at + 8, what);
        }
    }

    /** Frees the whole wheel with its records, in one go. */
    public void free() {
        int left = freeStep(Integer.MAX_VALUE);
        assert left >= 0 : left;
    }

    /**
     * Frees the wheel step by step, {@code budget} blocks at a time. Returns the unspent budget (0 or more) once all of
     * it is gone, -1 while there is more to do; nothing else may be called in between.
     */
    public int freeStep(int budget) {
        int left = budget;
        for (int level = 0; level < LEVELS; level++) {
            for (long occupied = occupancy(level); occupied != 0; occupied = occupancy(level)) {
                int slot = Long.numberOfTrailingZeros(occupied);
                long place = slotAddress(level, slot);
                long block = memory.getLong(place);
                while (block != 0) {
                    if (left-- == 0) {
                        memory.putLong(place, block);
                        return -1;
                    }
                    long next = next(memory.getLong(block));
                    memory.free(block);
                    block = next;
                }
                vacate(level, slot);
            }
        }
        memory.free(header);
        header = 0;
        return left;
    }

    /**
     * Checks every invariant, by a walk over all records.
     *
     * @throws IllegalStateException naming the first thing that is wrong
     */
    public void verify() {
        long cursor = memory.getLong(header + CURSOR);
        long records = 0;
        for (int level = 0; level < LEVELS; level++) {
            long occupied = occupancy(level);
            require((memory.getLong(header + SLOTS + 8 * level) != 0) == (occupied != 0), "slots of level", level);
            for (long bits = occupied; bits != 0; bits &= bits - 1) {
                int slot = Long.numberOfTrailingZeros(bits);
                records += verifyChain(memory.getLong(slotAddress(level, slot)), cursor, level, slot);
            }
        }
        require(records == count(), "count of records", records);
    }

    private long verifyChain(long first, long cursor, int level, int slot) {
        long records = 0;
        long block = first;
        while (block != 0) {
            long head = memory.getLong(block);
            long inBlock = head >>> NEXT_BITS;
            require(inBlock > 0 && RECORDS + inBlock * RECORD_BYTES <= BLOCK_MAX, "records in block", block);
            for (int i = 0; i < inBlock; i++) {
                long deadline = memory.getLong(block + RECORDS + (long) i * RECORD_BYTES) >>> OWNER_BITS;
                require(deadline >= cursor, "deadline before the cursor", block);
                require(digit(deadline, level) == slot, "record's slot", block);
                require((deadline ^ cursor) >>> (DIGIT_BITS * (level + 1)) == 0, "record's level", block);
            }
            records += inBlock;
            if (next(head) == 0) {
                require(memory.getLong(first + TAIL) == block, "tail of chain", first);
            }
            block = next(head);
        }
        int own = digit(cursor, level);
        long below = cursor & ((1L << DIGIT_BITS * level) - 1);
        require(slot > own || (slot == own && below == 0), "slot behind the cursor, level", level);
        require(records > 0, "empty slot of level", level);
        return records;
    }

    private static void require(boolean holds, String what, long where) {
        if (!holds) {
            throw new IllegalStateException("timing wheel: " + what + " at " + where);
        }
    }

    // ---- time

    private static long clamp(long ms) {
        return Math.max(0, Math.min(ms, DEADLINE_MAX));
    }

    private static int digit(long time, int level) {
        return (int) (time >>> (DIGIT_BITS * level)) & DIGIT_MASK;
    }

    private static int levelOf(long difference) {
        return (63 - Long.numberOfLeadingZeros(difference | 1)) / DIGIT_BITS;
    }

    private long occupancy(int level) {
        return memory.getLong(header + OCCUPANCY + 8 * level);
    }

    /** The highest level whose slot at the cursor is occupied; -1 if none is. */
    private int waitingLevel(long cursor) {
        for (int level = LEVELS - 1; level >= 0; level--) {
            if ((occupancy(level) >>> digit(cursor, level) & 1) != 0) {
                return level;
            }
        }
        return -1;
    }

    /** The time at which the next occupied slot after the cursor begins. */
    private long nextSlot(long cursor) {
        for (int level = 0; level < LEVELS; level++) {
            long later = occupancy(level) & (-2L << digit(cursor, level));
            if (later != 0) {
                int shift = DIGIT_BITS * level;
                long above = cursor >>> shift >>> DIGIT_BITS << DIGIT_BITS;
                return (above | Long.numberOfTrailingZeros(later)) << shift;
            }
        }
        return Long.MAX_VALUE;
    }

    private void turnBack(long deadline) {
        long cursor = memory.getLong(header + CURSOR);
        int high = levelOf(cursor ^ deadline);
        sweepBlock = 0; // its chain may hang elsewhere in a moment
        for (int level = 0; level < high; level++) {
            for (long occupied = occupancy(level); occupied != 0; occupied = occupancy(level)) {
                int slot = Long.numberOfTrailingZeros(occupied);
                long chain = memory.getLong(slotAddress(level, slot));
                vacate(level, slot);
                hang(high, digit(cursor, high), chain);
            }
        }
        memory.putLong(header + CURSOR, deadline);
    }

    // ---- slots and their chains

    private static long next(long head) {
        return (head & NEXT_MASK) << 3;
    }

    /** Where the chain of a slot of an occupied level begins. */
    private long slotAddress(int level, int slot) {
        return memory.getLong(header + SLOTS + 8 * level) + 8L * slot;
    }

    /** As {@link #slotAddress}, of a slot that is about to get its first record. */
    private long occupy(int level, int slot) {
        long occupied = occupancy(level);
        if (occupied == 0) {
            long slots = memory.allocate(LEVEL_BYTES, Kind.WHEEL);
            memory.fill(slots, LEVEL_BYTES, 0);
            memory.putLong(header + SLOTS + 8 * level, slots);
        }
        memory.putLong(header + OCCUPANCY + 8 * level, occupied | 1L << slot);
        return slotAddress(level, slot);
    }

    private void vacate(int level, int slot) {
        memory.putLong(slotAddress(level, slot), 0);
        long occupied = occupancy(level) & ~(1L << slot);
        memory.putLong(header + OCCUPANCY + 8 * level, occupied);
        if (occupied == 0) {
            memory.free(memory.getLong(header + SLOTS + 8 * level));
            memory.putLong(header + SLOTS + 8 * level, 0);
        }
    }

    private void put(long recordWhen, long recordWhat) {
        long deadline = recordWhen >>> OWNER_BITS;
        int level = levelOf(deadline ^ memory.getLong(header + CURSOR));
        int slot = digit(deadline, level);
        boolean isOccupied = (occupancy(level) >>> slot & 1) != 0;
        long place = isOccupied ? slotAddress(level, slot) : occupy(level, slot);
        long block = isOccupied ? memory.getLong(place) : 0;
        long head = block == 0 ? 0 : memory.getLong(block);
        long at = RECORDS + (head >>> NEXT_BITS) * RECORD_BYTES;
        if (block == 0 || at + RECORD_BYTES > memory.capacity(block)) {
            block = prepend(place, block);
            head = memory.getLong(block);
            at = RECORDS;
        }
        memory.putLong(block + at, recordWhen);
        memory.putLong(block + at + 8, recordWhat);
        memory.putLong(block, head + ONE_RECORD);
    }

    private long prepend(long place, long block) {
        int bytes = block == 0 ? BLOCK_MIN : Math.min(2 * memory.capacity(block), BLOCK_MAX);
        long fresh = memory.allocate(bytes, Kind.WHEEL);
        memory.putLong(fresh, block >>> 3);
        memory.putLong(fresh + TAIL, block == 0 ? fresh : memory.getLong(block + TAIL));
        memory.putLong(place, fresh);
        return fresh;
    }

    /** Puts a whole chain in front of a slot's. */
    private void hang(int level, int slot, long chain) {
        boolean isOccupied = (occupancy(level) >>> slot & 1) != 0;
        long place = isOccupied ? slotAddress(level, slot) : occupy(level, slot);
        long old = isOccupied ? memory.getLong(place) : 0;
        if (old != 0) {
            long tail = memory.getLong(chain + TAIL);
            memory.putLong(tail, (memory.getLong(tail) & ~NEXT_MASK) | old >>> 3);
            memory.putLong(chain + TAIL, memory.getLong(old + TAIL));
        }
        memory.putLong(place, chain);
    }

    /** Takes one record out of an occupied slot, into {@link #when} and {@link #what}. */
    private void take(int level, int slot) {
        long place = slotAddress(level, slot);
        long block = memory.getLong(place);
        long head = memory.getLong(block) - ONE_RECORD;
        long at = block + RECORDS + (head >>> NEXT_BITS) * RECORD_BYTES;
        when = memory.getLong(at);
        what = memory.getLong(at + 8);
        if (head >>> NEXT_BITS != 0) {
            memory.putLong(block, head);
            return;
        }
        long next = next(head);
        if (block == sweepBlock) {
            sweepBlock = next;
            sweepIndex = 0;
        }
        if (next == 0) {
            vacate(level, slot);
        } else {
            memory.putLong(next + TAIL, memory.getLong(block + TAIL));
            memory.putLong(place, next);
        }
        memory.free(block);
    }
}
