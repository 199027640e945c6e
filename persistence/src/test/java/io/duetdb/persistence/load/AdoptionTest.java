package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Redis left is taken over as Redis itself would: folders of 7.0, single files from before, snapshots. */
class AdoptionTest {
    private static final String SINGLE = MemoryDisk.DIR + "/appendonly.aof";
    private static final String MOVED = LoadKit.FOLDER + "appendonly.aof";

    @TempDir
    Path folder;

    private static void fill(RespClient redis, long seed, int commands) throws IOException {
        AofCommands commandsOf = new AofCommands(new Random(seed));
        for (int i = 0; i < commands; i++) {
            redis.run(commandsOf.next());
        }
    }

    private RedisServer redis(String... options) throws IOException {
        String[] all = new String[options.length + 2];
        all[0] = "--dir";
        all[1] = folder.toString();
        System.arraycopy(options, 0, all, 2, options.length);
        return RedisServer.start(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void aFolderOfRedisIsLoaded(String preamble) throws IOException {
        assumeTrue(RedisServer.installed());
        String digest;
        try (RedisServer server = redis("--appendonly", "yes", "--aof-use-rdb-preamble", preamble);
                RespClient client = server.connect()) {
            fill(client, 1, 300);
            client.run("BGREWRITEAOF");
            while (!String.valueOf(client.run("INFO persistence")).contains("aof_rewrite_in_progress:0")) {
                Thread.onSpinWait();
            }
            fill(client, 2, 300);
            digest = String.valueOf(client.run("DEBUG DIGEST"));
        }
        LoadKit t = new LoadKit();
        t.clock.jumpTo(System.currentTimeMillis());
        t.disk.copyOf(folder);
        assertThat(t.load()).isNull();
        assertThat(t.digest()).isEqualTo(digest);
        assertThat(t.outcome().manifest().base()).isNotNull();
        assertThat(t.outcome().incrementBytes())
                .isEqualTo(t.disk.get(LoadKit.FOLDER + "appendonly.aof.2.incr.aof").length);
    }

    @Test
    void aSingleFileIsMovedWhereRedisMovesIt() throws IOException {
        assumeTrue(RedisServer.installed());
        AofBuilder file = new AofBuilder(System.currentTimeMillis()).fill(12, 3000, 0);
        LoadKit t = new LoadKit();
        t.disk.put(SINGLE, file.bytes());
        t.disk.writeTo(folder);
        assertThat(t.load()).isNull();
        assertThat(t.digest()).isEqualTo(file.digest());
        assertThat(t.disk.get(MOVED)).isEqualTo(file.bytes());
        assertThat(t.outcome().manifest().increments()).isEmpty();
        try (RedisServer server = redis("--appendonly", "yes");
                RespClient client = server.connect()) {
            while (String.valueOf(client.run("INFO persistence")).contains("loading:1")) {
                Thread.onSpinWait(); // DEBUG is answered while a file is loaded
            }
            assertThat(client.run("DEBUG DIGEST")).isEqualTo(file.digest());
        }
        MemoryDisk theirs = new MemoryDisk().copyOf(folder);
        String list = new String(theirs.get(LoadKit.MANIFEST), ISO_8859_1);
        assertThat(list).startsWith(new String(t.disk.get(LoadKit.MANIFEST), ISO_8859_1));
        assertThat(theirs.get(MOVED)).isEqualTo(file.bytes());
    }

    @Test
    void aMigrationThatWasCutInTwoGoesOn() {
        AofBuilder file = new AofBuilder().run("SET a 1");
        LoadKit t = new LoadKit();
        t.disk.put(SINGLE, file.bytes());
        t.disk.put(LoadKit.MANIFEST, "file appendonly.aof seq 1 type b\n".getBytes(ISO_8859_1));
        assertThat(t.load()).isNull();
        assertThat(t.run("GET a")).isEqualTo("1");
        assertThat(t.disk.exists(SINGLE)).isFalse();
        assertThat(t.disk.get(MOVED)).isEqualTo(file.bytes());
    }

    @Test
    void aSingleFileBesideAListOfFilesStaysWhereItIs() {
        LoadKit t = new LoadKit().increment(new AofBuilder().run("SET new 1").bytes());
        t.disk.put(SINGLE, new AofBuilder().run("SET old 1").bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("EXISTS old")).isEqualTo(0L);
        assertThat(t.disk.exists(SINGLE)).isTrue();
    }

    @Test
    void aSingleFileThatBeginsWithASnapshotIsLoadedWhole() throws IOException {
        assumeTrue(RedisServer.installed());
        try (RedisServer server = redis();
                RespClient client = server.connect()) {
            fill(client, 3, 300);
            client.run("SELECT 0");
            client.run("SAVE");
        }
        MemoryDisk disk = new MemoryDisk().copyOf(folder);
        LoadKit t = new LoadKit();
        t.clock.jumpTo(System.currentTimeMillis());
        byte[] more = new AofBuilder().run("SET more 1").run("INCR more").bytes();
        t.disk.put(SINGLE, TornTailTest.joined(disk.get(MemoryDisk.DIR + "/dump.rdb"), more));
        assertThat(t.load()).isNull();
        assertThat(t.run("GET more")).isEqualTo("2");
        assertThat((Long) t.run("DBSIZE")).isGreaterThan(5);
        t.disk.put(MOVED, TornTailTest.joined(t.disk.get(MOVED), "*2\r\n$4\r\nINCR\r\n$4\r\nmo".getBytes(ISO_8859_1)));
        assertThat(t.load()).isNull();
        assertThat(t.run("GET more")).isEqualTo("2");
        assertThat(t.aside()).hasSize(1);
    }

    /** Redis starts empty here, and the snapshot is lost with the next one that is written. */
    @Test
    void aSnapshotIsLoadedWhenTheAppendOnlyFileIsNewlyOn() throws IOException {
        assumeTrue(RedisServer.installed());
        try (RedisServer server = redis();
                RespClient client = server.connect()) {
            client.run("SET a 1");
            client.run("SET over 1 PX 1");
            client.run("SAVE");
        }
        LoadKit t = new LoadKit();
        t.clock.jumpTo(System.currentTimeMillis() + 1000);
        t.disk.copyOf(folder);
        assertThat(t.load()).isNull();
        assertThat(t.run("GET a")).isEqualTo("1");
        assertThat(t.outcome().fromSnapshot()).isTrue();
        assertThat(t.warnings()).anyMatch(line -> line.contains("dump.rdb"));
    }

    @Test
    void keysWhoseTimeIsOverComeFromABaseButNotFromASnapshot() throws IOException {
        assumeTrue(RedisServer.installed());
        try (RedisServer server = redis();
                RespClient client = server.connect()) {
            client.run("DEBUG SET-ACTIVE-EXPIRE 0");
            client.run("SET a 1");
            client.run("SET later 1 PX 50000");
            client.run("SAVE");
        }
        LoadKit t = new LoadKit("appendonly=no");
        t.clock.jumpTo(System.currentTimeMillis() + 100_000);
        t.disk.copyOf(folder);
        assertThat(t.load()).isNull();
        assertThat(t.outcome().keysLoaded()).isEqualTo(1);
        assertThat(t.outcome().keysExpired()).isEqualTo(1);

        LoadKit base = new LoadKit();
        base.clock.jumpTo(System.currentTimeMillis() + 100_000);
        base.disk.put(LoadKit.FOLDER + "b.rdb", t.disk.get(MemoryDisk.DIR + "/dump.rdb"));
        base.disk.put(
                LoadKit.MANIFEST,
                "file b.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n".getBytes(ISO_8859_1));
        base.disk.put(
                LoadKit.INCREMENT,
                new AofBuilder().raw("*2\r\n$7\r\nPERSIST\r\n$5\r\nlater\r\n").bytes());
        assertThat(base.load()).isNull();
        assertThat(base.run("GET later")).isEqualTo("1");
        assertThat(base.outcome().keysLoaded()).isEqualTo(2);
    }

    @Test
    void aMissingFileIsRefusedByName() {
        LoadKit t = new LoadKit().increment(new byte[0]);
        t.disk.delete(LoadKit.INCREMENT);
        assertThat(t.load()).startsWith("The file " + LoadKit.INCREMENT + " is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "file a seq 1 type b",
                "file a seq 1 type x\n",
                "file ../a seq 1 type b\n",
                "file a seq 1 type b\nfile b seq 2 type b\n",
                "file a seq 2 type i\nfile b seq 1 type i\n"
            })
    void aDamagedListIsRefused(String list) {
        LoadKit t = new LoadKit();
        t.disk.put(LoadKit.MANIFEST, list.getBytes(ISO_8859_1));
        t.disk.put(LoadKit.FOLDER + "a", new byte[0]);
        t.disk.put(LoadKit.FOLDER + "b", new byte[0]);
        assertThat(t.load()).startsWith("Can't read " + LoadKit.MANIFEST).contains("Nothing was loaded or changed");
    }

    @Test
    void dataWithoutAListIsRefused() {
        LoadKit t = new LoadKit();
        t.disk.put(LoadKit.INCREMENT, new AofBuilder().fill(1, 500, 0).bytes());
        assertThat(t.load()).contains(LoadKit.INCREMENT + " holds data, but the list");
    }

    @Test
    void nothingAtAllIsAnEmptyStart() {
        LoadKit t = new LoadKit();
        assertThat(t.load()).isNull();
        assertThat(t.run("DBSIZE")).isEqualTo(0L);
        assertThat(t.outcome().fromSnapshot()).isFalse();
        assertThat(t.outcome().manifest().base()).isNull();
    }

    @Test
    void unfinishedFilesAreRemoved() {
        LoadKit t = new LoadKit().increment(new AofBuilder().run("SET a 1").bytes());
        t.disk.put(LoadKit.FOLDER + "temp-appendonly.aof.manifest", new byte[1]);
        t.disk.put(LoadKit.FOLDER + "notes.txt", new byte[1]);
        t.disk.put(MemoryDisk.DIR + "/temp-rewriteaof-bg-17.aof", new byte[1]);
        assertThat(t.load()).isNull();
        assertThat(t.disk.files.keySet())
                .containsExactlyInAnyOrder(LoadKit.MANIFEST, LoadKit.INCREMENT, LoadKit.FOLDER + "notes.txt");
    }

    @Test
    void anAppendOnlyFileIsNotLoadedWhenItIsOff() {
        LoadKit t = new LoadKit("appendonly=no")
                .increment(new AofBuilder().run("SET a 1").bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("DBSIZE")).isEqualTo(0L);
        assertThat(t.warnings()).anyMatch(line -> line.contains("appendonly is no"));
    }
}
