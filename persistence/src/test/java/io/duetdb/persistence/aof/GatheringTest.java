package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final long FORCE_NS = 300_000;

    private final Gathering gathering = new Gathering();

    private boolean turn(long nowNs, int effects) {
        for (int i = 0; i < effects; i++) {
            gathering.came();
        }
        return gathering.goesOn(nowNs, FORCE_NS);
    }

    @Test
    void oneEffectAloneIsForcedAtOnce() {
        assertThat(turn(0, 0)).isFalse();
        assertThat(turn(10, 1)).isFalse();
        assertThat(turn(20, 1)).as("effects of two turns").isFalse();
    }

    @Test
    void severalWaitForMoreUntilATurnBringsNone() {
        assertThat(turn(0, 50)).isTrue();
        assertThat(turn(1_000, 20)).isTrue();
        assertThat(turn(2_000, 1)).isFalse();
        assertThat(turn(3_000, 2)).as("the next group").isTrue();
        assertThat(turn(4_000, 0)).isFalse();
    }

    @Test
    void nobodyWaitsLongerThanTwoForcesTake() {
        assertThat(turn(5, 50)).isTrue();
        assertThat(turn(2 * FORCE_NS + 4, 50)).isTrue();
        assertThat(turn(2 * FORCE_NS + 5, 50)).isFalse();
        assertThat(turn(2 * FORCE_NS + 6, 50)).as("the next group").isTrue();
    }
}
