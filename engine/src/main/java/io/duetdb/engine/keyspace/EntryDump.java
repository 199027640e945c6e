package io.duetdb.engine.keyspace;

import io.duetdb.engine.memory.PackedList;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ValueSpace;

/** An entry and what its value begins with, in words for people. */
final class EntryDump {
    private EntryDump() {}

    /** The dump of an entry. */
    static String of(Database db, PageMemory memory, long e) {
        String text = memory.dump(e);
        long at = Entries.valueAt(memory, e);
        int form = Entries.form(memory, e);
        if (form == Entries.CHUNKED) {
            return text + "\n" + memory.dump(memory.getLong(at + 8));
        }
        if (form != Entries.REFERENCE) {
            return text;
        }
        Value value = db.collections().at(e);
        long block = PackedList.block(ValueSpace.root(memory.getLong(at)));
        return text + "\n" + value.encoding().label() + ", " + value.size() + " elements: " + memory.dump(block);
    }
}
