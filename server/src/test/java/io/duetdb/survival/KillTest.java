package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * D1, D2: kill -9 at any moment, also in the midst of a rewrite, and a start behind it: nothing that was acknowledged or
 * read is missing, transactions are whole or absent. {@code -Dduet.long=true}: 500 rounds of each policy, 10 minutes.
 */
@Timeout(3600)
final class KillTest {
    private static final int ROUNDS = Boolean.getBoolean("duet.long") ? 500 : 20;
    private static final int CONNECTIONS = 16;
    private static final int STEPS_MAX = 3000;

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec", "no"})
    void killedAtAnyMomentItHasAllThatItAcknowledged(String policy) throws Exception {
        long seed = Long.getLong("duet.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        int rounds = policy.equals("no") ? ROUNDS / 4 : ROUNDS;
        try (Child child = new Child(folder, logs, "--appendonly", "yes", "--appendfsync", policy).java("-Xmx128m")) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            for (int round = 0; round < rounds; round++) {
                String context = policy + ", seed " + seed + ", round " + round;
                child.start();
                load.verify(context);
                load.begin();
                load.await(random.nextInt(1, STEPS_MAX));
                if (random.nextInt(3) == 0) {
                    rewrite(child);
                    load.await(load.acknowledged() % 2 == 0 ? 0 : random.nextInt(1, STEPS_MAX));
                }
                assertThat(load.refusal()).as(context).isNull();
                child.kill();
                load.end();
            }
            child.start();
            load.verify(policy + ", seed " + seed + ", at the end");
            System.out.println("[D1/D2] " + policy + ": " + rounds + " times kill -9, " + load.acknowledged()
                    + " steps acknowledged, 0 lost (seed " + seed + ")");
        }
    }

    private static void rewrite(Child child) throws IOException {
        try (RespClient client = child.connect()) {
            client.run("BGREWRITEAOF");
        }
    }
}
