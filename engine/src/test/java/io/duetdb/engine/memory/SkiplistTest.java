package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The skiplist against a sorted list, in checked mode: every position, rank and span, under views and roll-backs. */
class SkiplistTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 100_000 : 6_000;

    private record Item(double score, byte[] member, long element) implements Comparable<Item> {
        @Override
        public int compareTo(Item other) {
            return score < other.score ? -1 : score > other.score ? 1 : Arrays.compareUnsigned(member, other.member);
        }
    }

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final Skiplist list = new Skiplist(memory, new RandomSource(7)).wrap(Skiplist.create(memory, 0));
    private List<Item> items = new ArrayList<>();
    private RandomSource random = new RandomSource(1);
    private int scores = 10;
    private int members;

    private double someScore() {
        int dice = random.nextInt(40);
        return switch (dice) {
            case 0 -> Double.NEGATIVE_INFINITY;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> 0.0;
            case 3 -> -0.0;
            default -> random.nextInt(scores) / 4.0 - scores / 16.0;
        };
    }

    private byte[] newMember() {
        int id = members++;
        String text = id == 0 ? "" : Integer.toString(id * 7919 % 100_003, 36) + ":" + id;
        return (random.nextInt(50) == 0 ? text + "x".repeat(random.nextInt(2500)) : text)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Item create(double score, byte[] member) {
        long element = memory.allocate(Skiplist.MEMBER + SizedString.spaceFor(member.length), Kind.ELEMENT);
        memory.putLong(element, Double.doubleToRawLongBits(score));
        SizedString.write(memory, element + Skiplist.MEMBER, member, 0, member.length);
        return new Item(score, member, element);
    }

    private void keep(Item item) {
        items.add(-1 - Collections.binarySearch(items, item), item);
    }

    private void insert(double score, byte[] member) {
        Item item = create(score, member);
        list.insert(score, item.element, member, 0, member.length);
        keep(item);
    }

    private void append(double score, byte[] member) {
        Item item = create(score, member);
        list.append(score, item.element);
        items.add(item);
    }

    private void free(Item item) {
        SizedString.free(memory, item.element + Skiplist.MEMBER);
        memory.free(item.element);
    }

    private void remove(int i) {
        Item item = items.remove(i);
        list.remove(item.score, item.element, item.member, 0, item.member.length);
        free(item);
    }

    private void move(int i, double score) {
        Item item = items.get(i);
        if (item.score == score) {
            return;
        }
        items.remove(i);
        list.move(item.score, score, item.element, item.member, 0, item.member.length);
        memory.putLong(item.element, Double.doubleToRawLongBits(score));
        keep(new Item(score, item.member, item.element));
    }

    private void removeRun(int from, int n) {
        boolean is = list.seekRank(from);
        for (int i = 0; i < n; i++) {
            assertThat(is).isTrue();
            Item item = items.remove(from);
            assertThat(list.element()).isEqualTo(item.element);
            is = list.removeHere();
            free(item);
        }
        assertThat(is).isEqualTo(from < items.size());
        if (is) {
            assertThat(list.element()).isEqualTo(items.get(from).element);
            assertThat(list.rank()).isEqualTo(from);
        }
    }

    private void step(boolean growing) {
        int dice = random.nextInt(100);
        if (items.isEmpty() || dice < (growing ? 60 : 20)) {
            insert(someScore(), newMember());
        } else if (dice < (growing ? 62 : 21)) {
            double top = items.get(items.size() - 1).score;
            for (int n = random.nextInt(100); n > 0 && top + 1 > top; n--) {
                top += 1;
                append(top, newMember());
            }
        } else if (dice < (growing ? 70 : 75)) {
            remove(random.nextInt(items.size()));
        } else if (dice < (growing ? 71 : 78)) {
            int from = random.nextInt(items.size());
            removeRun(from, 1 + random.nextInt(Math.min(150, items.size() - from)));
        } else if (dice < 90) {
            Item item = items.get(random.nextInt(items.size()));
            double by = random.nextInt(9) - 4;
            move(items.indexOf(item), item.score + by);
        } else {
            move(random.nextInt(items.size()), someScore());
        }
    }

    // ---- comparing

    /** All entries in both directions with their ranks, and every seek. */
    private static void compare(Skiplist list, PageMemory memory, List<Item> items, RandomSource random) {
        assertThat(list.size()).isEqualTo(items.size());
        int i = 0;
        for (boolean is = list.first(); is; is = list.next()) {
            same(list, memory, items, i++);
        }
        assertThat(i).isEqualTo(items.size());
        for (boolean is = list.last(); is; is = list.previous()) {
            same(list, memory, items, --i);
        }
        assertThat(i).isZero();
        assertThat(list.seekRank(-1)).isFalse();
        assertThat(list.seekRank(items.size())).isFalse();
        for (int n = 0; n < 40 && !items.isEmpty(); n++) {
            int rank = random.nextInt(items.size());
            assertThat(list.seekRank(rank)).isTrue();
            same(list, memory, items, rank);
            Item item = items.get(rank);
            assertThat(list.rank(item.score, item.element, item.member, 0, item.member.length))
                    .isEqualTo(rank);
            double bound = random.nextInt(3) == 0 ? item.score + 0.1 : item.score;
            seeks(list, memory, items, bound, random.nextInt(2) == 0);
        }
        seeks(list, memory, items, Double.NEGATIVE_INFINITY, false);
        seeks(list, memory, items, Double.NEGATIVE_INFINITY, true);
        seeks(list, memory, items, Double.POSITIVE_INFINITY, false);
        seeks(list, memory, items, Double.POSITIVE_INFINITY, true);
    }

    private static void seeks(Skiplist list, PageMemory memory, List<Item> items, double bound, boolean exclusive) {
        int above = 0;
        while (above < items.size() && (exclusive ? items.get(above).score <= bound : items.get(above).score < bound)) {
            above++;
        }
        position(list.seekScore(bound, exclusive), list, memory, items, above);
        int below = items.size() - 1;
        while (below >= 0 && (exclusive ? items.get(below).score >= bound : items.get(below).score > bound)) {
            below--;
        }
        position(list.seekScoreBack(bound, exclusive), list, memory, items, below);
    }

    private static void position(boolean is, Skiplist list, PageMemory memory, List<Item> items, int expected) {
        assertThat(is).isEqualTo(expected >= 0 && expected < items.size());
        if (is) {
            same(list, memory, items, expected);
        }
    }

    private static void same(Skiplist list, PageMemory memory, List<Item> items, int i) {
        Item item = items.get(i);
        if (list.element() != item.element || list.rank() != i || list.score() != item.score) {
            throw new AssertionError(
                    "rank " + list.rank() + " score " + list.score() + " instead of " + i + " " + item);
        }
        byte[] member = SizedString.bytes(memory, list.element() + Skiplist.MEMBER);
        if (!Arrays.equals(member, item.member)) {
            throw new AssertionError("member at rank " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void doesWhatASortedListDoes(long seed) throws InterruptedException {
        random = new RandomSource(seed);
        scores = seed % 3 == 0 ? 3 : seed % 3 == 1 ? 200 : 100_000;
        View view = null;
        List<Item> past = List.of();
        for (int step = 0; step < STEPS; step++) {
            try {
                step(step / 1500 % 2 == 0);
                if (step % 50 == 0) {
                    list.verify();
                    compare(list, memory, items, random);
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " step " + step, e);
            }
            if (step % 800 == 0) {
                if (view != null) {
                    readInAnotherThread(view, past);
                    memory.release(view);
                }
                view = memory.freeze();
                past = List.copyOf(items);
            }
            if (view != null && step % 2400 == 2300) {
                memory.rollBack(view);
                list.wrap(list.header());
                items = new ArrayList<>(past);
            }
        }
        end(view);
    }

    private void readInAnotherThread(View view, List<Item> past) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            Skiplist frozen = new Skiplist(view.memory(), new RandomSource(0)).wrap(list.header());
            frozen.verify();
            compare(frozen, view.memory(), past, new RandomSource(5));
        });
        reader.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
        reader.start();
        for (int i = 0; i < 100; i++) {
            step(true);
        }
        reader.join();
        assertThat(failure.get()).isNull();
    }

    private void end(View view) {
        if (view != null) {
            memory.release(view);
        }
        while (!items.isEmpty()) {
            remove(random.nextInt(items.size()));
            if (items.size() % 100 == 0) {
                list.verify();
            }
        }
        assertThat(list.first()).isFalse();
        assertThat(list.last()).isFalse();
        assertThat(list.seekScore(0, false)).isFalse();
        assertThat(list.seekScoreBack(0, false)).isFalse();
        memory.free(list.header());
        assertThat(memory.blockCount()).as(memory.leaks()).isZero();
        memory.verify();
    }

    // ---- by member

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 143, 144, 145, 700, 3000})
    void findsMembersWhereScoresAreEqual(int size) {
        for (int i = 0; i < size; i++) {
            insert(3, newMember());
        }
        for (int n = 0; n < 300; n++) {
            byte[] wanted = n % 3 == 0 || size == 0
                    ? Integer.toString(random.nextInt(100_000), 36).getBytes(StandardCharsets.UTF_8)
                    : items.get(random.nextInt(size)).member;
            boolean exclusive = n % 2 == 0;
            int above = 0;
            while (above < size && (exclusive ? compared(above, wanted) <= 0 : compared(above, wanted) < 0)) {
                above++;
            }
            boolean is = list.seekLex(wanted, 0, wanted.length, exclusive);
            position(is, list, memory, items, above);
            int below = size - 1;
            while (below >= 0 && (exclusive ? compared(below, wanted) >= 0 : compared(below, wanted) > 0)) {
                below--;
            }
            is = list.seekLexBack(wanted, 0, wanted.length, exclusive);
            position(is, list, memory, items, below);
        }
    }

    private int compared(int i, byte[] with) {
        return Arrays.compareUnsigned(items.get(i).member, with);
    }

    @Test
    void anElementThatIsNotThereIsAnError() {
        insert(1, new byte[] {1});
        insert(2, new byte[] {2});
        long other = items.get(1).element;
        assertThatThrownBy(() -> list.rank(1, other, new byte[] {2}, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> list.rank(0, other, new byte[] {2}, 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    // ---- shape

    private double bytesPerEntry() {
        long nodes = memory.blockBytes(Kind.SKIPLIST_NODE);
        return (double) nodes / items.size();
    }

    @Test
    void packsWhatComesInOrder() {
        for (int i = 0; i < 20_000; i++) {
            append(i, newMember());
        }
        list.verify();
        assertThat(bytesPerEntry()).isLessThan(16.8);
    }

    @Test
    void packsWhatIsInsertedAscendingOrDescending() {
        for (int i = 0; i < 10_000; i++) {
            insert(i, newMember());
        }
        assertThat(bytesPerEntry()).isLessThan(16.8);
        for (int i = 1; i < 10_000; i++) {
            insert(-i, newMember());
        }
        list.verify();
        assertThat(bytesPerEntry()).isLessThan(16.8);
    }

    @Test
    void staysPackedAtRandom() {
        for (int i = 0; i < 20_000; i++) {
            insert(random.nextInt(1_000_000), newMember());
        }
        double afterInserts = bytesPerEntry();
        for (int i = 0; i < 20_000; i++) {
            move(random.nextInt(items.size()), random.nextInt(1_000_000));
        }
        double afterMoves = bytesPerEntry();
        while (items.size() > 1000) {
            remove(random.nextInt(items.size()));
        }
        list.verify();
        double afterRemovals = bytesPerEntry();
        System.out.printf(
                "bytes an entry: inserts %.1f, moves %.1f, removals %.1f%n", afterInserts, afterMoves, afterRemovals);
        assertThat(afterInserts).isLessThan(24);
        assertThat(afterMoves).isLessThan(26);
        assertThat(afterRemovals).isLessThan(50);
    }

    @Test
    void doesNotScatterWhenEveryNodeLosesMost() {
        for (int i = 0; i < 10_000; i++) {
            append(i, newMember());
        }
        for (int i = items.size() - 1; i >= 0; i--) {
            if (items.get(i).score % 62 != 7) {
                remove(i);
            }
        }
        list.verify();
        assertThat(bytesPerEntry()).isLessThan(100);
    }

    @Test
    void aSmallListIsSmall() {
        insert(1, newMember());
        assertThat(memory.blockBytes(Kind.SKIPLIST_NODE)).isLessThan(200);
        while (items.size() < 500) {
            insert(random.nextInt(50), newMember());
        }
        while (items.size() > 2) {
            remove(random.nextInt(items.size()));
        }
        assertThat(memory.blockBytes(Kind.SKIPLIST_NODE)).isLessThan(600);
        list.verify();
    }

    @Test
    void theSameSeedMakesTheSameBytes() {
        long[] shapes = new long[2];
        for (int round = 0; round < 2; round++) {
            PageMemory other = new PageMemory(BlockSource.PLAIN, 64L << 20, true);
            Skiplist twin = new Skiplist(other, new RandomSource(99)).wrap(Skiplist.create(other, 0));
            RandomSource chance = new RandomSource(4);
            for (int i = 0; i < 3000; i++) {
                byte[] member = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
                long element = other.allocate(Skiplist.MEMBER + SizedString.spaceFor(member.length), Kind.ELEMENT);
                double score = chance.nextInt(1000);
                other.putLong(element, Double.doubleToRawLongBits(score));
                SizedString.write(other, element + Skiplist.MEMBER, member, 0, member.length);
                twin.insert(score, element, member, 0, member.length);
            }
            for (long node = SkiplistLayout.next(other, twin.header());
                    node != 0;
                    node = SkiplistLayout.next(other, node)) {
                long head = SkiplistLayout.head(other, node);
                for (int level = 0; level < SkiplistLayout.levels(head); level++) {
                    shapes[round] = shapes[round] * 31 + SkiplistLayout.word(other, node, level);
                }
                shapes[round] = shapes[round] * 31 + head;
            }
        }
        assertThat(shapes[1]).isEqualTo(shapes[0]);
    }

    @Test
    void nodesAreFreedInBudgets() {
        for (int i = 0; i < 5000; i++) {
            append(i, newMember());
        }
        int steps = 1;
        while (Skiplist.freeNodes(memory, list.header(), 10) == 0) {
            steps++;
        }
        assertThat(steps).isBetween(3, 5);
        assertThat(memory.blockCount(Kind.SKIPLIST_NODE)).isZero();
    }
}
