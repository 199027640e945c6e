package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.persistence.tool.CheckReport.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckTest {
    private static final String[] DATA = {
        "SET a 1",
        "SET b 2 PX 100000",
        "RPUSH l x y z",
        "SADD s 1 2 3",
        "ZADD z 1.5 m",
        "HSET h f v",
        "SELECT 3",
        "SET c 3"
    };

    private final ToolKit kit = new ToolKit();

    private CheckReport check(String path) throws IOException {
        List<String> before = kit.content();
        CheckReport report = new Check(kit.shop(), false).of(path);
        assertThat(kit.content()).as("a check changes nothing").isEqualTo(before);
        return report;
    }

    // ---- snapshots

    @Test
    void aWholeSnapshotIsCounted() throws IOException {
        kit.disk.put("/data/dump.rdb", kit.rdb(DATA));
        CheckReport report = check("/data/dump.rdb");
        assertThat(report.state()).isEqualTo(State.WHOLE);
        assertThat(report.choices()).isEmpty();
        assertThat(report.text())
                .startsWith("/data/dump.rdb: snapshot, ")
                .contains("version 10, 7 keys in 2 databases, 1 with a time to live")
                .endsWith("It is whole.\n");
    }

    @Test
    void everyCutSnapshotIsDamagedAndTheKeysBeforeAreCounted() throws IOException {
        byte[] whole = kit.rdb(DATA);
        for (int length = 5; length < whole.length; length++) {
            kit.disk.put("/data/dump.rdb", Arrays.copyOf(whole, length));
            CheckReport report = check("/data/dump.rdb");
            assertThat(report.state()).as("cut at " + length).isEqualTo(State.DAMAGED);
            CheckReport.Damage damage = report.parts().get(0).damage();
            assertThat(damage).isNotNull();
            assertThat(damage.offset()).isBetween(0L, (long) length);
            assertThat(report.choices()).extracting(CheckReport.Choice::name).contains("abort");
        }
    }

    @Test
    void everyFlippedBitOfASnapshotIsFound() throws IOException {
        byte[] whole = kit.rdb("SET a 1", "RPUSH l x y z");
        for (int bit = 5 * 8; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            kit.disk.put("/data/dump.rdb", flipped);
            assertThat(check("/data/dump.rdb").state()).as("bit " + bit).isEqualTo(State.DAMAGED);
        }
    }

    @Test
    void bytesBehindTheEndAreRemarkedOn() throws IOException {
        byte[] whole = kit.rdb(DATA);
        kit.disk.put("/data/dump.rdb", Arrays.copyOf(whole, whole.length + 10));
        CheckReport report = check("/data/dump.rdb");
        assertThat(report.state()).isEqualTo(State.WHOLE);
        assertThat(report.text()).contains("10 bytes behind its end are not read by anybody");
    }

    // ---- commands

    @Test
    void aWholeFileOfRedisIsCounted() throws IOException {
        kit.disk.put("/data/appendonly.aof", ToolKit.aof("SELECT 0", "SET a 1", "SET b 2"));
        assertThat(check("/data/appendonly.aof").text())
                .contains("3 commands, no checksums")
                .endsWith("It is whole.\n");
    }

    @Test
    void aTornEndIsToldFromDamage() throws IOException {
        byte[] whole = ToolKit.aof("SELECT 0", "SET a 1", "SET b 2");
        int border = ToolKit.aof("SELECT 0", "SET a 1").length;
        for (int length = border + 1; length < whole.length; length++) {
            kit.disk.put("/data/appendonly.aof", Arrays.copyOf(whole, length));
            CheckReport report = check("/data/appendonly.aof");
            assertThat(report.state()).as("cut at " + length).isEqualTo(State.TORN);
            CheckReport.Damage damage = report.parts().get(0).damage();
            assertThat(damage).isNotNull();
            assertThat(damage.offset()).isEqualTo(border);
            assertThat(report.choices().get(0).keeps()).startsWith("1 key by 2 commands, " + border + " bytes of ");
        }
    }

    @Test
    void damageUnderAChecksumGivesThreeChoicesWithTheirFigures() throws IOException {
        byte[] first = ToolKit.aof("SELECT 0", "SET a 1");
        byte[] file = ToolKit.summed(first, ToolKit.aof("SET b 2", "SET c 3"), ToolKit.aof("SET d 4"));
        byte[] damaged = file.clone();
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("\r\n3\r\n");
        damaged[at + 2] = '8';
        kit.disk.put("/data/appendonly.aof", damaged);
        CheckReport report = check("/data/appendonly.aof");
        assertThat(report.state()).isEqualTo(State.DAMAGED);
        assertThat(report.choices())
                .extracting(CheckReport.Choice::name)
                .containsExactly("keep the verified prefix", "load anyway", "abort");
        assertThat(report.choices().get(0).keeps()).startsWith("1 key by 2 commands, ");
        assertThat(report.choices().get(1).keeps()).startsWith("4 keys by 5 commands, ");
        CheckReport.Damage damage = report.parts().get(0).damage();
        assertThat(damage).isNotNull();
        assertThat(damage.cause()).startsWith("the checksum there is not that of the bytes between it and offset ");
        assertThat(report.text()).contains("there stands \"#DC1:").endsWith("There is damage; nothing was changed.\n");
    }

    @Test
    void everyFlippedBitUnderAChecksumIsFound() throws IOException {
        byte[] file = ToolKit.summed(ToolKit.aof("SET a 1"), ToolKit.aof("SET b 2"));
        int step = Boolean.getBoolean("duet.long") ? 1 : 3;
        int lastLine = new String(file, StandardCharsets.ISO_8859_1).lastIndexOf('#');
        for (int bit = 0; bit < lastLine * 8; bit += step) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            kit.disk.put("/data/appendonly.aof", flipped);
            assertThat(new Check(kit.shop(), false).of("/data/appendonly.aof").state())
                    .as("bit " + bit)
                    .isNotEqualTo(State.WHOLE);
        }
    }

    @Test
    void aLineOfWhichNothingIsKnownIsRemarkedOn() throws IOException {
        kit.disk.put("/data/appendonly.aof", ToolKit.aof("SELECT 0", "#EC1:12:34", "SET a 1"));
        CheckReport report = check("/data/appendonly.aof");
        assertThat(report.state()).isEqualTo(State.WHOLE);
        assertThat(report.text()).contains("a line of which Duet knows nothing at byte 23: #EC1:12:34");
    }

    @Test
    void aFileOfCommandsThatCannotBeRunIsFoundByLoadingIt() throws IOException {
        kit.disk.put("/data/appendonly.aof", ToolKit.aof("SELECT 0", "JSON.SET a $ 1"));
        assertThat(check("/data/appendonly.aof").state()).isEqualTo(State.WHOLE);
        CheckReport loaded = new Check(kit.shop(), true).of("/data/appendonly.aof");
        assertThat(loaded.state()).isEqualTo(State.DAMAGED);
        assertThat(loaded.text()).contains("JSON.SET");
    }

    // ---- many parts

    @Test
    void aFolderIsWholeWhenItsPartsAre() throws IOException {
        kit.appendOnly(kit.rdb(DATA), ToolKit.summed(ToolKit.aof("SELECT 0", "SET d 4")), new byte[0]);
        kit.disk.put("/data/appendonlydir/stray.aof", new byte[] {1});
        CheckReport report = check("/data/appendonlydir");
        assertThat(report.state()).isEqualTo(State.WHOLE);
        assertThat(report.text())
                .contains("appendonly.aof.manifest: list of files, 3 files: whole")
                .contains("base, snapshot, ")
                .contains("increment 1, commands, ")
                .contains("increment 2, empty: whole")
                .contains("stray.aof is in no list: nobody reads it")
                .endsWith("All 4 files are whole.\n");
        assertThat(check("/data/appendonlydir/appendonly.aof.manifest").state()).isEqualTo(State.WHOLE);
        assertThat(check("/data/").state()).isEqualTo(State.WHOLE);
    }

    @Test
    void aDataFolderIsCheckedWithItsBackups() throws IOException {
        byte[] whole = kit.rdb(DATA);
        kit.disk.put("/data/dump.rdb", whole);
        kit.folder("/data/backups");
        kit.disk.put("/data/backups/first.rdb", whole);
        assertThat(check("/data").text())
                .contains("/data/backups/first.rdb: snapshot, ")
                .endsWith("All 2 files are whole.\n");
        kit.disk.put("/data/backups/first.rdb", Arrays.copyOf(whole, whole.length - 1));
        assertThat(check("/data").state()).isEqualTo(State.DAMAGED);
    }

    @Test
    void aTornPartThatIsNotTheLastIsDamage() throws IOException {
        byte[] torn = ToolKit.aof("SELECT 0", "SET d 4");
        kit.appendOnly(kit.rdb(DATA), Arrays.copyOf(torn, torn.length - 3), ToolKit.aof("SELECT 0", "SET e 5"));
        CheckReport report = check("/data/appendonlydir");
        assertThat(report.state()).isEqualTo(State.DAMAGED);
        assertThat(report.choices()).hasSize(3);
        assertThat(report.choices().get(0).keeps()).startsWith("7 keys by 1 command");
    }

    @Test
    void aMissingPartAndABrokenListAreDamage() throws IOException {
        kit.appendOnly(kit.rdb(DATA), ToolKit.aof("SELECT 0"));
        kit.disk.delete("/data/appendonlydir/appendonly.aof.1.incr.aof");
        assertThat(check("/data/appendonlydir").text())
                .contains("increment 1, missing: DAMAGED")
                .contains("the file is missing, but the list names it");
        kit.disk.put("/data/appendonlydir/appendonly.aof.manifest", "nonsense\n".getBytes(StandardCharsets.UTF_8));
        CheckReport report = check("/data/appendonlydir");
        assertThat(report.state()).isEqualTo(State.DAMAGED);
        assertThat(report.text()).contains("line 1 of the manifest").contains("there stands \"nonsense\\n\"");
    }

    @Test
    void whatIsNotThereCannotBeRead() throws IOException {
        kit.folder("/data/empty");
        assertThatThrownBy(() -> new Check(kit.shop(), false).of("/data/nothing"))
                .isInstanceOf(IOException.class)
                .hasMessage("/data/nothing: there is no such file or folder");
        assertThatThrownBy(() -> new Check(kit.shop(), false).of("/data/empty"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no snapshot and no append-only file in it");
    }
}
