package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.kit.RespClient;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who checks the checker: what was acknowledged and is taken away behind the server's back is missed. */
@Timeout(120)
final class LoadTest {
    private static final int STEPS = 500;
    private static final int TAKEN_BYTES = 2000;

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @Test
    void theLossOfTheLastBytesIsNoticed() throws Exception {
        try (Child child = new Child(folder, logs, "--appendonly", "yes").java("-Xmx64m")) {
            Load load = new Load(child, 4, 3);
            writeAndTakeTheLast(child, load);
            assertThatThrownBy(() -> load.verify("cut")).isInstanceOf(AssertionError.class);
            assertThat(load.acknowledged()).isGreaterThanOrEqualTo(STEPS);
        }
    }

    @Test
    void whereTheLastMayBeMissingItIsCountedAndNothingElseMayBe() throws Exception {
        try (Child child = new Child(folder, logs, "--appendonly", "yes").java("-Xmx64m")) {
            Load load = new Load(child, 4, 4);
            long fromNs = System.nanoTime();
            writeAndTakeTheLast(child, load);
            long acknowledged = load.acknowledged();
            Load.Loss loss = load.verifyPrefixes("cut");
            assertThat(loss.steps()).isBetween(1L, (long) TAKEN_BYTES);
            assertThat(loss.oldestNs()).isBetween(fromNs, System.nanoTime());
            assertThat(load.acknowledged()).isEqualTo(acknowledged - loss.steps());
            assertThat(load.verifyPrefixes("again").steps()).isZero();
            try (RespClient client = child.connect()) {
                client.run("DEL w0:list"); // what lies in the midst of the steps
            }
            assertThatThrownBy(() -> load.verifyPrefixes("hole")).isInstanceOf(AssertionError.class);
        }
    }

    private void writeAndTakeTheLast(Child child, Load load) throws Exception {
        child.start();
        load.begin();
        load.await(STEPS);
        load.end();
        child.kill();
        try (var files = Files.list(folder.resolve("appendonlydir"));
                FileChannel last = FileChannel.open(
                        files.filter(file -> file.toString().endsWith(".incr.aof"))
                                .max(Comparator.naturalOrder())
                                .orElseThrow(),
                        StandardOpenOption.WRITE)) {
            last.truncate(last.size() - TAKEN_BYTES);
        }
        child.start();
    }
}
