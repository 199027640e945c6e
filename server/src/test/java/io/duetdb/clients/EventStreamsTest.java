package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.ManualClock;
import io.duetdb.clients.Tools.Ran;
import io.duetdb.engine.kit.Threads;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server-sent events of a whole instance: curl, Upstash's SDK, many streams, peers that do not read. */
@Timeout(120)
final class EventStreamsTest {
    private static final Path PROGRAMS = Path.of("src/test/clients");
    private static final int STREAMS = 1_000;

    /** One stream by hand: HTTP/1.0, so that the body is the events as they are. */
    private static final class Stream implements AutoCloseable {
        final Socket socket = new Socket();
        final BufferedReader in;

        Stream(Duet duet, String target) throws IOException {
            socket.setReceiveBufferSize(16 * 1024);
            socket.setSoTimeout(60_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), duet.restPort()));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1), 1024);
            socket.getOutputStream()
                    .write(("GET " + target + "?_token=tok HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The first event, behind the head. */
        Stream begun() throws IOException {
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
            while (!in.readLine().isEmpty()) {
                // the rest of the head
            }
            assertThat(event()).startsWith("data: ");
            return this;
        }

        String event() throws IOException {
            String line = in.readLine();
            if (line != null) {
                assertThat(in.readLine()).isEmpty();
            }
            return line;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static Duet start(String... settings) {
        var builder = Duet.builder().respPort(0).restPort(0).restToken("tok");
        for (int i = 0; i < settings.length; i += 2) {
            builder.setting(settings[i], settings[i + 1]);
        }
        return builder.start();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static long subscribers(Duet duet, String channel) {
        return (Long) ((List<?>) duet.execute("PUBSUB", "NUMSUB", channel)).get(1);
    }

    @Test
    void upstash() throws Exception {
        Tools.need("node");
        assumeTrue(
                Files.isDirectory(PROGRAMS.resolve("node_modules")),
                "the packages are missing: run npm ci in server/" + PROGRAMS);
        try (Duet duet = start()) {
            Map<String, String> environment = Map.of(
                    "DUET_PORT", "" + duet.respPort(),
                    "DUET_REST_URL", "http://127.0.0.1:" + duet.restPort(),
                    "DUET_REST_TOKEN", "tok");
            Ran ran = Tools.run(
                    environment,
                    "",
                    "node",
                    PROGRAMS.resolve("upstash-events.mjs").toString());
            assertThat(ran.succeeded().out()).contains("checks passed");
        }
    }

    @Test
    void curlShowsEventsAsTheyComeAndIsMissedWhenItEnds() throws Exception {
        Tools.need("curl");
        File out = File.createTempFile("duet-events", ".out");
        try (Duet duet = start()) {
            Process curl = new ProcessBuilder(
                            "curl",
                            "-sN",
                            "-H",
                            "Authorization: Bearer tok",
                            "-H",
                            "Accept: text/event-stream",
                            "-X",
                            "POST",
                            "http://127.0.0.1:" + duet.restPort() + "/subscribe/chat")
                    .redirectOutput(out)
                    .start();
            try {
                await(() -> subscribers(duet, "chat") == 1);
                assertThat(duet.execute("PUBLISH", "chat", "hello")).isEqualTo(1L);
                await(() -> said(out).equals("data: subscribe,chat,1\n\ndata: message,chat,hello\n\n"));
            } finally {
                curl.destroyForcibly().waitFor();
            }
            await(() -> subscribers(duet, "chat") == 0);
            assertThat(duet.execute("PUBLISH", "chat", "late")).isEqualTo(0L);
        } finally {
            assertThat(out.delete()).isTrue();
        }
    }

    private static String said(File out) {
        try {
            return Files.readString(out.toPath());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void messagesFromEveryFrontEndComeInOrder() throws Exception {
        try (Duet duet = start();
                Stream stream = new Stream(duet, "/subscribe/ch").begun();
                Socket resp = new Socket(InetAddress.getLoopbackAddress(), duet.respPort())) {
            int rounds = 2_000;
            CompletableFuture<Void> other = Threads.run(() -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        resp.getOutputStream().write(("PUBLISH ch r" + i + "\r\n").getBytes(StandardCharsets.US_ASCII));
                        assertThat(resp.getInputStream().readNBytes(4)).hasSize(4);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            CompletableFuture<Void> java = Threads.run(() -> {
                for (int i = 0; i < rounds; i++) {
                    duet.execute("PUBLISH", "ch", "j" + i);
                }
            });
            int fromResp = 0;
            int fromJava = 0;
            while (fromResp + fromJava < 2 * rounds) {
                String event = stream.event();
                if (event.startsWith("data: message,ch,r")) {
                    assertThat(event).isEqualTo("data: message,ch,r" + fromResp++);
                } else {
                    assertThat(event).isEqualTo("data: message,ch,j" + fromJava++);
                }
            }
            other.get();
            java.get();
        }
    }

    @Test
    void manyStreamsGetEveryMessageAndLeaveNothing() throws Exception {
        try (Duet duet = start()) {
            List<Stream> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(new Stream(duet, i % 2 == 0 ? "/subscribe/all" : "/psubscribe/al*"));
            }
            for (Stream stream : streams) {
                stream.begun();
            }
            assertThat(subscribers(duet, "all")).isEqualTo(STREAMS / 2);
            for (int i = 0; i < 20; i++) {
                assertThat(duet.execute("PUBLISH", "all", "m" + i)).isEqualTo((long) STREAMS);
            }
            for (int s = 0; s < STREAMS; s++) {
                for (int i = 0; i < 20; i++) {
                    String head = s % 2 == 0 ? "data: message,all,m" : "data: pmessage,al*,all,m";
                    assertThat(streams.get(s).event()).isEqualTo(head + i);
                }
            }
            for (Stream stream : streams) {
                stream.close();
            }
            await(() -> subscribers(duet, "all") == 0 && (Long) duet.execute("PUBSUB", "NUMPAT") == 0);
            assertThat((String) duet.execute("CLIENT", "LIST")).hasLineCount(1);
        }
    }

    @Test
    void aStreamThatIsNotReadIsCutOffAtItsLimit() throws Exception {
        try (Duet duet = start("client-output-buffer-limit", "pubsub 1mb 1mb 0");
                Stream stream = new Stream(duet, "/subscribe/big").begun();
                Stream reader = new Stream(duet, "/subscribe/other").begun()) {
            String big = "x".repeat(64 * 1024);
            await(() -> {
                duet.execute("PUBLISH", "big", big);
                String line = (String) duet.execute("CLIENT", "LIST", "TYPE", "PUBSUB");
                assertThat(omem(line)).isLessThan((1 << 20) + 3 * big.length());
                return subscribers(duet, "big") == 0;
            });
            assertThat(duet.execute("PUBLISH", "other", "x")).isEqualTo(1L);
            assertThat(reader.event()).isEqualTo("data: message,other,x");
            assertThat(isCut(stream)).isTrue();
        }
    }

    @Test
    void allThatAreNotReadHoldAShareOfTheHeapTogether() throws Exception {
        int count = 24;
        try (Duet duet = start()) {
            List<Stream> streams = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                streams.add(new Stream(duet, "/subscribe/big").begun());
            }
            try (Stream reader = new Stream(duet, "/subscribe/other").begun()) {
                long share = Math.max(8 << 20, Runtime.getRuntime().maxMemory() / 8);
                String big = "x".repeat(64 * 1024);
                for (int i = 0; i < 400; i++) {
                    duet.execute("PUBLISH", "big", big);
                    if (i % 8 == 7) { // the loop has seen it
                        duet.execute("PUBLISH", "other", "x");
                        assertThat(reader.event()).isEqualTo("data: message,other,x");
                        assertThat(total((String) duet.execute("CLIENT", "LIST")))
                                .isLessThan(share + share / 4);
                    }
                }
                long left = subscribers(duet, "big");
                assertThat(left).isBetween(1L, share > 400L * big.length() * count ? count : count - 1L);
            } finally {
                for (Stream stream : streams) {
                    stream.close();
                }
            }
            await(() -> subscribers(duet, "big") == 0);
        }
    }

    private static long total(String list) {
        return list.lines()
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".* omem=(\\d+) .*", "$1")))
                .sum();
    }

    private static long omem(String list) {
        long most = 0;
        for (String line : list.lines().toList()) {
            most = Math.max(most, Long.parseLong(line.replaceFirst(".* omem=(\\d+) .*", "$1")));
        }
        return most;
    }

    private static boolean isCut(Stream stream) throws IOException {
        char[] buffer = new char[64 * 1024];
        try {
            while (stream.in.read(buffer) >= 0) {
                // what had been sent before
            }
        } catch (SocketException reset) {
            return true;
        }
        return true;
    }

    @Test
    void aStreamThatLeavesMuchUnreadForTooLongIsCutOff() throws Exception {
        ManualClock clock = new ManualClock(Instant.ofEpochSecond(1_700_000_000));
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .restPort(0)
                        .restToken("tok")
                        .clock(clock)
                        .setting("client-output-buffer-limit", "pubsub 256mb 1mb 10")
                        .start();
                Stream stream = new Stream(duet, "/subscribe/big").begun();
                Stream reader = new Stream(duet, "/subscribe/ping").begun()) {
            String big = "x".repeat(64 * 1024);
            while (omem((String) duet.execute("CLIENT", "LIST")) < 2 << 20) {
                for (int i = 0; i < 32; i++) {
                    duet.execute("PUBLISH", "big", big);
                }
                for (int i = 0; i < 2; i++) { // the loop has sent what the socket takes
                    duet.execute("PUBLISH", "ping", "x");
                    assertThat(reader.event()).isEqualTo("data: message,ping,x");
                }
            }
            clock.advance(Duration.ofSeconds(9));
            duet.execute("PUBLISH", "big", "small");
            assertThat(subscribers(duet, "big")).isEqualTo(1);
            clock.advance(Duration.ofSeconds(2));
            await(() -> subscribers(duet, "big") == 0);
            clock.advance(Duration.ofSeconds(15));
            assertThat(reader.event()).as("virtual time brings signs of life").isEqualTo(": ping");
            assertThat(stream.socket.isConnected()).isTrue();
        }
    }

    @Test
    void closingTheInstanceEndsStreams() throws Exception {
        Duet duet = start();
        try (Stream stream = new Stream(duet, "/subscribe/ch").begun();
                Stream monitor = new Stream(duet, "/monitor").begun()) {
            duet.close();
            assertThat(stream.event()).isNull();
            assertThat(monitor.event()).isNull();
        } finally {
            duet.close();
        }
    }

    @Test
    void aStreamAppearsAmongTheClientsWithItsAddress() throws Exception {
        try (Duet duet = start();
                Stream stream = new Stream(duet, "/subscribe/ch").begun()) {
            String line = (String) duet.execute("CLIENT", "LIST", "TYPE", "PUBSUB");
            assertThat(line).contains(" addr=127.0.0.1:" + stream.socket.getLocalPort() + " ", " flags=P ", " sub=1 ");
            assertThat(duet.execute("CLIENT", "KILL", "ADDR", "127.0.0.1:" + stream.socket.getLocalPort()))
                    .isEqualTo(1L);
            assertThat(isCut(stream)).isTrue();
            assertThat(subscribers(duet, "ch")).isZero();
        }
    }
}
