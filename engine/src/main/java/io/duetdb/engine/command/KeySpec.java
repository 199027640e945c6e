package io.duetdb.engine.command;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a command's keys stand among its arguments and what it does to them: Redis 7's key specifications. COMMAND
 * GETKEYS, ACL key patterns, the touching of a batch and the read-only token all follow from them.
 *
 * @param index argument where the search begins; 0 when a keyword or the command itself decides
 * @param keyword the word behind which keys begin, or null
 * @param from where the search for the keyword starts (negative: backwards from the end)
 * @param find how keys follow: a range, a number of keys, or unknown
 * @param last of a range: last key relative to the first, or negative from the end
 * @param step distance between keys
 * @param limit of a range to the end: only the first 1/limit of the arguments are keys; 0 = all
 * @param flags access and effect bits
 */
public record KeySpec(
        int index, @Nullable String keyword, int from, Find find, int last, int step, int limit, int flags) {
    public static final int RO = 1;
    public static final int RW = 1 << 1;
    public static final int OW = 1 << 2;
    public static final int RM = 1 << 3;
    public static final int ACCESS = 1 << 4;
    public static final int UPDATE = 1 << 5;
    public static final int INSERT = 1 << 6;
    public static final int DELETE = 1 << 7;
    public static final int NOT_KEY = 1 << 8;
    public static final int INCOMPLETE = 1 << 9;
    public static final int VARIABLE_FLAGS = 1 << 10;

    private static final String[] NAMES = {
        "RO", "RW", "OW", "RM", "access", "update", "insert", "delete", "not_key", "incomplete", "variable_flags"
    };

    /** How keys are found from where the search begins. */
    public enum Find {
        RANGE,
        KEYNUM,
        UNKNOWN
    }

    /** Receives key positions. */
    public interface KeyConsumer {
        /** The argument at {@code position} is a key. */
        void key(int position, int flags);
    }

    /** Finds the keys of requests that no specification can describe (SORT ... STORE). */
    public interface KeyFinder {
        /** Hands out the keys of a request, which has as many arguments as the command takes. */
        void find(Argv argv, KeyConsumer found);
    }

    /** One key at argument 1. */
    public static KeySpec first() {
        return at(1);
    }

    /** One key at an argument. */
    public static KeySpec at(int index) {
        return range(index, 0, 1);
    }

    /** Keys from {@code index} on, up to {@code last} (relative, negative from the end), every {@code step}-th. */
    public static KeySpec range(int index, int last, int step) {
        return new KeySpec(index, null, 0, Find.RANGE, last, step, 0, 0);
    }

    /** A number at {@code index} says how many keys follow it. */
    public static KeySpec keynum(int index) {
        return new KeySpec(index, null, 0, Find.KEYNUM, 0, 1, 1, 0);
    }

    /** A range behind a keyword, searched from {@code from} on (negative: backwards from the end). */
    public static KeySpec keyword(String keyword, int from, int last, int step) {
        return new KeySpec(0, keyword, from, Find.RANGE, last, step, 0, 0);
    }

    /** Keys that only the command itself can find. */
    public static KeySpec unknown() {
        return new KeySpec(0, null, 0, Find.UNKNOWN, 0, 0, 0, 0);
    }

    /** Of a range to the end, only the first 1/denominator of the arguments are keys (XREAD). */
    public KeySpec limitedTo(int denominator) {
        return new KeySpec(index, keyword, from, find, last, step, denominator, flags);
    }

    /** With these flags in addition. */
    public KeySpec with(int more) {
        return new KeySpec(index, keyword, from, find, last, step, limit, flags | more);
    }

    /** RO, access: reads the value. */
    public KeySpec read() {
        return with(RO | ACCESS);
    }

    /** RO: looks at the key only (type, TTL ...). */
    public KeySpec look() {
        return with(RO);
    }

    /** RW, update. */
    public KeySpec update() {
        return with(RW | UPDATE);
    }

    /** RW, access, update: returns what it changes. */
    public KeySpec readUpdate() {
        return with(RW | ACCESS | UPDATE);
    }

    /** OW, update: overwrites without looking. */
    public KeySpec overwrite() {
        return with(OW | UPDATE);
    }

    /** RM, delete. */
    public KeySpec remove() {
        return with(RM | DELETE);
    }

    /** Position of the first key where that is fixed by the declaration, otherwise 0. */
    public int fixedFirst() {
        return find == Find.RANGE ? index : 0;
    }

    /** Whether positions alone do not tell the keys (movablekeys). */
    boolean movable() {
        return find != Find.RANGE || keyword != null;
    }

    /** Hands out the positions of the keys in {@code argv}; false when they cannot be told from it. */
    public boolean keys(Argv argv, KeyConsumer consumer) {
        int first = keyword == null ? index : behindKeyword(argv);
        if (first <= 0 || first >= argv.count()) {
            return false;
        }
        int end;
        int begin = first;
        int known = flags;
        if (find == Find.RANGE) {
            end = last >= 0 ? first + last : argv.count() + last;
            if (limit > 1) {
                end = first + (argv.count() - first) / limit + last; // last is -1: up to the end, of which 1/limit
            }
        } else if (find == Find.KEYNUM) {
            int at = first + last;
            if (at >= argv.count()) {
                return false;
            }
            boolean exact = Numbers.isLong(argv.array(at), argv.offset(at), argv.length(at));
            long count = exact ? argv.integer(at) : leadingNumber(argv, at);
            begin = first + limit;
            if (count < 1 || count > (argv.count() - begin + step - 1) / step) {
                return false;
            }
            known = exact ? flags : 0;
            end = begin + ((int) count - 1) * step;
        } else {
            return false;
        }
        if (end >= argv.count()) {
            return false;
        }
        for (int i = begin; i <= end; i += step) {
            consumer.key(i, known);
        }
        return true;
    }

    /**
     * The number an argument begins with, 0 if it doesn't: Redis, when a specification fails, looks for keys once more by
     * C's atoi ({@code db.c}, genericGetKeys), and then says nothing of what is done to them.
     */
    private static int leadingNumber(Argv argv, int index) {
        int length = argv.length(index);
        int i = 0;
        while (i < length
                && (argv.byteAt(index, i) == ' ' || argv.byteAt(index, i) >= '\t' && argv.byteAt(index, i) <= '\r')) {
            i++;
        }
        boolean negative = i < length && argv.byteAt(index, i) == '-';
        if (negative || i < length && argv.byteAt(index, i) == '+') {
            i++;
        }
        long value = 0;
        for (; i < length && argv.byteAt(index, i) >= '0' && argv.byteAt(index, i) <= '9'; i++) {
            value = Math.min(Integer.MAX_VALUE, value * 10 + argv.byteAt(index, i) - '0');
        }
        return (int) (negative ? -value : value);
    }

    private int behindKeyword(Argv argv) {
        String word = keyword == null ? "" : keyword;
        if (from > 0) {
            for (int i = from; i < argv.count(); i++) {
                if (argv.is(i, word)) {
                    return i + 1;
                }
            }
        } else {
            for (int i = argv.count() + from; i > 0; i--) {
                if (argv.is(i, word)) {
                    return i + 1;
                }
            }
        }
        return 0;
    }

    /** Names of the flags as COMMAND shows them. */
    public List<String> flagNames() {
        return flagNames(flags);
    }

    /** Names of some flags as COMMAND shows them. */
    public static List<String> flagNames(int flags) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((flags & (1 << bit)) != 0) {
                names.add(NAMES[bit]);
            }
        }
        return names;
    }

    /** One line: {@code index:1>range:0:1:0[RO,access]}. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        if (keyword != null) {
            s.append("keyword:").append(keyword).append(':').append(from);
        } else {
            s.append(index == 0 ? "unknown" : "index:" + index);
        }
        switch (find) {
            case RANGE -> s.append(">range:" + last + ":" + step + ":" + limit);
            case KEYNUM -> s.append(">keynum:" + last + ":" + limit + ":" + step);
            case UNKNOWN -> s.append(">unknown");
        }
        return s.append('[').append(String.join(",", flagNames())).append(']').toString();
    }
}
