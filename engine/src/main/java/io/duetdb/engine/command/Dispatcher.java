package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.blocking.Blocked;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Pause;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.client.ReplyGate;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.stats.LatencyHistogram;
import io.duetdb.engine.stats.Stats;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The way of every request: find the command, check, run it in an execution unit, take back its reply if it fails,
 * count. Requests come in batches, the pipeline of one connection, so that the memory they will touch can be touched
 * ahead ({@link BatchAhead}) and the clock be read once for several.
 */
public final class Dispatcher {
    /** Requests per batch at most; a front-end cuts longer pipelines. */
    public static final int BATCH_MAX = 32;

    /** Postponed requests that run in one turn at most. */
    private static final int RESUMED_MAX = 256;

    private static final Argv[] NONE = {};
    private static final byte[] BUG = "ERR internal error, see the server's log".getBytes(StandardCharsets.US_ASCII);

    private final Services services;
    private final CommandTable table;
    private final BatchAhead ahead;
    private final TurnClock clock;
    private final Stats stats;
    private final ReplyGate gate;
    private final Pause pause;
    private final Watch watch;
    private final Queueing queueing;
    private final Argv[] exec = {Argv.of("EXEC")};
    private final Pushes pushes;
    private final BlockedClients blocked;
    private final Unblocking unblocking;
    private final ExecutionUnit mainUnit;
    private final ExecutionUnit busyUnit;
    private ExecutionUnit unit;

    private final @Nullable Command[] found = new @Nullable Command[BATCH_MAX];
    private final int[] cheap = new int[BATCH_MAX];
    private int cheapCount;
    private Argv[] batch = NONE;
    private int position;
    private int groupFrom;
    private boolean loading;
    private @Nullable CommandError storageRefusal;
    private boolean restricted; // one look for the two before it
    private int resumedInTurn;

    public Dispatcher(Services services, ReplyGate gate) {
        this.services = services;
        this.table = services.table();
        this.ahead = new BatchAhead(services);
        this.clock = services.clock();
        this.stats = services.stats();
        this.gate = gate;
        this.pause = services.clients().pause();
        this.watch = new Watch(services);
        this.queueing = new Queueing(services, watch);
        this.pushes = services.pushes();
        this.blocked = services.blocked();
        this.unblocking = new Unblocking(this, services, gate);
        this.mainUnit = new ExecutionUnit(services, services.effects(), watch);
        this.busyUnit = new ExecutionUnit(services, services.effects(), watch);
        this.unit = mainUnit;
        services.keyspace().listener(new KeyspaceNews(this));
    }

    Services services() {
        return services;
    }

    /** The unit in which commands run now. */
    ExecutionUnit unit() {
        return unit;
    }

    /** Whether neither a load, a failing disk, a suspended unit, a pause nor held keys restrict what may run. */
    boolean quiet() {
        return !restricted && unit == mainUnit && !pause.active() && !blocked.holding();
    }

    /** Why nothing that writes may run now, or null. */
    @Nullable
    CommandError storageRefusal() {
        return storageRefusal;
    }

    /** Says why nothing that writes may run in the next turn, or null. */
    public void storageRefuses(@Nullable CommandError why) {
        storageRefusal = why;
        restricted = loading || why != null;
    }

    /** Whether a pause makes a command of these flags wait. It never does so for those in MONITOR. */
    boolean paused(ClientState client, int flags) {
        return pause.active(clock.monotonicNs())
                && (pause.all() || (flags & (Flags.WRITE | Flags.MAY_REPLICATE)) != 0)
                && !client.monitoring();
    }

    /** Whether a suspended unit is under way. */
    public boolean busy() {
        return unit == busyUnit;
    }

    boolean loading() {
        return loading;
    }

    /** Says whether data is being loaded: only commands flagged LOADING run. */
    public void loading(boolean value) {
        loading = value;
        restricted = value || storageRefusal != null;
    }

    /**
     * Runs the requests of one client in order. Returns how many ran: fewer than {@code count} when the client was
     * closed or its last command is under way without a reply; the rest must be offered again, or dropped.
     */
    public int execute(ClientState client, Argv[] batch, int count) {
        int n = Math.min(count, BATCH_MAX);
        clock.open();
        services.keyspace().now(clock.wallMs());
        gate.touch(client);
        ahead.touch(client.db(), batch, n, found);
        this.batch = batch;
        groupFrom = 0;
        int ran = 0;
        while (ran < n && !client.closing() && !client.suspended()) {
            position = ran;
            executeOne(client, batch[ran], found[ran]);
            found[ran] = null;
            ran++;
            if (blocked.anyReady() || !pushes.isEmpty()) {
                settle(client);
            }
        }
        shareTime(client);
        this.batch = NONE;
        return ran;
    }

    private void executeOne(ClientState client, Argv argv, @Nullable Command named) {
        if (client.special() || watch.closely()) {
            executeWatched(client, argv, named);
            return;
        }
        Reply reply = client.connection().reply();
        Command command = admit(client, argv, named, reply);
        if (command == null) {
            return;
        }
        if (command.cheap()) {
            cheap[cheapCount++] = command.id();
            run(client, command, argv, reply);
        } else {
            shareTime(client);
            timed(client, command, argv, reply);
        }
    }

    /** The same with all that a special client or somebody who watches wants. */
    private void executeWatched(ClientState client, Argv argv, @Nullable Command named) {
        Reply reply = client.connection().reply();
        long mark = reply.mark();
        client.commandBegins();
        Command command = admit(client, argv, named, reply);
        boolean runs = command != null && !queueing.queued(client, command, argv, reply);
        if (command != null && runs) {
            shareTime(client);
            clock.tick();
            services.keyspace().touching(!client.noTouch() || command.is(Flags.TOUCHES));
            timed(client, command, argv, reply);
            services.keyspace().touching(true);
            mainUnit.reads().read(client, command, argv);
        }
        if (!client.suspended()) {
            mainUnit.reads().ended(client, command, argv);
            if (client.commandEnds()) {
                reply.rollback(mark);
            }
        }
        if (command != null && runs) {
            watch.ran(client, command, argv);
        }
    }

    /**
     * Queues a request for {@link #exec}, for a client that cannot send MULTI itself. Returns why it cannot be queued, or
     * null.
     */
    public @Nullable CommandError queue(ClientState client, Argv argv) {
        clock.open();
        services.keyspace().now(clock.wallMs());
        return queueing.queue(this, client, argv);
    }

    /** Runs what was queued for a client by {@link #queue}: EXEC, which replies, or has to wait for the end of a pause. */
    public int exec(ClientState client) {
        client.transactionOrNew().complete();
        return execute(client, exec, 1);
    }

    /** The command to run; null when the request was answered, or has to wait. */
    private @Nullable Command admit(ClientState client, Argv argv, @Nullable Command named, Reply reply) {
        Command command = named;
        if (command == null) {
            unknown(client, argv, reply);
            return null;
        }
        if (command.isContainer() && argv.count() > 1) {
            Command container = command;
            command = CommandTable.subcommand(container, argv, 1);
            if (command == null) {
                refuse(client, null, argv, reply, Checks.unknownSubcommand(container, argv));
                return null;
            }
        }
        CommandStats counters = stats.command(command.id());
        CommandError refusal = Checks.refusal(this, client, command, argv);
        if (refusal == Checks.WAIT) {
            client.interacted(clock.wallMs(), command.id());
            pause.postpone(client, argv);
            return null;
        }
        if (refusal != null) {
            counters.rejected++;
            refuse(client, command, argv, reply, refusal);
            return null;
        }
        counters.calls++;
        stats.commandsProcessed++;
        client.interacted(clock.wallMs(), command.id());
        return command;
    }

    /** Runs a command and reads the clock behind it. */
    private void timed(ClientState client, Command command, Argv argv, Reply reply) {
        run(client, command, argv, reply);
        long ns = clock.tick() + unit.takeNested();
        services.keyspace().now(clock.wallMs());
        groupFrom = position + 1;
        if (!client.suspended()) {
            took(client, command, argv, ns);
            return;
        }
        Blocked waits = blocked.of(client);
        if (waits != null) {
            waits.spent(ns);
        } else {
            mainUnit.spent(ns);
        }
    }

    /** Counts the time of a command that has ended. */
    void took(ClientState client, Command command, Argv argv, long ns) {
        CommandStats counters = stats.command(command.id());
        counters.timeNs += ns;
        if (stats.latencyTracking()) {
            counters.took(LatencyHistogram.bucket(ns), 1);
        }
        if (ns >= watch.slowNs()) {
            watch.slow(client, command, argv, ns);
        }
    }

    /** Runs a command's function in the present unit. Afterwards the client is answered, or suspended. */
    void run(ClientState client, Command command, Argv argv, Reply reply) {
        CommandFunction function = command.function();
        if (function == null) {
            throw new IllegalStateException("container without a subcommand: " + command);
        }
        long mark = reply.mark();
        Call call = unit.enter(client);
        try {
            function.run(call, argv, reply);
        } catch (CommandError error) {
            stats.command(command.id()).failed++;
            stats.errorReplied(error.line());
            reply.rollback(mark);
            reply.error(error.line());
        } catch (RuntimeException | Error bug) {
            broken(command, bug, reply, mark);
            unit.resumed();
            unit.leave(call, argv);
            services.host().bug("while running " + command, bug);
            return;
        }
        if (unit.parked()) {
            park(client, command, argv, call);
            return;
        }
        if (unit.leave(call, argv)) {
            client.writeOffset(services.effects().offset());
        }
    }

    /** Answers a bug; tells the host before any effect leaves, so that it can end what must not go on. */
    private void broken(Command command, Throwable bug, Reply reply, long mark) {
        stats.unexpectedErrors++;
        if (command.is(Flags.WRITE | Flags.RUNS_QUEUED)) {
            services.host().halfDone("while running " + command, bug);
        }
        reply.rollback(mark);
        reply.error(BUG);
    }

    /** The command has returned without a reply: it goes on in slices, or its client waits for a key. */
    private void park(ClientState client, Command command, Argv argv, Call call) {
        unit.unpark();
        client.suspended(true);
        if (unit.continuation() != null) {
            unit.suspended(command, argv.copy());
            unit = busyUnit;
            return;
        }
        unit.leave(call, argv);
        if (blocked.of(client) == null) {
            stats.command(command.id()).calls--; // it counts as called when it has been answered
            call.await(blocked, command, argv.copy());
        }
    }

    private void unknown(ClientState client, Argv argv, Reply reply) {
        if (argv.count() == 0) {
            return; // an empty request has no answer
        }
        if (argv.is(0, "POST") || argv.is(0, "HOST:")) {
            // Somebody's browser was made to talk to us: nothing of what follows may run.
            services.host()
                    .log("Possible SECURITY ATTACK detected: somebody sends POST or Host: commands to the RESP port,"
                            + " connection " + client.connection().remoteAddress() + " aborted.");
            client.closing(true);
            client.connection().abort();
            return;
        }
        refuse(client, null, argv, reply, Checks.unknownCommand(argv));
    }

    private void refuse(ClientState client, @Nullable Command command, Argv argv, Reply reply, CommandError why) {
        CommandError error = queueing.refused(client, command, argv, why);
        stats.errorReplied(error.line());
        reply.error(error.line());
    }

    /** Reads the clock and shares the time since the last reading among the cheap commands that ran. */
    private void shareTime(ClientState client) {
        if (cheapCount == 0) {
            return;
        }
        long ns = clock.tick();
        long each = ns / cheapCount;
        int bucket = stats.latencyTracking() ? LatencyHistogram.bucket(each) : -1;
        int from = 0;
        while (from < cheapCount) { // pipelines repeat themselves: one addition for a run of the same command
            int id = cheap[from];
            int to = from + 1;
            while (to < cheapCount && cheap[to] == id) {
                to++;
            }
            CommandStats counters = stats.command(id);
            counters.timeNs += each * (to - from);
            if (bucket >= 0) {
                counters.took(bucket, to - from);
            }
            from = to;
        }
        if (ns >= watch.slowNs()) {
            watch.slowGroup(client, batch, groupFrom, position, ns);
        }
        cheapCount = 0;
        groupFrom = position;
    }

    // ---- clients that wait for keys, and what others are told

    /** Writes the messages that are on their way. */
    void deliver() {
        pushes.deliver(gate, services.effects().propagator(), services.effects().offset());
        for (ClientState lost = pushes.nextLost(); lost != null; lost = pushes.nextLost()) {
            String who = lost.connection().remoteAddress();
            services.host().log("Client " + who + " closed: one command set off more messages than may wait for it.");
            lost.closing(true);
            lost.connection().abort();
        }
    }

    /** What a unit set off: messages are written, clients whose keys are ready run again. */
    private void settle(@Nullable ClientState cause) {
        if (busy()) {
            return; // the unit that set it off is not done
        }
        if (cause != null) {
            shareTime(cause);
        }
        deliver();
        if (blocked.anyReady()) {
            unblocking.serve();
        }
    }

    /** Ms until a client has waited long enough; -1 when none will. */
    public long nextTimeoutInMs() {
        return unblocking.nextTimeoutInMs();
    }

    // ---- postponed requests

    /** Whether there are requests that waited for a pause, which is over. */
    public boolean mayResume() {
        return unblocking.mayResume() || pause.anybody() && !pause.active(clock.monotonicNs());
    }

    /** Time to the end of a pause in ms; -1 when there is none. */
    public long pauseLeftMs() {
        return pause.active() ? pause.leftMs(clock.monotonicNs()) : -1;
    }

    /** A turn ends: who is told of it as a whole is told now. In the next one postponed requests may run again. */
    public void turnEnded() {
        resumedInTurn = 0;
        unblocking.turnEnded();
        if (services.tracking().turnHasNews() && !busy()) {
            services.tracking().turnEnds();
            deliver();
        }
    }

    /** Runs requests that were postponed, if the pause is over, until one has replied. Returns its client, or null. */
    private @Nullable ClientState resumePostponed() {
        clock.open();
        clock.tick();
        services.keyspace().now(clock.wallMs());
        while (pause.anybody() && !pause.active(clock.monotonicNs()) && resumedInTurn < RESUMED_MAX) {
            ClientState client = pause.next();
            if (client == null) {
                return null;
            }
            resumedInTurn++;
            gate.touch(client);
            Argv request = pause.take(client);
            executeOne(client, request, table.find(request, 0));
            shareTime(client);
            settle(null);
            if (!client.suspended()) {
                return client;
            }
        }
        return null;
    }

    // ---- suspended units

    /**
     * Runs a request that waited for the end of a pause, or goes on with a suspended unit for at most {@code sliceNs}.
     * Returns the client whose command is done now and whose further requests may run; null when there is no more to do
     * in this turn.
     */
    public @Nullable ClientState resume(long sliceNs) {
        ClientState answered = unblocking.resume();
        if (answered == null && pause.anybody()) {
            answered = resumePostponed();
        }
        if (answered != null) {
            return answered;
        }
        Continuation rest = mainUnit.continuation();
        ClientState client = mainUnit.client();
        Command command = mainUnit.command();
        if (rest == null || client == null || command == null) {
            return null;
        }
        clock.open();
        clock.tick();
        services.keyspace().now(mainUnit.nowMs()); // others moved it; here it stands still
        unit = mainUnit;
        Reply reply = client.connection().reply();
        long mark = reply.mark();
        boolean done = true;
        Throwable bug = null;
        try {
            done = rest.resume(mainUnit.frame(), reply, clock.monotonicNs() + sliceNs);
        } catch (CommandError error) {
            stats.command(command.id()).failed++;
            stats.errorReplied(error.line());
            reply.rollback(mark);
            reply.error(error.line());
        } catch (RuntimeException | Error e) {
            broken(command, e, reply, mark);
            bug = e;
        }
        mainUnit.spent(clock.tick() + mainUnit.takeNested());
        services.keyspace().now(clock.wallMs());
        if (!done) {
            unit = busyUnit;
            return null;
        }
        took(client, command, mainUnit.request(), mainUnit.takeSpent());
        if (client.special() && client.commandEnds()) {
            reply.rollback(mark);
        }
        finish(client);
        settle(null);
        if (bug != null) {
            services.host().bug("while going on with " + command, bug);
        }
        return client;
    }

    /** Ends the suspended unit, whose command has replied. */
    private void finish(ClientState client) {
        Argv request = mainUnit.request();
        mainUnit.resumed();
        if (mainUnit.leave(mainUnit.frame(), request)) {
            client.writeOffset(services.effects().offset());
        }
        client.suspended(false);
        gate.touch(client);
    }

    /** The keyspace has become an earlier one again: who watches or waits for keys is to look once more. */
    public void rolledBack() {
        blocked.anotherTime();
        mainUnit.changes().rolledBack();
        settle(null);
    }

    /** All keys are going to be deleted, by nobody's command: who watches keys is told. */
    public void emptying() {
        unit.changes().rolledBack();
    }

    /** Expires keys in the background, in a unit of its own. Returns the work done. */
    public int expireCycle(int budget) {
        if (!unit.idle() || busy() || pause.active(clock.monotonicNs())) {
            return 0; // time stands still while a unit is suspended, and a pause wants the data to stay as it is
        }
        clock.open();
        services.keyspace().now(clock.wallMs());
        unit.enterCycle();
        try {
            return services.keyspace().expireCycle(budget);
        } finally {
            unit.leaveCycle();
            deliver();
        }
    }
}
