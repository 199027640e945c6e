package io.duetdb.engine.commands;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.value.ZSet;

/**
 * Scores as requests spell them, and the ranges that two of them bound: {@code 1.5}, {@code -inf}, and {@code (1.5} for a
 * bound that does not belong to the range itself. Without state: a bound is an argument of the request.
 */
final class ScoreRange {
    private static final CommandError NOT_A_RANGE = new CommandError("ERR min or max is not a float");

    private ScoreRange() {}

    /** An argument as a score. @throws CommandError not a float; {@code nan} is none */
    static double score(Argv argv, int index) {
        double score = parse(argv, index);
        if (Double.isNaN(score)) {
            throw Errors.NOT_A_FLOAT;
        }
        return score;
    }

    /** An argument as a number, or NaN when it is none or one that no double is near to. */
    static double parse(Argv argv, int index) {
        byte[] b = argv.array(index);
        int offset = argv.offset(index);
        int length = argv.length(index);
        double value = Doubles.parse(b, offset, length);
        boolean suspect = value == 0 || Double.isInfinite(value);
        return suspect && Doubles.overflows(b, offset, length, value) ? Double.NaN : value;
    }

    /**
     * An argument as the bound of a range. Redis reads bounds more loosely than scores: spaces in front, a zero byte ends
     * them, nothing at all is 0, and what is too large is infinite.
     *
     * @throws CommandError min or max is not a float
     */
    static double bound(Argv argv, int index) {
        byte[] b = argv.array(index);
        int from = argv.offset(index);
        int end = from + argv.length(index);
        if (from < end && b[from] == '(') {
            from++;
        }
        int to = from;
        while (to < end && b[to] != 0) {
            to++;
        }
        if (from == to) {
            return 0;
        }
        while (from < to && isSpace(b[from])) {
            from++;
        }
        double bound = Doubles.parse(b, from, to - from);
        if (Double.isNaN(bound)) {
            throw NOT_A_RANGE;
        }
        return bound;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** Whether a bound does not belong to the range itself. */
    static boolean exclusive(Argv argv, int index) {
        return argv.length(index) > 0 && argv.byteAt(index, 0) == '(';
    }

    /** Goes to the lowest member within a lower bound, whose value was read. */
    static boolean seekLow(ZSet zset, Argv argv, int index, double bound) {
        return zset.seekScore(bound, exclusive(argv, index));
    }

    /** Goes to the highest member within an upper bound, whose value was read. */
    static boolean seekHigh(ZSet zset, Argv argv, int index, double bound) {
        return zset.seekScoreBack(bound, exclusive(argv, index));
    }

    /** Whether a score is within a lower bound. */
    static boolean above(double score, Argv argv, int index, double bound) {
        return score > bound || (score == bound && !exclusive(argv, index));
    }

    /** Whether a score is within an upper bound. */
    static boolean below(double score, Argv argv, int index, double bound) {
        return score < bound || (score == bound && !exclusive(argv, index));
    }
}
