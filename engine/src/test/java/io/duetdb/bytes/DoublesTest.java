package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoublesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1, -1",
        "3.1, 3.1",
        "0.1, 0.1",
        "1.5, 1.5",
        "-2.25, -2.25",
        "1e100, 1e+100",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan",
        "1e20, 1e+20",
        "4503599627370495, 4503599627370495",
        "1e-7, 1e-7",
        "0.000001, 0.000001",
        "0.00000123, 1.23e-6",
        "1.5e-7, 1.5e-7",
        "3.141592653589793, 3.141592653589793",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "4.9e-324, 5e-324",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "9007199254740993, 9007199254740992",
        "123456789.123, 123456789.123",
        "5e15, 5e+15",
        "0.1234567891234, 0.1234567891234",
        "12345678901234567890, 12345678901234567000",
        "1e23, 1e+23",
        "9.5367431640625e-7, 9.5367431640625e-7"
    })
    void printsAsRedis(double value, String expected) {
        assertThat(Doubles.text(value)).isEqualTo(expected);
    }

    @Test
    void printsTheShortestDigitsThatReadBack() {
        Random random = new Random(6);
        int n = Boolean.getBoolean("duet.long") ? 5_000_000 : 60_000;
        for (int i = 0; i < n; i++) {
            double value;
            switch (i % 5) {
                case 0 -> value = Double.longBitsToDouble(random.nextLong());
                case 1 -> value = random.nextDouble() * 1000;
                case 2 -> value = random.nextInt(1_000_000) / 1000.0;
                case 3 -> value = Math.scalb(1.0, random.nextInt(2000) - 1000);
                default -> value = random.nextInt() * Math.pow(10, random.nextInt(40) - 30);
            }
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                continue;
            }
            String text = Doubles.text(value);
            assertThat(Double.parseDouble(text)).as(text).isEqualTo(value);
            byte[] b = text.getBytes(StandardCharsets.US_ASCII);
            assertThat(b.length).isLessThanOrEqualTo(Doubles.MAX_LENGTH);
            assertThat(Doubles.parse(b, 0, b.length)).as(text).isEqualTo(value);
            if (Math.abs(value) < 1L << 52 && value == Math.rint(value)) {
                continue;
            }
            int digits = new BigDecimal(text).stripTrailingZeros().precision();
            if (digits > 1) {
                BigDecimal exact = new BigDecimal(value);
                for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
                    double shorter =
                            exact.round(new MathContext(digits - 1, mode)).doubleValue();
                    assertThat(shorter).as("%s has a shorter form", text).isNotEqualTo(value);
                }
                double nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN))
                        .doubleValue();
                if (nearest == value) {
                    assertThat(new BigDecimal(text))
                            .isEqualByComparingTo(exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1., 1",
        ".5, 0.5",
        "-.5, -0.5",
        "+3, 3",
        "1e3, 1000",
        "1E-2, 0.01",
        "0x10, 16",
        "0x1p3, 8",
        "-0x.8p1, -1",
        "inf, Infinity",
        "-INF, -Infinity",
        "+Infinity, Infinity",
        "1e400, Infinity",
        "1e-400, 0",
        "123456789012345678901234567890, 1.2345678901234568e29",
        "0.1000000000000000055511151231257827, 0.1"
    })
    void readsAsStrtod(String text, double expected) {
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Doubles.parse(b, 0, b.length)).isEqualTo(expected);
    }

    @Test
    void readsNothingElse() {
        for (String text : new String[] {
            "",
            "-",
            "+",
            ".",
            "e",
            "1e",
            "1e+",
            "nan",
            "-nan",
            " 1",
            "1 ",
            "1f",
            "1d",
            "0x",
            "1.2.3",
            "abc",
            "1,5",
            "infin",
            "NaN",
            "Infinityy",
            "0x1p",
            "--1",
            "1_0",
            "0b1",
            "٣"
        }) {
            byte[] b = text.getBytes(StandardCharsets.UTF_8);
            assertThat(Doubles.parse(b, 0, b.length)).as(text).isNaN();
        }
    }

    @Test
    void tellsRangeErrorsFromInfinity() {
        assertThat(overflows("1e400")).isTrue();
        assertThat(overflows("-1e400")).isTrue();
        assertThat(overflows("1e-400")).isTrue();
        assertThat(overflows("inf")).isFalse();
        assertThat(overflows("-infinity")).isFalse();
        assertThat(overflows("0.000e5")).isFalse();
        assertThat(overflows("1.5")).isFalse();
    }

    private static boolean overflows(String text) {
        byte[] b = text.getBytes(StandardCharsets.US_ASCII);
        return Doubles.overflows(b, 0, b.length, Doubles.parse(b, 0, b.length));
    }
}
