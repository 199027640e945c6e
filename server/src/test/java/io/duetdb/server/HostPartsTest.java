package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Host.Figure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server gives to the engine: time, chance, blocks, figures of the process. */
final class HostPartsTest {
    @Test
    void wallTimeStaysWithinAMillisecondOfTheHosts() {
        SystemClock clock = new SystemClock();
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            long beforeUs = System.currentTimeMillis() * 1000;
            long wallUs = clock.wallUs();
            long afterUs = System.currentTimeMillis() * 1000 + 999;
            assertThat(wallUs).isBetween(beforeUs - 1000, afterUs).isGreaterThanOrEqualTo(last);
            last = wallUs;
        }
    }

    @Test
    void tokensAreRandomHexadecimalDigits() {
        assertThat(Entropy.token(16)).matches("[0-9a-f]{32}").isNotEqualTo(Entropy.token(16));
        assertThat(Entropy.seed()).isNotEqualTo(Entropy.seed());
    }

    @Test
    @Timeout(30)
    void theNextLargeBlockIsMadeAhead() throws InterruptedException {
        try (BlockKeeper keeper = new BlockKeeper(200L << 20)) {
            assertThat(keeper.take(64 << 10)).hasSize(64 << 10);
            assertThat(keeper.helper()).as("small instances need no thread").isNull();
            byte[] first = keeper.take(BlockKeeper.LARGE);
            Thread helper = keeper.helper();
            assertThat(helper).isNotNull();
            assertThat(helper.isDaemon()).isTrue();
            while (keeper.ahead() == null) {
                Thread.onSpinWait();
            }
            byte[] ahead = keeper.ahead();
            assertThat(keeper.take(BlockKeeper.LARGE))
                    .isSameAs(ahead)
                    .isNotSameAs(first)
                    .hasSize(BlockKeeper.LARGE);
            keeper.close();
            helper.join(Duration.ofSeconds(20).toMillis());
            assertThat(helper.isAlive()).isFalse();
            assertThat(keeper.ahead()).isNull();
        }
    }

    @Test
    @Timeout(30)
    void whoWorksAheadSparesTheHelper() throws InterruptedException {
        try (BlockKeeper keeper = new BlockKeeper(200L << 20)) {
            keeper.workAhead();
            assertThat(keeper.ahead())
                    .as("nothing was taken, nothing is wanted")
                    .isNull();
            keeper.take(BlockKeeper.LARGE);
            Thread helper = keeper.helper();
            assertThat(helper).isNotNull();
            for (int i = 0; i < 20; i++) {
                while (keeper.ahead() == null || helper.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                byte[] ahead = keeper.ahead();
                keeper.workAhead();
                assertThat(keeper.take(BlockKeeper.LARGE)).isSameAs(ahead);
                assertThat(helper.getState()).as("nobody woke it").isEqualTo(Thread.State.WAITING);
                keeper.workAhead();
                assertThat(keeper.ahead()).isNotNull().isNotSameAs(ahead);
            }
            for (int i = 0; i < 10; i++) {
                keeper.take(BlockKeeper.LARGE); // more than are ready
            }
            while (keeper.ahead() == null) {
                Thread.onSpinWait(); // nobody works ahead any more: the helper does
            }
        }
    }

    @Test
    void nothingIsMadeAheadBeyondTheLimit() {
        try (BlockKeeper keeper = new BlockKeeper(BlockKeeper.LARGE + 100L)) {
            assertThat(keeper.take(BlockKeeper.LARGE)).hasSize(BlockKeeper.LARGE);
            assertThat(keeper.helper()).isNull();
            assertThat(keeper.take(100)).hasSize(100);
        }
    }

    @Test
    void theBlockInWhichTheLimitLiesFitsInTheHeap() {
        for (long heapMib = 32; heapMib < 40_000; heapMib += 7) {
            long heap = heapMib << 20;
            for (long limit : new long[] {MemoryBudget.initialLimit(heap), MemoryBudget.ceiling(heap)}) {
                long blocks = 0;
                long next = 64 << 10;
                while (blocks < limit) {
                    blocks += next;
                    next = Math.min(next * 4, 4 << 20);
                }
                assertThat(blocks).as("heap of %d MiB", heapMib).isLessThan(heap - (23L << 20));
            }
        }
        assertThat(MemoryBudget.initialLimit(10L << 30)).isEqualTo((10L << 30) / 100 * 80);
    }

    @Test
    void figuresOfThisProcessAreKnown() {
        assertThat(ProcessFigures.figure(Figure.PROCESS_ID, -1))
                .isEqualTo(ProcessHandle.current().pid());
        for (Figure figure : new Figure[] {
            Figure.RESIDENT_BYTES,
            Figure.HEAP_USED_BYTES,
            Figure.HEAP_MAX_BYTES,
            Figure.SYSTEM_MEMORY_BYTES,
            Figure.CPU_USER_US
        }) {
            assertThat(ProcessFigures.figure(figure, -1)).as("%s", figure).isPositive();
        }
        assertThat(ProcessFigures.figure(Figure.CPU_SYSTEM_US, -1)).isNotNegative();
        assertThat(ProcessFigures.figure(Figure.COLLECTOR_RUNS, -1)).isNotNegative();
        assertThat(ProcessFigures.figure(Figure.COLLECTOR_TIME_US, -1)).isNotNegative();
        assertThat(ProcessFigures.figure(Figure.NET_INPUT_BYTES, -7)).isEqualTo(-7);
    }

    @Test
    void theBannerIsPasteable() {
        assertThat(Banner.text("127.0.0.1", 6379, "", 8079, "abc", "ro", "  memory"))
                .isEqualTo("""

                          redis-cli
                          export REDIS_URL=redis://127.0.0.1:6379
                          export UPSTASH_REDIS_REST_URL=http://127.0.0.1:8079
                          export UPSTASH_REDIS_REST_TOKEN=abc
                          curl -H 'Authorization: Bearer abc' http://127.0.0.1:8079/set/hello/world
                          # for reading only: UPSTASH_REDIS_REST_TOKEN=ro

                          memory
                        """);
        assertThat(Banner.text("::1 10.0.0.1", 7000, "it's & so", -1, "", "", ""))
                .contains("redis-cli -h ::1 -p 7000 --no-auth-warning -a 'it'\\''s & so'\n")
                .contains("REDIS_URL=redis://:it%27s%20%26%20so@[::1]:7000\n")
                .doesNotContain("UPSTASH");
        assertThat(Banner.text("0.0.0.0", -1, "", 80, "t", "", "")).contains("http://127.0.0.1:80\n");
    }
}
