package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipelines, transactions and subscriptions of Upstash's SDK in one program. */
@Timeout(120)
final class UpstashTogetherTest {
    private static final Path PROGRAMS = Path.of("src/test/clients");

    @Test
    void whatOneDoesTheOtherHears() throws Exception {
        Tools.need("node");
        assumeTrue(
                Files.isDirectory(PROGRAMS.resolve("node_modules")),
                "the packages are missing: run npm ci in server/" + PROGRAMS);
        try (Duet duet = Duet.builder().respPort(0).restPort(0).restToken("tok").start()) {
            Map<String, String> environment = Map.of(
                    "DUET_PORT", "" + duet.respPort(),
                    "DUET_REST_URL", "http://127.0.0.1:" + duet.restPort(),
                    "DUET_REST_TOKEN", "tok");
            String program = PROGRAMS.resolve("upstash-together.mjs").toString();
            assertThat(Tools.run(environment, "", "node", program).succeeded().out())
                    .contains("5 of 5 checks passed");
        }
    }
}
