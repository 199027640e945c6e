package io.duetdb.engine.value;

import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;

/**
 * Frees hash tables whose slots refer to elements ({@link Element}): small ones at once, large ones in the budgets of
 * the {@link Reclaimer}. Handles of hashes (two strings an element) and sets (one) have one each; another is plugged
 * into the reclaimer, as {@link Kind#ELEMENT}.
 */
final class ElementTable implements Reclaimer.Kindly {
    /** Strings of an element in a set. */
    static final int MEMBER = 1;

    /** Strings of an element in a hash. */
    static final int FIELD_AND_VALUE = 2;

    /** Elements that are freed at once. */
    private static final int AT_ONCE = 256;

    private final PageMemory memory;
    private final Reclaimer reclaimer;
    private final HashTable table;
    private final HashTable.SlotVisitor freeElement = this::freeElement;
    private int strings;

    ElementTable(PageMemory memory, Reclaimer reclaimer) {
        this.memory = memory;
        this.reclaimer = reclaimer;
        this.table = new HashTable(memory);
    }

    /**
     * Frees the table at {@code header} with its elements, which are of {@link #MEMBER} or {@link #FIELD_AND_VALUE}. It
     * is nobody's from now on.
     */
    void free(long header, int stringsOfElement) {
        if (table.wrap(header).size() > AT_ONCE) {
            reclaimer.queue(Kind.ELEMENT, header, stringsOfElement);
            return;
        }
        strings = stringsOfElement;
        table.freeStep(Integer.MAX_VALUE, freeElement);
    }

    @Override
    public long step(PageMemory of, long address, long state, int budget) {
        assert of == memory;
        strings = (int) state;
        return table.wrap(address).freeStep(budget, freeElement) < 0 ? state : DONE;
    }

    private void freeElement(long block) {
        Element.free(memory, block, strings, reclaimer);
    }
}
