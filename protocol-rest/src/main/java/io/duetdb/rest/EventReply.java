package io.duetdb.rest;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers and messages as Upstash spells them in a stream of server-sent events: each top-level value is one event,
 * {@code data: } and the parts of the value joined by commas. Text stands as it is, never in base64; line breaks in it,
 * which would end the event and could forge another, become spaces.
 *
 * <p>One of these serves all streams of a loop, bound to one of them at a time: what it holds moves to that stream when
 * it is bound to another, and when the stream is asked how much it has.
 */
final class EventReply extends PlainReply {
    /** The form under which a {@link Message} keeps its event. */
    static final int FORM = 2;

    /** What gathers here at most, but for a longer event, before the stream takes it and counts it. */
    private static final int FULL = 32 << 10;

    private static final int INITIAL_BYTES = 4096;

    /** Stands for the values of an array whose count is not known yet. */
    private static final int UNKNOWN = 1 << 24;

    private static final byte[] DATA = JsonReply.ascii("data: ");
    private static final byte[] OK = JsonReply.ascii("\"OK\"");
    private static final int COMMA_BIT = 1 << 31;

    private @Nullable EventStream bound;

    /** Values of the present event that are still to come. */
    private int left;

    private boolean comma;
    private long partsLeft;

    /** A sink that is bound to no stream yet. */
    EventReply() {
        super(INITIAL_BYTES);
    }

    // ---- whose events these are

    /** Writes for {@code stream} from now on. */
    EventReply bind(EventStream stream) {
        if (bound != stream || size >= FULL) {
            settle();
            bound = stream;
        }
        return this;
    }

    /** Hands over what was written for {@code stream}. */
    void settle(EventStream stream) {
        if (bound == stream) {
            settle();
        }
    }

    /** Forgets what was written for a stream that is gone. */
    void forget(EventStream stream) {
        if (bound == stream) {
            bound = null;
            clear();
        }
    }

    /** Bytes written for {@code stream} that it does not have yet. */
    int size(EventStream stream) {
        return bound == stream ? size : 0;
    }

    private void settle() {
        EventStream of = bound;
        assert left == 0 : "an event lacks " + left + " values";
        if (of != null && size > 0) {
            of.take(buffer, size);
        }
        bound = null;
        clear();
    }

    private void clear() {
        empty();
        left = 0;
        comma = false;
        partsLeft = 0;
    }

    // ---- structure

    /** Begins a value that is a part of an event, or an event by itself. */
    private void value() {
        if (left == 0) {
            left = 1;
            comma = false;
            put(DATA);
        } else if (comma) {
            raw((byte) ',');
        }
    }

    private void end() {
        left--;
        comma = true;
        endEvent();
    }

    private void endEvent() {
        if (left == 0) {
            raw((byte) '\n');
            raw((byte) '\n');
        }
    }

    /** A value that consists of {@code count} others. */
    @Override
    public void array(int count) {
        if (left == 0) {
            value();
        }
        left += count - 1;
        endEvent();
    }

    @Override
    public long openArray() {
        array(UNKNOWN);
        return left;
    }

    @Override
    public void closeArray(long token, int count) {
        assert left == token - count : "arrays close in the order opposite to their opening";
        left -= UNKNOWN - count;
        endEvent();
    }

    @Override
    public void message(Message message) {
        byte[] event = message.kept(FORM);
        if (!message.shared()) {
            message.write(this);
        } else if (event == null) {
            int from = size;
            message.write(this);
            assert left == 0 : "a message is one value";
            message.keep(FORM, Arrays.copyOfRange(buffer, from, size));
        } else {
            put(event);
        }
    }

    // ---- scalars

    @Override
    public void ok() {
        value();
        put(OK);
        end();
    }

    @Override
    public void bulk(byte[] bytes, int offset, int length) {
        value();
        text(bytes, offset, length);
        end();
    }

    @Override
    public void bulk(long value) {
        integer(value);
    }

    @Override
    public void integer(long value) {
        value();
        room(20);
        size = Numbers.write(value, buffer, size);
        end();
    }

    @Override
    public void bulkParts(long length) {
        value();
        partsLeft = length;
        if (length == 0) {
            end();
        }
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        assert length <= partsLeft : "more bytes than announced";
        text(bytes, offset, length);
        partsLeft -= length;
        if (partsLeft == 0 && length > 0) {
            end();
        }
    }

    @Override
    public void nil() {
        value();
        end();
    }

    /** A refusal instead of the first event is the response to the request, and no event. */
    @Override
    public void error(byte[] line) {
        EventStream of = bound;
        if (left > 0 || of == null || !of.refuse(line)) {
            bulk(line, 0, line.length);
        }
    }

    // ---- unwinding

    @Override
    public long mark() {
        return (long) size << 32 | (left | (comma ? COMMA_BIT : 0)) & 0xFFFFFFFFL;
    }

    @Override
    public void rollback(long mark) {
        size = (int) (mark >>> 32);
        left = (int) mark & ~COMMA_BIT;
        comma = ((int) mark & COMMA_BIT) != 0;
        partsLeft = 0;
    }

    // ---- bytes

    private void text(byte[] from, int offset, int length) {
        put(from, offset, length);
        for (int i = size - length; i < size; i++) {
            if (buffer[i] == '\n' || buffer[i] == '\r') {
                buffer[i] = ' ';
            }
        }
    }
}
