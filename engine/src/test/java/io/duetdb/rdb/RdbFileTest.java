package io.duetdb.rdb;

import static io.duetdb.rdb.OldRdb.join;
import static io.duetdb.rdb.OldRdb.length;
import static io.duetdb.rdb.OldRdb.little;
import static io.duetdb.rdb.OldRdb.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is saved comes back the same, files of all versions are read, and nothing that is damaged passes unseen. */
class RdbFileTest {
    private final EngineFixture t = new EngineFixture();
    private final EngineFixture u = new EngineFixture();

    /** Data of all types, some of it with deadlines, in three databases. */
    private static void fill(EngineFixture t, long seed, int commands) {
        RandomCollections collections = new RandomCollections(seed).around(4_000_000_000L);
        RandomStrings strings = new RandomStrings(seed, 4_000_000_000L, 0, false);
        for (int i = 0; i < commands; i++) {
            if (i % 500 == 0) {
                t.run("SELECT " + i / 500 % 3);
            }
            t.run(RandomStrings.bytes(i % 2 == 0 ? collections.next() : strings.next()));
        }
        t.run("SELECT 0");
    }

    private static String version(byte[] file) {
        return new String(file, 0, 9, StandardCharsets.US_ASCII);
    }

    // ---- there and back

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsSavedComesBackTheSame(long seed) {
        fill(t, seed, 4000);
        byte[] file = RdbFiles.of(t.engine());
        RdbFiles.load(u.engine(), file);
        assertThat(RdbFiles.digest(u.engine())).as("seed %d", seed).isEqualTo(RdbFiles.digest(t.engine()));
        t.run("DBSIZE").replies(u.run("DBSIZE").value());
        u.effects();
        u.events();
        try (Snapshot view = t.engine().freeze()) {
            byte[] plain = RdbFiles.of(view, false, false);
            assertThat(Arrays.copyOfRange(plain, plain.length - 8, plain.length))
                    .containsOnly(0);
            EngineFixture v = new EngineFixture();
            RdbFiles.load(v.engine(), plain);
            assertThat(RdbFiles.digest(v.engine())).isEqualTo(RdbFiles.digest(t.engine()));
        }
    }

    @Test
    void fieldsKeepTheirDeadlinesAndOnlyThenTheVersionIsTheirs() {
        t.run("HSET small f v g w");
        t.run("HSET h f v g w");
        t.run("HPEXPIRE h 100000 FIELDS 1 f");
        for (int i = 0; i < 600; i++) {
            t.run("HSET big f" + i + " v");
            t.run("HPEXPIRE big " + (50_000 + i * 997 % 1000) + " FIELDS 1 f" + i);
        }
        byte[] file = RdbFiles.of(t.engine());
        assertThat(version(file)).isEqualTo("REDIS0012");
        RdbFiles.load(u.engine(), file);
        assertThat(RdbFiles.digest(u.engine())).isEqualTo(RdbFiles.digest(t.engine()));
        u.run("OBJECT ENCODING h").replies("listpackex");
        u.run("OBJECT ENCODING big").replies("hashtable");
        u.advance(51, java.util.concurrent.TimeUnit.SECONDS).turn();
        u.run("EXISTS big").replies(0);
        u.run("HLEN h").replies(2);
        u.advance(50, java.util.concurrent.TimeUnit.SECONDS).turn();
        u.run("HKEYS h").array("g");
        t.run("HPERSIST h FIELDS 1 f");
        t.run("DEL big");
        assertThat(version(RdbFiles.of(t.engine()))).isEqualTo("REDIS0010");
        t.run("HPEXPIRE small 100000 FIELDS 1 f");
        assertThat(version(RdbFiles.of(t.engine()))).isEqualTo("REDIS0012");
        t.run("SET elsewhere 1");
        t.run("SELECT 1");
        t.run("SET other 1");
        t.run("SELECT 0");
        t.run("FLUSHDB");
        assertThat(version(RdbFiles.of(t.engine()))).isEqualTo("REDIS0010");
    }

    @Test
    void loadingTellsNobodyAndExpiresNothing() {
        t.settings().set("notify-keyspace-events", "KEAn");
        RdbFiles.load(
                t.engine(),
                new OldRdb(10)
                        .db(0)
                        .code(0xFC, little(1000, 8))
                        .key(0, "old", string("v"))
                        .code(0xFC, little(-1, 8))
                        .key(0, "none", string("v"))
                        .code(0xF8, length(77))
                        .key(0, "idle", string("v"))
                        .key(1, "empty", length(0))
                        .end());
        t.effects();
        t.events();
        t.run("DBSIZE").replies(3);
        t.run("OBJECT IDLETIME idle").replies(77);
        t.run("PTTL none").replies(-1);
        t.turn();
        t.run("DBSIZE").replies(2);
        t.effects("DEL old");
    }

    @Test
    void keysInTheWayAreAnErrorUnlessTheyAreToBeReplaced() {
        t.run("SET k old");
        t.run("RPUSH other a");
        byte[] file = new OldRdb(10)
                .db(0)
                .key(0, "k", string("new"))
                .key(0, "other", string("b"))
                .end();
        assertThatThrownBy(() -> RdbFiles.load(t.engine(), file))
                .hasMessage("the key \"k\" of database 0: it is there already");
        t.run("GET k").replies("old");
        t.engine().beginLoading();
        t.engine().replacing(true);
        RdbFileReader reader = RdbFileReader.of(new RdbBytes(file, 0, file.length), new RdbFileReader.Target() {
            @Override
            public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {}

            @Override
            public void key(int db, byte[] key, int n, long at, long idle, int frequency, int type, RdbReader value) {
                t.engine().load(db, key, n, at, idle, frequency, type, value);
            }
        });
        boolean more = true;
        while (more) {
            more = reader.next();
        }
        t.engine().endLoading();
        t.run("GET k").replies("new");
        t.run("GET other").replies("b");
        assertThatThrownBy(() -> RdbFiles.load(t.engine(), file)).hasMessageContaining("there already");
        t.engine().empty();
        assertThat(RdbFiles.load(t.engine(), file)).isEqualTo(2);
    }

    @Test
    void aScoreKeepsItsSign() {
        for (int i = 0; i < 200; i++) {
            t.run("ZADD z " + i + " m" + i);
        }
        t.run("ZADD z -0 zero");
        t.run("ZREMRANGEBYSCORE z 1 +inf");
        t.run("DEBUG DIGEST-VALUE z");
        RdbFiles.load(u.engine(), RdbFiles.of(t.engine()));
        assertThat(RdbFiles.digest(u.engine())).isEqualTo(RdbFiles.digest(t.engine()));
        u.run("ZSCORE z zero").replies(-0.0);
        u.run("ZADD small 1 a");
        u.run("OBJECT ENCODING small").replies("listpack");
    }

    // ---- D16: old versions

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void filesOfAllVersionsAreRead(int version) {
        OldVersions old = OldVersions.of(version);
        RdbFiles.load(t.engine(), old.file());
        for (String command : old.commands()) {
            u.run(command);
        }
        t.run("SELECT 0");
        assertThat(t.run("DBSIZE").value()).isEqualTo(u.run("DBSIZE").value());
        assertThat(RdbFiles.digest(t.engine())).as("version %d", version).isEqualTo(RdbFiles.digest(u.engine()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void redisReadsTheSameInThem(int version, @TempDir Path folder) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        byte[] file = OldVersions.of(version, false).file();
        Files.write(folder.resolve("dump.rdb"), file);
        RdbFiles.load(t.engine(), file);
        try (RedisServer server = RedisServer.start("--dir", folder.toString());
                RespClient redis = server.connect()) {
            assertThat(redis.run("DEBUG DIGEST")).isEqualTo(RdbFiles.digest(t.engine()));
        }
    }

    // ---- what is refused

    private static void refused(byte[] file, String why) {
        assertThatThrownBy(() -> RdbFiles.check(file))
                .isInstanceOf(RdbFormatException.class)
                .hasMessageContaining(why);
    }

    private static byte[] altered(byte[] file, int index, int b) {
        byte[] copy = file.clone();
        copy[index] = (byte) b;
        return copy;
    }

    @Test
    void whatIsNoneOrOfAnotherVersionIsRefusedWithAReason() {
        byte[] file = new OldRdb(10).db(0).key(0, "k", string("v")).end();
        assertThat(RdbFiles.check(file)).isEqualTo(1);
        assertThat(RdbFiles.check(Arrays.copyOf(file, file.length + 100))).isEqualTo(1);
        refused(new byte[0], "only 0 bytes");
        refused("RED".getBytes(StandardCharsets.US_ASCII), "only 3 bytes");
        refused(altered(file, 0, 'X'), "no RDB file");
        refused(altered(file, 8, 'p'), "no RDB file");
        refused(new OldRdb(0).end(), "version 0");
        refused(new OldRdb(13).end(), "version 13");
        refused("VALKEY080".getBytes(StandardCharsets.US_ASCII), "Valkey 9");
        refused(altered(file, 13, 'j'), "checksum");
        refused(Arrays.copyOf(file, file.length - 1), "ends");
        refused(Arrays.copyOf(file, 12), "ends");
        refused(new OldRdb(4).db(0).raw(new byte[] {(byte) 0xFF}).end(), "bytes follow");
        refused(new OldRdb(4).aux("redis-ver", "7.0.0").end(), "doesn't have");
        refused(new OldRdb(10).code(0xFC, little(5, 8)).end(), "announced");
    }

    @Test
    void whatCannotBeKeptIsRefusedByName() {
        refused(
                new OldRdb(10).key(15, "stream", length(0)).endUnchecked(),
                "the key \"stream\" of database 0: streams");
        refused(new OldRdb(10).key(30, "k", length(0)).endUnchecked(), "there is no type 30");
        byte[] id = {(byte) 0x81, 0x46, 0x51, 0x4F, 0x62, 0x1C, (byte) 0x92, (byte) 0xC8, 0x01};
        refused(new OldRdb(10).key(7, "m", id).endUnchecked(), "values of the module");
        refused(
                new OldRdb(10)
                        .code(0xF5, string("#!lua name=mylib\n redis.register_function('f', f)"))
                        .endUnchecked(),
                "the function library \"mylib\"");
        refused(
                new OldRdb(10)
                        .code(0xF6, string("mylib"), string("LUA"), length(0))
                        .endUnchecked(),
                "\"mylib\"");
        byte[] far = new OldRdb(10).db(16).key(0, "k", string("v")).end();
        assertThatThrownBy(() -> RdbFiles.load(t.engine(), far))
                .hasMessageContaining("there are only 16 databases: set \"databases\" to 17");
    }

    @Test
    void hostileLengthsCostNothing() {
        refused(new OldRdb(10).key(0, "k", length(1L << 40)).endUnchecked(), "512 MB");
        refused(new OldRdb(10).key(0, "k", length(400_000_000L)).endUnchecked(), "ends");
        refused(new OldRdb(10).key(1, "k", length(1L << 60), string("a")).endUnchecked(), "");
        refused(new OldRdb(10).key(4, "k", length(1L << 31), string("a")).endUnchecked(), "");
        byte[] lie = join(new byte[] {(byte) 0xC3}, length(4), length(1L << 30), new byte[4]);
        refused(new OldRdb(10).key(0, "k", lie).endUnchecked(), "longer than it can be");
        refused(new OldRdb(10).key(14, "k", length(1L << 62)).endUnchecked(), "");
        assertThat(RdbFiles.check(new OldRdb(10)
                        .code(0xFB, length(1L << 62), length(1L << 62))
                        .key(0, "k", string("v"))
                        .end()))
                .isEqualTo(1);
    }

    @Test
    void elementsThatComeTwiceAreRefused() {
        byte[] twice = join(length(2), string("a"), string("a"));
        byte[] file = new OldRdb(10).key(2, "s", twice).end();
        assertThatThrownBy(() -> RdbFiles.load(t.engine(), file)).hasMessageContaining("twice");
        byte[] over =
                join(little(5, 8), length(2), length(1), string("f"), string("v"), length(1), string("f"), string("v"));
        byte[] fields = new OldRdb(12).key(24, "h", over).end();
        assertThatThrownBy(() -> RdbFiles.load(t.engine(), fields)).hasMessageContaining("twice");
        t.run("DBSIZE").replies(0);
    }

    // ---- D9

    @Test
    void everyFlippedBitIsNoticed() {
        fill(t, 7, 400);
        byte[] file = RdbFiles.of(t.engine());
        long wanted = Boolean.getBoolean("duet.long") ? 64 * 1024 : 4 * 1024;
        Random random = new Random(7);
        for (int i = 0; file.length < wanted; i++) {
            t.run("SET key:" + i + " " + Long.toHexString(random.nextLong()));
            if (i % 100 == 0) {
                file = RdbFiles.of(t.engine());
            }
        }
        assertThat(RdbFiles.check(file)).isGreaterThan(0);
        int bits = 8 * (int) Math.min(file.length, wanted);
        for (int bit = 0; bit < bits; bit++) {
            noticed(file, bit);
        }
        for (int bit = 8 * (file.length - 8); bit < 8 * file.length; bit++) {
            noticed(file, bit);
        }
    }

    private static void noticed(byte[] file, int bit) {
        byte[] flipped = file.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        try {
            RdbFiles.check(flipped);
        } catch (RdbFormatException refused) {
            return;
        }
        fail("bit " + bit + " of a file of " + file.length + " bytes was flipped unseen");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6, 7, 9, 12})
    void everyFlippedBitOfAVersionIsNoticed(int version) {
        byte[] file = OldVersions.of(version).file();
        for (int bit = 0; bit < 8 * RdbTypes.HEAD; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            if (version >= RdbTypes.VERSION_CHECKSUM) {
                noticed(file, bit);
            } else if (bit < 8 * 5) {
                refused(flipped, "no RDB file");
            }
        }
    }

    @Test
    void everyFlippedBitOfPayloadsIsNoticed() {
        int payloads = 0;
        for (long seed = 1; payloads < 200; seed++) {
            EngineFixture from = new EngineFixture();
            fill(from, seed, 300);
            for (Object key : (java.util.List<?>) from.run("KEYS *").value()) {
                byte[] name = ((String) key).getBytes(StandardCharsets.ISO_8859_1);
                Object dump = from.run("DUMP".getBytes(StandardCharsets.US_ASCII), name)
                        .value();
                if (dump == null || ((String) dump).length() > 500 || payloads == 200) {
                    continue;
                }
                byte[] payload = ((String) dump).getBytes(StandardCharsets.ISO_8859_1);
                assertThat(DumpPayload.isWhole(payload, 0, payload.length)).isTrue();
                payloads++;
                for (int bit = 0; bit < 8 * payload.length; bit++) {
                    payload[bit / 8] ^= (byte) (1 << bit % 8);
                    assertThat(DumpPayload.isWhole(payload, 0, payload.length))
                            .as("seed %d, payload %d, bit %d", seed, payloads, bit)
                            .isFalse();
                    payload[bit / 8] ^= (byte) (1 << bit % 8);
                }
            }
        }
    }

    /** A snapshot whose bytes are damaged and sealed again is loaded or refused, and the engine stays in order. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void damageThatIsSealedAgainIsLoadedOrRefused(long seed) {
        Random random = new Random(seed);
        EngineFixture from = new EngineFixture();
        fill(from, seed, 600);
        byte[] file = RdbFiles.of(from.engine());
        int refused = 0;
        int rounds = Boolean.getBoolean("duet.long") ? 5000 : 500;
        for (int round = 0; round < rounds; round++) {
            byte[] damaged = file.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[9 + random.nextInt(file.length - 17)] = (byte) random.nextInt(256);
            }
            Arrays.fill(damaged, file.length - 8, file.length, (byte) 0);
            u.engine().empty();
            try {
                RdbFiles.load(u.engine(), damaged);
            } catch (RdbFormatException e) {
                refused++;
            }
            u.turn();
        }
        u.engine().empty();
        u.run("DBSIZE").replies(0);
        assertThat(refused).as("seed %d", seed).isGreaterThan(rounds / 4);
    }
}
