package io.duetdb.resp;

import static io.duetdb.resp.ServerKit.ask;
import static io.duetdb.resp.ServerKit.read;
import static io.duetdb.resp.ServerKit.readAll;
import static io.duetdb.resp.ServerKit.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.Threads;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Subscribers who read too slowly: cut off at their class's limits, while the others get every message. */
@Timeout(60)
class SubscribersTest {
    private static final String SUBSCRIBED = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";
    private static final int PAYLOAD = 20_000;
    private static final int ROUNDS = 2000;
    private static final String PUBLISH =
            "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$" + PAYLOAD + "\r\n" + "x".repeat(PAYLOAD) + "\r\n";
    private static final int MESSAGE_BYTES = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$20000\r\n\r\n".length() + PAYLOAD;

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::available);
    }

    /** The engine behind sockets, with a clock that stands still until it is moved. */
    private static final class Rig implements AutoCloseable {
        final List<String> log = Collections.synchronizedList(new ArrayList<>());
        final ManualClock clock = new ManualClock();
        final IoEventLoopGroup group;
        final LoopTurn turn;
        final RespServer server;
        final int port;

        Rig(Transport transport, String limits) throws Exception {
            Settings settings = new Settings(Engine.settings(), RespSettings.LIST);
            settings.set("client-output-buffer-limit", limits);
            Engine engine = new Engine(EngineOptions.of(settings, clock, 1, 64L << 20));
            group = transport.newGroup();
            turn = new LoopTurn(
                    group.next(),
                    new TurnDuties() {
                        @Override
                        public @Nullable Client resume() {
                            return engine.resume();
                        }

                        @Override
                        public void beforeSleep() {
                            engine.beforeSleep();
                        }

                        @Override
                        public long nextDutyInMs() {
                            return engine.nextDutyInMs();
                        }
                    },
                    TurnGuard.NONE);
            Host host = new Host() {
                @Override
                public void log(String message) {
                    log.add(message);
                }
            };
            server = new RespServer(turn, RespEngine.of(engine), settings, clock, host);
            port = server.bind(transport.serverChannel(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        /** A socket whose own buffer is small, so that what it doesn't read waits at the server. */
        Socket connect() throws IOException {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(16 * 1024);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        }

        void advance(long seconds) throws Exception {
            turn.loop().submit(() -> clock.advance(seconds, TimeUnit.SECONDS)).get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            server.close();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    /** Publishes so many messages and returns to how many the last one was sent. */
    private static int publish(Socket publisher, int count) throws IOException {
        String receivers = "";
        for (int i = 0; i < count; i++) {
            receivers = ask(publisher, PUBLISH, ":n\r\n");
        }
        return receivers.charAt(1) - '0';
    }

    private static CompletableFuture<Void> reads(Socket socket, int messages) {
        return Threads.run(() -> {
            try {
                socket.getInputStream().skipNBytes((long) messages * MESSAGE_BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Waits until a subscriber is cut off: nobody of its channel is left but {@code others}. */
    private static void awaitSubscribers(Socket asking, int others) throws IOException {
        String request = "*3\r\n$6\r\nPUBSUB\r\n$6\r\nNUMSUB\r\n$1\r\nc\r\n";
        String wanted = "*2\r\n$1\r\nc\r\n:" + others + "\r\n";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ask(asking, request, wanted).equals(wanted)) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoDoesNotReadIsCutOffAtTheHardLimitAndTheOthersGetAll(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport, "pubsub 2mb 0 0");
                Socket slow = rig.connect();
                Socket good = rig.connect();
                Socket publisher = rig.connect()) {
            assertThat(ask(slow, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            assertThat(ask(good, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            int count = 600; // 12 MB: what the kernel takes, and more than the limit
            int receivers = 0;
            for (int i = 0; i < 10; i++) { // however busy the machine is, the good one is never behind by the limit
                CompletableFuture<Void> some = reads(good, count / 10);
                receivers = publish(publisher, count / 10);
                some.get(20, TimeUnit.SECONDS);
            }
            assertThat(receivers).as("receivers of the last").isEqualTo(1);
            assertThat(rig.log).hasSize(1).first().asString().contains("output buffer limits");
            assertThat(ask(good, "PING\r\n", "*2\r\n$4\r\npong\r\n$0\r\n\r\n")).contains("pong");
            assertThat(readAll(slow).length()).isLessThan(count * MESSAGE_BYTES);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoStaysAboveTheSoftLimitIsCutOffThoughNothingMoreComes(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport, "pubsub 0 500kb 60");
                Socket slow = rig.connect();
                Socket other = rig.connect()) {
            assertThat(ask(slow, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            assertThat(publish(other, 600)).isEqualTo(1);
            rig.advance(59);
            assertThat(ask(other, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            assertThat(rig.log).isEmpty();
            rig.advance(2);
            awaitSubscribers(other, 0);
            assertThat(rig.log).hasSize(1).first().asString().contains("output buffer limits");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoCatchesUpInTimeStays(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport, "pubsub 0 500kb 60");
                Socket slow = rig.connect();
                Socket other = rig.connect()) {
            assertThat(ask(slow, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            for (int i = 0; i < 3; i++) {
                assertThat(publish(other, 600)).isEqualTo(1);
                rig.advance(50);
                reads(slow, 600).get(20, TimeUnit.SECONDS);
                assertThat(publish(other, 1)).isEqualTo(1);
                read(slow, MESSAGE_BYTES);
            }
            assertThat(rig.log).isEmpty();
        }
    }

    /** Replies and messages that meet in one turn, of clients of both protocols that publish, ping and listen. */
    @ParameterizedTest
    @MethodSource("transports")
    void repliesAndMessagesThatMeetAllArrive(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport, "pubsub 0 0 0");
                Socket first = rig.connect();
                Socket second = rig.connect();
                Socket old = rig.connect();
                Socket publisher = rig.connect()) {
            for (Socket socket : List.of(first, second)) {
                send(socket, "HELLO 3\r\nSUBSCRIBE c\r\n");
                readTo(socket, ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
            }
            assertThat(ask(old, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            for (int round = 0; round < ROUNDS; round++) {
                String rest = "3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\n" + (1000 + round) + "\r\n";
                send(first, "PING\r\n");
                send(publisher, "PUBLISH c " + (1000 + round) + "\r\n");
                send(old, "PING\r\n");
                assertThat(read(first, "+PONG\r\n".length() + 1 + rest.length()))
                        .as("round %d", round)
                        .contains("+PONG\r\n", ">" + rest);
                String pong = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
                assertThat(read(old, pong.length() + 1 + rest.length())).contains(pong, "*" + rest);
                assertThat(read(second, 1 + rest.length())).isEqualTo(">" + rest);
                assertThat(read(publisher, 4)).isEqualTo(":3\r\n");
            }
        }
    }

    private static void readTo(Socket socket, String end) throws IOException {
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf(end) < 0) {
            heard.append(read(socket, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoEndsItsSubscriptionsIsAnOrdinaryClientAgain(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport, "normal 0 0 0 pubsub 1mb 0 0");
                Socket client = rig.connect();
                Socket other = rig.connect()) {
            assertThat(ask(client, "SUBSCRIBE c\r\n", SUBSCRIBED)).isEqualTo(SUBSCRIBED);
            String ended = "*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n";
            assertThat(ask(client, "UNSUBSCRIBE\r\n", ended)).isEqualTo(ended);
            send(other, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3000000\r\n" + "x".repeat(3_000_000) + "\r\n");
            assertThat(read(other, 5)).isEqualTo("+OK\r\n");
            send(client, "GET k\r\nGET k\r\nGET k\r\nPING\r\n");
            client.getInputStream().skipNBytes(3 * (10 + 3_000_000 + 2));
            assertThat(read(client, 7)).isEqualTo("+PONG\r\n");
            assertThat(rig.log).isEmpty();
        }
    }
}
