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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients from npm as publishers and subscribers, in both protocols. */
@Timeout(120)
final class NodePubSubTest {
    private static final Path PROGRAMS = Path.of("src/test/clients");
    private static Duet duet;

    @BeforeAll
    static void start() {
        Tools.need("node");
        assumeTrue(
                Files.isDirectory(PROGRAMS.resolve("node_modules")),
                "the packages are missing: run npm ci in server/" + PROGRAMS);
        duet = Duet.builder().respPort(0).start();
    }

    @AfterAll
    static void end() {
        if (duet != null) {
            duet.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"ioredis, 2", "ioredis, 3", "node-redis, 2", "node-redis, 3"})
    void publishesAndListens(String client, String protocol) throws Exception {
        Path program = PROGRAMS.resolve(client + "-pubsub.mjs");
        Map<String, String> environment = Map.of("DUET_PORT", "" + duet.respPort());
        Ran ran = Tools.run(environment, "", "node", program.toString(), protocol);
        assertThat(ran.succeeded().out()).contains("checks passed");
    }
}
