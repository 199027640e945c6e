package io.duetdb.resp;

import io.duetdb.engine.api.Setting;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of replies a client may leave unread before it is cut off ({@code client-output-buffer-limit}), for
 * ordinary clients and for subscribers. Redis' unlimited means Duet's own cap here, so that one reader who stops reading
 * cannot take all memory for sockets.
 */
final class OutputLimits {
    /** The limits redis-server starts with. */
    static final String INITIAL = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";

    /** One class of clients: over {@code hard} is cut off at once, over {@code soft} when it stays so for that time. */
    record Limit(long hardBytes, long softBytes, long softNs) {}

    private final long capBytes;
    private Limit normal;
    private Limit subscriber;

    OutputLimits(long capBytes) {
        this.capBytes = capBytes;
        normal = new Limit(capBytes, capBytes, 0);
        subscriber = normal;
    }

    Limit limit(boolean isSubscriber) {
        return isSubscriber ? subscriber : normal;
    }

    /**
     * Takes over a setting's value.
     *
     * @throws IllegalArgumentException in Redis' words, when it is none
     */
    void set(String value) {
        String[] words = value.trim().split("\\s+");
        if (words.length % 4 != 0) {
            throw new IllegalArgumentException("Wrong number of arguments in buffer limit configuration.");
        }
        Limit newNormal = normal;
        Limit newSubscriber = subscriber;
        for (int i = 0; i < words.length; i += 4) {
            Limit limit = new Limit(bytes(words[i + 1]), bytes(words[i + 2]), seconds(words[i + 3]));
            switch (words[i]) {
                case "normal" -> newNormal = limit;
                case "pubsub" -> newSubscriber = limit;
                case "slave", "replica" -> {}
                default ->
                    throw new IllegalArgumentException(
                            "Invalid client class specified in buffer limit" + " configuration.");
            }
        }
        normal = newNormal;
        subscriber = newSubscriber;
    }

    private long bytes(String text) {
        long bytes;
        try {
            bytes = Long.parseLong(
                    Setting.memory("bytes", 0, 0, Long.MAX_VALUE, "").normalise(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Error in hard, soft or soft_seconds setting in buffer limit" + " configuration.", e);
        }
        return bytes == 0 ? capBytes : Math.min(bytes, capBytes);
    }

    private static long seconds(String text) {
        try {
            return TimeUnit.SECONDS.toNanos(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Error in hard, soft or soft_seconds setting in buffer limit" + " configuration.", e);
        }
    }
}
