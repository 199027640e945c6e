package io.duetdb.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A server over a {@link FakeEngine} and one connection to it, without sockets; bytes are shown as Latin-1. */
final class RestFixture {
    static final String TOKEN = "secret";
    static final String READ_TOKEN = "readers";

    final FakeEngine engine = new FakeEngine();
    final RestServer server;
    EmbeddedChannel channel;

    RestFixture() {
        this(RestOptions.of(TOKEN).withReadOnlyToken(READ_TOKEN));
    }

    RestFixture(RestOptions options) {
        server = new RestServer(engine, options);
        reconnect();
    }

    /** Another connection takes the place of the present one. */
    void reconnect() {
        channel = new EmbeddedChannel();
        channel.freezeTime(); // before the connection's first timer is set
        channel.pipeline().addLast(server.newConnection());
    }

    /** Sends bytes, ends the turn and returns what came back. */
    String send(String bytes) {
        feed(bytes);
        return answer();
    }

    /** Sends bytes. */
    void feed(String bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    /** Ends turns until nothing more happens, and returns all that came back. */
    String answer() {
        StringBuilder s = new StringBuilder();
        for (int idle = 0; idle < 3; idle++) {
            int before = engine.log.size() + s.length();
            turn();
            s.append(read());
            if (engine.log.size() + s.length() != before) {
                idle = 0;
            }
        }
        return s.toString();
    }

    /** Ends the turn and begins the next. */
    void turn() {
        engine.endTurn();
        channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
        channel.checkException();
    }

    String read() {
        StringBuilder s = new StringBuilder();
        while (true) {
            ByteBuf part = channel.readOutbound();
            if (part == null) {
                return s.toString();
            }
            s.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
    }

    void advance(long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    boolean open() {
        return channel.isOpen();
    }

    // ---- requests

    static String request(String method, String target, String headers, String body) {
        boolean hasBody = !body.isEmpty() || method.equals("POST") || method.equals("PUT");
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN + "\r\n"
                + headers + (hasBody ? "Content-Length: " + body.length() + "\r\n" : "") + "\r\n" + body;
    }

    /** The response to a GET. */
    String get(String target) {
        return send(request("GET", target, "", ""));
    }

    /** The response to a POST. */
    String post(String target, String body) {
        return send(request("POST", target, "", body));
    }

    /** The response to a POST with base64 asked for. */
    String post64(String target, String body) {
        return send(request("POST", target, "Upstash-Encoding: base64\r\n", body));
    }

    // ---- responses

    static int status(String response) {
        return response.startsWith("HTTP/1.1 ") ? Integer.parseInt(response.substring(9, 12)) : -1;
    }

    static String header(String response, String name) {
        for (String line : response.substring(0, response.indexOf("\r\n\r\n")).split("\r\n")) {
            if (line.toLowerCase().startsWith(name.toLowerCase() + ": ")) {
                return line.substring(name.length() + 2);
            }
        }
        return null;
    }

    /** Status and body of a single response whose length is right, for instance {@code 200 {"result":1}}. */
    static String brief(String response) {
        int at = response.indexOf("\r\n\r\n");
        if (at < 0) {
            return response;
        }
        String body = response.substring(at + 4);
        if ("chunked".equals(header(response, "Transfer-Encoding"))) {
            body = unchunk(body);
        } else if (body.length() != Integer.parseInt(header(response, "Content-Length"))) {
            return "wrong length: " + response;
        }
        return status(response) + " " + body;
    }

    static String unchunk(String chunks) {
        StringBuilder s = new StringBuilder();
        int at = 0;
        while (true) {
            int end = chunks.indexOf("\r\n", at);
            int size = Integer.parseInt(chunks.substring(at, end), 16);
            if (size == 0) {
                return chunks.substring(end + 2).equals("\r\n") ? s.toString() : "rubbish behind the last chunk";
            }
            s.append(chunks, end + 2, end + 2 + size);
            at = end + 2 + size + 2;
        }
    }

    /** UTF-8 text as the fixture's Latin-1 bytes. */
    static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
