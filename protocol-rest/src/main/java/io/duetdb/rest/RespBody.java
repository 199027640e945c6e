package io.duetdb.rest;

import io.duetdb.engine.api.Reply;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.util.Arrays;

/** A body that is the raw RESP2 reply, or several one after the other. */
final class RespBody implements Body, Output {
    private static final int KEPT_BYTES = 1 << 20;

    private final RespReply reply = new RespReply();
    private final long limit;
    private byte[] buffer = new byte[4096];
    private int size;
    private int start;
    private int last;
    private int items;

    /** A body whose single replies have at most {@code limit} bytes. */
    RespBody(long limit) {
        this.limit = limit;
    }

    @Override
    public void begin(boolean encode, int itemsBefore) {
        if (buffer.length > KEPT_BYTES) {
            buffer = new byte[4096];
        }
        size = 0;
        start = 0;
        last = 0;
        items = itemsBefore;
    }

    @Override
    public Reply sink() {
        reply.bind(this, 2);
        return reply;
    }

    @Override
    public void settle() {
        reply.finish();
        if (size == start) {
            return;
        }
        items++;
        if (size - start > limit) {
            byte[] line = Limits.exceeded(limit, size - start);
            size = start;
            error(line);
        }
        last = start;
        start = size;
    }

    @Override
    public int items() {
        return items;
    }

    @Override
    public boolean failed() {
        return size > last && buffer[last] == '-';
    }

    @Override
    public void open() {}

    @Override
    public void close() {}

    @Override
    public void refuse(byte[] line) {
        error(line);
        settle();
    }

    private void error(byte[] line) {
        sink();
        reply.error(line);
        reply.finish();
    }

    @Override
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int batch() {
        return 1;
    }

    @Override
    public boolean json() {
        return false;
    }

    // ---- what the reply writes into

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (buffer.length - size < length) {
            buffer = Arrays.copyOf(buffer, (int)
                    Math.min(Integer.MAX_VALUE - 16, Math.max((long) size + length, buffer.length * 2L)));
        }
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    @Override
    public long position() {
        return size;
    }

    @Override
    public void truncate(long position) {
        size = (int) position;
    }
}
