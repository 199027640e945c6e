package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetAlgebraCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    private void replies(String command, Object... expected) {
        assertThat(new ArrayList<Object>((List<?>) t.run(command).value()))
                .as(command)
                .containsExactlyInAnyOrder(expected);
    }

    private void three() {
        t.run("SADD a 1 2 3 x");
        t.run("SADD b 2 3 4 x y");
        t.run("SADD c 3 x z");
        t.forget();
    }

    @Test
    void intersectionUnionAndDifference() {
        three();
        replies("SINTER a", "1", "2", "3", "x");
        replies("SINTER a b", "2", "3", "x");
        replies("SINTER a b c", "3", "x");
        replies("SINTER a a b b", "2", "3", "x");
        replies("SUNION a", "1", "2", "3", "x");
        replies("SUNION a b c", "1", "2", "3", "4", "x", "y", "z");
        replies("SUNION a nothing", "1", "2", "3", "x");
        replies("SDIFF a", "1", "2", "3", "x");
        replies("SDIFF a b", "1");
        replies("SDIFF b a c nothing", "4", "y");
        replies("SDIFF a a");
        replies("SDIFF b a b c");
        t.effects();
        t.events();
    }

    @Test
    void whatIsNotThereIsEmpty() {
        three();
        replies("SINTER a nothing b");
        replies("SINTER nothing");
        replies("SUNION nothing none");
        replies("SDIFF nothing a");
        replies("SDIFF a nothing", "1", "2", "3", "x");
        t.run("SINTERCARD 2 a nothing").replies(0);
    }

    @Test
    void cardinalitiesStopAtTheirLimit() {
        three();
        t.run("SINTERCARD 1 a").replies(4);
        t.run("SINTERCARD 2 a b").replies(3);
        t.run("SINTERCARD 2 a b LIMIT 2").replies(2);
        t.run("SINTERCARD 2 a b LIMIT 0").replies(3);
        t.run("SINTERCARD 2 a b limit 10").replies(3);
        t.run("SINTERCARD 2 a b LIMIT 1 LIMIT 2").replies(2);
        t.run("SINTERCARD 0 a").fails("ERR numkeys should be greater than 0");
        t.run("SINTERCARD x a").fails("ERR numkeys should be greater than 0");
        t.run("SINTERCARD 3 a b").fails("ERR Number of keys can't be greater than number of args");
        t.run("SINTERCARD 9223372036854775807 a").fails("ERR Number of keys can't be greater than number of args");
        t.run("SINTERCARD 2 a b LIMIT -1").fails("ERR LIMIT can't be negative");
        t.run("SINTERCARD 2 a b LIMIT x").fails("ERR LIMIT can't be negative");
        t.run("SINTERCARD 2 a b LIMIT").fails("ERR syntax error");
        t.run("SINTERCARD 2 a b c").fails("ERR syntax error");
    }

    @Test
    void resultsAreStored() {
        three();
        t.run("SINTERSTORE d a b").replies(3);
        replies("SMEMBERS d", "2", "3", "x");
        t.run("SUNIONSTORE d a c").replies(5);
        replies("SMEMBERS d", "1", "2", "3", "x", "z");
        t.run("SDIFFSTORE d a b").replies(1);
        replies("SMEMBERS d", "1");
        t.effects("SINTERSTORE d a b", "SUNIONSTORE d a c", "SDIFFSTORE d a b");
        t.events("sinterstore:d", "sunionstore:d", "sdiffstore:d");
    }

    @Test
    void anEmptyResultDeletesTheDestination() {
        three();
        for (String command : List.of(
                "SINTERSTORE d a nothing",
                "SINTERSTORE d nothing",
                "SUNIONSTORE d nothing",
                "SDIFFSTORE d nothing a",
                "SDIFFSTORE d a a",
                "SINTERSTORE d a other",
                "SDIFFSTORE d c a b c c c c c c")) {
            t.run("SET d text");
            t.run("SADD other q");
            t.forget();
            t.run(command).replies(0);
            t.run("EXISTS d").replies(0);
            t.effects(command);
            t.events("del:d");
            t.run(command).replies(0);
            t.effects();
            t.events();
        }
    }

    @Test
    void theDestinationMayBeOfAnyTypeAndASource() {
        three();
        t.run("SET d text EX 100");
        t.run("SUNIONSTORE d a").replies(4);
        t.run("TTL d").replies(-1);
        t.run("SUNIONSTORE a a b").replies(6);
        replies("SMEMBERS a", "1", "2", "3", "4", "x", "y");
        t.run("SINTERSTORE b a b c").replies(2);
        replies("SMEMBERS b", "3", "x");
        t.run("SDIFFSTORE c a c").replies(4);
        replies("SMEMBERS c", "1", "2", "4", "y");
        t.run("SDIFFSTORE a a a").replies(0);
        t.run("EXISTS a").replies(0);
    }

    @Test
    void aWrongTypeAnywhereIsFoundBeforeAnythingIsWritten() {
        three();
        t.run("SET s text");
        t.run("SET d text");
        t.forget();
        for (String sources : List.of("s", "a s", "nothing s", "s nothing", "a b c s", "a a s")) {
            for (String command :
                    List.of("SINTER", "SUNION", "SDIFF", "SINTERSTORE d", "SUNIONSTORE d", "SDIFFSTORE d")) {
                t.run(command + " " + sources).fails(WRONGTYPE);
            }
            t.run("SINTERCARD " + sources.split(" ").length + " " + sources).fails(WRONGTYPE);
        }
        t.run("GET d").replies("text");
        t.effects();
        t.events();
    }

    /** Sets: {@code i} integers in an intset, {@code p} mixed in a listpack, {@code t} and {@code n} in tables, n of integers. */
    @ParameterizedTest
    @CsvSource({
        "SINTERSTORE d i, intset",
        "SINTERSTORE d p, listpack",
        "SINTERSTORE d t, hashtable",
        "SINTERSTORE d n, hashtable",
        "SINTERSTORE d i n, intset",
        "SINTERSTORE d n n300, intset", // integers from tables
        "SINTERSTORE d p i, intset",
        "SINTERSTORE d t p, listpack",
        "SUNIONSTORE d i, intset",
        "SUNIONSTORE d n, hashtable",
        "SUNIONSTORE d n300, intset",
        "SUNIONSTORE d p, listpack",
        "SUNIONSTORE d i p, listpack",
        "SUNIONSTORE d n300 p, hashtable",
        "SUNIONSTORE d t, hashtable",
        "SDIFFSTORE d i p, intset",
        "SDIFFSTORE d p i, listpack",
        "SDIFFSTORE d n300 i, intset",
        "SDIFFSTORE d t n, hashtable",
    })
    void resultsAreEncodedAsInRedis72(String command, String encoding) {
        t.run("SADD i 1 2 3 4");
        t.run("SADD p 1 2 a b");
        t.run("SADD long " + "x".repeat(100));
        for (int i = 0; i < 700; i++) {
            t.run("SADD t m" + i + " a b");
            t.run("SADD n " + i);
            t.run("SADD n300 " + (i < 300 ? i : 290 + i % 20));
        }
        t.run("SUNIONSTORE n300 n300 long");
        t.run("SREM n300 " + "x".repeat(100));
        t.run("OBJECT ENCODING n300").replies("hashtable");
        t.run(command);
        t.run("OBJECT ENCODING d").replies(encoding);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void algebraIsThatOfHashSets(long seed) {
        Random random = new Random(seed);
        List<Set<String>> models = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Set<String> model = new HashSet<>();
            int size = new int[] {1, 30, 100, 400, 2_000, 3, 700, 60}[i];
            for (int j = 0; j < size; j++) {
                String member = i % 3 == 0 || random.nextBoolean()
                        ? Integer.toString(random.nextInt(size * 2))
                        : "m" + random.nextInt(size * 2);
                model.add(member);
                t.run("SADD k" + i + " " + member);
            }
            models.add(model);
        }
        for (int round = 0; round < 200; round++) {
            int n = 1 + random.nextInt(6);
            StringBuilder keys = new StringBuilder();
            Set<String> inter = null;
            Set<String> union = new HashSet<>();
            Set<String> diff = null;
            for (int i = 0; i < n; i++) {
                int which = random.nextInt(9);
                Set<String> model = which == 8 ? Set.of() : models.get(which);
                keys.append(" k").append(which);
                union.addAll(model);
                if (inter == null) {
                    inter = new HashSet<>(model);
                    diff = new HashSet<>(model);
                } else {
                    inter.retainAll(model);
                    diff.removeAll(model);
                }
            }
            t.run("SINTERCARD " + n + keys).replies(inter.size());
            check("SINTER", keys.toString(), inter);
            check("SUNION", keys.toString(), union);
            check("SDIFF", keys.toString(), diff);
        }
    }

    private void check(String command, String keys, Set<String> expected) {
        List<?> reply = (List<?>) t.run(command + keys).value();
        assertThat(reply).as(command + keys).hasSize(expected.size());
        assertThat(new HashSet<Object>(reply)).as(command + keys).isEqualTo(expected);
        t.run(command + "STORE d" + keys).replies(expected.size());
        assertThat(new HashSet<Object>((List<?>) t.run("SMEMBERS d").value())).isEqualTo(expected);
    }
}
