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
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.ZSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several sorted sets at once: unions, intersections and differences, replied or stored. Sets may be among them; their
 * members have the score 1. A result is always built as a value without a key first, so that a key may be input and
 * destination.
 */
final class ZAlgebraCommands {
    private static final KeySpec[] INPUTS = {KeySpec.keynum(1).read()};
    private static final KeySpec[] DESTINATION_AND_INPUTS = {
        KeySpec.first().overwrite(), KeySpec.keynum(2).read()
    };
    private static final String WEIGHTED = " [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]";

    private static final CommandFunctions FUNCTIONS = ZAlgebraCommands::function;

    static final List<Command> TABLE = List.of(
            command("ZUNION", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(INPUTS)
                    .group(SORTED_SET)
                    .syntax("numkeys key [key ...]" + WEIGHTED + " [WITHSCORES]")
                    .complexity("O(N)+O(M*log(M)), N = members of all inputs, M = members of the result")
                    .summary("Returns the union of sorted sets."),
            command("ZUNIONSTORE", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM)
                    .keys(DESTINATION_AND_INPUTS)
                    .group(SORTED_SET)
                    .syntax("destination numkeys key [key ...]" + WEIGHTED)
                    .complexity("O(N)+O(M*log(M)), N = members of all inputs, M = members of the result")
                    .summary("Stores the union of sorted sets in a key."),
            command("ZINTER", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(INPUTS)
                    .group(SORTED_SET)
                    .syntax("numkeys key [key ...]" + WEIGHTED + " [WITHSCORES]")
                    .complexity(
                            "O(N*K)+O(M*log(M)), N = members of the smallest of K inputs, M = members of the result")
                    .summary("Returns the intersection of sorted sets."),
            command("ZINTERSTORE", FUNCTIONS)
                    .since("2.0.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM)
                    .keys(DESTINATION_AND_INPUTS)
                    .group(SORTED_SET)
                    .syntax("destination numkeys key [key ...]" + WEIGHTED)
                    .complexity(
                            "O(N*K)+O(M*log(M)), N = members of the smallest of K inputs, M = members of the result")
                    .summary("Stores the intersection of sorted sets in a key."),
            command("ZINTERCARD", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(INPUTS)
                    .group(SORTED_SET)
                    .syntax("numkeys key [key ...] [LIMIT limit]")
                    .complexity("O(N*K), N = members of the smallest of K inputs")
                    .summary("Counts the members of the intersection of sorted sets, up to a limit."),
            command("ZDIFF", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(INPUTS)
                    .group(SORTED_SET)
                    .syntax("numkeys key [key ...] [WITHSCORES]")
                    .complexity("O(L + (N-K)log(N)), L = members of all inputs, N = of the first, K = of the result")
                    .summary("Returns what only the first of several sorted sets has."),
            command("ZDIFFSTORE", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM)
                    .keys(DESTINATION_AND_INPUTS)
                    .group(SORTED_SET)
                    .syntax("destination numkeys key [key ...]")
                    .complexity("O(L + (N-K)log(N)), L = members of all inputs, N = of the first, K = of the result")
                    .summary("Stores what only the first of several sorted sets has in a key."));

    // ---- what may follow the keys

    private static final int MAY_WEIGH = 1;
    private static final int MAY_SHOW_SCORES = 1 << 1;
    private static final int MAY_LIMIT = 1 << 2;

    private static final byte[] WEIGHTS = word("WEIGHTS");
    private static final byte[] AGGREGATE = word("AGGREGATE");
    private static final byte[] WITHSCORES = word("WITHSCORES");
    private static final byte[] LIMIT = word("LIMIT");
    private static final byte[] SUM = word("SUM");
    private static final byte[] MIN = word("MIN");
    private static final byte[] MAX = word("MAX");

    private static final CommandError NOT_A_WEIGHT = new CommandError("ERR weight value is not a float");
    private static final CommandError NEGATIVE_LIMIT = new CommandError("ERR LIMIT can't be negative");

    private static final Comparator<ZSource> SMALLEST_FIRST = Comparator.comparingLong(ZSource::size);
    private static final Comparator<ZSource> BIGGEST_FIRST = SMALLEST_FIRST.reversed();

    /** What becomes of the scores of a member that several inputs have. */
    private enum Aggregate {
        SUM,
        MIN,
        MAX
    }

    /** What a request asks for. Allocated, as its sources are: their number is the request's own. */
    private static final class Request {
        final ZSource[] sources;
        Aggregate aggregate = Aggregate.SUM;
        boolean withScores;
        long limit;

        Request(int count) {
            sources = new ZSource[count];
        }
    }

    private ZAlgebraCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "ZUNION" -> ZAlgebraCommands::zunion;
            case "ZUNIONSTORE" -> ZAlgebraCommands::zunionstore;
            case "ZINTER" -> ZAlgebraCommands::zinter;
            case "ZINTERSTORE" -> ZAlgebraCommands::zinterstore;
            case "ZINTERCARD" -> ZAlgebraCommands::zintercard;
            case "ZDIFF" -> ZAlgebraCommands::zdiff;
            case "ZDIFFSTORE" -> ZAlgebraCommands::zdiffstore;
            default -> null;
        };
    }

    /** ZUNION. Replies the members from the lowest score on, with WITHSCORES pairs. */
    static void zunion(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 1, "zunion", MAY_WEIGH | MAY_SHOW_SCORES);
        replyAndDiscard(call, reply, union(call, request), request);
    }

    /** ZUNIONSTORE. Replies the cardinality of the result; an empty one removes the destination. */
    static void zunionstore(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 2, "zunionstore", MAY_WEIGH);
        store(call, argv, reply, union(call, request), KeyEvent.ZUNIONSTORE);
    }

    /** ZINTER. Replies the members from the lowest score on, with WITHSCORES pairs. */
    static void zinter(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 1, "zinter", MAY_WEIGH | MAY_SHOW_SCORES);
        replyAndDiscard(call, reply, intersection(call, request), request);
    }

    /** ZINTERSTORE. Replies the cardinality of the result; an empty one removes the destination. */
    static void zinterstore(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 2, "zinterstore", MAY_WEIGH);
        store(call, argv, reply, intersection(call, request), KeyEvent.ZINTERSTORE);
    }

    /** ZDIFF. Replies the members from the lowest score on, with WITHSCORES pairs. */
    static void zdiff(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 1, "zdiff", MAY_SHOW_SCORES);
        replyAndDiscard(call, reply, difference(call, request), request);
    }

    /** ZDIFFSTORE. Replies the cardinality of the result; an empty one removes the destination. */
    static void zdiffstore(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 2, "zdiffstore", 0);
        store(call, argv, reply, difference(call, request), KeyEvent.ZDIFFSTORE);
    }

    /** ZINTERCARD. Replies the number of members that all have, counting no further than LIMIT, where 0 is none. */
    static void zintercard(Call call, Argv argv, Reply reply) {
        Request request = request(call, argv, 1, "zintercard", MAY_LIMIT);
        ZSource[] sources = request.sources;
        Arrays.sort(sources, SMALLEST_FIRST);
        long limit = request.limit == 0 ? Long.MAX_VALUE : request.limit;
        long n = 0;
        for (boolean is = sources[0].first(); is && n < limit; is = sources[0].next()) {
            int length = sources[0].length();
            if (inAllOthers(member(call, sources[0]), length, sources)) {
                n++;
            }
        }
        reply.integer(n);
    }

    /** A copy of the member at a source's position, good until the next one. */
    private static byte[] member(Call call, ZSource source) {
        byte[] member = call.scratchBytes(source.length());
        source.copyOut(member);
        return member;
    }

    private static boolean inAllOthers(byte[] member, int length, ZSource[] sources) {
        for (int i = 1; i < sources.length; i++) {
            if (Double.isNaN(sources[i].find(member, length))) {
                return false;
            }
        }
        return true;
    }

    // ---- requests

    /**
     * Reads a request whose number of keys stands at {@code at}. In Redis' order: the number, the types of all keys, what
     * follows them.
     *
     * @throws CommandError not an integer, no key, WRONGTYPE, syntax, a weight or limit that is none
     */
    private static Request request(Call call, Argv argv, int at, String name, int allowed) {
        long count = argv.integer(at);
        if (count < 1) {
            throw new CommandError("ERR at least 1 input key is needed for '" + name + "' command");
        }
        if (count > argv.count() - at - 1) {
            throw Errors.SYNTAX;
        }
        Request request = new Request((int) count);
        int options = at + 1 + (int) count;
        call.db().touchAll(argv, at + 1, options, 1);
        for (int i = 0; i < count; i++) {
            request.sources[i] = ZSource.of(call, argv, at + 1 + i);
        }
        readOptions(argv, options, request, allowed);
        return request;
    }

    private static void readOptions(Argv argv, int from, Request request, int allowed) {
        int count = request.sources.length;
        for (int i = from; i < argv.count(); i++) {
            int behind = argv.count() - i - 1;
            if ((allowed & MAY_WEIGH) != 0 && behind >= count && argv.is(i, WEIGHTS)) {
                for (ZSource source : request.sources) {
                    source.weight(weight(argv, ++i));
                }
            } else if ((allowed & MAY_WEIGH) != 0 && behind >= 1 && argv.is(i, AGGREGATE)) {
                request.aggregate = aggregate(argv, ++i);
            } else if ((allowed & MAY_SHOW_SCORES) != 0 && argv.is(i, WITHSCORES)) {
                request.withScores = true;
            } else if ((allowed & MAY_LIMIT) != 0 && behind >= 1 && argv.is(i, LIMIT)) {
                request.limit = Counts.atLeast(0, argv, ++i, NEGATIVE_LIMIT);
            } else {
                throw Errors.SYNTAX;
            }
        }
    }

    private static double weight(Argv argv, int index) {
        double weight = ScoreRange.parse(argv, index);
        if (Double.isNaN(weight)) {
            throw NOT_A_WEIGHT;
        }
        return weight;
    }

    private static Aggregate aggregate(Argv argv, int index) {
        if (argv.is(index, SUM)) {
            return Aggregate.SUM;
        }
        if (argv.is(index, MIN)) {
            return Aggregate.MIN;
        }
        if (argv.is(index, MAX)) {
            return Aggregate.MAX;
        }
        throw Errors.SYNTAX;
    }

    private static void replyAndDiscard(Call call, Reply reply, ZSet result, Request request) {
        ZStore.reply(reply, result, request.withScores);
        call.db().collections().discard(result);
    }

    private static void store(Call call, Argv argv, Reply reply, ZSet result, KeyEvent event) {
        result.shrink();
        ZStore.store(call, argv, reply, result, event);
    }

    // ---- results, as values without a key

    /** The smallest source comes first, equal ones in their order: sums depend on it in their last bits. */
    private static ZSet union(Call call, Request request) {
        Arrays.sort(request.sources, SMALLEST_FIRST);
        ZSet result = call.db().collections().temporaryZset();
        for (ZSource source : request.sources) {
            for (boolean is = source.first(); is; is = source.next()) {
                double score = numberOrZero(source.weighted(source.score()));
                accumulate(result, member(call, source), source.length(), score, request.aggregate);
            }
        }
        return result;
    }

    private static void accumulate(ZSet result, byte[] member, int length, double score, Aggregate aggregate) {
        double old = result.score(member, 0, length);
        if (Double.isNaN(old)) {
            add(result, member, length, score);
            return;
        }
        double sum = aggregate(aggregate, old, score);
        if (sum != old) {
            add(result, member, length, sum);
        } else if (Double.doubleToRawLongBits(sum) != Double.doubleToRawLongBits(old)) {
            result.remove(member, 0, length); // 0 instead of -0: the same place, but it is seen
            add(result, member, length, sum);
        }
    }

    /** A listpack would make 0 of -0, and Redis' results are none before they are stored. */
    private static void add(ZSet result, byte[] member, int length, double score) {
        if (score == 0 && 1 / score < 0) {
            result.expect(Long.MAX_VALUE);
        }
        result.add(member, 0, length, score);
    }

    private static ZSet intersection(Call call, Request request) {
        ZSource[] sources = request.sources;
        Arrays.sort(sources, SMALLEST_FIRST);
        ZSet result = call.db().collections().temporaryZset();
        for (boolean is = sources[0].first(); is; is = sources[0].next()) {
            double score = numberOrZero(sources[0].weighted(sources[0].score()));
            int length = sources[0].length();
            byte[] member = member(call, sources[0]);
            int i = 1;
            while (i < sources.length) {
                double other = sources[i].find(member, length);
                if (Double.isNaN(other)) {
                    break;
                }
                score = aggregate(request.aggregate, score, sources[i].weighted(other));
                i++;
            }
            if (i == sources.length) {
                add(result, member, length, score);
            }
        }
        return result;
    }

    /** As Redis: {@code value} may be NaN, which makes a sum 0 and is neither less nor greater than anything. */
    private static double aggregate(Aggregate aggregate, double target, double value) {
        if (aggregate == Aggregate.SUM) {
            return numberOrZero(target + value);
        }
        return (aggregate == Aggregate.MIN ? value < target : value > target) ? value : target;
    }

    private static double numberOrZero(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    /**
     * What only the first source has. Either each of its members is looked for in the others, biggest first, or all
     * members of the others are looked for in it: Redis' choice by what has to be done at most, of which the first is
     * assumed to come to half.
     */
    private static ZSet difference(Call call, Request request) {
        ZSource[] sources = request.sources;
        ZSet result = call.db().collections().temporaryZset();
        long lookups = 0;
        long members = 0;
        for (int i = 0; i < sources.length; i++) {
            if (i > 0 && sources[0].same(sources[i])) {
                return result;
            }
            lookups += sources[0].size();
            members += sources[i].size();
        }
        if (lookups / 2 <= members) {
            Arrays.sort(sources, 1, sources.length, BIGGEST_FIRST);
            subtractByLookup(call, sources, result);
        } else {
            subtractByMembers(call, sources, result);
        }
        return result;
    }

    private static void subtractByLookup(Call call, ZSource[] sources, ZSet result) {
        for (boolean is = sources[0].first(); is; is = sources[0].next()) {
            int length = sources[0].length();
            byte[] member = member(call, sources[0]);
            int i = 1;
            while (i < sources.length && Double.isNaN(sources[i].find(member, length))) {
                i++;
            }
            if (i == sources.length) {
                add(result, member, length, sources[0].score());
            }
        }
    }

    /** What is to go is collected, so that the result only grows and comes to the encoding of its size. */
    private static void subtractByMembers(Call call, ZSource[] sources, ZSet result) {
        SetValue gone = call.db().collections().temporarySet();
        long left = sources[0].size();
        for (int i = 1; i < sources.length && left > 0; i++) {
            for (boolean is = sources[i].first(); is && left > 0; is = sources[i].next()) {
                int length = sources[i].length();
                byte[] member = member(call, sources[i]);
                if (!Double.isNaN(sources[0].find(member, length)) && gone.add(member, 0, length)) {
                    left--;
                }
            }
        }
        for (boolean is = left > 0 && sources[0].first(); is; is = sources[0].next()) {
            int length = sources[0].length();
            byte[] member = member(call, sources[0]);
            if (!gone.contains(member, 0, length)) {
                add(result, member, length, sources[0].score());
            }
        }
        call.db().collections().discard(gone);
    }
}
