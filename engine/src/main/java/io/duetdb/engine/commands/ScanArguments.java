package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Effects.word;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;

/** What SCAN, HSCAN, SSCAN and ZSCAN are given: a cursor, and options. */
final class ScanArguments {
    private static final byte[] MATCH = word("MATCH");
    private static final byte[] COUNT = word("COUNT");
    private static final byte[] NOVALUES = word("NOVALUES");

    private static final CommandError INVALID_CURSOR = new CommandError("ERR invalid cursor");

    private static final int DEFAULT_COUNT = 10;
    private static final int COUNT_MAX = 1 << 30;

    // Options in one number: COUNT in the upper half, then MATCH's argument, then a bit for NOVALUES.
    private static final int COUNT_SHIFT = 32;

    private ScanArguments() {}

    /**
     * The options from an argument on: {@link #count}, {@link #pattern} and {@link #noValues} take them apart.
     *
     * @param mayOmitValues whether there is NOVALUES
     * @throws CommandError syntax error, not an integer
     */
    static long options(Argv argv, int first, boolean mayOmitValues) {
        long count = DEFAULT_COUNT;
        int pattern = 0;
        int noValues = 0;
        for (int i = first; i < argv.count(); i += 2) {
            if (mayOmitValues && argv.is(i, NOVALUES)) {
                noValues = 1;
                i--;
            } else if (i + 1 == argv.count()) {
                throw Errors.SYNTAX;
            } else if (argv.is(i, COUNT)) {
                count = argv.integer(i + 1);
                if (count < 1) {
                    throw Errors.SYNTAX;
                }
            } else if (argv.is(i, MATCH)) {
                pattern = everything(argv, i + 1) ? 0 : i + 1;
            } else {
                throw Errors.SYNTAX;
            }
        }
        return Math.min(count, COUNT_MAX) << COUNT_SHIFT | (long) pattern << 1 | noValues;
    }

    /** About how many elements to look at. */
    static int count(long options) {
        return (int) (options >>> COUNT_SHIFT);
    }

    /** The argument with the pattern, 0 if everything matches. */
    static int pattern(long options) {
        return (int) options >>> 1;
    }

    /** Whether only the names of fields are wanted. */
    static boolean noValues(long options) {
        return (options & 1) != 0;
    }

    /** Whether a pattern matches all there is. */
    static boolean everything(Argv argv, int pattern) {
        return argv.length(pattern) == 1 && argv.byteAt(pattern, 0) == '*';
    }

    /**
     * A cursor as Redis reads it, by strtoul: an unsigned 64-bit number, a sign allowed, empty is 0, and a zero byte ends
     * it.
     *
     * @throws CommandError invalid cursor
     */
    static long cursor(Argv argv, int index) {
        int length = argv.length(index);
        int end = 0;
        while (end < length && argv.byteAt(index, end) != 0) {
            end++;
        }
        int at = 0;
        boolean negative = end > 0 && argv.byteAt(index, 0) == '-';
        if (negative || (end > 0 && argv.byteAt(index, 0) == '+')) {
            at++;
        }
        if (at == end && at > 0) {
            throw INVALID_CURSOR;
        }
        long cursor = 0;
        for (; at < end; at++) {
            int digit = argv.byteAt(index, at) - '0';
            if (digit < 0 || digit > 9 || overflows(cursor, digit)) {
                throw INVALID_CURSOR;
            }
            cursor = cursor * 10 + digit;
        }
        return negative ? -cursor : cursor;
    }

    private static boolean overflows(long unsigned, int digit) {
        long most = Long.divideUnsigned(-1L, 10);
        int compared = Long.compareUnsigned(unsigned, most);
        return compared > 0 || (compared == 0 && digit > 5); // 2^64 - 1 ends in 5
    }
}
