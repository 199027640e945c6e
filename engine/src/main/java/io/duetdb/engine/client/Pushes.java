package io.duetdb.engine.client;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Propagator;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to clients that did not ask for them. A command only puts them here: they are written when its
 * reply is complete, so that a message for the caller itself comes behind the reply (as since Redis 7.2), and because
 * all clients of a loop share one sink, which a command must not see bound to somebody else.
 *
 * <p>A transaction or script may set off any number of messages before the first can be written. When they are more than
 * {@link #WAITING_BYTES_MAX}, those whom a further one would have gone to have lost it, and are to be cut off: as in
 * Redis, whose limit of unread output acts within a script.
 */
public final class Pushes {
    /** How much may wait for the end of a command. */
    static final long WAITING_BYTES_MAX = 64L << 20;

    private static final long PUSH_BYTES = 48;

    /** A message and all who get it. Nobody changes the array. */
    private record Push(ClientState[] to, Message message) {}

    private final Deque<Push> waiting = new ArrayDeque<>();
    private final Deque<Runnable> behind = new ArrayDeque<>();
    private final Set<ClientState> lost = new LinkedHashSet<>();
    private @Nullable Message last;
    private long bytes;

    /** Sends a message behind all that were sent before. */
    public void add(ClientState to, Message message) {
        add(new ClientState[] {to}, message);
    }

    /** Sends a message to many, in the order of the array, which must not be changed any more. */
    public void add(ClientState[] to, Message message) {
        if (bytes > WAITING_BYTES_MAX) {
            Collections.addAll(lost, to);
            return;
        }
        if (message != last) {
            last = message;
            bytes += message.bytes();
        }
        bytes += PUSH_BYTES;
        waiting.addLast(new Push(to, message));
    }

    /** Has {@code sender} called, which may send, behind all that the command under way sends. */
    public void behind(Runnable sender) {
        bytes += PUSH_BYTES;
        behind.addLast(sender);
    }

    /** Whether nothing is on its way. */
    public boolean isEmpty() {
        return waiting.isEmpty() && behind.isEmpty();
    }

    private @Nullable Push next() {
        while (waiting.isEmpty() && !behind.isEmpty()) {
            behind.removeFirst().run();
        }
        return waiting.pollFirst();
    }

    /**
     * Writes all messages. They leave with the turn, or before, where they are many and nothing holds them back: a turn
     * may bring more of them than a subscriber's limit lets wait.
     *
     * @param offset where the stream of effects stands
     */
    public void deliver(ReplyGate gate, Propagator propagator, long offset) {
        for (Push push = next(); push != null; push = next()) {
            Message message = push.message();
            for (ClientState client : push.to()) {
                if (!client.closing()) {
                    client.connection().message(message);
                    gate.touch(client);
                    gate.leaveEarly(client, propagator, offset);
                }
            }
        }
        last = null;
        bytes = 0;
    }

    /** A client that a message could not be kept for, which is forgotten here; or null. It is to be cut off. */
    public @Nullable ClientState nextLost() {
        if (lost.isEmpty()) {
            return null;
        }
        ClientState client = lost.iterator().next();
        lost.remove(client);
        return client;
    }
}
