package io.duetdb.persistence.kit;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.List;

/** A connection in memory that keeps every reply and knows which of them have left. */
public final class SimConnection implements Connection {
    private final ValueReply reply = new ValueReply();
    private final List<Object> values = new ArrayList<>();
    private int released;
    private boolean aborted;
    private boolean closing;

    @Override
    public Reply reply() {
        return reply;
    }

    @Override
    public long produced() {
        return (long) values.size() + reply.pending();
    }

    @Override
    public void release(long position) {
        if (position < released || position > produced()) {
            throw new AssertionError("release of " + position + " after " + released + " of " + produced());
        }
        drain();
        released = (int) position;
    }

    /** Takes over what was written. */
    void drain() {
        values.addAll(reply.takeAll());
    }

    /** Replies that were written so far, those that wait included. */
    public int sent() {
        return (int) produced();
    }

    /** Replies that have left. */
    public int released() {
        return released;
    }

    /** A reply by its number. */
    public Object value(int index) {
        return values.get(index);
    }

    @Override
    public void closeAfterReply() {
        closing = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    public boolean aborted() {
        return aborted;
    }

    public boolean closing() {
        return closing;
    }

    @Override
    public String remoteAddress() {
        return "127.0.0.1:50000";
    }

    @Override
    public String localAddress() {
        return "127.0.0.1:6379";
    }
}
