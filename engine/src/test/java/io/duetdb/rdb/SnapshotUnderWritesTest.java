package io.duetdb.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomHashes;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RdbFiles;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** D18: a snapshot is that of its moment, whatever is written, deleted, renamed, swapped and expires meanwhile. */
class SnapshotUnderWritesTest {
    private static final int ROUNDS = Boolean.getBoolean("duet.long") ? 250 : 15;

    private final EngineFixture t = new EngineFixture(1, 512L << 20, io.duetdb.engine.api.Host.NONE);
    private long nowSeconds;

    private void write(Random random, RandomCollections collections, RandomStrings strings, RandomHashes hashes) {
        List<String> command = switch (random.nextInt(3)) {
            case 0 -> collections.around(nowSeconds).next();
            case 1 -> strings.around(nowSeconds, 1).next();
            default -> hashes.next();
        };
        t.run(RandomStrings.bytes(command));
    }

    /** Something that changes much at once. */
    private void upheaval(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> t.run("FLUSHALL");
            case 1 -> t.run("FLUSHDB");
            case 2, 3, 4 -> t.run("SWAPDB " + random.nextInt(3) + " " + random.nextInt(3));
            case 5 -> t.run("SELECT " + random.nextInt(3));
            case 6, 7, 8 -> {
                t.run("RENAME key:" + random.nextInt(300) + " key:" + random.nextInt(300));
                t.run("MOVE key:" + random.nextInt(300) + " " + random.nextInt(3));
                t.run("COPY key:" + random.nextInt(300) + " key:" + random.nextInt(300) + " REPLACE");
            }
            default -> {
                long more = random.nextInt(1 << random.nextInt(12));
                nowSeconds += more;
                t.advance(more, TimeUnit.SECONDS);
                t.turn();
            }
        }
    }

    private void fill(Random random) {
        for (int i = 0; i < 300; i++) {
            t.run("SET key:" + i + " " + "v".repeat(random.nextInt(i % 50 == 0 ? 9000 : 60))
                    + (i % 3 == 0 ? " PX " + (1 + random.nextInt(100_000)) : ""));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theFileIsThatOfTheFreeze(long seed) {
        Random random = new Random(seed);
        RandomCollections collections = new RandomCollections(seed);
        RandomStrings strings = new RandomStrings(seed, 0, 0, false);
        RandomHashes hashes = new RandomHashes(seed, 0);
        nowSeconds = t.clock().wallUs() / 1_000_000;
        for (int round = 0; round < ROUNDS; round++) {
            fill(random);
            for (int i = 0; i < 100; i++) {
                write(random, collections, strings, hashes);
            }
            String digest;
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (Snapshot view = t.engine().freeze()) {
                digest = HexFormat.of().formatHex(view.digest());
                RdbFileWriter out = new RdbFileWriter(bytes::write, true, true, RdbFileWriter.version(view));
                for (int db = 0; db < view.databases(); db++) {
                    if (view.size(db) > 0) {
                        out.database(db, view.size(db), view.sizeWithTtl(db));
                        view.forEach(db, (key, offset, length, expireAtMs, value) -> {
                            out.entry(key, offset, length, expireAtMs, value);
                            write(random, collections, strings, hashes);
                            if (random.nextInt(40) == 0) {
                                upheaval(random);
                            }
                        });
                    }
                }
                out.end();
                assertThat(HexFormat.of().formatHex(view.digest())).isEqualTo(digest);
            }
            EngineFixture u = new EngineFixture();
            RdbFiles.load(u.engine(), bytes.toByteArray());
            assertThat(RdbFiles.digest(u.engine()))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(digest);
        }
    }

    @Test
    void whatIsOverAtTheFreezeIsInTheFile() {
        t.run("SET k v PX 10");
        t.run("HSET h f v g w");
        t.run("HPEXPIRE h 10 FIELDS 1 f");
        t.run("DEBUG SET-ACTIVE-EXPIRE 0");
        t.advance(1, TimeUnit.SECONDS);
        EngineFixture u = new EngineFixture();
        u.run("DEBUG SET-ACTIVE-EXPIRE 0");
        assertThat(RdbFiles.load(u.engine(), RdbFiles.of(t.engine()))).isEqualTo(2);
        assertThat(RdbFiles.digest(u.engine())).isEqualTo(RdbFiles.digest(t.engine()));
        u.advance(1, TimeUnit.SECONDS);
        u.run("GET k").nil();
        u.run("HGETALL h").replies(java.util.Map.of("g", "w"));
    }
}
