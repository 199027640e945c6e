package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Effects.word;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.value.Encoding;
import io.duetdb.engine.value.ZSet;

/**
 * A part of a sorted set as requests describe it: by ranks, scores or members, from below or from above, with a limit.
 * All commands with ranges are this with another consumer: {@link #options} reads what the range is, {@link #check} its
 * two bounds, and {@link #select} goes to its first member and says how many there are.
 *
 * <p>Without state: a range is the request's arguments, bits that say how they are meant, and two doubles of scratch.
 */
final class ZRange {
    static final int BY_RANK = 1;
    static final int BY_SCORE = 1 << 1;
    static final int BY_LEX = 1 << 2;
    static final int FORWARD = 1 << 3;
    static final int REVERSE = 1 << 4;
    static final int WITHSCORES = 1 << 5;

    /** The range is for a key: no scores are asked for. */
    static final int STORE = 1 << 6;

    /** LIMIT goes with ranks too: Upstash's clients may say so, Redis' may not. */
    static final int LIMITED_RANKS = 1 << 7;

    private static final int TYPE = BY_RANK | BY_SCORE | BY_LEX;
    private static final int DIRECTION = FORWARD | REVERSE;
    private static final int LIMIT_SHIFT = 8; // above it the position of LIMIT, 0 for none
    private static final int OPTION_BITS = (1 << LIMIT_SHIFT) - 1;

    /** Members of a skiplist up to this limit are counted one by one, above it by the ranks of both ends. */
    private static final int STEPS = 64;

    private static final byte[] WITHSCORES_WORD = word("WITHSCORES");
    private static final byte[] LIMIT = word("LIMIT");
    static final byte[] REV = word("REV");
    private static final byte[] BYSCORE = word("BYSCORE");
    private static final byte[] BYLEX = word("BYLEX");

    private static final CommandError RANKS_WITH_LIMIT =
            new CommandError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    private static final CommandError LEX_WITHSCORES =
            new CommandError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");

    private ZRange() {}

    /**
     * The options from an argument on, besides those that the command's name gives; what neither says is BY_RANK and
     * FORWARD.
     *
     * @throws CommandError syntax; LIMIT's numbers are no integers; options that do not go together
     */
    static int options(Argv argv, int from, int given) {
        int options = given;
        for (int i = from; i < argv.count(); i++) {
            if ((options & STORE) == 0 && argv.is(i, WITHSCORES_WORD)) {
                options |= WITHSCORES;
            } else if (i + 2 < argv.count() && argv.is(i, LIMIT)) {
                argv.integer(i + 1);
                argv.integer(i + 2);
                options = (options & OPTION_BITS) | i << LIMIT_SHIFT;
                i += 2;
            } else if ((options & DIRECTION) == 0 && argv.is(i, REV)) {
                options |= REVERSE;
            } else if ((options & TYPE) == 0 && argv.is(i, BYLEX)) {
                options |= BY_LEX;
            } else if ((options & TYPE) == 0 && argv.is(i, BYSCORE)) {
                options |= BY_SCORE;
            } else {
                throw Errors.SYNTAX;
            }
        }
        options |= ((options & TYPE) == 0 ? BY_RANK : 0) | ((options & DIRECTION) == 0 ? FORWARD : 0);
        if ((options & (BY_RANK | LIMITED_RANKS)) == BY_RANK && limit(argv, options) != -1) { // -1 is Redis' none
            throw RANKS_WITH_LIMIT;
        }
        if ((options & BY_LEX) != 0 && (options & WITHSCORES) != 0) {
            throw LEX_WITHSCORES;
        }
        return options;
    }

    /** Whether the ranks of a range are limited: Redis takes LIMIT with -1 members there, and doesn't look at it. */
    static boolean limitsRanks(int options) {
        int both = BY_RANK | LIMITED_RANKS;
        return (options & both) == both && options >>> LIMIT_SHIFT != 0;
    }

    private static long offset(Argv argv, int options) {
        int at = options >>> LIMIT_SHIFT;
        return at == 0 ? 0 : argv.integer(at + 1);
    }

    /** How many members at most; all when negative. */
    private static long limit(Argv argv, int options) {
        int at = options >>> LIMIT_SHIFT;
        return at == 0 ? -1 : argv.integer(at + 2);
    }

    /**
     * Checks the two bounds, at {@code at} and behind it. {@code bounds} takes the values of lower and upper scores, and
     * is needed as it is by {@link #select}.
     *
     * @throws CommandError a bound is not of the range's type
     */
    static void check(Argv argv, int at, int options, double[] bounds) {
        if ((options & BY_SCORE) != 0) {
            bounds[0] = ScoreRange.bound(argv, low(at, options));
            bounds[1] = ScoreRange.bound(argv, high(at, options));
        } else if ((options & BY_LEX) != 0) {
            LexRange.check(argv, at);
            LexRange.check(argv, at + 1);
        } else {
            argv.integer(at);
            argv.integer(at + 1);
        }
    }

    /** Where the lower bound stands: scores and members are given from above when they are wanted from above. */
    private static int low(int at, int options) {
        return (options & REVERSE) == 0 ? at : at + 1;
    }

    private static int high(int at, int options) {
        return (options & REVERSE) == 0 ? at + 1 : at;
    }

    /**
     * Goes to the first member of a range in its direction. Returns the number of members from there on that belong to
     * it; 0 when it is empty, then the position is anywhere. O(log N), and O(members) up to a small limit.
     */
    static long select(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        if ((options & BY_RANK) != 0) {
            return selectRanks(zset, argv, at, options);
        }
        long offset = offset(argv, options);
        long limit = limit(argv, options);
        if (offset < 0 || limit == 0) {
            return 0;
        }
        if ((options & BY_LEX) != 0 && !LexRange.mayHave(zset, argv, low(at, options), high(at, options))) {
            return 0;
        }
        if (!seekNear(zset, argv, at, options, bounds)) {
            return 0;
        }
        boolean reverse = (options & REVERSE) != 0;
        long start = -1;
        if (offset > 0) {
            long rank = zset.rank();
            if (!withinFar(zset, argv, at, options, bounds) || offset > (reverse ? rank : zset.size() - 1 - rank)) {
                return 0;
            }
            start = reverse ? rank - offset : rank + offset;
            zset.seekRank(start);
        }
        if ((limit < 0 || limit > STEPS) && zset.encoding() == Encoding.SKIPLIST) {
            return countByRanks(zset, argv, at, options, bounds);
        }
        long n = 0;
        boolean is = true;
        while (is && withinFar(zset, argv, at, options, bounds)) {
            n++;
            is = n != limit && (reverse ? zset.previous() : zset.next());
        }
        if (n > 0 && start >= 0) {
            zset.seekRank(start);
        } else if (n > 0) {
            seekNear(zset, argv, at, options, bounds);
        }
        return n;
    }

    /** From the position on, members of the range, at most as many as the limit allows; comes back to the position. */
    private static long countByRanks(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        long start = zset.rank();
        if (!seekFar(zset, argv, at, options, bounds)) {
            return 0;
        }
        long end = zset.rank();
        long n = ((options & REVERSE) == 0 ? end - start : start - end) + 1;
        if (n <= 0) {
            return 0;
        }
        zset.seekRank(start);
        long limit = limit(argv, options);
        return limit < 0 ? n : Math.min(n, limit);
    }

    private static long selectRanks(ZSet zset, Argv argv, int at, int options) {
        long size = zset.size();
        long start = argv.integer(at);
        long stop = argv.integer(at + 1);
        long from = start < 0 ? Math.max(0, size + start) : start;
        long to = Math.min(size - 1, stop < 0 ? size + stop : stop);
        if (from > to) {
            return 0;
        }
        if (limitsRanks(options)) {
            long offset = offset(argv, options);
            long limit = limit(argv, options);
            if (offset < 0 || offset > to - from || limit == 0) {
                return 0;
            }
            from += offset;
            to = limit < 0 ? to : Math.min(to, from + Math.min(limit, size) - 1);
        }
        zset.seekRank((options & REVERSE) == 0 ? from : size - 1 - from);
        return to - from + 1;
    }

    private static boolean seekNear(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        return (options & REVERSE) == 0
                ? seekLow(zset, argv, at, options, bounds)
                : seekHigh(zset, argv, at, options, bounds);
    }

    private static boolean seekFar(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        return (options & REVERSE) == 0
                ? seekHigh(zset, argv, at, options, bounds)
                : seekLow(zset, argv, at, options, bounds);
    }

    private static boolean seekLow(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        int index = low(at, options);
        return (options & BY_SCORE) != 0
                ? ScoreRange.seekLow(zset, argv, index, bounds[0])
                : LexRange.seekLow(zset, argv, index);
    }

    private static boolean seekHigh(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        int index = high(at, options);
        return (options & BY_SCORE) != 0
                ? ScoreRange.seekHigh(zset, argv, index, bounds[1])
                : LexRange.seekHigh(zset, argv, index);
    }

    /** Whether the member is within the bound that ends the range. */
    private static boolean withinFar(ZSet zset, Argv argv, int at, int options, double[] bounds) {
        if ((options & REVERSE) == 0) {
            int index = high(at, options);
            return (options & BY_SCORE) != 0
                    ? ScoreRange.below(zset.score(), argv, index, bounds[1])
                    : LexRange.below(zset, argv, index);
        }
        int index = low(at, options);
        return (options & BY_SCORE) != 0
                ? ScoreRange.above(zset.score(), argv, index, bounds[0])
                : LexRange.above(zset, argv, index);
    }
}
