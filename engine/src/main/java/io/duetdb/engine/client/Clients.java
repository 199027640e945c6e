package io.duetdb.engine.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The table of connected clients, by id; who of them watches the others, what they cost, whether they are paused. */
public final class Clients {
    private final Long2ObjectHashMap<ClientState> byId = new Long2ObjectHashMap<>();
    private final Monitors monitors = new Monitors();
    private final Pause pause = new Pause();
    private final ClientMemory memory = new ClientMemory(this);
    private final List<Consumer<ClientState>> departures = new ArrayList<>();
    private long lastId;

    /** The id for the next client. */
    public long nextId() {
        return ++lastId;
    }

    public void add(ClientState client) {
        byId.put(client.id(), client);
    }

    /** Forgets a client; nothing when it is forgotten already. */
    public void remove(ClientState client) {
        if (byId.remove(client.id()) == null) {
            return;
        }
        monitors.remove(client);
        client.postponed(null);
        for (Consumer<ClientState> departure : departures) {
            departure.accept(client);
        }
    }

    /** Has {@code action} called with each client that goes, so that nothing of it stays. */
    public void whenGone(Consumer<ClientState> action) {
        departures.add(action);
    }

    public @Nullable ClientState get(long id) {
        return byId.get(id);
    }

    public int count() {
        return byId.size();
    }

    /** All clients, the oldest first: a list of its own. */
    public List<ClientState> all() {
        List<ClientState> all = new ArrayList<>(byId.values());
        all.sort(Comparator.comparingLong(ClientState::id));
        return all;
    }

    /** Who is in MONITOR. */
    public Monitors monitors() {
        return monitors;
    }

    /** CLIENT PAUSE. */
    public Pause pause() {
        return pause;
    }

    /** What clients cost, and the limit of that. */
    public ClientMemory memory() {
        return memory;
    }

    /** All clients, in no order; the table must not change meanwhile. */
    Iterable<ClientState> each() {
        return byId.values();
    }

    // ---- figures, each a walk over all clients

    /** Clients whose command is under way without a reply: it waits, or runs in slices. */
    public int blocked() {
        int blocked = 0;
        for (ClientState client : byId.values()) {
            blocked += client.suspended() && !client.unblocked() ? 1 : 0;
        }
        return blocked;
    }

    /** The most bytes that any client has sent and that wait to be executed. */
    public long pendingInputMax() {
        long max = 0;
        for (ClientState client : byId.values()) {
            max = Math.max(max, client.connection().pendingInput());
        }
        return max;
    }

    /** The most bytes of replies that any client has not taken. */
    public long pendingOutputMax() {
        long max = 0;
        for (ClientState client : byId.values()) {
            max = Math.max(max, client.connection().pendingOutput());
        }
        return max;
    }
}
