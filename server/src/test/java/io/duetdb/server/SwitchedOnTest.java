package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The append-only file is switched on in an instance that runs. */
@Timeout(60)
final class SwitchedOnTest {
    private static final int KEYS = 20_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {-1, 0})
    void anEndRightBehindItLosesNothing(int port) {
        try (Duet duet = Duet.builder().dir(folder).respPort(port).start()) {
            for (int i = 0; i < KEYS; i++) {
                duet.execute("SET", "key:" + i, "value:" + i);
            }
            duet.execute("CONFIG", "SET", "appendonly", "yes");
            duet.execute("SET", "last", "1");
        }
        try (Duet duet = Duet.builder()
                .dir(folder)
                .respPort(port)
                .setting("appendonly", "yes")
                .start()) {
            assertThat(duet.execute("DBSIZE")).isEqualTo(KEYS + 1L);
            assertThat(duet.execute("GET", "last")).isEqualTo("1");
        }
    }
}
