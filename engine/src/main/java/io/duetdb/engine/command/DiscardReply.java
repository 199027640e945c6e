package io.duetdb.engine.command;

import io.duetdb.engine.api.Reply;
import org.jspecify.annotations.Nullable;

/** The sink of a request that nobody waits for: drops every value, and keeps an error for whoever runs the request. */
final class DiscardReply extends Reply {
    private byte @Nullable [] error;

    /** The error line since the last call, or null. */
    byte @Nullable [] takeError() {
        byte[] line = error;
        error = null;
        return line;
    }

    @Override
    public void error(byte[] line) {
        error = line.clone();
    }

    @Override
    public void rollback(long mark) {
        error = null;
    }

    @Override
    public void simple(byte[] ascii) {}

    @Override
    public void ok() {}

    @Override
    public void integer(long value) {}

    @Override
    public void bulk(byte[] bytes, int offset, int length) {}

    @Override
    public void bulk(long value) {}

    @Override
    public void bulkParts(long length) {}

    @Override
    public void part(byte[] bytes, int offset, int length) {}

    @Override
    public void nil() {}

    @Override
    public void nilArray() {}

    @Override
    public void real(double value) {}

    @Override
    public void bool(boolean value) {}

    @Override
    public void verbatim(byte[] text, int offset, int length) {}

    @Override
    public void bigNumber(byte[] digits) {}

    @Override
    public void array(int count) {}

    @Override
    public void map(int count) {}

    @Override
    public void set(int count) {}

    @Override
    public void pairs(int count) {}

    @Override
    public void pair() {}

    @Override
    public void push(int count) {}

    @Override
    public long openArray() {
        return 0;
    }

    @Override
    public void closeArray(long token, int count) {}

    @Override
    public long mark() {
        return 0;
    }
}
