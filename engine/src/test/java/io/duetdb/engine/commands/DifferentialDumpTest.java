package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Duet dumps a real redis-server restores to the same value, and the other way round. */
class DifferentialDumpTest {
    private static final byte[] RESTORE = ascii("RESTORE");
    private static final byte[] REPLACE = ascii("REPLACE");
    private static final byte[] NEVER = ascii("0");

    private final EngineFixture t = new EngineFixture();

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void restore(RespClient redis, String key, Object payload) throws Exception {
        redis.send(RESTORE, ascii(key), NEVER, ascii((String) payload), REPLACE);
        redis.flush();
        assertThat(redis.read()).as(key).isEqualTo("OK");
    }

    private Object dump(String key) {
        return t.run(ascii("DUMP"), ascii(key)).value();
    }

    private static Object ask(RespClient redis, String... words) throws Exception {
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = ascii(words[i]);
        }
        redis.send(bytes);
        redis.flush();
        return redis.read();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void valuesGoOverInBothDirections(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        RandomCollections collections = new RandomCollections(seed).around(4_000_000_000L);
        RandomStrings strings = new RandomStrings(seed, 4_000_000_000L, 0, false);
        int compared = 0;
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 150; i++) {
                    t.run(RandomStrings.bytes(collections.next()));
                    t.run(RandomStrings.bytes(strings.next()));
                }
                t.run("SELECT 0");
                for (Object key : (List<?>) t.run("KEYS *").value()) {
                    String name = (String) key;
                    t.run(ascii("PERSIST"), ascii(name)); // Redis' clock is another
                    Object payload = dump(name);
                    if (payload == null || payload instanceof String s && s.charAt(0) == 24) {
                        continue; // fields with times to live are not for 7.0
                    }
                    Object digest = t.run(ascii("DEBUG"), ascii("DIGEST-VALUE"), ascii(name))
                            .value();
                    restore(redis, name, payload);
                    assertThat(ask(redis, "DEBUG", "DIGEST-VALUE", name))
                            .as("seed %d, round %d: %s to Redis", seed, round, name)
                            .isEqualTo(digest);
                    t.run(RESTORE, ascii("back"), NEVER, ascii((String) ask(redis, "DUMP", name)), REPLACE)
                            .replies("OK");
                    assertThat(t.run("DEBUG DIGEST-VALUE back").value())
                            .as("seed %d, round %d: %s from Redis", seed, round, name)
                            .isEqualTo(digest);
                    t.run("DEL back");
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void encodingsOfOldVersionsAreRead() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        List<String> mixed = List.of(
                "a",
                "0",
                "12",
                "13",
                "-1",
                "127",
                "-128",
                "128",
                "-32768",
                "40000",
                "-8388608",
                "8388608",
                "2147483648",
                "x".repeat(63),
                "y".repeat(64),
                "z".repeat(300),
                "w".repeat(20_000),
                "",
                "9".repeat(17));
        List<String> pairs = new ArrayList<>();
        List<String> scored = new ArrayList<>();
        List<String> small = new ArrayList<>();
        for (int i = 0; i < mixed.size(); i++) {
            pairs.add("f" + i);
            pairs.add(mixed.get(i));
            scored.add(mixed.get(i));
            scored.add(i % 3 == 0 ? Integer.toString(i * 100) : i % 3 == 1 ? "1.5" : "-inf");
            small.add("f" + i);
            small.add(mixed.get(i).length() > 1000 ? "v" : mixed.get(i));
        }
        ByteArrayOutputStream quicklist = new ByteArrayOutputStream();
        quicklist.write(2);
        quicklist.writeBytes(Payloads.string(Payloads.ziplist(mixed)));
        quicklist.writeBytes(Payloads.string(Payloads.ziplist(List.of("last"))));
        byte[][] payloads = {
            Payloads.payload(10, Payloads.string(Payloads.ziplist(mixed)), 6),
            Payloads.payload(14, quicklist.toByteArray(), 7),
            Payloads.payload(13, Payloads.string(Payloads.ziplist(pairs)), 6),
            Payloads.payload(12, Payloads.string(Payloads.ziplist(scored)), 6),
            Payloads.payload(9, Payloads.string(Payloads.zipmap(small)), 3),
            Payloads.payload(11, Payloads.string(Payloads.intset(2, -5, 0, 7, 300)), 6),
            Payloads.payload(11, Payloads.string(Payloads.intset(4, -70_000, 0, 70_000)), 6),
            Payloads.payload(11, Payloads.string(Payloads.intset(8, -1L << 40, 5, 1L << 50)), 6),
        };
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (byte[] payload : payloads) {
                redis.send(RESTORE, ascii("k"), NEVER, payload, REPLACE);
                redis.flush();
                assertThat(redis.read()).as("type %d", payload[0]).isEqualTo("OK");
                t.run(RESTORE, ascii("k"), NEVER, payload, REPLACE).replies("OK");
                t.run("DEBUG DIGEST-VALUE k").replies(ask(redis, "DEBUG", "DIGEST-VALUE", "k"));
            }
        }
    }

    @Test
    void scoresInText() {
        byte[] body = {3, 1, 'a', 3, '2', '.', '5', 1, 'b', (byte) 254, 1, 'c', (byte) 255};
        t.run(RESTORE, ascii("z"), NEVER, Payloads.payload(3, body, 6)).replies("OK");
        t.run("ZRANGE z 0 -1").array("c", "a", "b");
        t.run("ZSCORE z a").replies(2.5);
        t.run("ZSCORE z b").replies(Double.POSITIVE_INFINITY);
        byte[] nan = {1, 1, 'a', (byte) 253};
        t.run(RESTORE, ascii("y"), NEVER, Payloads.payload(3, nan, 6)).fails("ERR Bad data format");
    }
}
