package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.clients.Tools.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients from npm, each in a program of its own in {@code src/test/clients}. */
@Timeout(120)
final class NodeClientsTest {
    private static final Path PROGRAMS = Path.of("src/test/clients");
    private static Duet duet;

    @BeforeAll
    static void start() {
        Tools.need("node");
        assumeTrue(
                Files.isDirectory(PROGRAMS.resolve("node_modules")),
                "the packages are missing: run npm ci in server/" + PROGRAMS);
        duet = Duet.builder().respPort(0).restPort(0).restToken("tok").start();
    }

    @AfterAll
    static void end() {
        if (duet != null) {
            duet.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void ioredis(String protocol) throws Exception {
        assertPasses("ioredis.mjs", protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void ioredisTypes(String protocol) throws Exception {
        assertPasses("ioredis-types.mjs", protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void nodeRedis(String protocol) throws Exception {
        assertPasses("node-redis.mjs", protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void nodeRedisTypes(String protocol) throws Exception {
        assertPasses("node-redis-types.mjs", protocol);
    }

    @Test
    void upstash() throws Exception {
        assertPasses("upstash.mjs", "");
    }

    @Test
    void upstashTypes() throws Exception {
        assertPasses("upstash-types.mjs", "");
    }

    private static void assertPasses(String program, String argument) throws Exception {
        Map<String, String> environment = Map.of(
                "DUET_PORT", "" + duet.respPort(),
                "DUET_REST_URL", "http://127.0.0.1:" + duet.restPort(),
                "DUET_REST_TOKEN", duet.restToken());
        Ran ran = Tools.run(environment, "", "node", PROGRAMS.resolve(program).toString(), argument);
        assertThat(ran.succeeded().out()).contains("checks passed");
    }
}
