package io.duetdb.engine.pubsub;

import io.duetdb.bytes.Glob;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Pushes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is subscribed to what, and the sending of what is published. A message is one object however many get it, and
 * leaves through {@link Pushes}: behind the reply of the command that published it.
 *
 * <p>Names are the clients' choice, so they are found by a keyed hash. A published message costs one look at its channel
 * and one at each pattern.
 */
public final class PubSub {
    private final Pushes pushes;
    private final Topics channels;
    private final Topics patterns;
    private final Topics shardChannels;
    private final Map<ClientState, Subscriber> subscribers = new HashMap<>();

    /** Nobody is subscribed to anything. */
    public PubSub(KeyedHash hash, Pushes pushes) {
        this.pushes = pushes;
        channels = new Topics(hash);
        patterns = new Topics(hash);
        shardChannels = new Topics(hash);
    }

    private Topics topics(Kind kind) {
        return switch (kind) {
            case CHANNEL -> channels;
            case PATTERN -> patterns;
            case SHARD -> shardChannels;
        };
    }

    // ---- publishing

    /** Whether nobody is subscribed to anything, so that there is nobody to publish to. */
    public boolean isEmpty() {
        return subscribers.isEmpty();
    }

    /**
     * Sends a message to the subscribers of a channel and of all patterns that match it: the former in the order in
     * which they subscribed, then the patterns in the order in which they came. Takes ownership of both arrays.
     *
     * @return number of messages sent: a client gets one for its channel and one for each of its patterns
     */
    public int publish(byte[] channel, byte[] payload) {
        int sent = publish(channels, Published.MESSAGE, channel, payload);
        for (Topic pattern : patterns.all()) {
            if (Glob.matches(pattern.name, 0, pattern.name.length, channel, 0, channel.length, false)) {
                sent += send(pattern, Published.PMESSAGE, pattern.name, channel, payload, sent == 0);
            }
        }
        return sent;
    }

    /** Sends a message to the subscribers of a shard channel. Takes ownership of both arrays. Returns how many. */
    public int publishToShard(byte[] channel, byte[] payload) {
        return publish(shardChannels, Published.SMESSAGE, channel, payload);
    }

    private int publish(Topics topics, byte[] word, byte[] channel, byte[] payload) {
        Topic topic = topics.find(channel, 0, channel.length);
        return topic == null ? 0 : send(topic, word, null, channel, payload, true);
    }

    private int send(
            Topic topic, byte[] word, byte @Nullable [] pattern, byte[] channel, byte[] payload, boolean first) {
        ClientState[] receivers = topic.receivers();
        pushes.add(receivers, new Published(word, pattern, channel, payload, receivers.length > 1, first));
        return receivers.length;
    }

    // ---- subscribing

    /** Subscribes a client; nothing when it is already. Takes ownership of the name. */
    public void subscribe(ClientState client, Kind kind, byte[] name) {
        Topic topic = topics(kind).findOrAdd(name);
        if (topic.add(client)) {
            Subscriber subscriber = subscribers.computeIfAbsent(client, c -> new Subscriber());
            subscriber.of(kind).add(topic);
            count(client, subscriber);
        }
    }

    /** Ends a subscription; nothing when there is none. */
    public void unsubscribe(ClientState client, Kind kind, byte[] name) {
        Topic topic = topics(kind).find(name, 0, name.length);
        Subscriber subscriber = subscribers.get(client);
        if (topic != null && subscriber != null && subscriber.of(kind).remove(topic)) {
            topic.remove(client);
            topics(kind).dropIfDeserted(topic);
            count(client, subscriber);
        }
    }

    /** Ends all subscriptions of a client. */
    public void remove(ClientState client) {
        Subscriber subscriber = subscribers.get(client);
        if (subscriber == null) {
            return;
        }
        for (Kind kind : Kind.values()) {
            for (Topic topic : subscriber.of(kind)) {
                topic.remove(client);
                topics(kind).dropIfDeserted(topic);
            }
            subscriber.of(kind).clear();
        }
        count(client, subscriber);
    }

    /** Notes how much a client is subscribed to, where it can be seen; it may have become a subscriber, or be none now. */
    private void count(ClientState client, Subscriber subscriber) {
        boolean was = client.subscriber();
        client.subscribed(
                subscriber.of(Kind.CHANNEL).size(),
                subscriber.of(Kind.PATTERN).size(),
                subscriber.of(Kind.SHARD).size());
        if (subscriber.isEmpty()) {
            subscribers.remove(client);
        }
        if (client.subscriber() != was) {
            client.connection().subscriber(!was);
        }
    }

    // ---- who and what

    /** What a client is subscribed to, in the order in which it subscribed: a list of its own. */
    public List<byte[]> of(ClientState client, Kind kind) {
        List<byte[]> names = new ArrayList<>();
        Subscriber subscriber = subscribers.get(client);
        if (subscriber != null) {
            for (Topic topic : subscriber.of(kind)) {
                names.add(topic.name);
            }
        }
        return names;
    }

    /** Number of clients that are subscribed to anything. */
    public int clients() {
        return subscribers.size();
    }

    /** Number of different names somebody is subscribed to. */
    public int count(Kind kind) {
        return topics(kind).all().size();
    }

    /** Calls {@code each} with every name somebody is subscribed to, the oldest first. The names must not be changed. */
    public void forEach(Kind kind, Consumer<byte[]> each) {
        for (Topic topic : topics(kind).all()) {
            each.accept(topic.name);
        }
    }

    /** Number of clients that are subscribed to exactly this name. */
    public int subscribers(Kind kind, byte[] name, int offset, int length) {
        Topic topic = topics(kind).find(name, offset, length);
        return topic == null ? 0 : topic.count();
    }
}
