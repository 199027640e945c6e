package io.duetdb.resp;

import static io.duetdb.resp.ServerKit.ask;
import static io.duetdb.resp.ServerKit.read;
import static io.duetdb.resp.ServerKit.readAll;
import static io.duetdb.resp.ServerKit.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class RespServerTest {
    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::available);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void answersInOrderHoweverRequestsAreCut(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            assertThat(ask(s, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            String script =
                    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nGET none\r\nNOPE\r\n";
            String answers = "+OK\r\n$5\r\nhello\r\n$-1\r\n-ERR unknown command\r\n";
            assertThat(ask(s, script, answers)).isEqualTo(answers);
            for (int i = 0; i < script.length(); i++) {
                send(s, script.substring(i, i + 1));
            }
            assertThat(read(s, answers.length())).isEqualTo(answers);
            assertThat(kit.log).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void takesPipelinesOfTenThousand(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            StringBuilder in = new StringBuilder();
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < 10_000; i++) {
                in.append("*2\r\n$4\r\nECHO\r\n$5\r\n").append(10_000 + i).append("\r\n");
                out.append("$5\r\n").append(10_000 + i).append("\r\n");
            }
            assertThat(ask(s, in.toString(), out.toString())).isEqualTo(out.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void carriesBigValuesBothWays(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            for (int size : new int[] {8_191, 8_192, 65_536, 1_000_003, 12_000_000}) {
                String value = "0123456789abcdef".repeat(size / 16 + 1).substring(0, size);
                assertThat(ask(s, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + size + "\r\n" + value + "\r\n", "+OK\r\n"))
                        .isEqualTo("+OK\r\n");
                String expected = "$" + size + "\r\n" + value + "\r\n";
                assertThat(ask(s, "GET k\r\n", expected).equals(expected))
                        .as("size %d", size)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void manyClientsShareOneTurnAndGetTheirOwnAnswers(Transport transport) throws Exception {
        try (ServerKit kit = new ServerKit(transport)) {
            Socket[] sockets = new Socket[40];
            for (int i = 0; i < sockets.length; i++) {
                sockets[i] = kit.connect();
            }
            for (int round = 0; round < 30; round++) {
                for (int i = 0; i < sockets.length; i++) {
                    send(sockets[i], "ECHO a" + i + "\r\nECHO b" + round + "\r\n");
                }
                for (int i = 0; i < sockets.length; i++) {
                    String expected = "$" + ("a" + i).length() + "\r\na" + i + "\r\n$" + ("b" + round).length()
                            + "\r\nb" + round + "\r\n";
                    assertThat(read(sockets[i], expected.length())).isEqualTo(expected);
                }
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            await(() -> kit.door.disconnected.get() == sockets.length);
            assertThat(kit.log).isEmpty();
            kit.loop.submit(() -> {}).get(5, TimeUnit.SECONDS);
            await(() -> kit.owned.get() == 0);
            assertThat(kit.entered.get()).isGreaterThan(0);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoStopsSendingStillGetsItsAnswers(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            send(s, "PING\r\nECHO x\r\nPI");
            s.shutdownOutput();
            assertThat(readAll(s)).isEqualTo("+PONG\r\n$1\r\nx\r\n");
            await(() -> kit.door.disconnected.get() == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void quitAnswersAndCloses(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            send(s, "PING\r\nQUIT\r\nPING\r\n");
            assertThat(readAll(s)).startsWith("+PONG\r\n+OK\r\n").doesNotContain("+OK\r\n+PONG");
            await(() -> kit.door.disconnected.get() == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aProtocolErrorIsAnsweredAndEndsTheConnection(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            send(s, "PING\r\n*1\r\n:1\r\n");
            assertThat(readAll(s)).isEqualTo("+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aBugEndsTheConnectionAndIsLogged(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect();
                Socket other = kit.connect()) {
            send(s, "BUG\r\n");
            readAll(s);
            assertThat(kit.log).hasSize(1).first().asString().contains("planted");
            assertThat(ask(other, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aCommandMayCutOffItsOwnConnectionAndStillWrite(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect();
                Socket other = kit.connect()) {
            send(s, "ABORT\r\nPING\r\n");
            assertThat(readAll(s)).doesNotContain("PONG");
            assertThat(ask(other, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            assertThat(kit.log).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void tooManyClientsAreTurnedAway(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport)) {
            kit.door.maxClients = 1;
            try (Socket first = kit.connect()) {
                assertThat(ask(first, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
                try (Socket second = kit.connect()) {
                    assertThat(readAll(second)).isEqualTo("-ERR max number of clients reached\r\n");
                }
                assertThat(ask(first, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void requestsOfABlockedClientWaitForItsTurn(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect();
                Socket other = kit.connect()) {
            send(s, "PING\r\nBLOCK\r\nECHO a\r\nECHO b\r\n");
            assertThat(read(s, 7)).isEqualTo("+PONG\r\n");
            send(s, "ECHO c\r\n");
            StringBuilder many = new StringBuilder();
            String big = "x".repeat(100_000);
            for (int i = 0; i < 30; i++) { // more than is kept for a waiting client: the rest stays in the socket
                many.append("*2\r\n$4\r\nECHO\r\n$100000\r\n").append(big).append("\r\n");
            }
            Thread writer = new Thread(() -> {
                try {
                    send(s, many.toString());
                } catch (IOException e) {
                    kit.log.add(e.toString());
                }
            });
            writer.start();
            assertThat(ask(other, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            assertThat(ask(other, "FREE\r\n", "+OK\r\n")).isEqualTo("+OK\r\n");
            String expected = "+FREED\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n" + ("$100000\r\n" + big + "\r\n").repeat(30);
            assertThat(read(s, expected.length()).equals(expected)).isTrue();
            assertThat(kit.log).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void repliesLeaveOnlyWhenTheyAreReleased(Transport transport) throws Exception {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            send(s, "HOLD\r\nECHO one\r\n");
            await(() -> kit.door.turns.get() > 0 && kit.door.holding);
            send(s, "ECHO two\r\nBIG 100000\r\n");
            int[] produced = new int[1];
            await(() -> {
                try {
                    kit.onLoop(() -> produced[0] =
                            (int) kit.door.clients.get(0).connection.produced());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return produced[0] == 5 + 9 + 9 + 100_011;
            });
            assertThat(s.getInputStream().available()).isZero();
            kit.onLoop(() -> kit.door.clients.get(0).connection.release(9));
            assertThat(read(s, 9)).isEqualTo("+OK\r\n$3\r\n");
            kit.onLoop(() -> kit.door.clients.get(0).connection.release(5 + 9 + 9 + 50_000));
            assertThat(read(s, 14 + 50_000)).startsWith("one\r\n$3\r\ntwo\r\n$100000\r\n");
            assertThat(s.getInputStream().available()).isZero();
            send(s, "LETGO\r\n");
            assertThat(read(s, 50_011 + 5)).endsWith("\0\r\n+OK\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void pushesReachOthersInTheirOwnProtocol(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket two = kit.connect();
                Socket three = kit.connect();
                Socket sender = kit.connect()) {
            assertThat(ask(two, "NIL\r\n", "$-1\r\n")).isEqualTo("$-1\r\n");
            assertThat(ask(three, "HELLO\r\n", "_\r\n")).isEqualTo("_\r\n");
            assertThat(ask(sender, "PING\r\nSHOUT hey\r\nNIL\r\n", "+PONG\r\n:3\r\n$-1\r\n"))
                    .isEqualTo("+PONG\r\n:3\r\n$-1\r\n");
            assertThat(read(two, 13)).isEqualTo("*1\r\n$3\r\nhey\r\n");
            assertThat(read(three, 13)).isEqualTo(">1\r\n$3\r\nhey\r\n");
            assertThat(ask(three, "NIL\r\n", "_\r\n")).isEqualTo("_\r\n");
            assertThat(ask(two, "NIL\r\n", "$-1\r\n")).isEqualTo("$-1\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aReaderWhoLagsBehindIsServedInTheEnd(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            int n = 150; // 150 MB: more than is answered ahead of the reader
            StringBuilder in = new StringBuilder();
            for (int i = 0; i < n; i++) {
                in.append("BIG 1000000\r\nPING\r\n");
            }
            send(s, in.toString());
            for (int i = 0; i < n; i++) {
                s.getInputStream().skipNBytes(10 + 1_000_000 + 2);
                assertThat(read(s, 7)).as("reply %d", i).isEqualTo("+PONG\r\n");
            }
            assertThat(kit.log).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aReaderWhoLeavesTooMuchUnreadIsCutOff(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport, "client-output-buffer-limit", "normal 10mb 0 0 pubsub 1mb 0 0");
                Socket s = kit.connect();
                Socket subscriber = kit.connect()) {
            send(s, "BIG 1000000\r\n".repeat(60));
            await(() -> kit.door.disconnected.get() == 1);
            assertThat(kit.log).hasSize(1).first().asString().contains("output buffer limits");
            assertThat(ask(subscriber, "SUBSCRIBE\r\n", "+OK\r\n")).isEqualTo("+OK\r\n");
            send(subscriber, "BIG 2000000\r\n");
            await(() -> kit.door.disconnected.get() == 2);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aStrangersLimitsHold(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport)) {
            kit.door.requirePassword = true;
            try (Socket s = kit.connect();
                    Socket other = kit.connect()) {
                send(s, "*11\r\n");
                assertThat(readAll(s)).isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
                send(other, "AUTH x\r\n*11\r\n$4\r\nECHO\r\n" + "$1\r\na\r\n".repeat(10));
                assertThat(read(other, 12)).isEqualTo("+OK\r\n$1\r\na\r\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void addressesAreThoseOfTheSocket(Transport transport) throws IOException {
        try (ServerKit kit = new ServerKit(transport);
                Socket s = kit.connect()) {
            String expected = "127.0.0.1:" + s.getLocalPort() + " 127.0.0.1:" + kit.port;
            send(s, "ADDRESS\r\n");
            assertThat(read(s, expected.length() + 7)).contains(expected);
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerKit kit = new ServerKit(Transport.NIO)) {
            assertThatThrownBy(() -> kit.bind(kit.port))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
    }

    private static boolean refuses(ServerKit kit) {
        try (Socket s = kit.connect()) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void stoppingClosesEverything() throws IOException {
        ServerKit kit = new ServerKit(Transport.NIO);
        try (Socket s = kit.connect()) {
            assertThat(ask(s, "PING\r\n", "+PONG\r\n")).isEqualTo("+PONG\r\n");
            kit.server.close();
            readAll(s);
            assertThat(kit.door.disconnected.get()).isEqualTo(1);
            await(() -> refuses(kit)); // Java's selector lets go of a closed socket when it next selects
        } finally {
            kit.close();
        }
    }
}
