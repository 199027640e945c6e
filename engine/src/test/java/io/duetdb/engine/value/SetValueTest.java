package io.duetdb.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A set against a hash set of the JDK and Redis' rules of encodings, in checked mode, with views and roll-backs. */
class SetValueTest {
    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final Reclaimer reclaimer = new Reclaimer(memory);
    private final Limits limits = new Limits();
    private final ValueSpace space =
            new ValueSpace(memory, new KeyedHash(1, 2), new RandomSource(3), limits, reclaimer);
    private final long queue = Reclaimer.create(memory);
    private final long slot = memory.allocate(8, Kind.VALUE);
    private final SetValue set = new SetValue(space);

    private Set<String> model = new HashSet<>();
    private Encoding expected = Encoding.NONE;

    SetValueTest() {
        ValueReclaiming.plugInto(reclaimer, space);
        reclaimer.wrap(queue);
        memory.putLong(slot, 0);
        set.at(slot);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean add(String member) {
        byte[] b = bytes(member);
        return set.add(b, 0, b.length);
    }

    private boolean contains(String member) {
        byte[] b = bytes("<" + member + ">");
        return set.contains(b, 1, b.length - 2);
    }

    private boolean remove(String member) {
        byte[] b = bytes("<" + member + ">");
        return set.remove(b, 1, b.length - 2);
    }

    private static String member(SetValue at) {
        byte[] b = new byte[at.length()];
        assertThat(at.copyOut(b, 0)).isEqualTo(b.length);
        return new String(b, StandardCharsets.ISO_8859_1);
    }

    private static boolean isLong(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    // ---- the twin: what encoding Redis 7.2 would have now

    private void expectMembers(String first, int count) {
        byte[] b = bytes(first);
        set.expect(b, 0, b.length, count);
        if (expected == Encoding.NONE) {
            expected = isLong(first) && count <= limits.setIntsetEntries
                    ? Encoding.INTSET
                    : count <= limits.setListpackEntries ? Encoding.LISTPACK : Encoding.HASHTABLE;
        } else if (expected == Encoding.INTSET && count > limits.setIntsetEntries
                || expected == Encoding.LISTPACK && count > limits.setListpackEntries) {
            expected = Encoding.HASHTABLE;
        }
    }

    private boolean addToModel(String member) {
        int before = model.size();
        int longest = model.stream().mapToInt(String::length).max().orElse(0);
        if (!model.add(member)) {
            return false;
        }
        boolean packs = before < limits.setListpackEntries && member.length() <= limits.setListpackValue;
        if (expected == Encoding.INTSET && isLong(member)) {
            expected = model.size() > limits.setIntsetEntries ? Encoding.HASHTABLE : Encoding.INTSET;
        } else if (expected == Encoding.INTSET) {
            expected = packs && longest <= limits.setListpackValue ? Encoding.LISTPACK : Encoding.HASHTABLE;
        } else if (expected == Encoding.LISTPACK && !packs) {
            expected = Encoding.HASHTABLE;
        }
        return true;
    }

    @Test
    void aSetThatHasMembersAdoptsNoneAndKeepsThem() {
        byte[] listpack = {(byte) 0x81, 'b', 2};
        assertThat(set.adopt(listpack, 0, 3, 1, 1)).isTrue();
        assertThat(add("c")).isTrue();
        assertThat(set.adopt(listpack, 0, 3, 1, 1)).isFalse();
        assertThat(set.size()).isEqualTo(2);
        assertThat(contains("b") && contains("c")).isTrue();
        set.free();
        memory.putLong(slot, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void doesWhatAHashSetDoes(long seed) {
        Random random = new Random(seed);
        View view = null;
        Set<String> viewModel = Set.of();
        Encoding viewEncoding = Encoding.NONE;
        int kind = 0;
        for (int step = 0; step < 12_000; step++) {
            String where = "seed " + seed + " step " + step;
            if (model.isEmpty() && random.nextInt(3) == 0) {
                kind = random.nextInt(4);
                startAnew(random);
            }
            set.at(slot);
            step(random, kind, step / 1_500 % 2 == 0);
            assertThat(set.size()).as(where).isEqualTo(model.size());
            assertThat(set.encoding()).as(where).isEqualTo(expected);
            if (step % 100 == 0) {
                compare(new SetValue(space).at(slot), model, where);
            }
            if (step % 900 == 0) {
                if (view != null) {
                    compare(new SetValue(space.over(view.memory())).at(slot), viewModel, where);
                    memory.release(view);
                }
                view = memory.freeze();
                viewModel = Set.copyOf(model);
                viewEncoding = expected;
            }
            if (view != null && step % 4_000 == 3_500) {
                memory.rollBack(view);
                model = new HashSet<>(viewModel);
                expected = viewEncoding;
            }
            reclaimer.step(3, new HashTable(memory), e -> {});
        }
        set.at(slot).clear();
        nothingIsLeft(seed);
    }

    private void nothingIsLeft(long seed) {
        while (reclaimer.step(100, new HashTable(memory), e -> {}) > 0) {
            assertThat(memory.blockCount()).isPositive();
        }
        memory.free(queue);
        memory.free(slot);
        assertThat(memory.blockCount())
                .as("blocks left, seed %d: %s", seed, memory.leaks())
                .isZero();
        memory.verify();
    }

    private void startAnew(Random random) {
        limits.setIntsetEntries = random.nextInt(4) == 0 ? 2_000 : random.nextInt(40);
        limits.setListpackEntries = random.nextInt(4) == 0 ? 2_000 : random.nextInt(40);
        limits.setListpackValue = random.nextInt(4) == 0 ? 5_000 : random.nextInt(40);
        set.at(slot).clear();
        expected = Encoding.NONE;
    }

    private String anyMember(Random random, int kind) {
        int numbers = 200 + (kind & 1) * 3_000;
        return switch (random.nextInt(kind < 2 && random.nextInt(60) > 0 ? 4 : 8)) {
            case 0 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 1, 2, 3 -> Integer.toString(random.nextInt(numbers) - 50);
            case 4 -> random.nextInt(20) == 0 ? "x".repeat(random.nextInt(9_000)) : "0" + random.nextInt(100);
            case 5 -> random.nextBoolean() ? "" : "\0\r\n\u00ff" + random.nextInt(numbers);
            default -> "member:" + random.nextInt(numbers);
        };
    }

    private void step(Random random, int kind, boolean growing) {
        String member = anyMember(random, kind);
        int what = random.nextInt(20);
        if (what < (growing ? 14 : 6)) {
            if (random.nextInt(10) == 0 || expected == Encoding.NONE) {
                expectMembers(member, 1 + random.nextInt(random.nextInt(30) == 0 ? 60 : 4));
            }
            assertThat(contains(member)).isEqualTo(model.contains(member));
            assertThat(add(member)).isEqualTo(addToModel(member));
        } else if (what < 17) {
            if (random.nextBoolean() && !model.isEmpty()) {
                member = model.iterator().next();
            }
            assertThat(remove(member)).isEqualTo(model.remove(member));
        } else if (what == 17) {
            assertThat(set.random()).isEqualTo(!model.isEmpty());
            if (!model.isEmpty()) {
                assertThat(model.remove(member(set))).isTrue();
                set.removeHere();
            }
        } else if (what == 18) {
            walkAndRemove(random);
        } else {
            copyAndReplace();
        }
    }

    /** Takes some members out during a walk: it goes on with the others. */
    private void walkAndRemove(Random random) {
        Set<String> seen = new HashSet<>();
        int every = 2 + random.nextInt(50);
        List<String> gone = new ArrayList<>();
        boolean is = set.first();
        while (is) {
            String member = member(set);
            assertThat(seen.add(member)).isTrue();
            if (random.nextInt(every) == 0) {
                gone.add(member);
                is = set.removeHere();
            } else {
                is = set.next();
            }
        }
        assertThat(seen).isEqualTo(model);
        model.removeAll(gone);
    }

    private void copyAndReplace() {
        long other = memory.allocate(8, Kind.VALUE);
        memory.putLong(other, set.copy());
        SetValue copy = new SetValue(space).at(other);
        assertThat(copy.encoding()).isEqualTo(expected);
        compare(copy, model, "copy");
        set.become(copy);
        assertThat(memory.getLong(other)).isZero();
        assertThat(copy.encoding()).isEqualTo(Encoding.NONE);
        memory.free(other);
    }

    private static void compare(SetValue is, Set<String> should, String where) {
        Set<String> walked = new HashSet<>();
        for (boolean at = is.first(); at; at = is.next()) {
            String member = member(is);
            assertThat(walked.add(member)).as(where).isTrue();
            assertThat(is.isInteger()).as(member).isEqualTo(isLong(member));
            if (is.isInteger()) {
                assertThat(is.integer()).isEqualTo(Long.parseLong(member));
            }
            ValueReply reply = new ValueReply();
            is.reply(reply);
            assertThat(reply.take()).isEqualTo(member);
            int length = is.load();
            assertThat(new String(is.bytes(), is.from(), length, StandardCharsets.ISO_8859_1))
                    .isEqualTo(member);
        }
        assertThat(walked).as(where).isEqualTo(should);
        Set<String> visited = new HashSet<>();
        is.forEach(new ElementVisitor() {
            @Override
            public void element(byte[] b, int offset, int length) {
                visited.add(new String(b, offset, length, StandardCharsets.ISO_8859_1));
            }
        });
        assertThat(visited).as(where).isEqualTo(should);
        Set<String> scanned = new HashSet<>();
        long cursor = 0;
        do {
            cursor = is.scan(cursor, 7);
            for (boolean at = is.firstScanned(); at; at = is.next()) {
                assertThat(scanned.add(member(is))).isTrue();
            }
        } while (cursor != 0);
        assertThat(scanned).as(where).isEqualTo(should);
    }

    // ---- encodings, by the table

    /** Limits (intset entries, listpack entries, listpack value), members added one by one, and the encoding then. */
    @ParameterizedTest
    @CsvSource({
        "512, 128, 64, '1', intset",
        "512, 128, 64, '1 2 3 -9223372036854775808', intset",
        "512, 128, 64, 'a', listpack",
        "512, 128, 64, '01', listpack",
        "512, 128, 64, '1 a', listpack",
        "512, 128, 64, 'a 1', listpack",
        "512, 128, 64, '9223372036854775808', listpack",
        "3, 128, 64, '1 2 3', intset",
        "3, 128, 64, '1 2 3 3 2 1', intset",
        "3, 128, 64, '1 2 3 4', hashtable", // not a listpack, though it would fit
        "3, 128, 64, '1 2 3 a', listpack",
        "3, 3, 64, '1 2 3 a', hashtable", // the fourth would be one too many
        "3, 4, 64, '1 2 3 a', listpack",
        "3, 4, 64, '1 2 3 a b', hashtable",
        "3, 4, 64, '1 2 3 a 4', hashtable",
        "0, 4, 64, '1', listpack", // no intset at all
        "0, 0, 64, '1', hashtable",
        "512, 0, 64, 'a', hashtable",
        "512, 0, 64, '1 a', hashtable",
        "512, 2, 64, 'a b', listpack",
        "512, 2, 64, 'a b a', listpack",
        "512, 2, 64, 'a b c', hashtable",
        "512, 128, 3, 'abc', listpack",
        "512, 128, 3, 'abc abcd', hashtable",
        "512, 128, 3, '1 abc', listpack",
        "512, 128, 3, '1 abcd', hashtable",
        "512, 128, 3, '1234', intset",
        "512, 128, 3, '1234 a', hashtable", // the integer would be too long as text
        "512, 128, 3, '-123 a', hashtable",
        "512, 128, 3, '-12 999 a', listpack",
        "512, 128, 3, 'a 1234', hashtable",
    })
    void encodingsFollowRedis72(int ints, int entries, int value, String members, String encoding) {
        limits.setIntsetEntries = ints;
        limits.setListpackEntries = entries;
        limits.setListpackValue = value;
        for (String member : members.split(" ")) {
            add(member);
        }
        assertThat(set.encoding().label()).isEqualTo(encoding);
        assertThat(set.size()).isEqualTo(new TreeSet<>(List.of(members.split(" "))).size());
    }

    /** What SADD announces: first member and number of members, to a new set and to one with a member. */
    @ParameterizedTest
    @CsvSource({
        "1, 512, intset",
        "1, 513, hashtable",
        "a, 128, listpack",
        "a, 129, hashtable",
        "01, 1, listpack",
    })
    void aNewSetBeginsAsItsNumberOfMembersDemands(String first, int count, String encoding) {
        expectMembers(first, count);
        assertThat(set.encoding().label()).isEqualTo(encoding);
        add(first);
        assertThat(set.encoding().label()).isEqualTo(encoding);
    }

    @Test
    void anIntegerBeginsAListpackWhereIntsetsMustBeSmaller() {
        limits.setIntsetEntries = 5;
        expectMembers("1", 6);
        assertThat(set.encoding()).isEqualTo(Encoding.LISTPACK);
    }

    @Test
    void aSetThatWillOutgrowItsEncodingChangesItFirst() {
        add("1");
        expectMembers("1", 512);
        assertThat(set.encoding()).isEqualTo(Encoding.INTSET);
        set.expect(bytes("1"), 0, 1, 513);
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
        assertThat(contains("1")).isTrue();
        set.clear();
        add("a");
        set.expect(bytes("a"), 0, 1, 128);
        assertThat(set.encoding()).isEqualTo(Encoding.LISTPACK);
        set.expect(bytes("a"), 0, 1, 129);
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
        assertThat(contains("a")).isTrue();
    }

    @Test
    void limitsAreLive() {
        add("1");
        add("2");
        limits.setIntsetEntries = 1;
        assertThat(set.encoding()).isEqualTo(Encoding.INTSET);
        assertThat(add("2")).isFalse();
        assertThat(set.encoding()).isEqualTo(Encoding.INTSET);
        add("3");
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
        limits.setIntsetEntries = 512;
        remove("3");
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
    }

    @Test
    void integersOfAResultBecomeAnIntset() {
        set.begin(Encoding.LISTPACK);
        for (int i = 200; i > 0; i--) {
            add(Integer.toString(i));
        }
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
        set.toIntset();
        assertThat(set.encoding()).isEqualTo(Encoding.INTSET);
        assertThat(set.size()).isEqualTo(200);
        set.first();
        assertThat(member(set)).isEqualTo("1");
        set.clear();
        set.begin(Encoding.HASHTABLE);
        for (int i = 0; i < 513; i++) {
            add(Integer.toString(i));
        }
        set.toIntset();
        assertThat(set.encoding()).isEqualTo(Encoding.HASHTABLE);
    }

    @Test
    void anIntsetThatFillsTheLargestPieceOfMemoryBecomesATable() {
        PageMemory plain = new PageMemory(BlockSource.PLAIN, 512L << 20, false);
        limits.setIntsetEntries = Long.MAX_VALUE;
        ValueSpace big = new ValueSpace(plain, new KeyedHash(1, 2), new RandomSource(3), limits, new Reclaimer(plain));
        long at = plain.allocate(8, Kind.VALUE);
        plain.putLong(at, 0);
        SetValue huge = new SetValue(big).at(at);
        int most = PageMemory.MAX_RUN * PageMemory.PAGE_BYTES / 8 - 1;
        for (int i = 0; i <= most; i++) {
            assertThat(huge.encoding() == Encoding.HASHTABLE).isFalse();
            byte[] b = bytes(Long.toString(i + 10_000_000_000L));
            huge.add(b, 0, b.length);
        }
        assertThat(huge.encoding()).isEqualTo(Encoding.HASHTABLE);
        assertThat(huge.size()).isEqualTo(most + 1);
        assertThat(huge.contains(bytes("10000000000"), 0, 11)).isTrue();
        assertThat(huge.contains(bytes("1000000000"), 0, 10)).isFalse();
    }

    // ---- chance

    @ParameterizedTest
    @EnumSource(
            value = Encoding.class,
            names = {"INTSET", "LISTPACK", "HASHTABLE"})
    void everyMemberIsAsLikelyAsAnyOther(Encoding encoding) {
        int members = 50;
        set.begin(encoding);
        for (int i = 0; i < members; i++) {
            add(Integer.toString(i));
        }
        assertThat(set.encoding()).isEqualTo(encoding);
        int[] counts = new int[members];
        int draws = 200_000;
        for (int i = 0; i < draws; i++) {
            assertThat(set.random()).isTrue();
            counts[(int) set.integer()]++;
        }
        double chi = 0;
        double mean = (double) draws / members;
        for (int count : counts) {
            chi += (count - mean) * (count - mean) / mean;
        }
        assertThat(chi).as("chi-square of %d degrees", members - 1).isBetween(20.0, 95.0);
    }

    @Test
    void bytesOfBlocksAreWhatTheMemoryCounts() {
        long before = memory.blockBytes(Kind.INTSET) + memory.blockBytes(Kind.LISTPACK);
        add("1");
        assertThat(set.blockBytes()).isEqualTo(memory.blockBytes(Kind.INTSET) - before);
        add("a");
        assertThat(set.blockBytes()).isEqualTo(memory.blockBytes(Kind.LISTPACK) - before);
        add("x".repeat(10_000));
        for (int i = 0; i < 3_000; i++) {
            add("member:" + i);
        }
        long exact = memory.blockBytes(Kind.ELEMENT)
                + memory.blockBytes(Kind.TABLE_HEADER)
                + memory.blockBytes(Kind.TABLE_SEGMENT)
                + memory.blockBytes(Kind.TABLE_DIRECTORY)
                + memory.blockBytes(Kind.CHUNK)
                + memory.blockBytes(Kind.CHUNK_DIRECTORY);
        assertThat(set.blockBytes()).isEqualTo(exact);
        for (int i = 3_000; i < 40_000; i++) {
            add("member:" + i);
        }
        long all = exact + 37_000L * 13;
        assertThat((double) set.blockBytes() / all).isBetween(0.9, 2.2);
    }

    // ---- many members at once

    /** Side by side, one by one and, from some ten thousand members on, many at once: the bits have to be the same. */
    @ParameterizedTest
    @CsvSource({"100, 100", "25000, 25000", "25000, 900", "9000, 300", "300, 9000", "0, 500", "500, 1"})
    void bitsOfMembersAreClearedAsTheyAreFound(int size, int otherSize) {
        long slotOfOther = memory.allocate(8, Kind.VALUE);
        memory.putLong(slotOfOther, 0);
        SetValue other = new SetValue(space).at(slotOfOther);
        Random random = new Random(size);
        set.begin(Encoding.HASHTABLE);
        other.begin(Encoding.HASHTABLE);
        Set<String> others = new HashSet<>();
        for (int i = 0; i < size; i++) {
            add("member:" + i);
        }
        for (int i = 0; i < otherSize; i++) {
            String member = random.nextInt(50) == 0
                    ? "x".repeat(random.nextInt(3_000))
                    : "member:" + random.nextInt(3 * size + 10);
            others.add(member);
            other.add(bytes(member), 0, member.length());
        }
        long[] bits = new long[3 + (others.size() + 63) / 64];
        for (boolean ofMembers : new boolean[] {true, false}) {
            for (int i = 0; i < others.size(); i++) {
                bits[3 + (i >>> 6)] |= i % 7 == 0 ? 0 : 1L << i;
            }
            set.clearBits(other, ofMembers, bits, 3);
            int i = 0;
            for (boolean is = other.first(); is; is = other.next()) {
                boolean bit = (bits[3 + (i >>> 6)] & 1L << i) != 0;
                assertThat(bit).as("bit %d", i).isEqualTo(i % 7 != 0 && contains(member(other)) != ofMembers);
                i++;
            }
            java.util.Arrays.fill(bits, 0);
        }
    }
}
