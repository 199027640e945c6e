package io.duetdb.rest;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Replies as Upstash spells them in JSON, written by hand into one array: each top-level value becomes an item,
 * {@code {"result":..}} or {@code {"error":..}}, alone or as one of a list. Shapes are those of RESP2 throughout: maps
 * and sets are flat arrays, doubles are strings, truth is 1 or 0.
 *
 * <p>With base64 every string is encoded, statuses too, except a top-level status OK; errors never are. An error inside
 * an array is the string of its line, encoded like any other string: SDKs decode what they find there.
 *
 * <p>One of these serves all connections of a loop, one after the other. Arrays handed in are copied.
 */
final class JsonReply extends PlainReply implements Body {
    /*
     * Open arrays stand in left[1..depth]: how many values are still to come, UNKNOWN for openArray. An array takes its
     * place in its parent when it begins, not when it ends. So after mark() only left[depth] can have changed, by one,
     * and only if a value was begun since: that is all rollback has to undo besides the size.
     *
     * A mark is the size (31 bits), the low bits of the number of values begun (21), the depth (12).
     */
    private static final int UNKNOWN = -1;

    private static final int DEPTH_MAX = 0xFFF;

    private static final int INITIAL_BYTES = 16 * 1024;
    private static final byte[] OK = ascii("\"OK\"");
    private static final byte[] OK_BASE64 = ascii("\"T0s=\"");
    private static final byte[] NULL = ascii("null");
    private static final byte[] RESULT = ascii("{\"result\":");
    private static final byte[] ERROR = ascii("{\"error\":");

    private final long limit;
    private final long listLimit;

    private boolean base64;
    private int items;
    private int itemStart;
    private boolean failed;
    private long payload;
    private long itemLimit;
    private boolean overflow;
    private int begun;

    private int depth;
    private int[] left = new int[32];

    // a transaction's array, whose elements are items
    private boolean spread;
    private boolean spreading;

    private long partsLeft;
    private final byte[] carry = new byte[4];
    private int carried;

    /** A sink that refuses single replies of more than {@code limit} bytes of content, as the service does. */
    JsonReply(long limit) {
        this(limit, Integer.MAX_VALUE);
    }

    /** The same; the replies of a transaction, which cannot leave one by one, take {@code listLimit} bytes together. */
    JsonReply(long limit, long listLimit) {
        super(INITIAL_BYTES);
        this.limit = limit;
        this.listLimit = listLimit;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---- what the front end asks

    @Override
    public void begin(boolean encode, int itemsBefore) {
        empty();
        base64 = encode;
        items = itemsBefore;
        depth = 0;
        failed = false;
        overflow = false;
        carried = 0;
        partsLeft = 0;
        spread = false;
        spreading = false;
    }

    /** The next value, if it is an array, is a list of replies: each of its elements becomes an item. */
    void spread() {
        spread = true;
    }

    /** Whether the array that {@link #spread} waited for has come; its list is to be closed. */
    boolean spreading() {
        return spreading;
    }

    @Override
    public Reply sink() {
        return this;
    }

    @Override
    public void settle() {}

    @Override
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int items() {
        return items;
    }

    @Override
    public boolean failed() {
        return failed;
    }

    @Override
    public void open() {
        raw((byte) '[');
    }

    @Override
    public void close() {
        raw((byte) ']');
    }

    @Override
    public void refuse(byte[] line) {
        error(line);
    }

    @Override
    public int batch() {
        return Limits.BATCH;
    }

    @Override
    public boolean json() {
        return true;
    }

    // ---- scalars

    @Override
    public void ok() {
        boolean top = depth == 0;
        if (value(2)) {
            put(base64 && !top ? OK_BASE64 : OK);
        }
        end();
    }

    @Override
    public void integer(long value) {
        if (value(8)) {
            room(20);
            size = Numbers.write(value, buffer, size);
        }
        end();
    }

    @Override
    public void bulk(byte[] bytes, int offset, int length) {
        if (value(length)) {
            string(bytes, offset, length);
        }
        end();
    }

    @Override
    public void bulk(long value) {
        if (value(8)) {
            if (base64) {
                string(digits, 0, Numbers.write(value, digits, 0));
            } else {
                room(22);
                buffer[size++] = '"';
                size = Numbers.write(value, buffer, size);
                buffer[size++] = '"';
            }
        }
        end();
    }

    @Override
    public void bulkParts(long length) {
        partsLeft = length;
        if (value(length)) {
            raw((byte) '"');
        }
        if (length == 0) {
            endParts();
        }
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        assert length <= partsLeft : "more bytes than announced";
        if (!overflow) {
            content(bytes, offset, length);
        }
        partsLeft -= length;
        if (partsLeft == 0 && length > 0) {
            endParts();
        }
    }

    private void endParts() {
        if (!overflow) {
            endString();
        }
        end();
    }

    @Override
    public void nil() {
        if (value(4)) {
            put(NULL);
        }
        end();
    }

    @Override
    public void error(byte[] line) {
        if (depth > 0) {
            bulk(line, 0, line.length);
            return;
        }
        openItem(ERROR);
        failed = true;
        raw((byte) '"');
        line(line);
        raw((byte) '"');
        raw((byte) '}');
    }

    /** An error's line as text: line breaks in it would not survive RESP, so they become spaces here too. */
    private void line(byte[] line) {
        int from = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == '\r' || line[i] == '\n') {
                text(line, from, i);
                raw((byte) ' ');
                from = i + 1;
            }
        }
        text(line, from, line.length);
        flushText();
    }

    // ---- aggregates

    @Override
    public void array(int count) {
        if (spread && depth == 0) {
            spread = false;
            spreading = true;
            open();
            return;
        }
        if (value(1)) {
            raw((byte) '[');
        }
        push0(count);
        end();
    }

    @Override
    public long openArray() {
        if (value(1)) {
            raw((byte) '[');
        }
        push0(UNKNOWN);
        return depth;
    }

    @Override
    public void closeArray(long token, int count) {
        assert depth == token && left[depth] == UNKNOWN : "arrays close in the order they opened";
        left[depth] = 0;
        end();
    }

    // ---- unwinding

    @Override
    public long mark() {
        return (long) size << 33 | (long) (begun & 0x1FFFFF) << 12 | depth;
    }

    @Override
    public void rollback(long mark) {
        int at = (int) (mark >>> 33);
        int level = (int) (mark & DEPTH_MAX);
        int begunThen = (int) (mark >>> 12 & 0x1FFFFF);
        boolean written = begunThen != (begun & 0x1FFFFF);
        begun = begunThen;
        carried = 0;
        partsLeft = 0;
        depth = level;
        if (level == 0) {
            items -= written ? 1 : 0;
            if (spreading && at == 0) {
                items = 0; // the whole list is taken back
                spreading = false;
            }
            overflow = false;
            failed = false;
        } else if (written && left[level] != UNKNOWN) {
            left[level]++;
        }
        if (!overflow) {
            size = at;
        }
    }

    // ---- structure

    /** Begins the next value, of about {@code content} bytes. False when this item's content has passed the limit. */
    private boolean value(long content) {
        if (depth == 0) {
            openItem(RESULT);
            failed = false;
        } else {
            begun++;
            if (left[depth] != UNKNOWN) {
                assert left[depth] > 0 : "more values than announced";
                left[depth]--;
            }
            if (!overflow && buffer[size - 1] != '[') {
                raw((byte) ',');
            }
        }
        payload += content;
        if (payload > itemLimit && !overflow) {
            // Memory must not grow with a reply that will not be sent.
            overflow = true;
            size = itemStart;
        }
        return !overflow;
    }

    private void openItem(byte[] head) {
        begun++;
        overflow = false;
        payload = 0;
        itemLimit = spreading ? Math.min(limit, Math.max(0, listLimit - size)) : limit;
        itemStart = size;
        if (items++ > 0) {
            raw((byte) ',');
        }
        put(head);
    }

    private void push0(int count) {
        depth++;
        if (depth == left.length) {
            left = Arrays.copyOf(left, depth * 2);
        }
        assert depth <= DEPTH_MAX : "a reply nested too deeply";
        left[depth] = count;
    }

    private void end() {
        while (depth > 0 && left[depth] == 0) {
            if (!overflow) {
                raw((byte) ']');
            }
            depth--;
        }
        if (depth == 0) {
            if (overflow) {
                refuseSize();
            } else {
                raw((byte) '}');
            }
        }
    }

    private void refuseSize() {
        items--;
        error(Limits.exceeded(itemLimit, payload));
    }

    // ---- strings

    private void string(byte[] bytes, int offset, int length) {
        raw((byte) '"');
        content(bytes, offset, length);
        endString();
    }

    private void content(byte[] bytes, int offset, int length) {
        if (base64) {
            encode(bytes, offset, offset + length);
        } else {
            text(bytes, offset, offset + length);
        }
    }

    private void endString() {
        if (base64) {
            flushGroup();
        } else {
            flushText();
        }
        raw((byte) '"');
    }

    private void text(byte[] b, int from, int end) {
        int i = carried == 0 ? from : joinSequence(b, from, end);
        while (i < end) {
            room(end - i + 14);
            int n = JsonText.copyPlain(b, i, end, buffer, size);
            size += n;
            i += n;
            if (i == end) {
                return;
            }
            if (b[i] >= 0) {
                size = JsonText.escape(b[i++], buffer, size);
                continue;
            }
            while (i < end && b[i] < 0) {
                int length = JsonText.sequence(b, i, end);
                if (length > 0) {
                    room(end - i + 14);
                    for (int k = 0; k < length; k++) {
                        buffer[size++] = b[i++];
                    }
                } else if (length < 0) {
                    put(JsonText.REPLACEMENT);
                    i -= length;
                } else {
                    while (i < end) {
                        carry[carried++] = b[i++];
                    }
                }
            }
        }
    }

    /** Goes on with a sequence that the part before began. Returns how far this part is used up. */
    private int joinSequence(byte[] b, int from, int end) {
        int i = from;
        while (i < end && carried > 0) {
            carry[carried++] = b[i++];
            int length = JsonText.sequence(carry, 0, carried);
            if (length > 0) {
                room(4);
                System.arraycopy(carry, 0, buffer, size, length);
                size += length;
                carried = 0;
            } else if (length < 0) {
                put(JsonText.REPLACEMENT);
                i--;
                carried = 0;
            }
        }
        return i;
    }

    private void flushText() {
        if (carried > 0) {
            put(JsonText.REPLACEMENT);
            carried = 0;
        }
    }

    private void encode(byte[] b, int from, int end) {
        int i = from;
        if (carried > 0) {
            while (carried < 3 && i < end) {
                carry[carried++] = b[i++];
            }
            if (carried < 3) {
                return;
            }
            room(4);
            size = Base64Text.groups(carry, 0, 3, buffer, size);
            carried = 0;
        }
        int whole = (end - i) / 3 * 3;
        room((int) Math.min(Integer.MAX_VALUE - 64, whole / 3 * 4L));
        size = Base64Text.groups(b, i, i + whole, buffer, size);
        i += whole;
        while (i < end) {
            carry[carried++] = b[i++];
        }
    }

    private void flushGroup() {
        if (carried > 0) {
            room(4);
            size = Base64Text.last(carry, carried, buffer, size);
            carried = 0;
        }
    }
}
