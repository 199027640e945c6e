package io.duetdb.engine.events;

import io.duetdb.engine.config.EventClasses;
import io.duetdb.engine.pubsub.PubSub;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Publishes key events as the setting notify-keyspace-events says: {@code __keyspace@<db>__:<key>} tells what happened,
 * then {@code __keyevent@<db>__:<event>} to which key. Hands all of them on to whoever the engine was given besides.
 */
public final class KeyspaceEvents implements KeyEventListener {
    private static final KeyEvent[] ALL = KeyEvent.values();
    private static final int ASKED_BY_NAME = EventClasses.NEW | EventClasses.KEY_MISS;

    private final PubSub pubsub;
    private final KeyEventListener next;
    private final int nextClasses;
    private final int[] classes = new int[ALL.length];
    private final byte[][] labels = new byte[ALL.length][];
    private boolean perKey;
    private boolean perEvent;
    private int published;

    /** Classes that anybody wants to hear of: the one field that a write reads when nobody does. */
    private int wanted;

    /** Publishes nothing yet. */
    public KeyspaceEvents(PubSub pubsub, KeyEventListener next) {
        this.pubsub = pubsub;
        this.next = next;
        int all = 0;
        for (KeyEvent event : ALL) {
            classes[event.ordinal()] = EventClasses.bits(String.valueOf(event.type()));
            labels[event.ordinal()] = event.label().getBytes(StandardCharsets.US_ASCII);
            if ((classes[event.ordinal()] & ASKED_BY_NAME) == 0 || next.wants(event)) {
                all |= classes[event.ordinal()];
            }
        }
        nextClasses = next == NONE ? 0 : all;
        wanted = nextClasses;
    }

    /** Publishes these classes from now on, bits of {@link EventClasses}; nothing without KEYSPACE or KEYEVENT. */
    public void publish(int bits) {
        perKey = (bits & EventClasses.KEYSPACE) != 0;
        perEvent = (bits & EventClasses.KEYEVENT) != 0;
        published = perKey || perEvent ? bits : 0;
        wanted = nextClasses | published;
    }

    @Override
    public boolean wants(KeyEvent event) {
        return (wanted & classes[event.ordinal()]) != 0;
    }

    @Override
    public void event(KeyEvent event, int db, byte[] key, int offset, int length) {
        if (wanted != 0) {
            tell(event, db, key, offset, length);
        }
    }

    private void tell(KeyEvent event, int db, byte[] key, int offset, int length) {
        int its = classes[event.ordinal()];
        if ((nextClasses & its) != 0) {
            next.event(event, db, key, offset, length);
        }
        if ((published & its) == 0 || pubsub.isEmpty()) {
            return;
        }
        byte[] name = Arrays.copyOfRange(key, offset, offset + length);
        byte[] label = labels[event.ordinal()];
        if (perKey) {
            pubsub.publish(channel("__keyspace@", db, name), label);
        }
        if (perEvent) {
            pubsub.publish(channel("__keyevent@", db, label), name);
        }
    }

    private static byte[] channel(String kind, int db, byte[] what) {
        byte[] head = (kind + db + "__:").getBytes(StandardCharsets.US_ASCII);
        byte[] channel = Arrays.copyOf(head, head.length + what.length);
        System.arraycopy(what, 0, channel, head.length, what.length);
        return channel;
    }
}
