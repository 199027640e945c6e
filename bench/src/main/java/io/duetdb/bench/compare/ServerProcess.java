package io.duetdb.bench.compare;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One server under test, a process of its own. Closing it ends the process. */
final class ServerProcess implements AutoCloseable {
    /** The core the servers live on. */
    static final int CORE = 0;

    private static final long POLL_MS = 5;
    private static final long LOADING_POLL_MS = 25;
    private static final long START_MS_MAX = 300_000;

    private final String name;
    private final boolean duet;
    private final Process process;
    private final long pid;
    private final int port;
    private final int restPort;
    private final Path directory;
    private final boolean filesStay;
    private final double startMs;

    private ServerProcess(
            String name,
            boolean duet,
            Process process,
            long pid,
            int port,
            int restPort,
            Path directory,
            boolean filesStay,
            double startMs) {
        this.name = name;
        this.duet = duet;
        this.process = process;
        this.pid = pid;
        this.port = port;
        this.restPort = restPort;
        this.directory = directory;
        this.filesStay = filesStay;
        this.startMs = startMs;
    }

    /** Starts redis-server. */
    static ServerProcess redis(String name, Options options, Launch launch) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of("taskset", "-c", launch.cores(), "redis-server"));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(launch.settings());
        command.addAll(List.of("--bind", "127.0.0.1"));
        return start(name, false, command, Map.of(), port, 0, options, launch);
    }

    /**
     * Starts Duet through its launcher. {@code jvmOptions} (may be empty) go beside the launcher's own; {@code {dir}} in
     * them becomes {@link #directory}.
     */
    static ServerProcess duet(Options options, String jvmOptions, Launch launch)
            throws IOException, InterruptedException {
        int port = freePort();
        int restPort = freePort();
        List<String> command = new ArrayList<>(List.of("taskset", "-c", launch.cores(), options.launcher()));
        command.addAll(List.of("--port", Integer.toString(port), "--rest-port", Integer.toString(restPort)));
        command.addAll(List.of("--rest-token", Workloads.TOKEN));
        command.addAll(launch.settings());
        command.addAll(options.duetArguments());
        Map<String, String> environment = new HashMap<>();
        String javaHome = options.javaHome();
        if (!javaHome.isEmpty()) {
            environment.put("JAVA_HOME", javaHome);
            environment.put("PATH", javaHome + "/bin:" + System.getenv("PATH"));
        }
        if (!jvmOptions.isEmpty()) {
            environment.put("DUET_JAVA_OPTS", jvmOptions);
        }
        return start("duet", true, command, environment, port, restPort, options, launch);
    }

    private static ServerProcess start(
            String name,
            boolean duet,
            List<String> command,
            Map<String, String> environment,
            int port,
            int restPort,
            Options options,
            Launch launch)
            throws IOException, InterruptedException {
        Path given = launch.directory();
        Path directory = given == null ? Files.createTempDirectory("duet-compare-") : given;
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        environment.forEach(
                (key, value) -> builder.environment().put(key, value.replace("{dir}", directory.toString())));
        long begun = System.nanoTime();
        Process process = builder.start();
        while (true) {
            try (RespClient client = new RespClient(port)) {
                awaitLoaded(client, begun);
                break;
            } catch (IOException e) {
                if (!process.isAlive() || msSince(begun) > START_MS_MAX) {
                    process.destroyForcibly().waitFor();
                    String said = tail(directory);
                    if (given == null) {
                        Folder.delete(directory);
                    }
                    throw new IOException(name + " did not start: " + String.join(" ", command) + "\n" + said);
                }
                Thread.sleep(POLL_MS);
            }
        }
        double startMs = (System.nanoTime() - begun) / 1e6;
        ProcessHandle leaf = process.toHandle();
        for (ProcessHandle child : (Iterable<ProcessHandle>) leaf.descendants()::iterator) {
            if (child.info().command().orElse("").endsWith("java")) {
                leaf = child;
            }
        }
        options.remember(name, Proc.commandLine(leaf.pid()));
        return new ServerProcess(name, duet, process, leaf.pid(), port, restPort, directory, given != null, startMs);
    }

    /**
     * Asks until the server has loaded, on one connection and not too often, since asking is work of its own: 5M keys in
     * 3.5 s (3.3 to 3.6) when asked each 5 ms, in 3.1 s (3.0 to 3.4) each 100 ms.
     */
    private static void awaitLoaded(RespClient client, long begun) throws IOException, InterruptedException {
        while (true) {
            try {
                client.run("PING");
                return;
            } catch (IOException e) {
                boolean loading = String.valueOf(e.getMessage()).contains("LOADING");
                if (!loading || msSince(begun) > START_MS_MAX) {
                    throw e;
                }
                Thread.sleep(LOADING_POLL_MS);
            }
        }
    }

    private static long msSince(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** Has Duet's collector run now, so that it doesn't during what is measured next; the peer has none. */
    void collect() throws IOException, InterruptedException {
        if (!isDuet()) {
            return;
        }
        Path java =
                Path.of(ProcessHandle.of(pid).flatMap(p -> p.info().command()).orElse("java"));
        List<String> command = List.of(java.resolveSibling("jcmd").toString(), Long.toString(pid), "GC.run");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " said:\n" + said);
        }
    }

    private static String tail(Path directory) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("log"), StandardCharsets.ISO_8859_1);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What the tables call it. */
    String name() {
        return name;
    }

    /** Whether this is Duet and not redis-server. */
    boolean isDuet() {
        return duet;
    }

    long pid() {
        return pid;
    }

    int port() {
        return port;
    }

    int restPort() {
        return restPort;
    }

    /** The server's own scratch directory: its log, and logs of the collector. */
    Path directory() {
        return directory;
    }

    /** Milliseconds from the start of the process until it answered PING: whatever it had to load was there. */
    double startMs() {
        return startMs;
    }

    /** A numeric field of INFO, or -1 where the server has none of that name. */
    long info(String field) throws IOException {
        try (RespClient client = new RespClient(port)) {
            for (String line : client.run("INFO", "everything").split("\r?\n")) {
                if (line.startsWith(field + ":")) {
                    return (long) Double.parseDouble(
                            line.substring(field.length() + 1).trim());
                }
            }
        }
        return -1;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            if (!filesStay) {
                Folder.delete(directory);
            }
        } catch (IOException e) {
            // What cannot be deleted stays: the system's folder for temporary files is cleared by others.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
