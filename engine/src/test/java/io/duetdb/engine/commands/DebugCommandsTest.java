package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DebugCommandsTest {
    private static final String NOT_ALLOWED =
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a"
                    + " local connection, otherwise you need to set this option in the configuration file, and then"
                    + " restart the server.";

    private static final String KINDS =
            "string integer double bignum null array set map attrib push verbatim true false PUSH nope";

    private final EngineFixture t = new EngineFixture();

    @Test
    void theSettingDecidesWhoMayDebug() {
        EngineFixture closed = new EngineFixture("enable-debug-command=no");
        closed.run("DEBUG SLEEP 0").fails(NOT_ALLOWED);
        closed.run("DEBUG HELP").fails(NOT_ALLOWED);
        closed.run("DEBUG").fails("ERR wrong number of arguments for 'debug' command");
        t.run("DEBUG SLEEP 0").replies("OK");
        new EngineFixture("enable-debug-command=yes").run("DEBUG SLEEP 0").replies("OK");
    }

    @Test
    void unknownSubcommandsAndWrongNumbersOfArgumentsAreOneError() {
        for (String sub : List.of("FOO", "SLEEP", "OBJECT", "SET-ACTIVE-EXPIRE", "JMAP")) {
            t.run("DEBUG " + sub)
                    .fails("ERR unknown subcommand or wrong number of arguments for '" + sub + "'. Try DEBUG HELP.");
        }
        t.run("DEBUG SLEEP 0 2")
                .fails("ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP.");
        assertThat(t.run("DEBUG HELP").value()).asString().contains("DIGEST-VALUE", "Prints this help.");
    }

    @Test
    void sleepIsTheHosts() {
        List<Long> slept = new ArrayList<>();
        Host host = new Host() {
            @Override
            public void sleep(long ms) {
                slept.add(ms);
            }
        };
        EngineFixture hosted = new EngineFixture(1, 64L << 20, host);
        hosted.run("DEBUG SLEEP 1.5").replies("OK");
        hosted.run("DEBUG SLEEP 0").replies("OK");
        hosted.run("DEBUG SLEEP x").replies("OK");
        assertThat(slept).containsExactly(1500L);
        t.run("DEBUG SLEEP 1").fails("ERR DEBUG SLEEP is not available: this instance is embedded");
    }

    @Test
    void objectAndBlocksShowHowAValueIsKept() {
        t.run("SET a 1");
        assertThat((String) t.run("DEBUG OBJECT a").value())
                .matches("Value at:0x[0-9a-f]+ refcount:1 encoding:int serializedlength:2 lru:\\d+ lru_seconds_idle:0");
        t.advance(20, SECONDS);
        assertThat((String) t.run("DEBUG OBJECT a").value()).endsWith("lru_seconds_idle:20");
        t.run("SET b \"hello there\"");
        assertThat((String) t.run("DEBUG BLOCKS b").value()).contains("hello there");
        t.run("DEBUG OBJECT nope").fails("ERR no such key");
        t.run("DEBUG BLOCKS nope").fails("ERR no such key");
    }

    @Test
    void populateCreatesWhatIsNotThere() {
        t.run("SET key:1 mine");
        t.forget();
        t.run("DEBUG POPULATE 3").replies("OK");
        t.run("DEBUG POPULATE 2 p 10").replies("OK");
        t.run("DEBUG POPULATE 1 q 3").replies("OK");
        t.run("MGET key:0 key:1 key:2 key:3 p:1 q:0").array("value:0", "mine", "value:2", null, "value:1\0\0\0", "val");
        t.effects();
        t.run("DEBUG POPULATE x").fails("ERR value is out of range, must be positive");
        t.run("DEBUG POPULATE -1").fails("ERR value is out of range, must be positive");
    }

    @Test
    void populateStopsAtTheMemoryLimit() {
        EngineFixture small = new EngineFixture(1, 4L << 20, Host.NONE);
        small.run("DEBUG POPULATE 100000 k 1000").fails("OOM command not allowed when used memory > 'maxmemory'.");
        small.run("GET k:0");
        small.engine().usedBytes();
    }

    @Test
    void activeExpiryCanBeSwitchedOff() {
        t.run("SET a 1 EX 1");
        t.run("DEBUG SET-ACTIVE-EXPIRE 0").replies("OK");
        t.advance(2, SECONDS).turn();
        t.run("DBSIZE").replies(1);
        t.run("DEBUG SET-ACTIVE-EXPIRE 1").replies("OK");
        t.turn();
        t.run("DBSIZE").replies(0);
    }

    @Test
    void errorLogAndProtocolReplyWhatClientsTestThemselvesWith() {
        t.run("DEBUG ERROR \"MY own error\"").fails("MY own error");
        t.run("DEBUG LOG hi").replies("OK");
        t.run("DEBUG PROTOCOL double").replies(3.141);
        t.run("DEBUG PROTOCOL map").replies(Map.of(0L, false, 1L, true, 2L, false));
        t.run("DEBUG PROTOCOL nope")
                .fails("ERR Wrong protocol type name. Please use one of the following:"
                        + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
        t.run("DEBUG PROTOCOL attrib").replies("Some real reply following the attribute");
        t.run("DEBUG PROTOCOL push").fails("ERR RESP2 is not supported by this command");
    }

    @Test
    void everyKindOfValueIsSpelledAsRedisSpellsIt() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        try (SideBySide both = new SideBySide()) {
            for (int protocol = 2; protocol <= 3; protocol++) {
                int client = both.client(protocol);
                for (String type : KINDS.split(" ")) {
                    both.say(client, "DEBUG PROTOCOL " + type);
                }
                both.say(client, "DEBUG PROTOCOL attrib", "DEBUG PROTOCOL push", "PING");
                both.say(client, "MULTI", "DEBUG PROTOCOL attrib", "DEBUG PROTOCOL push", "EXEC");
            }
        }
    }

    @Test
    void digestsAreRedisOwn() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        long seed = 20;
        SplittableRandom random = new SplittableRandom(seed);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            both(redis, "DEBUG DIGEST");
            for (int i = 0; i < 300; i++) {
                if (i % 50 == 0) {
                    both(redis, "SELECT " + random.nextInt(4));
                }
                String key = "key:" + random.nextInt(100);
                both(
                        redis,
                        switch (random.nextInt(6)) {
                            case 0 -> "SET " + key + " " + random.nextLong();
                            case 1 -> "SET " + key + " \"\\x00\\xff" + "v".repeat(random.nextInt(3000)) + "\"";
                            case 2 -> "SET " + key + " \"\" EX 1000";
                            case 3 -> "DEL " + key;
                            case 4 -> "DEBUG DIGEST-VALUE " + key + " nope";
                            default -> "DEBUG DIGEST";
                        });
            }
            both(redis, "SET long " + "x".repeat(200_000));
            both(redis, "DEBUG DIGEST-VALUE long");
            both(redis, "DEBUG POPULATE 500 pre 30");
            both(redis, "DEBUG DIGEST");
        }
    }

    private void both(RespClient redis, String line) throws IOException {
        assertThat(t.run(line).value()).as(line).isEqualTo(redis.run(line));
    }
}
