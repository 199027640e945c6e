package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isLong(String s) {
        byte[] b = ascii(s);
        return Numbers.isLong(b, 0, b.length);
    }

    @Test
    void takesOnlyTheCanonicalForm() {
        for (String s : new String[] {
            "",
            "-",
            "+1",
            " 1",
            "1 ",
            "01",
            "-0",
            "-01",
            "1.0",
            "1e3",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
            "18446744073709551616",
            "92233720368547758070",
            "a",
            "1a",
            "--1",
            "0x1",
            "00"
        }) {
            assertThat(isLong(s)).as(s).isFalse();
        }
        for (String s : new String[] {"0", "1", "-1", "9223372036854775807", "-9223372036854775808", "10", "-10"}) {
            assertThat(isLong(s)).as(s).isTrue();
            assertThat(Numbers.parseLong(ascii(s), 0, s.length())).as(s).isEqualTo(Long.parseLong(s));
        }
    }

    @Test
    void theSentinelIsANumberToo() {
        String s = Long.toString(Numbers.NOT_A_LONG);
        assertThat(isLong(s)).isTrue();
        assertThat(Numbers.parseLong(ascii(s), 0, s.length())).isEqualTo(Numbers.NOT_A_LONG);
    }

    @Test
    void writesWhatJavaWrites() {
        Random random = new Random(5);
        byte[] b = new byte[24];
        long power = 1;
        for (int i = 0; i < 19; i++, power *= 10) {
            for (long near = power - 3; near <= power + 3; near++) {
                same(near, b);
                same(-near, b);
            }
        }
        for (int i = 0; i < 200_000; i++) {
            same(random.nextLong() >> random.nextInt(64), b);
        }
        same(Long.MIN_VALUE, b);
        same(Long.MAX_VALUE, b);
        same(Integer.MAX_VALUE, b);
        same(Integer.MAX_VALUE + 1L, b);
    }

    private static void same(long value, byte[] b) {
        String expected = Long.toString(value);
        int end = Numbers.write(value, b, 2);
        assertThat(new String(b, 2, end - 2, StandardCharsets.US_ASCII)).isEqualTo(expected);
        assertThat(Numbers.length(value)).isEqualTo(expected.length());
        assertThat(Numbers.parse(b, 2, end - 2)).isEqualTo(value);
    }
}
