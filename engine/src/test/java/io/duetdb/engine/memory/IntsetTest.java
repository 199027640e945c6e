package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.BlockSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sorted set of integers against a tree of the JDK, in checked mode, with views and roll-backs. */
class IntsetTest {
    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 256L << 20, true);
    private final Intset set = new Intset(memory);
    private TreeSet<Long> model = new TreeSet<>();
    private long root;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatATreeDoes(long seed) {
        Random random = new Random(seed);
        int most = seed % 2 == 0 ? 300 : 6_000;
        View view = null;
        long viewRoot = 0;
        List<Long> viewModel = List.of();
        for (int step = 0; step < 20_000; step++) {
            int width = step < 5_000 ? 16 : step < 10_000 ? 32 : 64;
            step(random, step / 4_000 % 2 == 0, most, width);
            if (step % 200 == 0) {
                compare(new Intset(memory).wrap(root), List.copyOf(model), seed, step);
            }
            if (step % 1_500 == 0) {
                if (view != null) {
                    compare(new Intset(view.memory()).wrap(viewRoot), viewModel, seed, step);
                    memory.release(view);
                }
                view = memory.freeze();
                viewRoot = root;
                viewModel = List.copyOf(model);
            }
            if (view != null && step % 5_000 == 4_000) {
                memory.rollBack(view);
                root = viewRoot;
                model = new TreeSet<>(viewModel);
            }
        }
        set.wrap(root);
        Intset copy = new Intset(memory).wrap(set.copyAll());
        compare(copy, List.copyOf(model), seed, -1);
        set.free();
        copy.free();
        assertThat(memory.blockCount()).as("blocks left, seed %d", seed).isZero();
        memory.verify();
    }

    private void step(Random random, boolean growing, int most, int width) {
        long value = random.nextLong() >> (64 - width);
        if (random.nextInt(4) > 0) {
            value %= most; // often one that is there, or was
        }
        set.wrap(root);
        boolean add = growing ? random.nextInt(5) > 0 : random.nextInt(5) == 0;
        if (add) {
            assertThat(set.contains(value)).isEqualTo(model.contains(value));
            assertThat(set.hasRoomFor(value)).isTrue();
            assertThat(set.add(value)).isEqualTo(model.add(value));
        } else if (random.nextBoolean() && !model.isEmpty()) {
            int at = random.nextInt(model.size());
            long there = set.get(at);
            set.removeAt(at);
            assertThat(model.remove(there)).isTrue();
        } else {
            assertThat(set.remove(value)).isEqualTo(model.remove(value));
        }
        root = set.root();
        assertThat(set.size()).isEqualTo(model.size());
        assertThat(root == 0).isEqualTo(model.isEmpty());
    }

    private static void compare(Intset is, List<Long> should, long seed, int step) {
        is.verify();
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < is.size(); i++) {
            found.add(is.get(i));
        }
        assertThat(found).as("seed %d step %d", seed, step).isEqualTo(should);
    }

    @Test
    void isAsWideAsItsWidestElementEverWas() {
        set.wrap(0);
        set.add(Short.MAX_VALUE);
        set.add(Short.MIN_VALUE);
        assertThat(set.width()).isEqualTo(2);
        set.add(Short.MAX_VALUE + 1L);
        assertThat(set.width()).isEqualTo(4);
        set.add(Integer.MIN_VALUE);
        assertThat(set.width()).isEqualTo(4);
        set.add(Integer.MIN_VALUE - 1L);
        assertThat(set.width()).isEqualTo(8);
        set.add(Long.MAX_VALUE);
        set.add(Long.MIN_VALUE);
        set.remove(Integer.MIN_VALUE - 1L);
        set.remove(Long.MAX_VALUE);
        set.remove(Long.MIN_VALUE);
        assertThat(set.width()).isEqualTo(8);
        set.verify();
        assertThat(set.get(0)).isEqualTo(Integer.MIN_VALUE);
        assertThat(set.find(Long.MIN_VALUE)).isEqualTo(~0);
        assertThat(set.find(0)).isEqualTo(~2);
        assertThat(set.find(Long.MAX_VALUE)).isEqualTo(~4);
    }

    @Test
    void fillsTheLargestRunOfPages() {
        set.wrap(0);
        long value = Integer.MAX_VALUE;
        while (set.hasRoomFor(value + 1)) {
            set.add(++value);
        }
        assertThat(set.size()).isEqualTo(PageMemory.MAX_RUN * PageMemory.PAGE_BYTES / 8 - 1);
        set.verify();
        assertThat(set.remove(Integer.MAX_VALUE + 1L)).isTrue(); // moves everything, over all pages
        assertThat(set.add(Integer.MIN_VALUE)).isTrue(); // and back
        assertThat(set.hasRoomFor(1)).isFalse();
        set.verify();
        assertThat(set.get(1)).isEqualTo(Integer.MAX_VALUE + 2L);
        set.free();
        assertThat(memory.blockCount()).isZero();
    }

    @Test
    void smallSetsTakeLittle() {
        set.wrap(0);
        for (int i = 0; i < 10; i++) {
            set.add(i);
        }
        assertThat(set.blockBytes()).isEqualTo(24);
        for (int i = 0; i < 10; i++) {
            set.remove(i);
        }
        assertThat(set.root()).isZero();
        assertThat(memory.blockCount()).isZero();
    }
}
