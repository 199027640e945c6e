package io.duetdb.wire;

import io.duetdb.bytes.Doubles;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Spells answers in RESP2 and RESP3. One per loop, bound to the connection that is served: small values gather in a
 * scratch array, which moves to the connection's {@link Output} when it is full, when a big value goes past it, and at
 * {@link #finish}. So a big value is copied once, from where it stands into what is sent.
 *
 * <p>While an array of open count is written nothing leaves the scratch array, which grows instead: its header is only
 * known at its end.
 */
public final class RespReply extends Reply {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Values from this size on go past the scratch array. */
    static final int BIG = 8 * 1024;

    private static final int SCRATCH_BYTES = 64 * 1024;
    private static final int SCRATCH_KEPT_MAX = 1024 * 1024;

    /** Room for any header, number or line of ours that is written without asking. */
    private static final int SLACK = 64;

    private static final int SMALL = 1024;
    private static final short CRLF = '\r' | '\n' << 8;
    private static final int OK_HEAD = '+' | 'O' << 8 | 'K' << 16 | '\r' << 24;
    private static final int NIL2 = '$' | '-' << 8 | '1' << 16 | '\r' << 24;
    private static final int NIL_ARRAY2 = '*' | '-' << 8 | '1' << 16 | '\r' << 24;
    private static final int NIL3 = '_' | '\r' << 8 | '\n' << 16;

    /** Lines of a kind byte and a small number, ready in a long: up to six bytes and, in the top byte, their count. */
    private static final long[] DIGITS = digits();

    private static final Output NOWHERE = new Output() {
        @Override
        public void write(byte[] bytes, int offset, int length) {
            throw new IllegalStateException("bound to no connection");
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public void truncate(long position) {}
    };

    private byte[] scratch = new byte[0];
    private int at;
    private int limit;
    private Output output = NOWHERE;
    private boolean resp3;
    private long partsLeft;
    private boolean partsPass;
    private int[] open = new int[8];
    private int openCount;

    /** Encodes what is sent to many; there once there was such a message. */
    private @Nullable RespReply encoder;

    private final ByteOutput encoding = new ByteOutput();

    /** A sink that is bound to no connection yet. */
    public RespReply() {}

    /** Writes for {@code output} in the given protocol version (2 or 3) from now on. The one before must be finished. */
    public void bind(Output output, int version) {
        assert at == 0 : "not finished";
        if (scratch.length == 0) {
            scratch = new byte[SCRATCH_BYTES];
            limit = SCRATCH_BYTES - SLACK;
        }
        this.output = output;
        resp3 = version == 3;
        openCount = 0;
        partsLeft = 0;
    }

    /** Hands everything written to the output. */
    public void finish() {
        assert partsLeft == 0 : "a bulk string lacks " + partsLeft + " bytes";
        openCount = 0;
        spill();
        if (scratch.length > SCRATCH_KEPT_MAX) {
            scratch = new byte[SCRATCH_BYTES];
            limit = SCRATCH_BYTES - SLACK;
        }
    }

    /** Forgets what has not reached the output: the connection is gone. */
    public void discard() {
        at = 0;
        openCount = 0;
        partsLeft = 0;
    }

    /** The protocol version spoken at the moment: 2 or 3. */
    public int version() {
        return resp3 ? 3 : 2;
    }

    /** The position behind everything written for the bound output. */
    public long position() {
        return output.position() + at;
    }

    // ---- scalars

    @Override
    public void simple(byte[] ascii) {
        line('+', ascii);
    }

    @Override
    public void ok() {
        room();
        INT.set(scratch, at, OK_HEAD);
        scratch[at + 4] = '\n';
        at += 5;
    }

    @Override
    public void integer(long value) {
        header(':', value);
    }

    @Override
    public void bulk(byte[] bytes, int offset, int length) {
        header('$', length);
        if (length < BIG) {
            byte[] to = scratch;
            int p = at;
            if (p > limit - length) {
                makeRoom(length);
                to = scratch;
                p = at;
            }
            System.arraycopy(bytes, offset, to, p, length);
            SHORT.set(to, p + length, CRLF);
            at = p + length + 2;
        } else {
            raw(bytes, offset, length);
            crlf();
        }
    }

    @Override
    public void bulk(long value) {
        header('$', Numbers.length(value));
        at = Numbers.write(value, scratch, at);
        crlf();
    }

    @Override
    public void bulkParts(long length) {
        header('$', length);
        partsLeft = length;
        partsPass = length >= BIG && openCount == 0;
        if (length == 0) {
            crlf();
        } else if (partsPass) {
            output.expect(at + length + 2);
            spill();
        }
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        assert length <= partsLeft : "more parts than announced";
        if (partsPass) {
            output.write(bytes, offset, length); // nothing is in the scratch array since the header left
        } else {
            raw(bytes, offset, length);
        }
        partsLeft -= length;
        if (partsLeft == 0 && length > 0) {
            crlf();
        }
    }

    @Override
    public void nil() {
        if (resp3) {
            nil3();
        } else {
            nil2(NIL2);
        }
    }

    @Override
    public void nilArray() {
        if (resp3) {
            nil3();
        } else {
            nil2(NIL_ARRAY2);
        }
    }

    private void nil2(int head) {
        room();
        INT.set(scratch, at, head);
        scratch[at + 4] = '\n';
        at += 5;
    }

    private void nil3() {
        room();
        INT.set(scratch, at, NIL3);
        at += 3;
    }

    @Override
    public void real(double value) {
        room();
        if (resp3) {
            scratch[at] = ',';
            at = Doubles.write(value, scratch, at + 1);
        } else {
            int p = at;
            int length = Doubles.write(value, scratch, p + 4) - p - 4; // as behind "$n\r\n"
            if (length >= 10) {
                System.arraycopy(scratch, p + 4, scratch, p + 5, length);
            }
            scratch[p] = '$';
            at = Numbers.write(length, scratch, p + 1);
            crlf();
            at += length;
        }
        crlf();
    }

    @Override
    public void bool(boolean value) {
        room();
        INT.set(scratch, at, (resp3 ? '#' | (value ? 't' : 'f') << 8 : ':' | (value ? '1' : '0') << 8) | CRLF << 16);
        at += 4;
    }

    @Override
    public void verbatim(byte[] text, int offset, int length) {
        if (!resp3) {
            bulk(text, offset, length);
            return;
        }
        header('=', length + 4L);
        INT.set(scratch, at, 't' | 'x' << 8 | 't' << 16 | ':' << 24);
        at += 4;
        raw(text, offset, length);
        crlf();
    }

    @Override
    public void bigNumber(byte[] digits) {
        if (resp3) {
            line('(', digits);
        } else {
            bulk(digits, 0, digits.length);
        }
    }

    @Override
    public void error(byte[] line) {
        line('-', line);
    }

    // ---- aggregates

    @Override
    public void array(int count) {
        header('*', count);
    }

    @Override
    public void map(int count) {
        if (resp3) {
            header('%', count);
        } else {
            header('*', 2L * count);
        }
    }

    @Override
    public void set(int count) {
        header(resp3 ? '~' : '*', count);
    }

    @Override
    public void pairs(int count) {
        header('*', resp3 ? count : 2L * count);
    }

    @Override
    public void pair() {
        if (resp3) {
            header('*', 2);
        }
    }

    @Override
    public void push(int count) {
        header(resp3 ? '>' : '*', count);
    }

    @Override
    public boolean pushFirst(int count) {
        if (resp3) {
            push(count);
        }
        return resp3;
    }

    @Override
    public boolean attribute(int count) {
        if (resp3) {
            header('|', count);
        }
        return resp3;
    }

    @Override
    public void message(Message message) {
        if (!message.shared()) {
            message.write(this);
            return;
        }
        byte[] bytes = encoded(message, version());
        raw(bytes, 0, bytes.length);
    }

    /**
     * The bytes of a message in a protocol version (2 or 3), to whatever this sink is bound. They are spelled out once:
     * the message keeps them.
     */
    public byte[] encoded(Message message, int version) {
        int form = version - 2;
        byte[] bytes = message.kept(form);
        if (bytes == null) {
            bytes = encode(message, version);
            message.keep(form, bytes);
        }
        return bytes;
    }

    private byte[] encode(Message message, int version) {
        RespReply own = encoder;
        if (own == null) {
            own = new RespReply();
            encoder = own;
        }
        encoding.truncate(0);
        own.bind(encoding, version);
        message.write(own);
        own.finish();
        own.output = NOWHERE;
        return encoding.take();
    }

    @Override
    public long openArray() {
        room();
        if (openCount == open.length) {
            open = Arrays.copyOf(open, 2 * openCount);
        }
        open[openCount++] = at;
        at += 4; // as "*n\r\n": more digits shift what follows
        return openCount;
    }

    @Override
    public void closeArray(long token, int count) {
        assert token == openCount : "arrays must close in the order opposite to their opening";
        room(); // before the array counts as closed, when its bytes may leave
        int start = open[--openCount];
        int extra = Numbers.length(count) - 1;
        if (extra > 0) {
            System.arraycopy(scratch, start + 4, scratch, start + 4 + extra, at - start - 4);
            at += extra;
        }
        scratch[start] = '*';
        int end = Numbers.write(count, scratch, start + 1);
        SHORT.set(scratch, end, CRLF);
    }

    // ---- unwinding

    @Override
    public long mark() {
        return position();
    }

    @Override
    public void rollback(long mark) {
        long base = output.position();
        if (mark >= base) {
            at = (int) (mark - base);
        } else {
            output.truncate(mark);
            at = 0;
        }
        while (openCount > 0 && open[openCount - 1] >= at) {
            openCount--;
        }
        partsLeft = 0;
    }

    @Override
    public void protocol(int version) {
        resp3 = version == 3;
    }

    // ---- bytes

    /** A kind byte, a number, CR LF. Leaves room for a number behind it. */
    private void header(int kind, long value) {
        byte[] to = scratch;
        int p = at;
        if (p > limit) {
            makeRoom(0);
            to = scratch;
            p = at;
        }
        if (value >= 0 && value < SMALL) {
            long line = DIGITS[(int) value];
            LONG.set(to, p, line | kind);
            at = p + (int) (line >>> 56);
        } else {
            to[p] = (byte) kind;
            at = Numbers.write(value, to, p + 1);
            crlf();
        }
    }

    private void crlf() {
        if (at > scratch.length - 2) {
            makeRoom(2);
        }
        SHORT.set(scratch, at, CRLF);
        at += 2;
    }

    private void room() {
        if (at > limit) {
            makeRoom(0);
        }
    }

    /** Bytes as they are, past the scratch array when they are many. */
    private void raw(byte[] bytes, int offset, int length) {
        if (length >= BIG && openCount == 0) {
            output.expect((long) at + length + 2);
            spill();
            output.write(bytes, offset, length);
            return;
        }
        if (at > limit - length) {
            makeRoom(length);
        }
        System.arraycopy(bytes, offset, scratch, at, length);
        at += length;
    }

    private void line(char kind, byte[] text) {
        int n = text.length;
        if (at > limit - n) {
            makeRoom(n);
        }
        scratch[at] = (byte) kind;
        System.arraycopy(text, 0, scratch, at + 1, n);
        int end = at + 1 + n;
        for (int i = at + 1; i < end; i++) {
            if (scratch[i] == '\r' || scratch[i] == '\n') {
                scratch[i] = ' '; // the line would end here
            }
        }
        at = end;
        crlf();
    }

    /** Makes room for {@code length} bytes and the slack. */
    private void makeRoom(int length) {
        if (openCount == 0) {
            spill();
        }
        long needed = (long) at + length + 2 * SLACK;
        if (needed > scratch.length) {
            long size = Math.max(needed, Math.min(2L * scratch.length, Integer.MAX_VALUE - 8));
            if (size > Integer.MAX_VALUE - 8) {
                throw new OutOfMemoryError("a reply whose size is not known in advance exceeds an array");
            }
            scratch = Arrays.copyOf(scratch, (int) size);
            limit = scratch.length - SLACK;
        }
    }

    private void spill() {
        if (at > 0) {
            output.write(scratch, 0, at);
            at = 0;
        }
    }

    private static long[] digits() {
        long[] lines = new long[SMALL];
        byte[] line = new byte[8];
        for (int value = 0; value < SMALL; value++) {
            Arrays.fill(line, (byte) 0);
            int end = Numbers.write(value, line, 1);
            SHORT.set(line, end, CRLF);
            lines[value] = (long) LONG.get(line, 0) | (long) (end + 2) << 56;
        }
        return lines;
    }
}
