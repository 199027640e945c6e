package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading goes in slices and says how far it has come; what it refuses it refuses in words that help. */
class LoadingTest {
    private static List<String> info(Loading loading) {
        List<String> lines = new ArrayList<>();
        Loading.info(loading, (name, value) -> lines.add(name + ":" + value));
        Loading.infoEnd(loading, (name, value) -> lines.add(name + ":" + value));
        return lines;
    }

    @Test
    void itGoesInSlicesAndSaysHowFarItHasCome() throws LoadException {
        AofBuilder file = new AofBuilder().fill(1, 3000, 0);
        byte[] value = new byte[100_000];
        file.raw("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$100000\r\n").raw(value).raw("\r\n");
        for (int i = 0; i < 20; i++) {
            file.raw("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$100000\r\n").raw(value).raw("\r\n");
        }
        LoadKit t = new LoadKit().increment(file.bytes());
        Loading loading = Loading.begin(t.outside, t.engine);
        assertThat(info(loading)).contains("loading:1", "async_loading:0", "loading_eta_seconds:1");
        long before = -1;
        int slices = 0;
        while (!loading.step(0)) {
            slices++;
            assertThat(loading.loadedBytes()).isGreaterThan(before - 1);
            before = loading.loadedBytes();
            t.clock.advance(1, TimeUnit.SECONDS);
        }
        assertThat(slices).isGreaterThan(5);
        assertThat(loading.loadedBytes()).isEqualTo(file.bytes().length).isEqualTo(loading.totalBytes());
        assertThat(info(loading))
                .contains(
                        "loading_start_time:1700000000",
                        "loading_total_bytes:" + file.bytes().length,
                        "loading_loaded_bytes:" + file.bytes().length,
                        "loading_loaded_perc:100.00",
                        "loading_eta_seconds:0");
        assertThat(info(null)).containsExactly("loading:0", "async_loading:0");
        assertThat(t.log).anyMatch(line -> line.matches("notice: Loading: \\d+ % \\(.* KB of 2.0 MB\\), .* s left"));
        assertThat(t.log).anyMatch(line -> line.startsWith("notice: Loaded 2.0 MB, "));
    }

    @Test
    void effectsGoOnFromWhereTheFileEnds() {
        AofBuilder file =
                new AofBuilder().run("SET a 1").annotate().run("SET b 1").run("SET c 1");
        LoadKit t = new LoadKit().increment(file.bytes());
        assertThat(t.load()).isNull();
        assertThat(t.outcome().effects()).isEqualTo(3);
        assertThat(t.outcome().aofBytes()).isEqualTo(file.bytes().length);
        assertThat(t.warnings()).isEmpty();
    }

    @Test
    void timesAndRemarksBetweenCommandsAreSkipped() {
        AofBuilder file = new AofBuilder()
                .raw("#TS:100\r\n")
                .run("SET a 1")
                .raw("#TS:200\r\n")
                .run("SET b 1")
                .annotate()
                .raw("# of something else\r\n")
                .run("SET c 1");
        LoadKit t = new LoadKit().increment(file.bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("EXISTS a b c")).isEqualTo(3L);
        assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(file.bytes());
        assertThat(t.warnings()).hasSize(1).allMatch(line -> line.contains("# of something else"));
    }

    @Test
    void aDatabaseThatThereIsNotIsRefusedByTheSettingsName() {
        LoadKit t = new LoadKit().increment("*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n".getBytes(ISO_8859_1));
        assertThat(t.load())
                .isEqualTo(
                        "Can't load " + LoadKit.INCREMENT + " at offset 0: it holds data of database 99, and there are"
                                + " 16. Nothing was changed. Raise the setting databases and start again.");
    }

    @Test
    void oneWithinATransactionOrMetByAnotherCommandIsRefusedLikewise() {
        for (String second : List.of("SELECT 99", "MOVE a 99", "SWAPDB 0 99")) {
            byte[] alone = new AofBuilder()
                    .run("SET a 1")
                    .raw(AofBuilder.encoded(Argv.of(second.split(" "))))
                    .bytes();
            byte[] together = new AofBuilder()
                    .run("SET a 1")
                    .raw(AofBuilder.encoded(Argv.of("MULTI")))
                    .raw(AofBuilder.encoded(Argv.of(second.split(" "))))
                    .raw(AofBuilder.encoded(Argv.of("SET", "b", "2")))
                    .raw(AofBuilder.encoded(Argv.of("EXEC")))
                    .bytes();
            for (byte[] bytes : List.of(alone, together)) {
                LoadKit t = new LoadKit().increment(bytes);
                assertThat(t.load())
                        .startsWith("Can't load " + LoadKit.INCREMENT + " at offset ")
                        .contains(
                                bytes == alone && second.startsWith("SELECT")
                                        ? "it holds data of database 99, and there are 16."
                                        : "it holds data of a database beyond these, and there are 16.")
                        .endsWith("Raise the setting databases and start again.");
            }
        }
    }

    @Test
    void anUnknownCommandIsRefusedByNameAndPlace() {
        byte[] bytes = new AofBuilder()
                .run("SET a 1")
                .raw("*2\r\n$8\r\nJSON.SET\r\n$1\r\na\r\n")
                .bytes();
        LoadKit t = new LoadKit().increment(bytes);
        assertThat(t.load())
                .startsWith("Can't load " + LoadKit.INCREMENT + ": the command 'JSON.SET' at offset 27 can't be run:")
                .contains("duet import");
        t.settings.set("aof-load-damaged", "all");
        assertThat(t.load()).isNull();
        assertThat(t.run("GET a")).isEqualTo("1");
    }

    /** As redis-server 7.0.15 on the same bytes, which says nothing. */
    @Test
    void whatRedisOverlooksIsOverlookedInItsFilesAndReported() {
        LoadKit t = new LoadKit()
                .increment(("*3abc\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1XY*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
                                + "*2\r\n$4\r\nLPOP\r\n$1\r\na\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
                        .getBytes(ISO_8859_1));
        assertThat(t.load()).isNull();
        assertThat(t.run("MGET a b")).asList().containsExactly("1", "2");
        assertThat(t.warnings())
                .anyMatch(line -> line.contains("2 places are not as Redis writes them"))
                .anyMatch(line -> line.contains("'LPOP'") && line.contains("WRONGTYPE"))
                .anyMatch(line -> line.contains("2 commands changed nothing"));
    }

    @Test
    void garbageInAFileOfRedisIsRefused() {
        LoadKit t = new LoadKit();
        for (String garbage : List.of("foo\r\n", "*x\r\n", "*1\r\n3\r\n", "*0\r\n", "*1\r\n$x\r\n")) {
            byte[] bytes =
                    new AofBuilder().run("SET a 1").raw(garbage).run("SET b 1").bytes();
            assertThat(t.increment(bytes).load())
                    .startsWith("The append only file " + LoadKit.INCREMENT + " is damaged at offset ");
            assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(bytes);
        }
    }

    @Test
    void aHugeLengthIsNotWaitedForInMemory() {
        LoadKit t = new LoadKit().increment("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$500000000\r\nabc".getBytes(ISO_8859_1));
        assertThat(t.load()).isNull();
        t.forgetAside();
        t.increment("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$999999999999\r\nabc".getBytes(ISO_8859_1));
        assertThat(t.load()).contains("proto-max-bulk-len");
        t.increment("*2000000000\r\n$3\r\nSET\r\n".getBytes(ISO_8859_1));
        assertThat(t.load()).isNull();
    }

    @Test
    void commandsLargerThanTheBufferAreLoaded() {
        byte[] value = new byte[3_000_000];
        Arrays.fill(value, (byte) '*');
        AofBuilder file = new AofBuilder();
        for (int i = 0; i < 3; i++) {
            file.raw("*3\r\n$6\r\nAPPEND\r\n$1\r\na\r\n$3000000\r\n").raw(value).raw("\r\n");
            file.run("SET b" + i + " 1");
        }
        LoadKit t = new LoadKit().increment(file.annotate().bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("STRLEN a")).isEqualTo(9_000_000L);
        assertThat(t.run("DBSIZE")).isEqualTo(4L);
        assertThat(t.outcome().incrementCrc()).isEqualTo(crc(file.bytes()));
    }

    /** Who goes to Redis and back with the same folder has its commands behind our checksums. */
    @Test
    void zerosThatRedisAppendedAreData() {
        AofBuilder file = new AofBuilder().run("SET a 1").annotate();
        file.raw("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$5\r\nzeros\r\n$4096\r\n");
        file.raw(new byte[4096]).raw("\r\n").run("SET b 1");
        LoadKit t = new LoadKit().increment(file.bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("STRLEN zeros")).isEqualTo(4096L);
        assertThat(t.run("MGET a b")).asList().containsExactly("1", "1");
        assertThat(t.aside()).isEmpty();
        assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(file.bytes());
    }

    /** As Redis, whose limit is about what clients send. */
    @Test
    void whatWasWrittenUnderAHigherLimitOfClientsIsLoaded() {
        AofBuilder file = new AofBuilder().run("SET a " + "x".repeat(2 << 20)).annotate();
        LoadKit t = new LoadKit("proto-max-bulk-len=1mb")
                .increment(file.run("SET b 1").bytes());
        assertThat(t.load()).isNull();
        assertThat(t.run("STRLEN a")).isEqualTo(2L << 20);
        assertThat(t.run("GET b")).isEqualTo("1");
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    // ---- at run time

    @Test
    void theAppendOnlyFileIsLoadedAgainAtRunTime() {
        AofBuilder file = new AofBuilder().run("SET a 1").annotate();
        LoadKit t = new LoadKit().increment(file.bytes());
        assertThat(t.load()).isNull();
        t.run("SET b 1");
        Loading.reloadAof(t.outside, t.engine);
        assertThat(t.run("EXISTS a")).isEqualTo(1L);
        assertThat(t.run("DBSIZE")).isEqualTo(1L);
    }

    @Test
    void whatCantBeLoadedAtRunTimeLeavesTheDataAsItIs() {
        AofBuilder file = new AofBuilder().run("SET a 1").annotate();
        LoadKit t = new LoadKit().increment(file.bytes());
        assertThat(t.load()).isNull();
        t.run("SET b 1");
        String digest = t.digest();
        byte[] bytes = file.bytes();
        bytes[23] ^= 1; // its value
        t.increment(bytes);
        assertThatThrownBy(() -> Loading.reloadAof(t.outside, t.engine))
                .isInstanceOf(CommandError.class)
                .hasMessage("ERR Error trying to load the AOF files, check server logs.");
        assertThat(t.digest()).isEqualTo(digest);
        assertThat(t.run("SET c 1")).isEqualTo("OK");
        t.disk.put(MemoryDisk.DIR + "/dump.rdb", "REDIS0010 nothing".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> Loading.reload(t.outside, t.engine, true, false))
                .hasMessage("ERR Error trying to load the RDB dump, check server logs.");
        assertThat(t.run("EXISTS a b c")).isEqualTo(3L);
        assertThat(t.warnings()).anyMatch(line -> line.contains("dump.rdb at offset"));
    }

    @Test
    void aDiskThatFailsIsNamed() {
        LoadKit t = new LoadKit().increment(new AofBuilder().run("SET a 1").bytes());
        LoadKit failing = new LoadKit();
        Disk disk = (Disk) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("read")
                            && String.valueOf(arguments[0]).endsWith(".incr.aof")) {
                        throw new IOException("Input/output error");
                    }
                    return method.invoke(t.disk, arguments);
                });
        Outside outside = new Outside(
                failing.settings,
                failing.clock,
                disk,
                failing.outside.workers(),
                failing.outside.mailbox(),
                failing.outside.log());
        assertThatThrownBy(() -> Loading.begin(outside, failing.engine))
                .isInstanceOf(LoadException.class)
                .hasMessageStartingWith("Can't read " + LoadKit.INCREMENT + ": Input/output error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void aFolderThatMayNotBeLookedIntoIsNotAnEmptyOne(String appendOnly) {
        LoadKit t = new LoadKit("appendonly=" + appendOnly);
        Disk disk = (Disk) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("exists")) {
                        return false; // as the system answers who may not know
                    }
                    throw new IOException(arguments[0] + ": Permission denied");
                });
        Outside outside =
                new Outside(t.settings, t.clock, disk, t.outside.workers(), t.outside.mailbox(), t.outside.log());
        assertThatThrownBy(() -> Loading.begin(outside, t.engine))
                .isInstanceOf(LoadException.class)
                .hasMessageStartingWith("Can't read /data: /data: Permission denied");
    }

    @Test
    void aRightFileLeavesNoTraceOnTheDisk() throws IOException {
        byte[] bytes = new AofBuilder().fill(2, 4000, 500).bytes();
        LoadKit t = new LoadKit().increment(bytes);
        assertThat(t.load()).isNull();
        assertThat(t.warnings()).isEmpty();
        assertThat(t.disk.files).hasSize(2);
        try (DiskFile file = t.disk.read(LoadKit.INCREMENT)) {
            assertThat(file.size()).isEqualTo(bytes.length);
        }
    }
}
