package io.duetdb.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.InputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections that keep a server waiting, by the hundred (by the thousand with {@code -Dduet.long=true}): silent ones,
 * heads and bodies that drip, answers that nobody reads. Each ends when its time is over, together they hold little
 * memory, and an honest client is served all along.
 */
@Timeout(120)
final class SlowConnectionsTest {
    private static final int CONNECTIONS = Boolean.getBoolean("duet.long") ? 5_000 : 400;
    private static final int TIMEOUT_MS = Boolean.getBoolean("duet.long") ? 5_000 : 1_000;
    private static final BufferPoolMXBean DIRECT = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    private static final String HEAD = "POST /set/k HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n";
    private static final String PING = "GET /ping?_token=secret HTTP/1.1\r\nHost: x\r\n\r\n";

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final MultiThreadIoEventLoopGroup peers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SingleThreadIoEventLoop loop = (SingleThreadIoEventLoop) group.next();
    private final Engine engine =
            new Engine(EngineOptions.of(new Settings(Engine.settings()), new ManualClock(), 1, 64L << 20));
    private final AtomicLong received = new AtomicLong();
    private RestServer server;
    private int port;
    private boolean armed;

    @BeforeEach
    void start() throws Exception {
        RestEngine turns = RestEngines.of(engine, () -> {
            if (!armed) {
                armed = true;
                loop.executeAfterEventLoopIteration(() -> {
                    armed = false;
                    engine.beforeSleep();
                });
            }
        });
        server = new RestServer(turns, RestOptions.of("secret").withTimeouts(TIMEOUT_MS, TIMEOUT_MS, 3 * TIMEOUT_MS));
        port = server.bind(
                loop, NioServerSocketChannel.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        server.close();
        peers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private List<Channel> connect(int count, boolean reading) throws InterruptedException {
        Bootstrap bootstrap = new Bootstrap()
                .group(peers)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, reading)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                                received.addAndGet(bytes.readableBytes());
                            }

                            @Override
                            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                                ctx.close();
                            }
                        });
                    }
                });
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            channels.add(bootstrap
                    .connect(InetAddress.getLoopbackAddress(), port)
                    .sync()
                    .channel());
        }
        return channels;
    }

    private static void send(List<Channel> channels, String text) {
        for (Channel channel : channels) {
            channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        }
    }

    /**
     * Asks on new connections whether the server still answers, until it does: on a busy machine our own request may
     * come too late, and the server be right to close. Returns the time it took, in ms.
     */
    private long ping() throws Exception {
        long start = System.nanoTime();
        while (!pinged()) {
            assertThat(System.nanoTime() - start).as("ns without an answer").isLessThan(60_000_000_000L);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private boolean pinged() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write(PING.getBytes(StandardCharsets.US_ASCII));
            InputStream in = client.getInputStream();
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("{\"result\":\"PONG\"}") < 0) {
                int c = in.read();
                if (c < 0 && answer.isEmpty()) {
                    return false;
                }
                assertThat(c).as(answer.toString()).isNotNegative();
                answer.append((char) c);
            }
        }
        return true;
    }

    private static long heldMegabytes() {
        System.gc();
        Runtime java = Runtime.getRuntime();
        long heap = java.totalMemory() - java.freeMemory();
        return heap + PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() >> 20;
    }

    /**
     * {@code begin} and then byte after byte of {@code drip} on each connection until the server has ended them all.
     */
    private void drip(String begin, String drip, long megabytesMax) throws Exception {
        List<Channel> slow = connect(CONNECTIONS, true);
        long before = heldMegabytes();
        long worst = 0;
        ping();
        send(slow, begin);
        long start = System.nanoTime();
        long held = 0;
        int at = 0;
        while (slow.stream().anyMatch(Channel::isActive)) {
            if (!drip.isEmpty()) {
                send(slow, drip.substring(at % drip.length(), at % drip.length() + 1));
            }
            at++;
            worst = Math.max(worst, ping());
            if (at == 3) {
                held = heldMegabytes() - before;
            }
        }
        long took = (System.nanoTime() - start) / 1_000_000;
        assertThat(held).as("MB held for %d connections", CONNECTIONS).isLessThan(megabytesMax);
        assertThat(took).as("ms until the last was gone").isLessThan(40L * TIMEOUT_MS);
        assertThat(worst).as("worst ms for others").isLessThan(2_000L + CONNECTIONS);
        while (loop.submit(server::connections).get() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void connectionsThatNeverSpeak() throws Exception {
        drip("", "", 64);
    }

    @Test
    void headsThatDrip() throws Exception {
        drip("GET /", "x", 64);
        assertThat(received.get()).as("each is told why").isGreaterThan(CONNECTIONS * 20L);
    }

    @Test
    void longHeadsThatDrip() throws Exception {
        drip("GET /" + "x".repeat(10_000), "x", 2L * CONNECTIONS * 10_000 / 1_000_000 + 128);
    }

    @Test
    void bodiesThatDrip() throws Exception {
        drip(HEAD + "Content-Length: 9000000\r\n\r\n", "x", 64);
        assertThat(received.get()).isGreaterThan(CONNECTIONS * 20L);
    }

    @Test
    void chunksThatDrip() throws Exception {
        drip(HEAD + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 64);
    }

    @Test
    void rowsThatDrip() throws Exception {
        drip(
                "POST /pipeline?_token=secret HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n",
                "[[\"PING\"],",
                128);
    }

    @Test
    void answersThatNobodyReads() throws Exception {
        List<Channel> deaf = connect(CONNECTIONS / 4, false);
        long before = heldMegabytes();
        try (Socket writer = new Socket(InetAddress.getLoopbackAddress(), port)) {
            writer.getOutputStream()
                    .write((HEAD + "Content-Length: 1000000\r\n\r\n" + "v".repeat(1_000_000))
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(writer.getInputStream().read()).isEqualTo('H');
        }
        send(deaf, "GET /get/k?_token=secret HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
        long worst = 0;
        long most = 0;
        while (loop.submit(server::connections).get() > 0) {
            worst = Math.max(worst, ping());
            most = Math.max(most, DIRECT.getMemoryUsed() >> 20);
        }
        assertThat(worst).as("worst ms for others").isLessThan(CONNECTIONS / 4 * 100L);
        assertThat(most).as("MB of buffers").isLessThan(Runtime.getRuntime().maxMemory() / 4 >> 20);
        assertThat(heldMegabytes() - before).isLessThan(64);
        deaf.forEach(Channel::close);
    }
}
