package io.duetdb.engine.client;

import io.duetdb.engine.tx.Transaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What clients cost beside the data, and that all of them together cost no more than {@code maxmemory-clients}: at the
 * end of a turn in which they do, clients are closed, the biggest first, until the rest is within the limit.
 *
 * <p>Redis keeps a running sum. Here the figures are asked for, a walk over all clients, because they also change when
 * bytes arrive or leave without a command. While there is a limit the walk takes a twentieth of the time at most: at
 * every turn with some clients, every 10 ms with ten thousand.
 */
public final class ClientMemory {
    /** A client beside its buffers, about. */
    private static final int STATE_BYTES = 1024;

    /** A subscription, about, beside the name, which the subscribers share. */
    private static final int SUBSCRIPTION_BYTES = 128;

    /** With a smaller limit nobody could come in to change it (Redis: {@code getClientEvictionLimit}). */
    private static final long LIMIT_MIN = 128 * 1024;

    private static final int SHARE = 20;

    private final Clients clients;
    private long limitBytes = Long.MAX_VALUE;
    private long walkedNs;
    private long tookNs;

    ClientMemory(Clients clients) {
        this.clients = clients;
    }

    /** Bytes of one client: its state, what it sent, what it is being sent, what it queued. */
    public static long bytes(ClientState client) {
        Transaction transaction = client.transaction();
        long subscriptions = (long) client.channels() + client.patterns() + client.shardChannels();
        return STATE_BYTES
                + client.connection().pendingInput()
                + client.connection().pendingOutput()
                + subscriptions * SUBSCRIPTION_BYTES
                + (transaction == null ? 0 : transaction.bytes());
    }

    /** Bytes of all clients. */
    public long total() {
        long total = 0;
        for (ClientState client : clients.each()) {
            total += bytes(client);
        }
        return total;
    }

    /** Sets the limit; 0 = none. */
    public void limit(long bytes) {
        limitBytes = bytes == 0 ? Long.MAX_VALUE : Math.max(LIMIT_MIN, bytes);
        walkedNs = 0;
        tookNs = 0;
    }

    /** Whether there is a limit and it is time to look after it. */
    public boolean due(long nowNs) {
        return limitBytes != Long.MAX_VALUE && nowNs - walkedNs >= tookNs * SHARE;
    }

    /**
     * Who has to be closed, the biggest first, so that all others together are within the limit; clients that asked for
     * it by CLIENT NO-EVICT are spared, though they count.
     */
    public List<ClientState> surplus() {
        long total = total();
        List<ClientState> surplus = new ArrayList<>();
        if (total <= limitBytes) {
            return surplus;
        }
        record Candidate(ClientState client, long bytes) {}
        List<Candidate> candidates = new ArrayList<>();
        for (ClientState client : clients.each()) {
            boolean inside = client.connection().remoteAddress().isEmpty(); // a caller inside the JVM holds no buffers
            if (!inside && !client.noEvict() && !client.closing()) {
                candidates.add(new Candidate(client, bytes(client)));
            }
        }
        candidates.sort(Comparator.comparingLong(Candidate::bytes).reversed());
        for (Candidate candidate : candidates) {
            if (total <= limitBytes) {
                break;
            }
            total -= candidate.bytes();
            surplus.add(candidate.client());
        }
        return surplus;
    }

    /** Notes when a look after the limit began and ended. */
    public void looked(long fromNs, long toNs) {
        walkedNs = toNs;
        tookNs = toNs - fromNs;
    }
}
