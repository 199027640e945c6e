package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP side over the real engine. */
final class RestEngineTest {
    private final List<Setting> all = settings();
    private final Engine engine = new Engine(
            EngineOptions.of(new Settings(all), new ManualClock(), 1, 64L << 20).withChecks());
    private int uses;
    private final RestServer server = new RestServer(
            RestEngines.of(engine, () -> uses++),
            RestSettings.options(new Settings(all), RestFixture.TOKEN, RestFixture.READ_TOKEN, 7));
    private final EmbeddedChannel channel = new EmbeddedChannel(server.newConnection());

    private static List<Setting> settings() {
        List<Setting> all = new ArrayList<>(Engine.settings());
        all.addAll(RestSettings.LIST);
        return all;
    }

    private String send(String request) {
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        StringBuilder s = new StringBuilder();
        engine.beforeSleep();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            s.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return s.toString();
    }

    private String post(String target, String body) {
        return send(RestFixture.request("POST", target, "", body));
    }

    @Test
    void commandsReachTheEngineAndRepliesComeBackAtTheEndOfTheTurn() {
        channel.writeInbound(
                Unpooled.copiedBuffer(RestFixture.request("POST", "/", "", "[\"ping\"]"), StandardCharsets.ISO_8859_1));
        assertThat((Object) channel.readOutbound()).isNull();
        assertThat(brief(send(""))).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(brief(post("/", "[\"ping\"]"))).isEqualTo("200 {\"result\":\"PONG\"}");
        assertThat(brief(post("/", "[\"PING\",\"a\",\"b\"]")))
                .isEqualTo("400 {\"error\":\"ERR wrong number of arguments for 'ping' command\"}");
        assertThat(brief(post("/set/k?EX=100", "v"))).isEqualTo("200 {\"result\":\"OK\"}");
        assertThat(brief(post(
                        "/pipeline",
                        "[[\"INCR\",\"n\"],[\"GET\",\"k\"],[\"nope\"],[\"TTL\",\"k\"],[\"MGET\",\"n\",\"x\"]]")))
                .isEqualTo("200 [{\"result\":1},{\"result\":\"v\"},"
                        + "{\"error\":\"ERR unknown command 'nope', with args beginning with: \"},"
                        + "{\"result\":100},{\"result\":[\"1\",null]}]");
        assertThat(uses).isPositive();
    }

    @Test
    void theReadOnlyUserMayNotWriteNorLookAtAllKeys() {
        for (String command : new String[] {"set", "keys"}) {
            String path = command.equals("set") ? "/set/k/v" : "/keys/*";
            assertThat(brief(
                            send("GET " + path + "?_token=" + RestFixture.READ_TOKEN + " HTTP/1.1\r\nHost: x\r\n\r\n")))
                    .isEqualTo("400 {\"error\":\"NOPERM this user has no permissions to run the '" + command
                            + "' command or its subcommand\"}");
        }
        assertThat(brief(send("GET /get/k?_token=" + RestFixture.READ_TOKEN + " HTTP/1.1\r\nHost: x\r\n\r\n")))
                .isEqualTo("200 {\"result\":null}");
    }

    @Test
    void theSyncTokenFollowsTheOffset() {
        String before = header(post("/", "[\"GET\",\"k\"]"), "upstash-sync-token");
        String after = header(post("/", "[\"SET\",\"k\",\"v\"]"), "upstash-sync-token");
        assertThat(after).isNotEqualTo(before);
        assertThat(header(post("/", "[\"GET\",\"k\"]"), "upstash-sync-token")).isEqualTo(after);
    }

    @Test
    void verbsAsCommandsDoNotEndTheConnection() {
        assertThat(brief(post("/", "[\"POST\",\"x\"]")))
                .isEqualTo("400 {\"error\":\"ERR Command is not available: 'POST'\"}");
        assertThat(brief(post("/", "[\"Host:\",\"x\"]")))
                .isEqualTo("400 {\"error\":\"ERR Command is not available: 'HOST:'\"}");
        assertThat(channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth x",
                "hello 3",
                "client id",
                "client setname x",
                "select 1",
                "quit",
                "reset",
                "multi",
                "exec",
                "discard",
                "watch k",
                "unwatch",
                "blpop k 0",
                "brpop k 0",
                "brpoplpush a b 0",
                "blmove a b left right 0",
                "blmpop 0 1 k left",
                "bzpopmin k 0",
                "bzpopmax k 0",
                "bzmpop 0 1 k min",
                "subscribe c",
                "psubscribe c",
                "unsubscribe",
                "punsubscribe",
                "ssubscribe c",
                "monitor",
                "cluster info",
                "xread block 0 streams s 0"
            })
    void whatNeedsAConnectionIsNotAvailable(String line) {
        StringBuilder body = new StringBuilder("[");
        for (String word : line.split(" ")) {
            body.append(body.length() > 1 ? "," : "").append('"').append(word).append('"');
        }
        String name = line.split(" ")[0].toUpperCase(Locale.ROOT);
        assertThat(brief(post("/", body.append("]").toString())))
                .startsWith("400 {\"error\":\"ERR Command is not available: '" + name)
                .endsWith("'\"}");
        assertThat(channel.isOpen()).isTrue();
    }
}
