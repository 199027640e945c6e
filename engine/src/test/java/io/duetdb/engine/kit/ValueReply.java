package io.duetdb.engine.kit;

import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A strict sink that builds Java values: strings (ISO 8859-1, so bytes stay what they are), longs, doubles, booleans,
 * lists, maps, null, {@link Failure}. Fails on wrong element counts and on anything but one top-level value per command.
 */
public final class ValueReply extends Reply {
    /** An error reply. */
    public record Failure(String line) {}

    private static final class Level {
        final List<Object> values = new ArrayList<>();
        final boolean map;
        long wanted;

        Level(long wanted, boolean map) {
            this.wanted = wanted;
            this.map = map;
        }
    }

    private final List<Object> done = new ArrayList<>();
    private final List<Level> open = new ArrayList<>();
    private StringBuilder parts = new StringBuilder();
    private long partsLeft = -1;

    private static String string(byte[] b, int offset, int length) {
        return new String(b, offset, length, StandardCharsets.ISO_8859_1);
    }

    private void value(Object value) {
        if (partsLeft > 0) {
            throw new AssertionError("a value inside a bulk string that lacks " + partsLeft + " bytes");
        }
        Object v = value;
        while (true) {
            if (open.isEmpty()) {
                done.add(v);
                return;
            }
            Level level = open.get(open.size() - 1);
            level.values.add(v);
            if (level.wanted < 0 || level.values.size() < level.wanted) {
                return;
            }
            open.remove(open.size() - 1);
            v = finished(level);
        }
    }

    private static Object finished(Level level) {
        if (!level.map) {
            return level.values;
        }
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < level.values.size(); i += 2) {
            map.put(level.values.get(i), level.values.get(i + 1));
        }
        return map;
    }

    private void begin(long count, boolean map) {
        if (count < 0) {
            throw new AssertionError("an aggregate of " + count + " values");
        }
        Level level = new Level(count, map);
        if (count == 0) {
            value(finished(level));
        } else {
            open.add(level);
        }
    }

    /** The one value written since the last call, null for nil. */
    public Object take() {
        if (!open.isEmpty() || partsLeft > 0) {
            throw new AssertionError("the reply is not complete: " + open.size() + " aggregates open");
        }
        if (done.size() != 1) {
            throw new AssertionError("a command wrote " + done.size() + " replies: " + done);
        }
        return done.remove(0);
    }

    /** All values written since the last taking. */
    public List<Object> takeAll() {
        if (!open.isEmpty() || partsLeft > 0) {
            throw new AssertionError("the reply is not complete: " + open.size() + " aggregates open");
        }
        List<Object> values = new ArrayList<>(done);
        done.clear();
        return values;
    }

    /** Values written and not taken. */
    public int pending() {
        return done.size();
    }

    @Override
    public void simple(byte[] ascii) {
        value(string(ascii, 0, ascii.length));
    }

    @Override
    public void ok() {
        value("OK");
    }

    @Override
    public void integer(long v) {
        value(v);
    }

    @Override
    public void bulk(byte[] bytes, int offset, int length) {
        value(string(bytes, offset, length));
    }

    @Override
    public void bulk(long v) {
        value(Long.toString(v));
    }

    @Override
    public void bulkParts(long length) {
        parts = new StringBuilder();
        partsLeft = length;
        if (length == 0) {
            value("");
        }
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        if (length > partsLeft) {
            throw new AssertionError("a part of " + length + " bytes where " + partsLeft + " are left");
        }
        parts.append(string(bytes, offset, length));
        partsLeft -= length;
        if (partsLeft == 0 && length > 0) {
            value(parts.toString());
        }
    }

    @Override
    public void nil() {
        value(null);
    }

    @Override
    public void nilArray() {
        value(null);
    }

    @Override
    public void real(double v) {
        value(v);
    }

    @Override
    public void bool(boolean v) {
        value(v);
    }

    @Override
    public void verbatim(byte[] text, int offset, int length) {
        value(string(text, offset, length));
    }

    @Override
    public void bigNumber(byte[] digits) {
        value(string(digits, 0, digits.length));
    }

    @Override
    public void error(byte[] line) {
        value(new Failure(string(line, 0, line.length)));
    }

    @Override
    public void array(int count) {
        begin(count, false);
    }

    @Override
    public void map(int count) {
        begin(count * 2L, true);
    }

    @Override
    public void set(int count) {
        begin(count, false);
    }

    @Override
    public void pairs(int count) {
        begin(count, false);
    }

    @Override
    public void pair() {
        begin(2, false);
    }

    @Override
    public void push(int count) {
        begin(count, false);
    }

    @Override
    public long openArray() {
        open.add(new Level(-1, false));
        return open.size();
    }

    @Override
    public void closeArray(long token, int count) {
        if (open.size() != token) {
            throw new AssertionError("closes array " + token + " while " + open.size() + " are open");
        }
        Level level = open.remove(open.size() - 1);
        if (level.values.size() != count) {
            throw new AssertionError("announces " + count + " values of " + level.values.size());
        }
        value(level.values);
    }

    /** What was written when a mark was taken: the levels that were open, and how much each held. */
    private record Saved(int done, List<Level> open, List<Integer> sizes) {}

    private static final int MARKS_MAX = 1024;

    private final Map<Long, Saved> marks = new LinkedHashMap<>();
    private long lastMark;

    @Override
    public long mark() {
        List<Integer> sizes = new ArrayList<>();
        for (Level level : open) {
            sizes.add(level.values.size());
        }
        marks.put(++lastMark, new Saved(done.size(), List.copyOf(open), sizes));
        if (marks.size() > MARKS_MAX) {
            marks.remove(marks.keySet().iterator().next());
        }
        return lastMark;
    }

    @Override
    public void rollback(long mark) {
        Saved saved = marks.get(mark);
        if (saved == null) {
            throw new AssertionError("no such mark, or an old one");
        }
        partsLeft = -1;
        trim(done, saved.done);
        open.clear();
        for (int i = 0; i < saved.open.size(); i++) {
            Level level = saved.open.get(i);
            trim(level.values, saved.sizes.get(i));
            open.add(level);
        }
    }

    private static void trim(List<Object> values, int size) {
        while (values.size() > size) {
            values.remove(values.size() - 1);
        }
    }
}
