package io.duetdb.engine.pubsub;

import io.duetdb.engine.client.ClientState;
import java.util.LinkedHashSet;
import java.util.Set;

/** A channel or pattern that somebody is subscribed to, and who is, in the order in which they subscribed. */
final class Topic {
    final byte[] name;
    final Set<ClientState> subscribers = new LinkedHashSet<>(2);

    Topic(byte[] name) {
        this.name = name;
    }
}
