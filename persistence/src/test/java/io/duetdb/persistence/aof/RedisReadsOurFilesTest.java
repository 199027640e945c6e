package io.duetdb.persistence.aof;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.persistence.kit.PersistenceFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** redis-check-aof accepts our files, and redis-server loads them as the data they hold. */
class RedisReadsOurFilesTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsRedis() {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
    }

    private static void traffic(PersistenceFixture t, int from) {
        for (int i = from; i < from + 40; i++) {
            t.run("SELECT " + i % 3);
            t.run("SET s" + i + " " + "v".repeat(i * 10));
            t.run("RPUSH l" + i % 7 + " a b " + i);
            t.run("HSET h" + i % 5 + " f" + i + " " + i);
            t.run("ZADD z" + i % 4 + " " + i * 1.5 + " m" + i);
            t.run("SADD set " + i);
            t.run("SPOP set");
            t.run("PEXPIREAT s" + i + " " + (4102444800000L + i));
            t.run("MULTI");
            t.run("INCR n");
            t.run("APPEND a " + i);
            t.run("EXEC");
        }
        t.run("FLUSHDB");
        t.run("SET late 1");
    }

    @Test
    void increments() throws Exception {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "aof-timestamp-enabled=yes").start();
        traffic(t, 1);
        t.advance(2, SECONDS);
        traffic(t, 50);
        check(t);
    }

    @Test
    void aRewriteHalfWayThroughAndAfterwards() throws Exception {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=always").start();
        traffic(t, 1);
        t.send("BGREWRITEAOF");
        while (!AofFiles.manifest(t.disk()).contains("2.incr")) {
            t.step();
            t.turn();
        }
        for (int i = 0; i < 50; i++) {
            t.send("SET between" + i + " 1");
            t.workers().step("aof-writer");
            t.turn();
        }
        check(t);
        t.settle();
        traffic(t, 100);
        check(t);
    }

    @Test
    void anOddName() throws Exception {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfilename=od d\"'é.aof").start();
        traffic(t, 1);
        check(t, "od d\"'é.aof");
    }

    private void check(PersistenceFixture t) throws Exception {
        check(t, "appendonly.aof");
    }

    private void check(PersistenceFixture t, String name) throws Exception {
        Path where = Files.createTempDirectory(folder, "aof");
        Path files = Files.createDirectory(where.resolve("appendonlydir"));
        for (String path : t.disk().files()) {
            if (path.startsWith(AofFiles.FOLDER)) {
                Files.write(
                        files.resolve(path.substring(AofFiles.FOLDER.length())),
                        t.disk().bytes(path));
            }
        }
        Process check = new ProcessBuilder("redis-check-aof", name + ".manifest")
                .directory(files.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
        assertThat(said).contains("All AOF files and manifest are valid");
        String want = t.digest();
        try (RedisServer redis =
                        RedisServer.start("--dir", where.toString(), "--appendonly", "yes", "--appendfilename", name);
                RespClient client = redis.connect()) {
            await(client);
            assertThat(client.run("DEBUG DIGEST")).isEqualTo(want);
        }
    }

    private static void await(RespClient client) throws IOException {
        String said;
        do {
            said = String.valueOf(client.run("PING"));
        } while (said.contains("LOADING"));
    }
}
