package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A checksum goes on from wherever a file was left, and back to where a write began. */
class RunningCrcTest {
    private static final long SEED = 20261121;

    @Test
    void goesOnBehindAnyBeginning() {
        Random random = new Random(SEED);
        byte[] all = new byte[5000];
        random.nextBytes(all);
        for (int i = 0; i < 200; i++) {
            int split = random.nextInt(all.length + 1);
            int end = split + random.nextInt(all.length + 1 - split);
            RunningCrc crc = new RunningCrc();
            crc.startFrom(of(all, split));
            crc.update(all, split, end - split);
            assertThat(crc.value()).as("seed %d, %d of %d", SEED, split, end).isEqualTo(of(all, end));
        }
    }

    @Test
    void goesBackToAMark() {
        byte[] all = new byte[3000];
        new Random(SEED).nextBytes(all);
        RunningCrc crc = new RunningCrc();
        crc.startFrom(of(all, 1000));
        crc.update(all, 1000, 500);
        int mark = crc.mark();
        long bytes = crc.markBytes();
        crc.update(all, 0, 700);
        crc.rewind(mark, bytes);
        assertThat(crc.value()).isEqualTo(of(all, 1500));
        crc.update(all, 1500, 1500);
        assertThat(crc.value()).isEqualTo(of(all, 3000));
    }

    @Test
    void longFilesShiftAsManyZerosDo() {
        CRC32C zeros = new CRC32C();
        byte[] block = new byte[1 << 16];
        byte[] begin = {1, 2, 3};
        zeros.update(begin, 0, 3);
        int before = (int) zeros.getValue();
        CRC32C only = new CRC32C();
        for (int i = 0; i < 100; i++) {
            zeros.update(block, 0, block.length);
            only.update(block, 0, block.length);
        }
        assertThat(RunningCrc.shifted(before, 100L << 16) ^ (int) only.getValue())
                .isEqualTo((int) zeros.getValue());
    }

    private static int of(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
