package io.duetdb.engine.pubsub;

import io.duetdb.engine.client.ClientState;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A channel or pattern that somebody is subscribed to, and who is, in the order in which they subscribed. */
final class Topic {
    private static final ClientState[] NOBODY = {};

    final byte[] name;
    private final Set<ClientState> subscribers = new LinkedHashSet<>(2);

    /** The same, once somebody has published since they last changed. */
    private ClientState @Nullable [] receivers;

    Topic(byte[] name) {
        this.name = name;
    }

    /** Adds a client behind the others. Returns whether it was not among them. */
    boolean add(ClientState client) {
        boolean added = subscribers.add(client);
        receivers = added ? null : receivers;
        return added;
    }

    /** Takes a client out. */
    void remove(ClientState client) {
        if (subscribers.remove(client)) {
            receivers = null;
        }
    }

    int count() {
        return subscribers.size();
    }

    /** Who is subscribed now. Never modified afterwards: whoever comes or goes later makes for another array. */
    ClientState[] receivers() {
        ClientState[] present = receivers;
        if (present == null) {
            present = subscribers.toArray(NOBODY);
            receivers = present;
        }
        return present;
    }
}
