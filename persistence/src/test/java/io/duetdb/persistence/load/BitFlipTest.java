package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** D8: no flipped bit of an append-only file changes data unseen. */
class BitFlipTest {
    private static final int LENGTH = Boolean.getBoolean("duet.long") ? 64 << 10 : 8 << 10;

    @Test
    void everyFlippedBitIsHarmlessOrReported() {
        AofBuilder file = new AofBuilder().fill(3, LENGTH, 1000).annotate();
        byte[] bytes = file.bytes();
        LoadKit t = new LoadKit();
        int[] refusedSame = new int[3];
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            String refused = flip(t, bytes, bit);
            boolean told = refused != null && t.disk.files.size() == 2
                    ? refused.contains("offset ")
                    : t.warnings().stream().anyMatch(line -> line.contains("offset "));
            if (!told) {
                throw new AssertionError("seed 3, bit " + bit % 8 + " of byte " + bit / 8 + ": " + refused);
            }
            refusedSame[refused != null ? 0 : t.digest().equals(file.digest()) ? 1 : 2]++;
            t.forgetAside();
        }
        System.out.printf(
                "D8: %,d flips of %,d bytes: %,d refused, %,d same data, %,d other data, told%n",
                bytes.length * 8, bytes.length, refusedSame[0], refusedSame[1], refusedSame[2]);
        assertThat(refusedSame[2])
                .as("flips that cost data without being refused")
                .isZero();
    }

    /** What stands behind the last checksum is not covered: there a flip may change a value, or end the file. */
    @Test
    void behindTheLastChecksumAFlipMayPassForData() {
        AofBuilder file = new AofBuilder().fill(4, 600, 0).annotate();
        int vouched = file.bytes().length;
        byte[] bytes = file.fill(5, vouched + 400, 0).bytes();
        LoadKit t = new LoadKit();
        int silent = 0;
        for (int bit = vouched * 8; bit < bytes.length * 8; bit++) {
            String refused = flip(t, bytes, bit);
            boolean told = refused != null || !t.warnings().isEmpty();
            if (!told && !t.digest().equals(file.digest())) {
                silent++;
            }
            assertThat(refused != null || t.disk.get(LoadKit.INCREMENT).length >= vouched)
                    .isTrue();
            t.forgetAside();
        }
        System.out.printf(
                "D8: behind the last checksum %,d of %,d flips pass for data%n", silent, (bytes.length - vouched) * 8);
    }

    private static String flip(LoadKit t, byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return t.increment(flipped).load();
    }

    @Test
    void damageIsRefusedWithThreeChoices() {
        AofBuilder file = new AofBuilder().run("SET a 1").annotate();
        int verified = file.bytes().length;
        file.run("SET b \"some text\"").annotate().run("SET c 3").annotate();
        byte[] bytes = file.bytes();
        int at = new String(bytes, ISO_8859_1).indexOf("text");
        bytes[at] = 'T';
        LoadKit t = new LoadKit().increment(bytes);
        assertThat(t.load())
                .startsWith("The append only file " + LoadKit.INCREMENT + " is damaged at offset ")
                .contains("1) leave it so")
                .contains("2) Start with --aof-load-damaged prefix, which loads what stands before offset " + verified)
                .contains("3) Start with --aof-load-damaged all");
        assertThat(t.disk.get(LoadKit.INCREMENT)).isEqualTo(bytes);

        t.settings.set("aof-load-damaged", "prefix");
        assertThat(t.load()).isNull();
        assertThat(t.run("MGET a b c")).asList().containsExactly("1", null, null);
        assertThat(t.disk.get(LoadKit.INCREMENT)).hasSize(verified);
        assertThat(t.disk.get(t.aside().get(0))).hasSize(bytes.length - verified);
        assertThat(t.loading().damaged()).isFalse();

        t.increment(bytes);
        t.settings.set("aof-load-damaged", "all");
        assertThat(t.load()).isNull();
        assertThat(t.run("MGET a b c")).asList().containsExactly("1", "some Text", "3");
        assertThat(t.loading().damaged()).isTrue();
        assertThat(t.warnings()).anyMatch(line -> line.contains("is wrong"));
    }

    @Test
    void aLengthThatSwallowsAChecksumIsNoTornEnd() {
        AofBuilder file = new AofBuilder().run("SET a 1").run("SET b 2").annotate();
        String text = new String(file.bytes(), ISO_8859_1);
        String longer = text.replaceFirst("\\$1\r\n1\r\n", "\\$999\r\n1\r\n");
        LoadKit t = new LoadKit().increment(longer.getBytes(ISO_8859_1));
        // the checksum stands two bytes further on than it says, so nothing proves that there was more
        assertThat(t.load()).isNull();
        t.forgetAside();
        String same = text.replaceFirst("\\$1\r\n1\r\n", "\\$9\r\n1\r\n");
        t.increment(same.getBytes(ISO_8859_1));
        assertThat(t.load()).contains("damaged at offset");
    }
}
