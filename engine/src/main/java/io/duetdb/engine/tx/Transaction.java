package io.duetdb.engine.tx;

import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.List;

/** A client's transaction: the requests queued between MULTI and EXEC, and whether EXEC may run them. */
public final class Transaction {
    /** What an entry of the queue costs beside its arguments, about. */
    private static final int ENTRY_BYTES = 400;

    private final List<Argv> queue = new ArrayList<>();

    /** The keys this transaction watches; {@link WatchedKeys} keeps it. */
    final List<WatchedKeys.Watched> watched = new ArrayList<>();

    private boolean open;
    private boolean complete;
    private boolean failed;
    private boolean spoiled;
    private int anyFlags;
    private int allFlags = -1;
    private long bytes;

    /** MULTI: requests are queued from now on. */
    public void begin() {
        open = true;
    }

    /** Whether requests are being queued. */
    public boolean open() {
        return open;
    }

    /** A front end that queues for its client says that nothing more comes: EXEC may run, though not sent by anybody. */
    public void complete() {
        complete = true;
    }

    /** Whether {@link #complete} was said. */
    public boolean isComplete() {
        return complete;
    }

    /** Queues a request; takes ownership of the copy. {@code commandFlags} are its command's. */
    void queue(Argv request, int commandFlags) {
        queue.add(request);
        anyFlags |= commandFlags;
        allFlags &= commandFlags;
        bytes += request.bytes() + ENTRY_BYTES;
    }

    /** Requests in the order in which they came. Not to be modified. */
    public List<Argv> requests() {
        return queue;
    }

    /** The flags that any of the queued commands has. */
    public int anyFlags() {
        return anyFlags;
    }

    /** The flags that all queued commands have. */
    public int allFlags() {
        return allFlags;
    }

    /** Memory of the queue in bytes, about. */
    public long bytes() {
        return bytes;
    }

    /** Number of keys that are watched. */
    public int watching() {
        return watched.size();
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
    void spoil() {
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
}
