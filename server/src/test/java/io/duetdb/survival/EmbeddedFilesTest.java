package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.Duet;
import io.duetdb.DuetException;
import io.duetdb.engine.kit.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An instance inside a program keeps its data where it is told to, and touches no file where it is not. */
@Timeout(60)
final class EmbeddedFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"always, -1", "always, 0", "everysec, -1", "everysec, 0", "no, -1"})
    void whatWasWrittenIsThereAtTheNextStart(String policy, int port) throws Exception {
        try (Duet duet = appendOnly(policy, port)) {
            duet.execute("SET", "k", "v");
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Threads.run(() -> {
                    for (int n = 0; n < 50; n++) {
                        duet.execute("INCR", "n");
                    }
                }));
            }
            for (Future<?> caller : callers) {
                caller.get(30, TimeUnit.SECONDS);
            }
        }
        try (Duet duet = appendOnly(policy, port)) {
            assertThat(duet.execute("GET", "k")).isEqualTo("v");
            assertThat(duet.execute("GET", "n")).isEqualTo("200");
        }
    }

    private Duet appendOnly(String policy, int port) {
        return Duet.builder()
                .respPort(port)
                .dir(folder)
                .setting("appendonly", "yes")
                .setting("appendfsync", policy)
                .start();
    }

    @Test
    void aSnapshotIsWrittenAtTheEndWhereItsSettingSaysSo() {
        try (Duet duet = Duet.builder().dir(folder).setting("save", "3600 1").start()) {
            duet.execute("SET", "k", "v");
        }
        assertThat(folder.resolve("dump.rdb")).exists();
        try (Duet duet = Duet.builder().dir(folder).start()) {
            assertThat(duet.execute("GET", "k")).isEqualTo("v");
            duet.execute("SET", "k", "not kept");
        }
        try (Duet duet = Duet.builder().dir(folder).respPort(0).start()) {
            assertThat(duet.execute("GET", "k")).isEqualTo("v");
        }
    }

    @Test
    void aSnapshotIsWrittenThoughNobodyCalls() throws Exception {
        try (Duet duet = Duet.builder().dir(folder).setting("save", "1 1").start()) {
            duet.execute("SET", "k", "v");
            while (!Files.exists(folder.resolve("dump.rdb"))) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    @Test
    void withoutAFolderFilesAreRefused() {
        assertThatThrownBy(() -> Duet.builder().setting("appendonly", "yes").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("appendonly yes: this instance has no folder to keep data in; name one before its start,"
                        + " as the setting dir");
        try (Duet duet = Duet.start()) {
            assertThatThrownBy(() -> duet.execute("CONFIG", "SET", "save", "60 1"))
                    .isInstanceOf(DuetException.class)
                    .hasMessageContaining("this instance has no folder to keep data in");
            assertThatThrownBy(() -> duet.execute("SAVE"))
                    .isInstanceOf(DuetException.class)
                    .hasMessage("ERR this instance keeps its data in memory only");
            assertThat(duet.execute("CONFIG", "GET", "save")).hasToString("{save=}");
        }
    }

    @Test
    void whatCannotBeLoadedIsSaidAtTheStart() throws IOException {
        Files.writeString(folder.resolve("dump.rdb"), "REDIS9999");
        assertThatThrownBy(() -> Duet.builder().dir(folder).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dump.rdb");
        assertThat(folder.resolve("dump.rdb")).hasContent("REDIS9999");
        assertThatThrownBy(() -> Duet.builder().dir(folder.resolve("none")).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("there is no such folder; make it first");
    }
}
