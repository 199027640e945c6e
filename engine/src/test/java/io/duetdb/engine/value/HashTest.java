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
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hash in all its encodings against a map, in checked mode, with deadlines, views and roll-backs. */
class HashTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 200_000 : 8_000;

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final Limits limits = new Limits();
    private final Reclaimer reclaimer = new Reclaimer(memory);
    private final ValueSpace space =
            new ValueSpace(memory, new KeyedHash(3, 4), new RandomSource(5), limits, reclaimer);
    private final Records records = new Records();
    private final long queue = Reclaimer.create(memory);
    private final long slot = memory.allocate(8, Kind.TEST);
    private final Hash hash = new Hash(space);
    private Map<String, Field> model = new LinkedHashMap<>();
    private long now = 1000;
    private boolean table;
    private boolean head;

    HashTest() {
        ValueReclaiming.plugInto(reclaimer, space);
        reclaimer.wrap(queue);
        space.deadlines(records);
        memory.putLong(slot, 0);
    }

    private record Field(String value, long deadline) {
        boolean isOver(long now) {
            return deadline != 0 && deadline < now;
        }
    }

    private record Filed(long id, long hash, long deadline) {}

    /** What the keyspace's timing wheel is: records of the one hash, and of copies of it. */
    private static final class Records implements FieldDeadlines {
        private List<Filed> filed = new ArrayList<>();
        private long registered;
        private long forgotten;

        @Override
        public long register(long head) {
            return ++registered;
        }

        @Override
        public void forget(long id) {
            forgotten++;
            filed.removeIf(f -> f.id == id);
        }

        @Override
        public void file(long id, long fieldHash, long deadlineMs) {
            filed.add(new Filed(id, fieldHash >>> 34 << 34, deadlineMs));
        }

        @Override
        public void orphaned(long records) {
            assertThat(records).isNotNegative();
        }

        @Override
        public void overwritten(long head, byte[] field, int from, int length) {}

        @Override
        public boolean due() {
            return true;
        }
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String name(Random random) {
        int n = random.nextInt(100);
        return n < 60
                ? "f" + random.nextInt(40)
                : n < 90
                        ? Integer.toString(random.nextInt(40))
                        : n < 95 ? "" : "long".repeat(50 + random.nextInt(3) * 240);
    }

    private static String value(Random random, boolean big) {
        int n = random.nextInt(100);
        if (n < 40 || !big && n > 85) {
            return "v" + random.nextInt(1000);
        }
        return n < 75
                ? Long.toString(random.nextLong() >> random.nextInt(64))
                : n < 85
                        ? "x".repeat(random.nextInt(64))
                        : n < 97
                                ? "y".repeat(random.nextInt(1500))
                                : "z".repeat(random.nextInt(20_000) * (random.nextInt(8) == 0 ? 5 : 1));
    }

    // ---- the twin

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void doesWhatAMapDoes(long seed) {
        Random random = new Random(seed);
        boolean big = seed % 2 == 0;
        boolean deadlines = seed % 3 != 0;
        limits.hashListpackEntries = seed % 5 == 0 ? 10_000 : 20;
        limits.hashListpackValue = big ? 100_000 : 64;
        View view = null;
        Map<String, Field> viewModel = new LinkedHashMap<>();
        List<Filed> viewFiled = List.of();
        boolean viewTable = false;
        boolean viewHead = false;
        for (int step = 0; step < STEPS; step++) {
            String where = "seed " + seed + " step " + step;
            hash.at(slot);
            step(random, big, deadlines, where);
            if (step % 20 == 0) {
                compare(where);
            }
            if (step % 300 == 0) {
                if (view != null) {
                    assertThat(contents(new Hash(space.over(view.memory())).at(slot)))
                            .as(where)
                            .isEqualTo(viewModel);
                    memory.release(view);
                }
                view = memory.freeze();
                viewModel = new LinkedHashMap<>(model);
                viewFiled = new ArrayList<>(records.filed);
                viewTable = table;
                viewHead = head;
            }
            if (view != null && step % 2_100 == 1_900) {
                memory.rollBack(view);
                model = new LinkedHashMap<>(viewModel);
                records.filed = new ArrayList<>(viewFiled);
                table = viewTable;
                head = viewHead;
            }
            if (step % 1_000 == 999) {
                endAndBeginAnew();
            }
        }
        endAndBeginAnew();
        while (reclaimer.step(10, new HashTable(memory), e -> {}) > 0) {}
        memory.free(queue);
        memory.free(slot);
        assertThat(memory.blockCount())
                .as("blocks left, seed %d: %s", seed, memory.leaks())
                .isZero();
        memory.verify();
    }

    /** Frees the value, but keeps a copy of it that it compares. */
    private void endAndBeginAnew() {
        hash.at(slot);
        long copy = hash.copy();
        hash.free();
        memory.putLong(slot, copy);
        compare("the copy");
        hash.at(slot).free();
        memory.putLong(slot, 0);
        model.clear();
        table = false;
        head = false;
        assertThat(records.filed).isEmpty();
        while (reclaimer.step(7, new HashTable(memory), e -> {}) > 0) {}
    }

    private void step(Random random, boolean big, boolean deadlines, String where) {
        space.overdueBefore(now);
        if (head && !table) {
            settle();
        }
        String name = name(random);
        byte[] f = bytes(name);
        Field old = model.get(name);
        if (old != null && old.isOver(now)) {
            old = null;
        }
        switch (random.nextInt(deadlines ? 16 : 10)) {
            case 0, 1, 2, 3 -> put(name, value(random, big), random.nextBoolean(), old, where);
            case 4, 5, 6 -> {
                assertThat(hash.remove(f, 0, f.length)).as(where).isEqualTo(old != null);
                if (old != null) {
                    model.remove(name);
                    forgetIfEmpty();
                }
            }
            case 7 -> {
                assertThat(hash.find(f, 0, f.length)).as(where).isEqualTo(old != null);
                if (old != null) {
                    checkField(name, old, where);
                }
            }
            case 8 -> number(name, random.nextLong(), old, where);
            case 9 -> {
                boolean is = hash.random();
                assertThat(is).as(where).isEqualTo(living().size() > 0);
                if (is) {
                    checkField(nameHere(), model.get(nameHere()), where);
                }
            }
            case 10, 11, 12 -> deadline(random, name, old, where);
            case 13 -> now += random.nextInt(30);
            case 14 -> fire();
            default -> settle();
        }
    }

    private void put(String name, String text, boolean keep, Field old, String where) {
        byte[] f = bytes(name);
        byte[] v = bytes(text);
        int added = keep ? hash.update(f, 0, f.length, v, 0, v.length) : hash.put(f, 0, f.length, v, 0, v.length);
        assertThat(added).as(where).isEqualTo(old == null ? 1 : 0);
        long deadline = keep && old != null ? old.deadline : 0;
        entered(name, text, deadline);
        table |= Math.max(f.length, v.length) > limits.hashListpackValue;
        table |= model.size() > limits.hashListpackEntries;
    }

    /** In a packed hash with a head a field that loses its deadline goes to the end. */
    private void entered(String name, String text, long deadline) {
        Field before = model.get(name);
        if (before != null && before.deadline != deadline) {
            model.remove(name);
        }
        model.put(name, new Field(text, deadline));
    }

    private void number(String name, long number, Field old, String where) {
        byte[] f = bytes(name);
        hash.update(f, 0, f.length, number);
        entered(name, Long.toString(number), old == null ? 0 : old.deadline);
        table |= f.length > limits.hashListpackValue || model.size() > limits.hashListpackEntries;
        hash.at(slot);
        assertThat(hash.find(f, 0, f.length)).isTrue();
        assertThat(hash.valueIsInteger()).as(where).isTrue();
        assertThat(hash.valueInteger()).as(where).isEqualTo(number);
    }

    private void deadline(Random random, String name, Field old, String where) {
        if (living().isEmpty()) {
            return;
        }
        settle();
        if (model.isEmpty()) {
            return;
        }
        hash.at(slot).makeHead();
        head = true;
        byte[] f = bytes(name);
        boolean is = hash.find(f, 0, f.length);
        assertThat(is).as(where).isEqualTo(old != null);
        if (is) {
            assertThat(hash.deadline()).as(where).isEqualTo(old.deadline);
            long deadline = random.nextInt(4) == 0 ? 0 : now + random.nextInt(200);
            hash.deadline(deadline);
            if (old.deadline != deadline) {
                model.remove(name);
                model.put(name, new Field(old.value, deadline));
            }
        }
    }

    /** What the keyspace does before a command looks. */
    private void settle() {
        hash.at(slot);
        while (hash.seekOver()) {
            String name = nameHere();
            assertThat(model.remove(name).isOver(now)).as(name).isTrue();
            hash.removeOver();
        }
        if (head) {
            hash.refile();
        }
        forgetIfEmpty();
    }

    private void fire() {
        space.overdueBefore(now);
        List<Filed> due = new ArrayList<>(records.filed);
        due.removeIf(f -> f.deadline >= now);
        for (Filed f : due) {
            records.filed.remove(f);
            hash.at(slot);
            boolean over = head && hash.fired(f.hash, f.deadline);
            while (over) {
                String name = nameHere();
                assertThat(model.remove(name).isOver(now)).as(name).isTrue();
                hash.removeOver();
                over = hash.seekOver();
            }
            if (head) {
                hash.refile();
            }
            if (forgetIfEmpty()) {
                return;
            }
        }
        assertThat(living()).as("all that is over is gone").hasSize(model.size());
    }

    private boolean forgetIfEmpty() {
        if (!model.isEmpty()) {
            return false;
        }
        hash.at(slot).free();
        memory.putLong(slot, 0);
        hash.at(slot);
        head = false;
        table = false;
        return true;
    }

    private Map<String, Field> living() {
        space.overdueBefore(now);
        Map<String, Field> living = new LinkedHashMap<>(model);
        living.values().removeIf(f -> f.isOver(now));
        return living;
    }

    // ---- looking

    private String nameHere() {
        byte[] b = new byte[hash.length()];
        assertThat(hash.copyOut(b, 0)).isEqualTo(b.length);
        return new String(b, StandardCharsets.ISO_8859_1);
    }

    private void checkField(String name, Field field, String where) {
        byte[] v = new byte[hash.valueLength()];
        assertThat(hash.copyValue(v, 0)).isEqualTo(v.length);
        assertThat(new String(v, StandardCharsets.ISO_8859_1)).as(where).isEqualTo(field.value);
        assertThat(nameHere()).as(where).isEqualTo(name);
        assertThat(hash.deadline()).as(where).isEqualTo(field.deadline);
        ValueReply reply = new ValueReply();
        hash.replyValue(reply);
        assertThat(reply.take()).as(where).isEqualTo(field.value);
        hash.reply(reply);
        assertThat(reply.take()).as(where).isEqualTo(name);
        byte[] glob = bytes("*" + name.replace("*", "\\*"));
        assertThat(hash.matches(glob, 0, glob.length)).as(where).isEqualTo(!name.isEmpty());
    }

    private void compare(String where) {
        space.overdueBefore(now);
        if (!model.isEmpty() && head && !table) {
            settle();
        }
        hash.at(slot);
        Map<String, Field> living = living();
        assertThat(hash.isEmpty()).as(where).isEqualTo(living.isEmpty());
        assertThat(hash.size()).as(where).isEqualTo(living.size());
        assertThat(hash.encoding()).as(where).isEqualTo(expected());
        List<String> names = new ArrayList<>();
        for (boolean is = hash.first(); is; is = hash.next()) {
            String name = nameHere();
            names.add(name);
            checkField(name, living.get(name), where);
        }
        if (table) {
            assertThat(names).as(where).containsExactlyInAnyOrderElementsOf(living.keySet());
            List<String> scanned = new ArrayList<>();
            long cursor = 0;
            do {
                cursor = hash.scan(cursor, 5);
                for (boolean is = hash.firstScanned(); is; is = hash.next()) {
                    scanned.add(nameHere());
                }
            } while (cursor != 0);
            assertThat(scanned).as(where).containsExactlyInAnyOrderElementsOf(living.keySet());
        } else {
            assertThat(names).as(where).containsExactlyElementsOf(inOrder(living));
        }
        if (!model.isEmpty()) {
            assertThat(hash.blockBytes()).as(where).isPositive();
        }
    }

    private Encoding expected() {
        if (table) {
            return head ? Encoding.HASHTABLEEX : Encoding.HASHTABLE;
        }
        return head ? Encoding.LISTPACKEX : model.isEmpty() ? Encoding.NONE : Encoding.LISTPACK;
    }

    /** As they came; with deadlines first those that have one, the earliest in front. */
    private static List<String> inOrder(Map<String, Field> fields) {
        List<String> names = new ArrayList<>(fields.keySet());
        names.sort((a, b) -> {
            long x = fields.get(a).deadline;
            long y = fields.get(b).deadline;
            return Long.compare(x == 0 ? Long.MAX_VALUE : x, y == 0 ? Long.MAX_VALUE : y);
        });
        return names;
    }

    private static Map<String, Field> contents(Hash of) {
        Map<String, Field> contents = new HashMap<>();
        of.forEach(new ElementVisitor() {
            @Override
            public void field(byte[] f, int fAt, int fLength, byte[] v, int vAt, int vLength, long expireAtMs) {
                contents.put(
                        new String(f, fAt, fLength, StandardCharsets.ISO_8859_1),
                        new Field(
                                new String(v, vAt, vLength, StandardCharsets.ISO_8859_1),
                                expireAtMs == -1 ? 0 : expireAtMs));
            }
        });
        return contents;
    }

    // ---- big ones

    @Test
    void aBigTableIsFreedInSteps() {
        byte[] v = new byte[100_000];
        Arrays.fill(v, (byte) 'v');
        hash.at(slot);
        for (int i = 0; i < 20_000; i++) {
            byte[] f = bytes("field " + i);
            hash.put(f, 0, f.length, v, 0, i % 1000 == 0 ? v.length : 20);
        }
        assertThat(hash.size()).isEqualTo(20_000);
        long before = memory.blockCount();
        hash.free();
        assertThat(memory.blockCount()).isGreaterThan(before - 10);
        int steps = 0;
        while (reclaimer.step(100, new HashTable(memory), e -> {}) > 0) {
            steps++;
        }
        assertThat(steps).isGreaterThan(100);
        memory.free(queue);
        memory.free(slot);
        assertThat(memory.blockCount()).as(memory.leaks()).isZero();
    }

    @Test
    void aValueOfTheSameSizeIsWrittenInPlace() {
        limits.hashListpackEntries = 0;
        hash.at(slot);
        byte[] f = bytes("field");
        hash.put(f, 0, f.length, bytes("value 1"), 0, 7);
        assertThat(hash.find(f, 0, f.length)).isTrue();
        long place = hash.place();
        hash.put(f, 0, f.length, bytes("value 2"), 0, 7);
        hash.put(f, 0, f.length, bytes("value 23"), 0, 8);
        assertThat(hash.find(f, 0, f.length)).isTrue();
        assertThat(hash.place()).isEqualTo(place);
        assertThat(hash.valueLength()).isEqualTo(8);
    }

    @Test
    void fieldsByChanceAreEquallyLikely() {
        for (boolean asTable : new boolean[] {false, true}) {
            memory.putLong(slot, 0);
            limits.hashListpackEntries = asTable ? 0 : 512;
            hash.at(slot);
            int fields = 50;
            for (int i = 0; i < fields; i++) {
                byte[] f = bytes("field " + i);
                hash.put(f, 0, f.length, f, 0, f.length);
            }
            assertThat(hash.isTable()).isEqualTo(asTable);
            Map<String, Integer> hits = new HashMap<>();
            int draws = 50_000;
            for (int i = 0; i < draws; i++) {
                hash.random();
                hits.merge(nameHere(), 1, Integer::sum);
            }
            double expected = (double) draws / fields;
            double chiSquare = hits.values().stream()
                    .mapToDouble(n -> (n - expected) * (n - expected) / expected)
                    .sum();
            assertThat(hits).hasSize(fields);
            assertThat(chiSquare).as("49 degrees of freedom, p 1e-6").isLessThan(112);
        }
    }
}
