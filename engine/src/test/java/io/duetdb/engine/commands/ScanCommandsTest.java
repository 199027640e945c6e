package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScanCommandsTest {
    private final EngineFixture t = new EngineFixture();

    private String scan(String cursor, String options, List<String> into) {
        List<?> reply = (List<?>) t.run("SCAN " + cursor + options).value();
        assertThat(reply).hasSize(2);
        for (Object key : (List<?>) reply.get(1)) {
            into.add((String) key);
        }
        return (String) reply.get(0);
    }

    private List<String> scanAll(String options) {
        List<String> keys = new ArrayList<>();
        String cursor = "0";
        do {
            cursor = scan(cursor, options, keys);
        } while (!cursor.equals("0"));
        return keys;
    }

    @Test
    void scanOfNothingIsOver() {
        t.run("SCAN 0").array("0", List.of());
        t.run("KEYS *").array();
        t.run("RANDOMKEY").nil();
    }

    @Test
    void scanFiltersByPatternAndType() {
        t.run("MSET one 1 two 2 three 3 \"\" 4");
        assertThat(scanAll(" MATCH t*")).containsExactlyInAnyOrder("two", "three");
        assertThat(scanAll(" MATCH * COUNT 1")).containsExactlyInAnyOrder("one", "two", "three", "");
        assertThat(scanAll(" TYPE STRING match one")).containsExactly("one");
        assertThat(scanAll(" TYPE list")).isEmpty();
        assertThat(scanAll(" TYPE nonsense")).isEmpty();
        t.run("KEYS *e").value();
        assertThat((List<?>) t.run("KEYS *e").value()).asList().containsExactlyInAnyOrder("one", "three");
        assertThat((List<?>) t.run("KEYS *").value()).asList().containsExactlyInAnyOrder("one", "two", "three", "");
        assertThat((List<?>) t.run("KEYS o?e").value()).asList().containsExactly("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\" 1\"", "1.0", "18446744073709551616", "-", "+", "1x", "\"1 \"", "--1"})
    void cursorsAreUnsignedNumbers(String cursor) {
        t.run("SCAN " + cursor).fails("ERR invalid cursor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "-1", "+7", "18446744073709551615", "007", "\"5\\x00rubbish\"", "99999999999"})
    void cursorsThatStrtoulTakesAreTaken(String cursor) {
        t.run("SCAN " + cursor).array("0", List.of());
    }

    @Test
    void scanChecksItsOptionsInOrder() {
        t.run("SCAN x COUNT").fails("ERR invalid cursor");
        t.run("SCAN 0 COUNT 0").fails("ERR syntax error");
        t.run("SCAN 0 COUNT x").fails("ERR value is not an integer or out of range");
        t.run("SCAN 0 MATCH").fails("ERR syntax error");
        t.run("SCAN 0 foo bar").fails("ERR syntax error");
        t.run("SCAN 0 COUNT 9223372036854775807").array("0", List.of());
    }

    @Test
    void expiredKeysAreNotScanned() {
        t.run("SET a 1 EX 1");
        t.run("SET b 1");
        t.forget();
        t.clock().advance(2, SECONDS);
        t.run("SCAN 0").array("0", List.of("b"));
        t.events("expired:a");
        t.effects("DEL a");
        t.run("SET a 1 EX 1");
        t.clock().advance(2, SECONDS);
        t.run("KEYS *").array("b");
    }

    @Test
    void aWalkSeesAllKeysThatStayUnderGrowthShrinkageAndDeletes() {
        for (int round = 0; round < 12; round++) {
            Random random = new Random(round);
            t.run("FLUSHALL");
            Set<String> staying = new HashSet<>();
            int stay = 50 + random.nextInt(3000);
            for (int i = 0; i < stay; i++) {
                staying.add("stay:" + i);
                t.run("SET stay:" + i + " " + i);
            }
            int coming = round % 3 == 0 ? 20_000 : 3_000;
            for (int i = 0; round % 2 == 1 && i < coming; i++) {
                t.run("SET go:" + i + " " + i);
            }
            Map<String, Integer> seen = new HashMap<>();
            String cursor = "0";
            int next = 0;
            int steps = 0;
            do {
                List<String> keys = new ArrayList<>();
                cursor = scan(cursor, " COUNT " + (1 + random.nextInt(60)), keys);
                for (String key : keys) {
                    seen.merge(key, 1, Integer::sum);
                }
                for (int i = random.nextInt(400); i > 0 && next < coming; i--, next++) {
                    t.run((round % 2 == 1 ? "DEL go:" : "SET go:") + next + (round % 2 == 1 ? "" : " v"));
                }
                steps++;
            } while (!cursor.equals("0") && steps < 1_000_000);
            assertThat(seen.keySet()).as("seed %d", round).containsAll(staying);
            assertThat(seen.values()).as("seed %d", round).allMatch(n -> n == 1);
        }
    }

    @Test
    void randomkeyChoosesEachKeyAsOftenAsAnyOther() {
        for (int keys : new int[] {3, 40, 3000}) {
            t.run("FLUSHALL");
            int[] counts = new int[keys];
            for (int i = 0; i < keys; i++) {
                t.run("SET " + i + " v");
            }
            int draws = keys * 30;
            for (int i = 0; i < draws; i++) {
                counts[Integer.parseInt((String) t.run("RANDOMKEY").value())]++;
            }
            double chi = 0;
            double expected = (double) draws / keys;
            for (int n : counts) {
                chi += (n - expected) * (n - expected) / expected;
            }
            double freedom = keys - 1;
            assertThat(chi).as("chi-square over %d keys", keys).isLessThan(freedom + 4 * Math.sqrt(2 * freedom) + 3);
        }
    }

    @Test
    void randomkeySkipsExpiredKeys() {
        for (int i = 0; i < 500; i++) {
            t.run("SET k" + i + " v PX 1");
        }
        t.run("SET alive v");
        t.clock().advance(1, SECONDS);
        t.run("RANDOMKEY").replies("alive");
    }
}
