package io.duetdb.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.stats.Stats;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database against a map of byte strings and deadlines, in checked mode, with views and roll-backs. */
class DatabaseModelTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 2_000_000 : 60_000;
    private static final long START = 1_700_000_000_000L;

    private static final class Expected {
        byte[] value;
        long expireAt = Database.NO_EXPIRE;
    }

    private final RandomSource random = new RandomSource(1);
    private final Keyspace keyspace = new Keyspace(
            4, BlockSource.PLAIN, 256L << 20, true, new KeyedHash(1, 2), new RandomSource(3), new Stats(1), START);
    private final Database db = keyspace.db(0);
    private final Map<String, Expected> model = new HashMap<>();
    private long now = START;

    private static String name(byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1);
    }

    private byte[] key() {
        int n = random.nextInt(400);
        String key = "key:" + n;
        if (n % 40 == 1) {
            key = key.repeat(60); // longer than a byte can say
        } else if (n % 40 == 2) {
            key = key.repeat(900); // in chunks
        }
        return key.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] value() {
        int length = switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> 3000 + random.nextInt(3000);
            case 2 -> random.nextInt(100_000);
            case 3, 4 -> -1;
            default -> random.nextInt(200);
        };
        if (length < 0) {
            return Long.toString(random.nextLong() >> random.nextInt(64)).getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = (byte) random.nextLong();
        }
        return value;
    }

    private Expected living(byte[] key) {
        Expected expected = model.get(name(key));
        if (expected != null && expected.expireAt >= 0 && expected.expireAt < now) {
            model.remove(name(key));
            return null;
        }
        return expected;
    }

    private long deadline() {
        return now
                + switch (random.nextInt(4)) {
                    case 0 -> random.nextInt(50);
                    case 1 -> random.nextInt(5000);
                    case 2 -> random.nextLong(1L << 36);
                    default -> random.nextLong(1L << 44);
                };
    }

    private void step() {
        byte[] key = key();
        Argv argv = Argv.of(key, value());
        Expected expected = living(key);
        long e = db.peek(argv, 0);
        assertThat(e != 0).as(name(key)).isEqualTo(expected != null);
        switch (random.nextInt(11)) {
            case 0, 1 -> {
                long expireAt = switch (random.nextInt(3)) {
                    case 0 -> Database.NO_EXPIRE;
                    case 1 -> Database.KEEP_TTL;
                    default -> deadline();
                };
                db.strings().set(argv, 0, e, 1, expireAt);
                Expected fresh = new Expected();
                fresh.value = argv.bytes(1);
                fresh.expireAt = expireAt != Database.KEEP_TTL
                        ? expireAt
                        : expected == null ? Database.NO_EXPIRE : expected.expireAt;
                model.put(name(key), fresh);
            }
            case 2 -> {
                if (e != 0) {
                    long length = db.strings().append(argv, 0, e, 1);
                    int old = expected.value.length;
                    expected.value = Arrays.copyOf(expected.value, old + argv.length(1));
                    System.arraycopy(argv.bytes(1), 0, expected.value, old, argv.length(1));
                    assertThat(length).isEqualTo(expected.value.length);
                }
            }
            case 3 -> {
                if (e != 0 && argv.length(1) > 0) {
                    int from = random.nextInt(expected.value.length + 300);
                    db.strings().setRange(argv, 0, e, from, 1);
                    expected.value =
                            Arrays.copyOf(expected.value, Math.max(expected.value.length, from + argv.length(1)));
                    System.arraycopy(argv.bytes(1), 0, expected.value, from, argv.length(1));
                }
            }
            case 4 -> {
                if (e != 0) {
                    db.remove(e);
                    model.remove(name(key));
                }
            }
            case 5 -> {
                if (e != 0) {
                    expected.expireAt = deadline();
                    db.expire(argv, 0, e, expected.expireAt);
                }
            }
            case 6 -> {
                if (e != 0) {
                    assertThat(db.persist(e)).isEqualTo(expected.expireAt >= 0);
                    expected.expireAt = Database.NO_EXPIRE;
                }
            }
            case 7 -> {
                long number = random.nextLong();
                db.strings().setInt(argv, 0, e, number, Database.NO_EXPIRE);
                Expected fresh = new Expected();
                fresh.value = Long.toString(number).getBytes(StandardCharsets.ISO_8859_1);
                model.put(name(key), fresh);
            }
            case 8 -> keyspace.now(now += random.nextInt(20));
            case 9 -> {
                keyspace.expireCycle(1 + random.nextInt(20));
                keyspace.reclaim(1 + random.nextInt(20));
            }
            default -> {
                if (e != 0) {
                    read(argv, e, expected);
                }
            }
        }
    }

    private void read(Argv argv, long e, Expected expected) {
        assertThat(db.strings().length(e)).isEqualTo(expected.value.length);
        int from = random.nextInt(expected.value.length + 1);
        int length = random.nextInt(expected.value.length - from + 1);
        byte[] part = new byte[length];
        db.strings().read(e, from, part, 0, length);
        assertThat(part).isEqualTo(Arrays.copyOfRange(expected.value, from, from + length));
        assertThat(db.expireAt(e)).isEqualTo(expected.expireAt);
        assertThat(db.key(e)).isEqualTo(argv.bytes(0));
    }

    private void compareAll() {
        model.values().removeIf(x -> x.expireAt >= 0 && x.expireAt < now);
        for (Map.Entry<String, Expected> entry : model.entrySet()) {
            Argv argv = Argv.of(entry.getKey().getBytes(StandardCharsets.ISO_8859_1));
            long e = db.peek(argv, 0);
            assertThat(e).as(entry.getKey()).isNotZero();
            byte[] value = new byte[entry.getValue().value.length];
            db.strings().read(e, 0, value, 0, value.length);
            assertThat(value).isEqualTo(entry.getValue().value);
            assertThat(db.expireAt(e)).isEqualTo(entry.getValue().expireAt);
        }
        keyspace.memory().verify();
    }

    @Test
    void doesAsItsNaiveTwin() {
        for (int i = 0; i < STEPS; i++) {
            step();
            if (i % 10_000 == 9_999) {
                compareAll();
            }
        }
        keyspace.flush(Keyspace.ALL);
        while (keyspace.reclaim(1000) > 0) {
            assertThat(keyspace.usedBytes()).isPositive();
        }
        Keyspace empty =
                new Keyspace(4, BlockSource.PLAIN, 256L << 20, true, new KeyedHash(1, 2), random, new Stats(1), START);
        assertThat(keyspace.usedBytes()).isEqualTo(empty.usedBytes());
    }

    @Test
    void frozenViewsStayAsTheyWereAndCanBeReturnedTo() {
        List<FrozenKeyspace> views = new ArrayList<>();
        List<byte[]> digests = new ArrayList<>();
        for (int i = 0; i < STEPS / 3; i++) {
            step();
            if (i % 2000 == 1999) {
                FrozenKeyspace view = keyspace.freeze(i);
                views.add(view);
                digests.add(view.digest());
                if (views.size() > 4) {
                    int gone = random.nextInt(views.size());
                    assertThat(views.get(gone).digest()).isEqualTo(digests.get(gone));
                    views.remove(gone).close();
                    digests.remove(gone);
                }
            }
        }
        FrozenKeyspace last = views.get(views.size() - 1);
        keyspace.flush(Keyspace.ALL);
        assertThat(db.size()).isZero();
        keyspace.rollBack(last);
        try (FrozenKeyspace again = keyspace.freeze(0)) {
            assertThat(again.digest()).isEqualTo(digests.get(digests.size() - 1));
        }
        views.forEach(FrozenKeyspace::close);
        keyspace.memory().verify();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20_000})
    void recordsOfDeletedKeysAreSweptAway(int keys) {
        long before = keyspace.usedBytes();
        for (int round = 0; round < 200_000 / keys; round++) {
            for (int i = 0; i < keys; i++) {
                Argv argv = Argv.of("lock:" + i, "v");
                db.strings().set(argv, 0, 0, 1, now + 3_600_000);
                db.remove(db.peek(argv, 0));
            }
            keyspace.now(++now);
            while (keyspace.expireCycle(500) >= 500) {
                assertThat(now).isPositive();
            }
        }
        for (int i = 0; i < 2000; i++) {
            keyspace.expireCycle(500);
        }
        assertThat(keyspace.usedBytes() - before).isLessThan(1 << 20);
    }

    @Test
    void settingPersistingAndSettingAgainFilesOneRecord() {
        Argv argv = Argv.of("k", "v");
        db.strings().set(argv, 0, 0, 1, now + 60_000);
        long used = keyspace.memory().blockCount();
        for (int i = 0; i < 10_000; i++) {
            long e = db.peek(argv, 0);
            db.strings().set(argv, 0, e, 1, Database.NO_EXPIRE);
            db.expire(argv, 0, db.peek(argv, 0), now + 60_000 + i);
        }
        assertThat(keyspace.memory().blockCount()).isEqualTo(used);
        keyspace.now(now + 60_000 + 9_999);
        keyspace.expireCycle(1000);
        assertThat(db.size()).isOne();
        keyspace.now(now + 60_000 + 10_000);
        keyspace.expireCycle(1000);
        assertThat(db.size()).isZero();
    }
}
