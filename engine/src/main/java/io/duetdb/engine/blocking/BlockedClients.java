package io.duetdb.engine.blocking;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.ValueType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Clients that wait for keys. Blocking is no more than this: the request is kept here, and whenever one of its keys may
 * have become what it waits for, the same command runs again; it either replies, or goes on waiting in its old place.
 *
 * <p>Writes only note that a key is {@link #touched}; who waits is served when the unit that wrote has ended, key by key
 * in the order in which they were noted, for each key the client first that began to wait first.
 */
public final class BlockedClients {
    /** A key that may be ready. */
    public record Ready(int db, byte[] key) {}

    private final List<BytesMap<Set<Blocked>>> waiting = new ArrayList<>();
    private final Map<ClientState, Blocked> byClient = new HashMap<>();
    private final TreeSet<Blocked> byDeadline =
            new TreeSet<>(Comparator.comparingLong(Blocked::deadlineNs).thenComparingLong(Blocked::order));
    private final Deque<Ready> ready = new ArrayDeque<>();
    private final List<BytesMap<Ready>> noted = new ArrayList<>();
    private long lastOrder;

    /** Nobody waits for a key of {@code databases} databases. */
    public BlockedClients(int databases, KeyedHash hash) {
        for (int i = 0; i < databases; i++) {
            waiting.add(new BytesMap<>(hash));
            noted.add(new BytesMap<>(hash));
        }
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return byClient.isEmpty();
    }

    /** Number of clients that wait. */
    public int count() {
        return byClient.size();
    }

    /** Number of keys somebody waits for. */
    public int keys() {
        int n = 0;
        for (BytesMap<Set<Blocked>> map : waiting) {
            n += map.size();
        }
        return n;
    }

    /**
     * Lets a client wait.
     *
     * @param request its request, a copy that is kept
     * @param keys the positions of the keys in it
     * @param type the type of value that makes a key ready; null for any
     * @param nilArray whether the answer in the end is the absent array
     * @param deadlineNs monotonic time when the waiting ends; {@link Long#MAX_VALUE} = never
     */
    public void add(
            ClientState client,
            int commandId,
            Argv request,
            int firstKey,
            int keyCount,
            @Nullable ValueType type,
            boolean nilArray,
            long deadlineNs) {
        Blocked blocked = new Blocked(client, commandId, request, type, nilArray, deadlineNs, ++lastOrder);
        int db = client.db().index();
        for (int i = firstKey; i < firstKey + keyCount; i++) {
            byte[] key = request.bytes(i);
            BytesMap<Set<Blocked>> map = waiting.get(db);
            Set<Blocked> queue = map.get(key);
            if (queue == null) {
                queue = new LinkedHashSet<>(2);
                map.put(key, queue);
            }
            if (queue.add(blocked)) {
                blocked.keys.add(new Blocked.Awaited(db, key));
            }
        }
        byClient.put(client, blocked);
        if (deadlineNs != Long.MAX_VALUE) {
            byDeadline.add(blocked);
        }
    }

    /** What a client waits for, or null when it doesn't wait. */
    public @Nullable Blocked of(ClientState client) {
        return byClient.get(client);
    }

    /** The client waits no longer: it was answered, or is gone. */
    public void remove(ClientState client) {
        Blocked blocked = byClient.remove(client);
        if (blocked == null) {
            return;
        }
        byDeadline.remove(blocked);
        for (Blocked.Awaited awaited : blocked.keys) {
            BytesMap<Set<Blocked>> map = waiting.get(awaited.db());
            Set<Blocked> queue = map.get(awaited.key());
            if (queue != null) {
                queue.remove(blocked);
                if (queue.isEmpty()) {
                    map.remove(awaited.key());
                }
            }
        }
    }

    // ---- keys

    /** A key was written: whoever waits for it may be served when the unit has ended. */
    public void touched(int db, byte[] key, int offset, int length) {
        if (byClient.isEmpty() || waiting.get(db).get(key, offset, length) == null) {
            return;
        }
        if (noted.get(db).get(key, offset, length) == null) {
            byte[] copy = new byte[length];
            System.arraycopy(key, offset, copy, 0, length);
            Ready one = new Ready(db, copy);
            noted.get(db).put(copy, one);
            ready.addLast(one);
        }
    }

    /** Every key of a database that somebody waits for may have changed. */
    public void touchedAll(int db) {
        List<byte[]> keys = new ArrayList<>();
        waiting.get(db).forEach((key, queue) -> keys.add(key));
        for (byte[] key : keys) {
            touched(db, key, 0, key.length);
        }
    }

    /** Whether keys were noted that nobody has looked at yet. */
    public boolean anyReady() {
        return !ready.isEmpty();
    }

    /** The key that was noted first, which is forgotten here; or null. */
    public @Nullable Ready nextReady() {
        Ready one = ready.pollFirst();
        if (one != null) {
            noted.get(one.db).remove(one.key);
        }
        return one;
    }

    /** Forgets what was noted: the keyspace has become another. */
    public void forgetReady() {
        while (nextReady() != null) {
            continue;
        }
    }

    /** Who waits for a key, the first comer first: a list of its own. */
    public List<Blocked> waitingFor(Ready key) {
        Set<Blocked> queue = waiting.get(key.db).get(key.key);
        return queue == null ? List.of() : new ArrayList<>(queue);
    }

    // ---- time

    /** A client whose time is over by {@code nowNs}, the earliest first; or null. It still has to be removed. */
    public @Nullable Blocked timedOut(long nowNs) {
        if (byDeadline.isEmpty()) {
            return null;
        }
        Blocked first = byDeadline.first();
        return first.deadlineNs() <= nowNs ? first : null;
    }

    /** Ms until somebody's time is over, rounded up; -1 when nobody's ever is. */
    public long nextTimeoutInMs(long nowNs) {
        if (byDeadline.isEmpty()) {
            return -1;
        }
        return Math.max(0, (byDeadline.first().deadlineNs() - nowNs + 999_999) / 1_000_000);
    }
}
