package io.duetdb.engine.tracking;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.bytes.PrefixMap;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Clients;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.client.TrackingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which clients keep which keys, and who is told that one has changed (CLIENT TRACKING). What a client reads is
 * remembered until the key changes for the first time; then everybody who keeps it is told, and nobody keeps it any
 * more. In broadcast mode nothing is remembered: clients are told of all keys that begin with their prefixes, in one
 * message for all of a turn. Keys are names without a database, as in Redis.
 */
/*
 * Maintainer's view.
 *
 *    table       name -> TrackedKey { ids of clients }       keyed hash: names are the clients' choice
 *    inOrder     the same keys in a list, each knows its place: a random one is found and removed in O(1)
 *    prefixes    sorted beginnings -> Prefix { clients, keys changed in this turn }
 *    trackers    clients with tracking on
 *
 * An id of a client that is gone, or has tracking off, may stay in the table until its key changes: it means nobody.
 * A client that switches tracking off and on again is still told of what it read before, as in Redis. Only when nobody
 * has tracking on and a client goes, the table is dropped, so that writes need not look into it any more.
 *
 * Messages go to Pushes, which writes them behind the reply of the command that is under way, whoever gets them.
 */
public final class Tracking {
    /** Keys that are dropped at once beside those that came, when there are too many. */
    private static final int DROPPED_MAX = 100;

    private final Clients clients;
    private final Pushes pushes;
    private final RandomSource random;
    private final BytesMap<TrackedKey> table;
    private final List<TrackedKey> inOrder = new ArrayList<>();
    private final PrefixMap<Prefix> prefixes = new PrefixMap<>();
    private final Set<ClientState> trackers = new LinkedHashSet<>();
    private long items;
    private long keysMax = Long.MAX_VALUE;
    private final List<Prefix> turnsNews = new ArrayList<>();

    /** Nobody is tracked. */
    public Tracking(KeyedHash hash, Clients clients, Pushes pushes, RandomSource random) {
        this.clients = clients;
        this.pushes = pushes;
        this.random = random;
        table = new BytesMap<>(hash);
    }

    /** At most so many keys are remembered; 0 for any number. */
    public void keysMax(long value) {
        keysMax = value == 0 ? Long.MAX_VALUE : value;
    }

    /** Whether no key of anybody is tracked, so that changes need not be told here. */
    public boolean isEmpty() {
        return trackers.isEmpty() && inOrder.isEmpty();
    }

    // ---- on and off

    /**
     * Has a client told of changes. Where it is told already, the new mode takes the place of the old one and the new
     * prefixes come to the old ones; modes that exclude each other were refused before. Takes over the prefixes.
     */
    public void on(ClientState client, int mode, long redirection, List<byte[]> newPrefixes) {
        TrackingState state = new TrackingState(mode, redirection);
        TrackingState old = client.tracking();
        if (old != null) {
            state.caching(old.caching());
            old.prefixes().forEach(state::addPrefix);
        }
        if (state.is(TrackingState.BROADCAST)) {
            for (byte[] prefix : newPrefixes.isEmpty() ? List.of(new byte[0]) : newPrefixes) {
                if (state.addPrefix(prefix)) {
                    prefixed(prefix).clients.add(client);
                }
            }
        }
        client.tracking(state);
        trackers.add(client);
    }

    private Prefix prefixed(byte[] name) {
        Prefix present = prefixes.get(name);
        if (present == null) {
            present = new Prefix(name);
            prefixes.put(name, present);
        }
        return present;
    }

    /** Has a client told of nothing any more. */
    public void off(ClientState client) {
        TrackingState state = client.tracking();
        if (state == null) {
            return;
        }
        for (byte[] name : state.prefixes()) {
            Prefix prefix = prefixes.get(name);
            if (prefix != null && prefix.clients.remove(client) && prefix.clients.isEmpty()) {
                prefixes.remove(name);
            }
        }
        client.tracking(null);
        trackers.remove(client);
    }

    /** Forgets a client that is gone. */
    public void remove(ClientState client) {
        off(client);
        if (trackers.isEmpty()) {
            forgetKeys();
        }
    }

    // ---- what clients read

    /** A client read a key, or that it is not there, and is told when that changes. */
    public void read(ClientState client, byte[] key, int offset, int length) {
        TrackedKey tracked = table.get(key, offset, length);
        if (tracked == null) {
            byte[] name = Arrays.copyOfRange(key, offset, offset + length);
            tracked = new TrackedKey(name, inOrder.size(), client.id());
            table.put(name, tracked);
            inOrder.add(tracked);
            items++;
        } else if (tracked.add(client.id())) {
            items++;
        }
    }

    /**
     * Drops random keys while there are too many, and tells those who keep them; at most {@code more}, which is how
     * many may have come just now, and a few others.
     */
    public void limit(int more) {
        int left = more + DROPPED_MAX;
        while (inOrder.size() > keysMax && left-- > 0) {
            TrackedKey tracked = inOrder.get(random.nextInt(inOrder.size()));
            table.remove(tracked.name);
            drop(tracked, null);
        }
    }

    // ---- what changes

    /**
     * A key was changed by {@code by}, or by the engine itself while {@code present}'s command ran, if any did: whoever
     * keeps it is told, and who is told of everything that begins so.
     */
    public void changed(@Nullable ClientState by, @Nullable ClientState present, byte[] key, int offset, int length) {
        if (!prefixes.isEmpty()) {
            byte[] name = Arrays.copyOfRange(key, offset, offset + length);
            prefixes.beginningsOf(name, prefix -> {
                if (prefix.isQuiet()) {
                    turnsNews.add(prefix);
                }
                prefix.changed(by, name);
            });
        }
        TrackedKey tracked = table.remove(key, offset, length);
        if (tracked != null) {
            drop(tracked, present);
        }
    }

    /** Takes a key that the table has forgotten from the list, and tells who keeps it. */
    private void drop(TrackedKey tracked, @Nullable ClientState present) {
        TrackedKey last = inOrder.remove(inOrder.size() - 1);
        if (last != tracked) {
            inOrder.set(tracked.position, last);
            last.position = tracked.position;
        }
        items -= tracked.count();
        Invalidation news = new Invalidation(new byte[][] {tracked.name}, tracked.count() > 1);
        tracked.forEach(id -> {
            ClientState client = clients.get(id);
            TrackingState state = client == null ? null : client.tracking();
            if (client != null
                    && state != null
                    && !state.is(TrackingState.BROADCAST)
                    && !(client == present && state.is(TrackingState.NO_LOOP))) {
                tell(client, state, news, present);
            }
        });
    }

    /** All keys are gone, or others, by {@code present}'s command, if any did it: everybody is told, whatever the mode. */
    public void flushed(@Nullable ClientState present) {
        Invalidation news = new Invalidation(null, trackers.size() > 1);
        for (ClientState client : trackers) {
            TrackingState state = client.tracking();
            if (state != null) {
                tell(client, state, news, present);
            }
        }
        forgetKeys();
    }

    private void forgetKeys() {
        table.clear();
        inOrder.clear();
        items = 0;
    }

    /** Whether {@link #turnEnds} has something to tell. */
    public boolean turnHasNews() {
        return !turnsNews.isEmpty();
    }

    /** Tells those in broadcast mode of the keys of this turn, a message for each prefix, sorted by their bytes. */
    public void turnEnds() {
        turnsNews.sort((one, other) -> Arrays.compareUnsigned(one.name, other.name));
        for (Prefix prefix : turnsNews) {
            prefix.tell(this::tell);
        }
        turnsNews.clear();
    }

    /**
     * Tells a client; where its own command, which is under way, brought it about, behind all that the command sends,
     * and as it is then.
     */
    private void tell(ClientState client, TrackingState state, Invalidation news, @Nullable ClientState present) {
        if (client != present) {
            tell(client, state, news);
            return;
        }
        pushes.behind(() -> {
            TrackingState then = client.tracking();
            tell(client, then == null ? state : then, news);
        });
    }

    /** Tells a client, or the one that is told instead: in RESP2 only a subscriber can be told, and only instead. */
    private void tell(ClientState client, TrackingState state, Invalidation news) {
        ClientState receiver = client;
        boolean instead = state.redirection() != 0;
        if (instead) {
            receiver = clients.get(state.redirection());
            if (receiver == null) {
                state.breaks();
                if (client.protocol() > 2 && client.connection().takesMessages()) {
                    pushes.add(client, Invalidation.brokenRedirection(state.redirection()));
                }
                return;
            }
        }
        if (!receiver.connection().takesMessages()) {
            return;
        }
        if (receiver.protocol() > 2) {
            pushes.add(receiver, news.push());
        } else if (instead && receiver.subscriber()) {
            pushes.add(receiver, news.published());
        }
    }

    // ---- figures

    /** Number of clients with tracking on. */
    public int clients() {
        return trackers.size();
    }

    /** Number of keys that are remembered. */
    public int keys() {
        return inOrder.size();
    }

    /** Number of clients that keep keys, each counted once per key. */
    public long items() {
        return items;
    }

    /** Number of different prefixes that somebody is told of. */
    public int prefixes() {
        return prefixes.size();
    }
}
