package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.BlockSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random walks of PageMemory beside its twin, views read by a second thread meanwhile. -Dduet.long=true walks longer. */
class PageMemoryModelTest {
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 20_000_000 : 800_000;

    private final ExecutorService readers = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        readers.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,true", "4,true", "5,false", "6,true"})
    void behavesLikeItsTwin(long seed, boolean checked) throws Exception {
        MemoryModel model = new MemoryModel(new PageMemory(BlockSource.PLAIN, 8L << 30, checked), seed, readers);
        walk(model, seed, STEPS);
    }

    /** So little room that views are cancelled again and again, and never a step of the present fails. */
    @Test
    void takesViewsBackWhenRoomRunsLow() throws Exception {
        int cancelled = 0;
        for (long seed = 10; seed < 14; seed++) {
            MemoryModel model =
                    new MemoryModel(new PageMemory(BlockSource.PLAIN, 7L << 20, seed % 2 == 0), seed, readers);
            model.maxOrder = 4;
            model.mayBeCancelled = true;
            walk(model, seed, STEPS / 2);
            cancelled += model.cancelled;
        }
        assertThat(cancelled).isPositive();
    }

    private static void walk(MemoryModel model, long seed, int steps) throws Exception {
        try {
            model.run(steps);
            model.end();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ", step " + model.steps + ": " + e.getMessage(), e);
        }
    }
}
