package io.duetdb.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.kit.SimDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupFolderTest {
    @Test
    void theListIsOldestFirstAndKnowsWhoMadeWhat() throws IOException {
        SimDisk disk = new SimDisk();
        BackupFolder folder = new BackupFolder(disk, "/data");
        assertThat(folder.list()).isEmpty();
        assertThat(folder.latestAutomaticMs()).isEqualTo(-1);
        folder.make();
        byte[] file = RdbFiles.of(new EngineFixture().engine());
        disk.put("/data/backups/auto-20261121T030000Z.rdb", file);
        disk.put("/data/backups/auto-20251121T030000Z.rdb", file);
        disk.put("/data/backups/mine.rdb", file);
        disk.put("/data/backups/temp-other.rdb", file);
        disk.makeFolder("/data/backups/replaced-20261121T030000Z");
        assertThat(folder.list())
                .extracting(BackupFolder.Backup::name)
                .containsExactly("mine", "auto-20251121T030000Z", "auto-20261121T030000Z");
        assertThat(folder.list()).extracting(BackupFolder.Backup::automatic).containsExactly(false, true, true);
        assertThat(folder.replaced()).containsExactly("replaced-20261121T030000Z");
        assertThat(Stamps.text(folder.latestAutomaticMs())).isEqualTo("2026-11-21 03:00:00 UTC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", ".x", "-x", "auto-x", "temp-x", "replaced-x", "a b", "ä"})
    void namesThatCouldBeMistakenAreRefused(String name) {
        assertThat(BackupFolder.refusal(name)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "before-upgrade", "2026.11.21", "A_b"})
    void plainNamesAreTaken(String name) {
        assertThat(BackupFolder.refusal(name)).isNull();
    }
}
