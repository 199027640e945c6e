package io.duetdb.resp;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import org.jspecify.annotations.Nullable;

/** The part of {@link Engine} that a RESP front-end uses, so that tests can stand in for it. */
interface Door {
    /** A new client. */
    Client connect(Connection connection);

    /** Whether no further client is admitted. */
    boolean full();

    /** Runs requests in order and returns how many ran; with a count of 0 only notes that the client has replies. */
    int execute(Client client, Argv[] batch, int count);

    /** Forgets a client. */
    void disconnect(Client client);

    /** Goes on with suspended work; a client whose command ended, or null. */
    @Nullable
    Client resume();

    /** Ends a turn: replies are released. */
    void beforeSleep();

    /** When the next turn is wanted: 0 at once, -1 not before a request, else in ms. */
    long nextDutyInMs();

    /** The door of an engine. */
    static Door of(Engine engine) {
        return new Door() {
            @Override
            public Client connect(Connection connection) {
                return engine.connect(connection);
            }

            @Override
            public boolean full() {
                return engine.full();
            }

            @Override
            public int execute(Client client, Argv[] batch, int count) {
                return engine.execute(client, batch, count);
            }

            @Override
            public void disconnect(Client client) {
                engine.disconnect(client);
            }

            @Override
            public @Nullable Client resume() {
                return engine.resume();
            }

            @Override
            public void beforeSleep() {
                engine.beforeSleep();
            }

            @Override
            public long nextDutyInMs() {
                return engine.nextDutyInMs();
            }
        };
    }
}
