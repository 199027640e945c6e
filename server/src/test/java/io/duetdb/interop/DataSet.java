package io.duetdb.interop;

import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A random data set, the same for the same seed but for what its server does by chance: every type in every encoding,
 * sizes around the thresholds and far beyond, edge numbers and bytes, deadlines that lie hours away and more, several
 * databases. Nothing that redis-server 7.0 could not hold.
 */
final class DataSet {
    /**
     * What empties or moves the whole, what 7.0 can't hold, and ranges of members where scores differ: these find what
     * the encoding lets them find, which may be another when the append-only file is replayed.
     */
    private static final Set<String> LEFT_OUT = Set.of(
            "FLUSHALL",
            "FLUSHDB",
            "SELECT",
            "HEXPIRE",
            "HPEXPIRE",
            "HEXPIREAT",
            "HPEXPIREAT",
            "HSETEX",
            "HGETEX",
            "ZREMRANGEBYLEX");

    private static final int PARTS = 4;
    private static final int DATABASES = 4;
    private static final long HOUR_MS = 3_600_000;
    private static final int PIPELINE = 500;
    private static final int[] SIZES = {1, 2, 5, 17, 60, 127, 128, 129, 300, 511, 513, 1500};
    private static final String[] EDGES = {
        "",
        "0",
        "-1",
        "127",
        "128",
        "-32768",
        "8388607",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "007",
        "1e3",
        "\0\r\n",
        "\u00ff\u00fe"
    };

    private final Random random;
    private final long seed;
    private final RespClient server;
    private final long nowMs;
    private int unread;

    private DataSet(long seed, RespClient server, long nowMs) {
        this.seed = seed;
        this.random = new Random(seed);
        this.server = server;
        this.nowMs = nowMs;
    }

    /** Makes the data set of a seed in an empty server; its parts {@code from} to {@code to}, of 4. */
    static void fill(long seed, int from, int to, RespClient server, long nowMs) throws IOException {
        DataSet set = new DataSet(seed * 31 + from, server, nowMs);
        for (int part = from; part < to; part++) {
            int db = set.random.nextInt(DATABASES) * 5;
            set.send("SELECT", Integer.toString(db));
            set.typed(part);
            set.wild(part);
        }
        set.typed(PARTS + to); // every type is there, whatever was removed
        set.drain();
        set.mend();
        server.run("SELECT 0");
    }

    // ---- commands

    private void send(String... words) throws IOException {
        send(List.of(words));
    }

    private void send(List<String> words) throws IOException {
        server.send(RandomStrings.bytes(words));
        if (++unread == PIPELINE) {
            drain();
        }
    }

    private void drain() throws IOException {
        server.flush();
        for (; unread > 0; unread--) {
            server.read();
        }
    }

    private String word() {
        return switch (random.nextInt(8)) {
            case 0 -> EDGES[random.nextInt(EDGES.length)];
            case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 2 -> "x".repeat(random.nextInt(100));
            case 3 -> random.nextInt(10) == 0 ? noise(random.nextInt(20_000)) : noise(random.nextInt(70));
            case 4 -> random.nextInt(10) == 0 ? "text ".repeat(random.nextInt(4000)) : "text";
            default -> "member:" + random.nextInt(100_000);
        };
    }

    private String noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String score() {
        return switch (random.nextInt(7)) {
            case 0 -> "inf";
            case 1 -> "-inf";
            case 2 -> "-0";
            case 3 -> Double.toString(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
            case 4 -> Long.toString(random.nextLong());
            default -> Integer.toString(random.nextInt(1000));
        };
    }

    /** Collections of chosen sizes, built by the commands of their types. */
    private void typed(int part) throws IOException {
        for (int i = 0; i < 12; i++) {
            String key = "part" + part + ":" + i + (random.nextInt(6) == 0 ? noise(5) : "");
            int size = SIZES[random.nextInt(SIZES.length)];
            boolean integers = random.nextInt(3) == 0;
            switch (i % 6) {
                case 0 -> send("SET", key, random.nextInt(8) == 0 ? noise(300_000) : word());
                case 1 -> many("RPUSH", key, size, integers);
                case 2 -> many("SADD", key, size, integers);
                case 3 -> pairs("HSET", key, size, false);
                case 4 -> pairs("ZADD", key, size, true);
                default -> many("LPUSH", key, size / 4 + 1, integers);
            }
            if (random.nextInt(4) == 0) {
                long inMs = HOUR_MS * (2 + random.nextInt(100)) + random.nextInt(1000);
                send("PEXPIREAT", key, Long.toString(nowMs + inMs));
            }
        }
    }

    private void many(String command, String key, int size, boolean integers) throws IOException {
        List<String> words = new ArrayList<>(List.of(command, key));
        for (int i = 0; i < size; i++) {
            words.add(integers ? Long.toString(random.nextInt() >> random.nextInt(32)) : word());
        }
        send(words);
    }

    private void pairs(String command, String key, int size, boolean scores) throws IOException {
        List<String> words = new ArrayList<>(List.of(command, key));
        boolean small = random.nextBoolean();
        for (int i = 0; i < size; i++) {
            String one = small ? "m" + i : word();
            words.add(scores ? score() : one);
            words.add(scores ? one : small ? Integer.toString(i) : word());
        }
        send(words);
    }

    /** Whatever random commands leave behind. */
    private void wild(int part) throws IOException {
        long later = nowMs / 1000 + 1_000_000;
        RandomCollections collections = new RandomCollections(seed + part).around(later);
        RandomStrings strings = new RandomStrings(seed + part, later, 0, false);
        for (int i = 0; i < 150; i++) {
            for (List<String> next : List.of(collections.next(), strings.next())) {
                if (!LEFT_OUT.contains(next.get(0))) {
                    send(next);
                }
            }
        }
    }

    /**
     * Keys that would end during the test live for ever. No score is -0: a listpack forgets the sign, so that redis-server
     * itself loads something else than it saved where one encoding became the other.
     */
    private void mend() throws IOException {
        for (int db = 0; db < 16; db++) {
            server.run("SELECT " + db);
            for (Object key : keys(server)) {
                String name = (String) key;
                Object zeros = ask("ZRANGEBYSCORE", name, "0", "0");
                if (zeros instanceof List<?> members && !members.isEmpty()) {
                    List<String> removed = new ArrayList<>(List.of("ZREM", name));
                    List<String> added = new ArrayList<>(List.of("ZADD", name));
                    for (Object member : members) {
                        removed.add((String) member);
                        added.addAll(List.of("0", (String) member));
                    }
                    send(removed);
                    send(added);
                    drain();
                }
                if (ask("PTTL", name) instanceof Long ms && ms >= 0 && ms < HOUR_MS) {
                    ask("PERSIST", name);
                }
            }
        }
    }

    private Object ask(String... words) throws IOException {
        server.send(RandomStrings.bytes(List.of(words)));
        server.flush();
        return server.read();
    }

    static List<?> keys(RespClient server) throws IOException {
        Object keys = server.run("KEYS *");
        if (keys instanceof Failure failure) {
            throw new IOException(failure.line());
        }
        return (List<?>) keys;
    }
}
