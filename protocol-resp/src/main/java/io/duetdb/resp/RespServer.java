package io.duetdb.resp;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.wire.DecoderLimits;
import io.duetdb.wire.WireBuffers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Listens for RESP clients on one event loop. Its methods may be called from any thread but the loop's own. */
public final class RespServer {
    /** The engine's setting: strings that commands make obey it too. */
    private static final String BULK_LIMIT = "proto-max-bulk-len";

    private static final long OUTPUT_CAP_MAX = 1L << 30;
    private static final long STOP_SECONDS = 5;
    private static final int KEEPALIVE_PROBES = 3;

    private final LoopTurn turn;
    private final Settings settings;
    private final RespLoop loop;
    private final Transport transport;
    private final @Nullable SharedReceiveBuffer receive;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Channel> listening = new ArrayList<>();

    /**
     * A server on the loop of {@code turn}, not listening yet.
     *
     * @param settings the joined table, {@link RespSettings#LIST} and the engine's among them
     * @param host who is told of bugs and of clients that were cut off
     */
    public RespServer(LoopTurn turn, Settings settings, Host host) {
        this.turn = turn;
        this.settings = settings;
        transport = transportOf((IoEventLoop) turn.loop());
        ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        DecoderLimits decoderLimits = new DecoderLimits();
        OutputLimits outputLimits = new OutputLimits(Math.min(OUTPUT_CAP_MAX, PlatformDependent.maxDirectMemory() / 4));
        loop = new RespLoop(turn, decoderLimits, outputLimits, allocator, host);
        receive = transport == Transport.IO_URING ? null : new SharedReceiveBuffer(allocator, WireBuffers.QUERY_BYTES);
        follow(settings, decoderLimits, outputLimits);
    }

    /** A group of one loop for a transport, its thread named after Duet. */
    public static IoEventLoopGroup newGroup(Transport transport) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("duet-loop"), transport.handlers());
    }

    private static Transport transportOf(IoEventLoop eventLoop) {
        if (eventLoop.isIoType(NioIoHandler.class)) {
            return Transport.NIO;
        }
        if (Transport.EPOLL.available() && eventLoop.isIoType(EpollIoHandler.class)) {
            return Transport.EPOLL;
        }
        if (Transport.IO_URING.available() && eventLoop.isIoType(IoUringIoHandler.class)) {
            return Transport.IO_URING;
        }
        throw new IllegalArgumentException("a loop of no known transport: " + eventLoop);
    }

    private static void follow(Settings settings, DecoderLimits decoderLimits, OutputLimits outputLimits) {
        long heapShare = Runtime.getRuntime().maxMemory() / 8; // unfinished requests live on the heap
        Settings.Listener limits = s -> {
            decoderLimits.bulkBytesMax(s.number(BULK_LIMIT));
            decoderLimits.queryBytesMax(Math.min(heapShare, s.number(RespSettings.QUERY_LIMIT)));
        };
        limits.changed(settings);
        settings.listen(BULK_LIMIT, limits);
        settings.listen(RespSettings.QUERY_LIMIT, limits);
        Settings.Listener output = s -> outputLimits.set(s.text(RespSettings.OUTPUT_LIMIT));
        output.changed(settings);
        settings.listen(RespSettings.OUTPUT_LIMIT, output);
    }

    /**
     * Begins to listen on the addresses and the port of the settings, and returns the port (chosen when the setting is
     * 0).
     *
     * @throws IOException an address cannot be bound
     */
    public int start() throws IOException {
        return start((int) settings.number(RespSettings.PORT));
    }

    /** Begins to listen on {@code port} (0: a free one) and returns it. */
    public int start(int port) throws IOException {
        ServerBootstrap bootstrap = bootstrap();
        int chosen = port;
        IOException refused = null;
        for (String name : settings.text(RespSettings.BIND).trim().split("\\s+")) {
            boolean optional = name.startsWith("-");
            String address = optional ? name.substring(1) : name;
            InetSocketAddress at = address.equals("*") || address.isEmpty()
                    ? new InetSocketAddress(chosen)
                    : new InetSocketAddress(InetAddress.getByName(address), chosen);
            ChannelFuture bound = bootstrap.bind(at).awaitUninterruptibly();
            if (bound.isSuccess()) {
                listening.add(bound.channel());
                chosen = ((InetSocketAddress) bound.channel().localAddress()).getPort();
            } else if (!optional) {
                refused = new IOException("cannot listen on " + address + ":" + chosen + ": "
                        + bound.cause().getMessage());
                refused.initCause(bound.cause());
                break;
            }
        }
        if (refused != null || listening.isEmpty()) {
            stopListening();
            throw refused == null ? new IOException("no address to listen on") : refused;
        }
        return chosen;
    }

    private ServerBootstrap bootstrap() {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group((IoEventLoop) turn.loop())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, (int) settings.number(RespSettings.TCP_BACKLOG))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, loop.allocator)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(RespConnection.UNSENT_LOW, RespConnection.UNSENT_HIGH))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new RespConnection(loop));
                    }
                });
        SharedReceiveBuffer shared = receive;
        if (shared != null) {
            bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, shared);
        }
        int seconds = (int) settings.number(RespSettings.TCP_KEEPALIVE);
        if (seconds > 0) {
            keepAlive(bootstrap, seconds);
        }
        return bootstrap;
    }

    private void keepAlive(ServerBootstrap bootstrap, int seconds) {
        int interval = Math.max(1, seconds / KEEPALIVE_PROBES);
        bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
        switch (transport) {
            case EPOLL ->
                bootstrap
                        .childOption(EpollChannelOption.TCP_KEEPIDLE, seconds)
                        .childOption(EpollChannelOption.TCP_KEEPINTVL, interval)
                        .childOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
            case IO_URING ->
                bootstrap
                        .childOption(IoUringChannelOption.TCP_KEEPIDLE, seconds)
                        .childOption(IoUringChannelOption.TCP_KEEPINTVL, interval)
                        .childOption(IoUringChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
            case NIO ->
                bootstrap
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), seconds)
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), interval)
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEPALIVE_PROBES);
        }
    }

    /** Number of connections at the moment; asked from the loop's thread. */
    public int connections() {
        return loop.connections.size();
    }

    /** Takes no further connection; the present ones go on. */
    public void stopListening() {
        for (Channel channel : listening) {
            channel.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
        listening.clear();
    }

    /** Takes no further connection, closes the present ones and gives the loop back. Waits at most a few seconds; once is enough. */
    public void stop() {
        stopListening();
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        CountDownLatch closed = new CountDownLatch(1);
        turn.loop().execute(() -> {
            turn.begin();
            for (RespConnection connection : new ArrayList<>(loop.connections)) {
                connection.abort();
            }
            turn.loop()
                    .execute(
                            () -> { // behind what the closing of sockets left for later
                                loop.leave();
                                SharedReceiveBuffer shared = receive;
                                if (shared != null) {
                                    shared.close();
                                }
                                closed.countDown();
                            });
        });
        try {
            if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                loop.host.log("The event loop did not stop in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
