package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.keyspace.Keyspace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Does once more what {@link Effects} say was done: the commands of an append-only file. The commands run as they do for
 * clients, without what only makes sense for those: no rights, no statistics of calls, and what they
 * change is no effect again. Between MULTI and EXEC they are kept and run together, so that a stream which was cut
 * between the two leaves nothing of what belonged together.
 */
public final class Replay {
    private static final int CLOCK_EVERY = 64;
    private static final long SLICE_NS = 1_000_000_000;

    private final Services services;
    private final ExecutionUnit unit;
    private final BatchAhead ahead;
    private final @Nullable Command[] found = new @Nullable Command[Dispatcher.BATCH_MAX];
    private final DiscardReply sink = new DiscardReply();
    private final Connection nobody = new Nobody();
    private final List<Argv> kept = new ArrayList<>();
    private @Nullable ClientState client;
    private boolean keeping;
    private int sinceClock;

    public Replay(Services services) {
        this.services = services;
        ahead = new BatchAhead(services);
        unit = new ExecutionUnit(services, new EffectStream(Propagator.NONE, 0), null);
    }

    /** Begins a stream, in database 0: from now on no key's time is over. */
    public void begin() {
        if (client != null) {
            throw new IllegalStateException("a load is under way");
        }
        Keyspace keyspace = services.keyspace();
        client = new ClientState(
                0,
                nobody,
                Dialect.REDIS,
                services.users().defaultUser(),
                true,
                keyspace.db(0),
                services.clock().wallMs());
        keyspace.expiring(false);
    }

    /** Whether a stream was begun and not ended. */
    public boolean underWay() {
        return client != null;
    }

    /** Ends the stream; what follows a MULTI without its EXEC is dropped. Overdue keys expire from now on. */
    public void end() {
        client = null;
        keeping = false;
        kept.clear();
        services.keyspace().expiring(true);
    }

    /**
     * Runs the next command of the stream. Returns whether all of the stream so far was run, which is not so between
     * MULTI and EXEC.
     *
     * @throws CommandError when it is no effect, or failed
     */
    public boolean run(Argv argv) {
        ClientState loader = client;
        if (loader == null) {
            throw new IllegalStateException("no load is under way");
        }
        if (argv.count() == 1 && argv.is(0, "MULTI")) {
            if (keeping) {
                throw new CommandError("ERR MULTI calls can not be nested");
            }
            keeping = true;
        } else if (argv.count() == 1 && argv.is(0, "EXEC")) {
            if (!keeping) {
                throw new CommandError("ERR EXEC without MULTI");
            }
            keeping = false;
            runKept(loader);
        } else if (keeping) {
            command(argv);
            kept.add(argv.copy());
        } else {
            runOne(loader, argv);
        }
        return !keeping;
    }

    /** Runs what belongs together, to the end; the first error is thrown there, for who wants to go on behind it. */
    private void runKept(ClientState loader) {
        CommandError first = null;
        for (Argv one : kept) {
            try {
                runOne(loader, one);
            } catch (CommandError e) {
                first = first == null ? e : first;
            }
        }
        kept.clear();
        if (first != null) {
            throw first;
        }
    }

    /** Loads what the next commands, {@link Dispatcher#BATCH_MAX} at most, will look up before the first of them runs. */
    public void ahead(Argv[] batch, int count) {
        ClientState loader = client;
        if (loader != null && count > 1) {
            ahead.touch(loader.db(), batch, count, found);
        }
    }

    private Command command(Argv argv) {
        Command command = argv.count() == 0 ? null : services.table().findWithSubcommand(argv, 0);
        if (command == null) {
            throw argv.count() == 0 ? new CommandError("ERR an empty command") : Checks.unknownCommand(argv);
        }
        if (!command.is(Flags.WRITE | Flags.MAY_REPLICATE) && !command.name().equals("select")) {
            throw new CommandError("ERR '" + command.name() + "' is not a command that changes data");
        }
        if (!command.accepts(argv.count())) {
            throw Checks.arity(command);
        }
        return command;
    }

    private void runOne(ClientState loader, Argv argv) {
        Command command = command(argv);
        CommandFunction function = command.function();
        if (function == null) {
            throw Checks.arity(command);
        }
        if (command.is(Flags.DENYOOM) && Checks.outOfRoom(services.keyspace(), argv.bytes())) {
            throw Errors.OOM;
        }
        services.clock().open();
        if (++sinceClock >= CLOCK_EVERY) {
            sinceClock = 0;
            services.clock().tick();
        }
        services.keyspace().now(services.clock().wallMs());
        Call call = unit.enter(loader);
        try {
            function.run(call, argv, sink);
            goOn(call);
        } finally {
            unit.resumed();
            unit.leave(call, argv);
        }
        byte[] error = sink.takeError();
        if (error != null) {
            throw new CommandError(error);
        }
    }

    /** A command that would take turns with others has nobody to take turns with. */
    private void goOn(Call call) {
        Continuation rest = unit.continuation();
        while (rest != null && !rest.resume(call, sink, services.clock().monotonicNs() + SLICE_NS)) {
            services.clock().tick();
        }
    }

    /** The connection of a client that is not there. */
    private final class Nobody implements Connection {
        @Override
        public Reply reply() {
            return sink;
        }

        @Override
        public long produced() {
            return 0;
        }

        @Override
        public void release(long position) {}

        @Override
        public void closeAfterReply() {}

        @Override
        public void abort() {}

        @Override
        public String remoteAddress() {
            return "";
        }

        @Override
        public String localAddress() {
            return "";
        }
    }
}
