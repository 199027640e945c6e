package io.duetdb.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of Duet is the same data to a real redis-server, and a file of redis-server to Duet. */
class DifferentialRdbTest {
    private static final int ROUNDS = Boolean.getBoolean("duet.long") ? 25 : 2;

    /** Redis' real time lies well before: nothing expires there. */
    private static final long FAR_S = 4_000_000_000L;

    private static void fill(EngineFixture t, long seed) {
        t.clock().jumpTo(FAR_S * 1000);
        Random random = new Random(seed);
        RandomCollections collections = new RandomCollections(seed).around(FAR_S);
        RandomStrings strings = new RandomStrings(seed, FAR_S, 0, false);
        for (int db : new int[] {0, 1, 9}) {
            t.run("SELECT " + db);
            for (int i = 0; i < 400; i++) {
                t.run(RandomStrings.bytes(random.nextBoolean() ? collections.next() : strings.next()));
            }
        }
        for (int db = 0; db < 16; db++) {
            t.run("SELECT " + db);
            for (Object key : (List<?>) t.run("KEYS *").value()) {
                byte[] name = ((String) key).getBytes(StandardCharsets.ISO_8859_1);
                dropIfMortal(t, name);
                dropSignedZeros(t, name);
            }
        }
        t.run("SELECT 0");
        for (int i = 0; i < 50; i++) {
            int size = 1 << random.nextInt(12);
            for (int j = 0; j < size && j < 700; j++) {
                t.run("SADD set" + i + " " + (i % 2 == 0 ? "" : "m") + random.nextInt());
                t.run("ZADD zset" + i + " " + random.nextGaussian() + " m" + j);
                t.run("RPUSH list" + i + " " + "e".repeat(random.nextInt(40)) + j);
                t.run("HSET hash" + i + " f" + j + " " + Long.toHexString(random.nextLong()));
            }
            t.run("SET long" + i + " " + ("abcdefgh" + i).repeat(size));
            t.run("EXPIREAT hash" + i + " " + (FAR_S + i));
        }
    }

    /** Fields with times to live are not for 7.0. */
    private static void dropIfMortal(EngineFixture t, byte[] key) {
        Object payload = t.run(ascii("DUMP"), key).value();
        if (payload instanceof String dump && dump.charAt(0) == RdbTypes.HASH_FIELD_TTL) {
            t.run(ascii("DEL"), key);
        }
    }

    /** A score of -0 in a small skiplist: 7.0 makes it a listpack while it loads, also its own, which forgets the sign. */
    private static void dropSignedZeros(EngineFixture t, byte[] key) {
        if ("skiplist".equals(t.run(ascii("OBJECT"), ascii("ENCODING"), key).value())) {
            for (Object member : (List<?>)
                    t.run(ascii("ZRANGEBYSCORE"), key, ascii("0"), ascii("0")).value()) {
                byte[] name = ((String) member).getBytes(StandardCharsets.ISO_8859_1);
                if (Double.valueOf(-0.0)
                        .equals(t.run(ascii("ZSCORE"), key, name).value())) {
                    t.run(ascii("ZREM"), key, name);
                }
            }
        }
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private static Set<Object> encodings(EngineFixture t) {
        Set<Object> found = new HashSet<>();
        for (Object key : (List<?>) t.run("KEYS *").value()) {
            found.add(t.run(ascii("OBJECT"), ascii("ENCODING"), ((String) key).getBytes(StandardCharsets.ISO_8859_1))
                    .value());
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void filesGoOverInBothDirections(long seed, @TempDir Path folder) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        Path file = folder.resolve("dump.rdb");
        try (RedisServer server = RedisServer.start("--dir", folder.toString());
                RespClient redis = server.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                EngineFixture t = new EngineFixture();
                fill(t, 1000 * seed + round);
                String as = "seed " + seed + ", round " + round;
                assertThat(encodings(t))
                        .as(as)
                        .contains("embstr", "raw", "listpack", "hashtable", "intset", "quicklist", "skiplist");
                Files.write(file, RdbFiles.of(t.engine()));
                assertThat(redis.run("DEBUG RELOAD NOSAVE")).as(as).isEqualTo("OK");
                assertThat(redis.run("DEBUG DIGEST")).as(as).isEqualTo(RdbFiles.digest(t.engine()));
                assertThat(redis.run("SAVE")).as(as).isEqualTo("OK");
                byte[] theirs = Files.readAllBytes(file);
                EngineFixture u = new EngineFixture();
                RdbFiles.load(u.engine(), theirs);
                assertThat(RdbFiles.digest(u.engine())).as(as).isEqualTo(RdbFiles.digest(t.engine()));
                assertThat(accepted(file)).as(as).isTrue();
            }
        }
    }

    /** Whether redis-check-rdb finds nothing wrong. */
    private static boolean accepted(Path file) throws Exception {
        Process check = new ProcessBuilder("redis-check-rdb", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return check.waitFor(30, TimeUnit.SECONDS) && check.exitValue() == 0;
    }
}
