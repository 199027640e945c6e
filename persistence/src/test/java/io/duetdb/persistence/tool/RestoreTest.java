package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RestoreTest {
    private final ToolKit kit = new ToolKit();

    private Restore restore(String... values) {
        return new Restore(kit.outside(values), Meter.NONE);
    }

    // ---- a backup

    @Test
    void aBackupBecomesTheDataAndWhatWasThereIsPutAside() throws Exception {
        kit.disk.put("/data/dump.rdb", kit.rdb("SET now 1"));
        kit.folder("/data/backups");
        kit.disk.put("/data/backups/old.rdb", kit.rdb("SET then 1"));
        assertThat(restore().backup("old"))
                .isEqualTo(
                        "Restored the backup old: 1 key; what was there is in /data/backups/replaced-20231114T221320Z");
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf("SET then 1"));
        assertThat(kit.digest("/data/backups/replaced-20231114T221320Z")).isEqualTo(kit.digestOf("SET now 1"));
        assertThat(kit.digest("/data/backups/old.rdb")).isEqualTo(kit.digestOf("SET then 1"));
    }

    @Test
    void withAnAppendOnlyFileItBecomesItsBase() throws Exception {
        kit.appendOnly(kit.rdb("SET now 1"), ToolKit.aof("SELECT 0", "SET more 1"));
        kit.folder("/data/backups");
        kit.disk.put("/data/backups/old.rdb", kit.rdb("SET then 1"));
        restore("appendonly=yes").backup("old");
        assertThat(kit.digest("/data/appendonlydir")).isEqualTo(kit.digestOf("SET then 1"));
        assertThat(kit.digest("/data/backups/replaced-20231114T221320Z"))
                .isEqualTo(kit.digestOf("SET now 1", "SET more 1"));
    }

    @Test
    void theSameLineDoesNotRestoreTwice() throws Exception {
        kit.folder("/data/backups");
        kit.disk.put("/data/backups/old.rdb", kit.rdb("SET then 1"));
        kit.disk.put("/data/backups/older.rdb", kit.rdb("SET long ago"));
        restore().backup("old");
        kit.disk.put("/data/dump.rdb", kit.rdb("SET since 1"));
        assertThat(restore().backup("old")).startsWith("Not restored again: backup old was restored at 2023-11-14");
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf("SET since 1"));
        restore().backup("older");
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf("SET long ago"));
    }

    @Test
    void aBackupThatIsNotThereOrDamagedChangesNothing() throws Exception {
        kit.folder("/data/backups");
        byte[] whole = kit.rdb("SET then 1");
        kit.disk.put("/data/backups/old.rdb", whole);
        kit.disk.put("/data/backups/torn.rdb", Arrays.copyOf(whole, whole.length - 1));
        kit.disk.put("/data/dump.rdb", kit.rdb("SET now 1"));
        List<String> before = kit.content();
        assertThatThrownBy(() -> restore().backup("olt"))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("there is no backup 'olt' in /data/backups; there are: ")
                .hasMessageContaining("old");
        assertThatThrownBy(() -> restore().backup("torn"))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("the backup /data/backups/torn.rdb is damaged at byte ");
        assertThatThrownBy(() -> restore().backup("../dump")).hasMessageStartingWith("there is no backup");
        assertThat(kit.content()).isEqualTo(before);
    }

    // ---- a moment

    private void timeline() {
        long baseS = kit.clock.nowMs() / 1000;
        kit.appendOnly(
                kit.rdb("SET base 1"),
                ToolKit.summed(
                        ToolKit.aof("SELECT 0", "#TS:" + (baseS + 10), "SET a 1", "#TS:" + (baseS + 20), "SET b 1")),
                ToolKit.aof("SELECT 0", "#TS:" + (baseS + 30), "SET c 1", "MULTI", "SET d 1", "EXEC"));
    }

    @Test
    void theFileEndsWhereTheNextTimeIsLater() throws Exception {
        long baseS = kit.clock.nowMs() / 1000;
        String[][] states = {
            {"SET base 1"}, {"SET base 1", "SET a 1"}, {"SET base 1", "SET a 1", "SET b 1"},
        };
        for (int i = 0; i < states.length; i++) {
            ToolKit one = new ToolKit();
            RestoreTest test = new RestoreTest();
            test.kit.clock.advance(0, TimeUnit.SECONDS);
            test.timeline();
            long untilS = baseS + 10 * i + 5;
            String before = test.kit.digest("/data");
            String said = test.restore("appendonly=yes").toTime(untilS);
            assertThat(said).startsWith("Went back to ").contains("what was cut off is in /data/backups/replaced-");
            assertThat(test.kit.digest("/data")).as(said).isEqualTo(one.digestOf(states[i]));
            assertThat(test.kit.digest("/data")).isNotEqualTo(before);
        }
    }

    @Test
    void whatWasCutOffIsKept() throws Exception {
        timeline();
        byte[] first = kit.disk.bytes("/data/appendonlydir/appendonly.aof.1.incr.aof");
        byte[] second = kit.disk.bytes("/data/appendonlydir/appendonly.aof.2.incr.aof");
        restore("appendonly=yes").toTime(kit.clock.nowMs() / 1000 + 15);
        byte[] kept = kit.disk.bytes("/data/appendonlydir/appendonly.aof.1.incr.aof");
        String aside = "/data/backups/replaced-20231114T221320Z/";
        byte[] cut = kit.disk.bytes(aside + "appendonly.aof.1.incr.aof.from-" + kept.length);
        assertThat(kept.length + cut.length).isEqualTo(first.length);
        assertThat(cut).isEqualTo(Arrays.copyOfRange(first, kept.length, first.length));
        assertThat(kit.disk.bytes(aside + "appendonly.aof.2.incr.aof")).isEqualTo(second);
        assertThat(kit.disk.files()).contains(aside + "appendonly.aof.manifest");
        assertThat(kit.disk.files()).doesNotContain("/data/appendonlydir/appendonly.aof.2.incr.aof");
    }

    @Test
    void nothingLaterMeansNothingToCutNowNorAtTheNextStart() throws Exception {
        timeline();
        long untilS = kit.clock.nowMs() / 1000 + 30;
        List<String> before = kit.content();
        assertThat(restore("appendonly=yes").toTime(untilS)).startsWith("Nothing in ");
        assertThat(kit.content()).containsAll(before);
        kit.disk.put(
                "/data/appendonlydir/appendonly.aof.2.incr.aof",
                ToolKit.aof("SELECT 0", "#TS:" + (untilS + 10), "SET since 1"));
        List<String> since = kit.content();
        assertThat(restore("appendonly=yes").toTime(untilS)).startsWith("Not restored again: ");
        assertThat(kit.content()).isEqualTo(since);
    }

    @Test
    void whatCannotBeReachedIsRefusedWithTheReason() {
        timeline();
        List<String> before = kit.content();
        long nowS = kit.clock.nowMs() / 1000;
        assertThatThrownBy(() -> restore().toTime(nowS)).hasMessageContaining("needs the append-only file");
        assertThatThrownBy(() -> restore("appendonly=yes").toTime(nowS - 100))
                .hasMessageStartingWith("the append-only file goes back to 2023-11-14 22:13:20 UTC only");
        kit.appendOnly(kit.rdb("SET a 1"), ToolKit.aof("SELECT 0", "SET b 1"));
        assertThatThrownBy(() -> restore("appendonly=yes").toTime(nowS + 15))
                .hasMessageContaining("there are no times in the append-only file")
                .hasMessageContaining("--aof-timestamp-enabled yes");
        assertThat(before).isNotEmpty();
    }

    @Test
    void whatHasNoTimeIsNotTakenForEarlier() throws Exception {
        long nowS = kit.clock.nowMs() / 1000;
        byte[] timed = ToolKit.aof("SELECT 0", "#TS:" + (nowS + 100), "SET c 1", "#TS:" + (nowS + 110), "SET d 1");
        kit.appendOnly(kit.rdb("SET a 1"), ToolKit.aof("SELECT 0", "SET b 1"), timed);
        List<String> before = kit.content();
        assertThatThrownBy(() -> restore("appendonly=yes").toTime(nowS + 50))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("the first time in the append-only file is 2023-11-14 22:15:00 UTC, at byte 23")
                .hasMessageEndingWith("It can go back to 2023-11-14 22:15:00 UTC at the earliest");
        assertThat(kit.content()).isEqualTo(before);
        restore("appendonly=yes").toTime(nowS + 100);
        assertThat(kit.digest("/data/appendonlydir")).isEqualTo(kit.digestOf("SET a 1", "SET b 1", "SET c 1"));
    }

    @Test
    void timesAreReadAsPeopleWriteThem() throws Exception {
        assertThat(Restore.time("1700000000")).isEqualTo(1700000000);
        assertThat(Restore.time("2023-11-14T22:13:20Z")).isEqualTo(1700000000);
        assertThat(Restore.time("2023-11-14 22:13:20")).isEqualTo(1700000000);
        assertThat(Restore.time("2023-11-14T23:13:20+01:00")).isEqualTo(1700000000);
        assertThat(Restore.time("2023-11-14")).isEqualTo(1699920000);
        assertThatThrownBy(() -> Restore.time("yesterday")).hasMessageStartingWith("'yesterday' is no time; write ");
        assertThatThrownBy(() -> Restore.time("")).isInstanceOf(ToolException.class);
    }
}
