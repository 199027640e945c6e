package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Handles;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of SORT's BY or GET, and what it finds for an element: the string of the key whose name has the element in
 * place of the first star, or a field of that key's hash ({@code key_*->field}); {@code #} is the element itself. Finds
 * nothing without a star, and where a key has another type. A zero byte ends the search for star and arrow, as in Redis,
 * which searches strings of C.
 */
final class SortPattern {
    private static final int NOT_THERE = -1;

    private final Database db;
    private final Handles handles;
    private final byte[] pattern;
    private final boolean self;
    private final int star;

    /** Where the name of the key ends in the pattern. */
    private final int nameEnd;

    /** Where the name of a field begins in the pattern, or {@link #NOT_THERE}. */
    private final int field;

    private final Argv key = new Argv();
    private final int[] mark = new int[Handles.MARK];
    private byte[] name = new byte[64];

    // what was found: an element, a string's entry, or a field
    private @Nullable ByteRows rows;
    private int row;
    private long entry;
    private @Nullable Hash hash;

    /** The pattern that an argument holds. */
    SortPattern(Call call, Argv argv, int index) {
        db = call.db();
        handles = call.services().keyspace().handles();
        pattern = argv.bytes(index);
        int zero = indexOf((byte) 0, 0, pattern.length);
        int end = zero == NOT_THERE ? pattern.length : zero;
        self = end == 1 && pattern[0] == '#';
        star = indexOf((byte) '*', 0, end);
        int arrow = star == NOT_THERE ? NOT_THERE : arrow(star + 1, end);
        field = arrow == NOT_THERE ? NOT_THERE : arrow + 2;
        nameEnd = arrow == NOT_THERE ? pattern.length : arrow;
    }

    /** Whether an argument is a pattern that can find something by an element, so that BY it means to sort. */
    static boolean hasStar(Argv argv, int index) {
        for (int i = 0; i < argv.length(index) && argv.byteAt(index, i) != 0; i++) {
            if (argv.byteAt(index, i) == '*') {
                return true;
            }
        }
        return false;
    }

    private int indexOf(byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (pattern[i] == wanted) {
                return i;
            }
        }
        return NOT_THERE;
    }

    /** The first arrow, if a field follows it. */
    private int arrow(int from, int end) {
        for (int i = from; i + 1 < end; i++) {
            if (pattern[i] == '-' && pattern[i + 1] == '>') {
                return i + 2 < end ? i : NOT_THERE;
            }
        }
        return NOT_THERE;
    }

    /** Looks for what belongs to an element; what was found before is forgotten. Returns whether there is something. */
    boolean find(ByteRows elements, int element) {
        rows = null;
        hash = null;
        if (self) {
            rows = elements;
            row = element;
            return true;
        }
        if (star == NOT_THERE) {
            return false;
        }
        entry = db.find(key(elements, element), 0);
        if (entry == 0) {
            return false;
        }
        if (field == NOT_THERE) {
            return db.isString(entry);
        }
        if (db.type(entry) != ValueType.HASH) {
            return false;
        }
        handles.mark(mark);
        Hash found = (Hash) db.collections().at(entry);
        handles.release(mark); // one handle serves all elements
        hash = found;
        return found.find(pattern, field, pattern.length - field);
    }

    private Argv key(ByteRows elements, int element) {
        int length = elements.length(element);
        int rest = nameEnd - star - 1;
        int total = star + length + rest;
        if (name.length < total) {
            name = Arrays.copyOf(name, Math.max(total, name.length * 2));
        }
        System.arraycopy(pattern, 0, name, 0, star);
        System.arraycopy(elements.array(element), elements.offset(element), name, star, length);
        System.arraycopy(pattern, star + 1, name, star + length, rest);
        key.wrap(name).add(0, total);
        return key;
    }

    /** Length of what was found. */
    int length() {
        if (rows != null) {
            return rows.length(row);
        }
        return hash == null ? (int) db.strings().length(entry) : hash.valueLength();
    }

    /** Copies what was found. */
    void copyOut(byte[] to, int at) {
        if (rows != null) {
            System.arraycopy(rows.array(row), rows.offset(row), to, at, rows.length(row));
        } else if (hash == null) {
            db.strings().read(entry, 0, to, at, (int) db.strings().length(entry));
        } else {
            hash.copyValue(to, at);
        }
    }

    /** Replies what was found as a bulk string. */
    void reply(Reply reply) {
        if (rows != null) {
            rows.reply(row, reply);
        } else if (hash == null) {
            db.strings().reply(entry, reply);
        } else {
            hash.replyValue(reply);
        }
    }
}
