package io.duetdb.rest;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.TestConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The HTTP side over the real engine with any number of connections, turn by turn; bytes are shown as Latin-1. */
final class EventFixture {
    /** Holds replies back while it is told to. */
    static final class Gate implements Propagator {
        boolean closed;
        private long safe;

        @Override
        public boolean listening() {
            return true;
        }

        @Override
        public void propagate(int db, Argv effect, long offset) {}

        @Override
        public void turnEnds(long offset) {
            safe = closed ? safe : offset;
        }

        @Override
        public long safeOffset() {
            return safe;
        }
    }

    /** One connection. */
    final class Peer {
        final EmbeddedChannel channel = new EmbeddedChannel(server.newConnection());

        Peer() {
            peers.add(this);
        }

        /** Sends bytes and ends the turn. */
        Peer send(String bytes) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
            turn();
            return this;
        }

        Peer post(String target) {
            return send(RestFixture.request("POST", target, "", "[]"));
        }

        /** What has come since the last time. */
        String read() {
            StringBuilder s = new StringBuilder();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                s.append(part.toString(StandardCharsets.ISO_8859_1));
                part.release();
            }
            return s.toString();
        }

        /** The events that have come since the last time, out of their chunks. */
        String events() {
            String bytes = read();
            StringBuilder s = new StringBuilder();
            int at = 0;
            while (at < bytes.length()) {
                int end = bytes.indexOf("\r\n", at);
                int size = Integer.parseInt(bytes.substring(at, end), 16);
                s.append(bytes, end + 2, end + 2 + size);
                at = end + 2 + size + 2;
            }
            return s.toString();
        }

        /** The caller leaves. */
        void leave() {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            channel.runPendingTasks();
            turn();
        }

        boolean open() {
            return channel.isOpen();
        }
    }

    final ManualClock clock = new ManualClock();
    final Gate gate = new Gate();
    final Settings settings = new Settings(Engine.settings());
    final Engine engine = new Engine(
            EngineOptions.of(settings, clock, 1, 64L << 20).withChecks().withPropagator(gate));
    final RestServer server = new RestServer(
            RestEngines.of(engine, () -> {}, clock),
            RestOptions.of(RestFixture.TOKEN)
                    .withReadOnlyToken(RestFixture.READ_TOKEN)
                    .withSlices(1_000_000, () -> 0)); // however slow the machine, a pipeline is one turn
    private final List<Peer> peers = new ArrayList<>();
    private final Peer caller = new Peer();
    private final TestConnection adminConnection = new TestConnection();
    private final Client admin = engine.connect(adminConnection);

    /** Ends all connections. */
    void close() {
        peers.forEach(peer -> peer.channel.finishAndReleaseAll());
    }

    /** Ends the turn and begins the next. */
    void turn() {
        for (Client resumed = engine.resume(); resumed != null; resumed = engine.resume()) {
            server.resumed(resumed);
            resumed.connection().resume();
        }
        engine.beforeSleep();
        server.turnEnds();
        for (Peer peer : peers) {
            peer.channel.runScheduledPendingTasks();
            peer.channel.runPendingTasks();
            peer.channel.checkException();
        }
    }

    void advance(long seconds) {
        clock.advance(seconds, TimeUnit.SECONDS);
        turn();
    }

    /** A stream that has begun, its head and first event read. */
    Peer stream(String target) {
        Peer peer = new Peer().post(target);
        String head = peer.read();
        if (RestFixture.status(head) != 200) {
            throw new AssertionError(head);
        }
        return peer;
    }

    /** The reply to a command of a client of Redis' kind. */
    Object admin(String... words) {
        engine.execute(admin, new Argv[] {Argv.of(words)}, 1);
        turn();
        return adminConnection.take();
    }

    /** The result of a command of an ordinary caller, as JSON. */
    String call(String... words) {
        String body = "[\"" + String.join("\",\"", words) + "\"]";
        caller.send(RestFixture.request("POST", "/", "", body));
        return RestFixture.brief(caller.read()).replaceFirst("200 \\{\"result\":(.*)}", "$1");
    }
}
