package io.duetdb.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bytes.Doubles;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.kit.ValueReply;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;
import io.duetdb.engine.memory.View;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted sets in both encodings against a map, in checked mode, with conversions, views, roll-backs and freeing. */
class ZSetTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 100_000 : 5_000;
    private static final byte[] NO_BYTES = {};

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final Reclaimer reclaimer = new Reclaimer(memory);
    private final Limits limits = new Limits();
    private final ValueSpace space =
            new ValueSpace(memory, new KeyedHash(1, 2), new RandomSource(3), limits, reclaimer);
    private final ZSet zset = new ZSet(space);
    private final Map<String, Double> model = new TreeMap<>();
    private RandomSource random = new RandomSource(1);
    private long queue;
    private long slot;

    @BeforeEach
    void makeAWord() {
        queue = Reclaimer.create(memory);
        reclaimer.wrap(queue);
        ValueReclaiming.plugInto(reclaimer, space);
        slot = newWord();
        zset.at(slot);
    }

    private long newWord() {
        long word = memory.allocate(8, Kind.VALUE);
        memory.putLong(word, 0);
        return word;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private int add(String member, double score) {
        byte[] b = bytes("<" + member + ">");
        return zset.add(b, 1, b.length - 2, score);
    }

    private double score(String member) {
        byte[] b = bytes(member);
        return zset.score(b, 0, b.length);
    }

    private boolean remove(String member) {
        byte[] b = bytes(member);
        return zset.remove(b, 0, b.length);
    }

    private String member() {
        byte[] b = new byte[zset.length() + 2];
        assertThat(zset.copyOut(b, 1)).isEqualTo(b.length - 2);
        return new String(b, 1, b.length - 2, StandardCharsets.ISO_8859_1);
    }

    // ---- the twin

    private record Item(String member, double score) {}

    private static List<Item> sorted(Map<String, Double> model) {
        List<Item> all = new ArrayList<>();
        model.forEach((member, score) -> all.add(new Item(member, score)));
        all.sort((a, b) -> a.score < b.score
                ? -1
                : a.score > b.score ? 1 : Arrays.compareUnsigned(bytes(a.member), bytes(b.member)));
        return all;
    }

    private static List<Item> read(ZSet zset) {
        List<Item> all = new ArrayList<>();
        zset.forEach(new ElementVisitor() {
            @Override
            public void member(byte[] b, int offset, int length, double score) {
                all.add(new Item(new String(b, offset, length, StandardCharsets.ISO_8859_1), score + 0.0));
            }
        });
        return all;
    }

    private String someMember() {
        return switch (random.nextInt(8)) {
            case 0 -> Integer.toString(random.nextInt(60) - 30);
            case 1 -> "0" + random.nextInt(50);
            case 2 -> "";
            case 3 -> "\u00ff\u0080" + random.nextInt(50);
            case 4 -> random.nextInt(3) + "long".repeat(random.nextInt(14));
            default -> "member:" + random.nextInt(200);
        };
    }

    private double someScore() {
        return switch (random.nextInt(12)) {
            case 0 -> Double.POSITIVE_INFINITY;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> -0.0;
            case 3 -> 0.1 * random.nextInt(100);
            case 4 -> 1e300 * random.nextDouble();
            case 5 -> random.nextInt(5) * 1e17;
            default -> random.nextInt(9) - 4;
        };
    }

    private void step() {
        String member = someMember();
        if (random.nextInt(100) < 60) {
            double score = someScore();
            Double was = model.get(member);
            int expected = was == null ? ZSet.ADDED : was == score ? ZSet.SAME : ZSet.UPDATED;
            assertThat(add(member, score)).isEqualTo(expected);
            if (expected != ZSet.SAME) {
                model.put(member, score + 0.0);
            }
        } else if (random.nextInt(30) == 0 && !model.isEmpty()) {
            removeRun();
        } else {
            assertThat(remove(member)).isEqualTo(model.remove(member) != null);
        }
    }

    private void removeRun() {
        List<Item> all = sorted(model);
        int from = random.nextInt(all.size());
        int n = random.nextInt(all.size() - from) + 1;
        boolean is = zset.seekRank(from);
        for (int i = 0; i < n; i++) {
            assertThat(is).isTrue();
            assertThat(member()).isEqualTo(all.get(from + i).member);
            model.remove(all.get(from + i).member);
            is = zset.removeHere();
        }
        assertThat(is).isEqualTo(from + n < all.size());
        if (is) {
            assertThat(member()).isEqualTo(all.get(from + n).member);
        }
    }

    private void compareAll() {
        zset.at(slot);
        zset.verify();
        List<Item> all = sorted(model);
        assertThat(zset.size()).isEqualTo(all.size());
        assertThat(read(zset)).isEqualTo(all);
        int i = 0;
        for (boolean is = zset.first(); is; is = zset.next()) {
            assertThat(zset.rank()).isEqualTo(i);
            assertThat(zset.score()).isEqualTo(all.get(i).score);
            i++;
        }
        for (boolean is = zset.last(); is; is = zset.previous()) {
            i--;
            assertThat(zset.rank()).isEqualTo(i);
            assertThat(member()).isEqualTo(all.get(i).member);
        }
        assertThat(i).isZero();
        for (i = 0; i < all.size(); i += 1 + random.nextInt(5)) {
            Item item = all.get(i);
            byte[] b = bytes(item.member);
            assertThat(zset.rank(b, 0, b.length)).isEqualTo(i);
            assertThat(zset.score(b, 0, b.length)).isEqualTo(item.score);
            assertThat(zset.seekRank(i)).isTrue();
            assertThat(zset.compare(b, 0, b.length)).isZero();
            seeks(all, item.score, i % 2 == 0);
        }
        assertThat(zset.seekRank(all.size())).isFalse();
        assertThat(zset.seekRank(-1)).isFalse();
        assertThat(score("never there")).isNaN();
        assertThat(zset.rank(bytes("never there"), 0, 11)).isEqualTo(-1);
    }

    private void seeks(List<Item> all, double bound, boolean exclusive) {
        long below = all.stream()
                .filter(item -> exclusive ? item.score <= bound : item.score < bound)
                .count();
        assertThat(zset.seekScore(bound, exclusive)).isEqualTo(below < all.size());
        if (below < all.size()) {
            assertThat(zset.rank()).isEqualTo(below);
            assertThat(member()).isEqualTo(all.get((int) below).member);
        }
        long last = all.stream()
                        .filter(item -> exclusive ? item.score < bound : item.score <= bound)
                        .count()
                - 1;
        assertThat(zset.seekScoreBack(bound, exclusive)).isEqualTo(last >= 0);
        if (last >= 0) {
            assertThat(zset.rank()).isEqualTo(last);
            assertThat(member()).isEqualTo(all.get((int) last).member);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 128, 64", "2, 0, 64", "3, 100000, 100000", "4, 20, 30", "5, 128, 8", "6, 300, 64"})
    void doesWhatAMapDoes(long seed, long entries, long longest) throws InterruptedException {
        random = new RandomSource(seed);
        limits.zsetListpackEntries = entries;
        limits.zsetListpackValue = longest;
        View view = null;
        Map<String, Double> past = Map.of();
        for (int i = 0; i < STEPS; i++) {
            try {
                step();
                if (i % 100 == 0) {
                    compareAll();
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " step " + i, e);
            }
            if (i % 1000 == 0) {
                if (view != null) {
                    readInAnotherThread(view, past);
                    memory.release(view);
                }
                view = memory.freeze();
                past = new TreeMap<>(model);
            }
            if (view != null && i % 2000 == 1900) {
                memory.rollBack(view);
                zset.at(slot);
                model.clear();
                model.putAll(past);
                compareAll();
            }
        }
        compareAll();
        copyAndFree();
        if (view != null) {
            memory.release(view);
        }
        endWithNothing();
    }

    private void readInAnotherThread(View view, Map<String, Double> past) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            ZSet frozen = new ZSet(space.over(view.memory())).at(slot);
            assertThat(read(frozen)).isEqualTo(sorted(past));
            assertThat(frozen.size()).isEqualTo(past.size());
        });
        reader.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
        reader.start();
        for (int i = 0; i < 50; i++) {
            step();
        }
        reader.join();
        assertThat(failure.get()).isNull();
    }

    private void copyAndFree() {
        long other = newWord();
        memory.putLong(other, zset.copy());
        ZSet copy = new ZSet(space).at(other);
        assertThat(read(copy)).isEqualTo(sorted(model));
        assertThat(copy.encoding()).isEqualTo(model.isEmpty() ? Encoding.LISTPACK : zset.encoding());
        copy.verify();
        copy.free();
        memory.free(other);
        compareAll();
    }

    private void endWithNothing() {
        zset.free();
        memory.free(slot);
        int steps = 0;
        HashTable table = new HashTable(memory);
        while (reclaimer.step(100, table, e -> {}) > 0) {
            steps++;
        }
        assertThat(steps).isLessThan(100_000);
        memory.free(queue);
        assertThat(memory.blockCount()).as(memory.leaks()).isZero();
        memory.verify();
    }

    // ---- encodings

    @Test
    void becomesASkiplistWithTheMemberThatIsTooMany() {
        for (int i = 0; i < 128; i++) {
            add("m" + i, i % 10);
            assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        }
        add("m5", 77);
        assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        add("one more", 3);
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
        assertThat(zset.at(slot).encoding()).isEqualTo(Encoding.SKIPLIST);
        assertThat(zset.size()).isEqualTo(129);
        assertThat(score("m5")).isEqualTo(77);
        while (zset.size() > 1) {
            zset.first();
            zset.removeHere();
        }
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
    }

    @Test
    void becomesASkiplistWithAMemberThatIsTooLong() {
        add("x".repeat(64), 1);
        assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        add("x".repeat(65), 2);
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
        assertThat(read(zset)).containsExactly(new Item("x".repeat(64), 1), new Item("x".repeat(65), 2));
        zset.at(newWord());
        add("y".repeat(65), 0);
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
    }

    @Test
    void becomesASkiplistBeforehandWhenManyAreExpected() {
        zset.expect(128);
        assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        zset.expect(129);
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
        assertThat(zset.size()).isZero();
        add("a", 1);
        assertThat(read(zset)).containsExactly(new Item("a", 1));
    }

    @Test
    void shrinksToAListpackOnlyWhenAskedTo() {
        for (int i = 0; i < 200; i++) {
            add("m" + i, i / 7.0);
        }
        add("x".repeat(65), -1);
        zset.shrink();
        assertThat(zset.encoding()).isEqualTo(Encoding.SKIPLIST);
        while (zset.size() > 120) {
            zset.last();
            zset.removeHere();
        }
        List<Item> all = read(zset);
        zset.shrink();
        assertThat(zset.encoding()).as("a member is too long").isEqualTo(Encoding.SKIPLIST);
        remove("x".repeat(65));
        zset.shrink();
        assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        assertThat(zset.at(slot).encoding()).isEqualTo(Encoding.LISTPACK);
        assertThat(read(zset)).isEqualTo(all.subList(1, all.size()));
        endWithNothing();
    }

    @Test
    void anEmptySetShrinksToo() {
        zset.expect(1000);
        zset.shrink();
        assertThat(zset.encoding()).isEqualTo(Encoding.LISTPACK);
        assertThat(zset.size()).isZero();
        assertThat(zset.copy()).isZero();
        endWithNothing();
    }

    @ParameterizedTest
    @ValueSource(longs = {128, 0})
    void keepsEveryScoreToTheLastBit(long entries) {
        limits.zsetListpackEntries = entries;
        double[] scores = {
            0.1,
            1.0 / 3,
            Math.PI,
            -1e-300,
            5e-324,
            Double.MAX_VALUE,
            1L << 53,
            (1L << 53) + 2,
            1e15 + 0.5,
            -17,
            3e17,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY
        };
        for (double score : scores) {
            add(Doubles.text(score), score);
        }
        for (double score : scores) {
            assertThat(score(Doubles.text(score))).isEqualTo(score);
        }
    }

    @Test
    void aNegativeZeroIsZeroInAListpackOnly() {
        add("a", -0.0);
        assertThat(Doubles.text(score("a"))).isEqualTo("0");
        assertThat(add("a", -0.0)).isEqualTo(ZSet.SAME);
        zset.expect(1000);
        add("b", -0.0);
        assertThat(Doubles.text(score("b"))).isEqualTo("-0");
        assertThat(add("b", 0.0)).isEqualTo(ZSet.SAME);
        assertThat(Doubles.text(score("b"))).isEqualTo("-0");
        zset.shrink();
        assertThat(Doubles.text(score("b"))).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 0})
    void findsMembersWhereScoresAreEqual(long entries) {
        limits.zsetListpackEntries = entries;
        for (int i = 0; i < 300; i++) {
            add(Integer.toString(i * 37 % 300, 16 + i % 2), 5);
            add(Integer.toString(i * 37 % 300), 5);
        }
        List<Item> all = new ArrayList<>(read(zset));
        assertThat(all).isSortedAccordingTo((a, b) -> a.member.compareTo(b.member));
        for (String bound : List.of("", "1", "10", "11a", "2", "77", "9", "99", "a", "zz")) {
            byte[] b = bytes(bound);
            for (boolean exclusive : new boolean[] {false, true}) {
                long before = all.stream()
                        .filter(item -> item.member.compareTo(bound) < (exclusive ? 1 : 0))
                        .count();
                assertThat(zset.seekLex(b, 0, b.length, exclusive)).isEqualTo(before < all.size());
                assertThat(before == all.size() || zset.rank() == before).isTrue();
                long upTo = all.stream()
                        .filter(item -> item.member.compareTo(bound) < (exclusive ? 0 : 1))
                        .count();
                assertThat(zset.seekLexBack(b, 0, b.length, exclusive)).isEqualTo(upTo > 0);
                assertThat(upTo == 0 || zset.rank() == upTo - 1).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 0})
    void repliesMembersFromTheirPages(long entries) {
        limits.zsetListpackEntries = entries;
        limits.zsetListpackValue = 1000;
        String[] members = {"12", "a member", "", "x".repeat(300)};
        for (int i = 0; i < members.length; i++) {
            add(members[i], i);
        }
        int i = 0;
        for (boolean is = zset.first(); is; is = zset.next()) {
            ValueReply reply = new ValueReply();
            zset.reply(reply);
            assertThat(reply.take()).isEqualTo(members[i++]);
        }
    }

    // ---- big ones

    @Test
    void writesToOtherValuesAreAllowedDuringAWalk() {
        limits.zsetListpackEntries = 50;
        for (int size : new int[] {40, 3000}) {
            zset.at(newWord());
            for (int i = 0; i < size; i++) {
                add("member " + i, i);
            }
            View view = memory.freeze();
            ZSet other = new ZSet(space).at(newWord());
            byte[] b = new byte[100];
            for (boolean is = zset.first(); is; is = zset.next()) {
                int length = zset.copyOut(b, 0);
                other.add(b, 0, length, -zset.score());
            }
            assertThat(other.size()).isEqualTo(size);
            other.verify();
            assertThat(other.first()).isTrue();
            assertThat(other.score()).isEqualTo(-size + 1.0);
            memory.release(view);
        }
    }

    @Test
    void tellsItsBytes() {
        long before = memory.blockCount();
        for (int i = 0; i < 5000; i++) {
            add("member " + i, i * 31 % 1000);
        }
        long expected = 0;
        for (int kind : new int[] {Kind.ELEMENT, Kind.SKIPLIST, Kind.SKIPLIST_NODE, Kind.TABLE_HEADER}) {
            expected += memory.blockBytes(kind);
        }
        expected += memory.blockBytes(Kind.TABLE_SEGMENT) + memory.blockBytes(Kind.TABLE_DIRECTORY);
        assertThat(zset.blockBytes()).isEqualTo(expected);
        for (int i = 0; i < 4990; i++) {
            remove("member " + i);
        }
        assertThat(zset.blockBytes()).isLessThan(3000);
        assertThat(memory.blockCount()).isLessThan(before + 30);
    }

    @Test
    void aBigOneIsFreedInBudgets() {
        for (int i = 0; i < 20_000; i++) {
            add("member " + i, i);
        }
        add("x".repeat(5000), 1);
        add("y".repeat(100_000), 1);
        long blocks = memory.blockCount();
        zset.free();
        assertThat(memory.blockCount()).isBetween(blocks, blocks + 1);
        HashTable table = new HashTable(memory);
        assertThat(reclaimer.step(500, table, e -> {})).isBetween(450, 550);
        assertThat(memory.blockCount()).isBetween(blocks - 550, blocks - 450);
        while (!reclaimer.isEmpty()) {
            assertThat(reclaimer.step(1000, table, e -> {})).isLessThan(1100);
        }
        memory.free(slot);
        memory.free(queue);
        assertThat(memory.blockCount()).as(memory.leaks()).isZero();
    }

    @Test
    void randomMembersComeFromEverywhere() {
        for (int i = 0; i < 1000; i++) {
            add("m" + i, i % 3);
        }
        boolean[] seen = new boolean[1000];
        for (int i = 0; i < 20_000; i++) {
            zset.seekRank(random.nextLong(zset.size()));
            seen[Integer.parseInt(member().substring(1))] = true;
        }
        for (boolean one : seen) {
            assertThat(one).isTrue();
        }
        assertThat(zset.score(NO_BYTES, 0, 0)).isNaN();
    }
}
