package io.duetdb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bench.compare.Row.Goal;
import io.duetdb.bench.compare.Tool.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesTest {
    private static final Row ROW = new Row("row", Goal.atLeast(1.1, 1.4), (row, session) -> null, 3, false);

    @Test
    void rowsHaveNamesOfTheirOwnAndTwelveAreGuarded() {
        assertThat(Rows.all()).extracting(Row::name).doesNotHaveDuplicates();
        assertThat(Rows.all()).filteredOn(Row::guarded).hasSize(12);
    }

    @Test
    void throughputCountsWhileTheClientHasRoom() {
        Result result = Workloads.compare(ROW, List.of(new Run(120, 5, 0.94, 0)), List.of(new Run(100, 5, 0.90, 0)));
        assertThat(result.counts()).isEqualTo("rate");
        assertThat(result.value().median()).isEqualTo(1.2);
        assertThat(result.verdict()).isEqualTo("floor");
    }

    @Test
    void serverTimeCountsWhereTheClientWasBusy() {
        Result result = Workloads.compare(ROW, List.of(new Run(100, 5, 0.95, 0)), List.of(new Run(100, 8, 0.90, 0)));
        assertThat(result.counts()).isEqualTo("cpu");
        assertThat(result.value().median()).isEqualTo(1.6);
        assertThat(result.verdict()).isEqualTo("aim");
    }

    @Test
    void ratiosThatMustBeLowAreMissedAboveTheirFloor() {
        Goal goal = Goal.atMost(0.8, 0.55, "x");
        assertThat(List.of(goal.verdict(0.5), goal.verdict(0.8), goal.verdict(0.81)))
                .containsExactly("aim", "floor", "MISS");
        assertThat(Goal.atMost(Double.NaN, 2, "ms").withFloor(5).verdict(3)).isEqualTo("floor");
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheMiddleTwo() {
        assertThat(new Series(4, 1, 3, 2).median()).isEqualTo(2.5);
        assertThat(new Series(4, 1, 3).median()).isEqualTo(3);
    }

    @Test
    void pausesAreReadFromTheCollectorsLog(@TempDir Path directory) throws Exception {
        Path log = Files.writeString(directory.resolve("gc.log"), """
                [1.5s] GC(3) Pause Young (Allocation Failure) 14M->1M(62M) 1.934ms
                [1.5s] Safepoint "SerialCollect", Time since last: 100 ns, Total:    2500000 ns
                """);
        GcLog.Pauses pauses = GcLog.of(log, 0).pauses();
        assertThat(pauses).isEqualTo(new GcLog.Pauses(1, 1.934, 2.5));
    }
}
