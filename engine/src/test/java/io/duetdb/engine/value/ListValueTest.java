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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists against plain ones, in checked mode. */
class ListValueTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 400_000 : 12_000;
    private static final int PHASE = 600;
    private static final int LISTS = 3;
    private static final int VIEWS = 3;
    private static final int[] SIZES = {-1, -2, -3, -4, -5, -9, 0, 1, 5, 64, 500};

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 512L << 20, true);
    private final Limits limits = new Limits();
    private final Reclaimer reclaimer = new Reclaimer(memory);
    private final ValueSpace space =
            new ValueSpace(memory, new KeyedHash(1, 2), new RandomSource(1), limits, reclaimer);
    private final ListValue list = new ListValue(space);
    private final ListValue second = new ListValue(space);
    private final long slots = memory.allocate(LISTS * Long.BYTES, Kind.VALUE);
    private final long queue = Reclaimer.create(memory);
    private final List<Past> pasts = new ArrayList<>();
    private List<NaiveList> models = new ArrayList<>();
    private int toQuicklist;
    private int toListpack;

    private record Past(View view, List<NaiveList> models) {}

    ListValueTest() {
        memory.fill(slots, LISTS * Long.BYTES, 0);
        reclaimer.wrap(queue);
        ValueReclaiming.plugInto(reclaimer, space);
        for (int i = 0; i < LISTS; i++) {
            models.add(new NaiveList(limits));
        }
    }

    private long slot(int i) {
        return slots + (long) i * Long.BYTES;
    }

    // ---- the model test

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void doesWhatAPlainListDoes(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            String where = "seed " + seed + ", step " + step;
            int which = random.nextInt(LISTS);
            boolean growing = (step + which * PHASE / LISTS) / PHASE % 2 == 0;
            Encoding before = models.get(which).encoding;
            change(random, which, growing);
            count(before, models.get(which).encoding);
            for (int i = 0; i < LISTS; i++) {
                list.at(slot(i));
                assertThat(list.size()).as(where).isEqualTo(models.get(i).size());
                assertThat(list.encoding()).as(where).isEqualTo(models.get(i).encoding);
            }
            if (step % 50 == 0) {
                compare(new ListValue(space).at(slot(which)), models.get(which), where);
            }
            if (random.nextInt(100) == 0) {
                limits.listListpackSize = SIZES[random.nextInt(SIZES.length)];
            }
            if (random.nextInt(200) == 0) {
                travel(random, where);
            }
            reclaimer.step(3, new HashTable(memory), e -> {});
        }
        assertThat(toQuicklist).as("seed " + seed).isGreaterThan(20);
        assertThat(toListpack).as("seed " + seed).isGreaterThan(20);
        end(seed);
    }

    private void count(Encoding before, Encoding after) {
        toQuicklist += before == Encoding.LISTPACK && after == Encoding.QUICKLIST ? 1 : 0;
        toListpack += before == Encoding.QUICKLIST && after == Encoding.LISTPACK ? 1 : 0;
    }

    private void change(Random random, int which, boolean growing) {
        NaiveList model = models.get(which);
        list.at(slot(which));
        byte[] b = element(random);
        int what = random.nextInt(growing ? 9 : 15);
        if (model.size() == 0 || what <= 3) {
            push(random, model, what, b);
        } else if (what == 4) {
            move(random, which, model);
        } else {
            int at = random.nextInt(model.size());
            assertThat(list.seek(random.nextBoolean() ? at : at - model.size())).isTrue();
            assertThat(bytes(list)).isEqualTo(model.elements.get(at));
            at(random, model, what, at, b);
        }
    }

    private void push(Random random, NaiveList model, int what, byte[] b) {
        int count = what == 3 ? 1 + random.nextInt(20) : 1;
        if (count > 1) {
            list.announce(count, (long) count * b.length);
        }
        model.growing(count, (long) count * b.length);
        for (int i = 0; i < count; i++) {
            if (what % 2 == 0) {
                list.pushFirst(b, 0, b.length);
                model.elements.add(0, b);
            } else {
                list.pushLast(b, 0, b.length);
                model.elements.add(b);
            }
        }
    }

    /** Moves an element to another list or to the same, by one handle or two. */
    private void move(Random random, int which, NaiveList model) {
        int other = random.nextInt(LISTS);
        NaiveList target = models.get(other);
        boolean front = random.nextBoolean();
        int at = random.nextBoolean() ? 0 : model.size() - 1;
        list.seek(at);
        list.moveTo(other == which ? list : second.at(slot(other)), front);
        byte[] moved = model.elements.remove(at);
        if (other != which) {
            model.shrunk();
        }
        target.growing(1, moved.length);
        target.elements.add(front ? 0 : target.size(), moved);
        if (other == which) {
            target.shrunk();
        }
    }

    private void at(Random random, NaiveList model, int what, int at, byte[] b) {
        switch (what) {
            case 5 -> {
                list.insertBefore(b, 0, b.length);
                model.growing(1, b.length);
                model.elements.add(at, b);
                assertThat(bytes(list)).isEqualTo(b);
            }
            case 6 -> {
                list.insertAfter(b, 0, b.length);
                model.growing(1, b.length);
                model.elements.add(at + 1, b);
                assertThat(bytes(list)).isEqualTo(b);
            }
            case 7 -> {
                list.replace(b, 0, b.length);
                model.growing(1, b.length);
                model.elements.set(at, b);
                model.shrunk();
                assertThat(bytes(list)).isEqualTo(b);
            }
            case 8 -> {
                byte[] wanted = model.elements.get(at);
                list.first();
                assertThat(list.find(wanted, 0, wanted.length)).isTrue();
                assertThat(list.equals(wanted, 0, wanted.length)).isTrue();
                assertThat(bytes(list)).isEqualTo(wanted);
            }
            case 9, 10, 11 -> {
                boolean more = list.remove();
                model.elements.remove(at);
                model.shrunk();
                standsAt(more, model, at);
            }
            case 12 -> {
                if (random.nextInt(50) == 0) {
                    list.clear();
                    model.elements.clear();
                    model.shrunk();
                }
            }
            default -> {
                int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 8);
                boolean more = list.remove((long) n);
                model.elements.subList(at, Math.min(model.size(), at + n)).clear();
                model.shrunk();
                standsAt(more, model, at);
            }
        }
    }

    private void standsAt(boolean more, NaiveList model, int at) {
        assertThat(more).isEqualTo(at < model.size());
        if (more) {
            assertThat(bytes(list)).isEqualTo(model.elements.get(at));
        }
    }

    /** Looks at pasts, keeps the present as one, or makes one of them the present. */
    private void travel(Random random, String where) {
        for (Past past : pasts) {
            ListValue old = new ListValue(space.over(past.view.memory()));
            for (int i = 0; i < LISTS; i++) {
                compare(old.at(slot(i)), past.models.get(i), where + ", a view");
            }
        }
        int dice = random.nextInt(4);
        if (dice == 0 && !pasts.isEmpty()) {
            int to = random.nextInt(pasts.size());
            memory.rollBack(pasts.get(to).view);
            models = copies(pasts.get(to).models);
            while (pasts.size() > to + 1) {
                memory.release(pasts.remove(pasts.size() - 1).view);
            }
        } else if (pasts.size() < VIEWS) {
            pasts.add(new Past(memory.freeze(), copies(models)));
        } else {
            memory.release(pasts.remove(random.nextInt(VIEWS)).view);
        }
        memory.reclaim(1000);
        memory.verify();
    }

    private static List<NaiveList> copies(List<NaiveList> from) {
        return from.stream().map(NaiveList::copy).toList();
    }

    private void end(long seed) {
        pasts.forEach(past -> memory.release(past.view));
        for (int i = 0; i < LISTS; i++) {
            compare(list.at(slot(i)), models.get(i), "seed " + seed + ", at the end");
            long copy = list.copy();
            list.free();
            memory.putLong(slot(i), copy);
            compare(list.at(slot(i)), models.get(i), "seed " + seed + ", a copy");
            assertThat(list.encoding()).isEqualTo(models.get(i).encoding);
            list.clear();
            assertThat(memory.getLong(slot(i))).isZero();
        }
        nothingIsLeft();
    }

    private void nothingIsLeft() {
        while (reclaimer.step(100, new HashTable(memory), e -> {}) > 0) {}
        memory.free(queue);
        memory.free(slots);
        assertThat(memory.blockCount()).as(memory.leaks()).isZero();
        memory.verify();
    }

    /** Elements around every border of the forms they stand in. */
    private static byte[] element(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> text(Long.toString(random.nextLong() >> random.nextInt(64)));
            case 1 -> text(Integer.toString(random.nextInt(300) - 100));
            case 2 ->
                text(new String[] {
                            "",
                            "0",
                            "-0",
                            "00",
                            "007",
                            "+1",
                            " 1",
                            "1 ",
                            "-1",
                            "127",
                            "128",
                            "-4096",
                            "-4097",
                            "4095",
                            "9223372036854775807",
                            "9223372036854775808",
                            "-9223372036854775808",
                            "-9223372036854775809"
                        }
                        [random.nextInt(18)]);
            case 3 -> bytes(random, 60 + random.nextInt(8));
            case 4 -> random.nextInt(4) > 0 ? bytes(random, 3) : bytes(random, 1000 + random.nextInt(60));
            case 5 -> random.nextInt(8) > 0 ? bytes(random, 1) : bytes(random, 4080 + random.nextInt(30));
            case 6 -> random.nextInt(60) > 0 ? bytes(random, 5) : bytes(random, 65_530 + random.nextInt(9000));
            default -> bytes(random, random.nextInt(40));
        };
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(ListValue list) {
        byte[] bytes = new byte[list.length() + 2];
        assertThat(list.copyOut(bytes, 1)).isEqualTo(list.length());
        return Arrays.copyOfRange(bytes, 1, bytes.length - 1);
    }

    /** Forwards by the position, backwards by it, by a visitor and by replies. */
    private static void compare(ListValue list, NaiveList model, String where) {
        assertThat(list.size()).as(where).isEqualTo(model.size());
        assertThat(list.encoding()).as(where).isEqualTo(model.encoding);
        int at = 0;
        for (boolean is = list.first(); is; is = list.next()) {
            same(bytes(list), model.elements.get(at++), where);
        }
        assertThat(at).as(where).isEqualTo(model.size());
        for (boolean is = list.last(); is; is = list.previous()) {
            ValueReply reply = new ValueReply();
            list.reply(reply);
            byte[] replied = ((String) reply.take()).getBytes(StandardCharsets.ISO_8859_1);
            same(replied, model.elements.get(--at), where);
        }
        assertThat(at).as(where).isZero();
        same(elements(list), model.elements, where);
        assertThat(list.isEmpty()).isEqualTo(model.elements.isEmpty());
    }

    private static void same(byte[] ours, byte[] wanted, String where) {
        if (!Arrays.equals(ours, wanted)) {
            assertThat(ours).as(where).isEqualTo(wanted);
        }
    }

    private static void same(List<byte[]> ours, List<byte[]> wanted, String where) {
        assertThat(ours.size()).as(where).isEqualTo(wanted.size());
        for (int i = 0; i < ours.size(); i++) {
            same(ours.get(i), wanted.get(i), where);
        }
    }

    private static List<byte[]> elements(ListValue list) {
        List<byte[]> elements = new ArrayList<>();
        list.forEach(new ElementVisitor() {
            @Override
            public void element(byte[] b, int offset, int length) {
                elements.add(Arrays.copyOfRange(b, offset, offset + length));
            }
        });
        return elements;
    }

    // ---- one by one

    @Test
    void aNewValueIsEmptyAndHasNoEncoding() {
        list.at(slot(0));
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.encoding()).isEqualTo(Encoding.NONE);
        assertThat(list.blockBytes()).isZero();
        assertThat(list.copy()).isZero();
        assertThat(list.first() || list.last() || list.seek(0) || list.seek(-1)).isFalse();
        assertThat(list.slot()).isEqualTo(slot(0));
        list.free();
        nothingIsLeft();
    }

    @Test
    void seeksEndAtBothEnds() {
        list.at(slot(0)).pushLast(text("a"), 0, 1);
        list.pushLast(text("b"), 0, 1);
        for (long beyond : new long[] {2, -3, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(list.seek(beyond)).isFalse();
        }
        assertThat(list.seek(-2)).isTrue();
        assertThat(bytes(list)).isEqualTo(text("a"));
    }

    @Test
    void aLongListIsFreedInBudgets() {
        list.at(slot(0));
        for (int i = 0; i < 100_000; i++) {
            list.pushLast(text("element " + i), 0, 8);
        }
        assertThat(list.blockBytes()).isBetween(800_000L, 1_800_000L);
        long blocks = memory.blockCount();
        list.clear();
        assertThat(list.isEmpty()).isTrue();
        assertThat(memory.blockCount()).isGreaterThan(blocks - 100);
        assertThat(reclaimer.step(20, new HashTable(memory), e -> {})).isBetween(1, 60);
        nothingIsLeft();
    }

    @Test
    void aViewIsReadByAnotherThreadWhileTheListGoesOn() throws InterruptedException {
        list.at(slot(0));
        for (int i = 0; i < 5000; i++) {
            list.pushLast(text("element " + i), 0, 9);
        }
        List<byte[]> wanted = elements(list);
        View view = memory.freeze();
        List<byte[]> seen = new ArrayList<>();
        Thread reader = new Thread(() -> {
            for (int i = 0; i < 20; i++) {
                seen.clear();
                seen.addAll(elements(new ListValue(space.over(view.memory())).at(slot(0))));
            }
        });
        reader.start();
        for (int i = 0; i < 20_000; i++) {
            list.seek(i * 7919L % list.size());
            if (i % 2 == 0) {
                list.remove();
            } else {
                list.insertBefore(text("later"), 0, 5);
            }
        }
        reader.join();
        same(seen, wanted, "the view");
        memory.release(view);
        list.clear();
        nothingIsLeft();
    }
}
