package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * D3, D14: a disk that stands still, and one that fails, when it is to force. {@code -Dduet.long=true}: 100 rounds
 * each, half an hour.
 */
@Timeout(3600)
final class ForceTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int ROUNDS = LONG ? 100 : 1;
    private static final int ATTEMPTS = LONG ? 8 : 4;
    private static final int CONNECTIONS = 16;
    private static final int STEPS_MAX = 2000;
    private static final int STALL_MS = 6000;
    private static final int NOTICED_MS = 500;
    private static final int AFTERWARDS_MS = 1000;
    private static final long HEALED_MS_MAX = 2000;
    private static final long SAID_SECONDS_MAX = 20;
    private static final String FAILED = "Forcing the append-only file failed: Input/output error. ";
    private static final String FAILED_AGAIN = "Background AOF rewrite failed: ";
    private static final String MISCONF = "Failure[line=MISCONF Errors writing to the AOF file: Input/output error]";

    @TempDir
    Path place;

    @TempDir
    Path logs;

    private final long seed = Long.getLong("duet.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void killedWhileTheDiskStandsStillItHasAllThatItAcknowledged() throws Exception {
        ForceSwitch force = ForceSwitch.built(logs);
        try (Child child = new Child(place, logs, "--appendonly", "yes", "--appendfsync", "everysec")
                .java("-Xmx128m")
                .under(force.words())) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            long waitedMs = 0;
            long inStalls = 0;
            child.start();
            for (int round = 0; round < ROUNDS; round++) {
                String context = "seed " + seed + ", round " + round;
                load.begin();
                load.await(random.nextInt(1, STEPS_MAX));
                if (round % 10 == 0) {
                    force.stall();
                    load.awaitMs(STALL_MS);
                    force.pass();
                    load.awaitMs(AFTERWARDS_MS);
                    waitedMs = load.waitedMs();
                    assertThat(waitedMs)
                            .as("ms that somebody waited, %s", context)
                            .isLessThan(STALL_MS + NOTICED_MS);
                    assertThat(info(child)).as(context).doesNotContain("aof_delayed_fsync:0\r\n");
                }
                long before = load.acknowledged();
                force.stall();
                load.awaitMs(random.nextInt(100, STALL_MS));
                assertThat(load.refusal()).as(context).isNull();
                child.kill();
                inStalls += load.acknowledged() - before;
                force.pass();
                load.end();
                child.start();
                load.verify(context);
            }
            System.out.println("[D3] everysec, fdatasync stalled " + STALL_MS + " ms: " + ROUNDS + " times kill -9, "
                    + load.acknowledged() + " steps acknowledged, " + inStalls
                    + " of them in the stalls that it was killed in, 0 lost; the longest wait " + waitedMs
                    + " ms (seed " + seed + ")");
        }
    }

    /** {@code heals}: the power is cut after it is well again, otherwise while the disk still fails. */
    @ParameterizedTest
    @CsvSource({"always, true", "always, false", "everysec, true"})
    void aDiskThatFailsToForceIsMetByARewriteAndLosesNothing(String policy, boolean heals) throws Exception {
        ForceSwitch force = ForceSwitch.built(logs);
        try (LoopDisk disk = LoopDisk.mounted(place);
                Child child = new Child(disk.folder(), logs, "--appendonly", "yes", "--appendfsync", policy)
                        .java("-Xmx128m")
                        .under(force.words())) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            long healedMs = 0;
            child.start();
            for (int round = 0; round < ROUNDS; round++) {
                String context = policy + ", seed " + seed + ", round " + round;
                String key = "healed:" + round;
                load.begin();
                load.await(random.nextInt(1, STEPS_MAX));
                assertThat(load.refusal()).as(context).isNull();
                load.stopLooking(); // what can't be kept is shown until it can
                int failures = count(child, FAILED);
                int attempts = count(child, FAILED_AGAIN);
                force.fail();
                await(child, FAILED, failures + 1, context);
                assertRefuses(child, key, context);
                load.stopWriting();
                await(child, FAILED_AGAIN, attempts + random.nextInt(ATTEMPTS), context);
                if (heals) {
                    force.pass();
                    healedMs = Math.max(healedMs, heal(child, key, context));
                    load.end();
                }
                disk.cut(() -> {});
                child.kill();
                force.pass();
                load.end();
                disk.again();
                child.start();
                load.verify(context);
                try (RespClient client = child.connect()) {
                    if (heals && policy.equals("always")) {
                        assertThat(client.run("GET " + key)).as(context).isEqualTo("1");
                    }
                }
            }
            System.out.println("[D14] " + policy + ": " + ROUNDS + " times fsync failed, "
                    + (heals ? "healed in at most " + healedMs + " ms" : "not healed") + ", then a power cut, "
                    + load.acknowledged() + " steps acknowledged, 0 lost (seed " + seed + ")");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec"})
    void aDiskThatFailsToForceEndsTheProcessWhereThatIsAskedFor(String policy) throws Exception {
        ForceSwitch force = ForceSwitch.built(logs);
        String[] settings = {"--appendonly", "yes", "--appendfsync", policy, "--aof-fsync-error", "exit"};
        try (Child child = new Child(place, logs, settings).java("-Xmx128m").under(force.words())) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            child.start();
            load.begin();
            load.await(STEPS_MAX / 10);
            force.fail();
            assertThat(child.awaitEnd()).as(child.said()).isEqualTo(1);
            assertThat(child.said()).contains("Forcing the append-only file failed", "aof-fsync-error says, Duet ends");
            force.pass();
            load.end();
            child.start();
            load.verify(policy + ", seed " + seed);
        }
    }

    private static String info(Child child) throws IOException {
        try (RespClient client = child.connect()) {
            return (String) client.run("INFO persistence");
        }
    }

    private static int count(Child child, String text) {
        return child.said().split(text, -1).length - 1;
    }

    private static void await(Child child, String text, int times, String context) throws InterruptedException {
        long begun = System.nanoTime();
        while (count(child, text) < times) {
            assertThat(child.alive() && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(SAID_SECONDS_MAX))
                    .as("%s; it said:\n%s", context, child.said())
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void assertRefuses(Child child, String key, String context) throws IOException {
        try (RespClient client = child.connect()) {
            assertThat(client.run("SET " + key + " 1")).as(context).hasToString(MISCONF);
            assertThat(client.run("DEL w0:str")).as(context).hasToString(MISCONF);
            assertThat(client.run("GET " + key)).as(context).isNull();
        }
        assertThat(info(child)).as(context).contains("aof_last_write_status:err");
    }

    /** Returns after how many ms writes are taken again. */
    private static long heal(Child child, String key, String context) throws Exception {
        long from = System.nanoTime();
        try (RespClient client = child.connect()) {
            while (!"OK".equals(client.run("SET " + key + " 1"))) {
                assertThat((System.nanoTime() - from) / 1_000_000)
                        .as("ms since the disk is well, %s; the server said:\n%s", context, child.said())
                        .isLessThan(HEALED_MS_MAX);
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        assertThat(info(child)).as(context).contains("aof_last_write_status:ok");
        return (System.nanoTime() - from) / 1_000_000;
    }
}
