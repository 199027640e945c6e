package io.duetdb.resp;

import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import io.duetdb.wire.OutputLimits;
import io.duetdb.wire.RespDecoder;
import io.duetdb.wire.WireBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One socket: what arrives goes through the decoder to the engine in batches, replies wait in the output queue until the
 * end of the turn releases them. The only handler of its channel.
 *
 * <p>Two things stop it from taking more: requests that wait because the client's command has not ended yet, and replies
 * that the peer does not read. Both times what arrived stays in the decoder, and beyond a bound the socket is not read.
 */
final class RespConnection extends ChannelInboundHandlerAdapter implements Connection {
    /**
     * Unread replies from which on no further request is taken. High, because a client may well write a whole pipeline
     * before it reads: it would wait for us, and we for it.
     */
    static final int UNSENT_HIGH = 64 << 20;

    static final int UNSENT_LOW = 32 << 20;

    /** Bytes of waiting requests from which on the socket is not read, or only so many more at each look. */
    static final int WAITING_MAX = 1 << 20;

    /** How often a peer that leaves much unread, or says much while it waits, is looked at: it may have gone. */
    private static final long LOOK_AGAIN_MS = 1000;

    /** A reply of this size leaves while it is still in the processor's cache: see {@link #leavesEarlyFrom}. */
    private static final int EARLY = 32 << 10;

    private static final byte[] FULL = "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);

    private final RespLoop loop;
    private final RespDecoder decoder;
    private final OutputQueue output;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Client client;
    private int version = 2;

    private boolean waiting;
    private boolean resumed;
    private boolean choked;
    private boolean watching;
    private boolean paused;
    private boolean ending;
    private boolean ended;
    private long endAt;
    private boolean gone;
    private boolean subscriber;
    private long softSinceNs;
    private boolean lookingAgain;
    private long waitingMax = WAITING_MAX;
    private boolean readingOn;
    private @Nullable Socket socket;
    private String remoteAddress = "";
    private String localAddress = "";

    /** Whether the loop's list of connections to look at again holds this one. */
    boolean marked;

    /** When the peer last asked or was answered, as {@link IdleClients} has it. */
    long activeNs;

    RespConnection(RespLoop loop) {
        this.loop = loop;
        decoder = new RespDecoder(loop.buffers, loop.decoderLimits);
        output = new OutputQueue(
                loop.allocator, loop.spares, loop.outputLimits.limit(false).hardBytes());
    }

    OutputQueue output() {
        return output;
    }

    int version() {
        return version;
    }

    void version(int value) {
        version = value;
    }

    // ---- events of the channel

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.turn.begin();
        if (loop.engine.full()) {
            gone = true;
            ctx.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        remoteAddress = text(ctx.channel().remoteAddress());
        localAddress = text(ctx.channel().localAddress());
        activeNs = loop.idle.nowNs();
        Client connected = loop.engine.connect(this);
        if (loop.protectedMode
                && connected.authenticated()
                && ProtectedMode.denies(ctx.channel().remoteAddress())) {
            gone = true;
            loop.engine.disconnect(connected);
            ctx.writeAndFlush(Unpooled.wrappedBuffer(ProtectedMode.denial())).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        boolean alone = ctx.pipeline().first() == this && ctx.pipeline().last() == this;
        socket = alone && ctx.channel() instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket plain
                ? plain
                : null;
        loop.connections.add(this);
        client = connected;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            loop.turn.begin();
            byte[] query = loop.buffers.query();
            int left = in.readableBytes();
            loop.bytesRead += left;
            loop.reads++;
            activeNs = loop.idle.nowNs();
            while (left > 0 && !ending && !gone) {
                int n = Math.min(left, query.length);
                in.readBytes(query, 0, n);
                left -= n;
                decoder.input(query, 0, n);
                serve();
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (choked && ctx.channel().isWritable()) {
            loop.mark(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !gone) {
            loop.turn.begin();
            Client asked = client;
            if (asked != null && asked.suspended()) {
                leave();
                abort();
            } else {
                touch(); // the peer has said all; what it asked for it still gets
                closeAfterReply();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.turn.begin();
        gone = true;
        loop.connections.remove(this);
        loop.forget(this);
        decoder.close();
        output.close();
        leave();
    }

    /** Tells the engine that this client is gone: from now on nothing is taken from a list for it. */
    private void leave() {
        Client was = client;
        if (was != null) {
            client = null;
            loop.engine.disconnect(was);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            loop.host.bug("on connection " + remoteAddress, cause);
        }
        loop.turn.begin();
        leave();
        abort();
    }

    // ---- requests

    /** Runs what the decoder has, as far as client and output allow, and keeps the rest. */
    private void serve() {
        Client served = client;
        if (served != null && !waiting && !choked) {
            run(served);
        }
        if (gone || ended) {
            return;
        }
        decoder.keep();
        if (decoder.overLimit()) {
            abort();
        } else if ((waiting || choked) && decoder.pending() > waitingMax) {
            pause(true);
            readOnLater();
        }
    }

    private void run(Client served) {
        while (!ending) {
            if (unsent() > UNSENT_HIGH) {
                choked = true;
                pause(true);
                return;
            }
            int count = decoder.decode(WireBuffers.BATCH_MAX, served.authenticated());
            if (count == 0) {
                byte[] error = decoder.error();
                if (error != null) {
                    reply().error(error);
                    touch();
                    closeAfterReply();
                }
                return;
            }
            int done = loop.engine.execute(served, loop.buffers.batch(), count);
            decoder.executed(done);
            if (done < count) {
                waiting = !served.closing();
                return;
            }
        }
    }

    /** Tells the engine that there is a reply that no request of its own caused. */
    private void touch() {
        Client touched = client;
        if (touched != null) {
            loop.engine.execute(touched, loop.buffers.batch(), 0);
        }
    }

    /** Whether silence means that nobody needs this connection: not for subscribers, nor for who waits for a reply. */
    boolean mayBeIdle() {
        Client asked = client;
        return !waiting && !subscriber && !gone && !ended && (asked == null || !asked.waits());
    }

    /** Whether what stopped this connection has ended. */
    boolean mayGoOn() {
        return !gone && !ending && (waiting && resumed || choked && unsent() <= UNSENT_LOW);
    }

    /** Takes up waiting requests, if it may. */
    void goOn() {
        if (!mayGoOn()) {
            return;
        }
        waiting = waiting && !resumed;
        resumed = false;
        choked = choked && unsent() > UNSENT_LOW;
        decoder.input(loop.buffers.query(), 0, 0);
        serve();
        if (!choked && !ending && (!waiting || decoder.pending() <= waitingMax)) {
            waitingMax = WAITING_MAX;
            pause(false);
        }
    }

    /**
     * Who waits may wait for ever, and that the peer has gone stands behind all that it said before: so that is read on,
     * slowly, up to the limit of the decoder. Nothing is given to somebody who is gone.
     */
    private void readOnLater() {
        ChannelHandlerContext ctx = context;
        if (waiting && !choked && !readingOn && ctx != null) {
            readingOn = true;
            ctx.executor().schedule(this::readOn, LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void readOn() {
        readingOn = false;
        if (waiting && !choked && !ending && !gone && paused) {
            waitingMax = decoder.pending() + WAITING_MAX;
            pause(false);
        }
    }

    /** Whatever the channel says about being writable: when all that was released has left, this connection goes on. */
    private void watchTheDrain(ChannelHandlerContext ctx) {
        loop.mark(this);
        if (!watching) {
            watching = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                watching = false;
                if (!gone && choked) {
                    if (unsent() - output.held() > UNSENT_LOW) {
                        watchTheDrain(ctx); // more was released behind it meanwhile
                    } else {
                        loop.mark(this);
                    }
                }
            });
        }
    }

    private void pause(boolean value) {
        ChannelHandlerContext ctx = context;
        if (paused != value && ctx != null) {
            paused = value;
            ctx.channel().config().setAutoRead(!value);
        }
    }

    private long unsent() {
        ChannelHandlerContext ctx = context;
        ChannelOutboundBuffer leaving =
                ctx == null ? null : ctx.channel().unsafe().outboundBuffer();
        return output.held() + (leaving == null ? 0 : leaving.totalPendingWriteBytes());
    }

    // ---- what the engine sees

    @Override
    public Reply reply() {
        return loop.bind(this);
    }

    @Override
    public void message(Message message) {
        loop.message(this, message);
    }

    @Override
    public long produced() {
        return loop.position(this);
    }

    @Override
    public void release(long position) {
        loop.settle(this);
        ChannelHandlerContext ctx = context;
        if (gone || ended || ctx == null) {
            return;
        }
        long bytes = position - output.released();
        if (bytes > 0) {
            loop.bytesWritten += bytes;
            loop.writes++;
        }
        activeNs = loop.idle.nowNs();
        if (output.release(position, ctx, ctx.voidPromise(), idleSocket(ctx))) {
            ctx.flush();
        }
        if (cutOffIfDue(ctx)) {
            return;
        }
        if (choked) {
            watchTheDrain(ctx);
        }
        endIfDue();
    }

    private boolean cutOffIfDue(ChannelHandlerContext ctx) {
        if (!output.overflowed() && !overLimit(ctx)) {
            return false;
        }
        loop.host.log("Client " + remoteAddress + " closed for overcoming of output buffer limits.");
        abort();
        return true;
    }

    /** The socket, if whatever is written to it now comes right behind what was written before; or null. */
    private @Nullable Socket idleSocket(ChannelHandlerContext ctx) {
        Socket idle = socket;
        if (idle == null) {
            return null;
        }
        ChannelOutboundBuffer leaving = ctx.channel().unsafe().outboundBuffer();
        return leaving != null && leaving.isEmpty() ? idle : null;
    }

    /** Never on the thread of a caller inside the JVM, who may have caused replies here: only the loop writes to sockets. */
    @Override
    public long leavesEarlyFrom() {
        return context != null && loop.turn.loop().inEventLoop() ? EARLY : Long.MAX_VALUE;
    }

    /** Whether the peer leaves too much unread, or much for too long. */
    private boolean overLimit(ChannelHandlerContext ctx) {
        long bytes = unsent();
        OutputLimits.Limit limit = loop.outputLimits.limit(subscriber);
        if (bytes > limit.hardBytes()) {
            return true;
        }
        if (bytes <= limit.softBytes()) {
            softSinceNs = 0;
            return false;
        }
        long now = loop.clock.monotonicNs() | 1;
        if (softSinceNs == 0) {
            softSinceNs = now;
        }
        if (now - softSinceNs > limit.softNs()) {
            return true;
        }
        if (!lookingAgain) {
            lookingAgain = true;
            ctx.executor().schedule(this::lookAgain, LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    /** A peer that leaves much unread is cut off when its time is over, though nothing more is sent to it. */
    private void lookAgain() {
        lookingAgain = false;
        ChannelHandlerContext ctx = context;
        if (!gone && !ended && ctx != null) {
            loop.turn.begin();
            cutOffIfDue(ctx);
        }
    }

    @Override
    public void closeAfterReply() {
        if (!ending) {
            ending = true;
            endAt = produced();
            pause(true);
            loop.mark(this);
        }
    }

    /** Closes the socket when it was asked for and all that was to leave before is on its way. */
    void endIfDue() {
        ChannelHandlerContext ctx = context;
        // What was produced may be less than it was: a reply that the client asked not to get was taken back.
        if (ending && !ended && !gone && ctx != null && output.released() >= Math.min(endAt, produced())) {
            ended = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void abort() {
        ending = true;
        ended = true;
        loop.forget(this);
        output.close();
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.channel().close();
        }
    }

    @Override
    public void resume() {
        resumed = true;
        loop.mark(this);
    }

    @Override
    public void subscriber(boolean value) {
        subscriber = value;
        output.heldMax(loop.outputLimits.limit(value).hardBytes());
    }

    @Override
    public int descriptor() {
        ChannelHandlerContext ctx = context;
        return ctx != null && ctx.channel() instanceof UnixChannel unix
                ? unix.fd().intValue()
                : -1;
    }

    @Override
    public long pendingInput() {
        return gone ? 0 : decoder.pending();
    }

    @Override
    public long pendingOutput() {
        return gone ? 0 : unsent();
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    private static String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress)) {
            return "";
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        String host = NetUtil.toAddressString(inet.getAddress());
        return (inet.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
