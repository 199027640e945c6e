package io.duetdb.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a response goes out: whole, with its length, or, when it is made in pieces that become many, in chunks. Reused by
 * its {@link Exchange}.
 */
final class Response {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = JsonReply.ascii("0\r\n\r\n");

    private final RestServer server;
    private boolean headOnly;
    private boolean http10;
    private boolean persistent;
    private boolean cors;
    private boolean known;
    private boolean begun;
    private @Nullable ByteBuf pending;

    Response(RestServer server) {
        this.server = server;
    }

    /** Starts the response to a request with this head. */
    void begin(HttpHead head) {
        headOnly = head.method() == HttpHead.HEAD;
        http10 = head.http10();
        persistent = head.persistent();
        cors = head.hasOrigin();
        known = false;
        begun = false;
    }

    /** The request showed a token: the response tells how far the data are. */
    void authenticated() {
        known = true;
    }

    /** The connection ends with this response. */
    void close() {
        persistent = false;
    }

    /** Whether the connection goes on after this response. */
    boolean persistent() {
        return persistent;
    }

    /** Whether a part of the response was appended already, so that its status cannot change. */
    boolean begun() {
        return begun;
    }

    /** Answers with a whole body, or with what was kept and the body's end. */
    void whole(Outgoing out, int status, Body body) {
        byte[] bytes = body.buffer();
        int size = body.size();
        if (begun) {
            chunk(out, bytes, size);
            if (!http10) {
                out.append(LAST_CHUNK, 0, LAST_CHUNK.length);
            }
            return;
        }
        ByteBuf before = pending;
        pending = null;
        long length = size + (before == null ? 0L : before.readableBytes());
        head(out, status, body.json(), length);
        if (before != null) {
            out.append(before);
        }
        if (!headOnly) {
            out.append(bytes, 0, size);
        }
    }

    /** Keeps a piece of a body whose end is not known; sends it when it has become long. */
    void keep(Outgoing out, Body body) {
        byte[] bytes = body.buffer();
        int size = body.size();
        if (size == 0) {
            return;
        }
        if (begun) {
            chunk(out, bytes, size);
            return;
        }
        ByteBuf kept = pending;
        if (kept == null) {
            kept = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(16 * 1024, size));
            pending = kept;
        }
        kept.writeBytes(bytes, 0, size);
        if (kept.readableBytes() > Limits.RESPONSE_BYTES) {
            begin(out, kept, body.json());
        }
    }

    /** Sends the head and what was kept. HTTP/1.0 knows no chunks: there the connection's end is the body's. */
    private void begin(Outgoing out, ByteBuf kept, boolean json) {
        persistent &= !http10;
        head(out, 200, json, http10 ? ResponseHead.NONE : ResponseHead.CHUNKED);
        begun = true;
        pending = null;
        if (http10) {
            out.append(kept);
        } else {
            size(out, kept.readableBytes());
            out.append(kept);
            out.append(CRLF, 0, CRLF.length);
        }
    }

    private void chunk(Outgoing out, byte[] bytes, int size) {
        if (size > 0 && http10) {
            out.append(bytes, 0, size);
        } else if (size > 0) {
            size(out, size);
            out.append(bytes, 0, size);
            out.append(CRLF, 0, CRLF.length);
        }
    }

    private static void size(Outgoing out, int size) {
        byte[] line = (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        out.append(line, 0, line.length);
    }

    /** Answers a browser that asks beforehand. */
    void preflight(Outgoing out, byte[] b, int headersFrom, int headersTo) {
        ResponseHead head = server.head().start(204).cors().preflight(b, headersFrom, headersTo);
        head.connection(persistent, http10).end(ResponseHead.NONE);
        out.append(head.bytes(), 0, head.size());
    }

    /** Whether only the head of a response is wanted. */
    boolean headOnly() {
        return headOnly;
    }

    /**
     * Answers with the head of a stream of events, which has no end. Returns whether its body comes in chunks: HTTP/1.0
     * knows none, there the connection ends with it.
     */
    boolean events(Outgoing out) {
        persistent &= !http10;
        head(out, server.head().start(200).events(), http10 ? ResponseHead.NONE : ResponseHead.CHUNKED);
        return !http10;
    }

    private void head(Outgoing out, int status, boolean json, long length) {
        head(out, server.head().start(status).type(json), length);
    }

    private void head(Outgoing out, ResponseHead head, long length) {
        if (known) {
            head.sync(server.engine().offset());
        }
        if (cors) {
            head.cors();
        }
        head.connection(persistent, http10).end(length);
        out.append(head.bytes(), 0, head.size());
    }

    /** Forgets what was kept. */
    void drop() {
        ByteBuf kept = pending;
        pending = null;
        if (kept != null) {
            kept.release();
        }
    }
}
