package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.clients.Tools.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and the runnable jar as they are delivered, in a folder of their own, on every JDK of this machine. */
@Timeout(240)
final class LauncherIT {
    private static final long END_MS_MAX = 1000;
    private static final int NOBODY = 65534;

    @TempDir
    Path root;

    private Path target;
    private Path launcher;
    private Path jar;

    @BeforeEach
    void deliver() throws IOException {
        target = Files.createDirectories(root.resolve("server/target"));
        launcher = Files.createDirectories(root.resolve("server/bin")).resolve("duet");
        jar = target.resolve("duet.jar");
        Files.copy(Path.of("bin/duet"), launcher);
        Files.copy(Path.of("target/duet.jar"), jar);
        launcher.toFile().setExecutable(true, false);
    }

    @Test
    void theFirstStartLeavesAnArchiveAndLaterOnesKeepIt() throws Exception {
        for (String home : jdks().values()) {
            try (Server server = new Server(home, List.of(launcher.toString()))) {
                server.answersAndEndsQuietly();
            }
            List<Path> archives = archives();
            assertThat(archives).as(home).hasSize(1);
            FileTime made = Files.getLastModifiedTime(archives.get(0));
            try (Server server = new Server(home, List.of(launcher.toString()))) {
                server.answersAndEndsQuietly();
            }
            assertThat(archives()).isEqualTo(archives);
            assertThat(Files.getLastModifiedTime(archives.get(0))).isEqualTo(made);
            Files.delete(archives.get(0));
        }
    }

    @Test
    void whereNothingCanBeWrittenItStartsWithoutAnArchive() throws Exception {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            Tools.need("setpriv"); // nothing is read-only for root
            command.addAll(List.of("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"));
        }
        command.add(launcher.toString());
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
        try (Server server = new Server(System.getProperty("java.home"), command)) {
            server.answersAndEndsQuietly();
            assertThat(archives()).isEmpty();
        } finally {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void theJarNeedsNoOptions() throws Exception {
        for (String home : jdks().values()) {
            for (String transport : List.of("auto", "nio")) {
                String java = Path.of(home, "bin", "java").toString();
                try (Server server =
                        new Server(home, List.of(java, "-jar", jar.toString(), "--transport", transport))) {
                    server.answersAndEndsQuietly();
                }
            }
        }
    }

    @Test
    void aProgramThatEmbedsItHearsNoComplaint() throws Exception {
        for (String home : jdks().values()) {
            String java = Path.of(home, "bin", "java").toString();
            Ran ran = Tools.run("", java, "-cp", jar.toString(), "src/test/clients/Embedded.java");
            assertThat(ran.succeeded().err()).isEmpty();
            assertThat(ran.lines()).containsExactly("hello", "+PONG");
        }
    }

    @Test
    void aSymbolicLinkWillDo() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("duet"), launcher);
        Ran ran = Tools.run("", link.toString(), "--version").succeeded();
        assertThat(ran.out()).startsWith("duet ");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void anUnknownOptionNamesTheNearestRightOne() throws Exception {
        Ran ran = Tools.run("", launcher.toString(), "--rest-prot", "80");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("duet: unknown setting --rest-prot; did you mean --rest-port (");
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(archives()).as("a start that fails needs no archive").hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void itShowsTheOptionsItChose() throws Exception {
        Ran ran = Tools.run(
                Map.of("DUET_HEAP", "123m", "DUET_JAVA_OPTS", "-Dx=y"), "", launcher.toString(), "--show-options");
        assertThat(ran.succeeded().out()).contains(" -Xmx123m ").endsWith(" -Dx=y -jar " + jar + "\n");
        assertThat(archives()).isEmpty();
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> !file.equals(jar)).toList();
        }
    }

    /** The JDKs of this machine by version, at least the one that runs the tests. */
    private static Map<String, String> jdks() throws IOException {
        Map<String, String> homes = new TreeMap<>();
        homes.put(System.getProperty("java.version"), System.getProperty("java.home"));
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> directories = Files.list(installed)) {
                for (Path home : directories.toList()) {
                    Path release = home.resolve("release");
                    if (Files.isReadable(release) && Files.isExecutable(home.resolve("bin/java"))) {
                        for (String line : Files.readAllLines(release)) {
                            if (line.matches("JAVA_VERSION=\"(1[7-9]|[2-9][0-9])\\b.*")) {
                                homes.putIfAbsent(line.split("\"")[1], home.toString());
                            }
                        }
                    }
                }
            }
        }
        return homes;
    }

    /** A started server on free ports. */
    private final class Server implements AutoCloseable {
        private final int port;
        private final int restPort;
        private final Path out;
        private final Path err;
        private final Process process;

        Server(String home, List<String> command) throws IOException {
            port = freePort();
            restPort = freePort();
            out = root.resolve("out-" + port);
            err = root.resolve("err-" + port);
            List<String> words = new ArrayList<>(command);
            words.addAll(List.of("--port", "" + port, "--rest-port", "" + restPort));
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(root.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("JAVA_HOME", home);
            builder.environment().put("DUET_HEAP", "64m");
            process = builder.start();
        }

        /** Waits until all is printed, asks by both protocols, interrupts as Ctrl-C does: a second, and no complaint. */
        void answersAndEndsQuietly() throws Exception {
            long begun = System.nanoTime();
            while (!said(out).contains("Memory for data: ")) {
                assertThat(process.isAlive() && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(60))
                        .as("it should be ready, but said:\n%s%s", said(out), said(err))
                        .isTrue();
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(ask(port, "PING\r\n", 7)).isEqualTo("+PONG\r\n");
            assertThat(ask(restPort, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 12))
                    .isEqualTo("HTTP/1.1 401");
            long interrupted = System.nanoTime();
            Tools.run("", "kill", interrupts() ? "-INT" : "-TERM", "" + process.pid())
                    .succeeded();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat((System.nanoTime() - interrupted) / 1_000_000).isLessThan(END_MS_MAX);
            assertThat(said(err)).isEmpty();
        }

        private String said(Path file) throws IOException {
            return Files.readString(file, StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /**
     * Whether Ctrl-C's signal reaches a process that we start. Not where somebody let us run in the background: there a
     * shell has it ignored, and who is started inherits that.
     */
    private static boolean interrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 2) == 0;
            }
        }
        return true;
    }

    /** A port that was free a moment ago: the process under test has no way to tell us one it chose. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Sends {@code request} and returns the first {@code length} bytes of the answer. */
    private static String ask(int port, String request, int length) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
        }
    }
}
