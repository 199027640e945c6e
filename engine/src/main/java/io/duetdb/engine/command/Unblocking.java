package io.duetdb.engine.command;

import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.blocking.AwaitedKey;
import io.duetdb.engine.blocking.Blocked;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.blocking.Waiter;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Pause;
import io.duetdb.engine.client.ReplyGate;
import io.duetdb.engine.keyspace.ValueType;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How waiting ends: the request runs again because a key is ready, effects last or an errand has ended, or its time is
 * over, or somebody unblocked the client. The dispatcher calls {@link #serve} when a unit has ended, so never within a
 * transaction or script, and {@link #resume} when a turn ends.
 *
 * <p>Who is served is as in Redis: ready keys in the order in which they became ready, for each the client first that
 * began to wait first; what serving makes ready comes behind ({@code blocked.c}, handleClientsBlockedOnKeys). The command
 * runs with all its keys in its own order, as since Redis 7.2. During a pause nobody is served, since that would write:
 * it is made up for when the pause ends. Time goes on meanwhile.
 */
final class Unblocking {
    private final Dispatcher dispatcher;
    private final Services services;
    private final BlockedClients blocked;
    private final TurnClock clock;
    private final Pause pause;
    private final ReplyGate gate;
    private final Deque<ClientState> answered = new ArrayDeque<>();

    Unblocking(Dispatcher dispatcher, Services services, ReplyGate gate) {
        this.dispatcher = dispatcher;
        this.services = services;
        this.blocked = services.blocked();
        this.clock = services.clock();
        this.pause = services.clients().pause();
        this.gate = gate;
    }

    /** Answers who was unblocked, and runs the requests again whose keys are ready. */
    void serve() {
        for (Blocked one = blocked.nextReleased(); one != null; one = blocked.nextReleased()) {
            giveUp(one, one.refusal());
        }
        if (!blocked.anyReady() && !blocked.holding() || pause.active(clock.monotonicNs())) {
            return;
        }
        for (Blocked one = blocked.nextEnded(); one != null; one = blocked.nextEnded()) {
            runAgain(one);
            assert blocked.of(one.client()) != one : "what waited for an errand that has ended must reply";
        }
        expire(); // who has waited long enough gets nothing of it
        for (AwaitedKey key = blocked.nextReady(); key != null; key = blocked.nextReady()) {
            serve(key);
        }
    }

    private void serve(AwaitedKey key) {
        Waiter waiter = key.first();
        while (waiter != null) {
            ValueType now = services.keyspace().db(key.db()).typeOf(key.key());
            if (!key.wanted(now)) {
                return; // those before have emptied it, or it is of no use to anybody
            }
            Waiter next = waiter.next();
            if (waiter.blocked().wants(now)) {
                runAgain(waiter.blocked());
            }
            waiter = next;
        }
    }

    /** Runs the request of a client that waits once more, with the same checks. It replies, or waits on in its place. */
    private void runAgain(Blocked one) {
        ClientState client = one.client();
        Command command = command(one);
        Reply reply = client.connection().reply();
        long mark = reply.mark();
        clock.tick();
        services.keyspace().now(clock.wallMs());
        client.suspended(false);
        CommandError refusal = Checks.refusal(dispatcher, client, command, one.request());
        if (refusal == Checks.WAIT) {
            client.suspended(true);
            blocked.putOff(one);
            return;
        }
        if (refusal != null) {
            services.stats().command(command.id()).rejected++;
            services.stats().errorReplied(refusal.line());
            reply.error(refusal.line());
        } else {
            services.keyspace().touching(!client.noTouch() || command.is(Flags.TOUCHES));
            dispatcher.run(client, command, one.request(), reply);
            services.keyspace().touching(true);
            dispatcher.unit().reads().read(client, command, one.request());
        }
        one.spent(clock.tick());
        services.keyspace().now(clock.wallMs());
        if (!client.suspended()) {
            answered(one, reply, mark);
        }
        dispatcher.deliver();
    }

    /** Ends a client's waiting with the absent array, or with an error. */
    private void giveUp(Blocked one, @Nullable CommandError error) {
        blocked.remove(one.client());
        if (one.client().closing()) {
            return;
        }
        Reply reply = one.client().connection().reply();
        long mark = reply.mark();
        if (error != null) {
            services.stats().command(one.commandId()).failed++;
            services.stats().errorReplied(error.line());
            reply.error(error.line());
        } else if (one.keptOffset() >= 0) {
            reply.array(2);
            reply.oneOrZero(kept() >= one.client().writeOffset());
            reply.integer(0);
        } else {
            reply.nilArray();
        }
        answered(one, reply, mark);
    }

    /** A client that waited has its reply. Only now its command counts as called, as since Redis 7.2. */
    private void answered(Blocked one, Reply reply, long mark) {
        ClientState client = one.client();
        blocked.remove(client);
        client.suspended(false);
        client.unblocked(true);
        services.stats().command(one.commandId()).calls++;
        dispatcher.took(client, command(one), one.request(), one.spentNs());
        dispatcher.unit().reads().ended(client, command(one), one.request());
        if (client.special() && client.commandEnds()) {
            reply.rollback(mark);
        }
        gate.touch(client);
        answered.addLast(client);
    }

    private Command command(Blocked one) {
        return services.table().byId().get(one.commandId());
    }

    /** Answers clients whose time is over. */
    private void expire() {
        long nowNs = clock.monotonicNs();
        for (Blocked one = blocked.timedOut(nowNs); one != null; one = blocked.timedOut(nowNs)) {
            giveUp(one, null);
        }
    }

    /** Runs the requests again that waited for effects which last by now. */
    private void serveKept() {
        if (!blocked.anyForKept() || pause.active(clock.monotonicNs())) {
            return;
        }
        // Without an append-only file there is nothing to wait for: the command says so.
        long kept = services.host().storage().appendOnly() ? kept() : Long.MAX_VALUE;
        for (Blocked one = blocked.nextKept(kept); one != null; one = blocked.nextKept(kept)) {
            runAgain(one);
        }
    }

    private long kept() {
        return services.host().storage().durableOffset();
    }

    /**
     * Answers clients whose time is over, and serves those for whom a pause has ended. Returns a client that was answered
     * since, so that its further requests may run; null when there is none. To be called until then.
     */
    @Nullable
    ClientState resume() {
        if (blocked.freed()) {
            blocked.toldFreed();
            pause.keysFreed();
        }
        if (blocked.anyToLookAfter()) {
            clock.open();
            clock.tick();
            expire();
            if (!dispatcher.busy()) {
                serveKept();
                serve();
            }
        }
        ClientState client = nextAnswered();
        while (client != null && client.closing()) {
            client = nextAnswered();
        }
        return client;
    }

    private @Nullable ClientState nextAnswered() {
        ClientState client = answered.pollFirst();
        if (client != null) {
            client.unblocked(false);
        }
        return client;
    }

    /** Whoever was answered in this turn has been for good: in the next its waiting is forgotten. */
    void turnEnded() {
        if (!answered.isEmpty()) {
            answered.forEach(client -> client.unblocked(false));
        }
    }

    /** Whether {@link #resume} would have something to do at once. */
    boolean mayResume() {
        return !answered.isEmpty()
                || blocked.freed()
                || (blocked.anyReady() || blocked.nextEnded() != null) && !pause.active(clock.monotonicNs());
    }

    /** Ms until a client has waited long enough; -1 when none will. */
    long nextTimeoutInMs() {
        return blocked.timeouts() == 0 ? -1 : blocked.nextTimeoutInMs(clock.monotonicNs());
    }
}
