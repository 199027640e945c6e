package io.duetdb.engine.blocking;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/** A client that waits: its request, the keys, the offset or the errand it waits for, and until when. */
public final class Blocked {
    private final ClientState client;
    private final int commandId;
    private final Argv request;
    private final @Nullable ValueType type;
    private final long keptOffset;
    private final long deadlineNs;
    private final long order;
    private Waiter[] places = {};
    private long spentNs;
    private @Nullable CommandError refusal;
    private @Nullable Errand errand;
    private int[] held = {};

    Blocked(
            ClientState client,
            int commandId,
            Argv request,
            @Nullable ValueType type,
            long keptOffset,
            long deadlineNs,
            long order) {
        this.client = client;
        this.commandId = commandId;
        this.request = request;
        this.type = type;
        this.keptOffset = keptOffset;
        this.deadlineNs = deadlineNs;
        this.order = order;
    }

    public ClientState client() {
        return client;
    }

    /** The id of the command that waits. */
    public int commandId() {
        return commandId;
    }

    /** The request that is run again when a key is ready, or the errand has ended. */
    public Argv request() {
        return request;
    }

    /** Whether a key with a value of {@code now}, or without any, is a reason to run the request again. */
    public boolean wants(@Nullable ValueType now) {
        return type == null || type == now;
    }

    /** The type of value a key must have; null for whatever happens to it. */
    @Nullable
    ValueType type() {
        return type;
    }

    /** The offset of effects whose lasting it waits for; -1 when it waits for keys. */
    public long keptOffset() {
        return keptOffset;
    }

    /** Monotonic time in ns when the client stops waiting; {@link Long#MAX_VALUE} = never. */
    public long deadlineNs() {
        return deadlineNs;
    }

    /** Time the command has taken so far, all its runs together. */
    public long spentNs() {
        return spentNs;
    }

    /** The command ran for so long. */
    public void spent(long ns) {
        spentNs += ns;
    }

    /** The error that ends the waiting of a client that was unblocked; null for the answer as if its time were over. */
    public @Nullable CommandError refusal() {
        return refusal;
    }

    void refusal(@Nullable CommandError value) {
        refusal = value;
    }

    /** The errand it waits for, or null when it waits for keys. */
    public @Nullable Errand errand() {
        return errand;
    }

    /** Which arguments are the keys that nobody may write until the errand has ended. Not to be modified. */
    public int[] held() {
        return held;
    }

    void sendsOut(Errand value, int[] keys) {
        errand = value;
        held = keys;
    }

    long order() {
        return order;
    }

    /** Its places in the queues of its keys. */
    Waiter[] places() {
        return places;
    }

    void places(Waiter[] value) {
        places = value;
    }
}
