package io.duetdb.resp;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;

/** What RESP connections need of an engine. All methods are called on the engine's thread, inside a turn. */
public interface RespEngine {
    /** Makes a client for a connection. */
    Client connect(Connection connection);

    /** Whether no further client is admitted. */
    boolean full();

    /** Runs requests in order and returns how many ran; with a count of 0 only notes that the client has replies. */
    int execute(Client client, Argv[] batch, int count);

    /** Forgets a client. */
    void disconnect(Client client);

    /** The engine itself. */
    static RespEngine of(Engine engine) {
        return new RespEngine() {
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
        };
    }
}
