package io.duetdb.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is packed comes out the same, and what was not packed by anybody is refused or comes out as long as it says. */
class LzfTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsPackedComesOutTheSame(long seed) {
        Random random = new Random(seed);
        Lzf lzf = new Lzf();
        int packedOnes = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] plain = new byte[random.nextInt(i % 100 == 0 ? 60_000 : 500)];
            int letters = 1 + random.nextInt(30);
            for (int at = 0; at < plain.length; at++) {
                boolean repeat = at > 10 && random.nextInt(4) > 0;
                plain[at] = repeat ? plain[at - 1 - random.nextInt(10)] : (byte) random.nextInt(letters);
            }
            int packed = lzf.compress(plain, 0, plain.length);
            if (packed > 0) {
                packedOnes++;
                assertThat(packed).isLessThan(plain.length);
                byte[] out = new byte[plain.length];
                Lzf.decompress(lzf.packed(), 0, packed, out, out.length);
                assertThat(out).as("seed %d, string %d", seed, i).isEqualTo(plain);
            }
        }
        assertThat(packedOnes).isGreaterThan(2000);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void garbageIsRefusedOrHarmless(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(40)];
            random.nextBytes(garbage);
            byte[] out = new byte[random.nextInt(300) + 5];
            try {
                Lzf.decompress(garbage, 0, garbage.length, out, out.length - 5);
            } catch (RdbFormatException e) {
                refused++;
            }
            assertThat(Arrays.copyOfRange(out, out.length - 5, out.length))
                    .as("seed %d: nothing is written behind", seed)
                    .containsOnly(0);
        }
        assertThat(refused).isGreaterThan(15_000);
    }
}
