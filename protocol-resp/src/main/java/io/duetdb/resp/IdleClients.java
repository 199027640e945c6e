package io.duetdb.resp;

import io.duetdb.engine.api.Clock;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections that ask nothing for longer than {@code timeout}. Who is idle is looked up once a second at most,
 * at the end of a turn; a timer sees to it that there is one, and only exists while there is a timeout.
 */
final class IdleClients {
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final LoopTurn turn;
    private final Collection<RespConnection> connections;
    private final Runnable timer = this::timerFired;
    private long timeoutNs;
    private long lookedAtNs;
    private boolean waiting;
    private boolean stopped;

    IdleClients(Clock clock, LoopTurn turn, Collection<RespConnection> connections) {
        this.clock = clock;
        this.turn = turn;
        this.connections = connections;
    }

    /** The present time for {@link RespConnection#activeNs}; 0 while nobody is going to ask for it. */
    long nowNs() {
        return timeoutNs == 0 ? 0 : clock.monotonicNs();
    }

    /** Another timeout; 0 = none. Nobody counts as idle for longer than since now. On the loop's thread. */
    void timeout(long seconds) {
        boolean was = timeoutNs != 0;
        timeoutNs = TimeUnit.SECONDS.toNanos(seconds);
        if (timeoutNs != 0 && !was) {
            lookedAtNs = clock.monotonicNs();
            for (RespConnection connection : connections) {
                connection.activeNs = lookedAtNs;
            }
        }
    }

    /** The end of a turn: closes who is idle. */
    void turnEnds() {
        if (timeoutNs == 0 || stopped) {
            return;
        }
        if (!waiting) {
            waiting = true;
            turn.loop().schedule(timer, 1, TimeUnit.SECONDS);
        }
        long now = clock.monotonicNs();
        if (now - lookedAtNs < EVERY_NS) {
            return;
        }
        lookedAtNs = now;
        List<RespConnection> idle = new ArrayList<>();
        for (RespConnection connection : connections) {
            if (connection.mayBeIdle() && now - connection.activeNs > timeoutNs) {
                idle.add(connection);
            }
        }
        for (RespConnection connection : idle) {
            connection.abort();
        }
    }

    private void timerFired() {
        waiting = false;
        EventLoop loop = turn.loop();
        if (!stopped && timeoutNs != 0 && !loop.isShuttingDown()) {
            turn.begin();
        }
    }

    /** Ends the watch. */
    void stop() {
        stopped = true;
    }
}
