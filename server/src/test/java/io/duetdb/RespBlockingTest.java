package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets whose commands wait. */
@Timeout(60)
final class RespBlockingTest {
    private final Duet duet = Duet.builder().respPort(0).start();

    @AfterEach
    void end() {
        duet.close();
    }

    /** A raw RESP2 connection. */
    private final class Line implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), duet.respPort());
        private final BufferedReader in;

        Line() throws IOException {
            socket.setSoTimeout(30_000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        Line send(String... requests) throws IOException {
            socket.getOutputStream()
                    .write((String.join("\r\n", requests) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        /** So many lines, joined by spaces. */
        String read(int lines) throws IOException {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                all.append(i == 0 ? "" : " ").append(in.readLine());
            }
            return all.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private void awaitBlocked(int clients) {
        BooleanSupplier condition =
                () -> ((String) duet.execute("INFO", "clients")).contains("\nblocked_clients:" + clients + "\r");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aPipelineGoesOnBehindTheReplyAndNobodyElseWaits() throws IOException {
        try (Line one = new Line();
                Line other = new Line()) {
            one.send("BLPOP k 0", "RPUSH o 1", "BLPOP k 0", "ECHO end");
            awaitBlocked(1);
            assertThat(other.send("EXISTS o").read(1)).isEqualTo(":0");
            assertThat(other.send("RPUSH k v").read(1)).isEqualTo(":1");
            assertThat(one.read(5)).isEqualTo("*2 $1 k $1 v");
            assertThat(one.read(1)).isEqualTo(":1");
            awaitBlocked(1);
            assertThat(other.send("RPUSH k w").read(1)).isEqualTo(":1");
            assertThat(one.read(7)).isEqualTo("*2 $1 k $1 w $3 end");
        }
    }

    @Test
    void aPipelineThatServesAnotherWakesItAtOnce() throws IOException {
        try (Line a = new Line();
                Line b = new Line();
                Line c = new Line();
                Line other = new Line()) {
            a.send("BLPOP a 0", "LPUSH b 1");
            b.send("BLPOP b 0", "LPUSH c 1");
            c.send("BLPOP c 0", "PING");
            awaitBlocked(3);
            other.send("LPUSH a 1");
            assertThat(c.read(6)).isEqualTo("*2 $1 c $1 1 +PONG");
            assertThat(b.read(6)).isEqualTo("*2 $1 b $1 1 :1");
            assertThat(a.read(6)).isEqualTo("*2 $1 a $1 1 :1");
        }
    }

    @Test
    void timeoutsComeThoughNothingArrives() throws IOException {
        try (Line one = new Line();
                Line two = new Line()) {
            long before = System.nanoTime();
            two.send("BLPOP k 1000");
            one.send("BLPOP k 0.02", "BRPOPLPUSH k d 0.02", "BZPOPMIN k 0.02", "HELLO 3", "BLPOP k 0.01");
            assertThat(one.read(3)).isEqualTo("*-1 *-1 *-1");
            String line;
            do {
                line = one.read(1);
            } while (!line.equals("_"));
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(70_000_000L);
        }
    }

    @Test
    void nothingIsTakenForASocketThatWasClosed() throws IOException {
        try (Line closed = new Line();
                Line halfClosed = new Line();
                Line reset = new Line();
                Line there = new Line()) {
            closed.send("BLPOP k 0", "PING");
            halfClosed.send("BLPOP k 0");
            reset.send("BLPOP k 0");
            awaitBlocked(3);
            there.send("BLPOP k 0");
            awaitBlocked(4);
            closed.close();
            halfClosed.socket.shutdownOutput();
            reset.socket.setSoLinger(true, 0);
            reset.close();
            awaitBlocked(1);
            assertThat(halfClosed.read(1)).isEqualTo("null");
            duet.execute("RPUSH", "k", "a");
            assertThat(there.read(5)).isEqualTo("*2 $1 k $1 a");
            assertThat(duet.execute("EXISTS", "k")).isEqualTo(0L);
        }
    }

    @Test
    void socketsAndCallersServeEachOther() throws Exception {
        try (Line line = new Line()) {
            line.send("BLPOP k 0");
            awaitBlocked(1);
            assertThat(duet.execute("RPUSH", "k", "java")).isEqualTo(1L);
            assertThat(line.read(5)).isEqualTo("*2 $1 k $4 java");
            CompletableFuture<Object> java = Threads.supply(() -> duet.execute("BLPOP", "k", "0"));
            awaitBlocked(1);
            assertThat(line.send("RPUSH k resp").read(1)).isEqualTo(":1");
            assertThat(java.get()).isEqualTo(List.of("k", "resp"));
        }
    }

    @Test
    void manyCallersServeASocketThatAsksAgainAndAgain() throws Exception {
        int count = 2_000;
        try (Line line = new Line()) {
            CompletableFuture<Void> java = Threads.run(() -> {
                for (int i = 0; i < count; i++) {
                    duet.execute("RPUSH", "k", "v" + i);
                }
            });
            for (int i = 0; i < count; i++) {
                assertThat(line.send("BLPOP k 0").read(5)).endsWith(" v" + i);
            }
            java.get();
        }
    }

    @Test
    void unblockedAndKilled() throws IOException {
        try (Line one = new Line();
                Line other = new Line()) {
            one.send("CLIENT ID", "BLPOP k 0", "PING");
            String id = one.read(1).substring(1);
            awaitBlocked(1);
            assertThat(other.send("CLIENT UNBLOCK " + id + " ERROR").read(1)).isEqualTo(":1");
            assertThat(one.read(2)).isEqualTo("-UNBLOCKED client unblocked via CLIENT UNBLOCK +PONG");
            one.send("BLPOP k 0");
            awaitBlocked(1);
            assertThat(other.send("CLIENT KILL ID " + id).read(1)).isEqualTo(":1");
            assertThat(other.send("RPUSH k a", "LLEN k").read(2)).isEqualTo(":1 :1");
        }
    }
}
