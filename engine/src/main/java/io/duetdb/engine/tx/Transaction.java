package io.duetdb.engine.tx;

import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.List;

/** A client's transaction: the requests queued between MULTI and EXEC, and whether EXEC may run them. */
public final class Transaction {
    /** What an entry of the queue costs beside its arguments, about. */
    private static final int ENTRY_BYTES = 64;

    private final List<Argv> queue = new ArrayList<>();
    private boolean open;
    private boolean failed;
    private boolean spoiled;
    private int flags;
    private long bytes;

    /** MULTI: requests are queued from now on. */
    public void begin() {
        open = true;
    }

    /** Whether requests are being queued. */
    public boolean open() {
        return open;
    }

    /** Queues a request; takes ownership of the copy. {@code flags} are its command's. */
    public void queue(Argv request, int commandFlags) {
        queue.add(request);
        flags |= commandFlags;
        bytes += request.bytes() + ENTRY_BYTES;
    }

    /** Requests in the order in which they came. Not to be modified. */
    public List<Argv> requests() {
        return queue;
    }

    /** The flags of all queued commands together. */
    public int flags() {
        return flags;
    }

    /** Memory of the queue in bytes, about. */
    public long bytes() {
        return bytes;
    }

    /** A request could not be queued: EXEC will refuse the whole. */
    public void fail() {
        failed |= open;
    }

    /** Whether a request could not be queued. */
    public boolean failed() {
        return failed;
    }

    /** A watched key was changed: EXEC will do nothing. */
    public void spoil() {
        spoiled = true;
    }

    /** Whether a watched key was changed. */
    public boolean spoiled() {
        return spoiled;
    }

    /** Forgets that a watched key was changed. */
    public void unspoil() {
        spoiled = false;
    }

    /** Forgets the queue: EXEC or DISCARD. */
    public void end() {
        queue.clear();
        open = false;
        failed = false;
        flags = 0;
        bytes = 0;
    }
}
