package io.duetdb.rest;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;

/**
 * What the HTTP side needs of an engine: its door, seen through whatever the composition root puts in between, such as a
 * lock. All methods are called on the engine's thread.
 */
public interface RestEngine {
    /**
     * Makes a client that gets Upstash's answers where they differ from Redis', as the user that may only read or as the
     * default user.
     *
     * @throws CommandError when there are too many clients
     */
    Client connect(Connection connection, boolean readOnly);

    /**
     * Executes the first {@code count} commands of {@code batch} in order and returns how many ran. The end of turn that
     * releases their replies must follow.
     */
    int execute(Client client, Argv[] batch, int count);

    /** Forgets a client. */
    void disconnect(Client client);

    /** The offset behind the last effect. */
    long offset();

    /**
     * The engine itself. {@code beforeUse} runs before every call that needs an end of turn: it is the place to ask for
     * one, and to take what must be held until then.
     */
    static RestEngine of(Engine engine, Runnable beforeUse) {
        return new RestEngine() {
            @Override
            public Client connect(Connection connection, boolean readOnly) {
                beforeUse.run();
                if (engine.full()) {
                    throw new CommandError("ERR max number of clients reached");
                }
                return engine.connectRest(connection, readOnly);
            }

            @Override
            public int execute(Client client, Argv[] batch, int count) {
                beforeUse.run();
                return engine.execute(client, batch, count);
            }

            @Override
            public void disconnect(Client client) {
                beforeUse.run();
                engine.disconnect(client);
            }

            @Override
            public long offset() {
                return engine.offset();
            }
        };
    }
}
