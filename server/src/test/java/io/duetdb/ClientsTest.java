package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.kit.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done to clients and shown of them, whatever front-end they come from. */
@Timeout(60)
final class ClientsTest {
    /** A raw RESP2 connection, read line by line. */
    private static final class Line implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader in;

        Line(Duet duet) throws IOException {
            socket.setReceiveBufferSize(16 * 1024);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), duet.respPort()));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        Line send(String request) throws IOException {
            socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        String read() throws IOException {
            return in.readLine();
        }

        boolean isClosed() throws IOException {
            try {
                return in.readLine() == null;
            } catch (java.net.SocketException reset) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static CompletableFuture<String> rest(Duet duet, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + duet.restPort() + path))
                .header("Authorization", "Bearer " + duet.restToken())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(HttpResponse::body);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static int count(Duet duet, String word) {
        Matcher matcher = Pattern.compile(Pattern.quote(word)).matcher((String) duet.execute("CLIENT", "LIST"));
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }

    @Test
    void aPauseDelaysEveryFrontEndAndRefusesNone() throws Exception {
        try (Duet duet = Duet.builder().respPort(0).restPort(0).start();
                DuetClient caller = duet.connect();
                Line line = new Line(duet)) {
            assertThat(duet.execute("CLIENT", "PAUSE", "100000", "WRITE")).isEqualTo("OK");
            line.send("APPEND k s\r\nGET k\r\nAPPEND k s");
            CompletableFuture<Object> java = Threads.supply(() -> caller.execute("APPEND", "k", "j"));
            CompletableFuture<String> single = rest(duet, "/", "[\"APPEND\",\"k\",\"r\"]");
            CompletableFuture<String> pipeline = rest(
                    duet, "/pipeline", "[[\"PING\"],[\"APPEND\",\"k\",\"p\"],[\"APPEND\",\"k\",\"q\"],[\"PING\"]]");
            await(() -> count(duet, " flags=b ") == 4);
            assertThat(duet.execute("GET", "k")).isNull();
            assertThat(java).isNotDone();
            assertThat(duet.execute("CLIENT", "UNPAUSE")).isEqualTo("OK");
            assertThat(line.read()).startsWith(":");
            line.read();
            assertThat(line.read()).contains("s");
            assertThat(line.read()).startsWith(":");
            assertThat(java.get()).isInstanceOf(Long.class);
            assertThat(single.get()).matches("\\{\"result\":\\d}");
            assertThat(pipeline.get())
                    .matches(
                            "\\[\\{\"result\":\"PONG\"},\\{\"result\":\\d},\\{\"result\":\\d},\\{\"result\":\"PONG\"}]");
            assertThat((String) duet.execute("GET", "k")).hasSize(6).contains("j", "r", "p", "q", "s");
        }
    }

    @Test
    void aPauseEndsByItselfForSockets() throws IOException {
        try (Duet duet = Duet.builder().respPort(0).start();
                Line line = new Line(duet)) {
            duet.execute("CLIENT", "PAUSE", "50");
            assertThat(line.send("PING").read()).isEqualTo("+PONG");
        }
    }

    @Test
    void callersWithoutPortsWaitToo() throws Exception {
        try (Duet duet = Duet.start();
                DuetClient first = duet.connect();
                DuetClient second = duet.connect()) {
            duet.execute("CLIENT", "PAUSE", "100000", "WRITE");
            List<CompletableFuture<Object>> waiting = new ArrayList<>();
            waiting.add(Threads.supply(() -> first.execute("INCR", "n")));
            waiting.add(Threads.supply(() -> second.execute("INCR", "n")));
            await(() -> count(duet, " flags=b ") == 2);
            duet.execute("CLIENT", "UNPAUSE");
            assertThat(List.of(waiting.get(0).get(), waiting.get(1).get())).containsExactlyInAnyOrder(1L, 2L);
            duet.execute("CLIENT", "PAUSE", "20", "ALL");
            assertThat(duet.execute("PING")).as("the pause ends by itself").isEqualTo("PONG");
        }
    }

    @Test
    void monitorShowsEveryFrontEnd() throws Exception {
        try (Duet duet = Duet.builder().respPort(0).restPort(0).start();
                Line monitor = new Line(duet);
                Line other = new Line(duet)) {
            assertThat(monitor.send("MONITOR").read()).isEqualTo("+OK");
            assertThat(other.send("SET k \"a b\"").read()).isEqualTo("+OK");
            duet.execute("GET", "k");
            assertThat(rest(duet, "/", "[\"GET\",\"k\"]").get()).isEqualTo("{\"result\":\"a b\"}");
            String when = "\\+\\d{10}\\.\\d{6} \\[0 ";
            assertThat(monitor.read()).matches(when + "127\\.0\\.0\\.1:\\d+] \"SET\" \"k\" \"a b\"");
            assertThat(monitor.read()).matches(when + "\\?:0] \"GET\" \"k\"");
            assertThat(monitor.read()).matches(when + "127\\.0\\.0\\.1:\\d+] \"GET\" \"k\"");
            assertThat(monitor.send("RESET").read()).isEqualTo("+RESET");
            duet.execute("GET", "k");
            assertThat(monitor.send("PING").read()).isEqualTo("+PONG");
            assertThatThrownBy(() -> duet.execute("MONITOR"))
                    .hasMessage("ERR MONITOR needs a connection that messages can be sent to");
            assertThat(rest(duet, "/", "[\"MONITOR\"]").get())
                    .isEqualTo("{\"error\":\"ERR Command is not available: 'MONITOR'\"}");
        }
    }

    @Test
    void aMonitorThatDoesNotReadIsCutOff() throws IOException {
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .setting("client-output-buffer-limit", "normal 1048576 0 0")
                        .start();
                Line monitor = new Line(duet)) {
            assertThat(monitor.send("MONITOR").read()).isEqualTo("+OK");
            String big = "x".repeat(64 * 1024);
            await(() -> {
                duet.execute("ECHO", big);
                return count(duet, " flags=O ") == 0;
            });
        }
    }

    @Test
    void clientsAreKilledWhereverTheyCome() throws Exception {
        try (Duet duet = Duet.builder().respPort(0).restPort(0).start();
                DuetClient caller = duet.connect();
                Line line = new Line(duet)) {
            assertThat(line.send("CLIENT SETNAME victim").read()).isEqualTo("+OK");
            assertThat(rest(duet, "/", "[\"PING\"]").get()).isEqualTo("{\"result\":\"PONG\"}");
            String list = (String) duet.execute("CLIENT", "LIST");
            Matcher victim =
                    Pattern.compile("id=(\\d+) addr=(\\S+) .*name=victim").matcher(list);
            assertThat(victim.find()).as(list).isTrue();
            assertThat(duet.execute("CLIENT", "KILL", victim.group(2))).isEqualTo("OK");
            assertThat(line.isClosed()).isTrue();
            assertThat(duet.execute("CLIENT", "LIST", "ID", victim.group(1))).isEqualTo("");
            duet.execute("CLIENT", "KILL", "TYPE", "normal");
            assertThat(count(duet, "id=")).isEqualTo(1);
            assertThat(caller.execute("PING")).as("connects again").isEqualTo("PONG");
            assertThat(duet.execute("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"))
                    .isEqualTo(2L);
            assertThat(duet.execute("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void callersThatWantNoReplyGetNull() {
        try (Duet duet = Duet.start()) {
            assertThat(duet.execute("CLIENT", "REPLY", "OFF")).isNull();
            assertThat(duet.execute("NOPE")).isNull();
            assertThat(duet.execute("SET", "k", "v")).isNull();
            assertThat(duet.execute("CLIENT", "REPLY", "ON")).isEqualTo("OK");
            assertThat(duet.execute("GET", "k")).isEqualTo("v");
        }
    }
}
