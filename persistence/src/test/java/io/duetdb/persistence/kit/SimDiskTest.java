package io.duetdb.persistence.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.kit.SimDisk.Fault;
import io.duetdb.persistence.kit.SimDisk.Survival;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SimDiskTest {
    private static final String FILE = SimDisk.HOME + "/f";

    private final SimDisk disk = new SimDisk();
    private final SplittableRandom random = new SplittableRandom(1);

    private static void write(DiskFile file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(file.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static String text(SimDisk on) {
        byte[] bytes = on.bytes(FILE);
        return bytes == null ? null : new String(bytes, StandardCharsets.US_ASCII);
    }

    private String after(Survival survival) {
        return text(disk.after(survival, random));
    }

    @Test
    void bytesLastWhenTheFileWasForcedAndNamesWhenTheFolderWas() throws IOException {
        DiskFile file = disk.create(FILE);
        write(file, "one");
        assertThat(after(Survival.ALL)).isEqualTo("one");
        assertThat(after(Survival.NONE)).isNull();
        file.force();
        assertThat(after(Survival.NONE)).isNull();
        disk.force(SimDisk.HOME);
        assertThat(after(Survival.NONE)).isEqualTo("one");
        write(file, "two");
        assertThat(after(Survival.NONE)).isEqualTo("one");
        assertThat(text(disk)).isEqualTo("onetwo");
        assertThat(after(Survival.TORN)).startsWith("one");
    }

    @Test
    void aRenameIsLostUntilTheFolderIsForcedAndNeverLeavesTheFileWithoutAName() throws IOException {
        disk.put(FILE, "old".getBytes(StandardCharsets.US_ASCII));
        disk.put(SimDisk.HOME + "/sub/temp", "new".getBytes(StandardCharsets.US_ASCII));
        disk.rename(SimDisk.HOME + "/sub/temp", FILE);
        assertThat(after(Survival.NONE)).isEqualTo("old");
        for (int i = 0; i < 200; i++) {
            SimDisk found = disk.after(Survival.SUBSET, random);
            assertThat("new".equals(text(found)) || found.bytes(SimDisk.HOME + "/sub/temp") != null)
                    .isTrue();
        }
        disk.force(SimDisk.HOME);
        assertThat(after(Survival.NONE)).isEqualTo("new");
    }

    @Test
    void holesAreSectorsAsTheyWereAtSomeMoment() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.force(SimDisk.HOME);
        write(file, "a".repeat(512));
        write(file, "b".repeat(512));
        file.truncate(600);
        write(file, "c".repeat(1000));
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 2000; i++) {
            String found = after(Survival.HOLES);
            assertThat(found.length()).isIn(0, 512, 600, 1024, 1600);
            StringBuilder kinds = new StringBuilder();
            for (int at = 0; at < found.length(); at += 512) {
                String sector = found.substring(at, Math.min(found.length(), at + 512));
                sector.chars().distinct().forEach(c -> kinds.append(c == 0 ? '0' : (char) c));
                kinds.append('|');
            }
            seen.add(kinds.toString());
        }
        assertThat(seen).contains("", "a|", "a|b|", "a|bc|c|c|", "0|bc|0|0|").allMatch(s -> !s.startsWith("b"));
    }

    @Test
    void aSubsetIsWhatWasWrittenUpToSomeMomentAndZerosBehind() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.force(SimDisk.HOME);
        write(file, "a".repeat(300));
        write(file, "b".repeat(900));
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 2000; i++) {
            String found = after(Survival.SUBSET);
            assertThat(found).matches("(a{300}(b{212}|b{724}|b{900})?)?\\x00*");
            seen.add(found.length() + "/" + found.replace("\0", "").length());
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "0/0",
                        "300/0",
                        "1200/0",
                        "300/300",
                        "1200/300",
                        "512/512",
                        "1024/1024",
                        "1200/512",
                        "1200/1024",
                        "1200/1200");
    }

    @Test
    void aFailedForceForgetsWhatItWasToForceAndTheNextOneSucceeds() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.force(SimDisk.HOME);
        write(file, "one");
        file.force();
        write(file, "two");
        disk.failAt(1, Fault.IO_ERROR, false);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class).hasMessage("Input/output error");
        write(file, "three");
        file.force();
        assertThat(text(disk)).isEqualTo("onetwothree");
        assertThat(after(Survival.NONE)).isEqualTo("one\0\0\0three");
        assertThat(after(Survival.ALL)).isEqualTo("onetwothree");
    }

    @Test
    void aFullDiskTakesAPartFirstAndSaysWhyThen() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.failAt(1, Fault.NO_SPACE, false);
        assertThat(file.write(new byte[10], 0, 10)).isEqualTo(5);
        assertThatThrownBy(() -> file.write(new byte[5], 0, 5)).hasMessage("No space left on device");
        assertThat(file.write(new byte[5], 0, 5)).isEqualTo(5);
        disk.capacity(12);
        assertThat(file.write(new byte[5], 0, 5)).isEqualTo(2);
        assertThatThrownBy(() -> file.write(new byte[5], 0, 5)).hasMessage("No space left on device");
        file.truncate(1);
        assertThat(disk.freeBytes(SimDisk.HOME)).isEqualTo(11);
        disk.failAt(1, Fault.NO_SPACE, true);
        assertThatThrownBy(() -> disk.create(FILE + 2)).hasMessage(FILE + 2 + ": No space left on device");
        disk.delete(FILE);
        disk.heal();
        disk.create(FILE).close();
    }

    @Test
    void whatIsWrittenWhileAForceIsUnderWayIsNotCoveredByIt() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.force(SimDisk.HOME);
        write(file, "one");
        disk.duringForce(() -> {
            try {
                write(file, "two");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        file.force();
        assertThat(after(Survival.NONE)).isEqualTo("one");
        assertThat(after(Survival.ALL)).isEqualTo("onetwo");
    }

    @Test
    void aDeadProcessChangesNothingMore() throws IOException {
        DiskFile file = disk.create(FILE);
        disk.crashAt(1);
        assertThatThrownBy(() -> write(file, "one")).isInstanceOf(SimDisk.Crash.class);
        assertThatThrownBy(file::force).isInstanceOf(SimDisk.Crash.class);
        assertThatThrownBy(() -> disk.delete(FILE)).isInstanceOf(SimDisk.Crash.class);
        assertThat(disk.dead()).isTrue();
        assertThat(after(Survival.ALL)).isEqualTo("one");
    }
}
