package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SET;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.value.Encoding;
import io.duetdb.engine.value.SetValue;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Members of sets by chance, each as likely as any other.
 *
 * <p>Several different ones are chosen in one of two ways, by cost: few of many by drawing until there are enough;
 * otherwise in one walk, in which each member is taken with the chance (still wanted / still to come), which makes all
 * choices of that many equally likely (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
 */
final class SetRandomCommands {
    private static final CommandFunctions FUNCTIONS = SetRandomCommands::function;

    static final List<Command> TABLE = List.of(
            command("SPOP", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE))
                    .group(SET)
                    .syntax("key [count]")
                    .complexity("O(1) for one, else O(N), N = count")
                    .summary("Removes members of a set by chance and returns them. Deletes the key with the last one.")
                    .tips("nondeterministic_output"),
            command("SRANDMEMBER", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(SET)
                    .syntax("key [count]")
                    .complexity("O(1) for one, else O(N), N = the absolute count")
                    .summary("Returns members of a set by chance; with a negative count one may come several times.")
                    .tips("nondeterministic_output"));

    private static final CommandError NOT_POSITIVE = new CommandError("ERR value is out of range, must be positive");
    private static final CommandError OUT_OF_RANGE = new CommandError(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    private static final CommandError TOO_MANY = new CommandError("ERR value is out of range");

    /** Members of one effect, as Redis groups them. */
    private static final int EFFECT_MEMBERS = 1024;

    /** What remains is moved to a new set when it is less than the popped divided by this. */
    private static final int MOVES_REST = 5;

    /** Members are drawn one by one when the set has at least so many times the wanted. */
    private static final int DRAWS = 3;

    /** Up to so many longs are kept for the next command. */
    private static final int SCRATCH = 1 << 16;

    private SetRandomCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SPOP" -> SetRandomCommands::spop;
            case "SRANDMEMBER" -> SetRandomCommands::srandmember;
            default -> null;
        };
    }

    /**
     * SPOP. Replies a member, nil where there is no key; with a count a set of so many, at most all. The effects are
     * SREMs of what went, or DEL. Checked in Redis' order: count, syntax of more, type.
     *
     * @throws CommandError not positive (also for what is no number), syntax, WRONGTYPE
     */
    static void spop(Call call, Argv argv, Reply reply) {
        if (argv.count() == 3) {
            popSeveral(call, argv, reply);
            return;
        }
        if (argv.count() > 3) {
            throw Errors.SYNTAX;
        }
        SetValue set = call.db().collections().setForWrite(argv, 1);
        if (set == null) {
            reply.nil();
            return;
        }
        set.random();
        set.reply(reply);
        member(call.propagateAs(EffectNames.SREM).key(argv, 1), set);
        set.removeHere();
        call.changed(argv, 1, KeyEvent.SPOP, 1);
        call.deleteIfEmpty(argv, 1, set);
    }

    private static void member(Effects effect, SetValue set) {
        int length = set.load();
        effect.arg(set.bytes(), set.from(), length);
    }

    private static void popSeveral(Call call, Argv argv, Reply reply) {
        if (!Numbers.isLong(argv.array(2), argv.offset(2), argv.length(2)) || argv.integer(2) < 0) {
            throw NOT_POSITIVE;
        }
        long count = argv.integer(2);
        SetValue set = call.db().collections().setForWrite(argv, 1);
        if (set == null || count == 0) {
            reply.set(0);
            return;
        }
        long size = set.size();
        if (count >= size) {
            popAll(call, argv, set, reply);
            return;
        }
        reply.set((int) count);
        long rest = size - count;
        if (rest * MOVES_REST <= count) {
            popByWalk(call, argv, set, count, call.db().collections().temporarySet(), reply);
        } else if (set.encoding() == Encoding.LISTPACK) {
            popByWalk(call, argv, set, count, null, reply);
        } else {
            popByDrawing(call, argv, set, count, reply);
        }
        call.changed(argv, 1, KeyEvent.SPOP, count);
    }

    private static void popAll(Call call, Argv argv, SetValue set, Reply reply) {
        long size = set.size();
        set.replyAll(reply);
        call.changed(argv, 1, KeyEvent.SPOP, size);
        call.db().delete(argv, 1);
        call.event(KeyEvent.DEL, argv, 1);
        call.propagateAs(EffectNames.DEL).key(argv, 1);
    }

    private static void popByDrawing(Call call, Argv argv, SetValue set, long count, Reply reply) {
        Effects effect = call.propagateAs(EffectNames.SREM).key(argv, 1);
        for (long i = 0; i < count; i++) {
            set.random();
            set.reply(reply);
            member(beginNext(call, argv, effect, i), set);
            set.removeHere();
        }
    }

    /** The effect for the member that goes as number {@code i}: the present one, or a new one when that is full. */
    private static Effects beginNext(Call call, Argv argv, Effects effect, long i) {
        return i > 0 && i % EFFECT_MEMBERS == 0
                ? call.propagateAs(EffectNames.SREM).key(argv, 1)
                : effect;
    }

    /**
     * Chooses in one walk what is popped. What stays is moved to {@code rest}, a new set that takes the place of the
     * old one, or stays where it is when that is null.
     */
    private static void popByWalk(
            Call call, Argv argv, SetValue set, long count, @Nullable SetValue rest, Reply reply) {
        if (rest != null) {
            rest.begin(set.encoding() == Encoding.INTSET ? Encoding.INTSET : Encoding.LISTPACK);
        }
        Effects effect = call.propagateAs(EffectNames.SREM).key(argv, 1);
        long left = set.size();
        long wanted = count;
        boolean is = set.first();
        while (is && (wanted > 0 || rest != null)) {
            if (call.random().nextLong(left) < wanted) {
                set.reply(reply);
                effect = beginNext(call, argv, effect, count - wanted);
                member(effect, set);
                wanted--;
                is = rest == null ? set.removeHere() : set.next();
            } else {
                if (rest != null) {
                    rest.addMemberOf(set);
                    set.refresh();
                }
                is = set.next();
            }
            left--;
        }
        if (rest != null) {
            set.become(rest);
        }
    }

    /**
     * SRANDMEMBER. Replies a member, nil where there is no key; with a count an array: of so many different ones, at
     * most all, or of exactly so many where it is negative. @throws CommandError not an integer, out of range, syntax,
     * WRONGTYPE
     */
    static void srandmember(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            throw Errors.SYNTAX;
        }
        long count = argv.count() == 3 ? argv.integer(2) : 1;
        if (count == Long.MIN_VALUE) {
            throw OUT_OF_RANGE;
        }
        SetValue set = call.db().collections().set(argv, 1);
        if (argv.count() == 2) {
            if (set == null) {
                reply.nil();
            } else {
                set.random();
                set.reply(reply);
            }
            return;
        }
        if (set == null || count == 0) {
            reply.array(0);
        } else if (count < 0) {
            draw(set, -count, reply);
        } else if (count <= set.size() / DRAWS && set.encoding() != Encoding.LISTPACK) {
            drawDifferent(call, set, (int) count, reply);
        } else {
            choose(call, set, Math.min(count, set.size()), reply);
        }
    }

    /** Draws with replacement. */
    private static void draw(SetValue set, long count, Reply reply) {
        if (count > Integer.MAX_VALUE) {
            throw TOO_MANY; // Redis would begin, and never end
        }
        reply.array((int) count);
        for (long i = 0; i < count; i++) {
            set.random();
            set.reply(reply);
        }
    }

    /** Draws until there are enough; those that came before are remembered in an open-addressed table of tokens. */
    private static void drawDifferent(Call call, SetValue set, int count, Reply reply) {
        int slots = Integer.highestOneBit(count) * 4;
        long[] seen = slots <= SCRATCH ? call.scratchLongs(slots) : new long[slots];
        Arrays.fill(seen, 0, slots, 0);
        reply.array(count);
        for (int drawn = 0; drawn < count; ) {
            set.random();
            if (addToken(seen, slots, set.here() + 1)) {
                set.reply(reply);
                drawn++;
            }
        }
    }

    private static boolean addToken(long[] seen, int slots, long token) {
        int at = (int) (token * 0x9E3779B97F4A7C15L >>> 32) & (slots - 1);
        while (seen[at] != 0) {
            if (seen[at] == token) {
                return false;
            }
            at = (at + 1) & (slots - 1);
        }
        seen[at] = token;
        return true;
    }

    /** Chooses different ones in one walk. */
    private static void choose(Call call, SetValue set, long count, Reply reply) {
        reply.array((int) count);
        long left = set.size();
        long wanted = count;
        for (boolean is = set.first(); is && wanted > 0; is = set.next()) {
            if (call.random().nextLong(left) < wanted) {
                set.reply(reply);
                wanted--;
            }
            left--;
        }
    }
}
