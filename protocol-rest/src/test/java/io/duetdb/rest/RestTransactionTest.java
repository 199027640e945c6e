package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static io.duetdb.rest.RestFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /multi-exec}, the HTTP side alone: what is queued, what is answered, and that nothing is done by halves. */
final class RestTransactionTest {
    private final RestFixture t = new RestFixture();

    @Test
    void eachCommandHasItsItemAndAnErrorStopsNothing() {
        assertThat(brief(t.post(
                        "/multi-exec",
                        "[[\"SET\",\"k\",1],[\"INCR\",\"k\"],[\"HALF\"],[\"GET\",\"k\"],[\"GET\",\"q\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":2},{\"error\":\"ERR half way\"},{\"result\":\"2\"},"
                        + "{\"result\":null}]");
        assertThat(t.engine.log).containsExactly("SET k 1", "INCR k", "HALF", "GET k", "GET q");
        assertThat(brief(t.post("/multi-exec/", "[[\"PING\"]]"))).isEqualTo("200 [{\"result\":\"PONG\"}]");
        assertThat(t.engine.discards).isZero();
    }

    @Test
    void base64ReachesEveryItemButAStatusOk() {
        assertThat(brief(t.post64(
                        "/multi-exec",
                        "[[\"SET\",\"k\",\"v\"],[\"GET\",\"k\"],[\"PING\"],[\"ARGS\",\"OK\",\"v\"],[\"HALF\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":\"dg==\"},{\"result\":\"UE9ORw==\"},"
                        + "{\"result\":[\"T0s=\",\"dg==\"]},{\"error\":\"ERR half way\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "[]~ERR empty transaction request",
                "{}~ERR failed to parse transaction request",
                "''~ERR failed to parse transaction request",
                "[\"PING\"]~ERR failed to parse transaction request",
                "[[\"SET\",\"a\",\"1\"],\"PING\"]~ERR failed to parse transaction request",
                "[[\"SET\",\"a\",\"1\"]~ERR failed to parse transaction request",
                "[[\"SET\",\"a\",\"1\"]],~ERR failed to parse transaction request",
                "[[\"SET\",\"a\",\"1\"],[\"GET\",null]]~ERR failed to parse transaction request: arguments are strings, numbers or booleans",
                "[[\"SET\",\"a\",\"1\"],[]]~EXECABORT Transaction discarded because of: empty transaction command",
                "[[\"SET\",\"a\",\"1\"],[\"nope\"]]~EXECABORT Transaction discarded because of: unknown command 'nope'",
                "[[\"SET\",\"a\",\"1\"],[\"BLPOP\",\"a\",0],[\"nope\"]]~EXECABORT Transaction discarded because of: Command is not available: 'BLPOP'"
            })
    void whatIsNotWholeDoesNothing(String body, String error) {
        assertThat(brief(t.post("/multi-exec", body))).isEqualTo("400 {\"error\":\"" + error + "\"}");
        assertThat(t.engine.log).isEmpty();
        assertThat(t.engine.queued).isEmpty();
        assertThat(brief(t.post("/multi-exec", "[[\"PING\"]]"))).isEqualTo("200 [{\"result\":\"PONG\"}]");
        assertThat(t.engine.log).containsExactly("PING");
    }

    @Test
    void anySplitGivesTheSameReply() {
        String request = request("POST", "/multi-exec", "", "[[\"args\",\"a\\u20ac\",1.5,true],[\"PING\"],[\"half\"]]");
        String expected = brief(t.send(request));
        assertThat(expected).startsWith("200 [{\"result\":[");
        for (int at = 1; at < request.length(); at++) {
            t.feed(request.substring(0, at));
            assertThat(brief(t.send(request.substring(at)))).isEqualTo(expected);
        }
    }

    @Test
    void rowsAreQueuedAsTheyArriveAndRunWithTheLast() {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < 10_000; i++) {
            body.append("[\"INCR\",\"n\"],");
        }
        body.append("[\"GET\",\"n\"]]");
        String request = request("POST", "/multi-exec", "", body.toString());
        t.feed(request.substring(0, request.length() - 1));
        assertThat(t.engine.queued.size()).isPositive();
        assertThat(t.engine.log).isEmpty();
        assertThat(brief(t.send("]"))).startsWith("200 [{\"result\":1},").endsWith(",{\"result\":\"10000\"}]");
    }

    @Test
    void aConnectionThatEndsMidwayLeavesNothing() {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < 10_000; i++) {
            body.append("[\"INCR\",\"n\"],");
        }
        t.feed(request("POST", "/multi-exec", "", body + "[\"PING\"]]").substring(0, body.length()));
        assertThat(t.engine.queued.size()).isPositive();
        t.channel.close();
        t.turn();
        assertThat(t.engine.queued).isEmpty();
        assertThat(t.engine.clients).isEmpty();
        assertThat(t.engine.log).isEmpty();
    }

    @Test
    void aBodyThatTurnsOutBadLateDiscardsWhatWasQueued() {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < 10_000; i++) {
            body.append("[\"INCR\",\"n\"],");
        }
        String request = request("POST", "/multi-exec", "", body + "oops]");
        t.feed(request.substring(0, request.length() - 10));
        assertThat(t.engine.queued.size()).isPositive();
        assertThat(brief(t.send(request.substring(request.length() - 10))))
                .isEqualTo("400 {\"error\":\"ERR failed to parse transaction request\"}");
        assertThat(t.engine.queued).isEmpty();
        assertThat(t.engine.log).isEmpty();
    }

    @Test
    void oneCommandHasALimitAndOneReplyToo() {
        RestFixture small = new RestFixture(RestOptions.of(RestFixture.TOKEN).withMaxRequestBytes(1000));
        assertThat(brief(small.post("/multi-exec", "[[\"PING\"],[\"SET\",\"k\",\"" + "x".repeat(2000) + "\"]]")))
                .startsWith("413 {\"error\":\"ERR max request size exceeded. Limit: 1000, Actual: ");
        assertThat(small.engine.log).isEmpty();
        String rows = "[\"SET\",\"k\",\"" + "x".repeat(900) + "\"]";
        assertThat(brief(small.post("/multi-exec", "[" + rows + "," + rows + ",[\"BIG\",2],[\"GET\",\"k\"]]")))
                .startsWith(
                        "200 [{\"result\":\"OK\"},{\"result\":\"OK\"},{\"error\":\"ERR max request size exceeded. Limit:"
                                + " 1000, Actual: 2000\"},{\"result\":\"xxx");
    }

    @Test
    void resp2IsNotForTransactions() {
        String request = request("POST", "/multi-exec", "Upstash-Response-Format: resp2\r\n", "[[\"PING\"]]");
        String response = t.send(request);
        assertThat(brief(response)).isEqualTo("200 [{\"result\":\"PONG\"}]");
        assertThat(header(response, "Content-Type")).startsWith("application/json");
    }

    @Test
    void aTransactionThatHasToWaitAnswersLater() {
        t.engine.holdExec = true;
        assertThat(t.post("/multi-exec", "[[\"SET\",\"k\",\"v\"],[\"GET\",\"k\"]]"))
                .isEmpty();
        t.engine.holdExec = false;
        t.feed(request("POST", "/", "", "[\"PING\"]")); // has to wait as well
        assertThat(t.answer()).isEmpty();
        t.server.resumed(t.engine.finishExec());
        String answers = t.answer();
        assertThat(answers).contains("[{\"result\":\"OK\"},{\"result\":\"v\"}]").endsWith("{\"result\":\"PONG\"}");
    }

    @Test
    void theTokenMovesOn() {
        String before = header(t.post("/", "[\"PING\"]"), "upstash-sync-token");
        String after = header(t.post("/multi-exec", "[[\"SET\",\"a\",1]]"), "upstash-sync-token");
        assertThat(after).isNotEqualTo(before);
    }
}
