package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.TestConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /multi-exec} over the real engine. */
final class RestTransactionEngineTest {
    private final List<Setting> all = settings();
    private final ManualClock clock = new ManualClock();
    private final Engine engine =
            new Engine(EngineOptions.of(new Settings(all), clock, 1, 64L << 20).withChecks());
    private final RestServer server = new RestServer(
            RestEngines.of(engine, () -> {}),
            RestSettings.options(new Settings(all), RestFixture.TOKEN, RestFixture.READ_TOKEN, 7));
    private final EmbeddedChannel channel = new EmbeddedChannel(server.newConnection());
    private final TestConnection connection = new TestConnection();
    private final Client other = engine.connect(connection);

    private static List<Setting> settings() {
        List<Setting> all = new ArrayList<>(Engine.settings());
        all.addAll(RestSettings.LIST);
        return all;
    }

    private String send(String request) {
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        return answer();
    }

    private String answer() {
        StringBuilder s = new StringBuilder();
        engine.beforeSleep();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            s.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return s.toString();
    }

    private String post(String body) {
        return send(RestFixture.request("POST", "/multi-exec", "", body));
    }

    private String readOnly(String body) {
        return send("POST /multi-exec HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + RestFixture.READ_TOKEN
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private Object run(String... words) {
        engine.execute(other, new Argv[] {Argv.of(words)}, 1);
        engine.beforeSleep();
        return connection.pending() == 0 ? null : connection.take();
    }

    @Test
    void itemsAreRepliesAndRuntimeErrors() {
        assertThat(brief(post("[[\"SET\",\"k\",\"v\"],[\"INCR\",\"k\"],[\"HSET\",\"h\",\"f\",1],[\"HGETALL\",\"h\"],"
                        + "[\"ZADD\",\"z\",1.5,\"m\"],[\"ZRANGE\",\"z\",0,-1,\"WITHSCORES\"],[\"EXISTS\",\"k\"],[\"GET\",\"q\"],"
                        + "[\"INFO\",\"nosuch\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"error\":\"ERR value is not an integer or out of range\"},"
                        + "{\"result\":1},{\"result\":[\"f\",\"1\"]},{\"result\":1},{\"result\":[\"m\",\"1.5\"]},"
                        + "{\"result\":1},{\"result\":null},{\"result\":\"\"}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"GET\"~wrong number of arguments for 'get' command",
                "\"nope\",\"x\"~unknown command 'nope', with args beginning with: 'x' ",
                "\"object\",\"nope\",\"x\"~unknown subcommand 'nope'. Try OBJECT HELP.",
                "\"EXEC\"~Command is not available: 'EXEC'",
                "\"MULTI\"~Command is not available: 'MULTI'",
                "\"WATCH\",\"k\"~Command is not available: 'WATCH'",
                "\"DISCARD\"~Command is not available: 'DISCARD'",
                "\"SELECT\",1~Command is not available: 'SELECT'",
                "\"client\",\"id\"~Command is not available: 'CLIENT ID'",
                "\"QUIT\"~Command is not available: 'QUIT'",
                "\"POST\",1~Command is not available: 'POST'",
                "\"SHUTDOWN\"~Command is not available: 'SHUTDOWN'"
            })
    void oneThatCannotBeQueuedPreventsAll(String rowAndError) {
        String[] parts = rowAndError.split("~");
        assertThat(brief(post("[[\"SET\",\"k\",1],[" + parts[0] + "],[\"SET\",\"k\",2]]")))
                .isEqualTo("400 {\"error\":\"EXECABORT Transaction discarded because of: " + parts[1] + "\"}");
        assertThat(run("EXISTS", "k")).isEqualTo(0L);
        assertThat(brief(post("[[\"SET\",\"k\",3],[\"GET\",\"k\"]]")))
                .isEqualTo("200 [{\"result\":\"OK\"},{\"result\":\"3\"}]");
    }

    @Test
    void aReadOnlyTokenReads() {
        run("SET", "k", "v");
        assertThat(brief(readOnly("[[\"GET\",\"k\"],[\"STRLEN\",\"k\"]]")))
                .isEqualTo("200 [{\"result\":\"v\"},{\"result\":1}]");
        assertThat(brief(readOnly("[[\"GET\",\"k\"],[\"DEL\",\"k\"]]")))
                .isEqualTo("400 {\"error\":\"EXECABORT Transaction discarded because of: NOPERM this user has no"
                        + " permissions to run the 'del' command or its subcommand\"}");
        assertThat(run("GET", "k")).isEqualTo("v");
    }

    @Test
    void othersWatchersSeeOneChangeAndMonitorsTheCommands() {
        run("MONITOR");
        post("[[\"SET\",\"a\",1],[\"INCR\",\"a\"]]");
        List<Object> told = connection.takeAll();
        assertThat(told).hasSize(3);
        assertThat((String) told.get(0)).endsWith("\"SET\" \"a\" \"1\"");
        assertThat((String) told.get(2)).endsWith("\"EXEC\"");
        run("RESET");
        run("WATCH", "a");
        post("[[\"SET\",\"a\",1],[\"INCR\",\"a\"]]");
        run("MULTI");
        assertThat(run("EXEC")).isNull();
    }

    @Test
    void theTokenMovesWithWritesOnly() {
        String before = header(post("[[\"GET\",\"a\"]]"), "upstash-sync-token");
        assertThat(header(post("[[\"GET\",\"a\"]]"), "upstash-sync-token")).isEqualTo(before);
        assertThat(header(post("[[\"GET\",\"a\"],[\"SET\",\"a\",1]]"), "upstash-sync-token"))
                .isNotEqualTo(before);
    }

    @Test
    void aPauseOfWritesHoldsItAndThenItRunsWhole() {
        run("CLIENT", "PAUSE", "1000", "WRITE");
        assertThat(brief(post("[[\"GET\",\"a\"]]"))).isEqualTo("200 [{\"result\":null}]");
        assertThat(post("[[\"SET\",\"a\",1],[\"INCR\",\"a\"]]")).isEmpty();
        assertThat(run("EXISTS", "a")).isEqualTo(0L);
        clock.advance(1, TimeUnit.SECONDS);
        Client resumed = engine.resume();
        assertThat(resumed).isNotNull();
        server.resumed(resumed);
        assertThat(brief(answer())).isEqualTo("200 [{\"result\":\"OK\"},{\"result\":2}]");
    }

    @Test
    void aPeerThatGoesWhileItWaitsTakesItsTransactionWithIt() {
        run("CLIENT", "PAUSE", "1000", "WRITE");
        assertThat(post("[[\"SET\",\"a\",1]]")).isEmpty();
        channel.close();
        clock.advance(1, TimeUnit.SECONDS);
        assertThat(engine.resume()).isNull();
        engine.beforeSleep();
        assertThat(run("EXISTS", "a")).isEqualTo(0L);
    }

    @Test
    void withoutRoomNothingRuns() {
        run("CONFIG", "SET", "maxmemory", "1");
        assertThat(brief(post("[[\"GET\",\"a\"],[\"SET\",\"a\",1]]")))
                .isEqualTo(
                        "400 {\"error\":\"EXECABORT Transaction discarded because of: OOM command not allowed when used"
                                + " memory > 'maxmemory'.\"}");
        run("CONFIG", "SET", "maxmemory", "0");
        assertThat(brief(post("[[\"SET\",\"a\",1]]"))).isEqualTo("200 [{\"result\":\"OK\"}]");
    }

    @Test
    void afterATransactionTheConnectionIsAsBefore() {
        post("[[\"SET\",\"a\",1]]");
        assertThat(brief(send(RestFixture.request("POST", "/pipeline", "", "[[\"GET\",\"a\"],[\"EXEC\"]]"))))
                .isEqualTo("200 [{\"result\":\"1\"},{\"error\":\"ERR Command is not available: 'EXEC'\"}]");
    }
}
