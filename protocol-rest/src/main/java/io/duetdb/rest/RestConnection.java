package io.duetdb.rest;

import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP connection: cuts what arrives into requests, lets responses leave in order when the engine's gate allows, and
 * ends itself when the peer is too slow or breaks the protocol. After a breach nothing that follows is read as a request.
 */
final class RestConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final int HEAD = 0;
    private static final int BODY = 1;
    private static final int RUNNING = 2;
    private static final int CLOSED = 3;
    private static final int STREAMING = 4;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BAD_REQUEST = JsonReply.ascii("ERR malformed HTTP request");
    private static final byte[] HEAD_TOO_LONG = JsonReply.ascii("ERR request header too large");
    private static final byte[] TIMED_OUT = JsonReply.ascii("ERR request timed out");
    private static final byte[] INTERNAL = JsonReply.ascii("ERR internal error");
    private static final System.Logger LOG = System.getLogger(RestConnection.class.getName());

    private final RestServer server;
    private final HttpHead head = new HttpHead();
    private final HttpBody body = new HttpBody();
    private final Outgoing out;
    private final Deadline deadline;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable Client client;
    private boolean readOnly;
    private @Nullable EventStream stream;

    private int state = HEAD;
    private final Tail tail;
    private boolean waiting;
    private boolean closeAsked;
    private boolean closeStarted;
    private int skipped;
    private long requests;

    RestConnection(RestServer server) {
        this.server = server;
        out = new Outgoing(server);
        tail = new Tail(server);
        deadline = new Deadline(this::timedOut);
    }

    // ---- socket events

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        out.context(ctx);
        deadline.loop(ctx.channel().eventLoop());
        server.opened(ctx.channel());
        deadline.expect(Deadline.HEAD, server.options().headTimeoutMs());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            int n = bytes.readableBytes();
            server.read(n);
            if (state == CLOSED || state == STREAMING) {
                return; // a stream has no end that a further request could wait for
            }
            deadline.progress(n);
            if (tail.size() == 0 && state != RUNNING && !waiting) {
                byte[] b = server.readBuffer(n);
                bytes.readBytes(b, 0, n);
                work(b, n);
            } else {
                if (!tail.append(bytes, n)) {
                    abort();
                } else if (state != RUNNING && !waiting) {
                    work(tail.bytes(), tail.size());
                }
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        server.engine().begin();
        if (ctx.channel().isWritable()) {
            server.flowing(this);
        } else {
            server.stalled(this, ctx.channel().bytesBeforeWritable());
        }
        goOnSoon();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (state == STREAMING) {
                abort(); // that is how a caller leaves
            } else if (state == CLOSED) {
                if (closeStarted) {
                    ctx.close();
                }
            } else if (state == RUNNING || waiting) {
                closeAsked = true;
            } else {
                end();
                out.flush();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.engine().begin();
        state = CLOSED;
        deadline.cancel();
        out.drop();
        server.flowing(this);
        tail.clear();
        noExchange();
        noClient();
        noStream();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        server.closed(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            ctx.close();
        } else {
            crash(cause);
        }
    }

    // ---- from bytes to requests

    /** Processes bytes 0 to {@code end}, keeps what is left for later, and lets go what may leave. */
    private void work(byte[] b, int end) {
        long before = requests;
        int used;
        try {
            used = process(b, end);
        } catch (RuntimeException | AssertionError e) {
            crash(e);
            used = end;
        }
        if (!tail.keep(b, state == CLOSED ? end : used, end)) {
            abort();
        }
        watch(requests != before);
        out.flush();
        goOnSoon();
    }

    private int process(byte[] b, int end) {
        int at = 0;
        while (true) {
            if (state == HEAD) {
                if (at == end || held()) {
                    return at;
                }
                int headEnd = head.scan(b, at, end);
                if (headEnd == HttpHead.MORE) {
                    return at;
                }
                if (headEnd < 0 || !head.parse(b, at, headEnd)) {
                    refuse(
                            headEnd == HttpHead.TOO_LONG ? 431 : 400,
                            headEnd == HttpHead.TOO_LONG ? HEAD_TOO_LONG : BAD_REQUEST);
                    return end;
                }
                head.reset();
                at = headEnd;
                begin(b);
            } else if (state == BODY) {
                if (at == end) {
                    return at;
                }
                at = body.next(b, at, end);
                feed(b);
            } else {
                return state == STREAMING ? end : at;
            }
        }
    }

    /** Whether the next request has to wait until what was answered has left. */
    private boolean held() {
        waiting = out.congested();
        return waiting;
    }

    private void begin(byte[] b) {
        Exchange request = server.takeExchange();
        exchange = request;
        state = BODY;
        skipped = 0;
        if (head.chunked()) {
            body.beginChunked();
        } else {
            body.beginLength(Math.max(0, head.contentLength()));
        }
        request.begin(this, head, b);
        if (state != BODY) {
            return;
        }
        if (body.ended()) {
            request.end();
        } else if (request.failed() && (head.expectsContinue() || body.left() > Limits.SKIP)) {
            request.respondFailure(false);
        } else if (head.expectsContinue()) {
            out.append(CONTINUE, 0, CONTINUE.length);
        }
    }

    private void feed(byte[] b) {
        Exchange request = exchange;
        if (request == null) {
            return;
        }
        if (body.faulty()) {
            request.abandon();
            refuse(400, BAD_REQUEST);
            return;
        }
        int n = body.dataEnd() - body.dataStart();
        if (n > 0) {
            if (request.failed()) {
                skipped += n;
            } else {
                request.body(b, body.dataStart(), body.dataEnd(), body.ended());
            }
        }
        if (state == BODY) {
            if (body.ended()) {
                request.end();
            } else if (request.failed() && (skipped > Limits.SKIP || body.left() > Limits.SKIP)) {
                request.respondFailure(false);
            }
        }
    }

    /** Sets the deadline for what the connection waits for now. */
    private void watch(boolean requestEnded) {
        if (state == CLOSED) {
            return;
        }
        RestOptions options = server.options();
        if (waiting) {
            deadline.expect(Deadline.SEND, options.idleTimeoutMs());
        } else if (state == RUNNING || state == STREAMING) {
            deadline.expect(Deadline.NOTHING, 0);
        } else if (state == BODY) {
            deadline.expect(Deadline.BODY, options.bodyTimeoutMs());
        } else if (tail.size() == 0) {
            deadline.renew(Deadline.REQUEST, options.idleTimeoutMs());
        } else if (requestEnded) {
            deadline.renew(Deadline.HEAD, options.headTimeoutMs());
        } else {
            deadline.expect(Deadline.HEAD, options.headTimeoutMs());
        }
        reading(state != RUNNING && !waiting);
    }

    private void reading(boolean on) {
        ChannelHandlerContext ctx = context;
        if (ctx != null && ctx.channel().config().isAutoRead() != on) {
            ctx.channel().config().setAutoRead(on);
        }
    }

    // ---- what an exchange asks

    /** The request's work goes on in later turns: nothing more is read until {@link #done} or {@link #receive}. */
    void running() {
        state = RUNNING;
    }

    /** The request's work has caught up with the body, the rest of which may come. */
    void receive() {
        state = BODY;
    }

    /** Whether the body was received whole. */
    boolean bodyEnded() {
        return body.ended();
    }

    /** The response was appended whole. */
    void done(boolean persistent) {
        requests++;
        noExchange();
        Client current = client;
        if (persistent && !closeAsked && (current == null || !current.closing())) {
            state = HEAD;
        } else {
            end();
        }
    }

    private void noExchange() {
        Exchange request = exchange;
        exchange = null;
        if (request != null) {
            request.recycle();
            server.give(request);
        }
    }

    /** Runs {@link Exchange#run} once more in the next turn of the loop. */
    void runSoon() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            // Scheduled, not executed: the loop looks at its sockets before it takes up scheduled tasks again.
            ctx.channel().eventLoop().schedule(this::runAgain, 1, TimeUnit.NANOSECONDS);
        }
    }

    private void runAgain() {
        Exchange request = exchange;
        if (state != RUNNING || request == null) {
            return;
        }
        if (out.congested()) {
            if (request.mayCollect()) {
                state = BODY;
                work(tail.bytes(), tail.size());
            } else {
                waiting = true;
                watch(false);
            }
            return;
        }
        try {
            request.run();
        } catch (RuntimeException | AssertionError e) {
            crash(e);
        }
        if (state != RUNNING) {
            work(tail.bytes(), tail.size());
        } else {
            out.flush();
        }
    }

    /** What was held back has left: goes on where it stopped, in the next turn. */
    private void goOnSoon() {
        ChannelHandlerContext ctx = context;
        if (waiting && ctx != null && !out.congested()) {
            waiting = false;
            if (state == RUNNING) {
                runSoon();
            } else {
                ctx.channel().eventLoop().schedule(this::goOn, 1, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void goOn() {
        if (state == HEAD || state == BODY) {
            work(tail.bytes(), tail.size());
        }
    }

    /** The engine's client that may only read, or may everything. */
    Client client(boolean onlyRead) {
        Client current = client;
        if (current != null && readOnly == onlyRead) {
            return current;
        }
        noClient();
        Client made = server.engine().connect(this, onlyRead);
        client = made;
        readOnly = onlyRead;
        return made;
    }

    private void noClient() {
        Client old = client;
        client = null;
        if (old != null) {
            server.engine().disconnect(old);
        }
    }

    /** A stream with a client of its own, in place of the client for requests, of which there may be no more. */
    EventStream stream(boolean onlyRead) {
        noClient();
        EventStream made = new EventStream(server.events(), this);
        made.client(server.engine().connect(made, onlyRead));
        stream = made;
        return made;
    }

    /** The stream did not come about. */
    void noStream() {
        EventStream old = stream;
        stream = null;
        if (old != null) {
            old.gone();
        }
    }

    /** The response to the present request has begun and has no end. */
    void streaming() {
        noExchange();
        state = STREAMING;
        out.thrifty();
        if (closeAsked) {
            abort(); // the caller has left already
        }
    }

    /** The bytes that wait to leave. */
    Outgoing out() {
        return out;
    }

    // ---- ends

    /** Answers with an error that belongs to no request, and reads no more. */
    private void refuse(int status, byte[] line) {
        Exchange request = exchange;
        boolean begun = request != null && request.responding();
        noExchange();
        if (begun) {
            abort();
            return;
        }
        JsonReply json = server.json();
        json.begin(false, 0);
        json.error(line);
        ResponseHead response = server.head();
        response.start(status).type(true).connection(false, false).end(json.size());
        out.append(response.bytes(), 0, response.size());
        out.append(json.buffer(), 0, json.size());
        end();
    }

    private void crash(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "a REST request failed", cause);
        Exchange request = exchange;
        if (request != null) {
            request.abandon();
        }
        if (state == CLOSED || state == STREAMING) {
            abort();
        } else {
            refuse(500, INTERNAL);
            out.flush();
        }
    }

    private void timedOut() {
        boolean midRequest = state == BODY || tail.size() > 0;
        if (state == CLOSED || waiting || !midRequest) {
            abort();
            return;
        }
        Exchange request = exchange;
        if (request != null) {
            request.abandon();
        }
        refuse(408, TIMED_OUT);
        out.flush();
    }

    /** Takes no further request; the connection ends when all that was appended has left. */
    private void end() {
        state = CLOSED;
        tail.clear();
        waiting = false;
        reading(true);
        deadline.renew(Deadline.SEND, server.options().idleTimeoutMs());
        out.whenAllLeft(this::shut);
    }

    /** Says goodbye, and lets the peer read it: closing with unread input would reset the connection. */
    private void shut() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || closeStarted) {
            return;
        }
        closeStarted = true;
        Channel channel = ctx.channel();
        if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
            duplex.shutdownOutput();
            deadline.renew(Deadline.LINGER, server.options().lingerMs());
        } else {
            ctx.close();
        }
    }

    // ---- the engine's side

    /** The engine has ended a command of ours that was suspended. */
    void resumed() {
        Exchange request = exchange;
        if (request == null || state != RUNNING) {
            return;
        }
        try {
            request.resumed(stream);
        } catch (RuntimeException | AssertionError e) {
            crash(e);
        }
        if (state != RUNNING) {
            work(tail.bytes(), tail.size());
        }
    }

    @Override
    public Reply reply() {
        Body body = server.executing();
        if (body != null) {
            return body.sink();
        }
        Exchange request = exchange;
        if (request != null) {
            return request.lateReply();
        }
        server.json().begin(false, 0); // nobody is there to read it
        return server.json();
    }

    @Override
    public long produced() {
        return out.position();
    }

    @Override
    public void release(long position) {
        out.release(position);
        goOnSoon();
    }

    @Override
    public long leavesEarlyFrom() {
        return server.crowded() ? 1 : Long.MAX_VALUE;
    }

    @Override
    public void closeAfterReply() {
        closeAsked = true;
        if (state == HEAD || state == STREAMING) {
            end();
            out.flush();
        }
    }

    @Override
    public void abort() {
        ChannelHandlerContext ctx = context;
        state = CLOSED;
        if (ctx != null) {
            ctx.close();
        }
    }

    @Override
    public boolean takesMessages() {
        return false; // a response has one body
    }

    @Override
    public long pendingOutput() {
        return out.held();
    }

    @Override
    public String remoteAddress() {
        return Addresses.remote(context);
    }

    @Override
    public String localAddress() {
        return Addresses.local(context);
    }
}
