package io.duetdb.engine.pubsub;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of one {@link Kind} that somebody is subscribed to: found by name, walked in the order of their coming. */
final class Topics {
    private final BytesMap<Topic> byName;
    private final Set<Topic> inOrder = new LinkedHashSet<>();

    Topics(KeyedHash hash) {
        byName = new BytesMap<>(hash);
    }

    @Nullable
    Topic find(byte[] name, int offset, int length) {
        return byName.get(name, offset, length);
    }

    /** The topic of a name, made where there is none. Takes ownership of the name. */
    Topic findOrAdd(byte[] name) {
        Topic present = byName.get(name);
        if (present == null) {
            present = new Topic(name);
            byName.put(name, present);
            inOrder.add(present);
        }
        return present;
    }

    /** Forgets a topic, if nobody is subscribed to it any more. */
    void dropIfDeserted(Topic topic) {
        if (topic.count() == 0) {
            byName.remove(topic.name);
            inOrder.remove(topic);
        }
    }

    /** All of them, the oldest first. Not to be modified. */
    Set<Topic> all() {
        return inOrder;
    }
}
