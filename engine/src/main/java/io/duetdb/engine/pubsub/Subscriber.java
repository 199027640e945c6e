package io.duetdb.engine.pubsub;

import java.util.LinkedHashSet;
import java.util.Set;

/** What one client is subscribed to, of each kind in the order in which it subscribed. */
final class Subscriber {
    private final Set<Topic> channels = new LinkedHashSet<>();
    private final Set<Topic> patterns = new LinkedHashSet<>(2);
    private final Set<Topic> shardChannels = new LinkedHashSet<>(2);

    Set<Topic> of(Kind kind) {
        return switch (kind) {
            case CHANNEL -> channels;
            case PATTERN -> patterns;
            case SHARD -> shardChannels;
        };
    }

    boolean isEmpty() {
        return channels.isEmpty() && patterns.isEmpty() && shardChannels.isEmpty();
    }
}
