package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBytesTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 1_000_000 : 30_000;
    private static final int LARGEST = 6_000_000; // three levels of directories

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 4L << 30, true);

    private static byte[] all(PageMemory m, long root, long length) {
        byte[] bytes = new byte[(int) length];
        ChunkedBytes.read(m, root, length, 0, bytes, 0, bytes.length);
        return bytes;
    }

    @Test
    void whatWasNeverWrittenIsZerosAndTakesNoRoom() {
        long length = 1L << 32;
        long root = ChunkedBytes.resize(memory, ChunkedBytes.create(memory, 3), 3, length);
        ChunkedBytes.putByte(memory, root, length, length - 1, 0x80);
        assertThat(ChunkedBytes.byteAt(memory, root, length, length - 1)).isEqualTo(0x80);
        assertThat(ChunkedBytes.byteAt(memory, root, length, length - 2)).isZero();
        assertThat(ChunkedBytes.byteAt(memory, root, length, 77)).isZero();
        assertThat(ChunkedBytes.blockBytes(memory, root, length)).isLessThan(30_000);
        assertThat(memory.usedPlaces()).isLessThan(10);
        root = ChunkedBytes.resize(memory, root, length, 10);
        assertThat(all(memory, root, 10)).isEqualTo(new byte[10]);
        ChunkedBytes.free(memory, root, 10);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void anArgumentInPiecesIsCopiedPieceByPiece() {
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 >>> 4);
        }
        byte[][] pieces = new byte[11][];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = Arrays.copyOfRange(bytes, i * 9999, Math.min(bytes.length, (i + 1) * 9999));
        }
        Argv argv = new Argv();
        argv.addPieces(pieces, bytes.length);
        long root = ChunkedBytes.create(memory, argv, 0);
        assertThat(all(memory, root, bytes.length)).isEqualTo(bytes);
        assertThat(ChunkedBytes.equals(memory, root, bytes.length, bytes, 0)).isTrue();
        bytes[99_998]++;
        assertThat(ChunkedBytes.equals(memory, root, bytes.length, bytes, 0)).isFalse();
        assertThatThrownBy(() -> ChunkedBytes.read(memory, root, bytes.length, 99_999, bytes, 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aWriteUnderAViewCopiesOnlyWhatItTouches() {
        long root = ChunkedBytes.create(memory, new byte[LARGEST], 0, LARGEST);
        int before = memory.usedPlaces();
        View view = memory.freeze();
        ChunkedBytes.putByte(memory, root, LARGEST, 3_000_000, 1);
        assertThat(memory.usedPlaces()).isEqualTo(before + 1);
        assertThat(ChunkedBytes.byteAt(view.memory(), root, LARGEST, 3_000_000)).isZero();
        assertThat(ChunkedBytes.byteAt(memory, root, LARGEST, 3_000_000)).isOne();
    }

    private record Past(View view, long root, byte[] bytes) {}

    /** Random edits of one string beside a byte array, with views of the past that must not change. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void behavesLikeAByteArray(long seed) {
        RandomSource random = new RandomSource(seed);
        long root = 0;
        byte[] model = new byte[0];
        List<Past> pasts = new ArrayList<>();
        int bound = 100;
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(1000);
            if (dice < 5) {
                bound = Math.min(LARGEST, 1 << 4 + random.nextInt(19));
            } else if (dice < 20) {
                int length = random.nextInt(3) > 0 ? random.nextInt(bound) : random.nextInt(model.length + 1);
                root = ChunkedBytes.resize(memory, root, model.length, length);
                model = Arrays.copyOf(model, length);
            } else if (dice < 200) { // append
                byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 20_000 : 50)];
                Arrays.fill(bytes, (byte) (1 + random.nextInt(255)));
                int from = model.length;
                root = ChunkedBytes.resize(memory, root, from, from + bytes.length);
                model = Arrays.copyOf(model, from + bytes.length);
                ChunkedBytes.write(memory, root, model.length, from, bytes, 0, bytes.length);
                System.arraycopy(bytes, 0, model, from, bytes.length);
            } else if (dice < 400) {
                int at = random.nextInt(model.length + 1);
                byte[] bytes = new byte[Math.min(model.length - at, random.nextInt(10_000))];
                Arrays.fill(bytes, (byte) (1 + random.nextInt(255)));
                ChunkedBytes.write(memory, root, model.length, at, bytes, 0, bytes.length);
                System.arraycopy(bytes, 0, model, at, bytes.length);
            } else if (dice < 600 && model.length > 0) {
                int at = random.nextInt(model.length);
                ChunkedBytes.putByte(memory, root, model.length, at, step);
                model[at] = (byte) step;
            } else {
                int from = random.nextInt(model.length + 1);
                byte[] bytes = new byte[Math.min(model.length - from, random.nextInt(10_000))];
                ChunkedBytes.read(memory, root, model.length, from, bytes, 0, bytes.length);
                assertThat(Arrays.equals(bytes, 0, bytes.length, model, from, from + bytes.length))
                        .as("seed %d, step %d", seed, step)
                        .isTrue();
            }
            if (model.length > LARGEST) {
                root = ChunkedBytes.resize(memory, root, model.length, 3);
                model = Arrays.copyOf(model, 3);
            }
            if (step % 500 == 0) {
                memory.verify();
                assertThat(ChunkedBytes.equals(memory, root, model.length, model, 0))
                        .as("seed %d, step %d", seed, step)
                        .isTrue();
                if (pasts.size() == 3) {
                    Past past = pasts.remove(random.nextInt(3));
                    assertThat(all(past.view.memory(), past.root, past.bytes.length))
                            .isEqualTo(past.bytes);
                    past.view.close();
                }
                pasts.add(new Past(memory.freeze(), root, model.clone()));
            }
        }
        pasts.forEach(past -> past.view.close());
        ChunkedBytes.free(memory, root, model.length);
        memory.reclaim(Integer.MAX_VALUE);
        assertThat(memory.leaks()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void theReclaimerFreesLongStringsInBudgets() {
        Reclaimer reclaimer = new Reclaimer(memory);
        long queue = Reclaimer.create(memory);
        reclaimer.wrap(queue);
        for (int i = 0; i < 200; i++) {
            int length = 50_000 * (i % 50);
            long root = ChunkedBytes.create(memory, new byte[length], 0, length);
            if (i % 7 == 0) {
                root = ChunkedBytes.resize(memory, root, length, length + 5_000_000);
                reclaimer.chunks(root, length + 5_000_000);
            } else {
                reclaimer.chunks(root, length);
            }
        }
        long before = memory.blockCount();
        HashTable table = new HashTable(memory);
        int steps = 0;
        for (int done = reclaimer.step(100, table, memory::free); done > 0; ) {
            assertThat(done).isLessThan(120);
            steps++;
            if (steps % 100 == 0) {
                memory.verify();
            }
            done = reclaimer.step(100, table, memory::free);
        }
        assertThat((long) steps).isGreaterThan(before / 120);
        assertThat(reclaimer.isEmpty()).isTrue();
        memory.free(queue);
        assertThat(memory.leaks()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void theReclaimerFreesTablesWithWhatTheyHold() {
        Reclaimer reclaimer = new Reclaimer(memory);
        long queue = Reclaimer.create(memory);
        reclaimer.wrap(queue);
        RandomSource random = new RandomSource(4);
        HashTable table = new HashTable(memory);
        for (int t = 0; t < 3; t++) {
            table.wrap(HashTable.create(memory));
            for (int i = 0; i < 5000 * t; i++) {
                long entry = memory.allocate(16, Kind.ENTRY);
                memory.putLong(entry, i % 500 == 0 ? 100_000 : 0);
                memory.putLong(
                        entry + 8, i % 500 == 0 ? ChunkedBytes.create(memory, new byte[100_000], 0, 100_000) : 0);
                table.insert(random.nextLong(), entry);
            }
            reclaimer.table(table.header());
        }
        HashTable.SlotVisitor entries = entry -> {
            reclaimer.chunks(memory.getLong(entry + 8), memory.getLong(entry));
            memory.free(entry);
        };
        while (reclaimer.step(50, table, entries) > 0) {
            // in budgets
        }
        memory.free(queue);
        memory.verify();
        assertThat(memory.leaks()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }
}
