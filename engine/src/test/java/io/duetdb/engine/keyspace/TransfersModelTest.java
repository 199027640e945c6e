package io.duetdb.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.stats.Stats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Moving, renaming, copying and swapping against maps, with deadlines, flushes, views and roll-backs. */
class TransfersModelTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 1_000_000 : 30_000;
    private static final long START = 1_700_000_000_000L;
    private static final int DATABASES = 4;

    private record Expected(String value, long expireAt) {}

    private final Keyspace keyspace = new Keyspace(
            DATABASES,
            BlockSource.PLAIN,
            256L << 20,
            true,
            new KeyedHash(1, 2),
            new RandomSource(3),
            new Stats(1),
            START);
    private RandomSource random = new RandomSource(1);
    private List<Map<String, Expected>> model = new ArrayList<>();
    private long now = START;

    private String key() {
        int n = random.nextInt(60);
        return n < 50 ? "key:" + n : n < 55 ? "long".repeat(100 + n) : "longer".repeat(500 + n);
    }

    private String value() {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.toString(random.nextInt(100_000));
            case 1 -> "v".repeat(3500 + random.nextInt(600));
            case 2 -> random.nextInt(20) + "x".repeat(random.nextInt(100_000));
            default -> "value " + random.nextInt(1000);
        };
    }

    private static long find(Database db, Argv argv, int key) {
        return db.peek(argv, key);
    }

    private void step() {
        int a = random.nextInt(DATABASES);
        int b = random.nextInt(DATABASES);
        Database from = keyspace.db(a);
        Database to = keyspace.db(b);
        String key = key();
        String other = key();
        Argv argv = Argv.of(key, other, value());
        long e = find(from, argv, 0);
        Expected expected = living(a, key);
        assertThat(e != 0).isEqualTo(expected != null);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                long at = random.nextInt(3) == 0 ? Database.NO_EXPIRE : now + random.nextInt(2000);
                from.strings().set(argv, 0, e, 2, at);
                model.get(a).put(key, new Expected(argv.text(2), at));
            }
            case 4, 5 -> {
                if (e != 0 && !key.equals(other)) {
                    clear(from, a, argv, other);
                    keyspace.transfers().rename(from, find(from, argv, 0), argv, 1);
                    model.get(a).remove(key);
                    model.get(a).put(other, expected);
                }
            }
            case 6, 7 -> {
                if (e != 0 && (a != b || !key.equals(other))) {
                    clear(to, b, argv, other);
                    keyspace.transfers().copy(from, find(from, argv, 0), to, argv, 1);
                    model.get(b).put(other, expected);
                }
            }
            case 8 -> {
                if (e != 0 && a != b && find(to, argv, 0) == 0) {
                    keyspace.transfers().move(from, find(from, argv, 0), to, argv, 0);
                    model.get(a).remove(key);
                    model.get(b).put(key, expected);
                }
            }
            case 9 -> {
                keyspace.swap(a, b);
                Map<String, Expected> content = model.set(a, model.get(b));
                model.set(b, content);
            }
            case 10 -> {
                keyspace.now(now += random.nextInt(100));
                keyspace.expireCycle(1 + random.nextInt(20));
                keyspace.reclaim(1 + random.nextInt(50));
            }
            default -> {
                if (random.nextInt(100) == 0) {
                    keyspace.flush(a);
                    model.get(a).clear();
                }
            }
        }
    }

    private void clear(Database db, int index, Argv argv, String name) {
        long inTheWay = find(db, argv, 1);
        if (inTheWay != 0) {
            db.remove(inTheWay);
        }
        model.get(index).remove(name);
    }

    private @org.jspecify.annotations.Nullable Expected living(int db, String key) {
        Expected expected = model.get(db).get(key);
        if (expected != null && expected.expireAt >= 0 && expected.expireAt < now) {
            model.get(db).remove(key);
            return null;
        }
        return expected;
    }

    private void compareAll() {
        while (keyspace.expireCycle(1000) > 0) {
            assertThat(now).isPositive();
        }
        for (int i = 0; i < DATABASES; i++) {
            Database db = keyspace.db(i);
            Map<String, Expected> keys = model.get(i);
            keys.values().removeIf(x -> x.expireAt >= 0 && x.expireAt < now);
            assertThat(db.size()).isEqualTo(keys.size()); // all that was due has fired, in whichever database it is now
            assertThat(db.sizeWithTtl())
                    .isEqualTo(
                            keys.values().stream().filter(x -> x.expireAt >= 0).count());
            for (Map.Entry<String, Expected> entry : keys.entrySet()) {
                Argv argv = Argv.of(entry.getKey(), entry.getValue().value);
                long e = find(db, argv, 0);
                assertThat(e).isNotZero();
                assertThat(db.strings().equals(e, argv, 1)).isTrue();
                assertThat(db.expireAt(e)).isEqualTo(entry.getValue().expireAt);
            }
        }
        keyspace.memory().verify();
    }

    private static List<Map<String, Expected>> copyOf(List<Map<String, Expected>> model) {
        List<Map<String, Expected>> copy = new ArrayList<>();
        model.forEach(keys -> copy.add(new HashMap<>(keys)));
        return copy;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyTransferIsWhatMapsWouldDo(long seed) {
        random = new RandomSource(seed);
        for (int i = 0; i < DATABASES; i++) {
            model.add(new HashMap<>());
        }
        FrozenKeyspace frozen = keyspace.freeze(0);
        byte[] digest = frozen.digest();
        List<Map<String, Expected>> then = copyOf(model);
        for (int i = 0; i < STEPS; i++) {
            step();
            if (i % 3000 == 2999) {
                compareAll();
                assertThat(frozen.digest()).isEqualTo(digest);
                if (random.nextInt(3) == 0) {
                    keyspace.rollBack(frozen);
                    model = copyOf(then);
                    compareAll();
                }
                frozen.close();
                frozen = keyspace.freeze(i);
                digest = frozen.digest();
                then = copyOf(model);
            }
        }
        frozen.close();
        keyspace.flush(Keyspace.ALL);
        while (keyspace.reclaim(1000) > 0) {
            assertThat(keyspace.usedBytes()).isPositive();
        }
        keyspace.memory().verify();
    }
}
