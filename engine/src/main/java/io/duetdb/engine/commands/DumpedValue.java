package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.rdb.DumpPayload;
import org.jspecify.annotations.Nullable;

/** A key's value as the bytes that RESTORE takes. */
final class DumpedValue {
    private DumpedValue() {}

    /** The payload of the key that an argument names, or null when there is none. Counts as a read. */
    static byte @Nullable [] of(Call call, Argv argv, int key) {
        Database db = call.db();
        long e = db.find(argv, key);
        if (e != 0 && db.type(e) == ValueType.HASH && db.collections().hashForWrite(argv, key) == null) {
            e = 0; // its last fields were over, and it went with them
        }
        return e == 0 ? null : new DumpPayload().of(call.services().keyspace().reader(db.peek(argv, key)));
    }
}
