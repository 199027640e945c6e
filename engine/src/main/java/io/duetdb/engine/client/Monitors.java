package io.duetdb.engine.client;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import java.util.ArrayList;
import java.util.List;

/** Clients in MONITOR. Usually none: then the dispatcher doesn't come here. */
public final class Monitors {
    private final List<ClientState> clients = new ArrayList<>();
    private boolean anyway;
    private boolean closely;

    /** Begins to tell {@code client} of every command. */
    public void add(ClientState client) {
        if (!client.monitoring()) {
            client.monitoring(true);
            clients.add(client);
            closely = true;
        }
    }

    /** Tells {@code client} nothing any more. */
    public void remove(ClientState client) {
        if (client.monitoring()) {
            client.monitoring(false);
            clients.remove(client);
            closely = anyway || !clients.isEmpty();
        }
    }

    /** Whether every command is to be looked at by itself: somebody watches, or {@link #closely(boolean)} asked for it. */
    public boolean closely() {
        return closely;
    }

    /** Has every command looked at by itself, though nobody watches. */
    public void closely(boolean value) {
        anyway = value;
        closely = value || !clients.isEmpty();
    }

    /** Whether nobody watches. */
    public boolean isEmpty() {
        return clients.isEmpty();
    }

    /** Sends a line to everybody who watches, behind the reply that is under way. */
    public void tell(byte[] line, Pushes pushes) {
        Message message = new Line(line);
        for (ClientState client : clients) {
            if (!client.closing() && !client.muted()) {
                pushes.add(client, message);
            }
        }
    }

    private static final class Line extends Message {
        private final byte[] text;

        Line(byte[] text) {
            this.text = text;
        }

        @Override
        public long bytes() {
            return 64 + text.length;
        }

        @Override
        public void write(Reply reply) {
            reply.simple(text);
        }
    }
}
