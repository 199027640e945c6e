package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How RESP connections live and end: memory, time, keep-alive probes, what comes from several threads. */
@Timeout(120)
final class ConnectionLifeTest {
    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static String list(Duet duet) {
        return (String) duet.execute("CLIENT", "LIST");
    }

    private static TreeSet<String> names(Duet duet) {
        TreeSet<String> names = new TreeSet<>();
        for (String line : list(duet).lines().toList()) {
            names.add(field(line, "name"));
        }
        names.remove("");
        return names;
    }

    private static String field(String line, String name) {
        return line.replaceFirst("(?s).*(^| )" + name + "=(\\S*).*", "$2");
    }

    private static long total(Duet duet) {
        return list(duet)
                .lines()
                .mapToLong(line -> Long.parseLong(field(line, "tot-mem")))
                .sum();
    }

    private static long info(Duet duet, String name) {
        String all = (String) duet.execute("INFO", "everything");
        return Long.parseLong(all.replaceFirst("(?s).*\n" + name + ":(\\d+).*", "$1"));
    }

    // ---- maxmemory-clients

    @Test
    void theBiggestClientsGoFirstWhenAllTogetherHoldTooMuch() throws IOException {
        try (Duet duet = Duet.builder().respPort(0).start();
                RawSocket c200 = new RawSocket(duet.respPort());
                RawSocket c300 = new RawSocket(duet.respPort());
                RawSocket c100 = new RawSocket(duet.respPort());
                RawSocket c250 = new RawSocket(duet.respPort());
                RawSocket c280 = new RawSocket(duet.respPort())) {
            duet.execute("CONFIG", "SET", "maxmemory-clients", "1mb");
            Map<String, RawSocket> sockets =
                    new HashMap<>(Map.of("c200", c200, "c300", c300, "c100", c100, "c250", c250));
            for (Map.Entry<String, RawSocket> one : sockets.entrySet()) {
                one.getValue().ask("CLIENT SETNAME " + one.getKey());
                int size = Integer.parseInt(one.getKey().substring(1)) * 1000;
                one.getValue().begin(size + 10, size);
            }
            await(() -> total(duet) > 850_000);
            assertThat(names(duet)).containsExactly("c100", "c200", "c250", "c300");
            assertThat(info(duet, "mem_clients_normal")).isGreaterThan(850_000);
            c280.ask("CLIENT SETNAME c280");
            c280.begin(280_010, 280_000);
            assertThat(c300.isClosed()).isTrue();
            await(() -> info(duet, "evicted_clients") == 1);
            assertThat(names(duet)).containsExactly("c100", "c200", "c250", "c280");
            duet.execute("CONFIG", "RESETSTAT");
            assertThat(info(duet, "evicted_clients")).isZero();
        }
    }

    @Test
    void whoAskedForItIsSparedAndCounts() throws IOException {
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .setting("maxmemory-clients", "1mb")
                        .start();
                RawSocket spared = new RawSocket(duet.respPort());
                RawSocket other = new RawSocket(duet.respPort())) {
            assertThat(spared.ask("CLIENT SETNAME spared")).isEqualTo("+OK");
            assertThat(spared.ask("CLIENT NO-EVICT on")).isEqualTo("+OK");
            assertThat(other.ask("CLIENT SETNAME other")).isEqualTo("+OK");
            spared.begin(2_000_000, 1_500_000);
            assertThat(other.isClosed()).isTrue();
            assertThat(names(duet)).containsExactly("spared");
            assertThat(spared.send("x".repeat(500_000) + "\r\n").reply()).isEqualTo("+OK");
            try (RawSocket again = new RawSocket(duet.respPort())) {
                assertThat(again.ask("PING")).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void aSubscriberThatDoesNotReadCountsWithWhatWaitsForIt() throws IOException {
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .setting("maxmemory-clients", "2mb")
                        .start();
                RawSocket subscriber = new RawSocket(duet.respPort());
                RawSocket reader = new RawSocket(duet.respPort())) {
            subscriber.send("SUBSCRIBE ch\r\n");
            assertThat(reader.ask("PING")).isEqualTo("+PONG");
            await(() -> list(duet).contains(" flags=P "));
            String message = "x".repeat(64 * 1024);
            await(() -> {
                duet.execute("PUBLISH", "ch", message);
                return info(duet, "evicted_clients") == 1;
            });
            assertThat(duet.execute("PUBLISH", "ch", message)).isEqualTo(0L);
            assertThat(reader.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void theLimitIsASizeOrAPercentage() {
        try (Duet duet = Duet.builder().memoryLimit(64 << 20).start()) {
            assertThat(duet.execute("CONFIG", "GET", "maxmemory-clients").toString())
                    .contains("maxmemory-clients", "0");
            assertThat(duet.execute("CONFIG", "SET", "maxmemory-clients", "5%")).isEqualTo("OK");
            assertThat(duet.execute("CONFIG", "GET", "maxmemory-clients").toString())
                    .contains("5%");
            assertThat(duet.execute("CONFIG", "SET", "maxmemory-clients", "1")).isEqualTo("OK");
            assertThat(duet.execute("PING"))
                    .as("no limit is so small that nobody comes in")
                    .isEqualTo("PONG");
        }
    }

    // ---- limits of unread output

    @Test
    void muchUnreadForTooLongEndsAConnectionThoughNothingMoreIsSent() throws IOException {
        ManualClock clock = new ManualClock(Instant.ofEpochSecond(1_700_000_000));
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .clock(clock)
                        .setting("client-output-buffer-limit", "pubsub 64mb 1mb 10")
                        .start();
                RawSocket other = new RawSocket(duet.respPort());
                RawSocket subscriber = new RawSocket(duet.respPort())) {
            subscriber.send("SUBSCRIBE ch\r\n");
            await(() -> list(duet).contains(" flags=P "));
            String message = "x".repeat(64 * 1024);
            while (list(duet).lines().noneMatch(line -> Long.parseLong(field(line, "omem")) > 2 << 20)) {
                for (int i = 0; i < 32; i++) {
                    duet.execute("PUBLISH", "ch", message);
                }
                for (int i = 0; i < 2; i++) {
                    assertThat(other.ask("PING"))
                            .as("the loop has sent what the socket takes")
                            .isEqualTo("+PONG");
                }
            }
            clock.advance(Duration.ofSeconds(9));
            duet.execute("PING");
            assertThat(list(duet)).contains(" flags=P ");
            clock.advance(Duration.ofSeconds(2));
            await(() -> !list(duet).contains(" flags=P "));
        }
    }

    // ---- time

    @Test
    void whoWaitsForOthersIsNeverIdle() throws IOException {
        ManualClock clock = new ManualClock(Instant.ofEpochSecond(1_700_000_000));
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .clock(clock)
                        .setting("timeout", "30")
                        .start();
                RawSocket subscriber = new RawSocket(duet.respPort());
                RawSocket monitor = new RawSocket(duet.respPort());
                RawSocket blocked = new RawSocket(duet.respPort());
                RawSocket idle = new RawSocket(duet.respPort())) {
            blocked.ask("CLIENT SETNAME blocked");
            blocked.send("BLPOP list 0\r\n");
            await(() -> list(duet).contains(" flags=b "));
            subscriber.ask("CLIENT SETNAME subscriber");
            subscriber.send("SUBSCRIBE ch\r\n");
            monitor.ask("CLIENT SETNAME monitor");
            assertThat(monitor.ask("MONITOR")).isEqualTo("+OK");
            assertThat(idle.ask("CLIENT SETNAME idle")).isEqualTo("+OK");
            await(() -> list(duet).contains(" flags=P "));
            clock.advance(Duration.ofSeconds(31));
            assertThat(idle.isClosed()).isTrue();
            await(() -> names(duet).size() == 3);
            assertThat(names(duet)).containsExactly("blocked", "monitor", "subscriber");
        }
    }

    @Test
    void theKernelProbesSilentPeers() throws IOException {
        Path table = Path.of("/proc/net/tcp");
        assumeTrue(Files.isReadable(table), "only Linux shows its sockets so");
        try (Duet duet = Duet.builder()
                        .respPort(0)
                        .setting("tcp-keepalive", "120")
                        .start();
                RawSocket probed = new RawSocket(duet.respPort())) {
            assertThat(probed.ask("PING")).isEqualTo("+PONG");
            duet.execute("CONFIG", "SET", "tcp-keepalive", "0");
            try (RawSocket unprobed = new RawSocket(duet.respPort())) {
                assertThat(unprobed.ask("PING")).isEqualTo("+PONG");
                // A timer of kind 02 is that of keep-alive; its time is in hundredths of seconds.
                await(() -> timer(duet.respPort(), probed).startsWith("02:"));
                long centiseconds =
                        Long.parseLong(timer(duet.respPort(), probed).substring(3), 16);
                assertThat(centiseconds).isBetween(60_00L, 120_00L);
                assertThat(timer(duet.respPort(), unprobed)).doesNotStartWith("02:");
            }
        }
    }

    /** What the kernel shows as the timer of the server's end of a connection. */
    private static String timer(int port, RawSocket peer) {
        String local = String.format(":%04X", port);
        String remote = String.format(":%04X", peer.socket.getLocalPort());
        List<String> lines = new ArrayList<>();
        try {
            for (String file : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
                if (Files.isReadable(Path.of(file))) {
                    lines.addAll(Files.readAllLines(Path.of(file)));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        for (String line : lines) {
            String[] words = line.trim().split(" +");
            if (words[1].endsWith(local) && words[2].endsWith(remote)) {
                return words[5];
            }
        }
        return "";
    }

    // ---- several threads

    @Test
    void messagesComeInTheOrderInWhichTheyWerePublished() throws Exception {
        try (Duet duet = Duet.builder().respPort(0).start();
                RawSocket subscriber = new RawSocket(duet.respPort());
                RawSocket monitor = new RawSocket(duet.respPort());
                RawSocket publisher = new RawSocket(duet.respPort())) {
            int rounds = 2_000;
            String early = "y".repeat(40_000); // leaves before the turn ends
            assertThat(monitor.ask("MONITOR")).isEqualTo("+OK");
            CompletableFuture<List<String>> executed = Threads.supply(() -> published(monitor, 2 * rounds));
            subscriber.send("SUBSCRIBE ch\r\n");
            for (int i = 0; i < 4; i++) {
                subscriber.reply(); // *3, subscribe, ch, :1
            }
            CompletableFuture<Void> java = Threads.run(() -> {
                for (int i = 0; i < rounds; i++) {
                    duet.execute("PUBLISH", "ch", "j" + i + "." + (i % 10 == 0 ? early : ""));
                }
            });
            CompletableFuture<Void> resp = Threads.run(() -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        String message = "r" + i + "." + (i % 10 == 0 ? early : "");
                        assertThat(publisher.ask("PUBLISH ch " + message)).isEqualTo(":1");
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            List<String> received = new ArrayList<>();
            while (received.size() < 2 * rounds) {
                assertThat(subscriber.reply()).isEqualTo("*3");
                assertThat(subscriber.reply()).isEqualTo("message");
                assertThat(subscriber.reply()).isEqualTo("ch");
                String message = subscriber.reply();
                assertThat(message).matches("[jr]\\d+\\.y*");
                received.add(message.substring(0, message.indexOf('.')));
            }
            assertThat(received).isEqualTo(executed.get());
            java.get();
            resp.get();
        }
    }

    /** The marks of messages as MONITOR saw them published, so many. */
    private static List<String> published(RawSocket monitor, int count) {
        List<String> marks = new ArrayList<>();
        try {
            while (marks.size() < count) {
                String line = monitor.reply();
                if (line.contains("\"PUBLISH\"")) {
                    marks.add(line.replaceFirst(".* \"ch\" \"([jr]\\d+)\\..*", "$1"));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return marks;
    }
}
