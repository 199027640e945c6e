package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unions, intersections and differences of sorted sets, listpacks and skiplists, and of sets among them. */
class ZAlgebraCommandsTest {
    private static final String LISTPACK = "zset-max-listpack-entries=128";
    private static final String SKIPLIST = "zset-max-listpack-entries=0";
    private static final double INF = Double.POSITIVE_INFINITY;

    private static EngineFixture filled(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZADD x 1 a 2 b 3 c").replies(3);
        t.run("ZADD y 10 b 20 c 30 d").replies(3);
        t.run("SADD s b d e").replies(3);
        t.run("ZADD inf inf a -inf b 0 c").replies(3);
        t.run("SET text text");
        return t.forget();
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void unionsHaveAllMembers(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZUNION 2 x y").array("a", "b", "c", "d");
        t.run("ZUNION 2 x y WITHSCORES")
                .array(List.of("a", 1.0), List.of("b", 12.0), List.of("c", 23.0), List.of("d", 30.0));
        t.run("ZUNION 2 x y WEIGHTS 2 -1 WITHSCORES")
                .array(List.of("d", -30.0), List.of("c", -14.0), List.of("b", -6.0), List.of("a", 2.0));
        t.run("ZUNION 2 x y AGGREGATE MIN withscores")
                .array(List.of("a", 1.0), List.of("b", 2.0), List.of("c", 3.0), List.of("d", 30.0));
        t.run("ZUNION 2 x y WITHSCORES AGGREGATE max")
                .array(List.of("a", 1.0), List.of("b", 10.0), List.of("c", 20.0), List.of("d", 30.0));
        t.run("ZUNION 3 x s absent WITHSCORES")
                .array(List.of("a", 1.0), List.of("d", 1.0), List.of("e", 1.0), List.of("b", 3.0), List.of("c", 3.0));
        t.run("ZUNION 2 x x WITHSCORES").array(List.of("a", 2.0), List.of("b", 4.0), List.of("c", 6.0));
        t.run("ZUNION 2 s s").array("b", "d", "e");
        t.run("ZUNION 1 absent").array();
        t.effects();
        t.events();
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void intersectionsHaveWhatAllHave(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZINTER 2 x y WITHSCORES").array(List.of("b", 12.0), List.of("c", 23.0));
        t.run("ZINTER 3 x y s WITHSCORES WEIGHTS 1 2 3").array(List.of("b", 25.0));
        t.run("ZINTER 2 x y WITHSCORES AGGREGATE MIN WEIGHTS 100 1").array(List.of("b", 10.0), List.of("c", 20.0));
        t.run("ZINTER 2 x absent").array();
        t.run("ZINTER 2 x x WITHSCORES AGGREGATE MAX").array(List.of("a", 1.0), List.of("b", 2.0), List.of("c", 3.0));
        t.run("ZINTERCARD 2 x y").replies(2);
        t.run("ZINTERCARD 2 x y LIMIT 1").replies(1);
        t.run("ZINTERCARD 2 x y limit 0").replies(2);
        t.run("ZINTERCARD 2 x absent").replies(0);
        t.run("ZINTERCARD 1 s LIMIT 2").replies(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void differencesHaveWhatOnlyTheFirstHas(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZDIFF 2 x y WITHSCORES").array(List.of("a", 1.0));
        t.run("ZDIFF 1 x").array("a", "b", "c");
        t.run("ZDIFF 2 x x").array();
        t.run("ZDIFF 3 x absent s").array("a", "c");
        t.run("ZDIFF 2 s x WITHSCORES").array(List.of("d", 1.0), List.of("e", 1.0));
        t.run("ZDIFF 2 absent x").array();
    }

    @Test
    void infinitiesThatMeetAreAsInRedis() {
        EngineFixture t = filled(LISTPACK);
        t.run("ZUNION 2 inf inf WEIGHTS 1 -1 WITHSCORES")
                .array(List.of("a", 0.0), List.of("b", 0.0), List.of("c", 0.0));
        t.run("ZUNION 1 inf WEIGHTS 0 WITHSCORES").array(List.of("a", 0.0), List.of("b", 0.0), List.of("c", 0.0));
        t.run("ZINTER 2 inf inf WEIGHTS 1 0 WITHSCORES").array(List.of("a", 0.0), List.of("b", 0.0), List.of("c", 0.0));
        t.run("ZINTER 2 inf inf WEIGHTS 1 0 AGGREGATE MIN WITHSCORES")
                .array(List.of("b", -INF), List.of("c", 0.0), List.of("a", INF));
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void resultsAreStored(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZUNIONSTORE dst 2 x y WEIGHTS 1 1 AGGREGATE SUM").replies(4);
        t.run("ZRANGE dst 0 -1 WITHSCORES")
                .array(List.of("a", 1.0), List.of("b", 12.0), List.of("c", 23.0), List.of("d", 30.0));
        t.run("ZINTERSTORE dst 2 x y").replies(2);
        t.run("ZRANGE dst 0 -1").array("b", "c");
        t.run("ZDIFFSTORE x 2 x y").replies(1);
        t.run("ZRANGE x 0 -1").array("a");
        t.events("zunionstore:dst", "zinterstore:dst", "zdiffstore:x");
        t.effects("ZUNIONSTORE dst 2 x y WEIGHTS 1 1 AGGREGATE SUM", "ZINTERSTORE dst 2 x y", "ZDIFFSTORE x 2 x y");
        t.run("ZINTERSTORE dst 2 x y").replies(0);
        t.events("del:dst");
        t.effects("ZINTERSTORE dst 2 x y");
        t.run("ZINTERSTORE dst 2 x y").replies(0);
        t.run("ZDIFFSTORE text 1 absent").replies(0);
        t.events("del:text");
        t.effects("ZDIFFSTORE text 1 absent");
        t.run("EXISTS dst text").replies(0);
    }

    @Test
    void aDestinationLosesWhatItWas() {
        EngineFixture t = filled(LISTPACK);
        t.run("SET dst v EX 100");
        t.run("ZUNIONSTORE dst 1 s").replies(3);
        t.run("TTL dst").replies(-1);
        t.run("TYPE dst").replies("zset");
        t.run("ZRANGE dst 0 0 WITHSCORES").array(List.of("b", 1.0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ZUNION x x                      | ERR value is not an integer or out of range
            ZUNION 0 x                      | ERR at least 1 input key is needed for 'zunion' command
            ZUNIONSTORE x -1 x              | ERR at least 1 input key is needed for 'zunionstore' command
            ZINTER 0 text                   | ERR at least 1 input key is needed for 'zinter' command
            ZINTERSTORE x 0 x               | ERR at least 1 input key is needed for 'zinterstore' command
            ZDIFF 0 x                       | ERR at least 1 input key is needed for 'zdiff' command
            ZDIFFSTORE x 0 x                | ERR at least 1 input key is needed for 'zdiffstore' command
            ZINTERCARD 0 x                  | ERR at least 1 input key is needed for 'zintercard' command
            ZUNION 2 x                      | ERR syntax error
            ZUNION 9223372036854775807 x    | ERR syntax error
            ZUNION 1 x y                    | ERR syntax error
            ZUNION 1 text foo               | WRONGTYPE Operation against a key holding the wrong kind of value
            ZUNION 2 x text                 | WRONGTYPE Operation against a key holding the wrong kind of value
            ZDIFF 2 x text                  | WRONGTYPE Operation against a key holding the wrong kind of value
            ZUNION 1 x WEIGHTS              | ERR syntax error
            ZUNION 2 x y WEIGHTS 1          | ERR syntax error
            ZUNION 1 x WEIGHTS y            | ERR weight value is not a float
            ZUNION 1 x WEIGHTS nan          | ERR weight value is not a float
            ZUNION 1 x WEIGHTS 1 2          | ERR syntax error
            ZUNION 1 x AGGREGATE            | ERR syntax error
            ZUNION 1 x AGGREGATE foo        | ERR syntax error
            ZUNIONSTORE x 1 x WITHSCORES    | ERR syntax error
            ZINTERSTORE x 1 x WEIGHTS x     | ERR weight value is not a float
            ZDIFF 1 x WEIGHTS 1             | ERR syntax error
            ZDIFF 1 x AGGREGATE SUM         | ERR syntax error
            ZDIFFSTORE x 1 x WITHSCORES     | ERR syntax error
            ZINTERCARD 1 x WITHSCORES       | ERR syntax error
            ZINTERCARD 1 x WEIGHTS 1        | ERR syntax error
            ZINTERCARD 1 x LIMIT            | ERR syntax error
            ZINTERCARD 1 x LIMIT -1         | ERR LIMIT can't be negative
            ZINTERCARD 1 x LIMIT y          | ERR LIMIT can't be negative
            ZINTER 1 x LIMIT 1              | ERR syntax error
            """)
    void mistakesLeaveEverythingAsItIs(String command, String error) {
        EngineFixture t = filled(LISTPACK);
        t.run(command).fails(error);
        t.effects();
        t.events();
        t.run("ZRANGE x 0 -1").array("a", "b", "c");
        t.run("DBSIZE").replies(5);
    }

    @Test
    void resultsHaveTheEncodingOfTheirSize() {
        EngineFixture t = new EngineFixture();
        for (int i = 0; i < 200; i++) {
            t.run("ZADD many " + i + " m" + i);
            t.run(i < 195 ? "SADD most m" + i : "PING");
        }
        t.run("ZADD one 1 m1");
        t.run("ZADD long 1 " + "x".repeat(65));
        t.run("ZINTERSTORE dst 2 many one").replies(1);
        t.run("OBJECT ENCODING dst").replies("listpack");
        t.run("ZUNIONSTORE dst 2 many one").replies(200);
        t.run("OBJECT ENCODING dst").replies("skiplist");
        t.run("ZDIFFSTORE dst 2 many most").replies(5);
        t.run("OBJECT ENCODING dst").replies("listpack");
        t.run("ZDIFFSTORE dst 4 many most most one").replies(5);
        t.run("OBJECT ENCODING dst").replies("listpack");
        t.run("ZDIFFSTORE dst 2 many one").replies(199);
        t.run("OBJECT ENCODING dst").replies("skiplist");
        t.run("ZUNIONSTORE dst 2 long one").replies(2);
        t.run("OBJECT ENCODING dst").replies("skiplist");
        t.run("ZDIFFSTORE dst 2 one long").replies(1);
        t.run("OBJECT ENCODING dst").replies("listpack");
    }

    /** Random inputs of all sizes, so that each way to a difference is taken. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void resultsAreThoseOfANaiveModel(long seed) {
        EngineFixture t = new EngineFixture();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            List<Map<String, Double>> inputs = new ArrayList<>();
            StringBuilder keys = new StringBuilder();
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                Map<String, Double> input = new TreeMap<>();
                int size = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 10 : 200);
                t.run("DEL k" + i);
                for (int m = 0; m < size; m++) {
                    String member = "m" + random.nextInt(220);
                    double score = random.nextInt(50);
                    input.put(member, score);
                    t.run("ZADD k" + i + " " + score + " " + member);
                }
                inputs.add(input);
                keys.append(" k").append(i);
            }
            Map<String, Double> union = new TreeMap<>();
            inputs.forEach(input -> input.forEach((member, score) -> union.merge(member, score, Double::sum)));
            Map<String, Double> inter = new TreeMap<>(union);
            inputs.forEach(input -> inter.keySet().retainAll(input.keySet()));
            Map<String, Double> diff = new TreeMap<>(inputs.get(0));
            inputs.subList(1, count).forEach(input -> diff.keySet().removeAll(input.keySet()));
            String where = "seed " + seed + ", round " + round;
            assertThat(scores(t, "ZUNION " + count + keys)).as(where).isEqualTo(union);
            assertThat(scores(t, "ZINTER " + count + keys)).as(where).isEqualTo(inter);
            assertThat(scores(t, "ZDIFF " + count + keys)).as(where).isEqualTo(diff);
            t.run("ZINTERCARD " + count + keys).replies(inter.size());
        }
    }

    private static Map<String, Double> scores(EngineFixture t, String command) {
        Map<String, Double> scores = new TreeMap<>();
        double last = -INF;
        for (Object pair : (List<?>) t.run(command + " WITHSCORES").value()) {
            List<?> parts = (List<?>) pair;
            double score = (Double) parts.get(1);
            assertThat(score).isGreaterThanOrEqualTo(last);
            last = score;
            scores.put((String) parts.get(0), score);
        }
        return scores;
    }
}
