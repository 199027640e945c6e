package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.clients.Tools.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ioredis' commands that wait, in a program of its own in {@code src/test/clients}. */
@Timeout(120)
final class NodeBlockingTest {
    private static final Path PROGRAMS = Path.of("src/test/clients");

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void ioredis(String protocol) throws Exception {
        Tools.need("node");
        assumeTrue(
                Files.isDirectory(PROGRAMS.resolve("node_modules")),
                "the packages are missing: run npm ci in server/" + PROGRAMS);
        try (Duet duet = Duet.builder().respPort(0).start()) {
            Map<String, String> environment = Map.of("DUET_PORT", "" + duet.respPort());
            String program = PROGRAMS.resolve("ioredis-blocking.mjs").toString();
            Ran ran = Tools.run(environment, "", "node", program, protocol);
            assertThat(ran.succeeded().out()).contains("checks passed");
        }
    }
}
