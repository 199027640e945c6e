package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.TOKEN;
import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sizes, times and rubbish. */
final class RestLimitsTest {
    private final RestFixture t = new RestFixture(RestOptions.of(TOKEN).withMaxRequestBytes(100_000));

    private static String exceeded(long actual) {
        return "{\"error\":\"ERR max request size exceeded. Limit: 100000, Actual: " + actual + "\"}";
    }

    private static String chunked(String target, String body) {
        StringBuilder s = new StringBuilder("POST " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN
                + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length(); at += 5000) {
            int end = Math.min(body.length(), at + 5000);
            s.append(Integer.toHexString(end - at))
                    .append("\r\n")
                    .append(body, at, end)
                    .append("\r\n");
        }
        return s.append("0\r\n\r\n").toString();
    }

    @Test
    void aCommandPastTheLimitIs413() {
        String big = "x".repeat(200_000);
        assertThat(brief(t.post("/set/k", big))).isEqualTo("413 " + exceeded(200_000));
        assertThat(t.open()).isFalse();
        t.reconnect();
        assertThat(brief(t.post("/", "[\"SET\",\"k\",\"" + big + "\"]"))).isEqualTo("413 " + exceeded(200_014));
        t.reconnect();
        assertThat(brief(t.send(chunked("/set/k", big)))).startsWith("413 ");
        t.reconnect();
        assertThat(brief(t.send(chunked("/", "[\"SET\",\"k\",\"" + big + "\"]"))))
                .startsWith("413 ");
        t.reconnect();
        assertThat(brief(t.post("/pipeline", "[[\"SET\",\"k\",\"" + big + "\"]]")))
                .startsWith("413 ");
        t.reconnect();
        assertThat(brief(t.post("/pipeline", "[[\"SET\"" + (",\"" + "y".repeat(1000) + "\"").repeat(150) + "]]")))
                .startsWith("413 ");
        assertThat(t.engine.log).isEmpty();
    }

    @Test
    void theLimitIsPerCommandNotPerBody() {
        String row = "[\"LEN\",\"" + "x".repeat(90_000) + "\"]";
        String item = "{\"result\":90000}";
        assertThat(brief(t.post("/pipeline", "[" + (row + ",").repeat(49) + row + "]")))
                .isEqualTo("200 [" + (item + ",").repeat(49) + item + "]");
        assertThat(brief(t.send(chunked("/pipeline", "[" + (row + ",").repeat(49) + row + "]"))))
                .isEqualTo("200 [" + (item + ",").repeat(49) + item + "]");
    }

    @Test
    void aReplyPastTheLimitIsAnErrorInItsItem() {
        assertThat(brief(t.post("/pipeline", "[[\"PING\"],[\"BIG\",\"200\"],[\"PING\"]]")))
                .isEqualTo("200 [{\"result\":\"PONG\"}," + exceeded(200_000) + ",{\"result\":\"PONG\"}]");
        assertThat(brief(t.get("/big/101"))).endsWith(exceeded(101_000));
        assertThat(t.get("/big/100").length()).isGreaterThan(100_000);
        String resp2 = "Upstash-Response-Format: resp2\r\n";
        assertThat(brief(t.send(request("GET", "/big/200", resp2, ""))))
                .startsWith("400 -ERR max request size exceeded. Limit: 100000, Actual: 2000");
    }

    @Test
    void manyArgumentsAreRefusedBeforeTheyFillTheMemory() {
        RestFixture big = new RestFixture();
        String request = request("POST", "/pipeline", "", "[[" + "0,".repeat(1_100_000) + "0]]");
        for (int at = 0; at < request.length(); at += 65_536) {
            big.feed(request.substring(at, Math.min(request.length(), at + 65_536)));
        }
        assertThat(brief(big.answer()))
                .isEqualTo("400 {\"error\":\"ERR failed to parse pipeline request: too many arguments\"}");
    }

    @Test
    void deepNestingAndLongNumbersAreRefused() {
        assertThat(brief(t.post("/", "[".repeat(50_000)))).startsWith("400 ");
        assertThat(brief(t.post("/pipeline", "[".repeat(50_000)))).startsWith("400 ");
        assertThat(brief(t.post("/", "{\"a\":".repeat(10_000)))).startsWith("400 ");
        assertThat(brief(t.post("/", "[\"SET\",\"k\"," + "1".repeat(90_000) + "]")))
                .startsWith("400 ");
        assertThat(brief(t.post("/", "[\"SET\",\"k\"," + "1".repeat(900) + "]")))
                .isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(brief(t.post("/", "[\"PING\",{\"a\":1,\"a\":2}]"))).startsWith("400 ");
    }

    @Test
    void refusedBodiesAreSkippedWhileTheyAreShort() {
        String body = "x".repeat(40_000);
        assertThat(status(t.send(request("DELETE", "/x", "", body)))).isEqualTo(405);
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(status(t.send(request("POST", "/", "", "]" + body)))).isEqualTo(400);
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
        String response = t.send(request("DELETE", "/x", "", body + body) + request("GET", "/ping", "", ""));
        assertThat(brief(response)).isEqualTo("405 {\"error\":\"ERR method not allowed\"}");
        assertThat(t.open()).isFalse();
        t.reconnect();
        t.feed("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        t.feed("4000\r\n" + "x".repeat(0x4000) + "\r\n");
        assertThat(t.read()).isEmpty();
        t.feed("F000\r\n" + "x".repeat(0xF000) + "\r\n");
        assertThat(status(t.answer())).isEqualTo(401);
        assertThat(t.open()).isFalse();
    }

    @Test
    void headsWithoutEndTogetherHoldAShareOfTheHeap() {
        long share = Math.max(8 << 20, Runtime.getRuntime().maxMemory() / 8);
        String head = "GET /" + "x".repeat(90_000);
        List<EmbeddedChannel> waiting = new ArrayList<>();
        while (t.open()) {
            waiting.add(t.channel);
            t.reconnect();
            t.feed(head);
        }
        assertThat(waiting.size() * 90_000L).isBetween(share * 9 / 10, share * 11 / 10);
        waiting.forEach(EmbeddedChannel::close);
        t.reconnect();
        t.feed(head);
        assertThat(t.open()).isTrue();
        t.reconnect();
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    // ---- time

    @Test
    void aHeadMustBeThereIn15Seconds() {
        t.advance(14_000);
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
        for (int i = 0; i < 14; i++) {
            t.feed("GET /ping HTTP/1.1\r\n".substring(i, i + 1));
            t.advance(1000);
            assertThat(t.open()).isTrue();
        }
        t.feed("H");
        t.advance(1001);
        assertThat(status(t.read())).isEqualTo(408);
        assertThat(t.open()).isFalse();
    }

    @Test
    void aConnectionThatNeverSpeaksEnds() {
        t.advance(14_999);
        assertThat(t.open()).isTrue();
        t.advance(2);
        assertThat(t.open()).isFalse();
        assertThat(t.read()).isEmpty();
    }

    @Test
    void betweenRequestsThereIsMoreTime() {
        t.get("/ping");
        t.advance(299_000);
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
        t.advance(301_000);
        assertThat(t.open()).isFalse();
        assertThat(t.read()).isEmpty();
    }

    @Test
    void aBodyThatDripsEnds() {
        String head =
                "POST /set/k HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 90000\r\n\r\n";
        t.feed(head);
        t.advance(20_000);
        t.feed("x".repeat(5000));
        t.advance(29_000);
        t.feed("x".repeat(5000));
        t.advance(29_000);
        assertThat(t.open()).isTrue();
        t.feed("x");
        t.advance(500);
        t.feed("x");
        t.advance(501);
        assertThat(status(t.read())).isEqualTo(408);
        assertThat(t.open()).isFalse();
        assertThat(t.engine.log).isEmpty();
    }

    @Test
    void pipelinedHeadsEachHaveTheirTime() {
        for (int i = 0; i < 10; i++) {
            t.feed(request("GET", "/ping", "", "") + "GE");
            t.answer();
            t.advance(10_000);
            t.feed("T /ping HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n");
            t.answer();
            assertThat(t.open()).isTrue();
        }
    }

    // ---- rubbish

    @Test
    void mutatedJsonNeverDisturbsTheNextRequest() {
        long seed = 3;
        Random random = new Random(seed);
        String[] bodies = {
            "[[\"SET\",\"key\",\"v\\u20ac\\n\"],[\"GET\",\"key\"],[\"ARGS\",1,-2.5e3,true,false,\"\"]]",
            "[\"SET\",\"key\",\"\u00c3\u00a9\\\"\\\\\"]",
            "[]",
            "[[]]",
            "[[\"PING\"],[\"PING\"]] "
        };
        String spice = "[]{}\",:\\u0019eE+-.tfn \n\t\u0000\u00ff\u0080\u00e2";
        t.engine.keepLog = false;
        for (int round = 0; round < 5_000; round++) {
            StringBuilder body = new StringBuilder(bodies[random.nextInt(bodies.length)]);
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                int at = random.nextInt(body.length() + 1);
                switch (random.nextInt(4)) {
                    case 0 -> body.insert(at, spice.charAt(random.nextInt(spice.length())));
                    case 1 -> body.delete(at, Math.min(body.length(), at + 1 + random.nextInt(3)));
                    case 2 -> body.setLength(at);
                    default -> body.insert(at, body.substring(at));
                }
            }
            String target = random.nextBoolean() ? "/" : "/pipeline";
            String request = request(
                    "POST", target, random.nextBoolean() ? "Upstash-Encoding: base64\r\n" : "", body.toString());
            int cut = random.nextInt(request.length());
            t.feed(request.substring(0, cut));
            t.feed(request.substring(cut));
            t.engine.endTurn();
            String response = t.read();
            String name = "seed " + seed + " round " + round + ": " + body;
            assertThat(status(response)).as(name).isIn(200, 400);
            assertThat(brief(response)).as(name).matches("(?s)200 [\\[{].*[\\]}]|400 \\{\"error\":\".*\"}");
            t.feed(request("POST", "/", "", "[\"PING\"]"));
            t.engine.endTurn();
            assertThat(brief(t.read())).as(name).isEqualTo("200 {\"result\":\"PONG\"}");
        }
    }
}
