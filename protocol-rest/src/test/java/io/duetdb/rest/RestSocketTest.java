package io.duetdb.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Through real sockets and an event loop, with the JDK's HTTP client and by hand. */
@Timeout(30)
final class RestSocketTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SingleThreadIoEventLoop loop = (SingleThreadIoEventLoop) group.next();
    private final FakeEngine engine = new FakeEngine();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private RestServer server;
    private int port;
    private boolean armed;

    @BeforeEach
    void start() throws Exception {
        engine.armed = () -> {
            if (!armed) {
                armed = true;
                loop.executeAfterEventLoopIteration(() -> {
                    armed = false;
                    engine.endTurn();
                });
            }
        };
        engine.keepLog = false;
        server = new RestServer(engine, RestOptions.of("secret"));
        port = server.bind(
                loop, NioServerSocketChannel.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private HttpRequest.Builder to(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .header("Authorization", "Bearer secret");
    }

    private String post(String target, String body) throws Exception {
        HttpResponse<String> response =
                http.send(to(target).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    @Test
    void anOrdinaryClientIsServed() throws Exception {
        assertThat(post("/", "[\"SET\",\"k\",\"v\u20ac\"]")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(post("/pipeline", "[[\"GET\",\"k\"],[\"nope\"]]"))
                .isEqualTo("200 [{\"result\":\"v\u20ac\"},{\"error\":\"ERR unknown command 'nope'\"}]");
        HttpResponse<String> response = http.send(to("/get/k").build(), BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("{\"result\":\"v\u20ac\"}");
        assertThat(response.headers().firstValue("upstash-sync-token")).isPresent();
        assertThat(http.send(to("/x").DELETE().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
        assertThat(http.send(to("/ping").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString())
                        .body())
                .isEmpty();
    }

    @Test
    void bodiesOfUnknownLengthAndLargeReplies() throws Exception {
        byte[] value = "0123456789".repeat(500_000).getBytes(StandardCharsets.US_ASCII);
        HttpResponse<String> set = http.send(
                to("/set/big")
                        .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(value)))
                        .build(),
                BodyHandlers.ofString());
        assertThat(set.body()).isEqualTo("{\"result\":\"OK\"}");
        HttpResponse<String> get = http.send(to("/get/big").build(), BodyHandlers.ofString());
        assertThat(get.body()).hasSize(value.length + 13).endsWith("456789\"}");
        String three = post("/pipeline", "[[\"GET\",\"big\"],[\"GET\",\"big\"],[\"GET\",\"big\"]]");
        assertThat(three).hasSize(3 * (value.length + 13) + 8);
    }

    @Test
    void othersGoOnWhileALongPipelineRuns() throws Exception {
        post("/", "[\"SET\",\"n\",0]");
        String rows = "[\"INCR\",\"n\"],".repeat(300_000);
        CompletableFuture<HttpResponse<String>> slow = http.sendAsync(
                to("/pipeline")
                        .POST(BodyPublishers.ofString("[" + rows + "[\"INCR\",\"n\"]]"))
                        .build(),
                BodyHandlers.ofString());
        int between = 0;
        long worst = 0;
        while (!slow.isDone()) {
            long start = System.nanoTime();
            HttpResponse<String> one = http.send(to("/get/n").build(), BodyHandlers.ofString());
            worst = Math.max(worst, System.nanoTime() - start);
            if (!one.body().equals("{\"result\":\"0\"}") && !one.body().equals("{\"result\":\"300001\"}")) {
                between++;
            }
        }
        assertThat(between).isGreaterThan(3);
        assertThat(worst).isLessThan(1_000_000_000L);
        assertThat(slow.get().body()).endsWith("{\"result\":300000},{\"result\":300001}]");
    }

    @Test
    void aPeerThatClosesItsHalfStillGetsTheResponse() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /ping?_token=secret HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("{\"result\":\"PONG\"}");
        }
    }

    @Test
    void aRefusedUploadGetsItsErrorBeforeTheConnectionEnds() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /set/k HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 20000000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] part = new byte[100_000];
            for (int i = 0; i < 20; i++) {
                out.write(part);
            }
            InputStream in = socket.getInputStream();
            byte[] start = in.readNBytes(30);
            assertThat(new String(start, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 413 ");
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).endsWith("Actual: 20000000\"}");
        }
    }

    /** What a loop's thread allocates for a request on a connection that stays. */
    @Test
    void aKeptConnectionAllocatesNextToNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long loopId = loop.submit(() -> Thread.currentThread().getId()).get();
        RestServer quiet = new RestServer(new QuietEngine(), RestOptions.of("secret"));
        int quietPort = quiet.bind(
                loop, NioServerSocketChannel.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        String head = " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n";
        String body = "[[\"GET\",\"k\",\"\\u20acuro\"]]";
        for (String request : List.of(
                "GET /get/some%20key?a=b" + head + "\r\n",
                "POST /pipeline" + head + "Content-Length: " + body.length() + "\r\n\r\n" + body)) {
            byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
            try (Socket socket = new Socket("127.0.0.1", quietPort)) {
                socket.setTcpNoDelay(true);
                long perRequest = Long.MAX_VALUE;
                for (int round = 0; round < 10; round++) {
                    long before = threads.getThreadAllocatedBytes(loopId);
                    for (int i = 0; i < 1000; i++) {
                        socket.getOutputStream().write(bytes);
                        byte[] answer = new byte[1024];
                        int n = 0;
                        while (n == 0 || (answer[n - 1] != '}' && answer[n - 1] != ']')) {
                            n += socket.getInputStream().read(answer, n, answer.length - n);
                        }
                    }
                    perRequest = Math.min(perRequest, (threads.getThreadAllocatedBytes(loopId) - before) / 1000);
                }
                assertThat(perRequest).as(request).isLessThan(400); // NIO's selector makes some 100 bytes per wake-up
            }
        }
        quiet.close();
    }

    /** Answers OK, allocating nothing. */
    private static final class QuietEngine implements RestEngine {
        private final FakeEngine clients = new FakeEngine();

        @Override
        public Client connect(Connection connection, boolean readOnly) {
            return clients.connect(connection, readOnly);
        }

        @Override
        public int execute(Client client, Argv[] batch, int count) {
            client.connection().reply().ok();
            client.connection().release(client.connection().produced());
            return count;
        }

        @Override
        public CommandError queue(Client client, Argv argv) {
            return null;
        }

        @Override
        public int exec(Client client) {
            return 0;
        }

        @Override
        public void discard(Client client) {}

        @Override
        public void disconnect(Client client) {
            clients.disconnect(client);
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public void begin() {}

        @Override
        public long monotonicNs() {
            return 0;
        }
    }

    @Test
    void closingEndsConnections() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("GET /ping?_token=secret HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            server.close();
            while (socket.getInputStream().read() >= 0) {
                // the rest of the response
            }
        }
        assertThat(engine.clients).isEmpty();
        assertThat(server.connections()).isZero();
    }

    @Test
    void manyConnectionsAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(http.sendAsync(
                    to("/").POST(BodyPublishers.ofString("[\"INCR\",\"c\"]")).build(), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> one : all) {
            assertThat(one.get().statusCode()).isEqualTo(200);
        }
        assertThat(post("/", "[\"GET\",\"c\"]")).isEqualTo("200 {\"result\":\"200\"}");
    }
}
