package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hash table against a plain list of (address, hash), through growth, shrinkage, views and roll-backs. */
class HashTableTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 1L << 30, true);
    private final HashTableInspector inspector = new HashTableInspector(memory);

    /** The naive twin: entries in a list, found again by address. Hashes follow from the address. */
    private static final class Model {
        final long[] byId;
        final int[] place;
        int[] live = new int[1024];
        int size;
        private final int hashMask;

        Model(int ids, int equalHashes) {
            byId = new long[ids];
            place = new int[ids];
            Arrays.fill(place, -1);
            hashMask = -equalHashes;
        }

        /** Ids in groups of a power of two have one hash; the groups' hashes are mixed well. */
        long hash(int id) {
            long z = (id & hashMask) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        boolean has(int id) {
            return place[id] >= 0;
        }

        void add(int id, long address) {
            byId[id] = address;
            if (size == live.length) {
                live = Arrays.copyOf(live, size * 2);
            }
            live[size] = id;
            place[id] = size++;
        }

        void remove(int id) {
            int last = live[--size];
            live[place[id]] = last;
            place[last] = place[id];
            place[id] = -1;
        }

        Set<Long> addresses() {
            Set<Long> all = new HashSet<>(size * 2);
            for (int i = 0; i < size; i++) {
                all.add(byId[live[i]]);
            }
            return all;
        }

        /** The twin as it is now. */
        Model copy() {
            Model copy = new Model(byId.length, -hashMask);
            System.arraycopy(byId, 0, copy.byId, 0, byId.length);
            System.arraycopy(place, 0, copy.place, 0, place.length);
            copy.live = live.clone();
            copy.size = size;
            return copy;
        }
    }

    private static boolean find(HashTable table, long hash, long address) {
        long found = table.first(hash);
        while (found != 0 && found != address) {
            assertThat(table.hashBits()).isEqualTo(HashTable.hashBits(hash));
            found = table.next();
        }
        return found != 0;
    }

    private static void toggle(HashTable table, Model model, int id, RandomSource random) {
        long hash = model.hash(id);
        if (!model.has(id)) {
            long address = ((long) id + 1) << 3;
            assertThat(find(table, hash, address)).isFalse();
            table.insert(hash, address);
            model.add(id, address);
        } else if (random.nextInt(4) == 0) {
            long other = model.byId[id] ^ (1L << 36);
            assertThat(find(table, hash, model.byId[id])).isTrue();
            table.replace(other);
            model.byId[id] = other;
            assertThat(find(table, hash, other)).isTrue();
        } else {
            assertThat(find(table, hash, model.byId[id])).isTrue();
            table.remove();
            model.remove(id);
        }
        assertThat(table.size()).isEqualTo(model.size);
    }

    private static Set<Long> walk(HashTable table, int count) {
        Set<Long> seen = new HashSet<>();
        long cursor = 0;
        do {
            cursor = table.scan(
                    cursor, count, address -> assertThat(seen.add(address)).isTrue());
        } while (cursor != 0);
        return seen;
    }

    private static void grow(HashTable table, Model model, int to) {
        for (int id = 0; model.size < to; id++) {
            if (!model.has(id)) {
                long address = ((long) id + 1) << 3;
                table.insert(model.hash(id), address);
                model.add(id, address);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void behavesAsItsNaiveTwinThroughGrowthAndShrinkage(int equalHashes) {
        int ids = 40_000;
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        Model model = new Model(ids, equalHashes);
        RandomSource random = new RandomSource(11 + equalHashes);
        int[] targets = {5, 0, 30, 300, 20, 2500, 700, 20_000, 100, 9_000, 0, 400, 0};
        for (int target : targets) {
            while (model.size != target) {
                boolean wantMore = model.size < target;
                int id = !wantMore && random.nextInt(8) != 0
                        ? model.live[random.nextInt(model.size)]
                        : random.nextInt(wantMore ? ids : ids);
                toggle(table, model, id, random);
                if ((random.nextLong() & 0x3FFF) == 0) {
                    inspector.verify(table.header());
                    memory.verify();
                }
            }
            inspector.verify(table.header());
            memory.verify();
            assertThat(walk(table, 1 + random.nextInt(50))).isEqualTo(model.addresses());
        }
        assertThat(table.bytes()).isEqualTo(HashTableStructure.HEADER_BYTES + 128);
        table.free();
        assertThat(memory.blockCount()).isZero();
    }

    @Test
    void manyStepsAtManySizes() {
        int ids = LONG ? 3_000_000 : 150_000;
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        Model model = new Model(ids, 1);
        RandomSource random = new RandomSource(3);
        for (int step = 0; step < ids * 7; step++) {
            boolean shrinking = (step / ids) % 3 == 2 && model.size > 0;
            int id = shrinking ? model.live[random.nextInt(model.size)] : random.nextInt(ids);
            toggle(table, model, id, random);
            if (step % (ids / 2) == 0) {
                inspector.verify(table.header());
                memory.verify();
            }
        }
        for (int id = 0; id < ids; id++) {
            assertThat(find(table, model.hash(id), model.byId[id])).isEqualTo(model.has(id));
        }
    }

    @Test
    void findsAllEntriesWithEqualHashBits() {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        long hash = 0xFFFF_FFFF_FFFF_FFFFL; // the last home: all but one of these overflow
        for (int i = 1; i <= 40; i++) {
            table.insert(hash, i * 8L);
            table.insert(0, 4096 + i * 8L);
            inspector.verify(table.header());
        }
        long found = table.first(hash);
        for (int i = 1; i <= 40; i++) {
            assertThat(found).isEqualTo(i * 8L);
            found = table.next();
        }
        assertThat(found).isZero();
        assertThat(table.touchSlot(hash)).isEqualTo(8);
        assertThat(table.touchSlot(hash - (1L << 34))).isZero();
        for (int i = 40; i > 0; i--) {
            assertThat(find(table, hash, i * 8L)).isTrue();
            table.remove();
            inspector.verify(table.header());
        }
        assertThat(table.size()).isEqualTo(40);
    }

    @Test
    void aThousandEntriesOfOneHashStayTogether() {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        for (int i = 1; i <= 1400; i++) {
            table.insert(0x4000_0000_0000_0000L, i * 8L);
        }
        inspector.verify(table.header());
        Set<Long> seen = new HashSet<>();
        assertThat(table.scan(0, 1, seen::add)).isZero();
        assertThat(seen).hasSize(1400);
    }

    @Test
    void touchesABatchWithoutMovingThePosition() {
        for (int size : new int[] {20, 30_000}) {
            HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
            Model model = new Model(size * 2, 1);
            grow(table, model, size);
            long[] hashes = new long[size * 2];
            long[] candidates = new long[size * 2];
            for (int id = 0; id < hashes.length; id++) {
                hashes[id] = model.hash(id);
            }
            assertThat(table.first(hashes[7])).isEqualTo(64);
            long folded = table.touchAll(hashes, hashes.length, candidates);
            assertThat(folded).isNotZero();
            assertThat(table.hashBits()).isEqualTo(HashTable.hashBits(hashes[7]));
            for (int id = 0; id < hashes.length; id++) {
                long found = table.first(hashes[id]);
                assertThat(candidates[id]).isEqualTo(found).isEqualTo(table.touchSlot(hashes[id]));
                assertThat(found == (id + 1) * 8L).isEqualTo(id < size);
            }
        }
    }

    @Test
    void scanVisitsWhatStaysWhateverHappensMeanwhile() {
        for (int seed = 0; seed < (LONG ? 400 : 40); seed++) {
            RandomSource random = new RandomSource(seed);
            int ids = 1 << (4 + random.nextInt(12));
            HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
            Model model = new Model(ids, 1 << random.nextInt(3));
            grow(table, model, random.nextInt(ids));
            Set<Long> stayed = model.addresses();
            Set<Long> seen = new HashSet<>();
            int bias = random.nextInt(3);
            long cursor = 0;
            long before;
            do {
                before = cursor;
                cursor = table.scan(cursor, 1 + random.nextInt(100), seen::add);
                assertThat(cursor == 0 || cursor > before).isTrue();
                for (int i = random.nextInt(200); i > 0; i--) {
                    int id = random.nextInt(ids);
                    boolean had = model.has(id);
                    if (bias == 0 || (bias == 1) == had || random.nextInt(5) == 0) {
                        long address = had ? model.byId[id] : 0;
                        toggle(table, model, id, random);
                        stayed.remove(address);
                    }
                }
            } while (cursor != 0);
            assertThat(seen).as("seed %d", seed).containsAll(stayed);
            table.free();
        }
        assertThat(memory.blockCount()).isZero();
    }

    @Test
    void scanTakesAnyNumberAsCursor() {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        grow(table, new Model(10_000, 1), 5000);
        assertThat(table.scan(1L << 30, 10, address -> {})).isZero();
        assertThat(table.scan(-1, 10, address -> {})).isZero();
        assertThat(table.scan((1L << 30) - 1, 10, address -> {})).isZero();
        assertThat(walk(table, 0)).hasSize(5000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void slotsAreThoseOfAWalkInTheOrderOfTheirHashes(int equalHashes) {
        for (int size : new int[] {0, 1, 30, 3000, 20_000}) {
            HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
            grow(table, new Model(30_000, equalHashes), size);
            List<Long> slots = new ArrayList<>();
            SlotRun run = new SlotRun();
            int last = -1;
            long cursor = 0;
            do {
                cursor = table.slots(cursor, 50, run);
                for (int i = 0; i < run.count(); i++) {
                    assertThat(run.bits(i)).isGreaterThanOrEqualTo(i == 0 ? last + 1 : last);
                    last = run.bits(i);
                    slots.add(run.address(i));
                }
            } while (cursor != 0);
            List<Long> walked = new ArrayList<>();
            table.scan(0, Integer.MAX_VALUE, walked::add);
            assertThat(slots).as("%d entries", size).isEqualTo(walked);
        }
    }

    @Test
    void randomEntriesAreUniform() {
        for (int size : new int[] {1, 9, 500, 3000, 20_000}) {
            HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
            grow(table, new Model(size, 1), size);
            RandomSource random = new RandomSource(size);
            int[] hits = new int[size + 1];
            int draws = size * 50;
            for (int i = 0; i < draws; i++) {
                hits[(int) (table.random(random) >>> 3)]++;
            }
            double chiSquare = 0;
            for (int id = 1; id <= size; id++) {
                chiSquare += (hits[id] - 50.0) * (hits[id] - 50.0) / 50;
            }
            // Mean size - 1, deviation sqrt(2 (size - 1)).
            assertThat(Math.abs(chiSquare - (size - 1))).as("size %d", size).isLessThan(5 * Math.sqrt(2.0 * size));
        }
        HashTable empty = new HashTable(memory).wrap(HashTable.create(memory));
        assertThat(empty.random(new RandomSource(1))).isZero();
    }

    @Test
    void aFrozenViewKeepsItsPastForAnotherThread() throws InterruptedException {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        int ids = 30_000;
        Model model = new Model(ids, 1);
        RandomSource random = new RandomSource(5);
        for (int round = 0; round < 6; round++) {
            grow(table, model, 500 + random.nextInt(25_000));
            View view = memory.freeze();
            Model past = model.copy();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                HashTable old = new HashTable(view.memory()).wrap(table.header());
                for (int id = 0; id < ids; id++) {
                    assertThat(find(old, past.hash(id), past.byId[id])).isEqualTo(past.has(id));
                }
                assertThat(walk(old, 100)).isEqualTo(past.addresses());
                new HashTableInspector(view.memory()).verify(table.header());
            });
            reader.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
            reader.start();
            int churn = random.nextInt(30_000);
            for (int i = 0; i < churn; i++) {
                int id = round % 2 == 0 || model.size == 0
                        ? random.nextInt(ids)
                        : model.live[random.nextInt(model.size)];
                toggle(table, model, id, random);
            }
            reader.join();
            assertThat(failure.get()).isNull();
            inspector.verify(table.header());
            if (round % 3 == 1) {
                memory.rollBack(view);
                model = past;
                assertThat(table.size()).isEqualTo(past.size);
                assertThat(walk(table, 10)).isEqualTo(past.addresses());
                inspector.verify(table.header());
            }
            memory.release(view);
            memory.verify();
        }
        assertThat(walk(table, 10)).isEqualTo(model.addresses());
    }

    @Test
    void growsWithoutStalls() {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        Model model = new Model(1, 1);
        long segments = 1;
        for (int id = 0; id < 200_000; id++) {
            table.insert(model.hash(id), (id + 1) * 8L);
            long now = 0;
            for (int depth = 0; depth <= 12; depth++) {
                now += memory.getInt(table.header() + HashTableStructure.SEGMENTS + 4L * depth);
            }
            assertThat(now - segments).isBetween(0L, 1L);
            segments = now;
        }
    }

    @Test
    void freesItselfInSteps() {
        for (int size : new int[] {0, 10, 400, 1500, 12_345}) {
            HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
            Model model = new Model(size + 1, 1);
            grow(table, model, size);
            List<Long> handed = new ArrayList<>();
            int steps = 0;
            int left;
            do {
                int before = handed.size();
                left = table.freeStep(100, handed::add);
                steps++;
                assertThat(handed.size() - before).isLessThanOrEqualTo(100);
            } while (left < 0);
            assertThat(steps).isBetween(1 + size / 100, 2 + (size + size / 500) / 100);
            assertThat(handed).hasSize(size);
            assertThat(new HashSet<>(handed)).isEqualTo(model.addresses());
            assertThat(memory.blockCount()).isZero();
            memory.verify();
        }
    }

    @Test
    void costsFewBytesPerKey() {
        HashTable table = new HashTable(memory).wrap(HashTable.create(memory));
        Model model = new Model(1, 1);
        int id = 0;
        StringBuilder figures = new StringBuilder();
        double worst = 0;
        for (long size = 1000; size <= (LONG ? 4_000_000 : 500_000); size = size * 5 / 4) {
            while (id < size) {
                table.insert(model.hash(id++), id * 8L);
            }
            double perKey = (double) table.bytes() / size;
            figures.append(String.format("%9d keys %5.1f bytes each%n", size, perKey));
            worst = Math.max(worst, perKey);
        }
        System.out.print(figures);
        System.out.println(inspector.describe(table.header()));
        assertThat(worst).isLessThan(24);
    }
}
