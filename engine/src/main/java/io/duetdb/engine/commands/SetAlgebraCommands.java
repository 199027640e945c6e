package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
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
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.value.Encoding;
import io.duetdb.engine.value.SetValue;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Intersection, union and difference of sets, replied or stored. A key that is not there is an empty set. All types are
 * looked at before anything is written; the destination may be of any type, and may be a source too.
 */
/*
 * Maintainer's view. The sources of a command are a stretch of the call's scratch: addresses of the words of sets, 0
 * for keys that are not there, walked and probed by two handles that are set on one after the other.
 *
 *    scratch:  | n slots | n slots in order | bits: is the i-th member of the walked set in the result? |
 *
 * A reply has to know its number of members first. So an intersection, a difference or a union of few sets is found in a
 * first walk, which leaves a bit per member, and replied in a second one; nothing is copied. Unions of many sets, the
 * second algorithm of differences and what is to be stored are built as a set without a key.
 */
final class SetAlgebraCommands {
    private static final CommandFunctions FUNCTIONS = SetAlgebraCommands::function;

    static final List<Command> TABLE = List.of(
            command("SINTER", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.range(1, -1, 1).read())
                    .group(SET)
                    .syntax("key [key ...]")
                    .complexity("O(N*M), N = members of the smallest set, M = sets")
                    .summary("Returns what is a member of all sets.")
                    .tips("nondeterministic_output_order"),
            command("SINTERSTORE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().update(), KeySpec.range(2, -1, 1).read())
                    .group(SET)
                    .syntax("destination key [key ...]")
                    .complexity("O(N*M), N = members of the smallest set, M = sets")
                    .summary("Stores what is a member of all sets in place of the destination."),
            command("SINTERCARD", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.keynum(1).read())
                    .group(SET)
                    .syntax("numkeys key [key ...] [LIMIT limit]")
                    .complexity("O(N*M), N = members of the smallest set, M = sets; less with a limit")
                    .summary("Counts what is a member of all sets, up to a limit."),
            command("SUNION", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.range(1, -1, 1).read())
                    .group(SET)
                    .syntax("key [key ...]")
                    .complexity("O(N), N = members of all sets")
                    .summary("Returns what is a member of any of the sets.")
                    .tips("nondeterministic_output_order"),
            command("SUNIONSTORE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite(), KeySpec.range(2, -1, 1).read())
                    .group(SET)
                    .syntax("destination key [key ...]")
                    .complexity("O(N), N = members of all sets")
                    .summary("Stores what is a member of any of the sets in place of the destination."),
            command("SDIFF", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.range(1, -1, 1).read())
                    .group(SET)
                    .syntax("key [key ...]")
                    .complexity("O(N), N = members of all sets")
                    .summary("Returns what is a member of the first set and of no other.")
                    .tips("nondeterministic_output_order"),
            command("SDIFFSTORE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite(), KeySpec.range(2, -1, 1).read())
                    .group(SET)
                    .syntax("destination key [key ...]")
                    .complexity("O(N), N = members of all sets")
                    .summary("Stores what is a member of the first set and of no other in place of the destination."));

    private static final byte[] LIMIT = word("LIMIT");

    private static final CommandError NUMKEYS = new CommandError("ERR numkeys should be greater than 0");
    private static final CommandError TOO_MANY_KEYS =
            new CommandError("ERR Number of keys can't be greater than number of args");
    private static final CommandError NEGATIVE_LIMIT = new CommandError("ERR LIMIT can't be negative");

    /** Up to so many sets are united by looking their members up in each other, which is cheaper than a new set. */
    private static final int PROBED = 6;

    private SetAlgebraCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SINTER" -> SetAlgebraCommands::sinter;
            case "SINTERSTORE" -> SetAlgebraCommands::sinterstore;
            case "SINTERCARD" -> SetAlgebraCommands::sintercard;
            case "SUNION" -> SetAlgebraCommands::sunion;
            case "SUNIONSTORE" -> SetAlgebraCommands::sunionstore;
            case "SDIFF" -> SetAlgebraCommands::sdiff;
            case "SDIFFSTORE" -> SetAlgebraCommands::sdiffstore;
            default -> null;
        };
    }

    // ---- intersection

    /** SINTER. Replies a set. @throws CommandError WRONGTYPE */
    static void sinter(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 1;
        long[] scratch = sources(call, argv, 1, n);
        if (!sortForIntersection(call, scratch, n)) {
            reply.set(0);
            return;
        }
        SetValue smallest = at(call, scratch[n]);
        if (n == 1) {
            smallest.replyAll(reply);
            return;
        }
        long[] bits = mark(call, n, smallest, false);
        reply.set(count(bits, 2 * n, smallest.size()));
        replyMarked(smallest, bits, 2 * n, reply);
    }

    /**
     * SINTERSTORE. Replies the number of members stored; without any the destination is deleted.
     *
     * @throws CommandError WRONGTYPE
     */
    static void sinterstore(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 2;
        long[] scratch = sources(call, argv, 2, n);
        if (!sortForIntersection(call, scratch, n)) {
            storeNothing(call, argv, reply);
            return;
        }
        SetValue smallest = at(call, scratch[n]);
        long[] bits = mark(call, n, smallest, false);
        SetValue result = call.db().collections().temporarySet();
        result.begin(smallest.encoding() == Encoding.INTSET ? Encoding.INTSET : Encoding.LISTPACK);
        boolean integers = addMarked(result, smallest, bits, 2 * n);
        if (integers && !result.isEmpty()) {
            result.toIntset();
        }
        store(call, argv, result, KeyEvent.SINTERSTORE, reply);
    }

    /**
     * SINTERCARD. Replies the number of members; with a limit other than 0 at most that.
     *
     * @throws CommandError numkeys, number of keys, limit, syntax, WRONGTYPE
     */
    static void sintercard(Call call, Argv argv, Reply reply) {
        long numkeys = number(argv, 1);
        if (numkeys < 1) {
            throw NUMKEYS;
        }
        if (numkeys > argv.count() - 2) {
            throw TOO_MANY_KEYS;
        }
        int n = (int) numkeys;
        long limit = 0;
        for (int i = 2 + n; i < argv.count(); i += 2) {
            if (!argv.is(i, LIMIT) || i + 1 == argv.count()) {
                throw Errors.SYNTAX;
            }
            limit = number(argv, i + 1);
            if (limit < 0) {
                throw NEGATIVE_LIMIT;
            }
        }
        long[] scratch = sources(call, argv, 2, n);
        if (!sortForIntersection(call, scratch, n)) {
            reply.integer(0);
            return;
        }
        SetValue smallest = at(call, scratch[n]);
        if (limit == 0) {
            long[] bits = mark(call, n, smallest, false);
            reply.integer(count(bits, 2 * n, smallest.size()));
            return;
        }
        SetValue probe = at(call, scratch[n]);
        long found = 0;
        for (boolean is = smallest.first(); is && found < limit; is = smallest.next()) {
            if (inAll(smallest, probe, scratch, n)) {
                found++;
            }
        }
        reply.integer(found);
    }

    /** An integer that is to be positive; -1 for what is none, since the error is the same. */
    private static long number(Argv argv, int index) {
        return Numbers.isLong(argv.array(index), argv.offset(index), argv.length(index)) ? argv.integer(index) : -1;
    }

    /** Puts the slots in the order of sizes, the smallest first, behind the sources; false if a set is empty. */
    private static boolean sortForIntersection(Call call, long[] scratch, int n) {
        for (int i = 0; i < n; i++) {
            if (scratch[i] == 0) {
                return false;
            }
        }
        sortBySize(call, scratch, 0, n, false);
        return true;
    }

    /** Whether a member of the first of the sorted sources is in all others. */
    private static boolean inAll(SetValue smallest, SetValue probe, long[] scratch, int n) {
        for (int i = n + 1; i < 2 * n; i++) {
            if (scratch[i] != smallest.slot()) { // a key named twice
                if (probe.slot() != scratch[i]) {
                    probe.at(scratch[i]);
                }
                if (!probe.containsMemberOf(smallest)) {
                    return false;
                }
            }
        }
        return true;
    }

    // ---- union

    /** SUNION. Replies a set. @throws CommandError WRONGTYPE */
    static void sunion(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 1;
        long[] scratch = sources(call, argv, 1, n);
        int sets = 0;
        for (int i = 0; i < n; i++) {
            if (scratch[i] != 0) {
                scratch[sets++] = scratch[i];
            }
        }
        if (sets == 0) {
            reply.set(0);
        } else if (sets == 1) {
            at(call, scratch[0]).replyAll(reply);
        } else if (sets <= PROBED) {
            replyUnion(call, scratch, sets, reply);
        } else {
            SetValue result = united(call, scratch, sets, false);
            result.replyAll(reply);
            result.clear();
        }
    }

    /** Replies the members of the largest set, and of each other set those that are in no larger one. */
    private static void replyUnion(Call call, long[] slots, int n, Reply reply) {
        sortBySize(call, slots, 0, n, true);
        SetValue largest = at(call, slots[n]);
        SetValue set = at(call, slots[n]);
        SetValue larger = at(call, slots[n]);
        int words = 0;
        for (int i = n + 1; i < 2 * n; i++) {
            words += words(set.at(slots[i]).size());
        }
        long[] scratch = call.scratchLongs(2 * n + words);
        long found = largest.size();
        int at = 2 * n;
        for (int i = n + 1; i < 2 * n; i++) {
            set.at(scratch[i]);
            setBits(scratch, at, set.size());
            for (int j = n; j < i; j++) {
                larger.at(scratch[j]).clearBits(set, true, scratch, at);
            }
            found += count(scratch, at, set.size());
            at += words(set.size());
        }
        reply.set((int) found);
        for (boolean is = largest.first(); is; is = largest.next()) {
            largest.reply(reply);
        }
        at = 2 * n;
        for (int i = n + 1; i < 2 * n; i++) {
            replyMarked(set.at(scratch[i]), scratch, at, reply);
            at += words(set.size());
        }
    }

    /**
     * SUNIONSTORE. Replies the number of members stored; without any the destination is deleted.
     *
     * @throws CommandError WRONGTYPE
     */
    static void sunionstore(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 2;
        long[] scratch = sources(call, argv, 2, n);
        store(call, argv, united(call, scratch, n, true), KeyEvent.SUNIONSTORE, reply);
    }

    /** The union as a set without a key; {@code compact}: the encoding is as by repeated additions. */
    private static SetValue united(Call call, long[] slots, int n, boolean compact) {
        SetValue result = call.db().collections().temporarySet();
        result.begin(compact ? Encoding.INTSET : Encoding.HASHTABLE);
        SetValue source = null;
        for (int i = 0; i < n; i++) {
            if (slots[i] != 0) {
                source = source == null ? at(call, slots[i]) : source.at(slots[i]);
                addAll(result, source);
            }
        }
        return result;
    }

    private static void addAll(SetValue result, SetValue source) {
        boolean isFirst = result.isEmpty();
        for (boolean is = source.first(); is; is = source.next()) {
            if (isFirst) {
                result.addNewMemberOf(source);
            } else {
                result.addMemberOf(source);
            }
            source.refresh();
        }
    }

    // ---- difference

    /** SDIFF. Replies a set. @throws CommandError WRONGTYPE */
    static void sdiff(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 1;
        long[] scratch = sources(call, argv, 1, n);
        if (scratch[0] == 0 || namedAgain(scratch, n)) {
            reply.set(0);
            return;
        }
        if (removingIsCheaper(call, scratch, n)) {
            SetValue result = withRemoved(call, scratch, n, false);
            result.replyAll(reply);
            result.clear();
            return;
        }
        sortBySize(call, scratch, 1, n, true);
        SetValue first = at(call, scratch[0]);
        long[] bits = mark(call, n, first, true);
        reply.set(count(bits, 2 * n, first.size()));
        replyMarked(first, bits, 2 * n, reply);
    }

    /**
     * SDIFFSTORE. Replies the number of members stored; without any the destination is deleted.
     *
     * @throws CommandError WRONGTYPE
     */
    static void sdiffstore(Call call, Argv argv, Reply reply) {
        int n = argv.count() - 2;
        long[] scratch = sources(call, argv, 2, n);
        if (scratch[0] == 0 || namedAgain(scratch, n)) {
            storeNothing(call, argv, reply);
            return;
        }
        SetValue result;
        if (removingIsCheaper(call, scratch, n)) {
            result = withRemoved(call, scratch, n, true);
        } else {
            sortBySize(call, scratch, 1, n, true);
            SetValue first = at(call, scratch[0]);
            long[] bits = mark(call, n, first, true);
            result = call.db().collections().temporarySet();
            result.begin(Encoding.INTSET);
            addMarked(result, first, bits, 2 * n);
        }
        store(call, argv, result, KeyEvent.SDIFFSTORE, reply);
    }

    /** Whether the first key is named again, so that nothing is left. */
    private static boolean namedAgain(long[] scratch, int n) {
        for (int i = 1; i < n; i++) {
            if (scratch[i] == scratch[0]) {
                return true;
            }
        }
        return false;
    }

    /**
     * Redis' estimate: looking each member of the first set up in all others costs N*M, and half of that by experience;
     * taking the members of all others out of a copy costs the number of all members.
     */
    private static boolean removingIsCheaper(Call call, long[] scratch, int n) {
        SetValue set = at(call, scratch[0]);
        long first = set.size();
        long lookups = 0;
        long members = 0;
        for (int i = 0; i < n; i++) {
            if (scratch[i] != 0) {
                lookups += first;
                members += set.at(scratch[i]).size();
            }
        }
        return lookups / 2 > members;
    }

    /** The first set without the members of all others, as a set without a key. */
    private static SetValue withRemoved(Call call, long[] scratch, int n, boolean compact) {
        SetValue result = united(call, scratch, 1, compact);
        SetValue other = at(call, scratch[0]);
        for (int i = 1; i < n && !result.isEmpty(); i++) {
            if (scratch[i] != 0) {
                other.at(scratch[i]);
                for (boolean is = other.first(); is; is = other.next()) {
                    result.removeMemberOf(other);
                    other.refresh();
                }
            }
        }
        return result;
    }

    // ---- sources and results

    /**
     * Looks the sources up, all of them, so that a wrong type is found whatever the others are. Returns scratch with
     * room for 2 * n numbers, the first n of them the slots of the sets, 0 where there is no key.
     */
    private static long[] sources(Call call, Argv argv, int first, int n) {
        call.db().touchAll(argv, first, first + n, 1);
        Collections collections = call.db().collections();
        long[] scratch = call.scratchLongs(2 * n);
        for (int i = 0; i < n; i++) {
            scratch[i] = collections.setSlot(argv, first + i);
        }
        return scratch;
    }

    /** A handle, to be set on other slots too. */
    private static SetValue at(Call call, long slot) {
        return call.db().collections().setAtSlot(slot);
    }

    /**
     * Puts the slots from {@code from} on in the order of the sizes of their sets behind the n sources, at the same
     * places; those of no key come last. Sizes are below 2^31, as replies are.
     */
    private static void sortBySize(Call call, long[] scratch, int from, int n, boolean largestFirst) {
        if (n - from < 2) {
            System.arraycopy(scratch, from, scratch, n + from, n - from);
            return;
        }
        SetValue set = at(call, scratch[0]);
        for (int i = from; i < n; i++) {
            long size = scratch[i] == 0 ? 0 : set.at(scratch[i]).size();
            scratch[n + i] = (largestFirst ? Integer.MAX_VALUE - size : size) << 32 | i;
        }
        Arrays.sort(scratch, n + from, 2 * n);
        for (int i = n + from; i < 2 * n; i++) {
            scratch[i] = scratch[(int) scratch[i]];
        }
    }

    /**
     * Sets the bits of those members of a set that are in all others, or, for a difference, in none of them. The others
     * stand sorted behind the n sources, from the second on. Returns the same scratch, the bits behind what was used.
     */
    private static long[] mark(Call call, int n, SetValue walked, boolean difference) {
        long[] scratch = call.scratchLongs(2 * n + words(walked.size()));
        setBits(scratch, 2 * n, walked.size());
        if (n == 1) {
            return scratch;
        }
        SetValue other = at(call, walked.slot());
        for (int i = n + 1; i < 2 * n && scratch[i] != 0; i++) {
            if (scratch[i] != walked.slot()) { // a key named twice
                other.at(scratch[i]).clearBits(walked, difference, scratch, 2 * n);
            }
        }
        return scratch;
    }

    /** Longs that hold a bit per member. */
    private static int words(long members) {
        return (int) ((members + 63) >>> 6);
    }

    private static void setBits(long[] scratch, int at, long members) {
        int end = at + words(members);
        Arrays.fill(scratch, at, end, -1);
        if ((members & 63) != 0) {
            scratch[end - 1] = (1L << members) - 1;
        }
    }

    private static int count(long[] scratch, int at, long members) {
        int count = 0;
        for (int i = at; i < at + words(members); i++) {
            count += Long.bitCount(scratch[i]);
        }
        return count;
    }

    private static boolean isSet(long[] scratch, int at, int i) {
        return (scratch[at + (i >>> 6)] & 1L << i) != 0;
    }

    /** Replies the members whose bits are set. */
    private static void replyMarked(SetValue set, long[] scratch, int at, Reply reply) {
        int i = 0;
        for (boolean is = set.first(); is; is = set.next()) {
            if (isSet(scratch, at, i++)) {
                set.reply(reply);
            }
        }
    }

    /** Adds the members of a set whose bits are set to a result. Returns whether all of them are integers. */
    private static boolean addMarked(SetValue result, SetValue set, long[] scratch, int at) {
        boolean integers = true;
        int i = 0;
        for (boolean is = set.first(); is; is = set.next()) {
            if (isSet(scratch, at, i++)) {
                integers = integers && set.isInteger();
                result.addNewMemberOf(set);
                set.refresh();
            }
        }
        return integers;
    }

    private static void store(Call call, Argv argv, SetValue result, KeyEvent event, Reply reply) {
        long size = result.size();
        if (size == 0) {
            result.clear();
            storeNothing(call, argv, reply);
            return;
        }
        call.db().collections().store(argv, 1, result);
        call.changed(argv, 1, event, 1);
        reply.integer(size);
    }

    private static void storeNothing(Call call, Argv argv, Reply reply) {
        if (call.db().delete(argv, 1)) {
            call.changed(argv, 1, KeyEvent.DEL, 1);
        }
        reply.integer(0);
    }
}
