package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.TOKEN;
import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /pipeline}: rows in order, errors inside, long ones in slices and chunks. */
final class RestPipelineTest {
    private final RestFixture t = new RestFixture();
    private long nanos;

    @Test
    void rowsRunInOrderAndErrorsStopNothing() {
        assertThat(brief(t.post(
                        "/pipeline",
                        "[[\"SET\",\"k\",\"1\"],[\"INCR\",\"k\"],[\"HALF\"],[],[\"BLPOP\",\"k\",0],[\"GET\",\"k\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":2},{\"error\":\"ERR half way\"},"
                        + "{\"error\":\"ERR empty pipeline command\"},"
                        + "{\"error\":\"ERR Command is not available: 'BLPOP'\"},{\"result\":\"2\"}]");
        assertThat(t.engine.log).containsExactly("SET k 1", "INCR k", "HALF", "GET k");
    }

    @Test
    void slashesAroundTheNameDoNotMatter() {
        for (String target : new String[] {"/pipeline", "//pipeline", "/pipeline/", "/pipeline?_token=x"}) {
            assertThat(brief(t.post(target, "[[\"PING\"]]"))).isEqualTo("200 [{\"result\":\"PONG\"}]");
        }
    }

    @Test
    void base64ReachesEveryItem() {
        assertThat(brief(
                        t.post64("/pipeline", "[[\"SET\",\"k\",\"v\"],[\"ARGS\",\"OK\",\"v\"],[\"PING\"],[\"nope\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":[\"T0s=\",\"dg==\"]},{\"result\":\"UE9ORw==\"},"
                        + "{\"error\":\"ERR unknown command 'nope'\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "[]~ERR empty pipeline request",
                "{}~ERR failed to parse pipeline request",
                "[\"PING\"]~ERR failed to parse pipeline request",
                "[[\"SET\",\"a\",\"1\"],\"PING\"]~ERR failed to parse pipeline request",
                "[[\"SET\",\"a\",\"1\"]~ERR failed to parse pipeline request",
                "[[\"SET\",\"a\",\"1\"]],~ERR failed to parse pipeline request",
                "[[\"SET\",\"a\",\"1\"],[\"GET\",[]]]~ERR failed to parse pipeline request: arguments are strings, numbers or booleans",
                "[[\"SET\",\"a\",\"1\"],[\"GET\",null]]~ERR failed to parse pipeline request: arguments are strings, numbers or booleans",
                "''~ERR failed to parse pipeline request"
            })
    void aMalformedPipelineRunsNothing(String body, String error) {
        assertThat(brief(t.post("/pipeline", body))).isEqualTo("400 {\"error\":\"" + error + "\"}");
        assertThat(t.engine.log).isEmpty();
        assertThat(brief(t.post("/pipeline", "[[\"PING\"]]"))).isEqualTo("200 [{\"result\":\"PONG\"}]");
    }

    @Test
    void anySplitGivesTheSameReply() {
        String request = request("POST", "/pipeline", "", "[[\"args\",\"a\\u20ac\",1.5,true],[\"PING\"],[\"nope\"]]");
        String expected = brief(t.send(request));
        for (int at = 1; at < request.length(); at++) {
            t.feed(request.substring(0, at));
            t.feed(request.substring(at));
            assertThat(brief(t.answer())).as("split at " + at).isEqualTo(expected);
        }
    }

    @Test
    void chunkedBodiesAreReadAsTheyCome() {
        String head = "POST /pipeline HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN
                + "\r\nTransfer-Encoding: chunked\r\n\r\n";
        String chunks =
                "4\r\n[[\"P\r\n1\r\nI\r\nA;ext=\"v\"\r\nNG\"],[\"ECH\r\n07\r\nO\",7]] \r\n00\r\nX-Trailer: 1\r\n\r\n";
        assertThat(brief(t.send(head + chunks))).isEqualTo("200 [{\"result\":\"PONG\"},{\"result\":\"7\"}]");
        for (int at = 0; at < chunks.length(); at++) {
            t.feed(head + chunks.substring(0, at));
            t.feed(chunks.substring(at));
            assertThat(brief(t.answer()))
                    .as("split at " + at)
                    .isEqualTo("200 [{\"result\":\"PONG\"},{\"result\":\"7\"}]");
        }
    }

    private static String rows(int count, String row) {
        return "[" + (row + ",").repeat(count - 1) + row + "]";
    }

    @Test
    void longPipelinesRunInSlicesAndOthersGoOn() {
        RestFixture s = new RestFixture(RestOptions.of(TOKEN).withSlices(1_000_000, () -> nanos += 600_000));
        s.feed(request("POST", "/pipeline", "", rows(1000, "[\"INCR\",\"k\"]")) + request("GET", "/get/k", "", ""));
        int ran = s.engine.log.size();
        assertThat(ran).isBetween(1, 100);
        int turns = 1;
        while (s.engine.log.size() < 1001) {
            assertThat(s.read()).isEmpty();
            s.turn();
            turns++;
        }
        assertThat(turns).isGreaterThan(10);
        String both = s.answer();
        int second = both.indexOf("HTTP/1.1", 1);
        assertThat(brief(both.substring(0, second))).endsWith("{\"result\":999},{\"result\":1000}]");
        assertThat(brief(both.substring(second))).isEqualTo("200 {\"result\":\"1000\"}");
    }

    @Test
    void longResponsesLeaveInChunks() {
        String value = "v".repeat(1000);
        t.get("/set/k/" + value);
        RestOptions slices = RestOptions.of(TOKEN).withSlices(1, () -> nanos += 10);
        RestFixture s = new RestFixture(slices);
        s.get("/set/k/" + value);
        String response = s.post("/pipeline", rows(2000, "[\"GET\",\"k\"]"));
        assertThat(header(response, "Transfer-Encoding")).isEqualTo("chunked");
        assertThat(header(response, "Content-Length")).isNull();
        assertThat(brief(response)).isEqualTo("200 " + rows(2000, "{\"result\":\"" + value + "\"}"));
        assertThat(brief(t.post("/pipeline", rows(2000, "[\"GET\",\"k\"]"))))
                .isEqualTo("200 " + rows(2000, "{\"result\":\"" + value + "\"}"));
        assertThat(brief(s.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void http10GetsALongResponseUntilTheConnectionEnds() {
        t.get("/set/k/" + "v".repeat(1000));
        String body = rows(2000, "[\"GET\",\"k\"]");
        String response = t.send("POST /pipeline HTTP/1.0\r\nAuthorization: Bearer " + TOKEN
                + "\r\nConnection: keep-alive\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(header(response, "Connection")).isEqualTo("close");
        assertThat(header(response, "Transfer-Encoding")).isNull();
        assertThat(header(response, "Content-Length")).isNull();
        assertThat(response.substring(response.indexOf("\r\n\r\n") + 4))
                .isEqualTo(rows(2000, "{\"result\":\"" + "v".repeat(1000) + "\"}"));
        assertThat(t.open()).isFalse();
    }

    @Test
    void rowsWithLongRepliesAreRunOneByOne() {
        t.get("/set/k/" + "v".repeat(50_000));
        t.engine.batches = 0;
        assertThat(brief(t.post("/pipeline", rows(100, "[\"GET\",\"k\"]")))).hasSize(100 * 50_014 + 5);
        assertThat(t.engine.batches).isGreaterThan(50);
    }

    @Test
    void aPeerThatDoesNotReadStopsThePipeline() {
        RestFixture s = new RestFixture(RestOptions.of(TOKEN).withSlices(1, () -> nanos += 10));
        s.engine.hold = true;
        s.get("/set/k/" + "v".repeat(1000));
        s.feed(request("POST", "/pipeline", "", rows(5000, "[\"GET\",\"k\"]")));
        s.answer();
        int ran = s.engine.log.size();
        assertThat(ran).isLessThan(2000);
        s.engine.hold = false;
        while (s.engine.held() > 0) {
            s.engine.releaseOne();
        }
        String response = s.answer();
        assertThat(response.split("\\{\"result\":").length).isEqualTo(5002);
    }

    @Test
    void rowsOfALongBodyRunBeforeItsEnd() {
        String body = rows(10_000, "[\"INCR\",\"k\"]");
        String request = request("POST", "/pipeline", "", body);
        t.feed(request.substring(0, request.length() - 10));
        t.answer();
        assertThat(t.engine.log).hasSizeBetween(4000, 9999);
        assertThat(brief(t.send(request.substring(request.length() - 10)))).endsWith("{\"result\":10000}]");
    }

    @Test
    void aPeerThatReadsOnlyAfterItsBodyIsServed() {
        t.get("/set/k/" + "v".repeat(1000));
        t.engine.hold = true;
        String request = request("POST", "/pipeline", "", rows(20_000, "[\"GET\",\"k\"]"));
        for (int at = 0; at < request.length(); at += 60_000) {
            t.feed(request.substring(at, Math.min(request.length(), at + 60_000)));
            for (int turns = 0; turns < 50 && !t.channel.config().isAutoRead(); turns++) {
                t.turn();
            }
            assertThat(t.channel.config().isAutoRead() || at + 60_000 >= request.length())
                    .isTrue();
        }
        t.engine.hold = false;
        StringBuilder response = new StringBuilder();
        while (t.engine.held() > 0) {
            t.engine.releaseOne();
            response.append(t.answer());
        }
        assertThat(brief(response.toString())).hasSize(20_000 * (1000 + 14) + 5);
    }

    @Test
    void aFaultLateInALongBodyIs400WhileNothingWasSent() {
        String body = rows(10_000, "[\"INCR\",\"k\"]");
        String request = request("POST", "/pipeline", "", body.substring(0, body.length() - 1) + "x");
        assertThat(brief(t.send(request))).isEqualTo("400 {\"error\":\"ERR failed to parse pipeline request\"}");
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void aFaultAfterTheFirstChunkIsTheLastItem() {
        t.get("/set/k/" + "v".repeat(1000));
        String body = rows(10_000, "[\"GET\",\"k\"]");
        String request = request("POST", "/pipeline", "", body.substring(0, body.length() - 1) + "x");
        StringBuilder response = new StringBuilder();
        for (int at = 0; at < request.length(); at += 60_000) {
            t.feed(request.substring(at, Math.min(request.length(), at + 60_000)));
            t.turn();
        }
        response.append(t.answer());
        assertThat(status(response.toString())).isEqualTo(200);
        assertThat(brief(response.toString())).endsWith("\"},{\"error\":\"ERR failed to parse pipeline request\"}]");
        assertThat(t.open()).isFalse();
    }

    @Test
    void aConnectionLostInTheMiddleLeavesNothingBehind() {
        RestFixture s = new RestFixture(RestOptions.of(TOKEN).withSlices(1, () -> nanos += 10));
        s.feed(request("POST", "/pipeline", "", rows(5000, "[\"INCR\",\"k\"]")));
        s.channel.close();
        s.answer();
        assertThat(s.engine.clients).isEmpty();
        assertThat(s.engine.log).hasSizeLessThan(5000);
        assertThat(s.server.connections()).isZero();
    }

    @Test
    void rowsAreHandedOverInBatches() {
        t.post("/pipeline", rows(160, "[\"INCR\",\"k\"]"));
        assertThat(t.engine.batches).isBetween(12, 30);
    }
}
