package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A start, a few requests by both protocols on free ports of the loopback interface, and an end. The launcher runs it
 * once, with the JVM recording which classes are loaded, so that later starts find them ready in an archive.
 */
public final class Rehearsal {
    private static final String TOKEN = "rehearsal";
    private static final int TIMEOUT_MS = 5_000;

    private Rehearsal() {}

    /** Runs the rehearsal; prints what a start prints. Fails with an exception when the server does not answer. */
    public static void main(String[] args) throws StartupException, IOException {
        Path folder = Files.createTempDirectory("duet-rehearsal");
        try {
            run(folder.toString());
        } finally {
            Files.delete(folder);
        }
    }

    private static void run(String folder) throws StartupException, IOException {
        Settings settings = InstanceOptions.settings();
        CommandLine line = new CommandLine(settings);
        line.read("--port", "1", "--rest-port", "1", "--rest-token", TOKEN, "--maxmemory", "16mb", "--dir", folder);
        InstanceOptions options = new InstanceOptions(settings);
        options.respPort = 0;
        options.restPort = 0;
        options.files = true;
        options.blocks = new BlockKeeper(options.memoryLimitBytes);
        Main.nettyDefaults();
        Engine.linkCommands();
        try (Instance instance = Instance.start(options)) {
            System.out.print(Main.welcome(instance, System.nanoTime()));
            if (instance.respPort() >= 0) {
                ask(
                        instance.respPort(),
                        "+PONG",
                        "*2\r\n$7\r\nCOMMAND\r\n$5\r\nCOUNT\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
                                + "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nINFO\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
                                + "*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$4\r\nsave\r\n*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"
                                + "*1\r\n$4\r\nPING\r\n");
            }
            ask(
                    instance.restPort(),
                    "\"v\"",
                    "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                            + "\r\nContent-Length: 17\r\n\r\n[\"SET\",\"k\",\"v\"]  GET /get/k HTTP/1.1\r\n"
                            + "Host: localhost\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n");
        }
    }

    /** Sends requests and reads until the answer to the last one has come. */
    private static void ask(int port, String last, String requests) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf(last) < 0) {
                int n = in.read(buffer);
                if (n < 0) {
                    throw new IOException("the connection was closed; before that: " + seen);
                }
                seen.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
