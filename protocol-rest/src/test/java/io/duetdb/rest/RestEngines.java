package io.duetdb.rest;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.kit.ManualClock;

/** A real engine behind the interface that the HTTP side uses, without a server around it. */
final class RestEngines {
    private RestEngines() {}

    /**
     * The engine itself. {@code beforeUse} runs before every call that needs an end of turn: it is the place to ask for
     * one, and to take what must be held until then.
     */
    static RestEngine of(Engine engine, Runnable beforeUse) {
        return of(engine, beforeUse, new ManualClock());
    }

    /** As {@link #of(Engine, Runnable)}, with the engine's clock for those who want it to move. */
    static RestEngine of(Engine engine, Runnable beforeUse, Clock clock) {
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
            public CommandError queue(Client client, Argv argv) {
                beforeUse.run();
                return engine.queue(client, argv);
            }

            @Override
            public int exec(Client client) {
                beforeUse.run();
                return engine.exec(client);
            }

            @Override
            public void discard(Client client) {
                beforeUse.run();
                engine.discard(client);
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

            @Override
            public void begin() {
                beforeUse.run();
            }

            @Override
            public long monotonicNs() {
                return clock.monotonicNs();
            }
        };
    }
}
