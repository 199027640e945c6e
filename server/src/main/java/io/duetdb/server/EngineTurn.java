package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.resp.LoopTurn;
import io.duetdb.resp.RespEngine;
import io.duetdb.resp.TurnDuties;
import io.duetdb.resp.TurnGuard;
import io.duetdb.rest.RestEngine;
import io.duetdb.rest.RestServer;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The event loop's turns with an engine, for both protocols. The first event of a turn takes the instance's lock; at the
 * end of the iteration effects and replies leave, and the lock is free for callers inside the JVM. Between requests a
 * timer sees to what is due. Loop's thread only, unless a method says otherwise.
 */
final class EngineTurn implements RestEngine, RespEngine, TurnDuties, TurnGuard {
    private final Instance instance;
    private final Engine engine;
    private final LoopTurn turn;
    private final Runnable beat;
    private final Clock clock;
    private @Nullable RestServer rest;

    EngineTurn(Instance instance, EventLoop loop, Clock clock) {
        this.instance = instance;
        this.engine = instance.engine();
        this.clock = clock;
        turn = new LoopTurn(loop, this, this);
        Runnable begin = turn::begin;
        beat = () -> loop.execute(begin);
    }

    /** The turns themselves. */
    LoopTurn turn() {
        return turn;
    }

    /** Names the server whose clients are told when a suspended command has ended, and that is told of turns. */
    void rest(RestServer server) {
        rest = server;
        turn.addAfter(server::turnEnds);
    }

    /** Has the loop look after an engine that nobody asks anything. Any thread. */
    Runnable beat() {
        return beat;
    }

    // ---- who owns the engine

    @Override
    public void enter() {
        instance.lock().lock();
    }

    @Override
    public void leave() {
        instance.lock().unlock();
    }

    // ---- the end of a turn

    @Override
    public @Nullable Client resume() {
        Client resumed = instance.closed() ? null : engine.resume();
        RestServer server = rest;
        if (resumed != null && server != null) {
            server.resumed(resumed);
        }
        return resumed;
    }

    @Override
    public void beforeSleep() {
        if (!instance.closed()) {
            instance.endTurn();
        }
    }

    @Override
    public long nextDutyInMs() {
        return instance.closed() ? -1 : instance.nextDutyInMs();
    }

    // ---- requests

    @Override
    public Client connect(Connection connection) {
        turn.begin();
        return engine.connect(connection);
    }

    @Override
    public boolean full() {
        turn.begin();
        return engine.full();
    }

    @Override
    public Client connect(Connection connection, boolean readOnly) {
        turn.begin();
        if (engine.full()) {
            throw new CommandError("ERR max number of clients reached");
        }
        return engine.connectRest(connection, readOnly);
    }

    @Override
    public int execute(Client client, Argv[] batch, int count) {
        turn.begin();
        return engine.execute(client, batch, count);
    }

    @Override
    public @Nullable CommandError queue(Client client, Argv argv) {
        turn.begin();
        return engine.queue(client, argv);
    }

    @Override
    public int exec(Client client) {
        turn.begin();
        return engine.exec(client);
    }

    @Override
    public void discard(Client client) {
        turn.begin();
        engine.discard(client);
    }

    @Override
    public void disconnect(Client client) {
        turn.begin();
        engine.disconnect(client);
    }

    @Override
    public long offset() {
        turn.begin();
        return engine.offset();
    }

    @Override
    public void begin() {
        turn.begin();
    }

    @Override
    public long monotonicNs() {
        return clock.monotonicNs();
    }

    @Override
    public void log(String message) {
        instance.host().log(message);
    }
}
