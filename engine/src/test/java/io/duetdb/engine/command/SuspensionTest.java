package io.duetdb.engine.command;

import static io.duetdb.engine.command.Command.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.acl.User;
import io.duetdb.engine.acl.Users;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Clients;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.client.ReplyGate;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.events.KeyEventListener;
import io.duetdb.engine.events.KeyspaceEvents;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.kit.EffectLog;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.TestConnection;
import io.duetdb.engine.kit.ValueReply;
import io.duetdb.engine.pubsub.PubSub;
import io.duetdb.engine.stats.Stats;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.WatchedKeys;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Units that go on between loop turns: a table of its own, whose SLOW takes as many slices as it is told. */
class SuspensionTest {
    private static final String BUSY =
            "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
    private static final long SLICE_NS = 5_000_000;

    /** What SLOW does in each slice; the last one replies the unit's time. */
    private static final class Slices implements Continuation {
        private final Argv request;
        private long left;

        Slices(Argv request) {
            this.request = request.copy();
            this.left = request.integer(2);
        }

        @Override
        public boolean resume(Call call, Reply reply, long deadlineNs) {
            if (left == -1) {
                throw new CommandError("ERR gave up");
            }
            if (left == -2) {
                throw new IllegalStateException("a bug");
            }
            Database db = call.db();
            db.strings().setInt(request, 1, db.peek(request, 1), left, Database.NO_EXPIRE);
            call.changed(request, 1, KeyEvent.SET, 1);
            if (--left > 0) {
                return false;
            }
            reply.integer(call.nowMs());
            return true;
        }
    }

    private static final List<Command> TABLE = List.of(
            command("SLOW", (call, argv, reply) -> call.suspend(new Slices(argv)))
                    .arity(3)
                    .flags(Flags.WRITE)
                    .keys(KeySpec.first().update()),
            command("PING", (call, argv, reply) -> reply.simple("PONG")).arity(1),
            command("KILL", (call, argv, reply) -> reply.integer(call.nowMs()))
                    .arity(1)
                    .flags(Flags.ALLOW_BUSY),
            command("GETINT", SuspensionTest::getInt)
                    .arity(2)
                    .keys(KeySpec.first().read()),
            command("PUT", SuspensionTest::put)
                    .arity(3)
                    .flags(Flags.WRITE)
                    .keys(KeySpec.first().update()),
            command("DROP", SuspensionTest::drop)
                    .arity(2)
                    .flags(Flags.WRITE)
                    .keys(KeySpec.first().remove()),
            command("GONE", SuspensionTest::gone)
                    .arity(3)
                    .flags(Flags.BLOCKING)
                    .keys(KeySpec.first().look()));

    private static void getInt(Call call, Argv argv, Reply reply) {
        long e = call.db().find(argv, 1);
        if (e == 0) {
            reply.nil();
        } else {
            reply.integer(call.db().strings().intValue(e));
        }
    }

    private static void put(Call call, Argv argv, Reply reply) {
        call.db().strings().set(argv, 1, call.db().peek(argv, 1), 2, call.nowMs() + 1000);
        call.changed(argv, 1, KeyEvent.SET, 1);
        reply.ok();
    }

    private static void drop(Call call, Argv argv, Reply reply) {
        call.db().delete(argv, 1);
        call.changed(argv, 1, KeyEvent.DEL, 1);
        reply.ok();
    }

    /** Waits until there is no such key, whatever happens to it meanwhile. */
    private static void gone(Call call, Argv argv, Reply reply) {
        if (call.db().peek(argv, 1) == 0 || !call.block(1, 1, null, argv.integer(2))) {
            reply.integer(call.again() ? 1 : 0);
        }
    }

    private final ManualClock clock = new ManualClock();
    private final EffectLog effects = new EffectLog();
    private final Stats stats;
    private final Keyspace keyspace;
    private final Dispatcher dispatcher;
    private final ReplyGate gate = new ReplyGate();
    private final TurnClock turn = new TurnClock(clock);
    private final User user;
    private final EffectStream stream = new EffectStream(effects, 0);
    private long clients;

    private final TestConnection connection = new TestConnection();
    private final ClientState client;
    private final TestConnection otherConnection = new TestConnection();
    private final ClientState other;

    SuspensionTest() {
        CommandTable table = new CommandTable(TABLE);
        RandomSource random = new RandomSource(1);
        stats = new Stats(table.byId().size());
        keyspace =
                new Keyspace(2, BlockSource.PLAIN, 32L << 20, true, new KeyedHash(1, 2), random, stats, clock.nowMs());
        user = new User(Users.DEFAULT, table.byId().size());
        user.allowEverything();
        Pushes pushes = new Pushes();
        KeyedHash names = keyspace.keyHash();
        Clients connected = new Clients();
        PubSub pubsub = new PubSub(names, pushes);
        dispatcher = new Dispatcher(
                new Services(
                        table,
                        keyspace,
                        new Users(user),
                        connected,
                        pushes,
                        new WatchedKeys(2, names),
                        new BlockedClients(2, names),
                        new Tracking(names, connected, pushes, random),
                        pubsub,
                        new Settings(EngineSettings.LIST),
                        stats,
                        new KeyspaceEvents(pubsub, KeyEventListener.NONE),
                        Host.NONE,
                        turn,
                        random,
                        stream,
                        "run"),
                gate);
        client = connect(connection);
        other = connect(otherConnection);
    }

    private ClientState connect(TestConnection to) {
        return new ClientState(++clients, to, Dialect.REDIS, user, true, keyspace.db(0), clock.nowMs());
    }

    private int execute(ClientState who, String... lines) {
        Argv[] batch = new Argv[lines.length];
        for (int i = 0; i < lines.length; i++) {
            batch[i] = Argv.of(EngineFixture.words(lines[i]));
        }
        return dispatcher.execute(who, batch, batch.length);
    }

    private void turnEnds() {
        gate.turnEnds(effects, stream.offset(), stream.commandOffset());
        turn.close();
    }

    @Test
    void theReplyComesWithTheLastSliceAndTimeStoodStill() {
        long began = clock.nowMs();
        assertThat(execute(client, "SLOW k 3", "PING"))
                .as("the next request waits")
                .isEqualTo(1);
        assertThat(dispatcher.busy()).isTrue();
        assertThat(client.suspended()).isTrue();
        assertThat(execute(client, "PING")).as("still").isZero();
        turnEnds();
        for (int slice = 0; slice < 2; slice++) {
            clock.advance(10, TimeUnit.MILLISECONDS);
            assertThat(dispatcher.resume(SLICE_NS)).isNull();
            turnEnds();
            assertThat(connection.released()).isZero();
        }
        clock.advance(10, TimeUnit.MILLISECONDS);
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(client);
        turnEnds();
        assertThat(connection.released()).isEqualTo(1);
        assertThat(connection.take()).isEqualTo(began);
        assertThat(dispatcher.busy()).isFalse();
        assertThat(dispatcher.resume(SLICE_NS)).isNull();
        assertThat(execute(client, "PING")).isEqualTo(1);
        assertThat(connection.take()).isEqualTo("PONG");
    }

    @Test
    void othersAreBusyButForWhatIsAllowed() {
        execute(client, "SLOW k 2");
        assertThat(execute(other, "PING", "NOPE", "PING x")).isEqualTo(3);
        assertThat(otherConnection.takeAll())
                .containsExactly(
                        new ValueReply.Failure(BUSY),
                        new ValueReply.Failure("ERR unknown command 'NOPE', with args beginning with: "),
                        new ValueReply.Failure("ERR wrong number of arguments for 'ping' command"));
        turnEnds();
        clock.advance(7, TimeUnit.MILLISECONDS);
        execute(other, "KILL");
        assertThat(otherConnection.take()).as("has its own time").isEqualTo(clock.nowMs());
        dispatcher.resume(SLICE_NS);
        dispatcher.resume(SLICE_NS);
        execute(other, "PING");
        assertThat(otherConnection.take()).isEqualTo("PONG");
    }

    @Test
    void effectsLeaveWithTheWholeUnitAsTheRequestThatCausedThem() {
        execute(client, "SLOW k 2");
        dispatcher.resume(SLICE_NS);
        assertThat(effects.take()).isEmpty();
        assertThat(client.writeOffset()).isZero();
        dispatcher.resume(SLICE_NS);
        assertThat(effects.take()).containsExactly("SLOW k 2");
        assertThat(client.writeOffset()).isEqualTo(1);
    }

    @Test
    void nothingExpiresForAUnitWhoseTimeStands() {
        execute(other, "PUT k 5");
        execute(client, "SLOW x 2");
        turnEnds();
        clock.advance(5, TimeUnit.SECONDS);
        execute(other, "KILL"); // moves the keyspace's time for itself
        dispatcher.resume(SLICE_NS);
        assertThat(dispatcher.expireCycle(100)).isZero();
        assertThat(keyspace.db(0).size()).isEqualTo(2);
        dispatcher.resume(SLICE_NS);
        otherConnection.takeAll();
        execute(other, "GETINT k");
        assertThat(otherConnection.take()).isNull();
        assertThat(effects.take()).containsExactly("PUT k 5", "SLOW x 2", "DEL k");
    }

    @Test
    void anErrorInASliceEndsTheUnit() {
        execute(client, "SLOW k -1");
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(client);
        assertThat(connection.take()).isEqualTo(new ValueReply.Failure("ERR gave up"));
        execute(other, "PING");
        assertThat(otherConnection.take()).isEqualTo("PONG");
        assertThat(stats.errors().total()).isEqualTo(1);
    }

    @Test
    void aBugInASliceEndsTheUnitToo() {
        execute(client, "SLOW k -2");
        assertThatThrownBy(() -> dispatcher.resume(SLICE_NS)).hasRootCauseMessage("a bug");
        assertThat(connection.take()).isEqualTo(new ValueReply.Failure("ERR internal error, see the server's log"));
        assertThat(client.suspended()).isFalse();
        execute(other, "PING");
        assertThat(otherConnection.take()).isEqualTo("PONG");
    }

    @Test
    void aClientMayWaitForAKeyToEnd() {
        execute(other, "GONE k 0");
        assertThat(otherConnection.take()).isEqualTo(0L);
        execute(client, "PUT k 1");
        execute(other, "GONE k 0");
        execute(client, "PUT k 2");
        assertThat(other.suspended()).as("it ran again, and waits on").isTrue();
        execute(client, "DROP k");
        assertThat(otherConnection.take()).isEqualTo(1L);
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(other);
        assertThat(stats.command(commandId("GONE")).calls).isEqualTo(2);
    }

    private int commandId(String name) {
        for (Command command : dispatcher.services().table().byId()) {
            if (command.name().equalsIgnoreCase(name)) {
                return command.id();
            }
        }
        throw new IllegalArgumentException(name);
    }

    @Test
    void whatExpiresByItselfIsNoticedInTheNextTurn() {
        execute(client, "PUT k 1");
        execute(other, "GONE k 0");
        turnEnds();
        clock.advance(2, TimeUnit.SECONDS);
        assertThat(dispatcher.expireCycle(100)).isPositive();
        assertThat(dispatcher.mayResume()).isTrue();
        turnEnds();
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(other);
        assertThat(otherConnection.take()).isEqualTo(1L);
        assertThat(dispatcher.mayResume()).isFalse();
    }

    @Test
    void whoWaitsIsNotServedWhileAUnitIsSuspendedButHisTimeEnds() {
        execute(other, "PUT k 1");
        execute(other, "GONE k 5");
        otherConnection.takeAll();
        execute(client, "SLOW k 3");
        turnEnds();
        assertThat(dispatcher.resume(SLICE_NS)).isNull();
        turnEnds();
        assertThat(otherConnection.pending()).isZero();
        clock.advance(5, TimeUnit.MILLISECONDS);
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(other);
        assertThat(otherConnection.take()).isNull();
        assertThat(dispatcher.resume(SLICE_NS)).isNull();
        turnEnds();
        assertThat(dispatcher.resume(SLICE_NS)).isSameAs(client);
    }
}
