package io.duetdb.engine.blocking;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that waits: its request, the keys it waits for, and until when. */
public final class Blocked {
    /** A key that is waited for. */
    record Awaited(int db, byte[] key) {}

    private final ClientState client;
    private final int commandId;
    private final Argv request;
    private final @Nullable ValueType type;
    private final boolean nilArray;
    private final long deadlineNs;
    private final long order;
    final List<Awaited> keys = new ArrayList<>();

    Blocked(
            ClientState client,
            int commandId,
            Argv request,
            @Nullable ValueType type,
            boolean nilArray,
            long deadlineNs,
            long order) {
        this.client = client;
        this.commandId = commandId;
        this.request = request;
        this.type = type;
        this.nilArray = nilArray;
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

    /** The request that is run again when a key is ready. */
    public Argv request() {
        return request;
    }

    /** The type of value a key must have to be ready; null for any. */
    public @Nullable ValueType type() {
        return type;
    }

    /** Whether the answer when the time is over is the absent array, and not the absent value. */
    public boolean nilArray() {
        return nilArray;
    }

    /** Monotonic time in ns when the client stops waiting; {@link Long#MAX_VALUE} = never. */
    public long deadlineNs() {
        return deadlineNs;
    }

    long order() {
        return order;
    }
}
