package io.duetdb.engine.client;

import io.duetdb.engine.api.Connection;
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

    /** Sends a line to everybody who watches; it leaves with the turn. */
    public void tell(byte[] line, ReplyGate gate) {
        for (ClientState client : clients) {
            if (!client.closing() && !client.muted()) {
                Connection connection = client.connection();
                connection.reply().simple(line);
                gate.touch(client);
            }
        }
    }
}
