package io.duetdb.engine.value;

import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PackedList;
import io.duetdb.engine.memory.Reclaimer;

/** Teaches a reclaimer to free big values step by step. */
public final class ValueReclaiming {
    private ValueReclaiming() {}

    /** Plugs in every kind of big value; {@code values} are those the reclaimer belongs to. */
    public static void plugInto(Reclaimer reclaimer, ValueSpace values) {
        reclaimer.plugIn(Kind.QUICKLIST, PackedList.reclaiming());
        reclaimer.plugIn(Kind.SKIPLIST, SkiplistZSet.reclaiming(reclaimer));
        reclaimer.plugIn(Kind.ELEMENT, new ElementTable(values.memory(), reclaimer));
    }
}
