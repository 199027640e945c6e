package io.duetdb.wire;

import io.duetdb.engine.api.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of replies a client may leave unread before it is cut off ({@code client-output-buffer-limit}), for
 * ordinary clients and for subscribers of whatever front-end. Redis' unlimited means Duet's own cap here, so that one
 * reader who stops reading cannot take all memory for sockets.
 */
public final class OutputLimits {
    /** The setting's name. */
    public static final String SETTING = "client-output-buffer-limit";

    /** The limits redis-server starts with. */
    public static final String INITIAL = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";

    private static final long CAP_MAX = 1L << 30;
    private static final int WORDS = 4;
    private static final int NORMAL = 0;
    private static final int PUBSUB = 2;
    private static final Setting BYTES = Setting.memory("bytes", 0, 0, Setting.UNSIGNED_MAX, "");

    /** The form of the setting: class, hard limit, soft limit, seconds; classes that are not named stay as they are. */
    public static final class Form implements Setting.Form {
        @Override
        public String normalise(List<String> words, String present) {
            if (words.size() % WORDS != 0) {
                throw new IllegalArgumentException("Wrong number of arguments in buffer limit configuration.");
            }
            List<String> text = Arrays.asList(present.split(" ", -1));
            for (int i = 0; i < words.size(); i += WORDS) {
                int at = clientClass(words.get(i)) * WORDS;
                try {
                    text.set(at + 1, BYTES.normalise(words.get(i + 1)));
                    text.set(at + 2, BYTES.normalise(words.get(i + 2)));
                    text.set(at + 3, seconds(words.get(i + 3)));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "Error in hard, soft or soft_seconds setting in buffer limit configuration.", e);
                }
            }
            return String.join(" ", text);
        }

        private static int clientClass(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "normal" -> NORMAL;
                case "slave", "replica" -> 1;
                case "pubsub" -> PUBSUB;
                default ->
                    throw new IllegalArgumentException("Invalid client class specified in buffer limit configuration.");
            };
        }

        private static String seconds(String word) {
            long seconds = Long.parseLong(word);
            if (seconds < 0) {
                throw new IllegalArgumentException(word);
            }
            return Long.toString(seconds);
        }
    }

    /** One class of clients: over {@code hard} is cut off at once, over {@code soft} when it stays so for that time. */
    public record Limit(long hardBytes, long softBytes, long softNs) {}

    private final long capBytes;
    private Limit normal;
    private Limit subscriber;

    /** The cap alone: a quarter of the memory there is for sockets, 1 GB at most. */
    public OutputLimits(long directBytesMax) {
        capBytes = Math.min(CAP_MAX, directBytesMax / 4);
        normal = new Limit(capBytes, capBytes, 0);
        subscriber = normal;
    }

    /** The limits of subscribers, or of ordinary clients. */
    public Limit limit(boolean isSubscriber) {
        return isSubscriber ? subscriber : normal;
    }

    /** Takes over the setting's value, in its normalised form. */
    public void set(String value) {
        String[] words = value.split(" ", -1);
        normal = limit(words, NORMAL * WORDS);
        subscriber = limit(words, PUBSUB * WORDS);
    }

    private Limit limit(String[] words, int at) {
        return new Limit(
                bytes(words[at + 1]), bytes(words[at + 2]), TimeUnit.SECONDS.toNanos(Long.parseLong(words[at + 3])));
    }

    private long bytes(String text) {
        long bytes = Long.parseUnsignedLong(text);
        return bytes <= 0 ? capBytes : Math.min(bytes, capBytes);
    }
}
