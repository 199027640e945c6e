package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What CLIENT, SLOWLOG, LATENCY and their like answer to right and wrong arguments, as a real redis-server does. */
class DifferentialClientTest {
    private static final String[] LINES = {
        "CLIENT LIST TYPE foo",
        "CLIENT LIST TYPE normal x",
        "CLIENT LIST TYPE",
        "CLIENT LIST TYPE master",
        "CLIENT LIST TYPE REPLICA",
        "CLIENT LIST TYPE slave",
        "CLIENT LIST TYPE pubsub",
        "CLIENT LIST ID",
        "CLIENT LIST ID 1 2 x",
        "CLIENT LIST ID 0 -1 99999",
        "CLIENT LIST foo bar",
        "CLIENT LIST foo",
        "CLIENT INFO x",
        "CLIENT KILL",
        "CLIENT KILL foo",
        "CLIENT KILL ID",
        "CLIENT KILL ID x",
        "CLIENT KILL ID 0",
        "CLIENT KILL ID -3",
        "CLIENT KILL ID 99999",
        "CLIENT KILL ID 99999999999999999999",
        "CLIENT KILL TYPE foo",
        "CLIENT KILL TYPE replica",
        "CLIENT KILL TYPE pubsub LADDR x",
        "CLIENT KILL USER nope",
        "CLIENT KILL USER default",
        "CLIENT KILL SKIPME maybe",
        "CLIENT KILL SKIPME yes",
        "CLIENT KILL ADDR foo",
        "CLIENT KILL ADDR 1:2 FOO",
        "CLIENT KILL ADDR 1:2 FOO x",
        "CLIENT KILL ID 1 TYPE",
        "CLIENT KILL 1.1.1.1:5",
        "CLIENT PAUSE",
        "CLIENT PAUSE x",
        "CLIENT PAUSE -1",
        "CLIENT PAUSE 0 foo",
        "CLIENT PAUSE x foo",
        "CLIENT PAUSE 0 WRITE x",
        "CLIENT PAUSE 0",
        "CLIENT PAUSE 0 write",
        "CLIENT PAUSE 99999999999999999999",
        "CLIENT UNPAUSE",
        "CLIENT UNPAUSE x",
        "CLIENT REPLY",
        "CLIENT REPLY foo",
        "CLIENT REPLY ON",
        "CLIENT NO-EVICT",
        "CLIENT NO-EVICT x",
        "CLIENT NO-EVICT on",
        "CLIENT NO-EVICT OFF",
        "CLIENT UNBLOCK",
        "CLIENT UNBLOCK x",
        "CLIENT UNBLOCK x foo",
        "CLIENT UNBLOCK 99999",
        "CLIENT UNBLOCK 1 foo",
        "CLIENT UNBLOCK 1 ERROR",
        "CLIENT UNBLOCK 1 TIMEOUT x",
        "CLIENT UNBLOCK -1",
        "CLIENT GETREDIR",
        "CLIENT GETREDIR x",
        "READONLY",
        "READWRITE",
        "ASKING",
        "READONLY x",
        "ASKING x",
        "MONITOR x",
        "AUTH",
        "AUTH x",
        "AUTH default x",
        "AUTH a b",
        "AUTH a b c",
        "RESET",
        "RESET x",
        "SELECT x",
        "SELECT 16",
        "SELECT -1",
        "SELECT 99999999999",
        "SELECT 15",
        "ECHO",
        "ECHO a b",
        "PING a b",
        "HELLO x",
        "HELLO 4",
        "HELLO 2 AUTH a",
        "HELLO 2 SETNAME",
        "HELLO 2 FOO",
        "SLOWLOG",
        "SLOWLOG LEN",
        "SLOWLOG LEN x",
        "SLOWLOG RESET",
        "SLOWLOG GET x",
        "SLOWLOG GET -2",
        "SLOWLOG GET -1",
        "SLOWLOG GET 0",
        "SLOWLOG GET 1 2",
        "SLOWLOG FOO",
        "LATENCY",
        "LATENCY LATEST",
        "LATENCY LATEST x",
        "LATENCY HISTORY",
        "LATENCY HISTORY foo",
        "LATENCY RESET",
        "LATENCY RESET foo",
        "LATENCY GRAPH foo",
        "LATENCY GRAPH",
        "LATENCY DOCTOR",
        "LATENCY FOO",
        "LATENCY HISTOGRAM nope",
        "CONFIG SET latency-monitor-threshold 500000",
        "LATENCY DOCTOR",
        "CONFIG SET latency-tracking maybe",
        "CONFIG SET slowlog-log-slower-than -2",
        "CONFIG SET slowlog-max-len -2",
        "CONFIG SET latency-monitor-threshold -1",
        "CONFIG GET slowlog-max-len",
        "CONFIG GET slowlog-log-slower-than",
        "CONFIG GET latency-tracking",
    };

    @Test
    void answersAreAsARealServers() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        EngineFixture t = new EngineFixture();
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int protocol = 2; protocol <= 3; protocol++) {
                redis.run("HELLO " + protocol);
                t.run("HELLO " + protocol);
                for (String line : LINES) {
                    if (protocol == 2 && line.matches("LATENCY HISTOGRAM.*|CONFIG GET.*")) {
                        continue; // maps are arrays there
                    }
                    assertThat(t.run(line).value())
                            .as("RESP%d: %s", protocol, line)
                            .isEqualTo(redis.run(line));
                    if (line.startsWith("RESET")) {
                        redis.run("HELLO " + protocol);
                        t.run("HELLO " + protocol);
                    }
                }
            }
        }
    }

    /** Which requests get no reply, in any order of ON, OFF, SKIP and RESET. */
    @Test
    void silenceIsAsARealServers() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        String[] words = {"CLIENT REPLY ON", "CLIENT REPLY OFF", "CLIENT REPLY SKIP", "RESET", "NOPE", "GET", "ECHO"};
        SplittableRandom random = new SplittableRandom(1);
        EngineFixture t = new EngineFixture();
        EngineFixture.Other ours = t.other();
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int i = 0; i < 2000; i++) {
                String line = words[random.nextInt(words.length)];
                line = line.equals("ECHO") ? "ECHO " + i : line;
                ours.start(line);
                redis.send(EngineFixture.words(line));
            }
            ours.start("CLIENT REPLY ON");
            redis.send(EngineFixture.words("CLIENT REPLY ON"));
            redis.flush();
            for (Object reply : ours.connection().takeAll()) {
                assertThat(reply).as("seed 1").isEqualTo(redis.read());
            }
        }
    }
}
