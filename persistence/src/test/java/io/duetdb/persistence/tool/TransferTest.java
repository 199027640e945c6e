package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.kit.RdbFiles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TransferTest {
    private static final String[] DATA = {
        "SET a 1",
        "RPUSH l x y z",
        "SADD s 1 2 3",
        "ZADD z 1.5 m",
        "HSET h f v",
        "PEXPIRE a 100000000",
        "SELECT 3",
        "SET c 3"
    };

    private final ToolKit kit = new ToolKit();

    private Transfer.Result importFiles(String from, boolean appendOnly) throws Exception {
        Transfer.Import how = new Transfer.Import();
        how.appendOnly = appendOnly;
        return new Transfer(kit.shop()).importFiles(from, how);
    }

    // ---- import

    @Test
    void everyFormOfFilesComesInAsASnapshot() throws Exception {
        kit.folder("/old");
        kit.disk.put("/old/dump.rdb", kit.rdb(DATA));
        Transfer.Result result = importFiles("/old/dump.rdb", false);
        assertThat(result.keys()).isEqualTo(6);
        assertThat(result.path()).isEqualTo("/data/dump.rdb");
        assertThat(kit.digest("/data/dump.rdb")).isEqualTo(kit.digestOf(DATA));

        kit.disk.delete("/data/dump.rdb");
        kit.disk.put("/old/appendonly.aof", ToolKit.aof(DATA));
        importFiles("/old/appendonly.aof", false);
        assertThat(kit.digest("/data/dump.rdb")).isEqualTo(kit.digestOf(DATA));

        kit.appendOnly(kit.rdb("SET gone 1"), ToolKit.aof("SELECT 0", "DEL gone"), ToolKit.aof(DATA));
        kit.disk.delete("/data/dump.rdb");
        byte[] whole = kit.disk.bytes("/data/appendonlydir/appendonly.aof.1.base.rdb");
        assertThat(whole).isNotEmpty();
        Transfer.Import other = new Transfer.Import();
        kit.folder("/new");
        new Transfer(kit.shop("dir=/new")).importFiles("/data", other);
        assertThat(kit.digest("/new")).isEqualTo(kit.digestOf(DATA));
    }

    @Test
    void itComesInAsAnAppendOnlyFileThatAStartLoads() throws Exception {
        kit.folder("/old");
        kit.disk.put("/old/dump.rdb", kit.rdb(DATA));
        Transfer.Result result = importFiles("/old/dump.rdb", true);
        assertThat(result.path()).isEqualTo("/data/appendonlydir");
        assertThat(kit.disk.files())
                .contains(
                        "/data/appendonlydir/appendonly.aof.1.base.rdb",
                        "/data/appendonlydir/appendonly.aof.1.incr.aof",
                        "/data/appendonlydir/appendonly.aof.manifest");
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf(DATA));
        assertThat(new Check(kit.shop(), false).of("/data").state()).isEqualTo(CheckReport.State.WHOLE);
    }

    @Test
    void dataThatIsThereIsNeverOverwrittenUnasked() throws Exception {
        kit.folder("/old");
        kit.disk.put("/old/dump.rdb", kit.rdb("SET new 1"));
        kit.disk.put("/data/dump.rdb", kit.rdb(DATA));
        List<String> before = kit.content();
        assertThatThrownBy(() -> importFiles("/old/dump.rdb", false))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("/data holds data already: dump.rdb; --replace puts it aside");
        assertThat(kit.content()).isEqualTo(before);

        Transfer.Import how = new Transfer.Import();
        how.replace = true;
        Transfer.Result result = new Transfer(kit.shop()).importFiles("/old/dump.rdb", how);
        assertThat(result.remarks()).containsExactly("what was there is in /data/backups/replaced-20231114T221320Z");
        assertThat(kit.digest("/data/backups/replaced-20231114T221320Z")).isEqualTo(kit.digestOf(DATA));
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf("SET new 1"));
    }

    @Test
    void aDamagedSnapshotIsRefusedOrItsWholeKeysAreTaken() throws Exception {
        byte[] whole = kit.rdb("SET a 1", "SET b 2", "SET c 3");
        kit.folder("/old");
        kit.disk.put("/old/dump.rdb", Arrays.copyOf(whole, whole.length - 14));
        assertThatThrownBy(() -> importFiles("/old/dump.rdb", false))
                .isInstanceOf(ToolException.class)
                .hasMessageContaining("/old/dump.rdb: damaged at byte ")
                .hasMessageContaining("--keep-whole takes the 2 keys before");
        Transfer.Import how = new Transfer.Import();
        how.keepWhole = true;
        Transfer.Result result = new Transfer(kit.shop()).importFiles("/old/dump.rdb", how);
        assertThat(result.keys()).isEqualTo(2);
        assertThat(result.remarks().get(0)).contains("the 2 keys before it were kept");
    }

    @Test
    void aKeyWhoseTimeIsOverIsLeftOutButNotInTheMillisecondOfItsDeadline() throws Exception {
        kit.folder("/old");
        kit.disk.put("/old/dump.rdb", kit.rdb("SET a 1", "SET soon 1 PX 1000"));
        kit.clock.advance(1000, TimeUnit.MILLISECONDS);
        assertThat(importFiles("/old/dump.rdb", false).keys()).isEqualTo(2);
        kit.disk.delete("/data/dump.rdb");
        kit.clock.advance(1, TimeUnit.MILLISECONDS);
        Transfer.Result result = importFiles("/old/dump.rdb", false);
        assertThat(result.keys()).isEqualTo(1);
        assertThat(result.remarks()).containsExactly("1 keys were left out: their time to live was over");
    }

    @Test
    void aTornSourceIsReadAsAStartReadsItAndStaysAsItIs() throws Exception {
        byte[] commands = ToolKit.aof("SELECT 0", "SET a 1", "SET b 2");
        kit.folder("/old");
        kit.disk.put("/old/appendonly.aof", Arrays.copyOf(commands, commands.length - 2));
        List<String> before = kit.content();
        importFiles("/old/appendonly.aof", false);
        assertThat(kit.content()).containsAll(before);
        assertThat(kit.digest("/data")).isEqualTo(kit.digestOf("SET a 1"));
    }

    @Test
    void anAofThatBeginsWithASnapshotIsReadToItsEnd() throws Exception {
        byte[] head = kit.rdb("SET a 1");
        byte[] tail = ToolKit.aof("SELECT 0", "SET b 2");
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        kit.folder("/old");
        kit.disk.put("/old/appendonly.aof", both);
        kit.disk.put("/old/misnamed.rdb", both);
        assertThat(kit.digest("/old/appendonly.aof")).isEqualTo(kit.digestOf("SET a 1", "SET b 2"));
        assertThat(kit.digest("/old/misnamed.rdb")).isEqualTo(kit.digestOf("SET a 1", "SET b 2"));
        assertThat(new Check(kit.shop(), false).of("/old/appendonly.aof").text())
                .contains("snapshot, ")
                .contains(" and commands: whole");
    }

    @Test
    void aFolderWithoutDataNamesWhatItHas() {
        kit.folder("/old");
        kit.disk.put("/old/monday.rdb", kit.rdb("SET a 1"));
        assertThatThrownBy(() -> importFiles("/old", false))
                .isInstanceOf(ToolException.class)
                .hasMessage("/old holds neither dump.rdb nor an append-only file (appendonlydir, appendonly.aof);"
                        + " name one of its files: monday.rdb");
    }

    // ---- export

    @Test
    void anExportHoldsTheDataAndDoesNotWriteOverAFile() throws Exception {
        kit.appendOnly(kit.rdb("SET a 1"), ToolKit.aof("SELECT 0", "SET b 2"));
        List<String> before = kit.content();
        Transfer.Result result = new Transfer(kit.shop()).export("/data", "/out.rdb", 10, false, false);
        assertThat(result.keys()).isEqualTo(2);
        assertThat(kit.content()).containsAll(before);
        assertThat(kit.digest("/out.rdb")).isEqualTo(kit.digestOf("SET a 1", "SET b 2"));
        assertThat(head("/out.rdb")).isEqualTo("REDIS0010");
        assertThatThrownBy(() -> new Transfer(kit.shop()).export("/data", "/out.rdb", 10, false, false))
                .hasMessage("/out.rdb is there already; --replace writes over it");
        assertThat(new Transfer(kit.shop())
                        .export("/data", "/out.rdb", 10, false, true)
                        .keys())
                .isEqualTo(2);
        assertThatThrownBy(() -> new Transfer(kit.shop()).export("/data", "/o.rdb", 11, false, false))
                .hasMessageContaining("there are 10 (Redis 7.0 and later, Valkey) and 12");
    }

    @Test
    void timesToLiveOfFieldsAreOnlyDroppedWhenAsked() throws Exception {
        kit.disk.put(
                "/data/dump.rdb",
                kit.rdb("HSET h a 1 b 2 c 3", "HPEXPIRE h 5000 FIELDS 1 b", "HPEXPIRE h 500000 FIELDS 1 c", "SET k v"));
        assertThatThrownBy(() -> new Transfer(kit.shop()).export("/data", "/out.rdb", 10, false, false))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("2 fields of hashes have a time to live, which Redis before 7.4 can't keep;");
        assertThat(kit.disk.files()).doesNotContain("/out.rdb");
        new Transfer(kit.shop()).export("/data", "/twelve.rdb", 12, false, false);
        assertThat(head("/twelve.rdb")).isEqualTo("REDIS0012");
        assertThat(kit.digest("/twelve.rdb")).isEqualTo(kit.digest("/data/dump.rdb"));
        Transfer.Result result = new Transfer(kit.shop()).export("/data", "/out.rdb", 10, true, false);
        assertThat(result.remarks()).hasSize(1);
        assertThat(result.remarks().get(0)).startsWith("2 fields of hashes lost their time to live");
        assertThat(head("/out.rdb")).isEqualTo("REDIS0010");
        assertThat(kit.digest("/out.rdb")).isEqualTo(kit.digestOf("HSET h a 1 b 2 c 3", "SET k v"));
    }

    private String head(String path) {
        return new String(kit.disk.bytes(path), 0, 9, StandardCharsets.ISO_8859_1);
    }

    // ---- backups

    @Test
    void aBackupOfAFolderHasTheNameThatWasGiven() throws Exception {
        kit.appendOnly(kit.rdb("SET a 1"), ToolKit.aof("SELECT 0", "SET b 2"));
        Transfer.Result result = new Transfer(kit.shop()).backup("before-upgrade");
        assertThat(result.path()).isEqualTo("/data/backups/before-upgrade.rdb");
        assertThat(RdbFiles.check(kit.disk.bytes(result.path()))).isEqualTo(2);
        assertThat(new Transfer(kit.shop()).backup("").path()).isEqualTo("/data/backups/backup-20231114T221320Z.rdb");
        assertThatThrownBy(() -> new Transfer(kit.shop()).backup("before-upgrade"))
                .hasMessageStartingWith("there is a backup before-upgrade already");
        assertThatThrownBy(() -> new Transfer(kit.shop()).backup("../x"))
                .hasMessageContaining("can't be called '../x'");
    }
}
