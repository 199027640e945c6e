package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Effects.word;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;

/** What commands with {@code FIELDS numfields field ...} and deadlines of fields are given. */
final class HashFieldArguments {
    static final CommandError NOT_POSITIVE = new CommandError("ERR Number of fields must be a positive integer");

    /** The latest deadline in ms that a field may get (Redis' HFE_MAX_ABS_TIME_MSEC). */
    private static final long DEADLINE_MAX = (1L << 48) - 2 >> 2;

    private static final byte[] FIELDS = word("FIELDS");

    private static final CommandError NO_FIELDS =
            new CommandError("ERR Mandatory argument FIELDS is missing or not at the right position");
    private static final CommandError MISMATCH =
            new CommandError("ERR The `numfields` parameter must match the number of arguments");
    private static final CommandError NEGATIVE = new CommandError("ERR invalid expire time, must be >= 0");

    private HashFieldArguments() {}

    /**
     * Checks that FIELDS stands at an argument, with the number of fields behind it, and they behind that. Returns the
     * argument with the first field.
     *
     * @param notPositive the error when the number is none
     */
    static int fields(Argv argv, int at, CommandError notPositive) {
        if (at + 1 >= argv.count() || !argv.is(at, FIELDS)) {
            throw NO_FIELDS;
        }
        long count = number(argv, at + 1);
        if (count < 1) {
            throw notPositive;
        }
        if (count != argv.count() - at - 2) {
            throw MISMATCH;
        }
        return at + 2;
    }

    /** A number of fields; 0 when the argument is no integer. */
    static long number(Argv argv, int index) {
        long count = Numbers.parse(argv.array(index), argv.offset(index), argv.length(index));
        return count == Numbers.NOT_A_LONG ? 0 : count;
    }

    /**
     * The deadline in ms that an argument asks for.
     *
     * @param base what it is relative to: now, or 0
     * @param invalid the error when it is too late
     * @throws CommandError not an integer, negative, {@code invalid}
     */
    static long deadline(Argv argv, int index, long base, boolean seconds, CommandError invalid) {
        long time = argv.integer(index);
        if (time < 0) {
            throw NEGATIVE;
        }
        if (time > (seconds ? DEADLINE_MAX / 1000 : DEADLINE_MAX)) {
            throw invalid;
        }
        long ms = seconds ? time * 1000 : time;
        if (ms > DEADLINE_MAX - base) {
            throw invalid;
        }
        return ms + base;
    }
}
