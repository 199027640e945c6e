package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Settings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonFactory;

/**
 * The HTTP side of one engine: listens, and holds what its connections share. All connections live on one event loop,
 * the engine's; so one response is composed at a time, in arrays that belong to the server.
 */
public final class RestServer {
    private static final int SPARE_EXCHANGES = 32;
    private static final int BACKLOG = 511;

    private final RestEngine engine;
    private final RestOptions options;
    private final Tokens tokens;
    private final JsonReply json;
    private final RespBody resp;
    private final ResponseHead head;
    private final EventStreams events;
    private final JsonFactory factory;
    private final Argv[] batch = new Argv[Limits.BATCH];
    private final Deque<Exchange> spare = new ArrayDeque<>();
    private byte[] readBuffer = new byte[64 * 1024];
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final List<Channel> listening = new ArrayList<>();
    private boolean accepting = true;
    private @Nullable EventLoop eventLoop;
    private volatile boolean closed;

    private @Nullable Body executing;
    private final Map<RestConnection, Long> stalled = new LinkedHashMap<>();
    private final long peersMax =
            Math.max(Limits.PEERS_BYTES_MIN, Runtime.getRuntime().maxMemory() / Limits.PEERS_SHARE);
    private long stalledBytes;
    private long unfinishedBytes;
    private long unsent;
    private int connections;
    private long bytesRead;
    private long bytesWritten;
    private long reads;
    private long writes;

    /** A server in front of {@code engine}; it does not listen yet. */
    public RestServer(RestEngine engine, RestOptions options) {
        this.engine = engine;
        this.options = options;
        tokens = new Tokens(options);
        json = new JsonReply(options.maxRequestBytes(), Math.min(Limits.TRANSACTION_BYTES, peersMax));
        resp = new RespBody(options.maxRequestBytes());
        head = new ResponseHead(new SyncToken(options.runId()));
        events = new EventStreams(this);
        factory = JsonRows.factory(options.maxRequestBytes());
        for (int i = 0; i < batch.length; i++) {
            batch[i] = new Argv();
        }
    }

    /**
     * Listens at {@code address} with channels of {@code type}, every connection on {@code loop}, and returns the port.
     *
     * @throws Exception what Netty throws when it cannot listen, a {@link java.net.BindException} for instance
     */
    public int bind(EventLoop loop, Class<? extends ServerChannel> type, InetSocketAddress address) throws Exception {
        eventLoop = loop;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, accepting)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(Limits.OUTGOING_BYTES / 4, Limits.OUTGOING_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(newConnection());
                    }
                });
        Channel bound = bootstrap.bind(address).sync().channel();
        channels.add(bound);
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

    /** Takes no further connection; the present ones go on. Any thread but the loop's own. */
    public void stopListening() {
        for (Channel channel : listening) {
            channel.close().syncUninterruptibly();
        }
        listening.clear();
    }

    /**
     * Obeys those of the joined table's settings that change while it runs: {@code client-output-buffer-limit}, for
     * streams of events.
     */
    public void follow(Settings settings) {
        events.follow(settings);
    }

    /** What is due to streams of events as time passes; to be called at the end of every turn of the loop. */
    public void turnEnds() {
        events.turnEnds();
    }

    /** Stops listening and ends every connection. Any thread; on the loop's own it does not wait. */
    public void close() {
        closed = true;
        EventLoop on = eventLoop;
        if (on != null && on.inEventLoop()) {
            events.finish();
        } else if (on != null && !on.isShuttingDown()) {
            on.execute(events::finish); // the closing of the channels comes to the loop behind it
        }
        List<ChannelFuture> ends = new ArrayList<>();
        for (Channel channel : channels) {
            ends.add(channel.close());
        }
        EventLoop loop = eventLoop;
        if (loop != null && !loop.inEventLoop()) {
            for (ChannelFuture end : ends) {
                end.syncUninterruptibly();
            }
            int left = 1;
            while (left > 0 && !loop.isShuttingDown()) {
                // A closed channel tells its handler in a later task.
                left = loop.submit(() -> connections).syncUninterruptibly().getNow();
            }
        }
    }

    /** Connections open now. */
    public int connections() {
        return connections;
    }

    /** Bytes received since the start. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Bytes sent since the start. */
    public long bytesWritten() {
        return bytesWritten;
    }

    /** How often a socket was read since the start. */
    public long reads() {
        return reads;
    }

    /** How often something was sent since the start. */
    public long writes() {
        return writes;
    }

    /**
     * Tells the connection of {@code client} that a command of its that the engine had suspended is done and has replied.
     * Does nothing for clients of other front ends.
     */
    public void resumed(Client client) {
        if (client.connection() instanceof RestConnection connection) {
            connection.resumed();
        } else if (client.connection() instanceof EventStream stream) {
            stream.resumed();
        }
    }

    // ---- what connections share

    RestConnection newConnection() {
        return new RestConnection(this);
    }

    RestEngine engine() {
        return engine;
    }

    RestOptions options() {
        return options;
    }

    Tokens tokens() {
        return tokens;
    }

    /** The body of the response being composed, if it is JSON. */
    JsonReply json() {
        return json;
    }

    /** The body of the response being composed, if it is RESP2. */
    RespBody resp() {
        return resp;
    }

    /** The streams of events. */
    EventStreams events() {
        return events;
    }

    /** The head of the response being composed. */
    ResponseHead head() {
        return head;
    }

    /**
     * Hands the first {@code count} commands of {@link #batch} to the engine, their replies to {@code body}, and returns
     * how many ran.
     */
    int execute(Client client, int count, Body body) {
        executing = body;
        try {
            return engine.execute(client, batch, count);
        } finally {
            executing = null;
            body.settle();
        }
    }

    /** Runs what was queued for {@code client}, the reply to {@code body}. Returns 0 when the client was closed. */
    int exec(Client client, Body body) {
        executing = body;
        try {
            return engine.exec(client);
        } finally {
            executing = null;
            body.settle();
        }
    }

    /** The body that the engine is writing now, or null. */
    @Nullable
    Body executing() {
        return executing;
    }

    /** The commands handed to the engine. */
    Argv[] batch() {
        return batch;
    }

    /** An array of at least {@code size} bytes for what was just read; valid until the next read of any connection. */
    byte[] readBuffer(int size) {
        if (readBuffer.length < size) {
            readBuffer = new byte[size];
        }
        return readBuffer;
    }

    /** An exchange for a request that begins. */
    Exchange takeExchange() {
        Exchange exchange = spare.pollLast();
        return exchange == null ? new Exchange(this, new JsonRows(factory, options.maxRequestBytes())) : exchange;
    }

    /** Takes an exchange back. */
    void give(Exchange exchange) {
        if (spare.size() < SPARE_EXCHANGES) {
            spare.addLast(exchange);
        } else {
            exchange.discard();
        }
    }

    void opened(Channel channel) {
        connections++;
        channels.add(channel);
        if (closed) {
            channel.close();
        }
    }

    void closed(Channel channel) {
        channels.remove(channel);
        connections--;
    }

    /** More, or fewer, bytes wait in all connections for the gate to let them go. */
    void unsent(long bytes) {
        unsent += bytes;
    }

    /** Whether so much waits for the end of the turn that replies should leave before it. */
    boolean crowded() {
        return unsent > Limits.TURN_BYTES;
    }

    /**
     * A peer does not take what was sent: {@code bytes} are queued for it by now. When all such peers together hold too
     * much, those that have not read for longest are dropped.
     */
    void stalled(RestConnection connection, long bytes) {
        Long before = stalled.put(connection, bytes); // who stands there already keeps its place
        stalledBytes += bytes - (before == null ? 0 : before);
        while (stalledBytes > peersMax) {
            RestConnection eldest = stalled.keySet().iterator().next();
            flowing(eldest);
            eldest.abort();
        }
    }

    /**
     * The bytes that connections keep of requests they cannot process yet become more, or fewer. False when there is no
     * room for more.
     */
    boolean unfinished(int bytes) {
        if (bytes > 0 && unfinishedBytes + bytes > peersMax) {
            return false;
        }
        unfinishedBytes += bytes;
        return true;
    }

    /** A peer takes what was sent, or is gone. */
    void flowing(RestConnection connection) {
        Long bytes = stalled.remove(connection);
        if (bytes != null) {
            stalledBytes -= bytes;
        }
    }

    void read(int bytes) {
        bytesRead += bytes;
        reads++;
    }

    void written(int bytes) {
        bytesWritten += bytes;
        writes++;
    }
}
