package io.duetdb.persistence.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.Threads;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NioDiskTest {
    private final NioDisk disk = new NioDisk();

    @TempDir
    Path folder;

    private String path;

    @BeforeEach
    void choose() {
        path = folder.resolve("a file.aof").toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void put(String text) throws IOException {
        try (DiskFile file = disk.create(path)) {
            assertThat(file.write(bytes(text), 0, text.length())).isEqualTo(text.length());
        }
    }

    @Test
    void writesAtTheEndOfWhatIsThere() throws IOException {
        put("one ");
        try (DiskFile file = disk.append(path)) {
            file.write(bytes("-two-"), 1, 3);
            file.force();
            assertThat(file.size()).isEqualTo(7);
        }
        assertThat(Path.of(path)).hasContent("one two");
        assertThat(disk.size(path)).isEqualTo(7);
    }

    @Test
    void writesWhereItWasCut() throws IOException {
        put("one two");
        try (DiskFile file = disk.append(path)) {
            file.truncate(4);
            file.write(bytes("three"), 0, 5);
        }
        assertThat(Path.of(path)).hasContent("one three");
    }

    @Test
    void readsOnFromWhereItStandsUntilTheEnd() throws IOException {
        byte[] all = new byte[200_000];
        new Random(3).nextBytes(all);
        try (DiskFile file = disk.create(path)) {
            assertThat(file.write(all, 0, all.length)).isEqualTo(all.length);
        }
        byte[] read = new byte[all.length];
        try (DiskFile file = disk.read(path)) {
            int at = 0;
            for (int came = file.read(read, 0, 7); came > 0; came = file.read(read, at, read.length - at)) {
                at += came;
                if (at == read.length) {
                    break;
                }
            }
            assertThat(read).isEqualTo(all);
            assertThat(file.read(read, 0, 1)).isEqualTo(-1);
            file.seek(199_999);
            assertThat(file.read(read, 0, 10)).isEqualTo(1);
            assertThat(read[0]).isEqualTo(all[199_999]);
        }
    }

    @Test
    void namesAreMadeChangedListedAndRemoved() throws IOException {
        String sub = folder.resolve("sub").toString();
        disk.makeFolder(sub);
        disk.makeFolder(sub);
        put("x");
        assertThat(disk.exists(path)).isTrue();
        assertThat(disk.exists(path + "2")).isFalse();
        disk.create(sub + "/b").close();
        disk.rename(path, sub + "/b");
        assertThat(folder.resolve("sub/b")).hasContent("x");
        assertThat(disk.list(folder.toString())).containsExactly("sub");
        disk.force(sub);
        disk.force(folder.toString());
        disk.delete(sub + "/b");
        disk.delete(sub + "/b");
        assertThat(disk.list(sub)).isEmpty();
        assertThat(disk.freeBytes(sub)).isPositive();
    }

    @Test
    void failuresNameThePathAndTheCauseInTheSystemsWords() throws IOException {
        put("x");
        assertThatThrownBy(() -> disk.create(path))
                .isInstanceOf(IOException.class)
                .hasMessage(path + ": File exists");
        assertThatThrownBy(() -> disk.read(path + "2"))
                .isInstanceOf(IOException.class)
                .hasMessage(path + "2: No such file or directory");
        assertThatThrownBy(() -> disk.append(path + "2")).hasMessage(path + "2: No such file or directory");
        assertThatThrownBy(() -> disk.size(path + "2")).hasMessage(path + "2: No such file or directory");
        assertThatThrownBy(() -> disk.list(path)).hasMessage(path + ": Not a directory");
        assertThatThrownBy(() -> disk.rename(path + "2", path)).hasMessage(path + "2: No such file or directory");
        assertThatThrownBy(() -> disk.makeFolder(path)).hasMessage(path + ": File exists");
        assertThatThrownBy(() -> disk.force(path + "2")).hasMessage(path + "2: No such file or directory");
    }

    @Test
    void aFullDiskIsNamedByTheSystemsWordsAlone() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        try (DiskFile file = disk.append("/dev/full")) {
            assertThatThrownBy(() -> file.write(new byte[100], 0, 100))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");
        }
    }

    @Test
    void useAfterTheCloseIsAnErrorAndOpensNothing() throws IOException {
        DiskFile file = disk.create(path);
        file.close();
        file.close();
        assertThatThrownBy(() -> file.write(new byte[1], 0, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aCallerWhoWasInterruptedLosesNothingAndStaysInterrupted() throws IOException {
        try (DiskFile file = disk.create(path)) {
            Thread.currentThread().interrupt();
            file.write(bytes("one"), 0, 3);
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            file.force();
            disk.force(folder.toString());
            assertThat(Thread.interrupted()).isTrue();
            file.write(bytes("two"), 0, 3);
        }
        assertThat(Path.of(path)).hasContent("onetwo");
    }

    @Test
    void interruptsDuringWritesLoseNothingThoughAnotherThreadForces() throws Exception {
        int count = 20_000;
        AtomicBoolean done = new AtomicBoolean();
        try (DiskFile file = disk.create(path)) {
            Thread[] writer = new Thread[1];
            CompletableFuture<Void> writing = Threads.run(() -> {
                writer[0] = Thread.currentThread();
                for (int i = 0; i < count; i++) {
                    write(file, i);
                }
            });
            CompletableFuture<Void> forcing = Threads.run(() -> {
                while (!done.get()) {
                    force(file);
                }
            });
            while (!writing.isDone()) {
                if (writer[0] != null) {
                    writer[0].interrupt();
                }
                Thread.onSpinWait();
            }
            done.set(true);
            writing.get();
            forcing.get();
        }
        byte[] all = Files.readAllBytes(Path.of(path));
        assertThat(all).hasSize(count * 4);
        for (int i = 0; i < count; i++) {
            assertThat(all[4 * i] & 0xFF | (all[4 * i + 1] & 0xFF) << 8).isEqualTo(i);
        }
    }

    private static void write(DiskFile file, int i) {
        try {
            file.write(new byte[] {(byte) i, (byte) (i >>> 8), 'x', '\n'}, 0, 4);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void force(DiskFile file) {
        try {
            file.force();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void largeWritesTakeNoMoreMemoryOutsideTheHeapThanSmallOnes() throws IOException {
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        long before = direct.getMemoryUsed();
        try (DiskFile file = disk.create(path)) {
            assertThat(file.write(new byte[10 << 20], 0, 10 << 20)).isEqualTo(10 << 20);
        }
        assertThat(direct.getMemoryUsed() - before).isLessThanOrEqualTo(64 << 10);
    }
}
