package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Snapshot;
import org.junit.jupiter.api.Test;

/** What happens when the memory is nearly full. */
class MemoryLimitTest {
    private static final long LIMIT = 16L << 20;

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, LIMIT, false);

    private long[] fill() {
        long[] blocks = new long[100_000];
        int n = 0;
        while (!memory.lowOnRoom()) {
            blocks[n++] = memory.allocate(PageMemory.MAX_BLOCK, Kind.TEST);
        }
        return java.util.Arrays.copyOf(blocks, n);
    }

    @Test
    void aStartedCommandMayUseTheReserve() {
        fill();
        assertThat(LIMIT - memory.usedBytes()).isLessThan(memory.reserveBytes());
        long reserve = LIMIT - memory.usedBytes();
        for (long used = 0; used + 8 * PageMemory.PAGE_BYTES < reserve; used += PageMemory.MAX_BLOCK) {
            memory.allocate(PageMemory.MAX_BLOCK, Kind.TEST);
        }
        assertThat(memory.usedBytes()).isLessThanOrEqualTo(LIMIT);
        memory.verify();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        memory.allocate(PageMemory.MAX_BLOCK, Kind.TEST);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("memory is exhausted");
        memory.verify();
        memory.limitBytes(2 * LIMIT);
        assertThat(memory.lowOnRoom()).isFalse();
        memory.allocate(PageMemory.MAX_BLOCK, Kind.TEST);
        memory.verify();
    }

    @Test
    void theNewestViewThatHoldsPlacesIsCancelledNotAWrite() {
        long[] blocks = fill();
        View old = memory.freeze();
        View young = memory.freeze();
        assertThat(memory.lowOnRoom()).isTrue();
        for (long block : blocks) {
            memory.putLong(block, 1); // each page would have to be copied
        }
        assertThat(young.cancelled()).isTrue();
        assertThat(old.cancelled()).isTrue();
        assertThatThrownBy(old::validate).isInstanceOf(Snapshot.Cancelled.class);
        assertThat(memory.usedBytes()).isLessThanOrEqualTo(LIMIT);
        memory.verify();
        old.close();
        young.close();
        memory.verify();
    }

    @Test
    void aViewThatFitsBesideIsNotCancelled() {
        long a = memory.allocate(1000, Kind.TEST);
        View view = memory.freeze();
        memory.putLong(a, 5);
        fill();
        assertThat(view.cancelled()).isFalse();
        view.validate();
    }

    @Test
    void whatWasClearedIsReturnedBeforeAViewIsCancelled() {
        View empty = memory.freeze();
        for (int round = 0; round < 10; round++) {
            fill();
            memory.clear();
            assertThat(memory.lowOnRoom()).isFalse();
            memory.verify();
        }
        assertThat(empty.cancelled()).isFalse();
        assertThat(memory.heldBytes()).isLessThan(LIMIT * 3 / 2);
    }

    @Test
    void aTinyLimitWorksToo() {
        PageMemory tiny = new PageMemory(BlockSource.PLAIN, 200_000, true);
        assertThat(tiny.limitBytes()).isEqualTo(12 * PageMemory.PAGE_BYTES);
        int n = 0;
        while (!tiny.lowOnRoom()) {
            tiny.allocate(100, Kind.TEST);
            n++;
        }
        assertThat(n).isGreaterThan(500);
        tiny.allocate(1000, Kind.TEST);
        tiny.verify();
    }

    @Test
    void severalViewsAtATimeAndNoMore() {
        View[] views = new View[Epochs.MAX_VIEWS];
        for (int i = 0; i < views.length; i++) {
            views[i] = memory.freeze();
        }
        assertThatThrownBy(memory::freeze).hasMessageContaining("views already");
        views[3].close();
        memory.freeze().close();
    }
}
