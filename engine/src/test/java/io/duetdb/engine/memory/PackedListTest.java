package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.kit.ValueReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A packed list against a plain list, in checked mode. */
class PackedListTest {
    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final PackedList list = new PackedList(memory);
    private List<byte[]> model = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatAPlainListDoes(long seed) {
        Random random = new Random(seed);
        long root = 0;
        int longest = seed % 2 == 0 ? 40 : 3000;
        View view = null;
        long viewRoot = 0;
        List<byte[]> viewModel = List.of();
        for (int step = 0; step < 6_000; step++) {
            list.wrap(root);
            boolean growing = step / 1_500 % 2 == 0;
            step(random, growing, longest);
            root = list.root();
            list.verify();
            assertThat(list.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
            if (step % 50 == 0) {
                compare(new PackedList(memory).wrap(root), model, seed, step);
            }
            if (step % 700 == 0) {
                if (view != null) {
                    compare(new PackedList(view.memory()).wrap(viewRoot), viewModel, seed, step);
                    memory.release(view);
                }
                view = memory.freeze();
                viewRoot = root;
                viewModel = List.copyOf(model);
            }
            if (view != null && step % 2_100 == 1_900) {
                memory.rollBack(view);
                root = viewRoot;
                model = new ArrayList<>(viewModel);
            }
        }
        list.wrap(root);
        long copy = list.copyAll();
        compare(new PackedList(memory).wrap(copy), model, seed, -1);
        Reclaimer reclaimer = new Reclaimer(memory);
        reclaimer.plugIn(Kind.QUICKLIST, PackedList.reclaiming());
        long queue = Reclaimer.create(memory);
        reclaimer.wrap(queue);
        list.wrap(root).free(reclaimer);
        new PackedList(memory).wrap(copy).free(reclaimer);
        while (reclaimer.step(10, new HashTable(memory), e -> {}) > 0) {}
        memory.free(queue);
        assertThat(memory.blockCount())
                .as("blocks left, seed %d: %s", seed, memory.leaks())
                .isZero();
        memory.verify();
    }

    private void step(Random random, boolean growing, int longest) {
        byte[] b = element(random, longest);
        int what = random.nextInt(growing ? 8 : 12);
        int size = model.size();
        if (size == 0 || what <= 1) {
            list.addLast(b, 0, b.length);
            model.add(b);
        } else if (what <= 3) {
            list.addFirst(b, 0, b.length);
            model.add(0, b);
        } else {
            int at = random.nextInt(size);
            assertThat(list.seek(random.nextBoolean() ? at : at - size)).isTrue();
            assertThat(list.copy()).isEqualTo(model.get(at));
            at(random, what, at, b);
        }
    }

    private void at(Random random, int what, int at, byte[] b) {
        switch (what) {
            case 4 -> {
                list.insertBefore(b, 0, b.length);
                model.add(at, b);
                assertThat(list.copy()).isEqualTo(b);
            }
            case 5 -> {
                list.insertAfter(b, 0, b.length);
                model.add(at + 1, b);
                assertThat(list.copy()).isEqualTo(b);
            }
            case 6 -> {
                list.replace(b, 0, b.length);
                model.set(at, b);
                assertThat(list.copy()).isEqualTo(b);
            }
            case 7 -> {
                byte[] wanted = model.get(at);
                list.first();
                assertThat(list.find(wanted, 0, wanted.length, 1)).isTrue();
                assertThat(list.copy()).isEqualTo(wanted);
                assertThat(list.equals(wanted, 0, wanted.length)).isTrue();
            }
            case 8, 9, 10 -> {
                boolean more = list.remove();
                model.remove(at);
                standsAt(more, at);
            }
            default -> {
                int n = 1 + random.nextInt(random.nextInt(20) == 0 ? 500 : 5);
                boolean more = list.remove((long) n);
                int to = Math.min(model.size(), at + n);
                model.subList(at, to).clear();
                standsAt(more, at);
            }
        }
    }

    private void standsAt(boolean more, int at) {
        assertThat(more).isEqualTo(at < model.size());
        if (more) {
            assertThat(list.copy()).isEqualTo(model.get(at));
        }
    }

    private static byte[] element(Random random, int longest) {
        return switch (random.nextInt(6)) {
            case 0 -> Long.toString(random.nextLong() >> random.nextInt(64)).getBytes(StandardCharsets.US_ASCII);
            case 1 -> Integer.toString(random.nextInt(200) - 50).getBytes(StandardCharsets.US_ASCII);
            case 2 -> new byte[random.nextInt(3)];
            case 3 -> bytes(random, random.nextInt(longest));
            default -> bytes(random, random.nextInt(30));
        };
    }

    private static byte[] bytes(Random random, int n) {
        byte[] b = new byte[n];
        random.nextBytes(b);
        return b;
    }

    private static void compare(PackedList is, List<byte[]> should, long seed, int step) {
        int i = 0;
        for (boolean at = is.first(); at; at = is.next()) {
            assertThat(is.copy())
                    .as("element %d, seed %d step %d", i, seed, step)
                    .isEqualTo(should.get(i));
            assertThat(is.length()).isEqualTo(should.get(i).length);
            i++;
        }
        assertThat(i).isEqualTo(should.size());
        for (boolean at = is.last(); at; at = is.previous()) {
            i--;
            assertThat(is.compare(should.get(i), 0, should.get(i).length)).isZero();
        }
        assertThat(i).isZero();
    }

    @Test
    void bytesAreThoseOfAListpackOfRedis() {
        list.wrap(0);
        assertThat(list.bytes()).isEqualTo(7);
        add("a");
        assertThat(list.bytes()).isEqualTo(7 + 3);
        add("12");
        add("300");
        add("-5000");
        add("100000");
        add("-3000000000");
        assertThat(list.bytes()).isEqualTo(7 + 3 + 2 + 3 + 4 + 5 + 10);
        add("x".repeat(63));
        add("x".repeat(64));
        add("x".repeat(126));
        assertThat(list.bytes()).isEqualTo(7 + 27 + 65 + 67 + 130);
        add("x".repeat(5000));
        assertThat(list.bytes()).isEqualTo(7 + 27 + 65 + 67 + 130 + 5 + 5000 + 2);
        list.verify();
    }

    @Test
    void integersKeepTheirText() {
        list.wrap(0);
        long[] edges = {
            0,
            127,
            128,
            -1,
            4095,
            4096,
            -4096,
            -4097,
            32767,
            32768,
            -32769,
            8388607,
            8388608,
            -8388609,
            1L << 31,
            -(1L << 31),
            -(1L << 31) - 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MIN_VALUE + 0x1E240
        };
        for (long edge : edges) {
            add(Long.toString(edge));
        }
        int i = 0;
        for (boolean at = list.first(); at; at = list.next()) {
            assertThat(list.isInteger()).isTrue();
            assertThat(list.integer()).isEqualTo(edges[i]);
            assertThat(new String(list.copy(), StandardCharsets.US_ASCII)).isEqualTo(Long.toString(edges[i]));
            i++;
        }
        for (String text : new String[] {"007", "+1", "-0", "1.0", " 1", "9223372036854775808", ""}) {
            add(text);
            assertThat(list.isInteger()).as(text).isFalse();
        }
    }

    @Test
    void findsEverySecondElementOnly() {
        list.wrap(0);
        for (int i = 0; i < 400; i++) {
            add("f" + i);
            add("f" + (i + 1)); // as value
        }
        byte[] wanted = "f400".getBytes(StandardCharsets.US_ASCII);
        list.first();
        assertThat(list.find(wanted, 0, wanted.length, 2)).isFalse();
        wanted = "f399".getBytes(StandardCharsets.US_ASCII);
        list.first();
        assertThat(list.find(wanted, 0, wanted.length, 2)).isTrue();
        list.next();
        assertThat(new String(list.copy(), StandardCharsets.US_ASCII)).isEqualTo("f400");
    }

    @Test
    void repliesStraightFromItsPages() {
        list.wrap(0);
        for (String text : new String[] {"short", "-17", "x".repeat(70), "y".repeat(9000), ""}) {
            add(text);
            ValueReply reply = new ValueReply();
            list.reply(reply);
            assertThat(reply.take()).isEqualTo(text);
        }
    }

    private void add(String text) {
        byte[] b = text.getBytes(StandardCharsets.US_ASCII);
        list.addLast(b, 0, b.length);
    }
}
