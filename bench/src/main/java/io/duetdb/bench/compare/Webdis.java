package io.duetdb.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** webdis, an HTTP server in front of a redis-server, as Debian ships it: on the servers' core, with two threads. */
final class Webdis implements AutoCloseable {
    private static final long START_NS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Process process;
    private final int port;
    private final Path config;

    private Webdis(Process process, int port, Path config) {
        this.process = process;
        this.port = port;
        this.config = config;
    }

    /** Starts it in front of {@code redis}. */
    static Webdis start(ServerProcess redis) throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path config = Files.createTempFile("duet-compare-webdis", ".json");
        Files.writeString(config, """
                {"redis_host": "127.0.0.1", "redis_port": %d, "redis_auth": null, "http_host": "127.0.0.1",
                 "http_port": %d, "threads": 2, "daemonize": false, "database": 0, "verbosity": 0,
                 "logfile": "/dev/null"}
                """.formatted(redis.port(), port));
        Process process = new ProcessBuilder(
                        "taskset", "-c", Integer.toString(ServerProcess.CORE), "webdis", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Webdis webdis = new Webdis(process, port, config);
        long begun = System.nanoTime();
        while (!webdis.answers()) {
            if (!process.isAlive() || System.nanoTime() - begun > START_NS_MAX) {
                webdis.close();
                throw new IOException("webdis did not start; is it installed?");
            }
            Thread.sleep(5);
        }
        return webdis;
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream()
                    .write("GET /PING HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(config);
    }
}
