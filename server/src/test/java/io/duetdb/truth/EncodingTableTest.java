package io.duetdb.truth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Encodings of sets and lists as the documentation of 7.2 has them, at their thresholds: 7.0.15, which everything else is
 * held against, has no listpack sets and lists. Words: {@code N*w} is N different words, {@code N*i} N integers,
 * {@code w64} a word of 64 bytes.
 */
class EncodingTableTest {
    @ParameterizedTest
    @CsvSource({
        "SADD k 1 2 3, intset",
        "SADD k 512*i, intset",
        "SADD k 513*i, hashtable",
        "SADD k a, listpack",
        "SADD k 1 a, listpack",
        "SADD k 1.0, listpack",
        "SADD k 128*w, listpack",
        "SADD k w64, listpack",
        "SADD k w65, hashtable",
        "SADD k 128*i; SADD k a, hashtable",
        "SADD k 127*i; SADD k a, listpack",
        "SADD k 1 2; SADD k w65, hashtable",
        "SADD k 128*w; SADD k other, hashtable",
        "SADD k w65 a; SREM k w65, hashtable",
        "SADD k 1 a; SREM k a, listpack",
        "CONFIG SET set-max-intset-entries 2; SADD k 1 2; SADD k 3, hashtable",
        "CONFIG SET set-max-listpack-entries 3; SADD k a b c; SADD k d, hashtable",
        "CONFIG SET set-max-listpack-value 5; SADD k w6, hashtable",
        "RPUSH k a 1, listpack",
        "RPUSH k w8000, listpack",
        "RPUSH k w9000, quicklist",
        "RPUSH k w4000 w4000; RPUSH k w4000, quicklist",
        "RPUSH k w4000 w4000; RPUSH k w4000; LTRIM k 0 0, listpack",
        "CONFIG SET list-max-listpack-size 3; RPUSH k a b c, listpack",
        "CONFIG SET list-max-listpack-size 3; RPUSH k a b c; RPUSH k d, quicklist",
        "CONFIG SET list-max-listpack-size 3; LPUSH k a; LSET k 0 w9000, quicklist"
    })
    void encodingsChangeAtTheirThresholds(String script, String encoding) throws Exception {
        try (DuetSide duet = new DuetSide(1, null)) {
            for (String line : script.split("; ")) {
                StringBuilder words = new StringBuilder();
                for (String word : line.split(" ")) {
                    words.append(words.length() == 0 ? "" : " ").append(expanded(word));
                }
                byte[] reply = duet.run(0, Step.line(0, words.toString()).argv());
                assertThat(Frame.parse(reply).isError())
                        .as(line + ": " + Step.printable(reply))
                        .isFalse();
            }
            assertThat(Frame.parse(duet.run(0, Step.line(0, "OBJECT ENCODING k").argv()))
                            .text())
                    .isEqualTo(encoding);
        }
    }

    private static String expanded(String word) {
        if (word.matches("[0-9]+\\*[wi]")) {
            boolean words = word.endsWith("w");
            int count = Integer.parseInt(word.substring(0, word.indexOf('*')));
            return IntStream.range(0, count)
                    .mapToObj(i -> (words ? "word" : "") + i)
                    .collect(Collectors.joining(" "));
        }
        return word.matches("w[0-9]+") ? "x".repeat(Integer.parseInt(word.substring(1))) : word;
    }
}
