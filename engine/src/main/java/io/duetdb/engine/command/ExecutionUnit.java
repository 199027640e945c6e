package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.stats.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens atomically with time frozen: one command, one transaction, one script with all it calls. Call frames,
 * time and effects belong to the unit and not to the Java stack, so that it can be suspended: a {@link Continuation}
 * keeps its place while the loop turns, and everybody else is answered BUSY.
 */
final class ExecutionUnit {
    private final Services services;
    private final Effects effects;
    private final List<Call> frames = new ArrayList<>();
    private int depth;
    private boolean inCycle;
    private long nowMs;
    private final KeyChanges changes;
    private final CachedReads reads;
    private boolean parked;
    private @Nullable Continuation continuation;
    private @Nullable ClientState client;
    private @Nullable Command command;
    private Argv request = new Argv();
    private long spentNs;
    private long nestedNs;
    private boolean changed;
    private final @Nullable Watch watch;

    /** A unit whose effects go to {@code stream}; {@code watch} is told of what runs nested in it. */
    ExecutionUnit(Services services, EffectStream stream, @Nullable Watch watch) {
        this.watch = watch;
        this.services = services;
        this.effects = new Effects(stream);
        this.changes = new KeyChanges(services);
        this.reads = new CachedReads(services);
    }

    Effects effects() {
        return effects;
    }

    long nowMs() {
        return nowMs;
    }

    /** Who is told of changed keys. */
    KeyChanges changes() {
        return changes;
    }

    /** Who is told what clients read. */
    CachedReads reads() {
        return reads;
    }

    /** The client whose command runs now; null in a cycle, and where none runs. */
    @Nullable
    ClientState present() {
        return depth == 0 || inCycle ? null : frames.get(0).client();
    }

    /** Begins the unit, or a call within it. */
    Call enter(ClientState forClient) {
        if (depth == 0) {
            effects.begin();
            nowMs = services.clock().wallMs();
            changed = false;
        }
        if (frames.size() == depth) {
            frames.add(new Call(services, this));
        }
        Call call = frames.get(depth);
        depth++;
        call.begin(forClient, depth);
        effects.database(forClient.db().index());
        return call;
    }

    /**
     * Ends a call; with the outermost one the unit, whose effects leave. Returns whether anything was changed since the
     * unit began.
     */
    boolean leave(Call call, Argv argv) {
        changed |= call.finish(argv, depth == 1);
        depth--;
        if (depth == 0) {
            effects.end(true);
        }
        return changed;
    }

    /** Begins a unit without a client: what the engine does by itself, a cycle of expiry. */
    void enterCycle() {
        effects.begin();
        nowMs = services.clock().wallMs();
        depth++;
        inCycle = true;
    }

    void leaveCycle() {
        inCycle = false;
        depth--;
        effects.end(false);
    }

    /**
     * Runs a command within the one that runs now, a transaction or script: its error is its reply, time stands still,
     * its effects join the unit's.
     */
    void runNested(ClientState forClient, Command nested, Argv argv, Reply reply) {
        CommandFunction function = nested.function();
        if (function == null) {
            throw new IllegalStateException("container without a subcommand: " + nested);
        }
        CommandStats counters = services.stats().command(nested.id());
        if (nested.is(Flags.DENYOOM) && Checks.outOfRoom(services.keyspace(), argv.bytes())) {
            counters.rejected++;
            services.stats().errorReplied(Errors.OOM.line());
            reply.error(Errors.OOM);
            return; // the reserve is for one command that has begun, not for many
        }
        counters.calls++;
        services.stats().commandsProcessed++;
        long before = nestedNs;
        nestedNs = 0;
        long mark = reply.mark();
        Call call = enter(forClient);
        try {
            function.run(call, argv, reply);
        } catch (CommandError error) {
            counters.failed++;
            services.stats().errorReplied(error.line());
            reply.rollback(mark);
            reply.error(error.line());
        } finally {
            leave(call, argv);
        }
        if (forClient.tracking() != null) {
            reads.read(forClient, nested, argv);
        }
        long ns = services.clock().tick() + nestedNs;
        nestedNs = before + ns;
        counters.timeNs += ns;
        if (services.stats().latencyTracking()) {
            counters.took(LatencyHistogram.bucket(ns), 1);
        }
        Watch witness = watch;
        if (witness != null) {
            if (ns >= witness.slowNs()) {
                witness.slow(forClient, nested, argv, ns);
            }
            witness.ran(forClient, nested, argv);
        }
    }

    /** The time of what ran nested since the last call of this: the clock was read behind it. */
    long takeNested() {
        long ns = nestedNs;
        nestedNs = 0;
        return ns;
    }

    boolean idle() {
        return depth == 0;
    }

    // ---- suspension

    /** Adds the time of a slice of the suspended command. */
    void spent(long ns) {
        spentNs += ns;
    }

    /** The time of all slices, which is forgotten here. */
    long takeSpent() {
        long ns = spentNs;
        spentNs = 0;
        return ns;
    }

    /** Whether the command that has returned is not done: it is suspended, or waits for a key. */
    boolean parked() {
        return parked;
    }

    /** Says that the outermost command waits for a key. */
    void park() {
        parked = true;
    }

    /** The waiting was noted. */
    void unpark() {
        parked = false;
    }

    void suspend(Continuation rest, ClientState forClient) {
        if (depth != 1) {
            throw new IllegalStateException("only the outermost call of a unit can be suspended");
        }
        parked = true;
        continuation = rest;
        client = forClient;
    }

    /** Keeps what the suspended call was asked: its argv was the front-end's. Takes ownership of the copy. */
    void suspended(Command value, Argv copy) {
        command = value;
        request = copy;
    }

    /** The request of the suspended call. */
    Argv request() {
        return request;
    }

    @Nullable
    Continuation continuation() {
        return continuation;
    }

    @Nullable
    ClientState client() {
        return client;
    }

    @Nullable
    Command command() {
        return command;
    }

    Call frame() {
        return frames.get(0);
    }

    void resumed() {
        parked = false;
        continuation = null;
        client = null;
        command = null;
        request = new Argv();
    }
}
