package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.ReplyGate;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.KeyspaceListener;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.stats.Stats;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The way of every request: find the command, check, run it in an execution unit, take back its reply if it fails,
 * count. Requests come in batches, the pipeline of one connection, so that the memory they will touch can be touched
 * ahead ({@link #touchAhead}) and the clock be read once for several.
 */
public final class Dispatcher implements KeyspaceListener {
    /** Requests per batch at most; a front-end cuts longer pipelines. */
    public static final int BATCH_MAX = 32;

    private static final byte[] BUG = "ERR internal error, see the server's log".getBytes(StandardCharsets.US_ASCII);

    private final Services services;
    private final CommandTable table;
    private final TurnClock clock;
    private final Stats stats;
    private final ReplyGate gate;
    private final ExecutionUnit mainUnit;
    private final ExecutionUnit busyUnit;
    private ExecutionUnit unit;

    private final @Nullable Command[] found = new @Nullable Command[BATCH_MAX];
    private final int[] cheap = new int[BATCH_MAX];
    private int cheapCount;
    private boolean loading;

    public Dispatcher(Services services, ReplyGate gate) {
        this.services = services;
        this.table = services.table();
        this.clock = services.clock();
        this.stats = services.stats();
        this.gate = gate;
        this.mainUnit = new ExecutionUnit(services, services.effects());
        this.busyUnit = new ExecutionUnit(services, services.effects());
        this.unit = mainUnit;
        services.keyspace().listener(this);
    }

    Services services() {
        return services;
    }

    /** Whether neither a load nor a suspended unit restricts what may run. */
    boolean quiet() {
        return !loading && unit == mainUnit;
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
        touchAhead(client, batch, n);
        int ran = 0;
        while (ran < n && !client.closing() && !client.suspended()) {
            Argv argv = batch[ran];
            executeOne(client, argv, found[ran]);
            found[ran] = null;
            ran++;
        }
        shareTime();
        return ran;
    }

    /** Finds the commands of a batch, and loads what they will look up before the first of them runs. */
    private void touchAhead(ClientState client, Argv[] batch, int n) {
        Database db = client.db();
        for (int i = 0; i < n; i++) {
            Argv argv = batch[i];
            Command command = argv.count() == 0 ? null : table.find(argv, 0);
            found[i] = command;
            int key = n == 1 || command == null ? 0 : command.firstKey();
            if (key > 0 && key < argv.count()) {
                db.announce(argv, key);
            }
        }
        if (n > 1) {
            db.touchAnnounced();
        }
    }

    private void executeOne(ClientState client, Argv argv, @Nullable Command named) {
        Reply reply = client.connection().reply();
        Command command = named;
        if (command == null) {
            unknown(client, argv, reply);
            return;
        }
        if (command.isContainer() && argv.count() > 1) {
            Command container = command;
            command = CommandTable.subcommand(container, argv, 1);
            if (command == null) {
                refuse(reply, Checks.unknownSubcommand(container, argv));
                return;
            }
        }
        CommandStats counters = stats.command(command.id());
        if (!command.accepts(argv.count())) {
            counters.rejected++;
            refuse(reply, Checks.arity(command));
            return;
        }
        CommandError refusal = Checks.refusal(this, client, command, argv);
        if (refusal != null) {
            counters.rejected++;
            refuse(reply, refusal);
            return;
        }
        counters.calls++;
        stats.commandsProcessed++;
        client.interacted(clock.wallMs(), command.id());
        if (command.cheap()) {
            cheap[cheapCount++] = command.id();
            run(client, command, argv, reply, counters);
        } else {
            shareTime();
            run(client, command, argv, reply, counters);
            counters.timeNs += clock.tick();
            services.keyspace().now(clock.wallMs());
        }
    }

    private void run(ClientState client, Command command, Argv argv, Reply reply, CommandStats counters) {
        CommandFunction function = command.function();
        if (function == null) {
            throw new IllegalStateException("container without a subcommand: " + command);
        }
        long mark = reply.mark();
        Call call = unit.enter(client);
        try {
            function.run(call, argv, reply);
        } catch (CommandError error) {
            counters.failed++;
            stats.errorReplied(error.line());
            reply.rollback(mark);
            reply.error(error.line());
        } catch (RuntimeException | StackOverflowError bug) {
            stats.unexpectedErrors++;
            reply.rollback(mark);
            reply.error(BUG);
            unit.resumed();
            unit.leave(call, argv);
            services.host().bug("while running " + command, bug);
            return;
        }
        if (unit.continuation() != null && unit == mainUnit) {
            unit.suspended(command, argv.copy());
            client.suspended(true);
            unit = busyUnit;
            return;
        }
        if (unit.leave(call, argv)) {
            client.writeOffset(services.effects().offset());
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
        refuse(reply, Checks.unknownCommand(argv));
    }

    private void refuse(Reply reply, CommandError error) {
        stats.errorReplied(error.line());
        reply.error(error.line());
    }

    /** Reads the clock and shares the time since the last reading among the cheap commands that ran. */
    private void shareTime() {
        if (cheapCount == 0) {
            return;
        }
        long each = clock.tick() / cheapCount;
        for (int i = 0; i < cheapCount; i++) {
            stats.command(cheap[i]).timeNs += each;
        }
        cheapCount = 0;
    }

    // ---- suspended units

    /**
     * Goes on with a suspended unit for at most {@code sliceNs}. Returns the client whose command is done now and whose
     * further requests may run, or null.
     */
    public @Nullable ClientState resume(long sliceNs) {
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
        RuntimeException bug = null;
        try {
            done = rest.resume(mainUnit.frame(), reply, clock.monotonicNs() + sliceNs);
        } catch (CommandError error) {
            stats.command(command.id()).failed++;
            stats.errorReplied(error.line());
            reply.rollback(mark);
            reply.error(error.line());
        } catch (RuntimeException e) {
            stats.unexpectedErrors++;
            reply.rollback(mark);
            reply.error(BUG);
            bug = e;
        }
        stats.command(command.id()).timeNs += clock.tick();
        services.keyspace().now(clock.wallMs());
        if (!done) {
            unit = busyUnit;
            return null;
        }
        finish(client);
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

    // ---- what the keyspace does by itself

    /** Expires keys in the background, in a unit of its own. Returns the work done. */
    public int expireCycle(int budget) {
        if (!unit.idle() || busy()) {
            return 0; // time stands still while a unit is suspended
        }
        clock.open();
        services.keyspace().now(clock.wallMs());
        unit.enterCycle();
        try {
            return services.keyspace().expireCycle(budget);
        } finally {
            unit.leaveCycle();
        }
    }

    @Override
    public void expired(Database db, byte[] key, int offset, int length) {
        Effects effects = unit.effects();
        effects.database(db.index());
        effects.command(EffectNames.DEL).arg(key, offset, length);
        services.events().event(KeyEvent.EXPIRED, db.index(), key, offset, length);
    }
}
