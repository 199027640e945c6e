package io.duetdb.engine.client;

import io.duetdb.engine.api.Argv;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * CLIENT PAUSE: until when which commands wait, and who waits. A request that must wait is copied into its client, for
 * which it is under way from then on; what the client sent behind it stays with its connection. When the pause is over
 * the requests run in the order in which they came. In the same way requests wait that would write a key which is on its
 * way to another server.
 */
public final class Pause {
    private final Deque<ClientState> waiting = new ArrayDeque<>();
    private final Deque<ClientState> waitingForKeys = new ArrayDeque<>();
    private boolean active;
    private boolean all;
    private long endNs;

    /** Begins a pause, or makes the present one longer and stricter, never shorter or milder. */
    public void begin(boolean allCommands, long nowNs, long ms) {
        long end = ms > (Long.MAX_VALUE - nowNs) / 1_000_000 ? Long.MAX_VALUE : nowNs + ms * 1_000_000;
        if (!active || end > endNs) {
            endNs = end;
        }
        all = allCommands || active && all;
        active = true;
    }

    /** Ends the pause. */
    public void end() {
        active = false;
        all = false;
    }

    /** Whether there is a pause; one that is over by {@code nowNs} ends. */
    public boolean active(long nowNs) {
        if (active && nowNs >= endNs) {
            end();
        }
        return active;
    }

    /** Whether there is a pause whose end has not been noticed. */
    public boolean active() {
        return active;
    }

    /** Whether a pause is for every command, and not only for those that write. */
    public boolean all() {
        return all;
    }

    /** Time to the end in ms, rounded up. */
    public long leftMs(long nowNs) {
        return Math.max(0, (endNs - nowNs - 1) / 1_000_000 + 1);
    }

    /** Lets a client's request wait: for the end of the pause, or if there is none until keys are free. Copies it. */
    public void postpone(ClientState client, Argv request) {
        client.postponed(request.copy());
        client.suspended(true);
        (active ? waiting : waitingForKeys).addLast(client);
    }

    /** Keys that were held are free: who waited for them may try again. */
    public void keysFreed() {
        waiting.addAll(waitingForKeys);
        waitingForKeys.clear();
    }

    /** Whether anybody waits. */
    public boolean anybody() {
        return !waiting.isEmpty();
    }

    /** The client that waited longest and is still there, which may go on now; or null. */
    public @Nullable ClientState next() {
        ClientState client = waiting.pollFirst();
        while (client != null && client.closing()) {
            client.postponed(null);
            client = waiting.pollFirst();
        }
        return client;
    }

    /** The request that {@code client} waited with, which is forgotten here. */
    public Argv take(ClientState client) {
        Argv request = client.postponed();
        if (request == null) {
            throw new IllegalStateException("nothing was postponed for " + client);
        }
        client.postponed(null);
        client.suspended(false);
        return request;
    }
}
