package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own that keeps its data in a folder; may be started again and again, at the same ports. */
final class Child implements AutoCloseable {
    static final String TOKEN = "survival";
    private static final long START_SECONDS_MAX = 60;
    private static final long END_SECONDS_MAX = 60;

    final int port;
    final int restPort;
    private final Path folder;
    private final Path said;
    private final List<String> java = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Dslf4j.internal.verbosity=ERROR",
            "--enable-native-access=ALL-UNNAMED"));

    private final List<String> prefix = new ArrayList<>();
    private final List<String> settings = new ArrayList<>();
    private Process process;

    /** A server that keeps its data in {@code folder}, not started yet; what it says goes to a file of {@code logs}. */
    Child(Path folder, Path logs, String... settings) throws IOException {
        this.folder = folder;
        said = logs.resolve("said");
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = one.getLocalPort();
            restPort = other.getLocalPort();
        }
        this.settings.addAll(List.of(settings));
    }

    /** Options for the JVM. */
    Child java(String... options) {
        java.addAll(List.of(options));
        return this;
    }

    /** What starts the JVM: a program that runs the words behind it. */
    Child under(String... words) {
        prefix.addAll(List.of(words));
        return this;
    }

    /** Forgets {@link #under} for further starts. */
    void anew() {
        prefix.clear();
    }

    /** Starts it and returns when it serves. */
    Child start() throws IOException, InterruptedException {
        launch();
        awaitReady();
        return this;
    }

    /** Starts it without waiting. */
    void launch() throws IOException {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(java);
        words.add("-cp");
        words.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        words.add("io.duetdb.server.Main");
        words.addAll(List.of("--port", "" + port, "--rest-port", "" + restPort, "--rest-token", TOKEN));
        words.addAll(List.of("--dir", folder.toString()));
        words.addAll(settings);
        process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
                .start();
    }

    /** Returns when it answers PING. */
    void awaitReady() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!answers()) {
            assertThat(process.isAlive() && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(START_SECONDS_MAX))
                    .as("it should serve, but said:\n%s", said())
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private boolean answers() {
        try (RespClient client = new RespClient(port)) {
            return "PONG".equals(client.run("PING"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it at once, as kill -9 does, and returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Sends it a signal by name. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, "" + process.pid())
                .redirectErrorStream(true)
                .start()
                .waitFor();
    }

    /** Returns its exit code once it has ended. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS))
                .as("it should end, but said:\n%s", said())
                .isTrue();
        return process.exitValue();
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** All that it has printed in all of its lives. */
    String said() {
        try {
            return Files.readString(said);
        } catch (IOException e) {
            return "(nothing: " + e + ")";
        }
    }

    RespClient connect() throws IOException {
        return new RespClient(port);
    }

    @Override
    public void close() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
