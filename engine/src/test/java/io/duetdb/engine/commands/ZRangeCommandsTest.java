package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of sorted sets, both of listpacks and of skiplists. */
class ZRangeCommandsTest {
    private static final String LISTPACK = "zset-max-listpack-entries=128";
    private static final String SKIPLIST = "zset-max-listpack-entries=0";
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    /** Command, arrow, the members it replies of a 1, b 2, c 2, d 3, e 5 (key z) and a to e, all 0 (key l). */
    private static final String RANGES = """
            ZRANGE z 0 -1 -> a b c d e
            ZRANGE z 1 2 -> b c
            ZRANGE z -2 -1 -> d e
            ZRANGE z -100 0 -> a
            ZRANGE z 3 100 -> d e
            ZRANGE z 3 2 ->
            ZRANGE z 5 9 ->
            ZRANGE z 0 -9 ->
            ZRANGE z 0 1 REV -> e d
            ZRANGE z -2 -1 rev -> b a
            ZRANGE z 0 9223372036854775807 -> a b c d e
            ZRANGE z -9223372036854775808 9223372036854775807 -> a b c d e
            ZRANGE z 0 1 LIMIT 0 -1 -> a b
            ZRANGE z 0 1 LIMIT 7 -1 -> a b
            ZREVRANGE z 0 -1 -> e d c b a
            ZREVRANGE z 1 3 -> d c b
            ZRANGE z 2 3 BYSCORE -> b c d
            ZRANGE z (2 3 BYSCORE -> d
            ZRANGE z (2 (3 BYSCORE ->
            ZRANGE z 2 (3 BYSCORE -> b c
            ZRANGE z -inf +inf BYSCORE -> a b c d e
            ZRANGE z (1 (5 BYSCORE -> b c d
            ZRANGE z 3 2 BYSCORE ->
            ZRANGE z 3 2 BYSCORE REV -> d c b
            ZRANGE z (3 -inf REV BYSCORE -> c b a
            ZRANGE z 6 9 BYSCORE ->
            ZRANGE z -9 0 BYSCORE ->
            ZRANGE z -inf inf BYSCORE LIMIT 1 2 -> b c
            ZRANGE z -inf inf BYSCORE LIMIT 4 2 -> e
            ZRANGE z -inf inf BYSCORE LIMIT 5 2 ->
            ZRANGE z -inf inf BYSCORE LIMIT 0 0 ->
            ZRANGE z -inf inf BYSCORE LIMIT -1 2 ->
            ZRANGE z -inf inf BYSCORE LIMIT 2 -1 -> c d e
            ZRANGE z -inf inf BYSCORE LIMIT 2 -7 -> c d e
            ZRANGE z -inf inf BYSCORE LIMIT 2 1000 -> c d e
            ZRANGE z -inf inf BYSCORE LIMIT 9 1 LIMIT 0 1 -> a
            ZRANGE z inf -inf BYSCORE REV LIMIT 1 2 -> d c
            ZRANGE z inf -inf BYSCORE REV LIMIT 3 1000 -> b a
            ZRANGE z inf -inf BYSCORE REV LIMIT 5 1 ->
            ZRANGE z inf 2 BYSCORE REV LIMIT 2 1000 -> c b
            ZRANGE z 2 2 BYSCORE LIMIT 1 1 -> c
            ZRANGE z 2 2 BYSCORE LIMIT 2 1 ->
            ZRANGE z 2 2 BYSCORE LIMIT 2 -1 ->
            ZRANGEBYSCORE z 2 3 -> b c d
            ZRANGEBYSCORE z (2 inf LIMIT 1 1 -> e
            ZRANGEBYSCORE z 9223372036854775807 inf ->
            ZREVRANGEBYSCORE z 3 2 -> d c b
            ZREVRANGEBYSCORE z inf (2 LIMIT 0 1 -> e
            ZREVRANGEBYSCORE z 2 3 ->
            ZRANGEBYSCORE z "" " 2" -> a b c
            ZRANGEBYSCORE z ( (2 -> a
            ZRANGEBYSCORE z 1e-400 1e400 -> a b c d e
            ZRANGEBYSCORE z 0x2 0x1p2 -> b c d
            ZRANGEBYSCORE z "2\\x00foo" 3 -> b c d
            ZRANGE l [b [d BYLEX -> b c d
            ZRANGE l (b (d BYLEX -> c
            ZRANGE l - + BYLEX -> a b c d e
            ZRANGE l + - BYLEX ->
            ZRANGE l + - BYLEX REV -> e d c b a
            ZRANGE l [d (a BYLEX REV LIMIT 1 2 -> c b
            ZRANGE l - [c BYLEX LIMIT 1 -1 -> b c
            ZRANGE l [bb [cc BYLEX -> c
            ZRANGE l [ [ BYLEX ->
            ZRANGE l [f + BYLEX ->
            ZRANGE l - (a BYLEX ->
            ZRANGE l - - BYLEX ->
            ZRANGE l + + BYLEX ->
            ZRANGEBYLEX l [b + -> b c d e
            ZRANGEBYLEX l "-\\x00" (c LIMIT 1 5 -> b
            ZREVRANGEBYLEX l + [c -> e d c
            ZREVRANGEBYLEX l (c - LIMIT 1 1 -> a
            ZRANGE absent 0 -1 ->
            ZRANGE absent 0 -1 WITHSCORES ->
            ZRANGEBYSCORE absent 0 1 ->
            """;

    private static EngineFixture filled(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZADD z 1 a 2 b 2 c 3 d 5 e").replies(5);
        t.run("ZADD l 0 a 0 b 0 c 0 d 0 e").replies(5);
        t.run("SET s text");
        return t.forget();
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void rangesOfEveryKind(String encoding) {
        EngineFixture t = filled(encoding);
        for (String row : RANGES.lines().toList()) {
            String[] sides = row.split(" ->", -1);
            assertThat(t.run(sides[0]).value()).as(sides[0]).isEqualTo(words(sides[1]));
        }
        t.effects();
        t.events();
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zrangestoreStoresWhatZrangeReplies(String encoding) {
        for (String row :
                RANGES.lines().filter(row -> row.startsWith("ZRANGE ")).toList()) {
            if (row.contains("WITHSCORES")) {
                continue;
            }
            EngineFixture t = filled(encoding);
            String[] sides = row.split(" ->", -1);
            List<String> members = new ArrayList<>(words(sides[1]));
            String command = sides[0].replace("ZRANGE ", "ZRANGESTORE dst ");
            t.run(command).replies(members.size());
            Collections.sort(members);
            assertThat(t.run("ZRANGE dst 0 -1").value()).as(command).isEqualTo(members);
            if (members.isEmpty()) {
                t.events();
                t.effects();
            } else {
                t.events("zrangestore:dst");
            }
        }
    }

    @Test
    void zrangestoreReplacesWhateverIsThere() {
        EngineFixture t = filled(LISTPACK);
        t.run("SET dst text EX 100");
        t.forget();
        t.run("ZRANGESTORE dst z 0 1").replies(2);
        t.effects("ZRANGESTORE dst z 0 1");
        t.events("zrangestore:dst");
        t.run("TTL dst").replies(-1);
        t.run("ZRANGE dst 0 -1 WITHSCORES").array(List.of("a", 1.0), List.of("b", 2.0));
        t.run("ZRANGESTORE z z 3 4").replies(2);
        t.run("ZRANGE z 0 -1").array("d", "e");
        t.forget();
        t.run("ZRANGESTORE dst z 5 9").replies(0);
        t.effects("ZRANGESTORE dst z 5 9");
        t.events("del:dst");
        t.run("ZRANGESTORE dst absent 5 9").replies(0);
        t.effects();
        t.events();
        t.run("ZRANGESTORE s z 5 9").replies(0);
        t.run("EXISTS s dst").replies(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void scoresComeAsPairs(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZRANGE z 0 1 WITHSCORES").array(List.of("a", 1.0), List.of("b", 2.0));
        t.run("ZREVRANGE z 0 0 withscores").array(List.of("e", 5.0));
        t.run("ZRANGEBYSCORE z 3 inf WITHSCORES LIMIT 0 9").array(List.of("d", 3.0), List.of("e", 5.0));
        t.run("ZREVRANGEBYSCORE z 2 1 LIMIT 1 9 WITHSCORES").array(List.of("b", 2.0), List.of("a", 1.0));
        t.run("ZRANGE z 9 9 WITHSCORES").array();
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void membersAreCounted(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZCOUNT z 2 3").replies(3);
        t.run("ZCOUNT z (2 +inf").replies(2);
        t.run("ZCOUNT z 3 2").replies(0);
        t.run("ZCOUNT z -inf inf").replies(5);
        t.run("ZCOUNT absent 1 2").replies(0);
        t.run("ZLEXCOUNT l - +").replies(5);
        t.run("ZLEXCOUNT l [b (d").replies(2);
        t.run("ZLEXCOUNT l + -").replies(0);
        t.run("ZLEXCOUNT absent - +").replies(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void rangesAreRemoved(String encoding) {
        EngineFixture t = filled(encoding);
        t.run("ZREMRANGEBYRANK z 1 1").replies(1);
        t.run("ZREMRANGEBYSCORE z (1 3").replies(2);
        t.run("ZREMRANGEBYLEX l (a (d").replies(2);
        t.run("ZREMRANGEBYSCORE z 3 4").replies(0);
        t.run("ZREMRANGEBYRANK z 7 9").replies(0);
        t.run("ZREMRANGEBYLEX absent - +").replies(0);
        t.events("zremrangebyrank:z", "zremrangebyscore:z", "zremrangebylex:l");
        t.effects("ZREMRANGEBYRANK z 1 1", "ZREMRANGEBYSCORE z (1 3", "ZREMRANGEBYLEX l (a (d");
        t.run("ZRANGE z 0 -1").array("a", "e");
        t.run("ZRANGE l 0 -1").array("a", "d", "e");
        t.run("ZREMRANGEBYRANK z 0 -1").replies(2);
        t.run("ZREMRANGEBYLEX l - +").replies(3);
        t.events("zremrangebyrank:z", "del:z", "zremrangebylex:l", "del:l");
        t.effects("ZREMRANGEBYRANK z 0 -1", "ZREMRANGEBYLEX l - +");
        t.run("EXISTS z l").replies(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ZRANGE z 0 x                        | ERR value is not an integer or out of range
            ZRANGE s 0 x                        | ERR value is not an integer or out of range
            ZRANGE absent x 1                   | ERR value is not an integer or out of range
            ZRANGE z (1 2                       | ERR value is not an integer or out of range
            ZRANGE z x y foo                    | ERR syntax error
            ZRANGE z 0 1 LIMIT 0                | ERR syntax error
            ZRANGE z 0 1 REV REV                | ERR syntax error
            ZRANGE z 0 1 BYSCORE BYLEX          | ERR syntax error
            ZRANGE z 0 1 LIMIT x 1              | ERR value is not an integer or out of range
            ZRANGE z 0 1 LIMIT 0 x foo          | ERR value is not an integer or out of range
            ZRANGE z 0 1 LIMIT 0 1              | ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            ZRANGE z 0 1 LIMIT 0 -2             | ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            ZREVRANGE z x 1 LIMIT 0 1           | ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            ZRANGE z x y BYLEX WITHSCORES       | ERR syntax error, WITHSCORES not supported in combination with BYLEX
            ZRANGEBYLEX l - + WITHSCORES        | ERR syntax error, WITHSCORES not supported in combination with BYLEX
            ZREVRANGE z 0 1 REV                 | ERR syntax error
            ZRANGEBYSCORE z 0 1 BYSCORE         | ERR syntax error
            ZREVRANGEBYSCORE z 0 1 REV          | ERR syntax error
            ZRANGE z x 1 BYSCORE                | ERR min or max is not a float
            ZRANGE z 1 nan BYSCORE              | ERR min or max is not a float
            ZRANGEBYSCORE s x 1                 | ERR min or max is not a float
            ZRANGEBYSCORE z 1 "2 "              | ERR min or max is not a float
            ZRANGEBYSCORE z 1 " "               | ERR min or max is not a float
            ZRANGEBYSCORE z ((1 2               | ERR min or max is not a float
            ZRANGE l a b BYLEX                  | ERR min or max not valid string range item
            ZRANGEBYLEX l [a b                  | ERR min or max not valid string range item
            ZRANGEBYLEX l "" +                  | ERR min or max not valid string range item
            ZRANGEBYLEX l -a +                  | ERR min or max not valid string range item
            ZRANGEBYLEX l - +a                  | ERR min or max not valid string range item
            ZRANGE s 0 1                        | WRONGTYPE Operation against a key holding the wrong kind of value
            ZRANGESTORE z s 0 1                 | WRONGTYPE Operation against a key holding the wrong kind of value
            ZRANGESTORE z z 0 1 WITHSCORES      | ERR syntax error
            ZRANGESTORE z z x 1                 | ERR value is not an integer or out of range
            ZRANGESTORE z z 0 1 LIMIT 0 1       | ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            ZRANGESTORE z z x 1 BYSCORE         | ERR min or max is not a float
            ZCOUNT z x 1                        | ERR min or max is not a float
            ZCOUNT s 0 1                        | WRONGTYPE Operation against a key holding the wrong kind of value
            ZLEXCOUNT s 0 1                     | ERR min or max not valid string range item
            ZLEXCOUNT s - +                     | WRONGTYPE Operation against a key holding the wrong kind of value
            ZREMRANGEBYRANK z 0 x               | ERR value is not an integer or out of range
            ZREMRANGEBYSCORE absent 0 x         | ERR min or max is not a float
            ZREMRANGEBYLEX z a +                | ERR min or max not valid string range item
            ZREMRANGEBYRANK s 0 1               | WRONGTYPE Operation against a key holding the wrong kind of value
            ZREMRANGEBYSCORE s 0 1              | WRONGTYPE Operation against a key holding the wrong kind of value
            ZREMRANGEBYLEX s - +                | WRONGTYPE Operation against a key holding the wrong kind of value
            ZREMRANGEBYRANK z 0                 | ERR wrong number of arguments for 'zremrangebyrank' command
            """)
    void mistakesLeaveEverythingAsItIs(String command, String error) {
        EngineFixture t = filled(LISTPACK);
        t.run(command).fails(error);
        t.effects();
        t.events();
        t.run("ZRANGE z 0 -1").array("a", "b", "c", "d", "e");
        t.run("GET s").replies("text");
        t.run("DBSIZE").replies(3);
    }

    /** Every range is the range that a naive look at all members finds, with every offset and limit. */
    @ParameterizedTest
    @CsvSource({"1, " + LISTPACK + ", 100", "2, " + SKIPLIST + ", 100", "3, " + SKIPLIST + ", 2000"})
    void rangesAreWhatAWalkOverAllFinds(long seed, String encoding, int members) {
        EngineFixture t = new EngineFixture(encoding);
        Random random = new Random(seed);
        for (int i = 0; i < members; i++) {
            t.run("ZADD z " + random.nextInt(members / 4) + " m" + i);
        }
        List<List<Object>> all = new ArrayList<>();
        for (Object pair : (List<?>) t.run("ZRANGE z 0 -1 WITHSCORES").value()) {
            all.add(new ArrayList<>((List<?>) pair));
        }
        assertThat(all).hasSize(members);
        for (int round = 0; round < 500; round++) {
            double min = random.nextInt(members / 4 + 4) - 2;
            double max = random.nextInt(members / 4 + 4) - 2;
            boolean minOpen = random.nextBoolean();
            boolean maxOpen = random.nextBoolean();
            boolean reverse = random.nextBoolean();
            int offset = random.nextInt(4) == 0 ? random.nextInt(members) : random.nextInt(3);
            int limit = random.nextInt(3) == 0 ? -1 : random.nextInt(random.nextBoolean() ? 10 : 200);
            List<List<Object>> expected = new ArrayList<>();
            for (List<Object> pair : all) {
                double score = (Double) pair.get(1);
                if ((minOpen ? score > min : score >= min) && (maxOpen ? score < max : score <= max)) {
                    expected.add(pair);
                }
            }
            if (reverse) {
                Collections.reverse(expected);
            }
            int from = Math.min(offset, expected.size());
            int to = limit < 0 ? expected.size() : Math.min(expected.size(), from + limit);
            String low = (minOpen ? "(" : "") + min;
            String high = (maxOpen ? "(" : "") + max;
            String command = "ZRANGE z " + (reverse ? high + " " + low + " REV" : low + " " + high)
                    + " BYSCORE WITHSCORES LIMIT " + offset + " " + limit;
            assertThat(t.run(command).value()).as("seed %d: %s", seed, command).isEqualTo(expected.subList(from, to));
            t.run("ZCOUNT z " + low + " " + high).replies(expected.size());
        }
    }

    @Test
    void otherTypesAreRefusedOnlyAfterTheBounds() {
        EngineFixture t = filled(LISTPACK);
        t.run("ZRANGEBYLEX s - +").fails(WRONGTYPE);
        t.run("ZRANGEBYLEX s a +").fails("ERR min or max not valid string range item");
        t.run("ZREVRANGE s 0 1 LIMIT 0 1")
                .fails("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    }
}
