package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Embedded with ports: one keyspace for RESP, REST and Java, and nothing left behind. */
@Timeout(60)
final class DuetPortsTest {
    @Test
    void whatOneWritesTheOthersRead() throws IOException {
        try (Duet duet = Duet.builder().respPort(0).restPort(0).start()) {
            assertThat(duet.respPort()).isPositive();
            assertThat(duet.restPort()).isPositive().isNotEqualTo(duet.respPort());
            duet.execute("SET", "from", "java");
            assertThat(resp(duet, "GET from\r\n", 10)).isEqualTo("$4\r\njava\r\n");
            assertThat(resp(duet, "SET from resp\r\n", 5)).isEqualTo("+OK\r\n");
            assertThat(rest(duet, "/get/from")).isEqualTo("{\"result\":\"resp\"}");
            assertThat(rest(duet, "/set/from/rest")).isEqualTo("{\"result\":\"OK\"}");
            assertThat(duet.execute("GET", "from")).isEqualTo("rest");
        }
    }

    @Test
    void callersInTheJvmAndSocketsTakeTurns() throws Exception {
        try (Duet duet = Duet.builder().respPort(0).start()) {
            Thread caller = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    duet.execute("INCR", "n");
                }
            });
            caller.start();
            String pipeline = "INCR n\r\n".repeat(50);
            for (int i = 0; i < 100; i++) {
                respLines(duet, pipeline, 50);
            }
            caller.join();
            assertThat(duet.execute("GET", "n")).isEqualTo("10000");
        }
    }

    @Test
    @Timeout(60)
    void instancesShareLoopsAndLeaveNoThreads() throws IOException {
        while (!loopThreads().isEmpty()) {
            Thread.onSpinWait(); // clients of other tests may have left Netty's global thread, which ends by itself
        }
        List<Duet> many = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                many.add(Duet.builder().respPort(0).restPort(0).start());
            }
            for (int i = 0; i < many.size(); i++) {
                many.get(i).execute("SET", "who", "no" + i);
            }
            for (int i = 0; i < many.size(); i++) {
                assertThat(rest(many.get(i), "/get/who")).isEqualTo("{\"result\":\"no" + i + "\"}");
            }
            assertThat(loopThreads().size()).isBetween(1, 4);
        } finally {
            many.forEach(Duet::close);
        }
        assertThat(loopThreads()).isEmpty();
    }

    @Test
    void aClosedInstanceHasGivenItsPortsBack() throws IOException {
        Duet duet = Duet.builder().respPort(0).restPort(0).start();
        int respPort = duet.respPort();
        int restPort = duet.restPort();
        try (Socket open = new Socket(InetAddress.getLoopbackAddress(), respPort)) {
            duet.close();
            assertThat(closed(open)).isTrue();
        }
        try (Duet again = Duet.builder().respPort(respPort).restPort(restPort).start()) {
            assertThat(again.respPort()).isEqualTo(respPort);
            assertThat(again.execute("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Duet.builder().restPort(port).start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("is in use; choose another: --rest-port");
            assertThatThrownBy(() -> Duet.builder().respPort(port).start())
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("is in use; choose another: --port");
        }
        assertThat(loopThreads()).isEmpty();
    }

    @Test
    void passwordAndTokenAreAskedFor() throws IOException {
        try (Duet duet = Duet.builder()
                .respPort(0)
                .restPort(0)
                .restToken("secret")
                .setting("requirepass", "pass")
                .start()) {
            assertThat(duet.restToken()).isEqualTo("secret");
            assertThat(resp(duet, "GET k\r\n", 8)).startsWith("-NOAUTH");
            assertThat(resp(duet, "AUTH pass\r\n", 5)).isEqualTo("+OK\r\n");
            assertThat(rest(duet, "/get/k")).isEqualTo("{\"result\":null}");
        }
    }

    private static boolean closed(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException e) {
            return true; // reset, as redis-server does it too
        }
    }

    private static String resp(Duet duet, String request, int length) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), duet.respPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        }
    }

    private static void respLines(Duet duet, String request, int lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), duet.respPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            int seen = 0;
            while (seen < lines) {
                int b = in.read();
                assertThat(b).isNotEqualTo(-1);
                seen += b == '\n' ? 1 : 0;
            }
        }
    }

    private static String rest(Duet duet, String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + duet.restPort() + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + duet.restToken());
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
        }
    }

    private static List<String> loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread ->
                        thread.getName().startsWith("duet-") || thread.getName().startsWith("globalEventExecutor"))
                .map(Thread::getName)
                .collect(Collectors.toList());
    }
}
