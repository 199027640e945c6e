package io.duetdb.engine.client;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Propagator;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Messages on their way to clients that did not ask for them. A command only puts them here: they are written when its
 * reply is complete, so that a message for the caller itself comes behind the reply (as since Redis 7.2), and because
 * all clients of a loop share one sink, which a command must not see bound to somebody else.
 */
public final class Pushes {
    private record Push(ClientState to, Message message) {}

    private final Deque<Push> waiting = new ArrayDeque<>();

    /** Sends a message behind all that were sent before. */
    public void add(ClientState to, Message message) {
        waiting.addLast(new Push(to, message));
    }

    /** Whether nothing is on its way. */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Writes all messages. They leave with the turn, or before, where they are many and nothing holds them back: a turn
     * may bring more of them than a subscriber's limit lets wait.
     *
     * @param offset where the stream of effects stands
     */
    public void deliver(ReplyGate gate, Propagator propagator, long offset) {
        for (Push push = waiting.pollFirst(); push != null; push = waiting.pollFirst()) {
            ClientState client = push.to();
            if (!client.closing()) {
                client.connection().reply().message(push.message());
                gate.touch(client);
                gate.leaveEarly(client, propagator, offset);
            }
        }
    }
}
