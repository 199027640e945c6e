package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.netty.channel.IoEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real engine behind real sockets: the cuts of a stream change nothing, nor do pipelines of any length. */
@Timeout(120)
class RespEngineTest {
    private static final Clock CLOCK = new Clock() {
        @Override
        public long wallUs() {
            return 1_700_000_000_000_000L;
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    };

    private IoEventLoopGroup group;
    private RespServer server;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Settings settings = new Settings(Engine.settings(), RespSettings.LIST);
        Engine engine = new Engine(EngineOptions.of(settings, CLOCK, 1, 64L << 20));
        group = Transport.NIO.newGroup();
        LoopTurn turn = new LoopTurn(
                group.next(),
                new TurnDuties() {
                    @Override
                    public @Nullable Client resume() {
                        return engine.resume();
                    }

                    @Override
                    public void beforeSleep() {
                        engine.beforeSleep();
                    }

                    @Override
                    public long nextDutyInMs() {
                        return engine.nextDutyInMs();
                    }
                },
                TurnGuard.NONE);
        server = new RespServer(turn, RespEngine.of(engine), settings, CLOCK, Host.NONE);
        port = server.bind(Transport.NIO.serverChannel(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static byte[] request(String... words) {
        StringBuilder s = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            s.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return s.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<byte[]> script(int n, long seed) {
        Random random = new Random(seed);
        List<byte[]> script = new ArrayList<>();
        script.add(request("FLUSHALL"));
        for (int i = 0; i < n; i++) {
            String key = "k" + random.nextInt(20);
            switch (random.nextInt(7)) {
                case 0 -> script.add(request("SET", key, "v".repeat(random.nextInt(60)) + "\r\n"));
                case 1 -> script.add(request("GET", key));
                case 2 -> script.add(request("INCR", "n" + random.nextInt(3)));
                case 3 -> script.add(request("APPEND", key, "\0\r$"));
                case 4 -> script.add(request("NOSUCH", key));
                case 5 -> script.add(("exists " + key + " \"n\\x30\"\r\n").getBytes(StandardCharsets.ISO_8859_1));
                default -> script.add(request("MGET", key, "n0", "n1", "none"));
            }
        }
        return script;
    }

    /** Sends all in steps of the given size; what comes back up to the answer of a last ECHO. */
    private String answers(List<byte[]> script, int step) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        script.forEach(all::writeBytes);
        all.writeBytes(request("ECHO", "the end"));
        byte[] bytes = all.toByteArray();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            ByteArrayOutputStream in = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int at = 0; at < bytes.length; at += step) {
                socket.getOutputStream().write(bytes, at, Math.min(step, bytes.length - at));
            }
            String text = "";
            while (!text.endsWith("$7\r\nthe end\r\n")) {
                int n = socket.getInputStream().read(buffer);
                assertThat(n).as("the connection ended behind %s", text).isPositive();
                in.write(buffer, 0, n);
                text = in.size() < 200_000 || n < buffer.length ? in.toString(StandardCharsets.ISO_8859_1) : "";
            }
            return text;
        }
    }

    @Test
    void twoThousandRequestsAnswerAlikeCutAtEveryByte() throws IOException {
        List<byte[]> script = script(2_000, 17);
        String whole = answers(script, 1 << 20);
        assertThat(whole).contains("-ERR unknown command").contains("*4\r\n");
        assertThat(answers(script, 1).equals(whole)).isTrue();
        assertThat(answers(script, 7).equals(whole)).isTrue();
        assertThat(answers(script, 1448).equals(whole)).isTrue();
    }

    @Test
    void tenThousandInOnePipelineAnswerAsOneByOne() throws IOException {
        List<byte[]> script = script(10_000, 18);
        String whole = answers(script, 1 << 20);
        assertThat(answers(script, 300).equals(whole)).isTrue();
    }
}
