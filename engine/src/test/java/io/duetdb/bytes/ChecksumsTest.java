package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumsTest {
    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    private static int slot(String key) {
        return Crc16.slot(ascii(key), 0, key.length());
    }

    @Test
    void theCheckValuesAreThePublishedOnes() {
        byte[] check = ascii("xx123456789");
        assertThat(Crc16.of(check, 2, 9)).isEqualTo(0x31C3);
        assertThat(Crc64.update(0, check, 2, 9)).isEqualTo(0xe9c6d914c4b8d9caL);
        assertThat(new String(Sha1.hex(check, 2, 9), StandardCharsets.US_ASCII))
                .isEqualTo("f7c3bc1d808e04732adf679965ccc34ca7ae3441");
    }

    @Test
    void crc64RunsOverParts() {
        byte[] b = new byte[1000];
        new Random(7).nextBytes(b);
        long whole = Crc64.update(0, b, 0, b.length);
        for (int cut = 0; cut <= b.length; cut += 13) {
            assertThat(Crc64.update(Crc64.update(0, b, 0, cut), b, cut, b.length - cut))
                    .isEqualTo(whole);
        }
    }

    @Test
    void theSlotFollowsTheHashTag() {
        assertThat(slot("foo")).isEqualTo(12182);
        assertThat(slot("{foo}bar")).isEqualTo(12182);
        assertThat(slot("a{foo}{bar}")).isEqualTo(12182);
        assertThat(slot("foo{}"))
                .isEqualTo(Crc16.of(ascii("foo{}"), 0, 5) & 16383)
                .isNotEqualTo(12182);
        assertThat(slot("{foo")).isNotEqualTo(12182);
    }
}
