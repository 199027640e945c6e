package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may connect, and for how long: protected-mode, timeout. */
@Timeout(60)
class AccessTest {
    private static final String PING = "PING\r\n";
    private static final String PONG = "+PONG\r\n";

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::available);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void idleClientsAreClosedAndBusyOnesStay(Transport transport) throws Exception {
        try (ServerKit kit = new ServerKit(transport, "timeout", "10");
                Socket busy = kit.connect();
                Socket idle = kit.connect();
                Socket subscriber = kit.connect()) {
            ServerKit.ask(subscriber, PING, PONG);
            kit.onLoop(() -> kit.door.clients.forEach(client -> client.connection.subscriber(true)));
            ServerKit.ask(busy, PING, PONG);
            ServerKit.ask(idle, PING, PONG);
            kit.onLoop(() -> {
                kit.door.clients.forEach(client -> client.connection.subscriber(
                        client.connection.remoteAddress().endsWith(":" + subscriber.getLocalPort())));
                kit.clock.advance(5, TimeUnit.SECONDS);
            });
            ServerKit.ask(busy, PING, PONG);
            kit.onLoop(() -> kit.clock.advance(6, TimeUnit.SECONDS));
            assertThat(ServerKit.readAll(idle)).isEmpty();
            assertThat(ServerKit.ask(busy, PING, PONG)).isEqualTo(PONG);
            assertThat(ServerKit.ask(subscriber, PING, PONG)).isEqualTo(PONG);
            assertThat(kit.log).isEmpty();
        }
    }

    @Test
    void aTimeoutThatIsSetLaterCountsFromThenOn() throws Exception {
        try (ServerKit kit = new ServerKit(Transport.NIO);
                Socket idle = kit.connect()) {
            ServerKit.ask(idle, PING, PONG);
            kit.onLoop(() -> {
                kit.clock.advance(100, TimeUnit.SECONDS);
                kit.settings.set("timeout", "10");
            });
            kit.onLoop(() -> kit.clock.advance(10, TimeUnit.SECONDS));
            assertThat(ServerKit.ask(idle, PING, PONG)).isEqualTo(PONG);
            kit.onLoop(() -> kit.clock.advance(11, TimeUnit.SECONDS));
            assertThat(ServerKit.readAll(idle)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void strangersAreSentAwayUnlessTheySayWhoTheyAre(Transport transport) throws Exception {
        InetAddress outside = outside();
        assumeThat(outside)
                .as("an address of this machine besides the loopback")
                .isNotNull();
        try (ServerKit kit = new ServerKit(transport)) {
            int port = kit.server.bind(transport.serverChannel(), new InetSocketAddress(0));
            try (Socket stranger = new Socket(outside, port)) {
                stranger.setSoTimeout(20_000);
                assertThat(ServerKit.readAll(stranger))
                        .startsWith("-DENIED Redis is running in protected mode because protected mode is enabled and")
                        .endsWith("for the server to start accepting connections from the outside.\r\n");
            }
            kit.onLoop(() -> {
                assertThat(kit.server.connections()).isZero();
                kit.settings.set("protected-mode", "no");
            });
            pings(outside, port);
            kit.onLoop(() -> {
                kit.settings.set("protected-mode", "yes");
                kit.door.requirePassword = true;
            });
            try (Socket stranger = new Socket(outside, port)) {
                stranger.setSoTimeout(20_000);
                ServerKit.send(stranger, PING);
                assertThat(ServerKit.read(stranger, 1)).isIn("+", "-");
            }
            kit.onLoop(() -> kit.door.requirePassword = false);
            pings(InetAddress.getLoopbackAddress(), port);
        }
    }

    private static void pings(InetAddress address, int port) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            socket.setSoTimeout(20_000);
            assertThat(ServerKit.ask(socket, PING, PONG)).isEqualTo(PONG);
        }
    }

    private static InetAddress outside() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst()
                .orElse(null);
    }
}
