package io.duetdb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Duet saved redis-server loads, and the other way round, with every value and deadline: by snapshots, by folders of
 * append-only files, by DUMP and RESTORE; Redis' own tools find nothing wrong with Duet's files. Ten random data sets;
 * with {@code -Dduet.long=true} two hundred.
 */
@Timeout(120)
class InteroperabilityTest {
    private static final int SETS = Boolean.getBoolean("duet.long") ? 200 : 10;
    private static final String[] YES_NO = {"yes", "no"};

    @TempDir
    Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SETS);
    }

    @BeforeEach
    void redisIsThere() {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to exchange with");
    }

    // ---- from Duet

    @ParameterizedTest
    @MethodSource("seeds")
    void whatDuetSavedRedisLoads(long seed) throws Exception {
        Random random = new Random(seed);
        Path home = folder.resolve("duet");
        Picture snapshot;
        Picture all;
        try (Duet duet = duet(home, random, true);
                RespClient source = new RespClient(duet.respPort())) {
            DataSet.fill(seed, 0, 2, source, System.currentTimeMillis());
            assertThat(source.run("BGREWRITEAOF")).isInstanceOf(String.class);
            rewritten(source);
            DataSet.fill(seed, 2, 4, source, System.currentTimeMillis());
            assertThat(source.run("SAVE")).isEqualTo("OK");
            snapshot = Picture.of(source);
            everythingByDump(source, seed);
            DataSet.fill(seed, 3, 4, source, System.currentTimeMillis());
            all = Picture.of(source);
        }
        accepts("redis-check-rdb", home.resolve("dump.rdb"), "RDB looks OK");
        accepts("redis-check-aof", home.resolve("appendonlydir/appendonly.aof.manifest"), "valid");
        Path byRdb = Files.createDirectories(folder.resolve("rdb"));
        Files.copy(home.resolve("dump.rdb"), byRdb.resolve("dump.rdb"));
        redisHolds(byRdb, "no", snapshot, seed);
        redisHolds(copied(home, "aof"), "yes", all, seed);
    }

    private void everythingByDump(RespClient source, long seed) throws IOException {
        Picture here = Picture.of(source);
        try (RedisServer redis = RedisServer.start();
                RespClient target = redis.connect()) {
            copyByDump(source, target);
            same(Picture.of(target), here, seed, "DUMP to Redis");
        }
    }

    private static void redisHolds(Path home, String appendonly, Picture expected, long seed) throws Exception {
        try (RedisServer redis = RedisServer.start("--dir", home.toString(), "--appendonly", appendonly);
                RespClient target = redis.connect()) {
            loaded(target);
            same(Picture.of(target), expected, seed, "Redis, appendonly " + appendonly);
        }
    }

    private static void accepts(String tool, Path file, String word) throws Exception {
        Process process = new ProcessBuilder(tool, file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output).contains(word);
    }

    // ---- from Redis

    @ParameterizedTest
    @MethodSource("seeds")
    void whatRedisSavedDuetLoads(long seed) throws Exception {
        Random random = new Random(seed);
        Path home = Files.createDirectories(folder.resolve("redis"));
        Picture snapshot;
        Picture all;
        try (RedisServer redis = RedisServer.start(redisOptions(home, random));
                RespClient source = redis.connect()) {
            DataSet.fill(seed, 0, 2, source, System.currentTimeMillis());
            source.run("BGREWRITEAOF");
            rewritten(source);
            DataSet.fill(seed, 2, 4, source, System.currentTimeMillis());
            assertThat(source.run("SAVE")).isEqualTo("OK");
            snapshot = Picture.of(source);
            try (Duet duet = duet(folder.resolve("dumps"), random, false);
                    RespClient target = new RespClient(duet.respPort())) {
                copyByDump(source, target);
                same(Picture.of(target), snapshot, seed, "DUMP to Duet");
            }
            DataSet.fill(seed, 3, 4, source, System.currentTimeMillis());
            all = Picture.of(source);
            source.send("SHUTDOWN".getBytes(StandardCharsets.US_ASCII), "NOSAVE".getBytes(StandardCharsets.US_ASCII));
            source.flush();
        }
        Path byRdb = Files.createDirectories(folder.resolve("rdb"));
        Files.copy(home.resolve("dump.rdb"), byRdb.resolve("dump.rdb"));
        duetHolds(byRdb, false, random, snapshot, seed);
        duetHolds(copied(home, "aof"), true, random, all, seed);
    }

    private static String[] redisOptions(Path home, Random random) {
        List<String> options = List.of(
                "--dir", home.toString(),
                "--appendonly", "yes",
                "--aof-use-rdb-preamble", YES_NO[random.nextInt(2)],
                "--aof-timestamp-enabled", YES_NO[random.nextInt(2)],
                "--rdbcompression", YES_NO[random.nextInt(2)],
                "--list-compress-depth", Integer.toString(random.nextInt(3)),
                "--list-max-listpack-size", Integer.toString(-1 - random.nextInt(5)),
                "--hash-max-listpack-entries", Integer.toString(128 * random.nextInt(5)),
                "--zset-max-listpack-entries", Integer.toString(128 * random.nextInt(5)),
                "--set-max-intset-entries", Integer.toString(512 * random.nextInt(3)));
        return options.toArray(String[]::new);
    }

    private static void duetHolds(Path home, boolean appendonly, Random random, Picture expected, long seed)
            throws Exception {
        try (Duet duet = duet(home, random, appendonly);
                RespClient target = new RespClient(duet.respPort())) {
            loaded(target);
            same(Picture.of(target), expected, seed, "Duet, appendonly " + appendonly);
        }
    }

    // ---- both

    private static Duet duet(Path home, Random random, boolean appendonly) throws IOException {
        Files.createDirectories(home);
        return Duet.builder()
                .respPort(0)
                .setting("enable-debug-command", "yes")
                .setting("dir", home.toString())
                .setting("appendonly", appendonly ? "yes" : "no")
                .setting("aof-timestamp-enabled", YES_NO[random.nextInt(2)])
                .setting("rdbcompression", YES_NO[random.nextInt(2)])
                .start();
    }

    private Path copied(Path home, String name) throws IOException {
        Path to = folder.resolve(name);
        try (Stream<Path> all = Files.walk(home)) {
            for (Path one : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(home.relativize(one).toString());
                if (Files.isDirectory(one)) {
                    Files.createDirectories(target);
                } else if (!one.endsWith("dump.rdb")) {
                    Files.copy(one, target);
                }
            }
        }
        return to;
    }

    /** Copies every key by its payload and its deadline. */
    private static void copyByDump(RespClient from, RespClient to) throws IOException {
        for (int db = 0; db < 16; db++) {
            from.run("SELECT " + db);
            to.run("SELECT " + db);
            for (Object key : DataSet.keys(from)) {
                byte[] name = bytes((String) key);
                from.send(bytes("DUMP"), name);
                from.send(bytes("PEXPIRETIME"), name);
                from.flush();
                Object payload = from.read();
                long at = (Long) from.read();
                to.send(
                        bytes("RESTORE"),
                        name,
                        bytes(Long.toString(Math.max(0, at))),
                        bytes((String) payload),
                        bytes("ABSTTL"));
                to.flush();
                assertThat(to.read()).as("%s in database %d", key, db).isEqualTo("OK");
            }
        }
        from.run("SELECT 0");
    }

    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void same(Picture loaded, Picture saved, long seed, String where) {
        for (Map.Entry<String, String> key : saved.keys().entrySet()) {
            assertThat(loaded.keys().get(key.getKey()))
                    .as("%s, data set %d, key %s", where, seed, key.getKey())
                    .isEqualTo(key.getValue());
        }
        assertThat(loaded.keys().keySet())
                .as("%s, data set %d", where, seed)
                .isEqualTo(saved.keys().keySet());
        assertThat(saved.keys()).hasSizeGreaterThan(10);
        assertThat(loaded.digest()).as("%s, data set %d", where, seed).isEqualTo(saved.digest());
    }

    /** Waits for the end of loading. */
    private static void loaded(RespClient server) throws IOException {
        for (Object reply = server.run("DBSIZE"); reply instanceof Failure failure; reply = server.run("DBSIZE")) {
            assertThat(failure.line()).startsWith("LOADING");
        }
    }

    /** Waits for the end of a rewrite. */
    private static void rewritten(RespClient server) throws IOException {
        String info;
        do {
            info = (String) server.run("INFO persistence");
        } while (info.contains("aof_rewrite_in_progress:1") || info.contains("aof_rewrite_scheduled:1"));
        assertThat(info).contains("aof_last_bgrewrite_status:ok");
    }
}
