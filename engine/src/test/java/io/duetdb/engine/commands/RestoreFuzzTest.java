package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged payloads whose checksum is right: RESTORE refuses them or makes a value that is whole. Then the key is used, by
 * the commands of its type, in checked mode: nothing fails that shouldn't, and when all is deleted every byte is back.
 * Ordinarily 20,000 payloads; with {@code -Dduet.long=true} a million.
 */
class RestoreFuzzTest {
    private static final int PAYLOADS = Boolean.getBoolean("duet.long") ? 250_000 : 5_000;
    private static final int PER_FLUSH = 250;
    private static final byte[] RESTORE = "RESTORE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY = {'k'};
    private static final byte[] NEVER = {'0'};
    private static final byte[] REPLACE = "REPLACE".getBytes(StandardCharsets.US_ASCII);

    private static final List<String> FOR_ANY = List.of(
            "TYPE k",
            "OBJECT ENCODING k",
            "MEMORY USAGE k SAMPLES 0",
            "COPY k k2 REPLACE",
            "PEXPIRE k 100000",
            "PERSIST k",
            "RENAME k k3",
            "RENAME k3 k",
            "EXPIRE k 10 NX",
            "SORT k ALPHA",
            "DEBUG DIGEST");
    private static final Map<String, List<String>> BY_TYPE = Map.of(
            "string",
            List.of(
                    "GET k",
                    "STRLEN k",
                    "APPEND k tail",
                    "SETRANGE k 3 xyz",
                    "INCR k",
                    "INCRBYFLOAT k 0.5",
                    "GETRANGE k 1 -2",
                    "GETEX k PX 50000",
                    "LCS k k2",
                    "SET k new KEEPTTL"),
            "list",
            List.of(
                    "LRANGE k 0 -1",
                    "LPUSH k a 12 -70000",
                    "RPOP k",
                    "LPOP k 2",
                    "LINSERT k BEFORE a b",
                    "LREM k 0 a",
                    "LSET k 0 replaced",
                    "LINDEX k -1",
                    "LTRIM k 1 -2",
                    "LMOVE k k2 LEFT RIGHT",
                    "LPOS k a COUNT 0",
                    "RPUSH k " + "long".repeat(3000)),
            "set",
            List.of(
                    "SMEMBERS k",
                    "SADD k new 1 2 99999999999",
                    "SREM k 1 m0",
                    "SPOP k",
                    "SPOP k 2",
                    "SRANDMEMBER k -5",
                    "SISMEMBER k 5",
                    "SMOVE k k2 2",
                    "SUNIONSTORE k2 k k2",
                    "SSCAN k 0 COUNT 1000",
                    "SINTERCARD 2 k k2"),
            "hash",
            List.of(
                    "HGETALL k",
                    "HSET k f new g 17",
                    "HDEL k f h",
                    "HINCRBY k count 5",
                    "HRANDFIELD k -3 WITHVALUES",
                    "HSCAN k 0 COUNT 1000",
                    "HEXPIRE k 100 FIELDS 1 f",
                    "HPERSIST k FIELDS 2 f g",
                    "HPTTL k FIELDS 2 f g",
                    "HSTRLEN k f",
                    "HSET k big " + "wide".repeat(200)),
            "zset",
            List.of(
                    "ZRANGE k 0 -1 WITHSCORES",
                    "ZADD k 5 new -inf low 2.5 mid",
                    "ZADD k XX INCR 1 mid",
                    "ZREM k low f1",
                    "ZPOPMIN k",
                    "ZPOPMAX k 2",
                    "ZRANGEBYSCORE k -inf (3",
                    "ZRANK k new",
                    "ZREVRANK k new",
                    "ZREMRANGEBYRANK k 0 0",
                    "ZUNIONSTORE k2 2 k k2 WEIGHTS 2 -1",
                    "ZSCAN k 0 COUNT 1000",
                    "ZCOUNT k -inf +inf",
                    "ZADD k 1 " + "wide".repeat(50)));

    private final EngineFixture t = new EngineFixture();
    private byte[] payload = {};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void damagedPayloadsAreRefusedOrWhole(long seed) {
        List<byte[]> seeds = PayloadSeeds.of(seed);
        for (byte[] whole : seeds) {
            assertThat(restore(whole))
                    .as("seed %d: type %d, undamaged", seed, whole[0])
                    .isEqualTo("OK");
        }
        empty(seed, -1, false);
        long empty = t.engine().usedBytes();
        Random random = new Random(seed);
        int made = 0;
        for (int i = 0; i < PAYLOADS; i++) {
            payload = damaged(seeds, random);
            try {
                if (restore(payload).equals("OK")) {
                    made++;
                    traffic(random);
                }
                if (i % PER_FLUSH == PER_FLUSH - 1) {
                    empty(seed, empty, true);
                }
            } catch (RuntimeException | AssertionError e) {
                String hex = HexFormat.of().formatHex(payload);
                throw new AssertionError("seed " + seed + ", payload " + i + ": " + hex, e);
            }
        }
        assertThat(made).as("values made, of %d payloads", PAYLOADS).isBetween(PAYLOADS / 50, PAYLOADS * 49 / 50);
    }

    private Object restore(byte[] bytes) {
        Object reply = t.run(RESTORE, KEY, NEVER, bytes, REPLACE).value();
        if (!"OK".equals(reply)) {
            assertThat(reply)
                    .isIn(
                            new Failure("ERR Bad data format"),
                            new Failure("ERR DUMP payload version or checksum are wrong"));
        }
        return reply;
    }

    /** Uses the key: its value goes once around by DUMP, then commands of its type change it. */
    private void traffic(Random random) {
        Object type = t.run("TYPE k").value();
        List<String> commands = BY_TYPE.get(String.valueOf(type));
        if (commands == null) {
            assertThat(type).as("the fields were over").isEqualTo("none");
            return;
        }
        Object digest = t.run("DEBUG DIGEST-VALUE k").value();
        Object dump = t.run("DUMP k").value();
        if (dump instanceof String bytes) {
            t.run(RESTORE, "copy".getBytes(StandardCharsets.US_ASCII), NEVER, bytes(bytes), REPLACE)
                    .replies("OK");
            t.run("DEBUG DIGEST-VALUE copy").replies(digest);
        }
        for (int i = 0; i < 6; i++) {
            List<String> from = random.nextInt(4) == 0 ? FOR_ANY : commands;
            Object reply = t.run(from.get(random.nextInt(from.size()))).value();
            if (reply instanceof Failure failure) {
                assertThat(failure.line()).doesNotContain("internal error");
            }
        }
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void empty(long seed, long expected, boolean compared) {
        t.run("FLUSHALL").replies("OK");
        for (int i = 0; i < 10_000 && (!compared || t.engine().usedBytes() > expected); i++) {
            t.turn();
            if (!compared && t.engine().nextDutyInMs() != 0) {
                break;
            }
        }
        if (compared) {
            assertThat(t.engine().usedBytes())
                    .as("bytes in use when empty, seed %d", seed)
                    .isEqualTo(expected);
        }
        t.forget();
    }

    // ---- damage

    private static byte[] damaged(List<byte[]> seeds, Random random) {
        byte[] whole = seeds.get(random.nextInt(seeds.size()));
        byte[] body = Arrays.copyOf(whole, whole.length - 8);
        int times = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 3);
        for (int i = 0; i < times; i++) {
            body = damagedOnce(body, seeds, random);
        }
        if (random.nextInt(20) > 0 && body.length >= 2) { // the version is rarely what is wrong
            body[body.length - 2] = (byte) (random.nextInt(3) == 0 ? 12 : 10);
            body[body.length - 1] = 0;
        }
        return Payloads.sealed(Arrays.copyOf(body, body.length + 8));
    }

    private static byte[] damagedOnce(byte[] body, List<byte[]> seeds, Random random) {
        int at = random.nextInt(body.length);
        if (random.nextInt(3) == 0) {
            at = Math.min(at, random.nextInt(24)); // heads and lengths
        }
        byte[] copy = body.clone();
        switch (random.nextInt(9)) {
            case 0, 1 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 2, 3 -> copy[at] = (byte) random.nextInt(256);
            case 4 -> copy[at] = edge(random);
            case 5 -> {
                int n = 1 + random.nextInt(8);
                copy = new byte[body.length + n];
                random.nextBytes(copy);
                System.arraycopy(body, 0, copy, 0, at);
                System.arraycopy(body, at, copy, at + n, body.length - at);
            }
            case 6 -> {
                int to = Math.min(body.length, at + 1 + random.nextInt(16));
                copy = Arrays.copyOf(body, body.length - (to - at));
                System.arraycopy(body, to, copy, at, body.length - to);
            }
            case 7 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int n = Math.min(1 + random.nextInt(40), Math.min(other.length, body.length - at));
                System.arraycopy(other, random.nextInt(other.length - n + 1), copy, at, n);
            }
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                copy[0] = other[0]; // another type's reader
            }
        }
        return copy.length < 3 ? body : copy;
    }

    private static byte edge(Random random) {
        int[] edges = {0, 1, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xC0, 0xC3, 0xDF, 0xE0, 0xF0, 0xF1, 0xF4, 0xFE, 0xFF};
        return (byte) edges[random.nextInt(edges.length)];
    }
}
