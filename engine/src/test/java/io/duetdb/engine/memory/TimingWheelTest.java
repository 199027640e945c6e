package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The timing wheel against a TreeMap from deadline to the records that have it. */
class TimingWheelTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final long NOW = 1_790_000_000_000L;

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 1L << 30, true);

    /** Checks each record that fires against the model: in order, exact, and there. */
    private static final class Model implements TimingWheel.Listener {
        final TreeMap<Long, List<Long>> records = new TreeMap<>();
        long now;
        long last;
        int fired;

        void add(long deadline, long hash) {
            records.computeIfAbsent(deadline, d -> new ArrayList<>()).add(hash & ~15L);
        }

        @Override
        public void due(long deadlineMs, int owner, int kind, long hash) {
            assertThat(deadlineMs).isLessThanOrEqualTo(now).isGreaterThanOrEqualTo(last);
            assertThat(records.firstKey()).isEqualTo(deadlineMs);
            assertThat(owner).isEqualTo((int) (hash >>> 48));
            assertThat(kind).isEqualTo((int) (hash >>> 47) & 1);
            List<Long> due = records.firstEntry().getValue();
            assertThat(due.remove(hash)).isTrue();
            if (due.isEmpty()) {
                records.pollFirstEntry();
            }
            last = deadlineMs;
            fired++;
        }

        int count() {
            return records.values().stream().mapToInt(List::size).sum();
        }
    }

    private static void file(TimingWheel wheel, Model model, long deadline, long hash) {
        wheel.file(deadline, (int) (hash >>> 48), (int) (hash >>> 47) & 1, hash);
        model.add(Math.max(0, Math.min(deadline, TimingWheel.DEADLINE_MAX)), hash);
    }

    private static void runUntilQuiet(TimingWheel wheel, Model model, long now, int budget) {
        model.now = now;
        model.last = 0;
        int done;
        do {
            done = wheel.advance(now, budget, model);
            assertThat(done).isLessThanOrEqualTo(budget);
        } while (done == budget);
        Map.Entry<Long, List<Long>> first = model.records.firstEntry();
        assertThat(first == null || first.getKey() > Math.min(now, TimingWheel.DEADLINE_MAX))
                .isTrue();
        assertThat(wheel.due(now)).isFalse();
    }

    @Test
    void firesAsItsNaiveTwinThroughJumpsOfTheClock() {
        for (int seed = 0; seed < (LONG ? 300 : 30); seed++) {
            RandomSource random = new RandomSource(seed);
            long now = random.nextInt(5) == 0 ? random.nextLong(1L << 47) : NOW;
            TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, now));
            Model model = new Model();
            for (int round = 0; round < 200; round++) {
                for (int i = random.nextInt(100); i > 0; i--) {
                    long ahead = random.nextLong() >>> (16 + random.nextInt(48));
                    boolean isLate = random.nextInt(20) == 0;
                    file(wheel, model, isLate ? now - (ahead & 0xFFFFFF) : now + ahead, random.nextLong());
                }
                if (round % 16 == 0) {
                    wheel.verify();
                    memory.verify();
                }
                assertThat(wheel.count()).isEqualTo(model.count());
                long hint = wheel.nextDeadlineHint();
                assertThat(model.records.isEmpty() || hint <= model.records.firstKey())
                        .isTrue();
                long step = random.nextLong() >>> (20 + random.nextInt(44));
                now += random.nextInt(10) == 0 ? -(step & 0xFFFFFFFFL) : step;
                now = Math.max(0, Math.min(now, 1L << 48));
                if (random.nextInt(3) != 0) {
                    runUntilQuiet(wheel, model, now, 1 + random.nextInt(50));
                } else {
                    model.now = now;
                    model.last = 0;
                    wheel.advance(now, random.nextInt(20), model); // and the rest some other time
                }
            }
            runUntilQuiet(wheel, model, Long.MAX_VALUE, 1000);
            assertThat(model.records).as("seed %d", seed).isEmpty();
            assertThat(wheel.count()).isZero();
            assertThat(memory.blockCount()).isEqualTo(1); // the wheel's own header
            wheel.free();
        }
        memory.verify();
    }

    @Test
    void firesToTheMillisecond() {
        for (long ahead : new long[] {0, 1, 2, 63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 1L << 40}) {
            TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
            Model model = new Model();
            file(wheel, model, NOW + ahead, 77);
            runUntilQuiet(wheel, model, NOW + ahead - 1, 100);
            assertThat(model.fired).isZero();
            runUntilQuiet(wheel, model, NOW + ahead, 100);
            assertThat(model.fired).isEqualTo(1);
            wheel.free();
        }
    }

    @Test
    void aTimerThatFollowsTheHintWakesSeldomAndNeverLate() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        Model model = new Model();
        long deadline = NOW + 123_456_789_012L;
        file(wheel, model, deadline, 5);
        int wakes = 0;
        while (model.fired == 0) {
            model.now = wheel.nextDeadlineHint();
            assertThat(model.now).isLessThanOrEqualTo(deadline);
            wheel.advance(model.now, 100, model);
            wakes++;
        }
        assertThat(model.now).isEqualTo(deadline);
        assertThat(wakes).isLessThanOrEqualTo(8);
        assertThat(wheel.nextDeadlineHint()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aJumpOfCenturiesIsOneStepOfWorkPerRecord() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        Model model = new Model();
        for (int i = 0; i < 1000; i++) {
            file(wheel, model, NOW + i * 3_000_000_000L, i);
        }
        model.now = NOW + (1L << 45);
        int done = wheel.advance(model.now, Integer.MAX_VALUE, model);
        assertThat(model.fired).isEqualTo(1000);
        assertThat(done).isLessThanOrEqualTo(8 * 1000);
    }

    @Test
    void keepsItsBudgetWhenManyAreDueAtOnce() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        Model model = new Model();
        for (int i = 0; i < 5_000; i++) {
            file(wheel, model, NOW + 100_000, i * 16L);
        }
        model.now = NOW + 200_000;
        int calls = 0;
        while (wheel.due(model.now)) {
            int before = model.fired;
            int done = wheel.advance(model.now, 50, model);
            assertThat(done).isLessThanOrEqualTo(50);
            assertThat(model.fired - before).isLessThanOrEqualTo(50);
            calls++;
        }
        assertThat(model.fired).isEqualTo(5_000);
        assertThat(calls).isLessThanOrEqualTo(5_000 * 4 / 50 + 1);
        assertThat(memory.blockCount()).isEqualTo(1);
    }

    @Test
    void aListenerMayFileAgain() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        List<Long> fired = new ArrayList<>();
        TimingWheel.Listener again = (deadline, owner, kind, hash) -> {
            fired.add(deadline);
            if (fired.size() < 10) {
                wheel.file(deadline + 10, owner, kind, hash); // due as well
            } else {
                wheel.file(deadline - 1_000_000, owner, kind, hash); // behind the cursor
            }
        };
        wheel.file(NOW + 5, 3, TimingWheel.FIELD, 32);
        wheel.advance(NOW + 94, 100, again);
        assertThat(fired).hasSize(9).endsWith(NOW + 85);
        wheel.advance(NOW + 95, 1, again);
        wheel.verify();
        assertThat(wheel.count()).isEqualTo(1);
        assertThat(wheel.nextDeadlineHint()).isEqualTo(NOW + 95 - 1_000_000);
    }

    @Test
    void twoFlyweightsAndARolledBackViewSeeTheSameWheel() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        Model model = new Model();
        RandomSource random = new RandomSource(9);
        for (int i = 0; i < 3000; i++) {
            file(wheel, model, NOW + random.nextInt(1_000_000), random.nextLong());
        }
        runUntilQuiet(wheel, model, NOW + 200_000, 100);
        View view = memory.freeze();
        long count = wheel.count();
        long hint = wheel.nextDeadlineHint();
        wheel.advance(NOW + 500_000, 100_000, (deadline, owner, kind, hash) -> {});
        TimingWheel old = new TimingWheel(view.memory()).wrap(wheel.header());
        old.verify();
        assertThat(old.count()).isEqualTo(count);
        assertThat(old.nextDeadlineHint()).isEqualTo(hint);
        memory.rollBack(view);
        memory.release(view);
        wheel.verify();
        runUntilQuiet(new TimingWheel(memory).wrap(wheel.header()), model, NOW + 1_000_000, 100);
        assertThat(model.records).isEmpty();
        memory.verify();
    }

    @Test
    void freesItselfInSteps() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        RandomSource random = new RandomSource(1);
        for (int i = 0; i < 10_000; i++) {
            wheel.file(NOW + (random.nextLong() >>> (17 + random.nextInt(47))), 0, TimingWheel.KEY, i * 16L);
        }
        long blocks = memory.blockCount();
        int steps = 1;
        while (wheel.freeStep(10) < 0) {
            steps++;
        }
        assertThat(memory.blockCount()).isZero();
        assertThat((long) steps).isLessThanOrEqualTo(blocks / 10 + 1);
        memory.verify();
    }

    @Test
    void costsFewBytesPerRecord() {
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        RandomSource random = new RandomSource(2);
        int records = 200_000;
        for (int i = 0; i < records; i++) {
            wheel.file(NOW + random.nextInt(3_600_000), 0, TimingWheel.KEY, random.nextLong());
        }
        double bytes = (double) memory.blockBytes() / records;
        System.out.printf("%d records within an hour: %.1f bytes each%n", records, bytes);
        assertThat(bytes).isLessThan(18);
    }

    @Test
    void sweepRemovesExactlyWhatTheFilterRejectsInBudgets() {
        for (int seed = 0; seed < 20; seed++) {
            RandomSource random = new RandomSource(seed);
            TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
            Model model = new Model();
            for (int i = 0; i < 3000; i++) {
                file(wheel, model, NOW + random.nextLong(1L << random.nextInt(40)), random.nextLong());
            }
            int kept = 0;
            for (List<Long> hashes : model.records.values()) {
                hashes.removeIf(hash -> (hash & 0x70) != 0);
                kept += hashes.size();
            }
            model.records.values().removeIf(List::isEmpty);
            while (wheel.sweep(1 + random.nextInt(50), (deadline, owner, kind, hash) -> (hash & 0x70) == 0)) {
                wheel.verify();
            }
            assertThat(wheel.count()).as("seed %d", seed).isEqualTo(kept);
            runUntilQuiet(wheel, model, NOW + (1L << 41), 100);
            assertThat(wheel.count()).isZero();
            wheel.free();
        }
    }

    @Test
    void sweepGoesOnWhileRecordsFire() {
        RandomSource random = new RandomSource(5);
        TimingWheel wheel = new TimingWheel(memory).wrap(TimingWheel.create(memory, NOW));
        int filed = 20_000;
        for (int i = 0; i < filed; i++) {
            wheel.file(NOW + random.nextInt(100_000), 0, TimingWheel.KEY, (long) i << 8);
        }
        int[] fired = new int[1];
        int[] dropped = new int[1];
        long now = NOW;
        boolean more = true;
        while (more) {
            more = wheel.sweep(97, (deadline, owner, kind, hash) -> {
                boolean keep = (hash >> 8 & 1) == 0;
                dropped[0] += keep ? 0 : 1;
                return keep;
            });
            now += 200;
            wheel.advance(now, 500, (deadline, owner, kind, hash) -> fired[0]++);
            wheel.verify();
        }
        while (wheel.advance(NOW + 200_000, 1000, (deadline, owner, kind, hash) -> fired[0]++) > 0) {
            wheel.verify();
        }
        assertThat(fired[0] + dropped[0]).isEqualTo(filed);
        assertThat(dropped[0]).isPositive();
        wheel.free();
    }
}
