package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SORTED_SET;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.value.ZSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of sorted sets, replied, stored, counted or removed. All of them are {@link ZRange}; what differs is which
 * options the name of the command stands for, and what becomes of the members.
 */
final class ZRangeCommands {
    private static final String PER_MEMBER = "O(log(N)+M), N = cardinality, M = members returned";
    private static final String PER_REMOVED = "O(log(N)) per member removed, N = cardinality; O(1) when all go";

    private static final CommandFunctions FUNCTIONS = ZRangeCommands::function;

    static final List<Command> TABLE = List.of(
            read("ZRANGE", FUNCTIONS)
                    .since("1.2.0")
                    .syntax("key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]")
                    .summary("Returns members by ranks, scores or their bytes, in either direction."),
            read("ZREVRANGE", FUNCTIONS)
                    .since("1.2.0")
                    .syntax("key start stop [WITHSCORES]")
                    .summary("Returns members by ranks counted from the highest score."),
            read("ZRANGEBYSCORE", FUNCTIONS)
                    .since("1.0.5")
                    .syntax("key min max [WITHSCORES] [LIMIT offset count]")
                    .summary("Returns members by their scores."),
            read("ZREVRANGEBYSCORE", FUNCTIONS)
                    .since("2.2.0")
                    .syntax("key max min [WITHSCORES] [LIMIT offset count]")
                    .summary("Returns members by their scores, from the highest on."),
            read("ZRANGEBYLEX", FUNCTIONS)
                    .since("2.8.9")
                    .syntax("key min max [LIMIT offset count]")
                    .summary("Returns members of equal scores by their bytes."),
            read("ZREVRANGEBYLEX", FUNCTIONS)
                    .since("2.8.9")
                    .syntax("key max min [LIMIT offset count]")
                    .summary("Returns members of equal scores by their bytes, from the last on."),
            command("ZRANGESTORE", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-5)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite(), KeySpec.at(2).read())
                    .group(SORTED_SET)
                    .syntax("dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]")
                    .complexity("O(log(N)+M*log(M)), N = cardinality, M = members stored")
                    .summary("Stores a range of a sorted set in another key."),
            count("ZCOUNT", FUNCTIONS).since("2.0.0").summary("Counts the members within a range of scores."),
            count("ZLEXCOUNT", FUNCTIONS)
                    .since("2.8.9")
                    .summary("Counts the members of equal scores within a range of bytes."),
            remove("ZREMRANGEBYRANK", FUNCTIONS)
                    .since("2.0.0")
                    .syntax("key start stop")
                    .summary("Removes the members within a range of ranks. An emptied sorted set goes."),
            remove("ZREMRANGEBYSCORE", FUNCTIONS)
                    .since("1.2.0")
                    .syntax("key min max")
                    .summary("Removes the members within a range of scores. An emptied sorted set goes."),
            remove("ZREMRANGEBYLEX", FUNCTIONS)
                    .since("2.8.9")
                    .syntax("key min max")
                    .summary("Removes the members of equal scores within a range of bytes. An emptied set goes."));

    private ZRangeCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "ZRANGE" -> ZRangeCommands::zrange;
            case "ZREVRANGE" -> ZRangeCommands::zrevrange;
            case "ZRANGEBYSCORE" -> ZRangeCommands::zrangebyscore;
            case "ZREVRANGEBYSCORE" -> ZRangeCommands::zrevrangebyscore;
            case "ZRANGEBYLEX" -> ZRangeCommands::zrangebylex;
            case "ZREVRANGEBYLEX" -> ZRangeCommands::zrevrangebylex;
            case "ZRANGESTORE" -> ZRangeCommands::zrangestore;
            case "ZCOUNT" -> ZRangeCommands::zcount;
            case "ZLEXCOUNT" -> ZRangeCommands::zlexcount;
            case "ZREMRANGEBYRANK" -> ZRangeCommands::zremrangebyrank;
            case "ZREMRANGEBYSCORE" -> ZRangeCommands::zremrangebyscore;
            case "ZREMRANGEBYLEX" -> ZRangeCommands::zremrangebylex;
            default -> null;
        };
    }

    private static Command read(String name, CommandFunctions family) {
        return command(name, family)
                .arity(-4)
                .flags(READONLY)
                .keys(KeySpec.first().read())
                .group(SORTED_SET)
                .complexity(PER_MEMBER);
    }

    private static Command count(String name, CommandFunctions family) {
        return command(name, family)
                .arity(4)
                .flags(READONLY, FAST)
                .keys(KeySpec.first().read())
                .group(SORTED_SET)
                .syntax("key min max")
                .complexity("O(log(N)), N = cardinality");
    }

    private static Command remove(String name, CommandFunctions family) {
        return command(name, family)
                .arity(4)
                .flags(WRITE)
                .keys(KeySpec.first().with(KeySpec.RW | KeySpec.DELETE))
                .group(SORTED_SET)
                .complexity(PER_REMOVED);
    }

    // ---- replied

    /** ZRANGE. Replies the members in the order of the range, with WITHSCORES pairs; empty when there is no key. */
    static void zrange(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, forDialect(call));
    }

    /** With Upstash LIMIT may stand behind ranks too, in the two commands that have it as an option of every range. */
    private static int forDialect(Call call) {
        return call.client().dialect() == Dialect.UPSTASH ? ZRange.LIMITED_RANKS : 0;
    }

    /** ZREVRANGE. As {@link #zrange}, by ranks from the highest. */
    static void zrevrange(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, ZRange.BY_RANK | ZRange.REVERSE);
    }

    /** ZRANGEBYSCORE. As {@link #zrange}, by scores. */
    static void zrangebyscore(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, ZRange.BY_SCORE | ZRange.FORWARD);
    }

    /** ZREVRANGEBYSCORE. As {@link #zrange}, by scores from the highest, the upper bound first. */
    static void zrevrangebyscore(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, ZRange.BY_SCORE | ZRange.REVERSE);
    }

    /** ZRANGEBYLEX. As {@link #zrange}, by bytes. */
    static void zrangebylex(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, ZRange.BY_LEX | ZRange.FORWARD);
    }

    /** ZREVRANGEBYLEX. As {@link #zrange}, by bytes from the last, the upper bound first. */
    static void zrevrangebylex(Call call, Argv argv, Reply reply) {
        range(call, argv, reply, ZRange.BY_LEX | ZRange.REVERSE);
    }

    /** In Redis' order: options, bounds, the type of the key. */
    private static void range(Call call, Argv argv, Reply reply, int given) {
        int options = ZRange.options(argv, 4, given);
        double[] bounds = call.scratchDoubles(2);
        ZRange.check(argv, 2, options, bounds);
        ZSet zset = call.db().collections().zset(argv, 1);
        if (zset == null) {
            reply.array(0);
            return;
        }
        boolean withScores = (options & ZRange.WITHSCORES) != 0;
        boolean reverse = (options & ZRange.REVERSE) != 0;
        int n = (int) ZRange.select(zset, argv, 2, options, bounds);
        if (withScores) {
            reply.pairs(n);
        } else {
            reply.array(n);
        }
        for (int i = 0; i < n; i++) {
            ZStore.member(reply, zset, withScores);
            step(zset, reverse);
        }
    }

    private static void step(ZSet zset, boolean reverse) {
        if (reverse) {
            zset.previous();
        } else {
            zset.next();
        }
    }

    // ---- stored

    /** ZRANGESTORE. Replies the number of members stored; an empty range removes the destination. */
    static void zrangestore(Call call, Argv argv, Reply reply) {
        int options = ZRange.options(argv, 5, ZRange.STORE | forDialect(call));
        double[] bounds = call.scratchDoubles(2);
        ZRange.check(argv, 3, options, bounds);
        Collections values = call.db().collections();
        ZSet zset = values.zset(argv, 2);
        boolean reverse = (options & ZRange.REVERSE) != 0;
        ZSet result = values.temporaryZset();
        long n = zset == null ? 0 : ZRange.select(zset, argv, 3, options, bounds);
        long first = zset == null || n == 0 ? 0 : reverse ? zset.size() - 1 - zset.rank() : zset.rank();
        for (long i = 0; zset != null && i < n; i++) {
            int length = zset.length();
            byte[] member = call.scratchBytes(length);
            zset.copyOut(member, 0);
            result.add(member, 0, length, zset.score());
            step(zset, reverse);
        }
        boolean changed = ZStore.store(call, argv, reply, result, KeyEvent.ZRANGESTORE);
        if (changed && ZRange.limitsRanks(options)) {
            propagateRanks(call, argv, first, n, reverse);
        }
    }

    /** A limit of ranks is known to Upstash's clients only, so the effect names the ranks that were meant. */
    private static void propagateRanks(Call call, Argv argv, long first, long n, boolean reverse) {
        if (n == 0) {
            call.propagateAs(EffectNames.DEL).key(argv, 1);
            return;
        }
        Effects effect = call.propagateAs(EffectNames.ZRANGESTORE)
                .key(argv, 1)
                .key(argv, 2)
                .arg(first)
                .arg(first + n - 1);
        if (reverse) {
            effect.arg(ZRange.REV);
        }
    }

    // ---- counted

    /** ZCOUNT. Replies a number, 0 when there is no key. */
    static void zcount(Call call, Argv argv, Reply reply) {
        count(call, argv, reply, ZRange.BY_SCORE | ZRange.FORWARD);
    }

    /** ZLEXCOUNT. Replies a number, 0 when there is no key. */
    static void zlexcount(Call call, Argv argv, Reply reply) {
        count(call, argv, reply, ZRange.BY_LEX | ZRange.FORWARD);
    }

    private static void count(Call call, Argv argv, Reply reply, int options) {
        double[] bounds = call.scratchDoubles(2);
        ZRange.check(argv, 2, options, bounds);
        ZSet zset = call.db().collections().zset(argv, 1);
        reply.integer(zset == null ? 0 : ZRange.select(zset, argv, 2, options, bounds));
    }

    // ---- removed

    /** ZREMRANGEBYRANK. Replies the number of members removed. */
    static void zremrangebyrank(Call call, Argv argv, Reply reply) {
        remove(call, argv, reply, ZRange.BY_RANK | ZRange.FORWARD, KeyEvent.ZREMRANGEBYRANK);
    }

    /** ZREMRANGEBYSCORE. Replies the number of members removed. */
    static void zremrangebyscore(Call call, Argv argv, Reply reply) {
        remove(call, argv, reply, ZRange.BY_SCORE | ZRange.FORWARD, KeyEvent.ZREMRANGEBYSCORE);
    }

    /** ZREMRANGEBYLEX. Replies the number of members removed. */
    static void zremrangebylex(Call call, Argv argv, Reply reply) {
        remove(call, argv, reply, ZRange.BY_LEX | ZRange.FORWARD, KeyEvent.ZREMRANGEBYLEX);
    }

    private static void remove(Call call, Argv argv, Reply reply, int options, KeyEvent event) {
        double[] bounds = call.scratchDoubles(2);
        ZRange.check(argv, 2, options, bounds);
        ZSet zset = call.db().collections().zsetForWrite(argv, 1);
        long n = zset == null ? 0 : ZRange.select(zset, argv, 2, options, bounds);
        if (zset == null || n == 0) {
            reply.integer(0);
            return;
        }
        boolean all = n == zset.size();
        for (long i = 0; !all && i < n; i++) {
            zset.removeHere();
        }
        call.changed(argv, 1, event, n);
        if (all) { // the value goes as a whole, in budgets when it is big
            call.db().delete(argv, 1);
            call.event(KeyEvent.DEL, argv, 1);
        }
        reply.integer(n);
    }
}
