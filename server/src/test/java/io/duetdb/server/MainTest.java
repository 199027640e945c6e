package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process: what it prints, how it refuses, how it ends. */
@Timeout(120)
final class MainTest {
    @Test
    void itPrintsWhatToPasteAndEndsOnASignal() throws Exception {
        int respPort = freePort();
        int restPort = freePort();
        Process process = start(
                "--port", String.valueOf(respPort), "--rest-port", String.valueOf(restPort), "--rest-token", "tok");
        try (BufferedReader out = reader(process.getInputStream())) {
            List<String> lines = new ArrayList<>();
            String line = "";
            while (line != null && !line.startsWith("  Memory for data: ")) {
                line = out.readLine();
                lines.add(line);
            }
            assertThat(lines.get(0)).startsWith("Duet ").contains("is ready");
            assertThat(lines)
                    .contains(
                            "  redis-cli -p " + respPort,
                            "  export REDIS_URL=redis://127.0.0.1:" + respPort,
                            "  export UPSTASH_REDIS_REST_URL=http://127.0.0.1:" + restPort,
                            "  export UPSTASH_REDIS_REST_TOKEN=tok",
                            "  curl -H 'Authorization: Bearer tok' http://127.0.0.1:" + restPort + "/set/hello/world");
            process.toHandle().destroy(); // unlike destroy() of the process it leaves its streams readable
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(all(process.getErrorStream())).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aMistakeIsOneLineAndExitCodeOne() throws Exception {
        assertRefused("duet: unknown setting --databses; did you mean --databases", "--databses", "1");
        assertRefused("duet: --databases can't be '0'; allowed: a number from 1 to", "--databases", "0");
        assertRefused("duet: --dir /no/such/place: there is no such directory", "--dir", "/no/such/place");
        assertRefused("duet: --daemonize can't be 'yes'; allowed: only 'no', because ", "--daemonize", "yes");
        assertRefused("duet: --port and --rest-port are both 0", "--port", "0", "--rest-port", "0");
    }

    @Test
    void aPortInUseIsOneLineAndExitCodeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = String.valueOf(taken.getLocalPort());
            assertRefused("duet: port " + port + " (127.0.0.1", "--port", port, "--rest-port", "0");
            assertRefused("duet: port " + port + " (127.0.0.1", "--port", "0", "--rest-port", port);
        }
    }

    private static void assertRefused(String start, String... args) throws Exception {
        Process process = start(args);
        String error = all(process.getErrorStream());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(error).startsWith(start);
        assertThat(error.lines()).hasSize(1);
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(all(process.getInputStream())).isEmpty();
    }

    @Test
    void theRehearsalFitsIntoTheHeapThatTheLauncherGivesIt() throws Exception {
        Process process = run("-Xmx64m", "io.duetdb.server.Rehearsal");
        assertThat(all(process.getErrorStream())).isEmpty();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static Process start(String... args) throws IOException {
        return run("-Xmx256m", "io.duetdb.server.Main", args);
    }

    private static Process run(String heap, String main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", heap, "-Dslf4j.internal.verbosity=ERROR"));
        command.add("--enable-native-access=ALL-UNNAMED"); // the runnable jar says so in its manifest
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main);
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    /** A port that was free a moment ago: the process under test has no way to tell us one it chose. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private static String all(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
