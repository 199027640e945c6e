package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What two HTTP servers in a row could read differently is refused, and nothing behind it is read as a request. */
final class SmugglingTest {
    private static final String A = "Authorization: Bearer secret\r\n";
    private static final String H = "Host: x\r\n" + A;
    private static final String NEXT = "GET /set/smuggled/1 HTTP/1.1\r\n" + H + "\r\n";

    private static String get(String... lines) {
        return "GET /ping HTTP/1.1\r\n" + H + String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static String post(String headers, String body) {
        return "POST /echo HTTP/1.1\r\n" + H + headers + "\r\n" + body;
    }

    private static String chunked(String chunks) {
        return post("Transfer-Encoding: chunked\r\n", chunks);
    }

    private static List<String> corpus() {
        List<String> cases = new ArrayList<>(List.of(
                // lengths and codings that contradict each other
                post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"),
                post("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", "0\r\n\r\nG"),
                post("Content-Length: 5\r\nContent-Length: 6\r\n", "aaaaaa"),
                post("Content-Length: 5\r\nContent-Length: 5\r\n", "aaaaa"),
                post("Content-Length: 5\r\ncontent-length: 5\r\n", "aaaaa"),
                post("Content-Length: 5, 5\r\n", "aaaaa"),
                post("Content-Length: 5,6\r\n", "aaaaa"),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
                // lengths that are none
                post("Content-Length: +5\r\n", "aaaaa"),
                post("Content-Length: -5\r\n", "aaaaa"),
                post("Content-Length: 0x5\r\n", "aaaaa"),
                post("Content-Length: 5 5\r\n", "aaaaa"),
                post("Content-Length: 5a\r\n", "aaaaa"),
                post("Content-Length: \r\n", "aaaaa"),
                post("Content-Length: 5.0\r\n", "aaaaa"),
                post("Content-Length: \"5\"\r\n", "aaaaa"),
                post("Content-Length: 5;\r\n", "aaaaa"),
                post("Content-Length: 9999999999999999999\r\n", "aaaaa"),
                post("Content-Length: 18446744073709551621\r\n", "aaaaa"),
                post("Content-Length : 5\r\n", "aaaaa"),
                post("Content-Length\t: 5\r\n", "aaaaa"),
                post(" Content-Length: 5\r\n", "aaaaa"),
                post("Content_Length: 5\r\n", "aaaaa"),
                // codings that are not exactly chunked
                post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: identity\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: \r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding\u000b: chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding:\u000bchunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
                post("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\n", "0\r\n\r\n"),
                post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post("X: y\r\n\tTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                "POST /echo HTTP/1.0\r\n" + H + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                // line ends and control bytes
                "GET /ping HTTP/1.1\n" + H.replace("\r", "") + "\n",
                "GET /ping HTTP/1.1\r\n" + H.replace("\r\n", "\n") + "\r\n",
                "GET /ping HTTP/1.1\r" + H + "\r\n",
                "\n" + get("X: y"),
                "\r\n" + get("X: y"),
                "\r" + get("X: y"),
                "\u0000" + get("X: y"),
                "\u0001" + get("X: y"),
                " " + get("X: y"),
                "\t" + get("X: y"),
                "\u001f" + get("X: y"),
                "\u007f" + get("X: y"),
                get("X: a\u0000b"),
                get("X: a\u0001b"),
                get("X: a\u007fb"),
                get("X: a\u0008b"),
                get("X\u0000: b"),
                // field lines that are none
                get("X : y"),
                get(": y"),
                get("X"),
                get("X y: z"),
                get("X(: z"),
                get("X\u00e9: z"),
                get("X: a", " folded"),
                get(" first: folded"),
                get("Host: y"),
                get("Authorization: Bearer other"),
                "GET /ping HTTP/1.1\r\n" + A + "\r\n",
                "GET /ping HTTP/1.1\r\nHost: a b\r\n" + A + "\r\n",
                "GET /ping HTTP/1.1\r\nHost: a/b\r\n" + A + "\r\n",
                "GET /ping HTTP/1.1\r\nHost: u@b\r\n" + A + "\r\n",
                get("Expect: 200-fine"),
                // request lines that are none
                "GET http://x/ping HTTP/1.1\r\n" + H + "\r\n",
                "GET //x:80@y HTTP/1.1 HTTP/1.1\r\n" + H + "\r\n",
                "GET ping HTTP/1.1\r\n" + H + "\r\n",
                "GET * HTTP/1.1\r\n" + H + "\r\n",
                "OPTIONS * HTTP/1.1\r\n" + H + "\r\n",
                "CONNECT x:80 HTTP/1.1\r\n" + H + "\r\n",
                "GET  /ping HTTP/1.1\r\n" + H + "\r\n",
                "GET /ping  HTTP/1.1\r\n" + H + "\r\n",
                "GET\t/ping HTTP/1.1\r\n" + H + "\r\n",
                "GET /ping\tHTTP/1.1\r\n" + H + "\r\n",
                "GET /pi ng HTTP/1.1\r\n" + H + "\r\n",
                "GET /ping HTTP/1.1 \r\n" + H + "\r\n",
                "GET /ping\r\n" + H + "\r\n",
                "GET /ping \r\n" + H + "\r\n",
                "GET /ping#x HTTP/1.1\r\n" + H + "\r\n",
                "GET /ping HTTP/1.2\r\n" + H + "\r\n",
                "GET /ping HTTP/2.0\r\n" + H + "\r\n",
                "GET /ping HTTP/0.9\r\n" + H + "\r\n",
                "GET /ping http/1.1\r\n" + H + "\r\n",
                "GET /ping HTTP/1.10\r\n" + H + "\r\n",
                "GET /ping HTTP/01.1\r\n" + H + "\r\n",
                "GET /ping HTTP/1,1\r\n" + H + "\r\n",
                "GET /ping HTTPS/1.1\r\n" + H + "\r\n",
                "G(T /ping HTTP/1.1\r\n" + H + "\r\n",
                "/ping HTTP/1.1\r\n" + H + "\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                // chunks
                chunked("x\r\n\r\n"),
                chunked("\r\n\r\n"),
                chunked("-1\r\na\r\n0\r\n\r\n"),
                chunked("+1\r\na\r\n0\r\n\r\n"),
                chunked("0x1\r\na\r\n0\r\n\r\n"),
                chunked("1 \r\na\r\n0\r\n\r\n"),
                chunked(" 1\r\na\r\n0\r\n\r\n"),
                chunked("1\na\n0\n\n"),
                chunked("1\r\na\n0\r\n\r\n"),
                chunked("1\r\nab\r\n0\r\n\r\n"),
                chunked("2\r\na\r\n0\r\n\r\n"),
                chunked("1\ra\r\n0\r\n\r\n"),
                chunked("10000000000000001\r\na\r\n0\r\n\r\n"),
                chunked("1;a\u0000b\r\na\r\n0\r\n\r\n"),
                chunked("1;a\nb\r\na\r\n0\r\n\r\n"),
                chunked("1;" + "x".repeat(300) + "\r\na\r\n0\r\n\r\n"),
                chunked(";x\r\na\r\n0\r\n\r\n"),
                chunked("0\r\nContent-Length: 5\r\n\r\n"),
                chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                chunked("0\r\nX : y\r\n\r\n"),
                chunked("0\r\n folded\r\n\r\n"),
                chunked("0\r\nX: y\n\r\n"),
                chunked("0\n\r\n"),
                chunked("0\r\n\n"),
                chunked("0\r\n\rG"),
                chunked("0\r\nX: " + "y".repeat(5000) + "\r\n\r\n"),
                chunked("5\r\naaaaa0\r\n\r\n")));
        return cases;
    }

    @Test
    void eachCaseIs400AndTheEndOfItsConnection() {
        List<String> cases = corpus();
        assertThat(cases).hasSizeGreaterThan(100);
        RestFixture t = new RestFixture();
        for (String bytes : cases) {
            String all = bytes + NEXT + NEXT;
            for (int split : new int[] {all.length(), 1, bytes.length() - 1, bytes.length()}) {
                t.reconnect();
                String name = bytes.substring(0, Math.min(120, bytes.length())) + " split " + split;
                StringBuilder response = new StringBuilder();
                for (int at = 0; at < all.length(); at += split) {
                    t.feed(all.substring(at, Math.min(all.length(), at + split)));
                    response.append(t.read());
                }
                response.append(t.answer());
                assertThat(status(response.toString())).as(name).isEqualTo(400);
                assertThat(response.toString())
                        .as(name)
                        .contains("Connection: close\r\n")
                        .contains("{\"error\":\"ERR ");
                assertThat(response.lastIndexOf("HTTP/1.1 ")).as(name).isZero();
                assertThat(t.open()).as(name).isFalse();
                assertThat(t.engine.data).as(name).isEmpty();
            }
        }
    }

    @Test
    void nothingBehindAGoodRequestIsAnsweredTwice() {
        RestFixture t = new RestFixture();
        for (String bytes : corpus()) {
            t.reconnect();
            String response = t.send(get("X: y") + bytes + NEXT);
            assertThat(response.split("HTTP/1.1 ", -1))
                    .as(bytes.substring(0, Math.min(120, bytes.length())))
                    .hasSize(3);
            assertThat(response).contains("PONG", "400 Bad Request");
            assertThat(t.engine.data).isEmpty();
        }
    }

    @Test
    void tooLongOrTooManyFieldsAreRefused() {
        RestFixture t = new RestFixture();
        assertThat(status(t.send(get(("X: " + "y".repeat(1000) + "\r\n").repeat(120) + "Z: z"))))
                .isEqualTo(431);
        t.reconnect();
        assertThat(status(t.send("GET /" + "x".repeat(200_000)))).isEqualTo(431);
        t.reconnect();
        assertThat(status(t.send("GET /echo/" + "x".repeat(70_000) + " HTTP/1.1\r\n" + H + "\r\n")))
                .isEqualTo(400);
        t.reconnect();
        assertThat(status(t.send(get("X: y\r\n".repeat(101) + "Z: z")))).isEqualTo(400);
        t.reconnect();
        assertThat(status(t.send(get("X: y\r\n".repeat(90) + "Z: z")))).isEqualTo(200);
        assertThat(status(t.send("GET /echo/" + "x".repeat(60_000) + " HTTP/1.1\r\n" + H + "\r\n")))
                .isEqualTo(200);
    }

    @Test
    void ordinaryVariantsAreAccepted() {
        RestFixture t = new RestFixture();
        List<String> fine = List.of(
                get("X:y"),
                get("X:   y  \t"),
                get("X:"),
                get("X: \u00e9\t\u00ff"),
                get("CONNECTION: Keep-Alive, TE", "TE: trailers"),
                get("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"),
                "GET /ping HTTP/1.1\r\nhost: [::1]:8079\r\n" + A + "\r\n",
                "GET /ping HTTP/1.1\r\nHost:\r\n" + A + "\r\n",
                "GET /ping?x={\"a\"}|<> HTTP/1.1\r\n" + H + "\r\n",
                post("content-length: 00005\r\n", "aaaaa"),
                chunked("5\r\naaaaa\r\n0\r\n\r\n"),
                chunked("005;x=\"y\"\r\naaaaa\r\n0\r\nX: y\r\nZ: \r\n\r\n"),
                post("TRANSFER-ENCODING: Chunked\r\n", "A\r\naaaaaaaaaa\r\n0\r\n\r\n"));
        for (String bytes : fine) {
            String response = t.send(bytes + NEXT);
            assertThat(response.split("HTTP/1.1 ", -1)).as(bytes).hasSize(3);
            assertThat(status(response)).as(bytes).isIn(200, 400);
            assertThat(t.engine.data.remove("smuggled")).as(bytes).isNotNull();
            assertThat(t.open()).as(bytes).isTrue();
        }
    }

    /** Mutated requests: what we accept, another parser reads as the same requests. */
    @Test
    void whatIsAcceptedReadsTheSameToAnotherParser() {
        long seed = 11;
        Random random = new Random(seed);
        List<String> base = new ArrayList<>(corpus());
        base.add(get("X: y"));
        base.add(post("Content-Length: 5\r\n", "aaaaa"));
        base.add(chunked("5\r\naaaaa\r\n0\r\n\r\n"));
        int accepted = 0;
        RestFixture t = new RestFixture();
        for (int round = 0; round < 5_000; round++) {
            StringBuilder bytes = new StringBuilder(base.get(random.nextInt(base.size())));
            String spice = "\r\n\t\u0000 :;,0aG/%\u00ff";
            for (int i = random.nextInt(4); i > 0 && bytes.length() > 1; i--) {
                int at = random.nextInt(bytes.length());
                switch (random.nextInt(3)) {
                    case 0 -> bytes.setCharAt(at, spice.charAt(random.nextInt(spice.length())));
                    case 1 -> bytes.insert(at, spice.charAt(random.nextInt(spice.length())));
                    default -> bytes.deleteCharAt(at);
                }
            }
            String all = bytes + NEXT;
            t.reconnect();
            t.engine.data.clear();
            String ours = t.send(all);
            int answers = ours.split("HTTP/1.1 ", -1).length - 1;
            if (!t.open() || answers != 2) {
                continue;
            }
            accepted++;
            assertThat(requests(all))
                    .as("seed %d round %d: %s", seed, round, bytes)
                    .isEqualTo(answers);
        }
        assertThat(accepted).isGreaterThan(50);
    }

    private static int requests(String bytes) {
        EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());
        netty.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        int requests = 0;
        while (true) {
            Object message = netty.readInbound();
            if (message == null) {
                netty.finishAndReleaseAll();
                return requests;
            }
            if (message instanceof HttpRequest request) {
                requests++;
                assertThat(request.decoderResult().isSuccess()).isTrue();
            }
            if (message instanceof HttpContent content) {
                assertThat(content.decoderResult().isSuccess()).isTrue();
            }
            ReferenceCountUtil.release(message);
        }
    }
}
