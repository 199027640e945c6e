package io.duetdb.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.stats.Stats;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written anew while a view is there moves to pages of its own, within bounds. */
class MovesUnderViewsTest {
    private static final int KEYS = 40_000;

    private final RandomSource random = new RandomSource(11);
    private final Keyspace keyspace = new Keyspace(
            1, BlockSource.PLAIN, 1L << 30, false, new KeyedHash(1, 2), new RandomSource(3), new Stats(1), 1_700_000L);
    private final Database db = keyspace.db(0);
    private final PageMemory memory = keyspace.memory();
    private final byte[] value = new byte[1000];

    private void set(int n) {
        Arrays.fill(value, (byte) random.nextInt(256));
        Argv argv = Argv.of(("key:" + n).getBytes(StandardCharsets.ISO_8859_1), value);
        db.strings().set(argv, 0, db.peek(argv, 0), 1, Database.NO_EXPIRE);
    }

    private void fill() {
        for (int n = 0; n < KEYS; n++) {
            set(n);
        }
    }

    private void reclaimAll() {
        int done;
        do {
            done = keyspace.reclaim(1000);
        } while (done > 0);
    }

    @Test
    void anOverwriteCostsItsBytesAndNotItsPage() {
        fill();
        long before = memory.usedBytes();
        try (FrozenKeyspace view = keyspace.freeze(0)) {
            byte[] digest = view.digest();
            int writes = KEYS / 20;
            for (int i = 0; i < writes; i++) {
                set(random.nextInt(KEYS));
            }
            long tables = 3L * KEYS * Long.BYTES; // slots, half full, and records of pages
            assertThat(memory.usedBytes() - before).isLessThan(writes * 1200L + tables);
            assertThat(view.digest()).isEqualTo(digest);
        }
        reclaimAll();
        memory.verify();
    }

    @ParameterizedTest
    @ValueSource(ints = {KEYS / 50, KEYS / 5, 3 * KEYS})
    void theHolesStayFewHoweverManyViewsThereAre(int writes) {
        long empty = memory.blockCount();
        fill();
        long full = memory.usedBytes();
        for (int round = 0; round < 30; round++) {
            try (FrozenKeyspace view = keyspace.freeze(round)) {
                for (int i = 0; i < writes / 2; i++) {
                    set(random.nextInt(KEYS));
                }
                assertThat(view.size(0)).isEqualTo(KEYS);
            }
            for (int i = 0; i < writes / 2; i++) {
                set(random.nextInt(KEYS));
            }
            reclaimAll();
            assertThat(memory.usedBytes()).as("round " + round).isLessThan(full + full / 7 + (2 << 20));
        }
        memory.verify();
        keyspace.flush(Keyspace.ALL);
        reclaimAll();
        assertThat(memory.blockCount()).isEqualTo(empty);
    }
}
