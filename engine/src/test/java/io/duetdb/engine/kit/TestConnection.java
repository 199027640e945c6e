package io.duetdb.engine.kit;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import java.util.ArrayList;
import java.util.List;

/** A connection in memory: counts replies as positions, remembers how far they were released. */
public final class TestConnection implements Connection {
    private final ValueReply reply = new ValueReply();
    private long taken;
    private long released;
    private boolean closing;
    private boolean aborted;
    private int resumes;
    private boolean takesMessages = true;
    private final List<Boolean> subscriber = new ArrayList<>();
    private long earlyFrom = Long.MAX_VALUE;

    @Override
    public long leavesEarlyFrom() {
        return earlyFrom;
    }

    /** Lets replies leave before the turn ends once so many wait. */
    public void leaveEarlyFrom(long replies) {
        earlyFrom = replies;
    }

    @Override
    public boolean takesMessages() {
        return takesMessages;
    }

    /** Says that nothing can be sent that was not asked for. */
    public void refuseMessages() {
        takesMessages = false;
    }

    @Override
    public void subscriber(boolean value) {
        subscriber.add(value);
    }

    /** What the engine said about whether this client is a subscriber, in order. */
    public List<Boolean> subscriber() {
        return subscriber;
    }

    @Override
    public Reply reply() {
        return reply;
    }

    @Override
    public long produced() {
        return taken + reply.pending();
    }

    @Override
    public void release(long position) {
        if (position < released || position > produced()) {
            throw new AssertionError("release of " + position + " after " + released + " of " + produced());
        }
        released = position;
    }

    @Override
    public void closeAfterReply() {
        closing = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public String remoteAddress() {
        return "127.0.0.1:50000";
    }

    @Override
    public String localAddress() {
        return "127.0.0.1:6379";
    }

    @Override
    public void resume() {
        resumes++;
    }

    /** How often the engine said that waiting requests may run. */
    public int resumes() {
        return resumes;
    }

    /** The one reply of the last command. */
    public Object take() {
        Object value = reply.take();
        taken++;
        return value;
    }

    /** All replies since the last taking. */
    public List<Object> takeAll() {
        List<Object> values = reply.takeAll();
        taken += values.size();
        return values;
    }

    /** Replies that were allowed to leave. */
    public long released() {
        return released;
    }

    /** Replies written and not taken. */
    public int pending() {
        return reply.pending();
    }

    public boolean closing() {
        return closing;
    }

    public boolean aborted() {
        return aborted;
    }
}
