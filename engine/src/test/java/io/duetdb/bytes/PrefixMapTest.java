package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PrefixMapTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String word(SplittableRandom random) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            word.append("a\u00ffb\0".charAt(random.nextInt(4)));
        }
        return word.toString();
    }

    @Test
    void findsWhatATextBeginsWithAsALookAtEachDoes() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            PrefixMap<String> map = new PrefixMap<>();
            TreeSet<String> naive = new TreeSet<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                String name = word(random);
                map.put(bytes(name), name);
                naive.add(name);
                if (random.nextInt(4) == 0) {
                    String gone = word(random);
                    map.remove(bytes(gone));
                    naive.remove(gone);
                }
            }
            assertThat(map.size()).isEqualTo(naive.size());
            assertThat(map.values()).as("seed %d", seed).containsExactlyElementsOf(naive);
            for (int i = 0; i < 20; i++) {
                String text = word(random);
                List<String> found = new ArrayList<>();
                map.beginningsOf(bytes(text), found::add);
                List<String> expected =
                        naive.descendingSet().stream().filter(text::startsWith).toList();
                assertThat(found).as("seed %d: %s", seed, text).isEqualTo(expected);
                assertThat(map.overlaps(bytes(text)))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(naive.stream().anyMatch(name -> name.startsWith(text) || text.startsWith(name)));
                assertThat(map.get(bytes(text))).isEqualTo(naive.contains(text) ? text : null);
            }
        }
    }
}
