package io.duetdb.rest;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.Reply;
import java.util.Arrays;

/**
 * What Upstash's answers have in common, as JSON and as events. They know text, numbers and lists only: all else that a
 * command may say is spelled by these, maps and sets as flat lists, doubles as text, truth as 1 or 0. And they gather in
 * one array, which grows.
 */
abstract class PlainReply extends Reply {
    /** An array that has grown beyond this is not kept. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final int ROOM_MAX = Integer.MAX_VALUE - 16;

    /** Where a number is made into digits, until the next one. */
    final byte[] digits = new byte[Doubles.MAX_LENGTH];

    private final int initialBytes;

    /** What was written so far: its first {@link #size} bytes. */
    byte[] buffer;

    /** How much of {@link #buffer} is written. */
    int size;

    PlainReply(int initialBytes) {
        this.initialBytes = initialBytes;
        this.buffer = new byte[initialBytes];
    }

    // ---- values

    @Override
    public final void simple(byte[] ascii) {
        if (ascii.length == 2 && ascii[0] == 'O' && ascii[1] == 'K') {
            ok();
        } else {
            bulk(ascii, 0, ascii.length);
        }
    }

    @Override
    public final void nilArray() {
        nil();
    }

    @Override
    public final void real(double value) {
        bulk(digits, 0, Doubles.write(value, digits, 0));
    }

    @Override
    public final void bool(boolean value) {
        integer(value ? 1 : 0);
    }

    @Override
    public final void verbatim(byte[] text, int offset, int length) {
        bulk(text, offset, length);
    }

    @Override
    public final void bigNumber(byte[] number) {
        bulk(number, 0, number.length);
    }

    @Override
    public final void map(int count) {
        array(Math.multiplyExact(count, 2));
    }

    @Override
    public final void set(int count) {
        array(count);
    }

    @Override
    public final void pairs(int count) {
        array(Math.multiplyExact(count, 2));
    }

    @Override
    public final void pair() {}

    @Override
    public final void push(int count) {
        array(count);
    }

    // ---- bytes

    /** Forgets all that was written. */
    final void empty() {
        size = 0;
        if (buffer.length > KEPT_BYTES) {
            buffer = new byte[initialBytes];
        }
    }

    final void raw(byte b) {
        room(1);
        buffer[size++] = b;
    }

    final void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    final void put(byte[] bytes, int offset, int length) {
        room(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    /** Makes room for so many bytes more. */
    final void room(int bytes) {
        if (buffer.length - size < bytes) {
            grow(bytes);
        }
    }

    private void grow(int bytes) {
        long need = (long) size + bytes;
        if (need > ROOM_MAX) {
            throw new OutOfMemoryError("an answer of " + need + " bytes");
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(ROOM_MAX, Math.max(need, buffer.length * 2L)));
    }
}
