package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** D7 and D10: whatever the end of an append-only file has become, its whole commands are loaded, and nothing else. */
class TornTailTest {
    private static final int LENGTH = Boolean.getBoolean("duet.long") ? 64 << 10 : 8 << 10;

    /** D7. With checksums as Duet writes them, and without, as Redis writes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1500})
    void aFileCutAtAnyByteLoadsItsWholeCommands(int checksumEvery) {
        AofBuilder file = new AofBuilder().fill(77, checksumEvery == 0 ? LENGTH / 3 : LENGTH, checksumEvery);
        byte[] bytes = file.bytes();
        LoadKit t = new LoadKit();
        for (int length = 0; length <= bytes.length; length++) {
            t.increment(Arrays.copyOf(bytes, length));
            AofBuilder.State expected = file.at(length);
            String where = "seed 77, cut at " + length;
            assertThat(t.load()).as(where).isNull();
            assertThat(t.digest()).as(where).isEqualTo(expected.digest());
            assertThat(t.disk.get(LoadKit.INCREMENT)).as(where).hasSize(expected.length());
            assertThat(t.outcome().incrementBytes()).as(where).isEqualTo(expected.length());
            assertThat(t.outcome().incrementCrc())
                    .as(where)
                    .isEqualTo(crc(t.disk.get(LoadKit.INCREMENT), expected.length()));
            if (expected.length() == length) {
                assertThat(t.aside()).as(where).isEmpty();
            } else {
                assertThat(t.aside()).as(where).hasSize(1);
                assertThat(t.disk.get(t.aside().get(0)))
                        .as(where)
                        .isEqualTo(Arrays.copyOfRange(bytes, expected.length(), length));
                t.forgetAside();
            }
        }
        assertThat(t.outcome().effects()).isEqualTo(file.effects());
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** D10. */
    @Test
    void whatNeverWasACommandIsCutBehindTheLastChecksum() {
        AofBuilder file = new AofBuilder().fill(5, 3000, 700).annotate();
        byte[] good = file.bytes();
        Random random = new Random(31);
        LoadKit t = new LoadKit();
        for (int i = 0; i < 600; i++) {
            int length = i < 300 ? 1 + i : 1 + random.nextInt(8192);
            byte[] tail = new byte[length];
            int kind = i % 3;
            if (kind == 1) {
                random.nextBytes(tail);
            } else if (kind == 2) {
                int from = random.nextInt(good.length);
                for (int j = 0; j < length; j++) {
                    tail[j] = good[(from + j) % good.length];
                }
            }
            t.increment(joined(good, tail));
            String where = "seed 31, round " + i + ", kind " + kind + ", " + length + " bytes";
            assertThat(t.load()).as(where).isNull();
            byte[] kept = t.disk.get(LoadKit.INCREMENT);
            boolean wholeCommandsAgain = kind == 2 && kept.length > good.length;
            assertThat(Arrays.copyOf(kept, good.length)).as(where).isEqualTo(good);
            if (!wholeCommandsAgain && kind != 1) {
                assertThat(kept).as(where).hasSize(good.length);
            }
            if (!wholeCommandsAgain) {
                assertThat(t.digest()).as(where).isEqualTo(file.digest());
            }
            assertThat(joined(
                            kept,
                            t.aside().isEmpty()
                                    ? new byte[0]
                                    : t.disk.get(t.aside().get(0))))
                    .as(where)
                    .isEqualTo(joined(good, tail));
            t.forgetAside();
        }
    }

    @Test
    void zerosBehindAFileOfRedisAreCut() {
        AofBuilder file = new AofBuilder().fill(6, 500, 0);
        LoadKit t = new LoadKit().increment(joined(file.bytes(), new byte[4096]));
        assertThat(t.load()).isNull();
        assertThat(t.digest()).isEqualTo(file.digest());
        assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(file.bytes());
        assertThat(t.warnings()).anyMatch(line -> line.contains("offset " + file.bytes().length));
    }

    @Test
    void piecesThatThePowerCutKeptFromTheDiskAreNoDamage() {
        AofBuilder file = new AofBuilder().fill(8, 2000, 0).annotate();
        byte[] good = file.bytes();
        byte[] all = file.fill(9, 6000, 300).annotate().bytes();
        LoadKit t = new LoadKit();
        for (int hole = (good.length / 512 + 1) * 512; hole + 512 < all.length; hole += 512) {
            byte[] holed = all.clone();
            Arrays.fill(holed, hole, hole + 512, (byte) 0);
            t.increment(holed);
            assertThat(t.load()).as("hole at " + hole).isNull();
            int kept = t.disk.get(LoadKit.INCREMENT).length;
            assertThat(kept).isBetween(good.length, hole);
            assertThat(t.digest()).isEqualTo(file.at(kept).digest());
            t.forgetAside();
        }
    }

    @Test
    void aTornEndIsRefusedIfAskedFor() {
        byte[] bytes = new AofBuilder().run("SET a 1").run("SET b 2").bytes();
        byte[] torn = Arrays.copyOf(bytes, bytes.length - 1);
        LoadKit t = new LoadKit("aof-load-truncated=no").increment(torn);
        assertThat(t.load())
                .startsWith("Unexpected end of file reading the append only file " + LoadKit.INCREMENT)
                .contains("offset")
                .contains("aof-load-truncated");
        assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(torn);
        assertThat(t.aside()).isEmpty();
    }

    @Test
    void onlyTheLastFileMayBeTorn() {
        byte[] one = new AofBuilder().run("SET a 1").bytes();
        byte[] two = new AofBuilder().run("SET b 2").bytes();
        LoadKit t = new LoadKit();
        t.disk.put(
                LoadKit.MANIFEST,
                "file appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.2.incr.aof seq 2 type i\n"
                        .getBytes(ISO_8859_1));
        t.disk.put(LoadKit.INCREMENT, Arrays.copyOf(one, one.length - 3));
        t.disk.put(LoadKit.FOLDER + "appendonly.aof.2.incr.aof", two);
        assertThat(t.load()).contains("It is not the last part").contains("aof-load-damaged prefix");
        t.settings.set("aof-load-damaged", "prefix");
        assertThat(t.load()).isNull();
        assertThat(t.run("EXISTS a b")).isEqualTo(0L);
        assertThat(new String(t.disk.get(LoadKit.MANIFEST), ISO_8859_1))
                .isEqualTo("file appendonly.aof.1.incr.aof seq 1 type i\n");
        assertThat(t.aside()).hasSize(2);
    }

    static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void whatIsCutLeavesATraceInTheLog() {
        byte[] bytes = new AofBuilder().run("SET a 1").bytes();
        LoadKit t = new LoadKit().increment(joined(bytes, "*3\r\n$3\r\nSE".getBytes(ISO_8859_1)));
        assertThat(t.load()).isNull();
        assertThat(t.warnings())
                .containsExactly("warning: Truncated " + LoadKit.INCREMENT + " at offset " + bytes.length + " of "
                        + (bytes.length + 10)
                        + " bytes: the file ends in the middle of a command. What stood behind it is"
                        + " kept as " + t.aside().get(0) + ".");
        assertThat(List.of(t.aside().get(0))).containsExactly(LoadKit.INCREMENT + ".torn-1700000000");
    }
}
