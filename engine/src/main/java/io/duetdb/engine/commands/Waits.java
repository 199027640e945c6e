package io.duetdb.engine.commands;

import io.duetdb.bytes.LongDouble;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.keyspace.ValueType;

/** What commands that wait for keys have in common: how the timeout is read, and what of their keys they pass over. */
final class Waits {
    private static final CommandError NOT_A_FLOAT = new CommandError("ERR timeout is not a float or out of range");
    private static final CommandError NEGATIVE = new CommandError("ERR timeout is negative");
    private static final CommandError OUT_OF_RANGE = new CommandError("ERR timeout is out of range");

    private static final long MS = 1000;

    private Waits() {}

    /**
     * An argument as a timeout in seconds: its ms, rounded up; 0 means for ever.
     *
     * @throws CommandError not a float, negative, or out of range: its end would be later than time can be
     */
    static long seconds(Call call, Argv argv, int index) {
        long ms = milliseconds(argv.array(index), argv.offset(index), argv.length(index));
        if (ms < 0) {
            throw NEGATIVE;
        }
        if (ms > Long.MAX_VALUE - call.nowMs()) {
            throw OUT_OF_RANGE;
        }
        return ms;
    }

    private static long milliseconds(byte[] b, int offset, int length) {
        long whole = Numbers.isLong(b, offset, length) ? Numbers.parse(b, offset, length) : Long.MIN_VALUE;
        if (whole > Long.MIN_VALUE && whole <= Long.MAX_VALUE / MS) {
            return whole < 0 ? -1 : whole * MS;
        }
        LongDouble seconds = LongDouble.parse(b, offset, length);
        if (seconds == null) {
            throw NOT_A_FLOAT;
        }
        LongDouble ms = seconds.times(MS);
        return ms.isFinite() ? ms.ceiling() : b[offset] == '-' ? -1 : Long.MAX_VALUE;
    }

    /**
     * Whether a command that has waited looks past one of its keys, because it has got a value of another type meanwhile:
     * it waits for the others on. The first time such a key is an error.
     */
    static boolean passesOver(Call call, Argv argv, int key, ValueType type) {
        if (!call.again()) {
            return false;
        }
        long e = call.db().peek(argv, key);
        return e != 0 && call.db().type(e) != type;
    }
}
