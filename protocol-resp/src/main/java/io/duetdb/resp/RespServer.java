package io.duetdb.resp;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.wire.DecoderLimits;
import io.duetdb.wire.OutputLimits;
import io.duetdb.wire.WireBuffers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Listens for RESP clients on one event loop. Its methods may be called from any thread but the loop's own. */
public final class RespServer implements AutoCloseable {
    /** The engine's setting: strings that commands make obey it too. */
    private static final String BULK_LIMIT = "proto-max-bulk-len";

    private static final long STOP_SECONDS = 5;
    private static final int KEEPALIVE_PROBES = 3;

    private final LoopTurn turn;
    private final Settings settings;
    private final RespLoop loop;
    private final IoEventLoop eventLoop;
    private final @Nullable SharedReceiveBuffer receive;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Channel> listening = new ArrayList<>();
    private boolean accepting = true;

    /**
     * A server in front of {@code engine}, on the loop of {@code turn}; it does not listen yet.
     *
     * @param settings the joined table, {@link RespSettings#LIST} and the engine's among them
     * @param clock what idle times are measured with
     * @param host who is told of bugs and of clients that were cut off
     */
    public RespServer(LoopTurn turn, RespEngine engine, Settings settings, Clock clock, Host host) {
        this.turn = turn;
        this.settings = settings;
        eventLoop = (IoEventLoop) turn.loop();
        ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        DecoderLimits decoderLimits = new DecoderLimits();
        OutputLimits outputLimits = new OutputLimits(PlatformDependent.maxDirectMemory());
        loop = new RespLoop(turn, engine, decoderLimits, outputLimits, allocator, clock, host);
        receive = eventLoop.isIoType(IoUringIoHandler.class)
                ? null
                : new SharedReceiveBuffer(allocator, WireBuffers.QUERY_BYTES);
        follow(settings, decoderLimits, outputLimits);
        follow(settings, loop);
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

    private static void follow(Settings settings, RespLoop loop) {
        Settings.Listener guard = s -> loop.protectedMode = s.yes(RespSettings.PROTECTED_MODE);
        guard.changed(settings);
        settings.listen(RespSettings.PROTECTED_MODE, guard);
        Settings.Listener timeout = s -> loop.idle.timeout(s.number(RespSettings.TIMEOUT));
        timeout.changed(settings);
        settings.listen(RespSettings.TIMEOUT, timeout);
    }

    /**
     * Listens at {@code address} with channels of {@code type}, which the loop must be able to serve, and returns the
     * port. May be called for several addresses.
     *
     * @throws Exception what Netty throws when it cannot listen, a {@link java.net.BindException} for instance
     */
    public int bind(Class<? extends ServerChannel> type, InetSocketAddress address) throws Exception {
        Channel bound = bootstrap(type).bind(address).sync().channel();
        listening.add(bound);
        return ((InetSocketAddress) bound.localAddress()).getPort();
    }

    /** Leaves connections in the system's queue until {@link #accept}. To be called before {@link #bind}. */
    public void holdBack() {
        accepting = false;
    }

    /** Takes the connections that wait, and those to come. */
    public void accept() {
        for (Channel channel : listening) {
            channel.config().setAutoRead(true);
        }
    }

    private ServerBootstrap bootstrap(Class<? extends ServerChannel> type) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(eventLoop)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, (int) settings.number(RespSettings.TCP_BACKLOG))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, accepting)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, loop.allocator)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(RespConnection.UNSENT_LOW, RespConnection.UNSENT_HIGH))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        keepAlive(channel.config(), (int) settings.number(RespSettings.TCP_KEEPALIVE));
                        channel.pipeline().addLast(new RespConnection(loop));
                    }
                });
        SharedReceiveBuffer shared = receive;
        if (shared != null) {
            bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, shared);
        }
        return bootstrap;
    }

    /** Probes as redis-server sets them: the first after {@code seconds}, then three within the same time again. */
    private void keepAlive(ChannelConfig config, int seconds) {
        if (seconds == 0) {
            return;
        }
        int interval = Math.max(1, seconds / KEEPALIVE_PROBES);
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        if (eventLoop.isIoType(NioIoHandler.class)) {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), seconds);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), interval);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEPALIVE_PROBES);
        } else if (eventLoop.isIoType(EpollIoHandler.class)) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, interval);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
        } else {
            config.setOption(IoUringChannelOption.TCP_KEEPIDLE, seconds);
            config.setOption(IoUringChannelOption.TCP_KEEPINTVL, interval);
            config.setOption(IoUringChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
        }
    }

    /** Bytes received since the start; asked from the loop's thread. */
    public long bytesRead() {
        return loop.bytesRead;
    }

    /** Bytes released to be sent since the start; asked from the loop's thread. */
    public long bytesWritten() {
        return loop.bytesWritten;
    }

    /** How often a socket was read since the start; asked from the loop's thread. */
    public long reads() {
        return loop.reads;
    }

    /** How often a socket was written since the start; asked from the loop's thread. */
    public long writes() {
        return loop.writes;
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
    @Override
    public void close() {
        stopListening();
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        CountDownLatch closed = new CountDownLatch(1);
        eventLoop.execute(() -> {
            turn.begin();
            for (RespConnection connection : new ArrayList<>(loop.connections)) {
                connection.abort();
            }
            eventLoop.execute(
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
