package io.duetdb.engine.keyspace;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.PageMemory;

/** Reading and writing parts of string values, in whichever form they stand in their entry. */
final class Values {
    private Values() {}

    /** Copies {@code length} bytes of an entry's string from {@code from} on. */
    static void read(PageMemory m, long e, long from, byte[] to, int offset, int length) {
        if (length == 0) {
            return;
        }
        int form = Entries.form(m, e);
        long at = Entries.valueAt(m, e);
        if (form == Entries.INT) {
            byte[] digits = new byte[20];
            Numbers.write(m.getLong(at), digits, 0);
            System.arraycopy(digits, (int) from, to, offset, length);
        } else if (form == Entries.CHUNKED) {
            ChunkedBytes.read(m, m.getLong(at + 8), m.getLong(at), from, to, offset, length);
        } else {
            m.copyOut(at + from, to, offset, length);
        }
    }

    /** Writes an argument over the string, which is not an integer and long enough, from {@code from} on. */
    static void write(PageMemory m, long e, long from, Argv argv, int value) {
        if (argv.length(value) == 0) {
            return; // behind the last byte there may be another block
        }
        long at = Entries.valueAt(m, e);
        if (Entries.form(m, e) == Entries.CHUNKED) {
            ChunkedBytes.write(m, m.getLong(at + 8), m.getLong(at), from, argv, value);
        } else {
            m.copyIn(at + from, argv.array(value), argv.offset(value), argv.length(value));
        }
    }
}
