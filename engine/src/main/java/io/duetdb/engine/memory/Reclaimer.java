package io.duetdb.engine.memory;

import org.jspecify.annotations.Nullable;

/**
 * Gives big things back in budgets: long strings, tables, and whatever plugs in. What was given is nobody's any more;
 * its blocks become free step by step. The queue stands in pages, so that it is frozen and rolled back with the rest.
 * The object is a flyweight: {@link #wrap} sets it on a queue.
 */
/*
 * Maintainer's view.
 *
 *    head ──► | next | count | (kind, address, state) x 42 | ──► ...
 *
 * A stack and not a queue: order does not matter, and a step that finds further big things (a table its values) gives
 * them while it runs. Therefore an item is taken off before its step and put back with its new state after it.
 *
 * Work is counted in blocks freed, as the memory itself counts them; a step that frees nothing counts as one, so that
 * budgets end.
 */
public final class Reclaimer {
    /** A sensible budget of one step: well below 0.2 ms. */
    public static final int STEP = 1024;

    private static final int HEAD_BYTES = 8;
    private static final int NEXT = 0;
    private static final int COUNT = 8;
    private static final int ITEMS = 16;
    private static final int ITEM = 24;
    private static final int ITEMS_PER_BLOCK = 42;
    private static final int BLOCK = ITEMS + ITEM * ITEMS_PER_BLOCK;

    private final PageMemory memory;
    private final @Nullable Kindly[] kinds = new @Nullable Kindly[Kind.COUNT];
    private long head;

    /** How one kind of thing is given back step by step. */
    @FunctionalInterface
    public interface Kindly {
        /** Returned by {@link #step}: all is freed. */
        long DONE = -1;

        /**
         * Frees about {@code budget} blocks of the thing at {@code address}.
         *
         * @param state what the step before returned; at first what was queued
         * @return the state for the next step, not negative, or {@link #DONE}
         */
        long step(PageMemory memory, long address, long state, int budget);
    }

    /** A flyweight for queues in {@code memory}; {@link #wrap} comes first. */
    public Reclaimer(PageMemory memory) {
        this.memory = memory;
        plugIn(Kind.CHUNK, ChunkedBytes::freeStep);
    }

    /** Makes an empty queue and returns the address by which it is known from then on. */
    public static long create(PageMemory memory) {
        long head = memory.allocate(HEAD_BYTES, Kind.QUEUE);
        memory.putLong(head, 0);
        return head;
    }

    /** Sets this flyweight on a queue. */
    public void wrap(long queue) {
        head = queue;
    }

    /** Says how things of a kind are freed (see {@link Kind}; what belongs together needs only one). */
    public void plugIn(int kind, Kindly how) {
        kinds[kind] = how;
    }

    /** Takes ownership of a string of {@link ChunkedBytes}. Constant time. */
    public void chunks(long root, long length) {
        if (length > 0) {
            queue(Kind.CHUNK, root, ChunkedBytes.freeing(length));
        }
    }

    /** Takes ownership of a hash table and the entries in it, as the {@link #step} caller's visitor frees them. */
    public void table(long header) {
        queue(Kind.TABLE_HEADER, header, 0);
    }

    /** Takes ownership of a thing of a kind that somebody plugged in. Constant time. */
    public void queue(int kind, long address, long state) {
        long block = memory.getLong(head);
        long count = block == 0 ? ITEMS_PER_BLOCK : memory.getLong(block + COUNT);
        if (count == ITEMS_PER_BLOCK) {
            long fresh = memory.allocate(BLOCK, Kind.QUEUE);
            memory.putLong(fresh + NEXT, block);
            memory.putLong(head, fresh);
            block = fresh;
            count = 0;
        }
        long item = block + ITEMS + count * ITEM;
        memory.putLong(item, kind);
        memory.putLong(item + 8, address);
        memory.putLong(item + 16, state);
        memory.putLong(block + COUNT, count + 1);
    }

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return memory.getLong(head) == 0;
    }

    /**
     * Frees about {@code budget} blocks of what waits. Returns how many; 0 = nothing waits.
     *
     * @param table a flyweight over the same memory, set on tables that wait
     * @param entry frees an entry of a table that waits, and may queue what is big in it
     */
    public int step(int budget, HashTable table, HashTable.SlotVisitor entry) {
        int done = 0;
        while (done < budget) {
            long block = memory.getLong(head);
            if (block == 0) {
                break;
            }
            int last = (int) memory.getLong(block + COUNT) - 1;
            long item = block + ITEMS + (long) last * ITEM;
            int kind = (int) memory.getLong(item);
            long address = memory.getLong(item + 8);
            long state = memory.getLong(item + 16);
            pop(block, last);
            long before = memory.blockCount();
            long next;
            if (kind == Kind.TABLE_HEADER) {
                next = table.wrap(address).freeStep(budget - done, entry) < 0 ? 0 : Kindly.DONE;
            } else {
                next = how(kind).step(memory, address, state, budget - done);
            }
            done += (int) Math.max(1, before - memory.blockCount());
            if (next != Kindly.DONE) {
                queue(kind, address, next);
            }
        }
        return done;
    }

    private Kindly how(int kind) {
        Kindly how = kinds[kind];
        if (how == null) {
            throw new IllegalStateException("nobody frees " + Kind.name(kind));
        }
        return how;
    }

    private void pop(long block, int left) {
        if (left == 0) {
            memory.putLong(head, memory.getLong(block + NEXT));
            memory.free(block);
        } else {
            memory.putLong(block + COUNT, left);
        }
    }
}
