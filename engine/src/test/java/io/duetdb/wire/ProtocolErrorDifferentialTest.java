package io.duetdb.wire;

import static io.duetdb.wire.DecoderKit.latin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same bytes to our decoder and to a real redis-server: as many requests, the same protocol error. */
class ProtocolErrorDifferentialTest {
    private static Process open;
    private static Process locked;
    private static int openPort;
    private static int lockedPort;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/redis-server"))
                        || Files.isExecutable(Path.of("/usr/local/bin/redis-server")),
                "redis-server is not installed: nothing to compare with");
        openPort = freePort();
        open = launch("--port", Integer.toString(openPort));
        lockedPort = freePort();
        locked = launch("--port", Integer.toString(lockedPort), "--requirepass", "secret");
        awaitReady(openPort);
        awaitReady(lockedPort);
    }

    @AfterAll
    static void stop() throws Exception {
        for (Process p : new Process[] {open, locked}) {
            if (p != null) {
                p.destroy();
                p.waitFor(5, TimeUnit.SECONDS);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket s = new ServerSocket(0)) {
            return s.getLocalPort();
        }
    }

    private static Process launch(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("redis-server", "--save", "", "--bind", "127.0.0.1"));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitReady(int port) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** What redis answers, to the end of the stream or until the answer to our last command is seen. */
    private static String redis(int port, byte[] input) throws IOException {
        try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            s.setSoTimeout(2000);
            s.getOutputStream().write(input);
            s.shutdownOutput(); // redis executes what is complete, then sees the end
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream in = s.getInputStream();
            try {
                in.transferTo(out);
            } catch (SocketTimeoutException e) {
                out.writeBytes(latin("(timeout)"));
            } catch (IOException e) {
                out.writeBytes(latin("")); // reset behind the answer: it did not read all we sent
            }
            return out.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** What we would answer if every request were a PING or an unknown command. */
    private static String duet(byte[] input, boolean authenticated) {
        DecoderKit kit = new DecoderKit();
        kit.authenticated = authenticated;
        kit.feed(input);
        StringBuilder s = new StringBuilder();
        for (String request : kit.requests) {
            String[] words = request.split("\\|", -1);
            boolean ping = words[0].equalsIgnoreCase("PING");
            s.append(ping && words.length == 1 ? "+PONG" : "-").append("\r\n");
            if (ping && words.length == 2) {
                s.append(words[1]).append("\r\n"); // answered by a bulk string: two lines
            }
        }
        return s + (kit.error() == null ? "" : "-" + kit.error() + "\r\n");
    }

    private static String normal(String answer) {
        StringBuilder s = new StringBuilder();
        for (String line : answer.split("\r\n")) {
            if (!line.isEmpty()) {
                s.append(line.startsWith("-ERR Protocol") || line.startsWith("+PONG") ? line : "-")
                        .append("\r\n");
            }
        }
        return s.toString();
    }

    @Test
    void protocolErrorsReadAsRedisWritesThem() throws IOException {
        for (String input : new String[] {
            "*x\r\n",
            "*\r\n",
            "*2147483648\r\n",
            "*2147483647\r\n",
            "*-2147483649\r\nPING\r\n",
            "*01\r\n",
            "*1\r\n:1\r\n",
            "*1\r\n\r\n",
            "*1\r\nPING\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$536870913\r\n",
            "*1\r\n$536870912\r\n",
            "*1\r\n$x\r\n",
            "*1\r\n$\r\n",
            "*1\r\n$04\r\nPING\r\n",
            "PING \"\r\n",
            "PING 'a'b\r\n",
            "PING \"a\"b\r\n",
            "*1\r\n$4\r\nPINGxxPING\r\n",
            "\r\n\r\nPING\r\n",
            "*0\r\nPING\r\n",
            "*-1\r\nPING\r\n",
            "*1\rx$4\rxPINGxx",
            "*1\n$4\nPING\n",
            "  PING  \r\n",
            "\"PI\\x4eG\"\r\n",
            "'PING'\r\n",
            "pi\"NG\"\r\n",
            "PING\n",
            "\tPING\r\n",
            "*1\r\n$4\r\nPING\r\n*a\r\nPING\r\n",
            "*1 \r\n",
            "* 1\r\n",
            "*+1\r\n",
            "*1\r\n$ 4\r\nPING\r\n",
            "*1\r\n$4 \r\nPING\r\n",
            "*1\r\n\u00ff4\r\n",
            "*1\r\n\0004\r\nPING\r\n",
            "*1\0\r\n$4\r\nPING\r\n",
            "PI\0NG\r\n",
            "*18446744073709551617\r\n",
            "\u000bPING\u000c\r\n",
            "*1\r\n" + "$" + "1".repeat(65536),
            "*" + "1".repeat(65536),
            "x".repeat(65537),
            "x".repeat(65536),
            "PING\r",
            "*1\r\n" + "$" + "1".repeat(65535),
            "*" + "1".repeat(65535),
            "x".repeat(70000) + "\r\n",
            "*1\r\n$" + "1".repeat(70000) + "\r\n"
        }) {
            byte[] b = latin(input);
            String shown = input.length() > 80 ? input.substring(0, 8) + "... of " + input.length() : input;
            assertThat(normal(duet(b, true))).as(shown).isEqualTo(normal(redis(openPort, b)));
        }
    }

    @Test
    void strangersAreLimitedAsInRedis() throws IOException {
        for (String input : new String[] {
            "*11\r\n",
            "*10\r\n" + "$1\r\na\r\n".repeat(10),
            "*1\r\n$16385\r\n",
            "*1\r\n$16384\r\n" + "x".repeat(16384) + "\r\n",
            "*1000000000\r\n",
            "*1\r\n$536870913\r\n",
            "PING\r\n*011\r\n",
            "*1\r\n$x\r\n"
        }) {
            byte[] b = latin(input);
            String shown = input.length() > 80 ? input.substring(0, 12) + "... of " + input.length() : input;
            assertThat(normal(duet(b, false)).replace("+PONG", "-")).as(shown).isEqualTo(normal(redis(lockedPort, b)));
        }
    }

    @Test
    void randomBytesEndAlike() throws IOException {
        int n = Boolean.getBoolean("duet.long") ? 20_000 : 1500;
        long seed = 31;
        Random random = new Random(seed);
        String alphabet = "**$$0011245-\r\n\r\n\r\n \"'\\xPINGPING";
        for (int i = 0; i < n; i++) {
            StringBuilder s = new StringBuilder();
            for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
                switch (random.nextInt(4)) {
                    case 0 -> s.append("PING\r\n");
                    case 1 -> s.append("*1\r\n$4\r\nPING\r\n");
                    case 2 -> s.append("*2\r\n$1\r\na\r\n$2\r\n\r\n\r\n");
                    default -> s.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            for (int m = random.nextInt(4); m > 0; m--) {
                s.setCharAt(random.nextInt(s.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String input = s.toString();
            byte[] b = latin(input);
            assertThat(normal(duet(b, true)))
                    .as(
                            "seed %d, input %d: %s",
                            seed, i, input.replace("\r", "\\r").replace("\n", "\\n"))
                    .isEqualTo(normal(redis(openPort, b)));
        }
    }
}
