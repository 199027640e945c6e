package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.status;
import static io.duetdb.rest.RestFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One command per request: how it is assembled, who may send it, what it is answered. */
final class RestRequestsTest {
    private final RestFixture t = new RestFixture();

    // ---- the path form

    @Test
    void aPathIsACommand() {
        assertThat(brief(t.get("/set/foo/bar"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(brief(t.get("/get/foo"))).isEqualTo("200 {\"result\":\"bar\"}");
        assertThat(brief(t.get("/GET/nothing"))).isEqualTo("200 {\"result\":null}");
        assertThat(t.engine.log).containsExactly("set foo bar", "get foo", "GET nothing");
    }

    @Test
    void segmentsAreSplitBeforeTheyAreDecoded() {
        assertThat(brief(t.get("/args/a%2Fb/c%20d/%25/%e2%82%ac+x")))
                .isEqualTo("200 {\"result\":[\"a/b\",\"c d\",\"%\",\"" + utf8("€") + "+x\"]}");
    }

    @Test
    void theBodyStandsBetweenPathAndQuery() {
        assertThat(brief(t.send(request("POST", "/args/foo?EX=100&NX", "", "\"v\""))))
                .isEqualTo("200 {\"result\":[\"foo\",\"\\\"v\\\"\",\"EX\",\"100\",\"NX\"]}");
        assertThat(brief(t.send(request("PUT", "/args", "Content-Type: application/json\r\n", "{}"))))
                .isEqualTo("200 {\"result\":[\"{}\"]}");
    }

    @Test
    void anEmptyBodyIsNoArgumentAndTheBodyOfAGetIsIgnored() {
        assertThat(brief(t.post("/args/foo", ""))).isEqualTo("200 {\"result\":[\"foo\"]}");
        assertThat(brief(t.send(request("GET", "/args/foo", "", "body")))).isEqualTo("200 {\"result\":[\"foo\"]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/args/a?EX=1&NX&PX=2 [\"a\",\"EX\",\"1\",\"NX\",\"PX\",\"2\"]",
                "/args/a?b= [\"a\",\"b\",\"\"]",
                "/args/a?b=c+d%2B [\"a\",\"b\",\"c·d+\"]",
                "/args/a?b=c=d [\"a\",\"b\",\"c=d\"]",
                "/args/a?&&b& [\"a\",\"b\"]",
                "/args/a?_token=secret&b [\"a\",\"b\"]",
                "/args/a?b&%5ftoken=secret [\"a\",\"b\"]",
                "/args/a?b=%26%3d&c?d [\"a\",\"b\",\"&=\",\"c?d\"]",
                "/args/a? [\"a\"]",
                "//args/a [\"a\"]",
                "///args//a [\"\",\"a\"]",
                "/args/a/ [\"a\"]",
                "/args/a//?b [\"a\",\"\",\"b\"]",
                "/args/a/?b [\"a\",\"b\"]"
            })
    void parametersAndSlashes(String target, String arguments) {
        assertThat(brief(t.get(target))).isEqualTo("200 {\"result\":" + arguments.replace('·', ' ') + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/get/%", "/get/%4", "/get/%zz", "/get/a%", "/get/%4/x", "/get/a?b=%", "/get/a?%g0=1"})
    void aMalformedEscapeIsRefused(String target) {
        assertThat(brief(t.get(target)))
                .isEqualTo("400 {\"error\":\"ERR failed to parse command: malformed percent-encoding\"}");
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void binaryBodiesAreKept() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            all.append((char) i);
        }
        String response = t.send(request("POST", "/echo", "Upstash-Encoding: base64\r\n", all.toString()));
        assertThat(brief(response))
                .isEqualTo("200 {\"result\":\""
                        + Base64.getEncoder()
                                .encodeToString(all.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                        + "\"}");
    }

    @Test
    void largeBodiesArriveInAnyPieces() {
        String body = "0123456789".repeat(30_000);
        String request = request("POST", "/len/x", "", body);
        for (int piece : new int[] {7, 1000, 65_536, 65_537}) {
            for (int at = 0; at < request.length(); at += piece) {
                t.feed(request.substring(at, Math.min(request.length(), at + piece)));
            }
            assertThat(brief(t.answer())).isEqualTo("200 {\"result\":300000}");
        }
        t.send(request("POST", "/set/k", "", body));
        assertThat(brief(t.get("/get/k"))).isEqualTo("200 {\"result\":\"" + body + "\"}");
        assertThat(brief(t.send(request("POST", "/args/k?tail", "", body))))
                .isEqualTo("200 {\"result\":[\"k\",\"" + body + "\",\"tail\"]}");
    }

    // ---- JSON

    @Test
    void aJsonArrayIsACommand() {
        assertThat(brief(t.post("/", "[\"SET\",\"k\",\"v\"]"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(brief(t.post("/?x=1", " [\"get\", \"k\"]\n"))).isEqualTo("200 {\"result\":\"v\"}");
        assertThat(brief(t.send(request("PUT", "/", "", "[\"PING\"]")))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void numbersKeepTheirTextAndBooleansAreWords() {
        assertThat(brief(t.post(
                        "/", "[\"args\",1,-0,99.50,1e21,1763637887000,13.361389,true,false,12345678901234567890]")))
                .isEqualTo("200 {\"result\":[\"1\",\"-0\",\"99.50\",\"1e21\",\"1763637887000\",\"13.361389\","
                        + "\"true\",\"false\",\"12345678901234567890\"]}");
    }

    @Test
    void stringsAreUnescapedToUtf8() {
        assertThat(brief(t.post(
                        "/",
                        "[\"args\",\"a\\n\\t\\\"\\\\\\/\\u0000\\u20ac\",\"" + utf8("é€😀")
                                + "\",\"\\ud83d\\ude00\",\"\\ud83d\"]")))
                .isEqualTo("200 {\"result\":[\"a\\n\\t\\\"\\\\/\\u0000" + utf8("€") + "\",\"" + utf8("é€😀") + "\",\""
                        + utf8("😀") + "\",\"" + utf8("\uFFFD") + "\"]}");
    }

    @Test
    void anySplitOfAJsonRequestGivesTheSameReply() {
        String request = request("POST", "/", "", "[\"args\",\"" + utf8("é€😀") + "\\u20ac\",12.5,true,\"x\"]");
        String expected = brief(t.send(request));
        for (int at = 1; at < request.length(); at++) {
            t.feed(request.substring(0, at));
            t.feed(request.substring(at));
            assertThat(brief(t.answer())).as("split at " + at).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "[]~ERR empty command",
                "{}~ERR failed to parse command",
                "\"PING\"~ERR failed to parse command",
                "12~ERR failed to parse command",
                "null~ERR failed to parse command",
                "PING~ERR failed to parse command",
                "[\"PING\"~ERR failed to parse command",
                "[\"PING\"]]~ERR failed to parse command",
                "[\"PING\"] x~ERR failed to parse command",
                "[\"PING\"][\"PING\"]~ERR failed to parse command",
                "[\"PING\",]~ERR failed to parse command",
                "[PING]~ERR failed to parse command",
                "[\"GET\",null]~ERR failed to parse command: arguments are strings, numbers or booleans",
                "[\"GET\",{\"a\":1}]~ERR failed to parse command: arguments are strings, numbers or booleans",
                "[\"GET\",[\"a\"]]~ERR failed to parse command: arguments are strings, numbers or booleans",
                "[[\"GET\",\"a\"]]~ERR failed to parse command: arguments are strings, numbers or booleans",
                "[\"GET\",01]~ERR failed to parse command",
                "[\"GET\",NaN]~ERR failed to parse command",
                "[\"GET\",'a']~ERR failed to parse command",
                "[\"GET\",\"\\x\"]~ERR failed to parse command",
                "''~ERR failed to parse command"
            })
    void whatIsNoCommandIsRefusedAndNothingElseDisturbed(String body, String error) {
        assertThat(brief(t.post("/", body))).isEqualTo("400 {\"error\":\"" + error + "\"}");
        assertThat(t.engine.log).isEmpty();
        assertThat(brief(t.post("/", "[\"PING\"]"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void invalidUtf8InJsonIsRefused() {
        assertThat(brief(t.post("/", "[\"ECHO\",\"\u00ff\"]")))
                .isEqualTo("400 {\"error\":\"ERR failed to parse command\"}");
        assertThat(brief(t.post("/", "[\"ECHO\",\"\u00e2\u0082\"]"))).startsWith("400 ");
        assertThat(brief(t.post("/", "[\"ECHO\",\"\u0000\"]"))).startsWith("400 ");
    }

    @Test
    void getOfTheRootIsNoCommand() {
        assertThat(brief(t.get("/"))).isEqualTo("400 {\"error\":\"ERR failed to parse command\"}");
    }

    // ---- errors and statuses

    @Test
    void aFailedCommandIs400() {
        assertThat(brief(t.get("/half"))).isEqualTo("400 {\"error\":\"ERR half way\"}");
        assertThat(brief(t.post("/", "[\"nope\"]"))).isEqualTo("400 {\"error\":\"ERR unknown command 'nope'\"}");
        assertThat(brief(t.post64("/", "[\"nope\"]"))).isEqualTo("400 {\"error\":\"ERR unknown command 'nope'\"}");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() {
        String response = t.send(request("HEAD", "/echo/hello", "", ""));
        assertThat(status(response)).isEqualTo(200);
        assertThat(header(response, "Content-Length")).isEqualTo("18");
        assertThat(response).endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "PATCH", "TRACE", "BREW", "get", "CONNECT"})
    void otherMethodsAre405(String method) {
        String response = t.send(request(method, "/ping", "", ""));
        assertThat(brief(response)).isEqualTo("405 {\"error\":\"ERR method not allowed\"}");
        assertThat(header(response, "Allow")).isEqualTo("GET, POST, PUT, HEAD, OPTIONS");
        assertThat(brief(t.get("/ping"))).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BLPOP/k/0", "blmove/a/b", "BZPOPMIN/a", "xread/BLOCK/0/STREAMS/s/0", "POST/x"})
    void commandsThatNeedAConnectionAreNotAvailable(String path) {
        String name = path.replaceAll("/.*", "").toUpperCase();
        assertThat(brief(t.get("/" + path)))
                .isEqualTo("400 {\"error\":\"ERR Command is not available: '" + name + "'\"}");
        assertThat(t.engine.log).isEmpty();
    }

    @Test
    void readingWithoutBlockingIsAvailable() {
        assertThat(brief(t.get("/xread/STREAMS/block/0"))).isEqualTo("400 {\"error\":\"ERR unknown command 'xread'\"}");
    }

    @Test
    void aBugIs500AndEndsTheConnection() {
        t.engine.keepLog = false;
        String response = t.get("/bug");
        assertThat(brief(response)).isEqualTo("500 {\"error\":\"ERR internal error\"}");
        assertThat(t.open()).isFalse();
    }

    @Test
    void tooManyClientsAre503() {
        t.engine.full = true;
        assertThat(brief(t.get("/ping"))).isEqualTo("503 {\"error\":\"ERR max number of clients reached\"}");
        assertThat(t.open()).isFalse();
    }

    // ---- tokens

    private static String bare(String target, String headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Authorization: Bearer wrong\r\n",
                "Authorization: Bearer secre\r\n",
                "Authorization: Bearer secrets\r\n",
                "Authorization: Basic secret\r\n",
                "Authorization: secret\r\n",
                "Authorization: Bearer\r\n",
                "Authorization:\r\n",
                "X-Authorization: Bearer secret\r\n"
            })
    void withoutTheTokenThereIsNoAnswer(String headers) {
        String response = t.send(bare("/ping", headers));
        assertThat(brief(response)).isEqualTo("401 {\"error\":\"WRONGPASS invalid or missing auth token\"}");
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(header(response, "upstash-sync-token")).isNull();
        assertThat(t.open()).isTrue();
        assertThat(t.engine.clients).isEmpty();
    }

    @Test
    void theTokenMayComeInTheQueryAndTheHeaderWins() {
        assertThat(status(t.send(bare("/ping?_token=secret", "")))).isEqualTo(200);
        assertThat(status(t.send(bare("/ping?a=b&_token=se%63ret", "")))).isEqualTo(200);
        assertThat(status(t.send(bare("/ping?_token=wrong", "")))).isEqualTo(401);
        assertThat(status(t.send(bare("/ping?_token", "")))).isEqualTo(401);
        assertThat(status(t.send(bare("/ping?_token=wrong", "authorization: bearer secret\r\n"))))
                .isEqualTo(200);
        assertThat(status(t.send(bare("/ping?_token=secret", "authorization: Bearer wrong\r\n"))))
                .isEqualTo(401);
    }

    @Test
    void theReadOnlyTokenStandsForAUserThatMayOnlyRead() {
        String readers = "Authorization: Bearer readers\r\n";
        assertThat(brief(t.send(bare("/get/k", readers)))).isEqualTo("200 {\"result\":null}");
        assertThat(brief(t.send(bare("/set/k/v", readers))))
                .isEqualTo("400 {\"error\":\"NOPERM this user has no permissions to run the 'set' command or its"
                        + " subcommand\"}");
        assertThat(brief(t.get("/set/k/v"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(t.engine.clients).hasSize(1);
        t.channel.close();
        assertThat(t.engine.clients).isEmpty();
    }

    // ---- headers of the response

    @Test
    void theSyncTokenChangesWithEveryWrite() {
        String a = header(t.get("/set/k/1"), "upstash-sync-token");
        String b = header(t.get("/get/k"), "upstash-sync-token");
        String c = header(t.get("/set/k/2"), "upstash-sync-token");
        String d = header(t.post("/pipeline", "[[\"set\",\"k\",\"3\"]]"), "upstash-sync-token");
        String e = header(t.get("/nope"), "upstash-sync-token");
        assertThat(a).matches("[A-Za-z0-9_-]{23}").isEqualTo(b);
        assertThat(c).isNotEqualTo(a);
        assertThat(d).isNotEqualTo(c).isEqualTo(e);
        byte[] raw = Base64.getUrlDecoder().decode(d);
        assertThat(raw).hasSize(17);
        assertThat(raw[15]).isEqualTo((byte) 3);
        assertThat(raw[16]).isEqualTo((byte) 1);
    }

    @Test
    void theContentTypeIsJson() {
        assertThat(header(t.get("/ping"), "Content-Type")).isEqualTo("application/json");
        assertThat(header(t.get("/nope"), "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void unknownEncodingsAreIgnoredAndUnknownFormatsRefused() {
        assertThat(brief(t.send(request("GET", "/ping", "Upstash-Encoding: rot13\r\n", ""))))
                .isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(brief(t.send(request("GET", "/ping", "Upstash-Response-Format: json\r\n", ""))))
                .isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(brief(t.send(request("GET", "/ping", "Upstash-Response-Format: xml\r\n", ""))))
                .isEqualTo("400 {\"error\":\"ERR unknown value of Upstash-Response-Format\"}");
        assertThat(status(t.send(
                        request("GET", "/ping", "Upstash-Response-Format: resp2\r\nUpstash-Encoding: base64\r\n", ""))))
                .isEqualTo(400);
    }

    @Test
    void base64EncodesAllButATopLevelOk() {
        assertThat(brief(t.post64("/", "[\"SET\",\"k\",\"OK\"]"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(brief(t.post64("/", "[\"GET\",\"k\"]"))).isEqualTo("200 {\"result\":\"T0s=\"}");
        assertThat(brief(t.post64("/", "[\"PING\"]"))).isEqualTo("200 {\"result\":\"UE9ORw==\"}");
        assertThat(brief(t.post64("/", "[\"GET\",\"none\"]"))).isEqualTo("200 {\"result\":null}");
        assertThat(brief(t.post64("/", "[\"INCR\",\"n\"]"))).isEqualTo("200 {\"result\":1}");
    }

    @Test
    void resp2IsTheRawReply() {
        String resp2 = "Upstash-Response-Format: resp2\r\n";
        String response = t.send(request("POST", "/", resp2, "[\"ARGS\",\"a\",\"\\u0000\"]"));
        assertThat(brief(response)).isEqualTo("200 *2\r\n$1\r\na\r\n$1\r\n\0\r\n");
        assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(brief(t.send(request("GET", "/set/k/v", "Upstash-Reponse-Format: resp2\r\n", ""))))
                .isEqualTo("200 +OK\r\n");
        assertThat(brief(t.send(request("GET", "/half", resp2, "")))).isEqualTo("400 -ERR half way\r\n");
        assertThat(brief(t.send(request("GET", "/post", resp2, ""))))
                .isEqualTo("400 -ERR Command is not available: 'POST'\r\n");
        assertThat(brief(t.send(request("POST", "/pipeline", resp2, "[[\"PING\"],[\"HALF\"],[],[\"GET\",\"k\"]]"))))
                .isEqualTo("200 +PONG\r\n-ERR half way\r\n-ERR empty pipeline command\r\n$1\r\nv\r\n");
        assertThat(brief(t.send(request("POST", "/", resp2, "["))))
                .isEqualTo("400 {\"error\":\"ERR failed to parse command\"}");
    }

    // ---- connections

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        String many = request("GET", "/set/k/1", "", "")
                + request("POST", "/", "", "[\"INCR\",\"k\"]")
                + request("GET", "/nope", "", "")
                + request("GET", "/get/k", "", "");
        String responses = t.send(many);
        assertThat(responses.split("HTTP/1.1 ")).hasSize(5);
        assertThat(responses.indexOf("OK\"}")).isLessThan(responses.indexOf("{\"result\":2}"));
        assertThat(responses.indexOf("{\"result\":2}")).isLessThan(responses.indexOf("unknown command"));
        assertThat(responses).endsWith("{\"result\":\"2\"}");
    }

    @Test
    void aConnectionEndsWhenItsClientWantsThat() {
        String response =
                t.send(request("GET", "/ping", "Connection: close\r\n", "") + request("GET", "/ping", "", ""));
        assertThat(brief(response)).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(header(response, "Connection")).isEqualTo("close");
        assertThat(t.open()).isFalse();
    }

    @Test
    void http10EndsUnlessItAsksToGoOn() {
        String head = "GET /ping HTTP/1.0\r\nAuthorization: Bearer secret\r\n";
        assertThat(header(t.send(head + "Connection: Keep-Alive\r\n\r\n"), "Connection"))
                .isEqualTo("keep-alive");
        assertThat(t.open()).isTrue();
        assertThat(brief(t.send(head + "\r\n"))).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(t.open()).isFalse();
    }

    @Test
    void theClientThatTheEngineClosesIsAnsweredFirst() {
        assertThat(brief(t.get("/bye"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(t.open()).isFalse();
    }

    @Test
    void clientsThatWaitForAGoAheadGetIt() {
        String head =
                "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n";
        assertThat(t.send(head.formatted("secret"))).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(brief(t.send("[\"PING\"]"))).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(status(t.send(head.formatted("wrong")))).isEqualTo(401);
        assertThat(t.open()).isFalse();
    }

    @Test
    void responsesLeaveOnlyThroughTheGate() {
        t.engine.hold = true;
        String held = t.send(request("GET", "/set/k/1", "", "") + bare("/ping", "") + request("GET", "/get/k", "", ""));
        assertThat(held).isEmpty();
        assertThat(t.send(request("GET", "/ping", "", ""))).isEmpty();
        assertThat(t.engine.held()).isEqualTo(2);
        t.engine.releaseOne();
        String first = t.read();
        assertThat(first.split("HTTP/1.1 ")).hasSize(4);
        assertThat(first.indexOf("401 Unauthorized")).isBetween(10, first.lastIndexOf("200 OK"));
        t.engine.releaseOne();
        assertThat(brief(t.read())).isEqualTo("200 {\"result\":\"PONG\"}");
    }

    @Test
    void aConnectionEndsOnlyWhenItsHeldResponseHasLeft() {
        t.engine.hold = true;
        assertThat(t.send(request("GET", "/ping", "Connection: close\r\n", ""))).isEmpty();
        assertThat(t.open()).isTrue();
        t.engine.releaseOne();
        assertThat(brief(t.read())).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(t.open()).isFalse();
    }

    @Test
    void aSuspendedCommandIsAnsweredWhenItIsDone() {
        assertThat(t.send(request("GET", "/suspend", "", "") + request("GET", "/ping", "", "")))
                .isEmpty();
        t.server.resumed(t.engine.finishSuspended("late"));
        String both = t.answer();
        assertThat(both).contains("{\"result\":\"late\"}").endsWith("{\"result\":\"PONG\"}");

        assertThat(t.post("/pipeline", "[[\"PING\"],[\"SUSPEND\"],[\"PING\"]]")).isEmpty();
        t.server.resumed(t.engine.finishSuspended("late"));
        assertThat(brief(t.answer()))
                .isEqualTo("200 [{\"result\":\"PONG\"},{\"result\":\"late\"},{\"result\":\"PONG\"}]");
    }

    // ---- browsers

    @Test
    void aPreflightNeedsNoToken() {
        String response = t.send("OPTIONS /pipeline HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n"
                + "Access-Control-Request-Method: POST\r\n"
                + "Access-Control-Request-Headers: authorization,content-type,upstash-telemetry-sdk\r\n\r\n");
        assertThat(status(response)).isEqualTo(204);
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(response, "Access-Control-Allow-Headers"))
                .isEqualTo("authorization,content-type,upstash-telemetry-sdk");
        assertThat(header(response, "Access-Control-Allow-Methods")).isEqualTo("GET, POST, PUT, HEAD, OPTIONS");
        assertThat(header(response, "Access-Control-Max-Age")).isEqualTo("86400");
        assertThat(header(response, "Content-Length")).isNull();
        assertThat(header(t.send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n"), "Access-Control-Allow-Headers"))
                .contains("authorization", "upstash-telemetry-platform", "upstash-response-format");
        assertThat(t.open()).isTrue();
    }

    @Test
    void pagesMayReadResponsesAndTheSyncToken() {
        String response = t.send(request("GET", "/ping", "Origin: null\r\n", ""));
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(response, "Access-Control-Expose-Headers")).isEqualTo("upstash-sync-token");
        assertThat(header(t.send(bare("/ping", "Origin: null\r\n")), "Access-Control-Allow-Origin"))
                .isEqualTo("*");
        assertThat(header(t.get("/ping"), "Access-Control-Allow-Origin")).isNull();
    }
}
