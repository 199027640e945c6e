package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a rewrite begins by itself. */
class RewriteTimesTest {
    private static final long MIN = 64 << 20;
    private final RewriteTimes times = new RewriteTimes();
    private long now = Long.MIN_VALUE / 2;

    @Test
    void growthAndSizeDecide() {
        times.sizeThen(100 << 20);
        assertThat(due(150L << 20)).isFalse();
        assertThat(due(200L << 20)).isTrue();
        times.sizeThen(0);
        assertThat(due(MIN)).isFalse();
        assertThat(due(MIN + 1)).isTrue();
        assertThat(times.due(1L << 40, 0, MIN, now)).isFalse();
    }

    @Test
    void afterThreeFailuresPausesGrowToAnHour() {
        times.failed(now);
        times.failed(now);
        assertThat(due(1L << 30)).isTrue();
        for (long minutes : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            times.failed(now);
            now += TimeUnit.MINUTES.toNanos(minutes) - 1;
            assertThat(due(1L << 30)).as("before %d minutes", minutes).isFalse();
            now++;
            assertThat(due(1L << 30)).as("after %d minutes", minutes).isTrue();
        }
        assertThat(times.failures()).isEqualTo(10);
        times.succeeded();
        assertThat(times.failures()).isZero();
        times.failed(now);
        assertThat(due(1L << 30)).isTrue();
    }

    private boolean due(long bytes) {
        return times.due(bytes, 100, MIN, now);
    }
}
