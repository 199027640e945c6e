package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SORTED_SET;

import io.duetdb.bytes.Doubles;
import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.value.Encoding;
import io.duetdb.engine.value.ZSet;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members of a sorted set in no order: a walk over all of them in steps, and choices by chance. */
final class ZWalkCommands {
    private static final CommandFunctions FUNCTIONS = ZWalkCommands::function;

    static final List<Command> TABLE = List.of(
            command("ZSCAN", FUNCTIONS)
                    .since("2.8.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(SORTED_SET)
                    .syntax("key cursor [MATCH pattern] [COUNT count]")
                    .complexity("O(COUNT) per call, O(N) for a whole walk, N = cardinality")
                    .summary("Walks over the members and scores, some at a time; members that stay are seen.")
                    .tips("nondeterministic_output"),
            command("ZRANDMEMBER", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(SORTED_SET)
                    .syntax("key [count [WITHSCORES]]")
                    .complexity("O(M*log(N)), M = members returned, N = cardinality")
                    .summary("Returns members by chance.")
                    .tips("nondeterministic_output"));

    private static final byte[] WITHSCORES = word("WITHSCORES");

    private static final CommandError COUNT_RANGE = new CommandError(
            "ERR value is out of range, value must between " + -Long.MAX_VALUE + " and " + Long.MAX_VALUE);
    private static final CommandError OUT_OF_RANGE = new CommandError("ERR value is out of range");

    /** Of fewer than a third of the members each is drawn for itself; more are taken on one walk over all. */
    private static final int FEW = 3;

    private ZWalkCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "ZSCAN" -> ZWalkCommands::zscan;
            case "ZRANDMEMBER" -> ZWalkCommands::zrandmember;
            default -> null;
        };
    }

    // ---- in steps

    /**
     * ZSCAN. Replies [next cursor, [member, score ...]]; the cursor 0 begins and ends a walk. In Redis' order: the cursor,
     * the type, and only when there is a key the options. Scores are strings in every protocol, those of big sorted sets
     * with 17 digits.
     */
    static void zscan(Call call, Argv argv, Reply reply) {
        long cursor = ScanArguments.cursor(argv, 2);
        ZSet zset = call.db().collections().zset(argv, 1);
        if (zset == null) {
            reply.array(2);
            reply.bulk(0);
            reply.array(0);
            return;
        }
        long options = ScanArguments.options(argv, 3, false);
        Scanned scanned = new Scanned(argv, options, reply, zset.encoding() == Encoding.SKIPLIST);
        reply.array(2);
        reply.bulk(zset.scan(cursor, ScanArguments.count(options)));
        long token = reply.openArray();
        zset.showScanned(scanned);
        reply.closeArray(token, 2 * scanned.members);
    }

    /** Replies the members that match, with their scores. */
    private static final class Scanned implements ElementVisitor {
        private final byte[] digits = new byte[Doubles.MAX_LENGTH];
        private final Argv argv;
        private final int pattern;
        private final Reply reply;
        private final boolean big;
        private int members;

        Scanned(Argv argv, long options, Reply reply, boolean big) {
            this.argv = argv;
            this.pattern = ScanArguments.pattern(options);
            this.reply = reply;
            this.big = big;
        }

        @Override
        public void member(byte[] b, int offset, int length, double score) {
            if (pattern != 0 && !matches(b, offset, length)) {
                return;
            }
            reply.bulk(b, offset, length);
            if (big) {
                reply.bulk(Doubles.seventeen(score));
            } else {
                reply.bulk(digits, 0, Doubles.write(score, digits, 0));
            }
            members++;
        }

        private boolean matches(byte[] b, int offset, int length) {
            return Glob.matches(
                    argv.array(pattern), argv.offset(pattern), argv.length(pattern), b, offset, length, false);
        }
    }

    // ---- by chance

    /**
     * ZRANDMEMBER. Replies a member, or nil. With a count so many different ones, as far as there are, with a negative
     * count so many whether they differ or not; WITHSCORES pairs. In Redis' order: the count, the options, the key.
     */
    static void zrandmember(Call call, Argv argv, Reply reply) {
        if (argv.count() > 2) {
            several(call, argv, reply);
            return;
        }
        ZSet zset = call.db().collections().zset(argv, 1);
        if (zset == null) {
            reply.nil();
        } else {
            zset.seekRank(call.random().nextLong(zset.size()));
            zset.reply(reply);
        }
    }

    private static void several(Call call, Argv argv, Reply reply) {
        long count = argv.integer(2);
        if (count == Long.MIN_VALUE) {
            throw COUNT_RANGE;
        }
        boolean withScores = argv.count() == 4;
        if (argv.count() > 4 || (withScores && !argv.is(3, WITHSCORES))) {
            throw Errors.SYNTAX;
        }
        if (withScores && Math.abs(count) > Long.MAX_VALUE / 2) {
            throw OUT_OF_RANGE;
        }
        ZSet zset = call.db().collections().zset(argv, 1);
        if (zset == null || count == 0) {
            reply.array(0);
            return;
        }
        if (count < -Integer.MAX_VALUE) {
            throw OUT_OF_RANGE; // Redis would begin to reply all that; no array is so long
        }
        int n = (int) (count < 0 ? -count : Math.min(count, zset.size()));
        if (withScores) {
            reply.pairs(n);
        } else {
            reply.array(n);
        }
        if (count < 0) {
            anyOf(zset, call.random(), reply, n, withScores);
        } else if (n == zset.size()) {
            allOf(zset, reply, withScores);
        } else if (n > zset.size() / FEW) {
            manyOf(zset, call.random(), reply, n, withScores);
        } else {
            fewOf(call, zset, reply, n, withScores);
        }
    }

    private static void anyOf(ZSet zset, RandomSource random, Reply reply, int n, boolean withScores) {
        for (int i = 0; i < n; i++) {
            zset.seekRank(random.nextLong(zset.size()));
            ZStore.member(reply, zset, withScores);
        }
    }

    /** From the highest on, as Redis walks here ({@code t_zset.c}: zuiNext). */
    private static void allOf(ZSet zset, Reply reply, boolean withScores) {
        for (boolean is = zset.last(); is; is = zset.previous()) {
            ZStore.member(reply, zset, withScores);
        }
    }

    /** On a walk over all, each member is taken with the chance that is left for it. */
    private static void manyOf(ZSet zset, RandomSource random, Reply reply, int n, boolean withScores) {
        long left = zset.size();
        int wanted = n;
        for (boolean is = zset.first(); is && wanted > 0; is = zset.next()) {
            if (random.nextLong(left) < wanted) {
                ZStore.member(reply, zset, withScores);
                wanted--;
            }
            left--;
        }
    }

    /** R. Floyd's sampling: n draws give n different ranks, each set of ranks as likely as any other. */
    private static void fewOf(Call call, ZSet zset, Reply reply, int n, boolean withScores) {
        long size = zset.size();
        int slots = Integer.highestOneBit(n) << 2; // at most half of them are taken
        long[] chosen = call.scratchLongs(slots);
        Arrays.fill(chosen, 0, slots, -1);
        for (long last = size - n; last < size; last++) {
            long rank = call.random().nextLong(last + 1);
            if (!choose(chosen, slots, rank)) {
                rank = last;
                choose(chosen, slots, rank);
            }
            zset.seekRank(rank);
            ZStore.member(reply, zset, withScores);
        }
    }

    /** Enters a rank into the table of those that are chosen. Returns false when it is in. */
    private static boolean choose(long[] chosen, int slots, long rank) {
        int at = (int) (rank * 0x9E3779B97F4A7C15L >>> 32) & (slots - 1);
        while (chosen[at] >= 0) {
            if (chosen[at] == rank) {
                return false;
            }
            at = (at + 1) & (slots - 1);
        }
        chosen[at] = rank;
        return true;
    }
}
