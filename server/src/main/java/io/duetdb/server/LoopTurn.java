package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.rest.RestEngine;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loop's turns with an engine. The first call of a turn takes the instance's lock and asks the loop to come
 * back when the iteration ends; then effects and replies leave, and the lock is free for callers inside the JVM. Between
 * requests a timer sees to what is due. Loop's thread only, unless a method says otherwise.
 */
final class LoopTurn implements RestEngine {
    /** How often an idle engine is looked after; keys expire at least this promptly. */
    private static final int TICK_MS = 100;

    private final Instance instance;
    private final Engine engine;
    private final SingleThreadEventLoop loop;
    private final Runnable atEnd = this::end;
    private final Runnable wake = this::enter;
    private @Nullable Future<?> timer;
    private boolean inTurn;

    LoopTurn(Instance instance, EventLoop loop) {
        this.instance = instance;
        this.engine = instance.engine();
        this.loop = (SingleThreadEventLoop) loop;
    }

    /** Begins to look after the engine. Any thread. */
    void start() {
        timer = loop.scheduleAtFixedRate(wake, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** Lets the engine be. Any thread. */
    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Owns the engine from here to the end of this iteration of the loop. */
    void enter() {
        if (!inTurn) {
            instance.lock().lock();
            inTurn = true;
            loop.executeAfterEventLoopIteration(atEnd);
        }
    }

    private void end() {
        boolean more = false;
        try {
            if (!instance.closed()) {
                engine.resume();
                instance.endTurn();
                more = engine.nextDutyInMs() == 0;
            }
        } finally {
            inTurn = false;
            instance.lock().unlock();
        }
        if (more) {
            loop.execute(wake);
        }
    }

    @Override
    public Client connect(Connection connection, boolean readOnly) {
        enter();
        if (engine.full()) {
            throw new CommandError("ERR max number of clients reached");
        }
        return engine.connectRest(connection, readOnly);
    }

    @Override
    public int execute(Client client, Argv[] batch, int count) {
        enter();
        return engine.execute(client, batch, count);
    }

    @Override
    public void disconnect(Client client) {
        enter();
        engine.disconnect(client);
    }

    @Override
    public long offset() {
        enter();
        return engine.offset();
    }
}
