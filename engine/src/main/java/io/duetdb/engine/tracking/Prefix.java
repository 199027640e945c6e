package io.duetdb.engine.tracking;

import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.TrackingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A beginning of keys: the clients that are told of all keys which begin so, and those that changed in this turn. */
final class Prefix {
    final byte[] name;
    final Set<ClientState> clients = new LinkedHashSet<>();

    /** Changed keys in the order of their bytes, each with the client that changed it last; null for the engine. */
    private final Map<byte[], @Nullable ClientState> changed = new TreeMap<>(Arrays::compareUnsigned);

    Prefix(byte[] name) {
        this.name = name;
    }

    /** Notes a change of a key. The array must not be changed any more. */
    void changed(@Nullable ClientState by, byte[] key) {
        changed.put(key, by);
    }

    /** Whether no key changed. */
    boolean isQuiet() {
        return changed.isEmpty();
    }

    /** Hands the clients one message each with all changed keys, or without its own for who doesn't want those. */
    void tell(Receiver receiver) {
        Invalidation all = new Invalidation(changed.keySet().toArray(new byte[0][]), clients.size() > 1);
        for (ClientState client : clients) {
            TrackingState state = client.tracking();
            if (state == null) {
                continue;
            }
            if (!state.is(TrackingState.NO_LOOP)) {
                receiver.tell(client, state, all);
                continue;
            }
            List<byte[]> foreign = new ArrayList<>();
            changed.forEach((key, by) -> {
                if (by != client) {
                    foreign.add(key);
                }
            });
            if (!foreign.isEmpty()) {
                receiver.tell(client, state, new Invalidation(foreign.toArray(new byte[0][]), false));
            }
        }
        changed.clear();
    }

    /** Sends what a prefix has to say. */
    interface Receiver {
        /** Tells a client, or the one that is told instead. */
        void tell(ClientState client, TrackingState state, Invalidation news);
    }
}
