package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.ListValue;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ZSet;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SORT: lists, sets and sorted sets in another order. Elements are copied into a {@link SortVector} first, which takes as
 * much of the heap as they have bytes, for as long as the command runs; {@link SortPattern} looks up BY and GET.
 */
final class SortCommands {
    private static final int CATEGORIES = Category.LIST | Category.SET | Category.SORTEDSET | Category.DANGEROUS;
    private static final String COMPLEXITY =
            "O(N+M*log(M)), N = elements, M = elements to return; O(M) where nothing is"
                    + " to be sorted in a list or sorted set";

    private static final CommandFunctions FUNCTIONS = SortCommands::function;

    static final List<Command> TABLE = List.of(
            command("SORT", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(WRITE, DENYOOM)
                    .keys(
                            KeySpec.first().read(),
                            KeySpec.unknown().read(),
                            KeySpec.unknown().overwrite())
                    .keyFinder(SortCommands::keys)
                    .group(GENERIC)
                    .categories(CATEGORIES)
                    .syntax("key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]"
                            + " [STORE destination]")
                    .complexity(COMPLEXITY)
                    .summary(
                            "Sorts the elements of a list, set or sorted set, by themselves or by other keys. Can store"
                                    + " the result."),
            command("SORT_RO", FUNCTIONS)
                    .since("7.0.0")
                    .arity(-2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read(), KeySpec.unknown().read())
                    .keyFinder((argv, found) -> found.key(1, KeySpec.RO | KeySpec.ACCESS))
                    .group(GENERIC)
                    .categories(CATEGORIES)
                    .syntax(
                            "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]")
                    .complexity(COMPLEXITY)
                    .summary("Sorts the elements of a list, set or sorted set, as SORT, but never stores."));

    private static final byte[] ASC = word("ASC");
    private static final byte[] DESC = word("DESC");
    private static final byte[] ALPHA = word("ALPHA");
    private static final byte[] LIMIT = word("LIMIT");
    private static final byte[] STORE = word("STORE");
    private static final byte[] BY = word("BY");
    private static final byte[] GET = word("GET");
    private static final CommandError NOT_NUMBERS =
            new CommandError("ERR One or more scores can't be converted into double");

    private SortCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SORT" -> SortCommands::sort;
            case "SORT_RO" -> SortCommands::sortRo;
            default -> null;
        };
    }

    /**
     * What a request asks for.
     *
     * @param sorted whether there is an order to bring about; not with BY a constant, however BY is given again
     * @param by argument that holds the pattern to sort by, or 0
     * @param offset elements to leave out
     * @param count elements to return, or negative for all
     * @param gets arguments that hold patterns to return, in their order
     * @param store argument that names the destination, or 0
     */
    private record Options(
            boolean desc, boolean alpha, boolean sorted, int by, long offset, long count, int[] gets, int store) {

        /** Reads the options in their order: the first mistake counts. @throws CommandError syntax, not an integer */
        static Options of(Argv argv, boolean mayStore) {
            boolean desc = false;
            boolean alpha = false;
            boolean sorted = true;
            int by = 0;
            long offset = 0;
            long count = -1;
            int[] gets = new int[0];
            int store = 0;
            for (int i = 2; i < argv.count(); i++) {
                int left = argv.count() - i - 1;
                if (argv.is(i, ASC)) {
                    desc = false;
                } else if (argv.is(i, DESC)) {
                    desc = true;
                } else if (argv.is(i, ALPHA)) {
                    alpha = true;
                } else if (argv.is(i, LIMIT) && left >= 2) {
                    offset = argv.integer(++i);
                    count = argv.integer(++i);
                } else if (mayStore && argv.is(i, STORE) && left >= 1) {
                    store = ++i;
                } else if (argv.is(i, BY) && left >= 1) {
                    by = ++i;
                    sorted &= SortPattern.hasStar(argv, by);
                } else if (argv.is(i, GET) && left >= 1) {
                    gets = Arrays.copyOf(gets, gets.length + 1);
                    gets[gets.length - 1] = ++i;
                } else {
                    throw Errors.SYNTAX;
                }
            }
            return new Options(desc, alpha, sorted, by, offset, count, gets, store);
        }

        /** The same where a set goes into a key: sorted by itself, so that the result is the same wherever it runs. */
        Options forSetToStore() {
            return new Options(desc, true, true, 0, offset, count, gets, store);
        }
    }

    /**
     * SORT. Replies an array of elements, or of what GET finds for each, nil where that is nothing; with STORE the number
     * of elements of the list that it made, where nothing is the empty string. No key is an empty list. @throws
     * CommandError syntax, not an integer, WRONGTYPE, weights that are no numbers
     */
    static void sort(Call call, Argv argv, Reply reply) {
        sort(call, argv, reply, Options.of(argv, true));
    }

    /** SORT_RO. As SORT without STORE. */
    static void sortRo(Call call, Argv argv, Reply reply) {
        sort(call, argv, reply, Options.of(argv, false));
    }

    private static void sort(Call call, Argv argv, Reply reply, Options asked) {
        long e = call.db().find(argv, 1);
        ValueType type = e == 0 ? ValueType.LIST : call.db().type(e);
        if (type != ValueType.LIST && type != ValueType.SET && type != ValueType.ZSET) {
            throw Errors.WRONGTYPE;
        }
        Value value = e == 0 ? null : call.db().collections().at(e);
        Options options = !asked.sorted && asked.store > 0 && type == ValueType.SET ? asked.forSetToStore() : asked;
        long size = value == null ? 0 : value.size();
        long first = Math.min(Math.max(options.offset, 0), size);
        long rest = size - first;
        int count = Math.toIntExact(options.count < 0 ? rest : Math.min(options.count, rest));
        ByteRows elements;
        int from = (int) first;
        if (!options.sorted && type != ValueType.SET) {
            elements = new ByteRows(count);
            stretch(value, options.desc ? size - 1 - first : first, count, options.desc, elements);
            from = 0;
        } else {
            elements = new ByteRows(Math.toIntExact(size));
            if (value != null) {
                value.forEach(elements);
            }
        }
        SortVector vector = new SortVector(elements);
        if (options.sorted) {
            order(call, argv, options, elements, vector);
        }
        SortPattern[] gets = new SortPattern[options.gets.length];
        for (int i = 0; i < gets.length; i++) {
            gets[i] = new SortPattern(call, argv, options.gets[i]);
        }
        Result result = new Result(elements, vector, from, count, gets);
        if (options.store > 0) {
            store(call, argv, reply, options.store, result);
        } else {
            answer(result, reply);
        }
    }

    /** Copies {@code count} elements from a rank on, of a value that has an order of its own. */
    private static void stretch(@Nullable Value value, long rank, int count, boolean backwards, ByteRows to) {
        if (count == 0) {
            return;
        }
        if (value instanceof ListValue list) {
            list.seek(rank);
            for (int i = 0; i < count; i++) {
                int row = to.add(list.length());
                list.copyOut(to.array(row), to.offset(row));
                boolean more = backwards ? list.previous() : list.next();
                assert more || i == count - 1;
            }
        } else if (value instanceof ZSet zset) {
            zset.seekRank(rank);
            for (int i = 0; i < count; i++) {
                int row = to.add(zset.length());
                zset.copyOut(to.array(row), to.offset(row));
                boolean more = backwards ? zset.previous() : zset.next();
                assert more || i == count - 1;
            }
        }
    }

    /** Orders the elements: by themselves or by what BY finds, as text or as numbers, 0 where it finds nothing. */
    private static void order(Call call, Argv argv, Options options, ByteRows elements, SortVector vector) {
        SortPattern by = options.by == 0 ? null : new SortPattern(call, argv, options.by);
        boolean upToZero = options.store == 0; // Redis collates what it replies, and compares bytes of what it stores
        if (options.alpha) {
            vector.sortByText(by == null ? elements : weights(by, elements), upToZero, options.desc);
            return;
        }
        double[] scores = new double[elements.count()];
        byte[] text = new byte[64];
        boolean numbers = true;
        for (int i = 0; i < scores.length; i++) {
            if (by == null) {
                scores[i] = SortVector.number(elements.array(i), elements.offset(i), elements.length(i));
            } else if (by.find(elements, i)) {
                int length = by.length();
                text = text.length < length ? new byte[length * 2] : text;
                by.copyOut(text, 0);
                scores[i] = SortVector.number(text, 0, length);
            }
            numbers &= !Double.isNaN(scores[i]); // all are looked up, as in Redis: each counts as a hit or a miss
        }
        if (!numbers) {
            throw NOT_NUMBERS;
        }
        vector.sortByNumber(scores, options.desc);
    }

    private static ByteRows weights(SortPattern by, ByteRows elements) {
        ByteRows weights = new ByteRows(elements.count());
        for (int i = 0; i < elements.count(); i++) {
            if (by.find(elements, i)) {
                int row = weights.add(by.length());
                by.copyOut(weights.array(row), weights.offset(row));
            } else {
                weights.add(ByteRows.ABSENT);
            }
        }
        return weights;
    }

    private static void answer(Result result, Reply reply) {
        reply.array(result.size());
        for (int i = 0; i < result.count; i++) {
            int row = result.row(i);
            if (result.gets.length == 0) {
                result.elements.reply(row, reply);
            }
            for (SortPattern get : result.gets) {
                if (get.find(result.elements, row)) {
                    get.reply(reply);
                } else {
                    reply.nil();
                }
            }
        }
    }

    /** Makes the result the list of a key, whatever that held; where there is no result the key goes. */
    private static void store(Call call, Argv argv, Reply reply, int key, Result result) {
        int size = result.size();
        if (size > 0) {
            boolean plain = result.gets.length == 0;
            ByteRows found = plain ? result.elements : result.lookUp(); // before the list: lookups may remove keys
            ListValue list = call.db().collections().temporaryList();
            for (int i = 0; i < size; i++) {
                int row = plain ? result.row(i) : i;
                list.pushLast(found.array(row), found.offset(row), found.length(row));
            }
            call.db().collections().store(argv, key, list);
            call.changed(argv, key, KeyEvent.SORTSTORE, size);
        } else if (call.db().delete(argv, key)) {
            call.changed(argv, key, KeyEvent.DEL, 1);
        }
        reply.integer(size);
    }

    /** A stretch of ordered elements and what is to be returned for each: itself, or what patterns find. */
    private record Result(ByteRows elements, SortVector vector, int from, int count, SortPattern[] gets) {
        int size() {
            return Math.multiplyExact(count, Math.max(1, gets.length));
        }

        int row(int i) {
            return vector.at(from + i);
        }

        /** What the patterns find for all of them, empty where that is nothing. */
        ByteRows lookUp() {
            ByteRows found = new ByteRows(size());
            for (int i = 0; i < count; i++) {
                for (SortPattern get : gets) {
                    boolean there = get.find(elements, row(i));
                    int row = found.add(there ? get.length() : 0);
                    if (there) {
                        get.copyOut(found.array(row), found.offset(row));
                    }
                }
            }
            return found;
        }
    }

    /**
     * The keys of a request, mistakes and all: the first argument, and what stands behind the last STORE that is no
     * option's argument. Redis {@code db.c}, sortGetKeys, which takes no step over STORE's own argument.
     */
    static void keys(Argv argv, KeySpec.KeyConsumer found) {
        found.key(1, KeySpec.RO | KeySpec.ACCESS);
        int store = 0;
        for (int i = 2; i < argv.count(); i++) {
            if (argv.is(i, LIMIT)) {
                i += 2;
            } else if (argv.is(i, STORE) && i + 1 < argv.count()) {
                store = i + 1;
            } else if (argv.is(i, GET) || argv.is(i, BY)) {
                i++;
            }
        }
        if (store > 0) {
            found.key(store, KeySpec.OW | KeySpec.UPDATE);
        }
    }
}
