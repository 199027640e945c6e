package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.BlockSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one reads of the memory, one promise each; the random walks are in PageMemoryModelTest. */
class PageMemoryTest {
    private static final long PLENTY = 1L << 30;

    private static PageMemory memory(boolean checked) {
        return new PageMemory(BlockSource.PLAIN, PLENTY, checked);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void numbersComeBackAsTheyWereStored(boolean checked) {
        PageMemory m = memory(checked);
        long a = m.allocate(64, Kind.TEST);
        m.putLong(a, Long.MIN_VALUE + 7);
        m.putInt(a + 8, -5);
        m.putShort(a + 12, 0xFFFE);
        m.putByte(a + 14, 0xFF);
        m.putLong(a + 17, 0x0102030405060708L); // needs no alignment
        assertThat(m.getLong(a)).isEqualTo(Long.MIN_VALUE + 7);
        assertThat(m.getInt(a + 8)).isEqualTo(-5);
        assertThat(m.getShort(a + 12)).isEqualTo(0xFFFE);
        assertThat(m.getByte(a + 14)).isEqualTo(0xFF);
        assertThat(m.getLong(a + 17)).isEqualTo(0x0102030405060708L);
        assertThat(m.getByte(a + 17)).as("little-endian").isEqualTo(8);
    }

    @Test
    void everySizeGetsABlockOfItsClassThatHoldsIt() {
        PageMemory m = memory(false);
        for (int bytes = 1; bytes <= PageMemory.MAX_BLOCK; bytes++) {
            long a = m.allocate(bytes, Kind.TEST);
            assertThat(a & 7).isZero();
            assertThat(m.capacity(a)).isBetween(bytes, Math.max(24, Math.max(bytes + 7, bytes + bytes / 3)));
            m.free(a);
        }
        assertThat(m.usedBytes()).isZero();
        assertThatThrownBy(() -> m.allocate(PageMemory.MAX_BLOCK + 1, Kind.TEST))
                .hasMessage("a block of " + (PageMemory.MAX_BLOCK + 1) + " bytes");
    }

    @Test
    void theSlotOfAnOffsetIsTheQuotient() {
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            for (int offset = 0; offset < PageMemory.PAGE_BYTES; offset += 4) {
                assertThat(SizeClasses.slot(c, offset)).isEqualTo(offset / SizeClasses.size(c));
            }
        }
    }

    @Test
    void freeingEverythingEndsWhereItBegan() {
        PageMemory m = memory(false);
        long[] a = new long[60_000];
        for (int i = 0; i < a.length; i++) {
            a[i] = m.allocate(100 + i % 900, Kind.TEST);
        }
        m.verify();
        for (int i = 0; i < a.length; i++) {
            m.free(a[(int) (i * 7919L % a.length)]);
        }
        m.verify();
        assertThat(m.usedBytes()).isZero();
        assertThat(m.blockCount()).isZero();
    }

    @Test
    void runsAreZeroedContiguousAndMerge() {
        PageMemory m = memory(true);
        for (int round = 0; round < 3; round++) {
            long[] runs = new long[20];
            for (int i = 0; i < runs.length; i++) {
                int pages = 1 << i % 10;
                runs[i] = m.allocatePages(pages, Kind.TABLE_DIRECTORY);
                assertThat(runs[i] % PageMemory.PAGE_BYTES).isZero();
                assertThat(m.capacity(runs[i])).isEqualTo(pages * PageMemory.PAGE_BYTES);
                for (int p = 0; p < pages; p++) {
                    assertThat(m.getLong(runs[i] + (long) p * PageMemory.PAGE_BYTES))
                            .isZero();
                }
                m.fill(runs[i], m.capacity(runs[i]), 0x77);
            }
            m.verify();
            for (int i = runs.length - 1; i >= 0; i -= 2) {
                m.free(runs[i]);
            }
            m.verify();
            for (int i = 0; i < runs.length; i += 2) {
                m.free(runs[i]);
            }
            m.verify();
            assertThat(m.usedBytes()).isZero();
        }
    }

    @Test
    void bytesMoveAcrossThePagesOfARun() {
        PageMemory m = memory(true);
        long run = m.allocatePages(4, Kind.TEST);
        byte[] model = new byte[4 * PageMemory.PAGE_BYTES];
        for (int i = 0; i < model.length; i++) {
            model[i] = (byte) (i * 31 >>> 3);
        }
        m.copyIn(run, model, 0, model.length);
        for (int[] move : new int[][] {{5, 20_000, 40_000}, {20_000, 5, 40_000}, {16_384, 0, 49_152}, {1, 0, 65_535}}) {
            m.move(run + move[0], run + move[1], move[2]);
            System.arraycopy(model, move[1], model, move[0], move[2]);
            byte[] all = new byte[model.length];
            m.copyOut(run, all, 0, all.length);
            assertThat(all).isEqualTo(model);
        }
    }

    @Test
    void aViewKeepsThePastAndIsReadOnly() {
        PageMemory m = memory(true);
        long a = m.allocate(100, Kind.TEST);
        m.putLong(a, 1);
        m.root(3, a);
        View view = m.freeze();
        assertThat(m.isShared(a)).isTrue();
        m.putLong(a, 2);
        assertThat(m.isShared(a)).isFalse();
        m.root(3, 9);
        m.free(a);
        assertThat(view.memory().getLong(a)).isEqualTo(1);
        assertThat(view.memory().root(3)).isEqualTo(a);
        view.memory().check(a, Kind.TEST);
        view.memory().verify();
        assertThatThrownBy(() -> view.memory().putLong(a, 3)).hasMessage("a view is read-only");
        assertThatThrownBy(() -> view.memory().root(3, 3)).hasMessage("a view is read-only");
        assertThatThrownBy(() -> view.memory().allocate(8, Kind.TEST)).hasMessage("a view is read-only");
        view.close();
        view.close();
        m.verify();
        while (m.reclaim(10) > 0) {
            m.verify();
        }
        assertThat(m.usedBytes()).isZero();
    }

    @Test
    void freeingUnderAViewCopiesNoDataPage() {
        PageMemory m = memory(false);
        long[] a = new long[4000];
        for (int i = 0; i < a.length; i++) {
            a[i] = m.allocate(1000, Kind.TEST);
        }
        int before = m.usedPlaces();
        View view = m.freeze();
        for (long address : a) {
            m.free(address);
        }
        assertThat(m.usedPlaces()).as("only meta pages were copied").isBetween(before, before + 3);
        assertThat(m.presentPlaces()).isZero();
        view.close();
        m.reclaim(Integer.MAX_VALUE);
        assertThat(m.usedPlaces()).isZero();
    }

    @Test
    void clearIsEmptyAtOnceAndGivesAllBackInBudgets() {
        PageMemory m = memory(true);
        for (int i = 0; i < 50_000; i++) {
            m.allocate(300, Kind.ENTRY);
        }
        m.root(0, 77);
        assertThat(m.leaks()).isEqualTo("entry: 50000 blocks, 15000000 bytes\n");
        long used = m.usedBytes();
        m.clear();
        assertThat(m.root(0)).isZero();
        assertThat(m.blockCount()).isZero();
        assertThat(m.leaks()).isEmpty();
        assertThat(m.usedBytes()).as("exact: not given back yet").isEqualTo(used);
        m.verify();
        long a = m.allocate(24, Kind.TEST);
        m.verify();
        int steps = 0;
        for (int done = m.reclaim(100); done > 0; done = m.reclaim(100)) {
            assertThat(done).isLessThanOrEqualTo(100);
            steps++;
        }
        assertThat(steps).isGreaterThan(10);
        m.verify();
        m.free(a);
        assertThat(m.usedBytes()).isZero();
    }

    /** Each copy takes a place: in between one of them is the first that needs a longer table of blocks. */
    @Test
    void copiesForAViewMayNeedNewBlocks() {
        PageMemory m = new PageMemory(BlockSource.PLAIN, 512L << 20, false);
        long[] blocks = new long[(100 << 20) / PageMemory.MAX_BLOCK];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = m.allocate(PageMemory.MAX_BLOCK, Kind.TEST);
        }
        try (View view = m.freeze()) {
            for (long block : blocks) {
                byte[] page = m.writableArray(block);
                page[m.index(block)] = 1;
            }
            for (long block : blocks) {
                assertThat(m.getByte(block)).isEqualTo(1);
            }
        }
        m.verify();
    }

    @Test
    void clearingAgainAndAgainLeavesNoPileOfTables() {
        PageMemory m = memory(true);
        View view = null;
        for (int i = 0; i < 10_000; i++) {
            m.allocate(300, Kind.ENTRY);
            if (i == 5_000) {
                view = m.freeze();
            }
            m.clear();
            assertThat(m.usedPlaces()).as("after %d clears", i + 1).isLessThan(5);
        }
        m.verify();
        view.close();
        m.reclaim(Integer.MAX_VALUE);
        assertThat(m.usedBytes()).isZero();
    }

    @Test
    void rollingBackMakesTheFrozenPastThePresent() {
        PageMemory m = memory(true);
        long kept = m.allocate(1000, Kind.TEST);
        long freed = m.allocate(2000, Kind.TEST);
        m.putLong(kept, 1);
        m.putLong(freed, 2);
        View mark = m.freeze();
        for (int round = 0; round < 3; round++) {
            m.putLong(kept, 10 + round);
            m.free(freed);
            for (int i = 0; i < 5000; i++) {
                m.putLong(m.allocate(500, Kind.TEST), i);
            }
            View later = m.freeze();
            if (round == 1) {
                m.clear();
            }
            m.rollBack(mark);
            m.verify();
            assertThat(later.cancelled()).isTrue();
            assertThatThrownBy(() -> m.rollBack(later)).isInstanceOf(io.duetdb.engine.api.Snapshot.Cancelled.class);
            assertThat(m.getLong(kept)).isEqualTo(1);
            assertThat(m.getLong(freed)).isEqualTo(2);
            assertThat(m.blockCount()).isEqualTo(2);
            m.reclaim(round == 0 ? Integer.MAX_VALUE : 5);
            m.verify();
        }
        mark.close();
        m.free(kept);
        m.free(freed);
        m.reclaim(Integer.MAX_VALUE);
        m.verify();
        assertThat(m.usedBytes()).isZero();
    }

    @Test
    void dumpSpeaksInWords() {
        PageMemory m = memory(true);
        long a = m.allocate(20, Kind.ENTRY);
        m.fill(a, 20, 'x');
        assertThat(m.dump(a)).contains("entry of 20 bytes", "xxxxxxxxxx", "class of 32 bytes");
        m.free(a);
        assertThat(m.dump(a)).contains("never used or was given back");
        assertThat(m.dump(0)).contains("null");
    }

    @Test
    void allocatingWritingAndFreeingMakeNoGarbageEvenUnderViews() {
        PageMemory m = memory(false);
        long[] blocks = new long[20_000];
        churn(m, blocks, 1); // takes all the Java memory that is needed
        View old = m.freeze();
        churn(m, blocks, 2);
        View young = m.freeze();
        churn(m, blocks, 3);
        old.close();
        m.reclaim(Integer.MAX_VALUE);
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        View last = m.freeze();
        long before = threads.getCurrentThreadAllocatedBytes();
        churn(m, blocks, 4);
        m.reclaim(Integer.MAX_VALUE);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
        young.close();
        last.close();
    }

    private static void churn(PageMemory m, long[] blocks, int round) {
        for (int i = 0; i < blocks.length; i++) {
            int at = (int) (i * 7919L % blocks.length);
            if (blocks[at] != 0) {
                m.free(blocks[at]);
            }
            blocks[at] = m.allocate(100 + at % 300, Kind.TEST);
            m.putLong(blocks[at], i);
            m.fill(blocks[at], 100, round);
        }
    }
}
