package io.duetdb.engine.memory;

import java.util.Arrays;

/** A stretch of a {@link HashTable}'s slots in the order of their hashes: for who walks two tables side by side. Reused. */
public final class SlotRun {
    private long[] slots = new long[192];
    private int count;

    /** Number of slots in the stretch. */
    public int count() {
        return count;
    }

    /** The hash bits of a slot; they ascend. */
    public int bits(int index) {
        return HashTableSegment.bits(slots[index]);
    }

    /** The address in a slot. */
    public long address(int index) {
        return HashTableSegment.address(slots[index]);
    }

    /** Forgets the stretch. */
    public void clear() {
        count = 0;
    }

    void add(long slot) {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, 2 * count);
        }
        slots[count++] = slot;
    }
}
