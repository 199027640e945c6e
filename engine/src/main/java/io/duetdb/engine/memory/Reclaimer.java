package io.duetdb.engine.memory;

/** Frees big things in budgets. */
public final class Reclaimer {
    public Reclaimer(PageMemory memory) {}

    public static long create(PageMemory memory) {
        return 0;
    }

    public void wrap(long header) {}

    public void chunks(long root, long length) {}

    public void table(long header) {}

    public int step(int budget, HashTable table, HashTable.SlotVisitor entry) {
        return 0;
    }
}
