package io.duetdb;

import io.duetdb.engine.api.Reply;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sink that makes Java values. What a command says is kept as a flat tape of values and heads of aggregates, so that
 * rolling back is cutting the tape; {@link #take} reads it into nested values when the command has ended.
 */
final class ReplyValue extends Reply {
    private enum Kind {
        ARRAY,
        MAP,
        SET,
        PAIRS,
        PAIR,
        NIL,
        PARTS,
        ERROR
    }

    /** What stands on the tape for all that is not simply its own value. */
    private static final class Head {
        final Kind kind;
        int count;
        final byte[] bytes;

        Head(Kind kind, int count, byte[] bytes) {
            this.kind = kind;
            this.count = count;
            this.bytes = bytes;
        }
    }

    private static final byte[] NONE = {};
    private static final Head NIL = new Head(Kind.NIL, 0, NONE);

    private final List<Object> tape = new ArrayList<>();
    private int at;
    private boolean raw;

    /**
     * The value that was told since the last call; the tape is empty again.
     *
     * @param raw whether bulk strings stay bytes; otherwise they are read as UTF-8
     * @throws DuetException when the answer is an error
     */
    @Nullable
    Object take(boolean raw) {
        assert !tape.isEmpty() : "no reply was written";
        this.raw = raw;
        at = 0;
        try {
            Object value = next();
            assert at == tape.size() : "more than one reply was written";
            if (value instanceof DuetException error) {
                throw error;
            }
            return value;
        } finally {
            tape.clear();
        }
    }

    /** Whether nothing was told since the last {@link #take}: the command waits, or was refused without a word. */
    boolean isEmpty() {
        return tape.isEmpty();
    }

    private @Nullable Object next() {
        Object value = tape.get(at++);
        if (value instanceof byte[] bulk) {
            return raw ? bulk : new String(bulk, StandardCharsets.UTF_8);
        }
        if (!(value instanceof Head head)) {
            return value;
        }
        return switch (head.kind) {
            case NIL -> null;
            case ERROR -> new DuetException(new String(head.bytes, StandardCharsets.UTF_8));
            case PARTS -> raw ? head.bytes : new String(head.bytes, StandardCharsets.UTF_8);
            case ARRAY, PAIRS, PAIR -> readList(head.count);
            case SET -> readSet(head.count);
            case MAP -> readMap(head.count);
        };
    }

    private List<@Nullable Object> readList(int count) {
        List<@Nullable Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(next());
        }
        return Collections.unmodifiableList(list);
    }

    private Set<@Nullable Object> readSet(int count) {
        Set<@Nullable Object> set = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            set.add(next());
        }
        return Collections.unmodifiableSet(set);
    }

    private Map<@Nullable Object, @Nullable Object> readMap(int count) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Object key = next();
            map.put(key, next());
        }
        return Collections.unmodifiableMap(map);
    }

    private void head(Kind kind, int count) {
        tape.add(new Head(kind, count, NONE));
    }

    @Override
    public void simple(byte[] ascii) {
        tape.add(new String(ascii, StandardCharsets.US_ASCII));
    }

    @Override
    public void ok() {
        tape.add("OK");
    }

    @Override
    public void integer(long value) {
        tape.add(value);
    }

    @Override
    public void bulk(byte[] bytes, int offset, int length) {
        tape.add(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void bulk(long value) {
        tape.add(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void bulkParts(long length) {
        tape.add(new Head(Kind.PARTS, 0, new byte[Math.toIntExact(length)]));
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        Head head = (Head) tape.get(tape.size() - 1);
        assert head.kind == Kind.PARTS : head.kind;
        System.arraycopy(bytes, offset, head.bytes, head.count, length);
        head.count += length;
    }

    @Override
    public void nil() {
        tape.add(NIL);
    }

    @Override
    public void nilArray() {
        tape.add(NIL);
    }

    @Override
    public void real(double value) {
        tape.add(value);
    }

    @Override
    public void bool(boolean value) {
        tape.add(value);
    }

    @Override
    public void verbatim(byte[] text, int offset, int length) {
        bulk(text, offset, length);
    }

    @Override
    public void bigNumber(byte[] digits) {
        tape.add(new BigInteger(new String(digits, StandardCharsets.US_ASCII)));
    }

    @Override
    public void error(byte[] line) {
        tape.add(new Head(Kind.ERROR, 0, line));
    }

    @Override
    public void array(int count) {
        head(Kind.ARRAY, count);
    }

    @Override
    public void map(int count) {
        head(Kind.MAP, count);
    }

    @Override
    public void set(int count) {
        head(Kind.SET, count);
    }

    @Override
    public void pairs(int count) {
        head(Kind.PAIRS, count);
    }

    @Override
    public void pair() {
        head(Kind.PAIR, 2);
    }

    @Override
    public void push(int count) {
        head(Kind.ARRAY, count);
    }

    @Override
    public long openArray() {
        head(Kind.ARRAY, 0);
        return tape.size() - 1;
    }

    @Override
    public void closeArray(long token, int count) {
        ((Head) tape.get((int) token)).count = count;
    }

    @Override
    public long mark() {
        return tape.size();
    }

    @Override
    public void rollback(long mark) {
        tape.subList((int) mark, tape.size()).clear();
    }
}
