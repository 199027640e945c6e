package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.LIST;

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
import io.duetdb.engine.value.ListValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists: elements at both ends and by index. What goes between lists is in {@link ListMoveCommands}. */
final class ListCommands {
    private static final byte[] BEFORE = word("BEFORE");
    private static final byte[] AFTER = word("AFTER");
    private static final byte[] RANK = word("RANK");
    private static final byte[] COUNT = word("COUNT");
    private static final byte[] MAXLEN = word("MAXLEN");

    private static final CommandError LPOP_ARITY = new CommandError("ERR wrong number of arguments for 'lpop' command");
    private static final CommandError RPOP_ARITY = new CommandError("ERR wrong number of arguments for 'rpop' command");
    private static final CommandError NOT_POSITIVE = new CommandError("ERR value is out of range, must be positive");
    private static final CommandError INDEX = new CommandError("ERR index out of range");
    private static final CommandError OUT_OF_LONG = new CommandError(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    private static final CommandError NO_RANK = new CommandError("ERR RANK can't be zero: use 1 to start from the first"
            + " match, 2 from the second ... or use negative to start from the end of the list");
    private static final CommandError NEGATIVE_COUNT = new CommandError("ERR COUNT can't be negative");
    private static final CommandError NEGATIVE_MAXLEN = new CommandError("ERR MAXLEN can't be negative");

    private static final KeySpec INSERT = KeySpec.first().with(KeySpec.RW | KeySpec.INSERT);
    private static final KeySpec TAKE = KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE);
    private static final KeySpec DELETE = KeySpec.first().with(KeySpec.RW | KeySpec.DELETE);

    private static final CommandFunctions FUNCTIONS = ListCommands::function;

    static final List<Command> TABLE = List.of(
            command("LPUSH", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(INSERT)
                    .group(LIST)
                    .syntax("key element [element ...]")
                    .complexity("O(1) per element")
                    .summary("Pushes elements in front of a list, one after the other. Creates the key."),
            command("RPUSH", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(INSERT)
                    .group(LIST)
                    .syntax("key element [element ...]")
                    .complexity("O(1) per element")
                    .summary("Pushes elements behind a list. Creates the key."),
            command("LPUSHX", FUNCTIONS)
                    .since("2.2.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(INSERT)
                    .group(LIST)
                    .syntax("key element [element ...]")
                    .complexity("O(1) per element")
                    .summary("Pushes elements in front of a list if there is one."),
            command("RPUSHX", FUNCTIONS)
                    .since("2.2.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(INSERT)
                    .group(LIST)
                    .syntax("key element [element ...]")
                    .complexity("O(1) per element")
                    .summary("Pushes elements behind a list if there is one."),
            command("LPOP", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(WRITE, FAST)
                    .keys(TAKE)
                    .group(LIST)
                    .syntax("key [count]")
                    .complexity("O(N), N = elements returned")
                    .summary("Takes elements from a list's head. Deletes the key with the last one."),
            command("RPOP", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(WRITE, FAST)
                    .keys(TAKE)
                    .group(LIST)
                    .syntax("key [count]")
                    .complexity("O(N), N = elements returned")
                    .summary("Takes elements from a list's tail. Deletes the key with the last one."),
            command("LLEN", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().look())
                    .group(LIST)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the length of a list."),
            command("LINDEX", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(LIST)
                    .syntax("key index")
                    .complexity("O(N), N = elements between the index and the nearer end")
                    .summary("Returns the element at an index of a list."),
            command("LSET", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().update())
                    .group(LIST)
                    .syntax("key index element")
                    .complexity("O(N), N = elements between the index and the nearer end")
                    .summary("Sets the element at an index of a list."),
            command("LRANGE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(LIST)
                    .syntax("key start stop")
                    .complexity("O(S + N), S = elements between start and the nearer end, N = elements returned")
                    .summary("Returns a range of a list's elements."),
            command("LTRIM", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(WRITE)
                    .keys(DELETE)
                    .group(LIST)
                    .syntax("key start stop")
                    .complexity("O(N), N = elements removed")
                    .summary("Removes all but a range of a list's elements. Deletes the key if nothing is left."),
            command("LREM", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(WRITE)
                    .keys(DELETE)
                    .group(LIST)
                    .syntax("key count element")
                    .complexity("O(N), N = elements of the list")
                    .summary("Removes equal elements of a list. Deletes the key with the last one."),
            command("LINSERT", FUNCTIONS)
                    .since("2.2.0")
                    .arity(5)
                    .flags(WRITE, DENYOOM)
                    .keys(INSERT)
                    .group(LIST)
                    .syntax("key <BEFORE | AFTER> pivot element")
                    .complexity("O(N), N = elements before the pivot")
                    .summary("Puts an element before or behind another one of a list."),
            command("LPOS", FUNCTIONS)
                    .since("6.0.6")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(LIST)
                    .syntax("key element [RANK rank] [COUNT num-matches] [MAXLEN len]")
                    .complexity("O(N), N = elements compared")
                    .summary("Returns the index of an element of a list, or of several equal ones."));

    private ListCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "LPUSH" -> ListCommands::lpush;
            case "RPUSH" -> ListCommands::rpush;
            case "LPUSHX" -> ListCommands::lpushx;
            case "RPUSHX" -> ListCommands::rpushx;
            case "LPOP" -> ListCommands::lpop;
            case "RPOP" -> ListCommands::rpop;
            case "LLEN" -> ListCommands::llen;
            case "LINDEX" -> ListCommands::lindex;
            case "LSET" -> ListCommands::lset;
            case "LRANGE" -> ListCommands::lrange;
            case "LTRIM" -> ListCommands::ltrim;
            case "LREM" -> ListCommands::lrem;
            case "LINSERT" -> ListCommands::linsert;
            case "LPOS" -> ListCommands::lpos;
            default -> null;
        };
    }

    // ---- pushing

    /** LPUSH. Replies the new length. @throws CommandError WRONGTYPE */
    static void lpush(Call call, Argv argv, Reply reply) {
        push(call, argv, call.db().collections().listOrCreate(argv, 1), true, reply);
    }

    /** RPUSH. Replies the new length. @throws CommandError WRONGTYPE */
    static void rpush(Call call, Argv argv, Reply reply) {
        push(call, argv, call.db().collections().listOrCreate(argv, 1), false, reply);
    }

    /** LPUSHX. Replies the new length; 0 when there is no list. @throws CommandError WRONGTYPE */
    static void lpushx(Call call, Argv argv, Reply reply) {
        push(call, argv, call.db().collections().listForWrite(argv, 1), true, reply);
    }

    /** RPUSHX. Replies the new length; 0 when there is no list. @throws CommandError WRONGTYPE */
    static void rpushx(Call call, Argv argv, Reply reply) {
        push(call, argv, call.db().collections().listForWrite(argv, 1), false, reply);
    }

    private static void push(Call call, Argv argv, @Nullable ListValue list, boolean head, Reply reply) {
        if (list == null) {
            reply.integer(0);
            return;
        }
        int count = argv.count() - 2;
        list.announce(count, argv.bytes() - argv.length(0) - argv.length(1));
        for (int i = 2; i < argv.count(); i++) {
            if (head) {
                list.pushFirst(argv.array(i), argv.offset(i), argv.length(i));
            } else {
                list.pushLast(argv.array(i), argv.offset(i), argv.length(i));
            }
        }
        call.changed(argv, 1, head ? KeyEvent.LPUSH : KeyEvent.RPUSH, count);
        reply.integer(list.size());
    }

    // ---- popping

    /**
     * LPOP. Replies the first element, nil when there is no list; with a count an array of up to so many, the absent
     * array when there is no list. The count is looked at before the key.
     *
     * @throws CommandError wrong number of arguments, value is out of range, WRONGTYPE
     */
    static void lpop(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            throw LPOP_ARITY;
        }
        pop(call, argv, true, reply);
    }

    /** RPOP: as LPOP, from the tail. @throws CommandError as LPOP */
    static void rpop(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            throw RPOP_ARITY;
        }
        pop(call, argv, false, reply);
    }

    private static void pop(Call call, Argv argv, boolean head, Reply reply) {
        boolean several = argv.count() == 3;
        long count = several ? positive(argv, 2, NOT_POSITIVE) : 1;
        @Nullable ListValue list = call.db().collections().listForWrite(argv, 1);
        if (list == null) {
            if (several) {
                reply.nilArray();
            } else {
                reply.nil();
            }
            return;
        }
        if (several) {
            reply.array((int) Math.min(count, list.size()));
        }
        if (count > 0) {
            ListEnds.take(call, argv, 1, list, head, count, reply);
        }
    }

    private static long positive(Argv argv, int index, CommandError refusal) {
        long value = Numbers.parse(argv.array(index), argv.offset(index), argv.length(index));
        if (value < 0) { // what is no number parses as a negative one
            throw refusal;
        }
        return value;
    }

    // ---- by index

    /** LLEN. Replies the length, 0 when there is no list. @throws CommandError WRONGTYPE */
    static void llen(Call call, Argv argv, Reply reply) {
        @Nullable ListValue list = call.db().collections().list(argv, 1);
        reply.integer(list == null ? 0 : list.size());
    }

    /**
     * LINDEX. Replies the element, nil when there is none at the index, which counts from the end if it is negative.
     * The key is looked at before the index.
     *
     * @throws CommandError WRONGTYPE, not an integer
     */
    static void lindex(Call call, Argv argv, Reply reply) {
        @Nullable ListValue list = call.db().collections().list(argv, 1);
        if (list != null && list.seek(argv.integer(2))) {
            list.reply(reply);
        } else {
            reply.nil();
        }
    }

    /** LSET. Replies OK. @throws CommandError in this order: no such key, WRONGTYPE, not an integer, out of range */
    static void lset(Call call, Argv argv, Reply reply) {
        @Nullable ListValue list = call.db().collections().listForWrite(argv, 1);
        if (list == null) {
            throw Errors.NO_SUCH_KEY;
        }
        if (!list.seek(argv.integer(2))) {
            throw INDEX;
        }
        list.replace(argv.array(3), argv.offset(3), argv.length(3));
        call.changed(argv, 1, KeyEvent.LSET, 1);
        reply.ok();
    }

    /**
     * LRANGE. Replies an array of the elements from start to stop, both included, negative ones counted from the end;
     * empty when there are none. @throws CommandError not an integer, WRONGTYPE
     */
    static void lrange(Call call, Argv argv, Reply reply) {
        long start = argv.integer(2);
        long stop = argv.integer(3);
        @Nullable ListValue list = call.db().collections().list(argv, 1);
        long size = list == null ? 0 : list.size();
        long from = from(start, size);
        long to = to(stop, size);
        if (list == null || from > to) {
            reply.array(0);
            return;
        }
        reply.array((int) (to - from + 1));
        list.seek(from);
        list.reply(reply);
        for (long i = from; i < to && list.next(); i++) {
            list.reply(reply);
        }
    }

    /**
     * LTRIM. Replies OK. Notifies even where nothing is removed, as Redis does, but that is no change.
     *
     * @throws CommandError not an integer, WRONGTYPE
     */
    static void ltrim(Call call, Argv argv, Reply reply) {
        long start = argv.integer(2);
        long stop = argv.integer(3);
        @Nullable ListValue list = call.db().collections().listForWrite(argv, 1);
        if (list == null) {
            reply.ok();
            return;
        }
        long size = list.size();
        long from = from(start, size);
        long to = to(stop, size);
        if (from > to) {
            list.clear();
        } else {
            if (list.seek(to + 1)) {
                list.remove(size - to - 1);
            }
            if (from > 0) {
                list.first();
                list.remove(from);
            }
        }
        call.changed(argv, 1, KeyEvent.LTRIM, size - list.size());
        call.deleteIfEmpty(argv, 1, list);
        reply.ok();
    }

    private static long from(long start, long size) {
        return Math.max(0, start < 0 ? size + start : start);
    }

    private static long to(long stop, long size) {
        return Math.min(size - 1, stop < 0 ? size + stop : stop);
    }

    // ---- by value

    /**
     * LREM. Removes count elements that equal the given one, the first ones, with a negative count the last ones, with
     * 0 all. Replies how many. @throws CommandError not an integer, WRONGTYPE
     */
    static void lrem(Call call, Argv argv, Reply reply) {
        long count = argv.integer(2);
        @Nullable ListValue list = call.db().collections().listForWrite(argv, 1);
        if (list == null) {
            reply.integer(0);
            return;
        }
        long removed = count < 0
                ? removeLast(list, argv, count == Long.MIN_VALUE ? Long.MAX_VALUE : -count)
                : removeFirst(list, argv, count);
        if (removed > 0) {
            call.changed(argv, 1, KeyEvent.LREM, removed);
            call.deleteIfEmpty(argv, 1, list);
        }
        reply.integer(removed);
    }

    private static long removeFirst(ListValue list, Argv argv, long count) {
        long removed = 0;
        boolean is = list.first();
        while (is && (removed < count || count == 0) && list.find(argv.array(3), argv.offset(3), argv.length(3))) {
            is = list.remove();
            removed++;
        }
        return removed;
    }

    private static long removeLast(ListValue list, Argv argv, long count) {
        long removed = 0;
        boolean is = list.last();
        while (is && removed < count) {
            if (list.equals(argv.array(3), argv.offset(3), argv.length(3))) {
                removed++;
                is = list.remove() ? list.previous() : list.last();
            } else {
                is = list.previous();
            }
        }
        return removed;
    }

    /**
     * LINSERT. Replies the new length; -1 when there is no such element, 0 when there is no list.
     *
     * @throws CommandError syntax, WRONGTYPE
     */
    static void linsert(Call call, Argv argv, Reply reply) {
        boolean after = argv.is(2, AFTER);
        if (!after && !argv.is(2, BEFORE)) {
            throw Errors.SYNTAX;
        }
        @Nullable ListValue list = call.db().collections().listForWrite(argv, 1);
        if (list == null) {
            reply.integer(0);
            return;
        }
        list.first();
        if (!list.find(argv.array(3), argv.offset(3), argv.length(3))) {
            reply.integer(-1);
            return;
        }
        if (after) {
            list.insertAfter(argv.array(4), argv.offset(4), argv.length(4));
        } else {
            list.insertBefore(argv.array(4), argv.offset(4), argv.length(4));
        }
        call.changed(argv, 1, KeyEvent.LINSERT, 1);
        reply.integer(list.size());
    }

    /**
     * LPOS. Replies an index, nil when no element matches; with COUNT an array of so many, with COUNT 0 of all. RANK is
     * the first match that counts, searched backwards if it is negative; MAXLEN, how many elements are looked at, 0 =
     * all.
     *
     * @throws CommandError of the options in their order, then WRONGTYPE
     */
    static void lpos(Call call, Argv argv, Reply reply) {
        long rank = 1;
        long count = -1;
        long most = 0;
        for (int i = 3; i < argv.count(); i += 2) {
            boolean value = i + 1 < argv.count();
            if (value && argv.is(i, RANK)) {
                rank = rank(argv, i + 1);
            } else if (value && argv.is(i, COUNT)) {
                count = positive(argv, i + 1, NEGATIVE_COUNT);
            } else if (value && argv.is(i, MAXLEN)) {
                most = positive(argv, i + 1, NEGATIVE_MAXLEN);
            } else {
                throw Errors.SYNTAX;
            }
        }
        @Nullable ListValue list = call.db().collections().list(argv, 1);
        if (list == null) {
            if (count < 0) {
                reply.nil();
            } else {
                reply.array(0);
            }
        } else if (count < 0) {
            if (matches(list, argv, rank, 1, most, reply) == 0) {
                reply.nil();
            }
        } else {
            long token = reply.openArray();
            reply.closeArray(token, matches(list, argv, rank, count, most, reply));
        }
    }

    /** Replies the indexes of up to {@code count} matches (0 = all). Returns how many. */
    private static int matches(ListValue list, Argv argv, long rank, long count, long most, Reply reply) {
        long size = list.size();
        long looks = most == 0 ? size : Math.min(most, size);
        long wanted = Math.abs(rank);
        long seen = 0;
        int found = 0;
        boolean is = rank > 0 ? list.first() : list.last();
        for (long i = 0; is && i < looks; i++) {
            if (list.equals(argv.array(2), argv.offset(2), argv.length(2)) && ++seen >= wanted) {
                reply.integer(rank > 0 ? i : size - 1 - i);
                found++;
                if (found == count) {
                    break;
                }
            }
            is = rank > 0 ? list.next() : list.previous();
        }
        return found;
    }

    private static long rank(Argv argv, int index) {
        long value = argv.integer(index);
        if (value == Long.MIN_VALUE) { // has no opposite: refused since 7.2
            throw OUT_OF_LONG;
        }
        if (value == 0) {
            throw NO_RANK;
        }
        return value;
    }
}
