package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** D19: the orderly end under load, by signals and by SHUTDOWN: 0 within ten seconds, and all that was acknowledged. */
@Timeout(240)
final class SignalTest {
    private static final int STEPS = 1500;
    private static final long END_MS_MAX = 10_000;

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @ParameterizedTest
    @CsvSource({
        "TERM, --appendonly yes --appendfsync everysec",
        "TERM, --appendonly yes --appendfsync always",
        "TERM, --save 3600 1",
        "INT, --appendonly yes --appendfsync everysec",
        "TERM TERM, --appendonly yes --appendfsync everysec",
        "INT TERM, --appendonly yes --appendfsync always --save 3600 1",
    })
    void aSignalEndsItInOrder(String signals, String settings) throws Exception {
        try (Child child = new Child(folder, logs, settings.split(" ")).java("-Xmx128m")) {
            Load load = new Load(child, 8, 7);
            child.start();
            load.begin();
            load.await(STEPS);
            long asked = System.nanoTime();
            for (String signal : signals.split(" ")) {
                child.signal(signal.equals("INT") && !interrupts() ? "TERM" : signal);
            }
            assertThat(child.awaitEnd()).as(child.said()).isZero();
            assertThat((System.nanoTime() - asked) / 1_000_000).isLessThan(END_MS_MAX);
            load.end();
            child.start();
            load.verify(signals + " " + settings);
        }
    }

    @Test
    void shutdownKeepsAllAndANextStartGoesOn() throws Exception {
        try (Child child = new Child(folder, logs, "--save", "3600 1").java("-Xmx128m")) {
            Load load = new Load(child, 4, 8);
            child.start();
            load.begin();
            load.await(STEPS);
            try (var client = child.connect()) {
                client.send("SHUTDOWN".getBytes());
                client.flush();
                assertThat(child.awaitEnd()).isZero();
            }
            load.end();
            child.start();
            load.verify("SHUTDOWN");
        }
    }

    @Test
    void aShutdownThatCannotSaveIsRefusedUnlessForced() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        try (Child child = new Child(gone, logs, "--save", "3600 1").java("-Xmx64m")) {
            child.start();
            try (var client = child.connect()) {
                client.run("SET k v");
                Files.delete(gone);
                assertThat(client.run("SHUTDOWN"))
                        .hasToString("Failure[line=ERR Errors trying to SHUTDOWN. Check logs.]");
                assertThat(client.run("GET k")).isEqualTo("v");
                awaitSaid(child, "SHUTDOWN could not keep everything");
                client.send("SHUTDOWN".getBytes(), "FORCE".getBytes());
                client.flush();
                assertThat(child.awaitEnd()).isZero();
            }
        }
    }

    @Test
    void withNowhereToSaveItStaysUntilThereIsOrASecondSignalComes() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        try (Child child = new Child(gone, logs, "--save", "3600 1").java("-Xmx64m")) {
            child.start();
            set(child, "k", "1");
            Files.delete(gone);
            child.signal("TERM");
            awaitSaid(child, "the snapshot could not be written");
            Files.createDirectory(gone);
            assertThat(child.awaitEnd()).isZero();
            child.start();
            try (var client = child.connect()) {
                assertThat(client.run("GET k")).isEqualTo("1");
            }
            for (Path file : files(gone)) {
                Files.delete(file);
            }
            Files.delete(gone);
            child.signal("TERM");
            awaitSaid(child, "the snapshot could not be written", 2);
            child.signal("TERM");
            assertThat(child.awaitEnd()).isEqualTo(1);
            assertThat(child.said()).contains("ended by a second signal before the snapshot was written");
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void set(Child child, String key, String value) throws IOException {
        try (var client = child.connect()) {
            assertThat(client.run("SET " + key + " " + value)).isEqualTo("OK");
        }
    }

    private static void awaitSaid(Child child, String text) throws InterruptedException {
        awaitSaid(child, text, 1);
    }

    private static void awaitSaid(Child child, String text, int times) throws InterruptedException {
        long begun = System.nanoTime();
        while (child.said().split(text, -1).length <= times) {
            assertThat(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(20) && child.alive())
                    .as("it said:\n%s", child.said())
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Whether Ctrl-C's signal reaches a process that we start; whoever let us run in the background may have it ignored. */
    private static boolean interrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")) {
                    return (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 2) == 0;
                }
            }
        }
        return true;
    }
}
