package io.duetdb.engine.client;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Propagator;
import java.util.Arrays;

/**
 * The one place through which replies leave. At the end of a turn everything a touched connection produced is released,
 * in the order in which connections were first touched; where the propagator holds effects back that the turn may
 * depend on, the whole turn is held, by its offset, and leaves when {@link Propagator#safeOffset} has passed it. Later
 * turns queue behind it, so order within a connection never changes. While writing fails, turns in which no command had
 * an effect pass it.
 */
public final class ReplyGate {
    private ClientState[] touched = new ClientState[64];
    private int touchedCount;

    // Held replies: a ring of (client, position, offset), oldest first.
    private ClientState[] heldClient = new ClientState[64];
    private long[] heldPosition = new long[64];
    private long[] heldOffset = new long[64];
    private int heldFrom;
    private int heldCount;

    /** What the last effect of a command was when everything touched had been dealt with last. */
    private long settledOffset;

    /** Notes that a client's connection may have produced something in this turn. */
    public void touch(ClientState client) {
        if (client.touched) {
            return;
        }
        client.touched = true;
        if (touchedCount == touched.length) {
            touched = Arrays.copyOf(touched, touchedCount * 2);
        }
        touched[touchedCount++] = client;
    }

    /**
     * Ends a turn after which the stream of effects stands at {@code offset}, and stood at {@code commandOffset} behind the
     * last effect that a command had.
     */
    public void turnEnds(Propagator propagator, long offset, long commandOffset) {
        long safe = propagator.safeOffset();
        releaseHeld(safe);
        boolean open = heldCount == 0 && offset <= safe;
        boolean passes = commandOffset == settledOffset && propagator.failing();
        settledOffset = commandOffset;
        for (int i = 0; i < touchedCount; i++) {
            ClientState client = touched[i];
            client.touched = false;
            if (open || passes && client.heldTurns == 0) {
                release(client, client.connection().produced());
            } else {
                hold(client, offset);
            }
        }
        Arrays.fill(touched, 0, touchedCount, null);
        touchedCount = 0;
    }

    /**
     * Ends a turn on a thread that may let one client's replies go and nobody else's: what others have waits for {@link
     * #turnEnds} on the thread that may, and so does this client's where anything is held back. Returns whether somebody
     * waits for that.
     */
    public boolean turnEndsFor(ClientState only, Propagator propagator, long offset, long commandOffset) {
        boolean passes = only.heldTurns == 0 && commandOffset == settledOffset && propagator.failing();
        if (!passes && (heldCount > 0 || offset > propagator.safeOffset())) {
            return true;
        }
        int kept = 0;
        for (int i = 0; i < touchedCount; i++) {
            ClientState client = touched[i];
            if (client == only) {
                client.touched = false;
                release(client, client.connection().produced());
            } else {
                touched[kept++] = client;
            }
        }
        Arrays.fill(touched, kept, touchedCount, null);
        touchedCount = kept;
        if (kept == 0) {
            settledOffset = commandOffset;
        }
        return kept > 0 || heldCount > 0;
    }

    /**
     * Lets a client's replies leave before the turn ends, if they are many and nothing holds them back: 50 clients'
     * values of 64 KB, kept until the end of a turn, would have fallen out of the processor's cache by then.
     */
    public void leaveEarly(ClientState client, Propagator propagator, long offset) {
        Connection connection = client.connection();
        long position = connection.produced();
        if (position - client.released >= connection.leavesEarlyFrom()
                && heldCount == 0
                && offset <= propagator.safeOffset()) {
            release(client, position);
        }
    }

    /** Number of (client, turn) pairs whose replies wait. */
    public int held() {
        return heldCount;
    }

    private void releaseHeld(long safe) {
        int mask = heldClient.length - 1;
        while (heldCount > 0 && heldOffset[heldFrom] <= safe) {
            ClientState client = heldClient[heldFrom];
            heldClient[heldFrom] = null;
            client.heldTurns--;
            release(client, heldPosition[heldFrom]);
            heldFrom = (heldFrom + 1) & mask;
            heldCount--;
        }
    }

    private static void release(ClientState client, long position) {
        client.released = position;
        client.connection().release(position);
    }

    private void hold(ClientState client, long offset) {
        if (heldCount == heldClient.length) {
            growHeld();
        }
        int at = (heldFrom + heldCount) & (heldClient.length - 1);
        heldClient[at] = client;
        heldPosition[at] = client.connection().produced();
        heldOffset[at] = offset;
        heldCount++;
        client.heldTurns++;
    }

    private void growHeld() {
        int size = heldClient.length;
        ClientState[] clients = new ClientState[size * 2];
        long[] positions = new long[size * 2];
        long[] offsets = new long[size * 2];
        for (int i = 0; i < size; i++) {
            int at = (heldFrom + i) & (size - 1);
            clients[i] = heldClient[at];
            positions[i] = heldPosition[at];
            offsets[i] = heldOffset[at];
        }
        heldClient = clients;
        heldPosition = positions;
        heldOffset = offsets;
        heldFrom = 0;
    }
}
