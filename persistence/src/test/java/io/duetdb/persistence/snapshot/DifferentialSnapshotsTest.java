package io.duetdb.persistence.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import io.duetdb.persistence.kit.PersistenceFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SAVE, BGSAVE, DEBUG RELOAD and what INFO tells of them, compared with a real redis-server. */
class DifferentialSnapshotsTest {
    private static final int COMMANDS = Boolean.getBoolean("duet.long") ? 20_000 : 1500;

    private final PersistenceFixture t = new PersistenceFixture();

    @TempDir
    private Path folder;

    @BeforeEach
    void installed() {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
    }

    private RedisServer server() throws Exception {
        return RedisServer.start("--dir", folder.toString());
    }

    /** The figures of a section that are the same for the same commands. */
    private static Map<String, String> figures(RespClient redis) throws Exception {
        Map<String, String> found = new TreeMap<>();
        for (String line : ((String) redis.run("INFO persistence")).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && compared(line.substring(0, colon))) {
                found.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return found;
    }

    private static boolean compared(String field) {
        return switch (field) {
            case "rdb_changes_since_last_save",
                    "rdb_bgsave_in_progress",
                    "rdb_last_bgsave_status",
                    "rdb_saves",
                    "rdb_current_bgsave_time_sec",
                    "current_save_keys_processed",
                    "current_save_keys_total",
                    "current_fork_perc" -> true;
            default -> false;
        };
    }

    /** Ours by the names of theirs. */
    private Map<String, String> figures(Map<String, String> theirs) {
        Map<String, String> ours = new TreeMap<>();
        theirs.keySet().forEach(name -> ours.put(name, t.info(name)));
        return ours;
    }

    /** The figures are the same, once Redis' child has ended and what it has put off has begun. */
    private void sameFigures(RespClient redis, String as) throws Exception {
        t.settle();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Map<String, String> theirs = figures(redis);
        while (!figures(theirs).equals(theirs) && System.nanoTime() < deadline) {
            theirs = figures(redis);
        }
        assertThat(figures(theirs)).as(as).isEqualTo(theirs);
    }

    /** The names of the fields are Redis' own, in its order. */
    @Test
    void fieldsAreThoseOfRedis() throws Exception {
        try (RedisServer server = server();
                RespClient redis = server.connect()) {
            List<String> theirs = new ArrayList<>();
            for (String line : ((String) redis.run("INFO persistence")).split("\r\n")) {
                if (line.startsWith("rdb_") || line.startsWith("current_")) {
                    theirs.add(line.substring(0, line.indexOf(':')));
                }
            }
            List<String> ours = new ArrayList<>();
            t.start();
            t.persistence().info((name, value) -> {
                if (name.startsWith("rdb_") || name.startsWith("current_")) {
                    ours.add(name);
                }
            });
            assertThat(ours).isEqualTo(theirs);
        }
    }

    @Test
    void repliesAreThoseOfRedis() throws Exception {
        String[] commands = {
            "SAVE",
            "SAVE x",
            "SET a 1",
            "BGSAVE",
            "BGSAVE x",
            "BGSAVE SCHEDULE",
            "BGSAVE SCHEDULE x",
            "LASTSAVE x",
            "MULTI",
            "SET b 1",
            "SAVE",
            "EXEC",
            "MULTI",
            "SET b 1",
            "BGSAVE",
            "BGSAVE",
            "EXEC",
            "FLUSHALL",
            "RPUSH l a b c",
            "LPOP l 2",
            "MSET x 1 y 2",
            "DEL x y z",
            "SWAPDB 0 1",
            "SET z 1",
            "FLUSHDB",
            "SAVE",
            "SET k v",
            "DEBUG RELOAD",
            "GET k",
            "SET k w",
            "DEBUG RELOAD NOSAVE",
            "GET k",
            "SET k x",
            "SET other 1",
            "DEBUG RELOAD NOSAVE NOFLUSH MERGE",
            "GET k",
            "GET other",
            "DEBUG RELOAD x",
            "DEBUG RELOAD NOSAVE NOFLUSH MERGE x",
            "DEBUG DIGEST",
            "SAVE",
            "FLUSHALL",
            "SAVE",
            "FLUSHALL",
            "FLUSHDB"
        };
        try (RedisServer server = server();
                RespClient redis = server.connect();
                RespClient watcher = server.connect()) {
            t.start();
            for (String command : commands) {
                String as = "after " + command;
                assertThat(t.send(command).value()).as(as).isEqualTo(redis.run(command));
                sameFigures(watcher, as);
            }
        }
    }

    /** What counts for save points counts alike. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void changesAreCountedAsRedisCountsThem(long seed) throws Exception {
        RandomCollections collections = new RandomCollections(seed).around(4_000_000_000L);
        RandomStrings strings = new RandomStrings(seed, 4_000_000_000L, 0.05, false);
        Random random = new Random(seed);
        int compared = 0;
        try (RedisServer server = server();
                RespClient redis = server.connect()) {
            t.start();
            for (int i = 0; i < COMMANDS; i++) {
                List<String> command = random.nextBoolean() ? collections.next() : strings.next();
                byte[][] bytes = RandomStrings.bytes(command);
                redis.send(bytes);
                redis.flush();
                Object theirs = redis.read();
                if (theirs instanceof ValueReply.Failure) {
                    continue; // it is unknown there, or changes nothing
                }
                Object ours = t.send(bytes).value();
                String changes = t.info("rdb_changes_since_last_save");
                String redisChanges = figures(redis).get("rdb_changes_since_last_save");
                if (String.valueOf(ours).equals(String.valueOf(theirs))) {
                    assertThat(changes)
                            .as("seed %d, command %d: %s", seed, i, command)
                            .isEqualTo(redisChanges);
                    compared++;
                } else { // by chance, or later than 7.0
                    redis.run("FLUSHALL");
                    redis.run("SAVE");
                    t.run("FLUSHALL");
                    t.run("SAVE");
                }
            }
        }
        assertThat(compared).as("seed %d", seed).isGreaterThan(COMMANDS / 3);
    }
}
