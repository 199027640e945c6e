package io.duetdb.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The host's clock is set while data is written: the disk hears of it as often as before. */
final class ClockStepTest {
    private static final long HOUR_MS = 3_600_000;

    @Test
    void stepsOfTheWallClockChangeNothingInHowOftenTheFileIsForced() {
        long[] steps = {0, HOUR_MS, -HOUR_MS, 100_000, -100_000, -HOUR_MS, HOUR_MS};
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=everysec", "save=3600 1").start();
        long[] forces = new long[1];
        int count = 0;
        t.disk().watch(call -> {
            if (call.kind() == SimDisk.Kind.FILE_FORCE && call.path().endsWith(".incr.aof")) {
                forces[0]++;
            }
        });
        for (long step : steps) {
            t.clock().jumpTo(t.clock().nowMs() + step);
            forces[0] = 0;
            int seconds = 20;
            for (int i = 0; i < seconds * 20; i++) {
                t.run("INCR n").replies(++count);
                t.advance(50, TimeUnit.MILLISECONDS);
            }
            assertThat(forces[0])
                    .as("forces in " + seconds + " s after a step of " + step + " ms")
                    .isBetween(18L, 22L);
            assertThat(t.persistence().durableOffset()).isGreaterThan(t.engine().offset() - 22);
        }
    }

    @Test
    void aDeadlineFollowsTheWallClockAndLastsAsItIs() {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "save=").start();
        t.run("SET k v EX 1000").replies("OK");
        t.clock().jumpTo(t.clock().nowMs() - HOUR_MS);
        t.run("TTL k").replies(4600);
        t.advance(1500, TimeUnit.MILLISECONDS);
        t.crash(SimDisk.Survival.NONE).start();
        t.clock().jumpTo(t.clock().nowMs() + HOUR_MS);
        t.run("TTL k").replies(999);
        t.clock().jumpTo(t.clock().nowMs() + HOUR_MS);
        t.advance(100, TimeUnit.MILLISECONDS);
        t.run("GET k").nil();
        t.clock().jumpTo(t.clock().nowMs() - 2 * HOUR_MS);
        t.stop().start();
        t.run("GET k").nil();
    }
}
