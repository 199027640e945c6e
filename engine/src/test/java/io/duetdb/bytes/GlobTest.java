package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    private static boolean matches(String pattern, String string, boolean nocase) {
        byte[] p = pattern.getBytes(StandardCharsets.ISO_8859_1);
        byte[] s = string.getBytes(StandardCharsets.ISO_8859_1);
        return Glob.matches(p, 0, p.length, s, 0, s.length, nocase);
    }

    @ParameterizedTest
    @CsvSource({
        "a*, abc, true",
        "*c, abc, true",
        "a?c, abc, true",
        "a?c, ac, false",
        "h[ae]llo, hello, true",
        "h[ae]llo, hillo, false",
        "h[^e]llo, hallo, true",
        "h[^e]llo, hello, false",
        "h[a-b]llo, hbllo, true",
        "h[b-a]llo, hallo, true",
        "a\\*c, a*c, true",
        "a\\*c, abc, false",
        "*, a, true",
        "**a**, bab, true",
        "[abc, a, true",
        "[abc, d, false",
        "[^, x, true",
        "[, x, false",
        "[], x, false",
        "a\\, a\\, true",
        "[a-]b, ab, false",
        "*a*b*c, xaxbxc, true",
        "*a*b*c, xaxbxcx, false",
        "[\\]], ], true",
        "A*, abc, false",
        "abc, abcd, false",
        "abcd, abc, false"
    })
    void matchesAsRedis(String pattern, String string, boolean expected) {
        assertThat(matches(pattern, string, false)).isEqualTo(expected);
    }

    @Test
    void ignoresCaseWhenAsked() {
        assertThat(matches("A[B-D]\\E?", "acez", true)).isTrue();
        assertThat(matches("a[b-d]*", "AC", true)).isTrue();
    }

    @Test
    void theEmptyStringMatchesOnlyTheEmptyPattern() {
        assertThat(matches("", "", false)).isTrue();
        assertThat(matches("*", "", false)).isFalse();
        assertThat(matches("", "a", false)).isFalse();
    }

    @Test
    void aHostilePatternCostsItsLengthTimesTheStrings() {
        String pattern = "a*".repeat(5_000) + "b";
        long start = System.nanoTime();
        assertThat(matches(pattern, "a".repeat(5_000), false)).isFalse();
        assertThat(matches("*a".repeat(3_000) + "*c*", "a".repeat(100_000), false))
                .isFalse();
        assertThat((System.nanoTime() - start) / 1e9).isCloseTo(0, within(5.0));
    }

    @Test
    void agreesWithTheNaiveRecursion() {
        Random random = new Random(8);
        String alphabet = "aab*?[]^-\\c";
        for (int i = 0; i < 300_000; i++) {
            StringBuilder p = new StringBuilder();
            StringBuilder s = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                p.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (int n = random.nextInt(6); n > 0; n--) {
                s.append("aabc-]".charAt(random.nextInt(6)));
            }
            assertThat(matches(p.toString(), s.toString(), false))
                    .as("%s against %s", p, s)
                    .isEqualTo(naive(p.toString(), s.toString()));
        }
    }

    private static boolean naive(String p, String s) {
        if (s.isEmpty()) {
            return p.isEmpty();
        }
        return rest(p, s);
    }

    private static boolean rest(String p, String s) {
        if (p.isEmpty() || s.isEmpty()) {
            return s.isEmpty() && p.chars().allMatch(c -> c == '*');
        }
        if (p.charAt(0) == '*') {
            return rest(p.substring(1), s) || rest(p, s.substring(1));
        }
        // one unit: let the matcher itself take one byte with the unit alone, found by growing the prefix
        int unit = unitLength(p);
        return matches(p.substring(0, unit), s.substring(0, 1), false) && rest(p.substring(unit), s.substring(1));
    }

    private static int unitLength(String p) {
        if (p.charAt(0) == '\\') {
            return Math.min(2, p.length());
        }
        if (p.charAt(0) != '[') {
            return 1;
        }
        int i = 1;
        if (i < p.length() && p.charAt(i) == '^') {
            i++;
        }
        while (i < p.length() && p.charAt(i) != ']') {
            if (p.charAt(i) == '\\' && p.length() - i >= 2) {
                i += 2;
            } else if (p.length() - i >= 3 && p.charAt(i + 1) == '-') {
                i += 3;
            } else {
                i++;
            }
        }
        return Math.min(i + 1, p.length());
    }
}
