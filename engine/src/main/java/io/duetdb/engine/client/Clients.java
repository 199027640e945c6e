package io.duetdb.engine.client;

import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The table of connected clients, by id. */
public final class Clients {
    private final Long2ObjectHashMap<ClientState> byId = new Long2ObjectHashMap<>();
    private long lastId;

    /** The id for the next client. */
    public long nextId() {
        return ++lastId;
    }

    public void add(ClientState client) {
        byId.put(client.id(), client);
    }

    public void remove(ClientState client) {
        byId.remove(client.id());
    }

    public @Nullable ClientState get(long id) {
        return byId.get(id);
    }

    public int count() {
        return byId.size();
    }
}
