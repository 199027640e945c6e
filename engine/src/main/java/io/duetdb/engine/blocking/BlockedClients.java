package io.duetdb.engine.blocking;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
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
 *
 * <p>A client may also wait for an {@link Errand}: its request runs again when that has ended. Keys that were sent out
 * are held until then: whoever would write one waits as during a pause.
 */
public final class BlockedClients {
    /** The answer to who waits for an errand, as if its time were over. */
    private static final CommandError NO_ANSWER = new CommandError("IOERR error or timeout reading to target instance");

    private static final CommandError ANOTHER_TIME =
            new CommandError("IOERR the data here became an earlier state while keys were on their way");

    private final List<BytesMap<AwaitedKey>> awaited = new ArrayList<>();
    private final Map<ClientState, Blocked> byClient = new HashMap<>();
    private final TreeSet<Blocked> byDeadline =
            new TreeSet<>(Comparator.comparingLong(Blocked::deadlineNs).thenComparingLong(Blocked::order));
    private final TreeSet<Blocked> byKept =
            new TreeSet<>(Comparator.comparingLong(Blocked::keptOffset).thenComparingLong(Blocked::order));
    private final Deque<AwaitedKey> ready = new ArrayDeque<>();
    private final Deque<Blocked> released = new ArrayDeque<>();
    private final List<Blocked> errands = new ArrayList<>();
    private final BytesMap<Blocked> held;
    private final List<AwaitedKey> putOff = new ArrayList<>();
    private boolean freed;
    private final KeyLooks looks = new KeyLooks();
    private boolean anyReady;
    private int keys;
    private int keysForAnything;
    private final int[] clientsByType = new int[ValueType.values().length];
    private long lastOrder;

    /** Nobody waits for a key of {@code databases} databases. */
    public BlockedClients(int databases, KeyedHash hash) {
        held = new BytesMap<>(hash);
        for (int i = 0; i < databases; i++) {
            awaited.add(new BytesMap<>(hash));
        }
    }

    /** Whether there is something to do, or somebody waits for what comes about without a write: that a time is over. */
    public boolean anyToLookAfter() {
        return anyReady || !byDeadline.isEmpty() || !byKept.isEmpty() || !errands.isEmpty();
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
                looks.add(name);
                keys++;
            }
            if (!key.endsWith(blocked)) {
                boolean before = key.awaitedForAnything();
                places.add(key.join(blocked));
                keysForAnything += key.awaitedForAnything() && !before ? 1 : 0;
            }
        }
        blocked.places(places.toArray(new Waiter[0]));
        count(type, 1);
        add(blocked);
    }

    private void count(@Nullable ValueType type, int by) {
        if (type != null) {
            clientsByType[type.ordinal()] += by;
        }
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
        free(blocked);
        count(blocked.type(), -1);
        for (Waiter place : blocked.places()) {
            AwaitedKey key = place.key;
            boolean before = key.awaitedForAnything();
            key.leave(place);
            keysForAnything -= before && !key.awaitedForAnything() ? 1 : 0;
            if (key.isEmpty()) {
                awaited.get(key.db()).remove(key.key());
                looks.remove(key.key());
                keys--;
            }
        }
    }

    // ---- errands

    /**
     * Lets a client wait until an errand has ended. Meanwhile its keys are held.
     *
     * @param request its request, a copy that is kept
     * @param keys which arguments are the keys; kept
     */
    public void add(ClientState client, int commandId, Argv request, Errand errand, int[] keys) {
        Blocked blocked = new Blocked(client, commandId, request, null, -1, Long.MAX_VALUE, ++lastOrder);
        blocked.sendsOut(errand, keys);
        add(blocked);
        errands.add(blocked);
        for (int key : keys) {
            held.put(request.bytes(key), blocked);
        }
    }

    /** Whether any key is held. */
    public boolean holding() {
        return !errands.isEmpty();
    }

    /** Whether a key is held that somebody else than {@code client} has sent out, from whichever database. */
    public boolean holds(ClientState client, byte[] key, int offset, int length) {
        Blocked by = held.get(key, offset, length);
        return by != null && by.client() != client;
    }

    /** Who waits for an errand that has ended, the first comer first; or null. It still has to be removed. */
    public @Nullable Blocked nextEnded() {
        for (int i = 0; i < errands.size(); i++) {
            Blocked one = errands.get(i);
            Errand errand = one.errand();
            if (errand != null && errand.ended()) {
                return one;
            }
        }
        return null;
    }

    /** What a client waits for is ready, but it would write a key that is held: it looks again when that is free. */
    public void putOff(Blocked blocked) {
        for (Waiter place : blocked.places()) {
            putOff.add(place.key);
        }
    }

    private void free(Blocked blocked) {
        Errand errand = blocked.errand();
        if (errand == null) {
            return;
        }
        errand.abandon();
        errands.remove(blocked);
        for (int key : blocked.held()) {
            held.remove(blocked.request().bytes(key));
        }
        putOff.forEach(this::note);
        putOff.clear();
        freed = true;
    }

    /** Whether keys were freed that were held. */
    public boolean freed() {
        return freed;
    }

    /** Who waited for keys that were held has been told that they are free. */
    public void toldFreed() {
        freed = false;
    }

    // ---- keys

    /** The key if somebody waits for it, or null. */
    public @Nullable AwaitedKey awaited(int db, byte[] key, int offset, int length) {
        return keys > 0 && looks.mayHold(key, offset, length) ? awaited.get(db).get(key, offset, length) : null;
    }

    /**
     * A key was written and is of the type {@code now}, or gone: whoever waits for it may be served when the unit has
     * ended. As in Redis it takes its place in the order of serving when it first is of a type that anybody waits for, with
     * whichever key ({@code blocked.c}, signalKeyAsReady).
     */
    public void touched(AwaitedKey key, @Nullable ValueType now) {
        if (key.awaitedForAnything() || awaits(now)) {
            note(key);
        }
    }

    private boolean awaits(@Nullable ValueType type) {
        return type != null && clientsByType[type.ordinal()] > 0;
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

    /** The keyspace has become another: what was noted is forgotten, and none of the keys goes that were sent out. */
    public void anotherTime() {
        while (nextReady() != null) {
            continue;
        }
        for (Blocked one : List.copyOf(errands)) {
            unblock(one.client(), ANOTHER_TIME);
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
        blocked.refusal(refusal == null && blocked.errand() != null ? NO_ANSWER : refusal);
        client.unblocked(true);
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
