package io.duetdb.engine.blocking;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.ValueType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Clients that wait for keys. Blocking is no more than this: the request is kept here, and whenever one of its keys may
 * have become what it waits for, the same command runs again; it either replies, or goes on waiting in its old place.
 *
 * <p>Writes only note that a key is {@link #touched}; who waits is served when the unit that wrote has ended, key by key
 * in the order in which they were noted, for each key the client first that began to wait first. To wait, to be found
 * and to be forgotten each cost O(1) per key, and O(log n) for a timeout.
 */
public final class BlockedClients {
    private final List<BytesMap<AwaitedKey>> awaited = new ArrayList<>();
    private final Map<ClientState, Blocked> byClient = new HashMap<>();
    private final TreeSet<Blocked> byDeadline =
            new TreeSet<>(Comparator.comparingLong(Blocked::deadlineNs).thenComparingLong(Blocked::order));
    private final TreeSet<Blocked> byKept =
            new TreeSet<>(Comparator.comparingLong(Blocked::keptOffset).thenComparingLong(Blocked::order));
    private final Deque<AwaitedKey> ready = new ArrayDeque<>();
    private final Deque<Blocked> released = new ArrayDeque<>();
    private boolean anyReady;
    private int keys;
    private int keysForAnything;
    private long lastOrder;

    /** Nobody waits for a key of {@code databases} databases. */
    public BlockedClients(int databases, KeyedHash hash) {
        for (int i = 0; i < databases; i++) {
            awaited.add(new BytesMap<>(hash));
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

    /** Number of clients that wait for a limited time. */
    public int timeouts() {
        return byDeadline.size();
    }

    /** Number of keys somebody waits for. */
    public int keys() {
        return keys;
    }

    /** Number of keys somebody waits for whatever happens to them, their end included. */
    public int keysForAnything() {
        return keysForAnything;
    }

    /**
     * Lets a client wait.
     *
     * @param request its request, a copy that is kept
     * @param firstKey the position of the first of its keys
     * @param keyCount the number of keys, which stand behind each other; one that stands there twice counts once
     * @param type the type of value that makes a key ready; null for whatever happens to a key, its end included
     * @param deadlineNs monotonic time when the waiting ends; {@link Long#MAX_VALUE} = never
     */
    public void add(
            ClientState client,
            int commandId,
            Argv request,
            int firstKey,
            int keyCount,
            @Nullable ValueType type,
            long deadlineNs) {
        Blocked blocked = new Blocked(client, commandId, request, type, -1, deadlineNs, ++lastOrder);
        int db = client.db().index();
        BytesMap<AwaitedKey> map = awaited.get(db);
        List<Waiter> places = new ArrayList<>(keyCount);
        for (int i = firstKey; i < firstKey + keyCount; i++) {
            AwaitedKey key = map.get(request.array(i), request.offset(i), request.length(i));
            if (key == null) {
                byte[] name = request.bytes(i);
                key = new AwaitedKey(db, name);
                map.put(name, key);
                keys++;
            }
            if (!key.endsWith(blocked)) {
                boolean before = key.awaitedForAnything();
                places.add(key.join(blocked));
                keysForAnything += key.awaitedForAnything() && !before ? 1 : 0;
            }
        }
        blocked.places(places.toArray(new Waiter[0]));
        add(blocked);
    }

    private void add(Blocked blocked) {
        byClient.put(blocked.client(), blocked);
        if (blocked.deadlineNs() != Long.MAX_VALUE) {
            byDeadline.add(blocked);
        }
    }

    /** Lets a client wait until effects up to {@code offset} last; {@link Long#MAX_VALUE}: only until its time is over. */
    public void addForKept(ClientState client, int commandId, Argv request, long offset, long deadlineNs) {
        Blocked blocked = new Blocked(client, commandId, request, null, offset, deadlineNs, ++lastOrder);
        add(blocked);
        byKept.add(blocked);
    }

    /** Whether somebody waits for effects to last. */
    public boolean anyForKept() {
        return !byKept.isEmpty();
    }

    /** A client that waited for effects up to {@code offset} or less to last, which is forgotten here; or null. */
    public @Nullable Blocked nextKept(long offset) {
        return byKept.isEmpty() || byKept.first().keptOffset() > offset ? null : byKept.pollFirst();
    }

    /** What a client waits for, or null when it doesn't wait. */
    public @Nullable Blocked of(ClientState client) {
        return byClient.isEmpty() ? null : byClient.get(client);
    }

    /** The client waits no longer: it was answered, or is gone. */
    public void remove(ClientState client) {
        Blocked blocked = byClient.remove(client);
        if (blocked == null) {
            return;
        }
        if (blocked.deadlineNs() != Long.MAX_VALUE) {
            byDeadline.remove(blocked);
        }
        if (blocked.keptOffset() >= 0) {
            byKept.remove(blocked);
        }
        for (Waiter place : blocked.places()) {
            AwaitedKey key = place.key;
            boolean before = key.awaitedForAnything();
            key.leave(place);
            keysForAnything -= before && !key.awaitedForAnything() ? 1 : 0;
            if (key.isEmpty()) {
                awaited.get(key.db()).remove(key.key());
                keys--;
            }
        }
    }

    // ---- keys

    /** A key was written: whoever waits for it may be served when the unit has ended. */
    public void touched(int db, byte[] key, int offset, int length) {
        AwaitedKey one = byClient.isEmpty() ? null : awaited.get(db).get(key, offset, length);
        if (one != null) {
            note(one);
        }
    }

    private void note(AwaitedKey key) {
        if (!key.noted) {
            key.noted = true;
            ready.addLast(key);
            anyReady = true;
        }
    }

    /** Every key of a database that somebody waits for may have changed. */
    public void touchedAll(int db) {
        awaited.get(db).forEach((name, key) -> note(key));
    }

    /** All keys of a database are going to be deleted. That concerns those only who wait for that, too. */
    public void flushing(int db) {
        if (keysForAnything > 0) {
            touchedAll(db);
        }
    }

    /** Whether there is something to do: keys were noted that nobody has looked at yet, or clients were unblocked. */
    public boolean anyReady() {
        return anyReady;
    }

    private void looked() {
        anyReady = !ready.isEmpty() || !released.isEmpty();
    }

    /** The key that was noted first, which is forgotten here; or null. Its queue may be empty by now. */
    public @Nullable AwaitedKey nextReady() {
        AwaitedKey key = ready.pollFirst();
        if (key != null) {
            key.noted = false;
            looked();
        }
        return key;
    }

    /** Forgets what was noted: the keyspace has become another. */
    public void forgetReady() {
        while (nextReady() != null) {
            continue;
        }
    }

    // ---- other ends of waiting

    /**
     * Ends a client's waiting by somebody's wish: it gets nothing any more, and its answer when the unit has ended. Returns
     * false when it doesn't wait for a key.
     *
     * @param refusal the error that is the answer; null for the answer as if its time were over
     */
    public boolean unblock(ClientState client, @Nullable CommandError refusal) {
        Blocked blocked = of(client);
        if (blocked == null) {
            return false;
        }
        remove(client);
        blocked.refusal(refusal);
        released.addLast(blocked);
        anyReady = true;
        return true;
    }

    /** The client that was unblocked first and is to be answered, which is forgotten here; or null. */
    public @Nullable Blocked nextReleased() {
        Blocked one = released.pollFirst();
        if (one != null) {
            looked();
        }
        return one;
    }

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
