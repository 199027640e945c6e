package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.rest.EventFixture.Peer;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REST.md 7: subscriptions and MONITOR as server-sent events. */
final class EventStreamTest {
    private final EventFixture t = new EventFixture();

    @AfterEach
    void end() {
        t.close();
    }

    // ---- the beginning

    @Test
    void theHeadIsThereAtOnceAndTheFirstEventBehindIt() {
        Peer peer = t.new Peer().post("/subscribe/ch");
        String all = peer.read();
        assertThat(all)
                .matches("HTTP/1\\.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
                        + "upstash-sync-token: [A-Za-z0-9_-]{23}\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "16\r\ndata: subscribe,ch,1\n\n\r\n");
    }

    @Test
    void whatTheSdkSendsBesidesIsIgnored() {
        Peer peer = t.new Peer()
                .send(request(
                        "POST",
                        "/subscribe/ch?_token=x&EX=1",
                        "Content-Type: application/json\r\nUpstash-Encoding: base64\r\nAccept: text/event-stream\r\n"
                                + "Upstash-Telemetry-Sdk: a\r\nupstash-sync-token: \r\n",
                        "[]"));
        assertThat(peer.read()).endsWith("\r\n\r\n16\r\ndata: subscribe,ch,1\n\n\r\n");
        t.call("PUBLISH", "ch", "plain text");
        assertThat(peer.events()).isEqualTo("data: message,ch,plain text\n\n");
        assertThat(t.call("PUBSUB", "CHANNELS")).isEqualTo("[\"ch\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT"})
    void everyMethodWithAResponseBegins(String method) {
        Peer peer = t.new Peer()
                .send(method + " /subscribe/ch?_token=secret HTTP/1.1\r\nHost: x\r\nOrigin: http://page\r\n\r\n");
        String head = peer.read();
        assertThat(status(head)).isEqualTo(200);
        assertThat(header(head, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(head, "Access-Control-Expose-Headers")).isEqualTo("upstash-sync-token");
        assertThat(head).endsWith("data: subscribe,ch,1\n\n\r\n");
    }

    @Test
    void headAsksForNothingMoreThanTheHead() {
        Peer peer = t.new Peer().send(request("HEAD", "/subscribe/ch", "", ""));
        String head = peer.read();
        assertThat(header(head, "Content-Type")).isEqualTo("text/event-stream");
        assertThat(head).endsWith("\r\n\r\n");
        assertThat(t.call("PUBSUB", "CHANNELS")).isEqualTo("[]");
        assertThat(brief(peer.send(request("GET", "/ping", "", "")).read())).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void aBrowserMayAskBeforehandWithoutAToken() {
        Peer peer = t.new Peer()
                .send("OPTIONS /subscribe/ch HTTP/1.1\r\nHost: x\r\nOrigin: http://page\r\n"
                        + "Access-Control-Request-Headers: authorization\r\n\r\n");
        assertThat(status(peer.read())).isEqualTo(204);
    }

    @Test
    void severalChannelsAndPatternsInOneRequest() {
        Peer peer = t.new Peer().post("/subscribe/a/b%2Fc/%E2%82%AC/");
        assertThat(peer.read())
                .endsWith("data: subscribe,a,1\n\ndata: subscribe,b/c,2\n\n"
                        + "data: subscribe,\u00e2\u0082\u00ac,3\n\n\r\n");
        Peer patterns = t.new Peer().post("/psubscribe/user:*/h[ae]llo");
        assertThat(patterns.read()).endsWith("data: psubscribe,user:*,1\n\ndata: psubscribe,h[ae]llo,2\n\n\r\n");
        assertThat(t.call("PUBLISH", "user:1", "{\\\"a\\\":1}")).isEqualTo("1");
        assertThat(patterns.events()).isEqualTo("data: pmessage,user:*,user:1,{\"a\":1}\n\n");
        assertThat(t.call("PUBSUB", "NUMPAT")).isEqualTo("2");
    }

    @Test
    void http10GetsTheEventsAsTheyAre() {
        Peer peer = t.new Peer().send("GET /subscribe/ch?_token=secret HTTP/1.0\r\n\r\n");
        String all = peer.read();
        assertThat(header(all, "Connection")).isEqualTo("close");
        assertThat(header(all, "Transfer-Encoding")).isNull();
        assertThat(all).endsWith("\r\n\r\ndata: subscribe,ch,1\n\n");
        t.call("PUBLISH", "ch", "m");
        assertThat(peer.read()).isEqualTo("data: message,ch,m\n\n");
    }

    // ---- events

    @Test
    void messagesComeInOrderAndSubscribersCount() {
        Peer one = t.stream("/subscribe/ch");
        Peer two = t.stream("/subscribe/ch");
        assertThat(t.call("PUBLISH", "ch", "first")).isEqualTo("2");
        assertThat(t.call("PUBLISH", "ch", "second, with a comma")).isEqualTo("2");
        assertThat(t.call("PUBLISH", "other", "x")).isEqualTo("0");
        String events = "data: message,ch,first\n\ndata: message,ch,second, with a comma\n\n";
        assertThat(one.events()).isEqualTo(events);
        assertThat(two.events()).isEqualTo(events);
        assertThat(t.call("PUBSUB", "NUMSUB", "ch")).isEqualTo("[\"ch\",2]");
    }

    @Test
    void aPipelineOfMessagesIsOneChunk() {
        Peer peer = t.stream("/subscribe/ch");
        t.new Peer().send(request("POST", "/pipeline", "", "[[\"PUBLISH\",\"ch\",\"1\"],[\"PUBLISH\",\"ch\",\"2\"]]"));
        assertThat(peer.read()).isEqualTo("28\r\ndata: message,ch,1\n\ndata: message,ch,2\n\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "a\\nb,a b",
        "a\\r\\ndata: message%2Cch%2Cforged,a  data: message%2Cch%2Cforged",
        "\\n\\ndata: x\\n\\n,'  data: x  '",
        "'',''",
        "\\u20ac,\u00e2\u0082\u00ac"
    })
    void noPayloadEndsItsEvent(String json, String text) {
        Peer peer = t.stream("/subscribe/ch");
        t.call("PUBLISH", "ch", json.replace("%2C", ","));
        assertThat(peer.events()).isEqualTo("data: message,ch," + text.replace("%2C", ",") + "\n\n");
    }

    @Test
    void bytesThatAreNotTextPassUnchanged() {
        Peer peer = t.stream("/subscribe/ch");
        t.new Peer().send(request("POST", "/publish/ch/%FF%00%80", "", ""));
        assertThat(peer.events()).startsWith("data: message,ch,\u00ff\u0000\u0080");
    }

    @Test
    void aLongMessageIsWhole() {
        Peer one = t.stream("/subscribe/ch");
        Peer two = t.stream("/subscribe/ch");
        String payload = "0123456789".repeat(200_000);
        t.new Peer().send(request("POST", "/publish/ch", "", payload));
        assertThat(one.events()).isEqualTo("data: message,ch," + payload + "\n\n");
        assertThat(two.events()).hasSize(payload.length() + 19);
    }

    @Test
    void monitorShowsWhatOthersDo() {
        Peer peer = t.new Peer().post("/monitor");
        assertThat(peer.read()).endsWith("\r\n\r\nc\r\ndata: \"OK\"\n\n\r\n");
        t.call("SET", "k", "a\\nb");
        assertThat(peer.events()).isEqualTo("data: 1700000000.000000 [0 ?:0] \"SET\" \"k\" \"a\\nb\"\n\n");
    }

    @Test
    void manyMessagesOfOneTurnLeaveBeforeItsEnd() {
        Peer peer = t.stream("/subscribe/ch");
        Peer publisher = t.new Peer();
        String row = "[\"PUBLISH\",\"ch\",\"" + "x".repeat(10_000) + "\"]";
        String body = "[" + (row + ",").repeat(9) + row + "]";
        publisher.channel.writeInbound(
                Unpooled.copiedBuffer(request("POST", "/pipeline", "", body), StandardCharsets.ISO_8859_1));
        assertThat(peer.events().length()).isBetween(40_000, 95_000);
        t.turn();
        assertThat(peer.events()).endsWith("xx\n\n");
    }

    @Test
    void whatTheGateHoldsStaysHereAndKeepsItsOrder() {
        Peer peer = t.stream("/subscribe/ch");
        t.gate.closed = true;
        Peer writer = t.new Peer()
                .send(request("POST", "/pipeline", "", "[[\"SET\",\"k\",\"v\"],[\"PUBLISH\",\"ch\",\"1\"]]"));
        t.advance(20);
        t.new Peer().send(request("GET", "/publish/ch/2", "", ""));
        assertThat(peer.read()).isEmpty();
        assertThat(writer.read()).isEmpty();
        t.gate.closed = false;
        t.turn();
        t.turn();
        assertThat(peer.events()).isEqualTo("data: message,ch,1\n\ndata: message,ch,2\n\n");
        assertThat(writer.read()).isNotEmpty();
    }

    // ---- signs of life

    @Test
    void aSilentStreamShowsThatItLives() {
        Peer peer = t.stream("/subscribe/ch");
        t.advance(14);
        assertThat(peer.read()).isEmpty();
        t.advance(1);
        assertThat(peer.events()).isEqualTo(": ping\n\n");
        t.advance(3600);
        assertThat(peer.events()).as("once, however long it was").isEqualTo(": ping\n\n");
        Peer later = t.stream("/monitor");
        t.advance(10);
        assertThat(peer.read() + later.read()).isEmpty();
        t.advance(5);
        assertThat(peer.events()).isEqualTo(": ping\n\n");
        assertThat(later.events()).isEqualTo(": ping\n\n");
    }

    // ---- refusals

    @ParameterizedTest
    @CsvSource({
        "/subscribe,ERR wrong number of arguments for 'subscribe' command",
        "/psubscribe/,ERR wrong number of arguments for 'psubscribe' command",
        "/monitor/x,ERR wrong number of arguments for 'monitor' command",
        "/subscribe/%zz,ERR failed to parse command: malformed percent-encoding"
    })
    void aRefusalIsAnOrdinaryResponse(String path, String error) {
        Peer peer = t.new Peer().post(path);
        assertThat(brief(peer.read())).isEqualTo("400 {\"error\":\"" + error + "\"}");
        assertThat(brief(peer.post("/get/k").read())).startsWith("400 {\"error\":\"ERR wrong number of arguments");
        assertThat(peer.post("/subscribe/ch").read()).endsWith("data: subscribe,ch,1\n\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscribe/ch", "psubscribe/c*", "monitor"})
    void theTokenForReadingReadsNoMessages(String path) {
        String name = path.replaceAll("/.*", "");
        Peer peer = t.new Peer().send("GET /" + path + "?_token=readers HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(brief(peer.read()))
                .isEqualTo("400 {\"error\":\"NOPERM this user has no permissions to run the '" + name
                        + "' command or its subcommand\"}");
        assertThat(t.server.events().count()).isZero();
    }

    @Test
    void withoutATokenThereIsNoStream() {
        Peer peer = t.new Peer().send("GET /subscribe/ch HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(brief(peer.read())).isEqualTo("401 {\"error\":\"WRONGPASS invalid or missing auth token\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "MONITOR"})
    void elsewhereTheCommandsAreNotAvailable(String name) {
        String error = "{\"error\":\"ERR Command is not available: '" + name + "'\"}";
        String command = name.equals("MONITOR") ? "[\"monitor\"]" : "[\"" + name.toLowerCase() + "\",\"c\"]";
        Peer peer = t.new Peer();
        assertThat(brief(peer.send(request("POST", "/", "", command)).read())).isEqualTo("400 " + error);
        assertThat(brief(peer.send(request("POST", "/pipeline", "", "[" + command + "]"))
                        .read()))
                .isEqualTo("200 [" + error + "]");
        String path = name.equals("MONITOR") ? "/MONITOR" : "/" + name + "/c";
        assertThat(brief(peer.send(request("GET", path, "", "")).read())).isEqualTo("400 " + error);
    }

    @Test
    void tooManyClientsAreRefusedAndAStreamTakesOnePlace() {
        t.settings.set("maxclients", "3"); // one is the administrator
        t.call("PING");
        Peer peer = t.new Peer();
        assertThat(brief(peer.send(request("GET", "/ping", "", "")).read())).startsWith("200 ");
        assertThat(peer.post("/subscribe/ch").read())
                .as("in place of the client for requests")
                .contains(" 200 OK");
        assertThat(brief(t.new Peer().post("/subscribe/ch").read()))
                .isEqualTo("503 {\"error\":\"ERR max number of clients reached\"}");
        peer.leave();
        assertThat(t.new Peer().post("/subscribe/ch").read()).contains(" 200 OK");
    }

    @Test
    void aPauseOfEverythingDelaysTheBeginning() {
        t.admin("CLIENT", "PAUSE", "60000", "ALL");
        Peer peer = t.new Peer().post("/subscribe/ch");
        assertThat(peer.read()).isEmpty();
        t.advance(61);
        t.turn();
        assertThat(peer.read()).endsWith("data: subscribe,ch,1\n\n\r\n");
    }

    // ---- as a client

    @Test
    void aStreamIsSeenAmongTheClientsAndCanBeKilled() {
        Peer peer = t.stream("/subscribe/a/b");
        Peer monitor = t.stream("/monitor");
        String list = (String) t.admin("CLIENT", "LIST", "TYPE", "PUBSUB");
        assertThat(list)
                .contains(" flags=P ", " sub=2 psub=0 ssub=0 ", " cmd=subscribe user=default ")
                .hasLineCount(1);
        assertThat((String) t.admin("CLIENT", "LIST")).contains(" flags=O ", " cmd=monitor ");
        assertThat(t.admin("CLIENT", "KILL", "TYPE", "pubsub")).isEqualTo(1L);
        assertThat(t.admin("PUBLISH", "a", "x")).isEqualTo(0L);
        assertThat(peer.open()).isFalse();
        assertThat(monitor.open()).isTrue();
        assertThat(t.server.events().count()).isEqualTo(1);
    }

    @Test
    void messagesOfAClientOfAnotherKindComeToo() {
        Peer peer = t.stream("/psubscribe/*");
        assertThat(t.admin("PUBLISH", "c", "m")).isEqualTo(1L);
        assertThat(peer.events()).isEqualTo("data: pmessage,*,c,m\n\n");
    }

    // ---- the end

    @Test
    void aCallerThatLeavesIsNoSubscriberAnyMore() {
        Peer peer = t.stream("/subscribe/ch");
        Peer other = t.stream("/subscribe/ch");
        peer.leave();
        assertThat(t.call("PUBSUB", "NUMSUB", "ch")).isEqualTo("[\"ch\",1]");
        other.channel.close();
        t.turn();
        assertThat(t.call("PUBLISH", "ch", "x")).isEqualTo("0");
        assertThat(t.server.events().count()).isZero();
    }

    @Test
    void requestsBehindAStreamAreNeverRun() {
        Peer peer = t.new Peer().send(request("POST", "/subscribe/ch", "", "[]") + request("GET", "/set/k/v", "", ""));
        assertThat(peer.read()).endsWith("data: subscribe,ch,1\n\n\r\n");
        peer.send(request("GET", "/set/k/v", "", ""));
        assertThat(peer.read()).isEmpty();
        assertThat(t.call("EXISTS", "k")).isEqualTo("0");
        assertThat(t.call("PUBLISH", "ch", "x")).isEqualTo("1");
        peer.leave();
        assertThat(peer.open()).isFalse();
    }

    @Test
    void anEndlessBodyIsRefused() {
        Peer peer = t.new Peer()
                .send("POST /subscribe/ch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
        String chunk = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";
        for (int i = 0; i < 12 && peer.open(); i++) {
            peer.send(chunk);
        }
        assertThat(peer.read()).startsWith("HTTP/1.1 413 ");
        assertThat(t.call("PUBSUB", "CHANNELS")).isEqualTo("[]");
    }

    @Test
    void closingTheServerEndsTheResponseInOrder() {
        Peer peer = t.stream("/subscribe/ch");
        t.server.events().finish();
        assertThat(peer.read()).isEqualTo("0\r\n\r\n");
    }
}
