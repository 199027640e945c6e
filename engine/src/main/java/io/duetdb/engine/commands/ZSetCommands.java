package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SORTED_SET;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.value.ZSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorted sets: members and their scores, one or several at a time, and from the ends. Ranges are in {@link
 * ZRangeCommands}, several sorted sets at once in {@link ZAlgebraCommands}, walks and choices in {@link ZWalkCommands}.
 */
final class ZSetCommands {
    private static final KeySpec POPPED = KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE);

    private static final CommandFunctions FUNCTIONS = ZSetCommands::function;

    static final List<Command> TABLE = List.of(
            command("ZADD", FUNCTIONS)
                    .since("1.2.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().update())
                    .member(3)
                    .group(SORTED_SET)
                    .syntax("key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]")
                    .complexity("O(log(N)) per member, N = cardinality")
                    .summary("Adds members with scores, or changes their scores. Creates the key."),
            command("ZINCRBY", FUNCTIONS)
                    .since("1.2.0")
                    .arity(4)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().readUpdate())
                    .member(3)
                    .group(SORTED_SET)
                    .syntax("key increment member")
                    .complexity("O(log(N)), N = cardinality")
                    .summary("Adds to the score of a member, 0 when there is none. Creates the key."),
            command("ZREM", FUNCTIONS)
                    .since("1.2.0")
                    .arity(-3)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.DELETE))
                    .member(2)
                    .group(SORTED_SET)
                    .syntax("key member [member ...]")
                    .complexity("O(log(N)) per member, N = cardinality")
                    .summary("Removes members. An emptied sorted set goes."),
            read("ZSCORE", FUNCTIONS)
                    .since("1.2.0")
                    .arity(3)
                    .member(2)
                    .syntax("key member")
                    .complexity("O(1)")
                    .summary("Returns the score of a member."),
            read("ZMSCORE", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .syntax("key member [member ...]")
                    .complexity("O(1) per member")
                    .summary("Returns the scores of several members."),
            read("ZCARD", FUNCTIONS)
                    .keys(KeySpec.first().look())
                    .since("1.2.0")
                    .arity(2)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the number of members."),
            read("ZRANK", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-3)
                    .member(2)
                    .syntax("key member [WITHSCORE]")
                    .complexity("O(log(N)), N = cardinality")
                    .summary("Returns how many members have lower scores than a member."),
            read("ZREVRANK", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-3)
                    .member(2)
                    .syntax("key member [WITHSCORE]")
                    .complexity("O(log(N)), N = cardinality")
                    .summary("Returns how many members have higher scores than a member."),
            pop("ZPOPMIN", FUNCTIONS).summary("Removes the members with the lowest scores and returns them."),
            pop("ZPOPMAX", FUNCTIONS).summary("Removes the members with the highest scores and returns them."),
            command("ZMPOP", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-4)
                    .flags(WRITE)
                    .keys(KeySpec.keynum(1).with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE))
                    .group(SORTED_SET)
                    .syntax("numkeys key [key ...] <MIN | MAX> [COUNT count]")
                    .complexity("O(K)+O(M*log(N)), K = keys, M = members popped, N = cardinality")
                    .summary("Removes members from an end of the first of several sorted sets and returns them."));

    // ---- options of ZADD: bits, and above them the position of the first score

    private static final int HAS_NX = 1;
    private static final int HAS_XX = 1 << 1;
    private static final int HAS_GT = 1 << 2;
    private static final int HAS_LT = 1 << 3;
    private static final int HAS_CH = 1 << 4;
    private static final int HAS_INCR = 1 << 5;
    private static final int FIRST_SHIFT = 6;

    private static final byte[] NX = word("NX");
    private static final byte[] XX = word("XX");
    private static final byte[] GT = word("GT");
    private static final byte[] LT = word("LT");
    private static final byte[] CH = word("CH");
    private static final byte[] INCR = word("INCR");
    private static final byte[] WITHSCORE = word("WITHSCORE");

    private static final CommandError NX_AND_XX =
            new CommandError("ERR XX and NX options at the same time are not compatible");
    private static final CommandError GT_LT_NX =
            new CommandError("ERR GT, LT, and/or NX options at the same time are not compatible");
    private static final CommandError INCR_PAIRS =
            new CommandError("ERR INCR option supports a single increment-element pair");
    private static final CommandError NOT_A_NUMBER = new CommandError("ERR resulting score is not a number (NaN)");
    private static final CommandError ZRANK_ARITY =
            new CommandError("ERR wrong number of arguments for 'zrank' command");
    private static final CommandError ZREVRANK_ARITY =
            new CommandError("ERR wrong number of arguments for 'zrevrank' command");
    private static final CommandError NOT_POSITIVE = new CommandError("ERR value is out of range, must be positive");

    private ZSetCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "ZADD" -> ZSetCommands::zadd;
            case "ZINCRBY" -> ZSetCommands::zincrby;
            case "ZREM" -> ZSetCommands::zrem;
            case "ZSCORE" -> ZSetCommands::zscore;
            case "ZMSCORE" -> ZSetCommands::zmscore;
            case "ZCARD" -> ZSetCommands::zcard;
            case "ZRANK" -> ZSetCommands::zrank;
            case "ZREVRANK" -> ZSetCommands::zrevrank;
            case "ZPOPMIN" -> ZSetCommands::zpopmin;
            case "ZPOPMAX" -> ZSetCommands::zpopmax;
            case "ZMPOP" -> ZSetCommands::zmpop;
            default -> null;
        };
    }

    private static Command read(String name, CommandFunctions family) {
        return command(name, family)
                .flags(READONLY, FAST)
                .keys(KeySpec.first().read())
                .group(SORTED_SET);
    }

    private static Command pop(String name, CommandFunctions family) {
        return command(name, family)
                .since("5.0.0")
                .arity(-2)
                .flags(WRITE, FAST)
                .keys(POPPED)
                .group(SORTED_SET)
                .syntax("key [count]")
                .complexity("O(log(N)) per member popped, N = cardinality");
    }

    // ---- adding

    /**
     * ZADD. Replies the number of added members (CH: added or changed); with INCR the new score, or nil when a condition
     * refused it. In Redis' order: options, all scores, the type. @throws CommandError syntax, options that do not go
     * together, not a float, WRONGTYPE, not a number
     */
    static void zadd(Call call, Argv argv, Reply reply) {
        int options = addOptions(argv, 0);
        if ((options & HAS_INCR) != 0) {
            increment(call, argv, reply, options);
            return;
        }
        int first = options >>> FIRST_SHIFT;
        int pairs = (argv.count() - first) / 2;
        double[] scores = call.scratchDoubles(pairs);
        for (int i = 0; i < pairs; i++) {
            scores[i] = ScoreRange.score(argv, first + 2 * i);
        }
        Collections values = call.db().collections();
        ZSet zset = (options & HAS_XX) == 0 ? values.zsetOrCreate(argv, 1) : values.zsetForWrite(argv, 1);
        if (zset != null) {
            zset.expect(pairs);
        }
        int added = 0;
        int updated = 0;
        for (int i = 0; zset != null && i < pairs; i++) {
            int change = add(zset, argv, first + 2 * i + 1, scores[i], options);
            if (change == ZSet.ADDED) {
                added++;
            } else if (change == ZSet.UPDATED) {
                updated++;
            }
        }
        if (added + updated > 0) {
            call.changed(argv, 1, KeyEvent.ZADD, added + updated);
        }
        reply.integer((options & HAS_CH) != 0 ? added + updated : added);
    }

    /** ZINCRBY. Replies the new score. ZADD's options are options here too, and then a pair is missing: as in Redis. */
    static void zincrby(Call call, Argv argv, Reply reply) {
        increment(call, argv, reply, addOptions(argv, HAS_INCR));
    }

    private static int addOptions(Argv argv, int given) {
        int options = given;
        int i = 2;
        for (; i < argv.count(); i++) {
            int option = addOption(argv, i);
            if (option == 0) {
                break;
            }
            options |= option;
        }
        int words = argv.count() - i;
        if (words == 0 || (words & 1) != 0) {
            throw Errors.SYNTAX;
        }
        if (has(options, HAS_NX | HAS_XX)) {
            throw NX_AND_XX;
        }
        if (has(options, HAS_GT | HAS_LT) || ((options & HAS_NX) != 0 && (options & (HAS_GT | HAS_LT)) != 0)) {
            throw GT_LT_NX;
        }
        if ((options & HAS_INCR) != 0 && words > 2) {
            throw INCR_PAIRS;
        }
        return options | i << FIRST_SHIFT;
    }

    private static int addOption(Argv argv, int index) {
        int length = argv.length(index);
        if (length != 2) {
            return length == 4 && argv.is(index, INCR) ? HAS_INCR : 0;
        }
        return argv.is(index, NX)
                ? HAS_NX
                : argv.is(index, XX)
                        ? HAS_XX
                        : argv.is(index, GT) ? HAS_GT : argv.is(index, LT) ? HAS_LT : argv.is(index, CH) ? HAS_CH : 0;
    }

    private static int add(ZSet zset, Argv argv, int member, double score, int options) {
        byte[] b = argv.array(member);
        int offset = argv.offset(member);
        int length = argv.length(member);
        if ((options & (HAS_NX | HAS_XX | HAS_GT | HAS_LT)) != 0
                && refused(options, zset.score(b, offset, length), score)) {
            return ZSet.SAME;
        }
        return zset.add(b, offset, length, score);
    }

    /** Whether a condition refuses a score; {@code old} is the member's present one, or NaN. */
    private static boolean refused(int options, double old, double score) {
        if (Double.isNaN(old)) {
            return (options & HAS_XX) != 0;
        }
        return (options & HAS_NX) != 0
                || ((options & HAS_GT) != 0 && score <= old)
                || ((options & HAS_LT) != 0 && score >= old);
    }

    private static void increment(Call call, Argv argv, Reply reply, int options) {
        int first = options >>> FIRST_SHIFT;
        double increment = ScoreRange.score(argv, first);
        byte[] b = argv.array(first + 1);
        int offset = argv.offset(first + 1);
        int length = argv.length(first + 1);
        Collections values = call.db().collections();
        ZSet zset = (options & HAS_XX) == 0 ? values.zsetOrCreate(argv, 1) : values.zsetForWrite(argv, 1);
        double old = zset == null ? Double.NaN : zset.score(b, offset, length);
        double score = Double.isNaN(old) ? increment : old + increment;
        if (zset == null || refused(options, old, score)) {
            reply.nil();
            return;
        }
        if (Double.isNaN(score)) {
            throw NOT_A_NUMBER;
        }
        if (zset.add(b, offset, length, score) != ZSet.SAME) {
            call.changed(argv, 1, KeyEvent.ZINCR, 1);
        }
        reply.real(score);
    }

    // ---- removing

    /** ZREM. Replies the number of members that were there. */
    static void zrem(Call call, Argv argv, Reply reply) {
        ZSet zset = call.db().collections().zsetForWrite(argv, 1);
        long removed = 0;
        for (int i = 2; zset != null && i < argv.count() && !zset.isEmpty(); i++) {
            if (zset.remove(argv.array(i), argv.offset(i), argv.length(i))) {
                removed++;
            }
        }
        if (zset != null && removed > 0) {
            call.changed(argv, 1, KeyEvent.ZREM, removed);
            call.deleteIfEmpty(argv, 1, zset);
        }
        reply.integer(removed);
    }

    // ---- reading

    /** ZSCORE. Replies the score, or nil. */
    static void zscore(Call call, Argv argv, Reply reply) {
        replyScore(reply, call.db().collections().zset(argv, 1), argv, 2);
    }

    /** ZMSCORE. Replies an array of scores, nil for each member that is not there. */
    static void zmscore(Call call, Argv argv, Reply reply) {
        ZSet zset = call.db().collections().zset(argv, 1);
        reply.array(argv.count() - 2);
        for (int i = 2; i < argv.count(); i++) {
            replyScore(reply, zset, argv, i);
        }
    }

    private static void replyScore(Reply reply, @Nullable ZSet zset, Argv argv, int member) {
        double score =
                zset == null ? Double.NaN : zset.score(argv.array(member), argv.offset(member), argv.length(member));
        if (Double.isNaN(score)) {
            reply.nil();
        } else {
            reply.real(score);
        }
    }

    /** ZCARD. Replies the number of members, 0 when there is no key. */
    static void zcard(Call call, Argv argv, Reply reply) {
        ZSet zset = call.db().collections().zset(argv, 1);
        reply.integer(zset == null ? 0 : zset.size());
    }

    /** ZRANK. Replies the rank from 0, the lowest, on, WITHSCORE [rank, score]; nil when there is no such member. */
    static void zrank(Call call, Argv argv, Reply reply) {
        rank(call, argv, reply, false, ZRANK_ARITY);
    }

    /** ZREVRANK. As {@link #zrank}, from 0, the highest, on. */
    static void zrevrank(Call call, Argv argv, Reply reply) {
        rank(call, argv, reply, true, ZREVRANK_ARITY);
    }

    private static void rank(Call call, Argv argv, Reply reply, boolean reverse, CommandError arity) {
        boolean withScore = argv.count() > 3;
        if (argv.count() > 4) {
            throw arity;
        }
        if (withScore && !argv.is(3, WITHSCORE)) {
            throw Errors.SYNTAX;
        }
        ZSet zset = call.db().collections().zset(argv, 1);
        byte[] b = argv.array(2);
        int offset = argv.offset(2);
        int length = argv.length(2);
        long rank = zset == null ? -1 : zset.rank(b, offset, length);
        if (zset == null || rank < 0) {
            if (withScore) {
                reply.nilArray();
            } else {
                reply.nil();
            }
            return;
        }
        if (withScore) {
            reply.array(2);
        }
        reply.integer(reverse ? zset.size() - 1 - rank : rank);
        if (withScore) {
            reply.real(zset.score(b, offset, length));
        }
    }

    // ---- popping

    /** ZPOPMIN. Replies [member, score], with a count pairs; empty when there is no key. */
    static void zpopmin(Call call, Argv argv, Reply reply) {
        pop(call, argv, reply, false);
    }

    /** ZPOPMAX. As {@link #zpopmin}, from the other end. */
    static void zpopmax(Call call, Argv argv, Reply reply) {
        pop(call, argv, reply, true);
    }

    private static void pop(Call call, Argv argv, Reply reply, boolean highest) {
        if (argv.count() > 3) {
            throw Errors.SYNTAX;
        }
        long count = argv.count() == 3 ? Counts.atLeast(0, argv, 2, NOT_POSITIVE) : 1;
        ZSet zset = call.db().collections().zsetForWrite(argv, 1);
        if (zset == null || count == 0) {
            reply.array(0);
        } else if (argv.count() == 3) {
            ZPops.several(call, argv, reply, 1, zset, highest, count);
        } else {
            ZPops.one(call, argv, reply, 1, zset, highest);
        }
    }

    /** ZMPOP. Replies [key, [[member, score] ...]] of the first key that has a sorted set; nil when none has. */
    static void zmpop(Call call, Argv argv, Reply reply) {
        if (!ZPops.popFromFirst(call, argv, 1, ZPops.behindKeys(argv, 1), reply)) {
            reply.nilArray();
        }
    }
}
