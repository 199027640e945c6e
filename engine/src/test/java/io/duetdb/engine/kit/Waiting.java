package io.duetdb.engine.kit;

import io.duetdb.engine.api.Client;
import java.util.ArrayList;
import java.util.List;

/** Clients of an engine that may wait for their replies, by number from 0 on in the order in which they began. */
public final class Waiting {
    /** What {@link #reply} returns while there is none. */
    public static final String WAITS = "(waits)";

    private final EngineFixture t;
    private final List<EngineFixture.Other> clients = new ArrayList<>();

    /** Nobody yet. */
    public Waiting(EngineFixture t) {
        this.t = t;
    }

    /** A new client, which sends a command. Returns its number. */
    public int begin(String command) {
        clients.add(t.other());
        int number = clients.size() - 1;
        send(number, command);
        return number;
    }

    /** A client sends another command. */
    public void send(int number, String command) {
        if (!clients.get(number).start(command)) {
            throw new AssertionError("client " + number + " is not to send anything now: " + command);
        }
    }

    /** The one reply of a client since the last call of this, or {@link #WAITS}. */
    public Object reply(int number) {
        TestConnection connection = clients.get(number).connection();
        return connection.pending() == 0 ? WAITS : connection.take();
    }

    /** A client's connection breaks. */
    public void disconnect(int number) {
        t.engine().disconnect(client(number));
    }

    public Client client(int number) {
        return clients.get(number).client();
    }

    public TestConnection connection(int number) {
        return clients.get(number).connection();
    }

    /** What CLIENT UNBLOCK and CLIENT KILL ID take. */
    public long id(int number) {
        return client(number).id();
    }

    public int count() {
        return clients.size();
    }
}
