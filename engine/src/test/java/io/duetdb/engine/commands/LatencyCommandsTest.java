package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.stats.LatencyHistogram;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyCommandsTest {
    private static final String LINE = "-".repeat(80) + "\n";

    private final EngineFixture t = new EngineFixture("latency-monitor-threshold=5");

    /** Runs a command that takes so long. */
    private void slow(String line, long ms) {
        t.clock().ticking(TimeUnit.MILLISECONDS.toNanos(ms));
        t.run(line);
        t.clock().ticking(0);
    }

    private void threeSpikes() {
        slow("KEYS a", 20);
        t.advance(1100, TimeUnit.MILLISECONDS);
        slow("KEYS a", 48);
        t.advance(1100, TimeUnit.MILLISECONDS);
        slow("KEYS a", 10);
    }

    @Test
    void spikesAreKeptByKindAndSecond() {
        t.run("LATENCY LATEST").array();
        slow("KEYS a", 4);
        t.run("LATENCY LATEST").array();
        threeSpikes();
        slow("PING", 7);
        long last = t.clock().nowMs() / 1000;
        t.run("LATENCY HISTORY fast-command").array(List.of(last, 7));
        t.run("LATENCY LATEST").array(List.of("command", last, 10, 48), List.of("fast-command", last, 7, 7));
        assertThat((List<?>) t.run("LATENCY HISTORY command").value()).hasSize(3);
        t.run("LATENCY HISTORY COMMAND").array();
        t.run("LATENCY RESET command nope").replies(1);
        t.run("LATENCY RESET").replies(1);
        t.run("LATENCY RESET").replies(0);
        t.run("LATENCY LATEST").array();
    }

    @Test
    void theGraphIsAsRedisDrawsIt() {
        threeSpikes();
        t.run("LATENCY GRAPH command")
                .replies("command - high 48 ms, low 10 ms (all time high 48 ms)\n" + LINE
                        + " # \n | \n_| \n||_\n   \n210\nsss\n");
        t.run("LATENCY GRAPH nope").fails("ERR No samples available for event 'nope'");
        t.run("LATENCY RESET");
        slow("KEYS a", 20);
        t.advance(3, TimeUnit.MINUTES);
        t.run("LATENCY GRAPH command")
                .replies("command - high 20 ms, low 20 ms (all time high 20 ms)\n" + LINE + " \n \n \n_\n \n3\nm\n");
    }

    @Test
    void theDoctorKnowsWhatIsWrong() {
        t.run("CONFIG SET latency-monitor-threshold 0");
        assertThat((String) t.run("LATENCY DOCTOR").value()).startsWith("I'm sorry, Dave, I can't do that.");
        t.run("CONFIG SET latency-monitor-threshold 5");
        assertThat((String) t.run("LATENCY DOCTOR").value()).startsWith("Dave, no latency spike was observed");
        threeSpikes();
        String report = (String) t.run("LATENCY DOCTOR").value();
        assertThat(report)
                .startsWith("Dave, I have observed latency spikes in this Redis instance. You don't mind talking about"
                        + " it, do you Dave?\n\n1. command: 3 latency spikes (average 26ms, mean deviation 14ms, period"
                        + " 1.00 sec). Worst all time event 48ms.\n\nI have a few advices for you:\n\n- There are"
                        + " latency issues with potentially slow commands you are using. Try to enable the Slow Log"
                        + " Redis feature using the command 'CONFIG SET slowlog-log-slower-than 5000'.")
                .endsWith("try to fragment those objects into multiple smaller objects.\n");
    }

    @Test
    void everyCommandHasItsHistogram() {
        EngineFixture e = new EngineFixture("slowlog-log-slower-than=0");
        e.clock().ticking(3000);
        e.run("SET a b");
        e.run("SET a b");
        e.clock().ticking(20_000_000);
        e.run("SET a b");
        e.clock().ticking(0);
        e.run("CONFIG GET maxmemory");
        e.run("LATENCY HISTOGRAM get set nope")
                .replies(Map.of("set", Map.of("calls", 3L, "histogram_usec", Map.of(4L, 2L, 33816L, 3L))));
        e.run("LATENCY HISTOGRAM config")
                .replies(Map.of("config|get", Map.of("calls", 1L, "histogram_usec", Map.of(1L, 1L))));
        assertThat((String) e.run("INFO latencystats").value())
                .contains("latency_percentiles_usec_set:p50=3.072,p99=20971.520,p99.9=20971.520\r\n");
        e.run("CONFIG SET latency-tracking no");
        e.run("PING");
        e.run("LATENCY HISTOGRAM ping").replies(Map.of());
        e.run("CONFIG SET latency-tracking yes");
        e.run("CONFIG RESETSTAT");
        e.run("LATENCY HISTOGRAM")
                .replies(Map.of("config|resetstat", Map.of("calls", 1L, "histogram_usec", Map.of(1L, 1L))));
    }

    @Test
    void theHistogramKnowsWhereEveryTimeBelongs() {
        SplittableRandom random = new SplittableRandom(1);
        Map<Long, Integer> bounds = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            long ns = random.nextLong(1L << random.nextInt(1, 34));
            int bucket = LatencyHistogram.bucket(ns);
            assertThat(bucket).isBetween(0, LatencyHistogram.BUCKETS - 1);
            bounds.merge(ns, bucket, (a, b) -> a);
        }
        int before = 0;
        for (int bucket : bounds.values()) {
            assertThat(bucket).as("ascending with time").isGreaterThanOrEqualTo(before);
            before = bucket;
        }
        assertThat(LatencyHistogram.bucket(-5)).isZero();
        assertThat(LatencyHistogram.bucket(1024)).isZero();
        assertThat(LatencyHistogram.bucket(1025)).isEqualTo(1);
        assertThat(LatencyHistogram.bucket(2048)).isEqualTo(8);
        assertThat(LatencyHistogram.bucket(2049)).isEqualTo(9);
        assertThat(LatencyHistogram.levelUs(5)).isEqualTo(33);
        assertThat(LatencyHistogram.levelUs(11)).isEqualTo(2113);
    }
}
