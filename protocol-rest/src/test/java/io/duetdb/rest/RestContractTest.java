package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REST.md's contract, section by section, with the commands there are: the HTTP side over the real engine. */
final class RestContractTest {
    private final Engine engine =
            new Engine(EngineOptions.of(new Settings(Engine.settings()), new ManualClock(), 1, 64L << 20)
                    .withChecks());
    private final RestServer server = new RestServer(
            RestEngines.of(engine, () -> {}),
            RestOptions.of("secret").withReadOnlyToken("readers").withSlices(1, () -> 0));
    private EmbeddedChannel channel = new EmbeddedChannel(server.newConnection());

    private String send(String request) {
        if (!channel.isOpen()) {
            channel = new EmbeddedChannel(server.newConnection());
        }
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        StringBuilder s = new StringBuilder();
        for (int turn = 0; turn < 3; turn++) {
            engine.beforeSleep();
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                s.append(part.toString(StandardCharsets.ISO_8859_1));
                part.release();
            }
        }
        return s.toString();
    }

    private String get(String target) {
        return brief(send(request("GET", target, "", "")));
    }

    private String post(String target, String body) {
        return brief(send(request("POST", target, "", body)));
    }

    private String base64(String target, String body) {
        return brief(send(request("POST", target, "Upstash-Encoding: base64\r\n", body)));
    }

    private String reader(String path) {
        return brief(send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer readers\r\n\r\n"));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    // ---- 1, 2: endpoints, assembling a command

    @Test
    void aCommandInTheBodyOrInThePathWithAnyMethod() {
        assertThat(post("/", "[\"set\",\"k\",\"v\"]")).isEqualTo("200 {\"result\":\"OK\"}");
        for (String method : new String[] {"GET", "POST", "PUT"}) {
            assertThat(brief(send(request(method, "/get/k", "", "")))).isEqualTo("200 {\"result\":\"v\"}");
        }
        String head = send(request("HEAD", "/get/k", "", ""));
        assertThat(status(head)).isEqualTo(200);
        assertThat(head).endsWith("\r\n\r\n");
    }

    @Test
    void pathThenBodyThenQuery() {
        assertThat(post("/set/foo?EX=100", "v")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(get("/get/foo")).isEqualTo("200 {\"result\":\"v\"}");
        assertThat(get("/ttl/foo")).isEqualTo("200 {\"result\":100}");
        assertThat(post("/set/foo?nx&PX=5000", "w")).isEqualTo("200 {\"result\":null}");
        assertThat(post("/set/json", "{\"a\": \"b\"}")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(get("/get/json")).isEqualTo("200 {\"result\":\"{\\\"a\\\": \\\"b\\\"}\"}");
        assertThat(get("/set/a%2Fb/c%20d/EX/10?_token=ignored")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(post("/", "[\"GET\",\"a/b\"]")).isEqualTo("200 {\"result\":\"c d\"}");
    }

    @Test
    void anyContentTypeWillDo() {
        for (String type : List.of("application/json", "text/plain", "application/x-www-form-urlencoded")) {
            assertThat(brief(send(request("POST", "/", "Content-Type: " + type + "\r\n", "[\"PING\"]"))))
                    .isEqualTo("200 {\"result\":\"PONG\"}");
        }
    }

    @Test
    void argumentsMayBeNumbersAndTruthValuesAndOptionsInAnyCase() {
        assertThat(post("/", "[\"SET\",\"t\",true,\"eX\",10]")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(post("/", "[\"get\",\"t\"]")).isEqualTo("200 {\"result\":\"true\"}");
        assertThat(post("/", "[\"SET\",\"f\",13.361389]")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(post("/", "[\"incrbyfloat\",\"f\",0.5]")).isEqualTo("200 {\"result\":\"13.861389\"}");
        assertThat(post("/", "[\"INCRBY\",\"i\",1763637887000]")).isEqualTo("200 {\"result\":1763637887000}");
    }

    // ---- 3: authentication

    @ParameterizedTest
    @ValueSource(strings = {"/", "/pipeline", "/get/k", "/multi-exec", "/nope", "/subscribe/c"})
    void withoutTokenEveryRouteIs401AndNeverBase64(String target) {
        String response = send("POST " + target + " HTTP/1.1\r\nHost: x\r\nUpstash-Encoding: base64\r\n"
                + "Upstash-Response-Format: json\r\nContent-Length: 2\r\n\r\n[]");
        assertThat(brief(response)).isEqualTo("401 {\"error\":\"WRONGPASS invalid or missing auth token\"}");
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void theReadOnlyTokenReads() {
        get("/set/k/v");
        assertThat(reader("/get/k")).isEqualTo("200 {\"result\":\"v\"}");
        assertThat(reader("/exists/k/l")).isEqualTo("200 {\"result\":1}");
        assertThat(reader("/ping")).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(reader("/echo/a")).isEqualTo("200 {\"result\":\"a\"}");
        for (String path : List.of(
                "/set/k/v", "/del/k", "/keys/*", "/scan/0", "/flushall", "/config/get/maxmemory", "/append/k/x")) {
            assertThat(reader(path))
                    .as(path)
                    .matches(
                            "400 \\{\"error\":\"NOPERM this user has no permissions to run the '[a-z|]+' command or its"
                                    + " subcommand\"}");
        }
        assertThat(get("/get/k")).isEqualTo("200 {\"result\":\"v\"}");
    }

    // ---- 4: responses

    @Test
    void shapesAreThoseOfResp2() {
        post("/pipeline", "[[\"MSET\",\"a\",\"1\",\"b\",\"2\"],[\"SET\",\"ok\",\"OK\"]]");
        assertThat(get("/mget/a/none/b")).isEqualTo("200 {\"result\":[\"1\",null,\"2\"]}");
        assertThat(get("/config/get/maxclients")).isEqualTo("200 {\"result\":[\"maxclients\",\"10000\"]}");
        assertThat(get("/config/get/nothing")).isEqualTo("200 {\"result\":[]}");
        assertThat(get("/type/a")).isEqualTo("200 {\"result\":\"string\"}");
        assertThat(get("/incr/a")).isEqualTo("200 {\"result\":2}");
        assertThat(get("/incrbyfloat/a/1.5")).isEqualTo("200 {\"result\":\"3.5\"}");
        assertThat(get("/getex/none")).isEqualTo("200 {\"result\":null}");
        assertThat(get("/info/server")).startsWith("200 {\"result\":\"# Server\\r\\n");
    }

    @Test
    void base64IsForEveryStringButATopLevelOkAndNeverForErrors() {
        assertThat(base64("/", "[\"SET\",\"k\",\"v\\u00e9\"]")).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(base64("/", "[\"GET\",\"k\"]")).isEqualTo("200 {\"result\":\"" + encoded("v\u00c3\u00a9") + "\"}");
        assertThat(base64("/", "[\"TYPE\",\"k\"]")).isEqualTo("200 {\"result\":\"" + encoded("string") + "\"}");
        assertThat(base64("/", "[\"PING\"]")).isEqualTo("200 {\"result\":\"UE9ORw==\"}");
        assertThat(base64("/", "[\"MGET\",\"k\",\"l\"]"))
                .isEqualTo("200 {\"result\":[\"" + encoded("v\u00c3\u00a9") + "\",null]}");
        assertThat(base64("/", "[\"STRLEN\",\"k\"]")).isEqualTo("200 {\"result\":3}");
        assertThat(base64("/", "[\"INCR\",\"k\"]"))
                .isEqualTo("400 {\"error\":\"ERR value is not an integer or out of range\"}");
        assertThat(base64("/", "[\"CONFIG\",\"GET\",\"maxclients\"]"))
                .isEqualTo("200 {\"result\":[\"" + encoded("maxclients") + "\",\"" + encoded("10000") + "\"]}");
        assertThat(base64("/pipeline", "[[\"SET\",\"k\",\"OK\"],[\"GET\",\"k\"],[\"MGET\",\"k\"],[\"INCR\",\"k\"]]"))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":\"T0s=\"},{\"result\":[\"T0s=\"]},"
                        + "{\"error\":\"ERR value is not an integer or out of range\"}]");
        send(request("POST", "/set/bin", "", "\u0000\u00ff\u00fe"));
        assertThat(base64("/get/bin", "")).isEqualTo("200 {\"result\":\"AP/+\"}");
        assertThat(get("/get/bin")).isEqualTo("200 {\"result\":\"\\u0000" + RestFixture.utf8("\ufffd\ufffd") + "\"}");
    }

    @Test
    void resp2IsTheRawReply() {
        String resp2 = "Upstash-Response-Format: resp2\r\n";
        get("/set/k/v");
        String response = send(request("POST", "/", resp2, "[\"MGET\",\"k\",\"none\"]"));
        assertThat(brief(response)).isEqualTo("200 *2\r\n$1\r\nv\r\n$-1\r\n");
        assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(header(response, "upstash-sync-token")).isNotEmpty();
        assertThat(brief(send(request("GET", "/incr/k", resp2, ""))))
                .isEqualTo("400 -ERR value is not an integer or out of range\r\n");
        assertThat(brief(send(request("GET", "/config/get/maxclients", resp2, ""))))
                .isEqualTo("200 *2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n");
        assertThat(brief(send(request("POST", "/pipeline", resp2, "[[\"PING\"],[\"INCR\",\"k\"],[\"GET\",\"x\"]]"))))
                .isEqualTo("200 +PONG\r\n-ERR value is not an integer or out of range\r\n$-1\r\n");
        assertThat(status(send(request("GET", "/ping", "Upstash-Response-Format: RESP3\r\n", ""))))
                .isEqualTo(400);
        assertThat(status(send(request("GET", "/ping", resp2 + "Upstash-Encoding: base64\r\n", ""))))
                .isEqualTo(400);
    }

    @Test
    void headersOfSdksAreIgnored() {
        assertThat(brief(send(request(
                        "POST",
                        "/pipeline",
                        "Upstash-Telemetry-Sdk: @upstash/redis@1.38.0, other\r\nUpstash-Telemetry-Runtime: node@v22\r\n"
                                + "Upstash-Telemetry-Platform: unknown\r\nupstash-sync-token: \r\nCache-Control: no-store\r\n"
                                + "Connection: keep-alive\r\nContent-Type: application/json\r\nUpstash-Encoding: other\r\n",
                        "[[\"PING\"]]"))))
                .isEqualTo("200 [{\"result\":\"PONG\"}]");
    }

    // ---- 5, 6: statuses, pipelines

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "/get~ERR wrong number of arguments for 'get' command",
                "/set/k/v/EX/0~ERR invalid expire time in 'set' command",
                "/set/k/v/WHAT~ERR syntax error",
                "/incrby/n/x~ERR value is not an integer or out of range",
                "/config/nope~ERR unknown subcommand 'nope'. Try CONFIG HELP.",
                "/rename/none/x~ERR no such key"
            })
    void aFailedCommandIs400OnItsOwnAndAnItemInAPipeline(String path, String error) {
        assertThat(get(path)).isEqualTo("400 {\"error\":\"" + error + "\"}");
        String row = "[\"" + path.substring(1).replace("/", "\",\"") + "\"]";
        assertThat(post("/pipeline", "[[\"PING\"]," + row + ",[\"SET\",\"after\",\"1\"]]"))
                .isEqualTo("200 [{\"result\":\"PONG\"},{\"error\":\"" + error + "\"},{\"result\":\"OK\"}]");
        assertThat(get("/get/after")).isEqualTo("200 {\"result\":\"1\"}");
    }

    @Test
    void anUnknownCommandNamesItself() {
        assertThat(get("/nope/a"))
                .isEqualTo("400 {\"error\":\"ERR unknown command 'nope', with args beginning with: 'a' \"}");
    }

    @Test
    void aThousandRowsComeBackInOrder() {
        StringBuilder rows = new StringBuilder("[");
        StringBuilder items = new StringBuilder("[");
        for (int i = 1; i <= 1000; i++) {
            rows.append(i > 1 ? "," : "").append("[\"incr\",\"n\"]");
            items.append(i > 1 ? "," : "").append("{\"result\":").append(i).append('}');
        }
        assertThat(post("/pipeline", rows + "]")).isEqualTo("200 " + items + "]");
    }

    // ---- 8: read your writes

    @Test
    void theSyncTokenIsOnEveryResponseAndChangesWithEveryWrite() {
        Set<String> tokens = new HashSet<>();
        String first = header(send(request("GET", "/ping", "", "")), "upstash-sync-token");
        assertThat(tokens.add(first)).isTrue();
        for (String body : List.of(
                "[[\"SET\",\"k\",\"1\"]]",
                "[[\"SET\",\"k\",\"1\"]]",
                "[[\"GET\",\"k\"],[\"INCR\",\"k\"]]",
                "[[\"DEL\",\"k\"]]",
                "[[\"nope\"],[\"SETNX\",\"k\",\"2\"]]")) {
            String token = header(send(request("POST", "/pipeline", "", body)), "upstash-sync-token");
            assertThat(tokens.add(token)).as(body).isTrue();
        }
        String last = header(send(request("POST", "/", "", "[\"SETNX\",\"k\",\"3\"]")), "upstash-sync-token");
        assertThat(tokens.add(last)).as("nothing was written").isFalse();
        assertThat(header(send(request("GET", "/nope", "", "")), "upstash-sync-token"))
                .isEqualTo(last);
        assertThat(header(
                        send(request("GET", "/get/k", "upstash-sync-token: " + last + "\r\n", "")),
                        "upstash-sync-token"))
                .isEqualTo(last);
    }

    // ---- 9: where Upstash differs from Redis

    @Test
    void copyingAKeyOntoItselfCopiesNothing() {
        get("/set/k/v");
        assertThat(get("/copy/k/k")).isEqualTo("200 {\"result\":0}");
        assertThat(get("/copy/k/l")).isEqualTo("200 {\"result\":1}");
        assertThat(get("/get/l")).isEqualTo("200 {\"result\":\"v\"}");
    }

    @Test
    void unlinkingNothingIsNoMistake() {
        assertThat(get("/unlink")).isEqualTo("200 {\"result\":0}");
        assertThat(get("/del")).startsWith("400 ").contains("wrong number of arguments for 'del' command");
    }

    @Test
    void aScanMayAskForTypesAndShowsASmallDatabaseAtOnce() {
        get("/set/k/v");
        assertThat(get("/scan/0/withtype")).isEqualTo("200 {\"result\":[\"0\",[\"k\",\"string\"]]}");
        assertThat(get("/scan/0/MATCH/k*/WITHTYPE/COUNT/5")).isEqualTo("200 {\"result\":[\"0\",[\"k\",\"string\"]]}");
        assertThat(get("/scan/0/WITHTYPE/TYPE/list")).isEqualTo("200 {\"result\":[\"0\",[]]}");
        for (int i = 0; i < 300; i++) {
            get("/set/key" + i + "/v");
        }
        assertThat(get("/scan/0/MATCH/k")).isEqualTo("200 {\"result\":[\"0\",[\"k\"]]}");
        assertThat(get("/scan/0/COUNT/1")).doesNotContain("[\"0\",");
    }

    @Test
    void theOldNameOfGetrangeIsThere() {
        get("/set/k/hello");
        assertThat(get("/substr/k/1/3")).isEqualTo("200 {\"result\":\"ell\"}");
    }

    // ---- 10: refused

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH/x",
                "HELLO/3",
                "SELECT/0",
                "QUIT",
                "RESET",
                "BLPOP/k/0",
                "BRPOP/k/0",
                "BRPOPLPUSH/a/b/0",
                "BLMOVE/a/b/LEFT/LEFT/0",
                "BLMPOP/0/1/a/LEFT",
                "BZPOPMIN/a/0",
                "BZPOPMAX/a/0",
                "BZMPOP/0/1/a/MIN",
                "WATCH/k",
                "UNWATCH",
                "DISCARD",
                "MULTI",
                "EXEC",
                "UNSUBSCRIBE",
                "SSUBSCRIBE/c"
            })
    void whatNeedsAConnectionIsNotAvailable(String path) {
        String name = path.replaceAll("/.*", "");
        String error = "{\"error\":\"ERR Command is not available: '" + name + "'\"}";
        assertThat(get("/" + path)).isEqualTo("400 " + error);
        assertThat(post("/pipeline", "[[\"" + path.toLowerCase().replace("/", "\",\"") + "\"]]"))
                .isEqualTo("200 [" + error + "]");
    }
}
