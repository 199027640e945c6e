package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.HASH;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.value.Hash;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over the fields of a hash, and fields by chance. */
final class HashScanCommands {
    private static final CommandFunctions FUNCTIONS = HashScanCommands::function;

    static final List<Command> TABLE = List.of(
            command("HSCAN", FUNCTIONS)
                    .since("2.8.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(HASH)
                    .syntax("key cursor [MATCH pattern] [COUNT count] [NOVALUES]")
                    .complexity("O(COUNT) per call, O(N) for a whole walk, N = fields")
                    .summary("Walks over the fields, some at a time; fields that stay are seen.")
                    .tips("nondeterministic_output"),
            command("HRANDFIELD", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(HASH)
                    .syntax("key [count [WITHVALUES]]")
                    .complexity("O(N), N = fields returned")
                    .summary("Returns fields by chance.")
                    .tips("nondeterministic_output"));

    private static final byte[] WITHVALUES = word("WITHVALUES");

    private static final CommandError COUNT_RANGE = new CommandError(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    private static final CommandError OUT_OF_RANGE = new CommandError("ERR value is out of range");

    /** More fields with repetition are not given at once. */
    private static final long REPEATED_MAX = 1 << 24;

    /** A share of the fields below 1 in this many is chosen one by one, a larger one in a walk over all of them. */
    private static final int SHARE = 3;

    private HashScanCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "HSCAN" -> HashScanCommands::hscan;
            case "HRANDFIELD" -> HashScanCommands::hrandfield;
            default -> null;
        };
    }

    /**
     * HSCAN. Replies [next cursor, [field, value ...]]; a small hash is replied whole. MATCH says which fields are
     * returned, NOVALUES that their values are not. @throws CommandError invalid cursor, WRONGTYPE, syntax, not an integer
     */
    static void hscan(Call call, Argv argv, Reply reply) {
        long cursor = ScanArguments.cursor(argv, 2);
        Hash hash = call.db().collections().hash(argv, 1);
        if (hash == null) {
            reply.array(2);
            reply.bulk(0);
            reply.array(0);
            return;
        }
        long options = ScanArguments.options(argv, 3, true);
        boolean values = !ScanArguments.noValues(options);
        int pattern = ScanArguments.pattern(options);
        long next = hash.scan(cursor, ScanArguments.count(options));
        int n = 0;
        for (boolean is = hash.firstScanned(); is; is = hash.next()) {
            n += matches(hash, argv, pattern) ? 1 : 0;
        }
        reply.array(2);
        reply.bulk(next);
        reply.array(values ? 2 * n : n);
        for (boolean is = hash.firstScanned(); is; is = hash.next()) {
            if (matches(hash, argv, pattern)) {
                hash.reply(reply);
                if (values) {
                    hash.replyValue(reply);
                }
            }
        }
    }

    private static boolean matches(Hash hash, Argv argv, int pattern) {
        return pattern == 0 || hash.matches(argv.array(pattern), argv.offset(pattern), argv.length(pattern));
    }

    /**
     * HRANDFIELD. Without a count replies a field, or nil. With one, an array of as many different fields as there are; a
     * negative count allows repetition and is always fulfilled. WITHVALUES: pairs of field and value. @throws CommandError
     * not an integer, out of range, syntax, WRONGTYPE
     */
    static void hrandfield(Call call, Argv argv, Reply reply) {
        if (argv.count() == 2) {
            Hash hash = call.db().collections().hash(argv, 1);
            if (hash != null && hash.random()) {
                hash.reply(reply);
            } else {
                reply.nil();
            }
            return;
        }
        long count = argv.integer(2);
        if (count == Long.MIN_VALUE) {
            throw COUNT_RANGE;
        }
        boolean values = argv.count() > 3;
        if (argv.count() > 4 || (values && !argv.is(3, WITHVALUES))) {
            throw Errors.SYNTAX;
        }
        if (values && Math.abs(count) > Long.MAX_VALUE / 2) {
            throw OUT_OF_RANGE;
        }
        Hash hash = call.db().collections().hash(argv, 1);
        if (hash == null || count == 0 || hash.isEmpty()) {
            reply.array(0);
        } else if (count < -REPEATED_MAX) {
            throw OUT_OF_RANGE; // Redis would begin to reply all that
        } else if (count < 0) {
            repeated(hash, (int) -count, values, reply);
        } else {
            different(call, hash, count, values, reply);
        }
    }

    private static void begin(int count, boolean values, Reply reply) {
        if (values) {
            reply.pairs(count);
        } else {
            reply.array(count);
        }
    }

    private static void replyField(Hash hash, boolean values, Reply reply) {
        if (values) {
            reply.pair();
            hash.reply(reply);
            hash.replyValue(reply);
        } else {
            hash.reply(reply);
        }
    }

    private static void repeated(Hash hash, int count, boolean values, Reply reply) {
        begin(count, values, reply);
        for (int i = 0; i < count; i++) {
            hash.random();
            replyField(hash, values, reply);
        }
    }

    private static void different(Call call, Hash hash, long count, boolean values, Reply reply) {
        long size = hash.size();
        int wanted = (int) Math.min(count, size);
        begin(wanted, values, reply);
        if (hash.isTable() && (long) wanted * SHARE < size) {
            chosen(call, hash, wanted, values, reply);
        } else {
            sampled(call.random(), hash, size, wanted, values, reply);
        }
    }

    /** Chooses one by one and notes which were chosen, in an open table of their places. */
    private static void chosen(Call call, Hash hash, int wanted, boolean values, Reply reply) {
        int room = Integer.highestOneBit(wanted) << 2;
        long[] places = call.scratchLongs(room);
        Arrays.fill(places, 0, room, 0);
        int left = wanted;
        while (left > 0 && hash.random()) {
            long place = hash.place();
            int at = (int) (place * 0x9E3779B97F4A7C15L >>> 33) & (room - 1);
            while (places[at] != 0 && places[at] != place) {
                at = (at + 1) & (room - 1);
            }
            if (places[at] == 0) {
                places[at] = place;
                replyField(hash, values, reply);
                left--;
            }
        }
    }

    /** One walk over all fields, each taken with the chance that makes every subset as likely as any other. */
    private static void sampled(RandomSource random, Hash hash, long size, int wanted, boolean values, Reply reply) {
        long fields = size;
        int left = wanted;
        for (boolean is = hash.first(); is && left > 0; is = hash.next()) {
            if (left == fields || random.nextLong(fields) < left) {
                replyField(hash, values, reply);
                left--;
            }
            fields--;
        }
    }
}
