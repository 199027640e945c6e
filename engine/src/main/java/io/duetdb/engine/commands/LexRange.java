package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.value.ZSet;
import java.util.Arrays;

/**
 * Ranges between members in the order of their bytes, which is that of a sorted set whose scores are all the same:
 * {@code [a}, {@code (a} for a bound that does not belong to the range itself, {@code -} before and {@code +} behind all
 * members. Without state: a bound is an argument of the request.
 */
final class LexRange {
    private static final CommandError NOT_A_RANGE = new CommandError("ERR min or max not valid string range item");

    private LexRange() {}

    /** Checks a bound. @throws CommandError min or max not valid string range item */
    static void check(Argv argv, int index) {
        int length = argv.length(index);
        int kind = length == 0 ? 0 : argv.byteAt(index, 0);
        boolean member = kind == '[' || kind == '(';
        boolean end = (kind == '-' || kind == '+') && (length == 1 || argv.byteAt(index, 1) == 0);
        if (!member && !end) {
            throw NOT_A_RANGE;
        }
    }

    /**
     * Whether the first and the last member leave room for a range, as Redis asks before it looks for its ends. That only
     * makes a difference where the order is not that of bytes, as the scores are not all the same: there nothing is
     * promised, but a listpack answers as Redis' does.
     */
    static boolean mayHave(ZSet zset, Argv argv, int low, int high) {
        return !isEmpty(argv, low, high)
                && zset.last()
                && above(zset, argv, low)
                && zset.first()
                && below(zset, argv, high);
    }

    private static boolean isEmpty(Argv argv, int low, int high) {
        int from = argv.byteAt(low, 0);
        int to = argv.byteAt(high, 0);
        if (from == '+' || to == '-') {
            return true;
        }
        if (from == '-' || to == '+') {
            return false;
        }
        int compared = Arrays.compareUnsigned(
                argv.array(low),
                argv.offset(low) + 1,
                argv.offset(low) + argv.length(low),
                argv.array(high),
                argv.offset(high) + 1,
                argv.offset(high) + argv.length(high));
        return compared > 0 || (compared == 0 && (from == '(' || to == '('));
    }

    /** Goes to the first member within a lower bound. */
    static boolean seekLow(ZSet zset, Argv argv, int index) {
        int kind = argv.byteAt(index, 0);
        if (kind == '-' || kind == '+') {
            return kind == '-' && zset.first();
        }
        return zset.seekLex(argv.array(index), argv.offset(index) + 1, argv.length(index) - 1, kind == '(');
    }

    /** Goes to the last member within an upper bound. */
    static boolean seekHigh(ZSet zset, Argv argv, int index) {
        int kind = argv.byteAt(index, 0);
        if (kind == '-' || kind == '+') {
            return kind == '+' && zset.last();
        }
        return zset.seekLexBack(argv.array(index), argv.offset(index) + 1, argv.length(index) - 1, kind == '(');
    }

    /** Whether the member is within a lower bound. */
    static boolean above(ZSet zset, Argv argv, int index) {
        int kind = argv.byteAt(index, 0);
        if (kind == '-' || kind == '+') {
            return kind == '-';
        }
        int compared = compare(zset, argv, index);
        return compared > 0 || (compared == 0 && kind == '[');
    }

    /** Whether the member is within an upper bound. */
    static boolean below(ZSet zset, Argv argv, int index) {
        int kind = argv.byteAt(index, 0);
        if (kind == '-' || kind == '+') {
            return kind == '+';
        }
        int compared = compare(zset, argv, index);
        return compared < 0 || (compared == 0 && kind == '[');
    }

    private static int compare(ZSet zset, Argv argv, int index) {
        return zset.compare(argv.array(index), argv.offset(index) + 1, argv.length(index) - 1);
    }
}
