package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.clients.Tools.Ran;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** redis-benchmark: it must find a server it knows, and no reply may be an error. */
@Timeout(120)
final class RedisBenchmarkTest {
    @BeforeAll
    static void need() {
        Tools.need("redis-benchmark");
    }

    @Test
    void itsTestsRunWithoutAnError() throws Exception {
        assertRuns("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)");
    }

    @Test
    void itsTestsRunWithoutAnErrorInPipelines() throws Exception {
        assertRuns("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)", "-P", "16", "-r", "1000");
    }

    @Test
    void itsTestsRunWithoutAnErrorByProtocolThreeAndManyThreads() throws Exception {
        assertRuns("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)", "-3", "--threads", "2");
    }

    /** Runs its tests with the arguments that follow their titles. */
    private static void assertRuns(String... titlesAndArguments) throws Exception {
        try (Duet duet = Duet.builder().respPort(0).start()) {
            List<String> command = new ArrayList<>(List.of("redis-benchmark", "-p", "" + duet.respPort()));
            command.addAll(List.of("-t", "ping,set,get,incr,mset", "-n", "4000", "-c", "20", "--csv"));
            List<String> titles = new ArrayList<>();
            for (String word : titlesAndArguments) {
                (titles.size() < 6 ? titles : command).add(word);
            }
            Ran ran = Tools.run("", command.toArray(new String[0])).succeeded();
            assertThat(ran.err()).doesNotContain("Error").doesNotContain("WARNING");
            assertThat(ran.out()).doesNotContain("Error");
            assertThat(ran.lines().stream().skip(1).map(line -> line.split("\"")[1]))
                    .containsExactlyElementsOf(titles);
        }
    }
}
