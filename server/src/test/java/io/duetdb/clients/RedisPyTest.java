package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** redis-py, in a program of its own in {@code src/test/clients}. */
@Timeout(120)
final class RedisPyTest {
    @Test
    void redisPy() throws Exception {
        String python = "";
        for (String candidate : List.of("python3", "/usr/bin/python3")) {
            if (python.isEmpty()
                    && Tools.has(candidate.replace("/usr/bin/", ""))
                    && Tools.run("", candidate, "-c", "import redis").status() == 0) {
                python = candidate;
            }
        }
        assumeTrue(!python.isEmpty(), "redis-py is not installed: apt-get install python3-redis");
        try (Duet duet = Duet.builder().respPort(0).start()) {
            Map<String, String> environment = Map.of("DUET_PORT", "" + duet.respPort());
            assertThat(Tools.run(environment, "", python, "src/test/clients/redis-py.py")
                            .succeeded()
                            .out())
                    .contains("all passed");
        }
    }
}
