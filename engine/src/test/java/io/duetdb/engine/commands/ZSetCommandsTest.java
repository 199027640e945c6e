package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted sets, both as listpack and as skiplist. */
class ZSetCommandsTest {
    private static final String LISTPACK = "zset-max-listpack-entries=128";
    private static final String SKIPLIST = "zset-max-listpack-entries=0";
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String NOT_A_FLOAT = "ERR value is not a valid float";
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";
    private static final double INF = Double.POSITIVE_INFINITY;

    // ---- adding

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zaddAddsAndChanges(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZADD z 1 a 2 b 1.5 c").replies(3);
        t.run("ZADD z 3 a 4 d").replies(1);
        t.run("ZADD z CH 5 a 4 d 6 e").replies(2);
        t.run("ZADD z 4 d").replies(0);
        t.events("zadd:z", "zadd:z", "zadd:z");
        t.effects("ZADD z 1 a 2 b 1.5 c", "ZADD z 3 a 4 d", "ZADD z CH 5 a 4 d 6 e");
        t.run("ZRANGE z 0 -1 WITHSCORES")
                .array(List.of("c", 1.5), List.of("b", 2.0), List.of("d", 4.0), List.of("a", 5.0), List.of("e", 6.0));
        t.run("OBJECT ENCODING z").replies(encoding.equals(SKIPLIST) ? "skiplist" : "listpack");
        t.run("TYPE z").replies("zset");
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zaddObeysItsConditions(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZADD z XX 1 a").replies(0);
        t.run("EXISTS z").replies(0);
        t.run("ZADD z NX 1 a 2 b").replies(2);
        t.forget();
        t.run("ZADD z NX 5 a").replies(0);
        t.run("ZADD z XX 5 c").replies(0);
        t.run("ZADD z GT 1 a 0 b").replies(0);
        t.run("ZADD z LT 1 a 3 b").replies(0);
        t.effects();
        t.events();
        t.run("ZADD z xx ch 5 a 9 c").replies(1);
        t.run("ZADD z GT CH 6 a 1 b 1 d").replies(2);
        t.run("ZADD z LT CH 7 a 1 b").replies(1);
        t.run("ZADD z CH GT XX 8 e 9 a").replies(1);
        t.run("ZMSCORE z a b c d e").array(9.0, 1.0, null, 1.0, null);
        t.effects(
                "ZADD z xx ch 5 a 9 c", "ZADD z GT CH 6 a 1 b 1 d", "ZADD z LT CH 7 a 1 b", "ZADD z CH GT XX 8 e 9 a");
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zaddWithIncrRepliesTheScoreOrNil(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZADD z XX INCR 1 a").nil();
        t.run("EXISTS z").replies(0);
        t.run("ZADD z INCR 1.5 a").replies(1.5);
        t.run("ZADD z incr 2 a").replies(3.5);
        t.run("ZADD z INCR 0 a").replies(3.5);
        t.events("zincr:z", "zincr:z");
        t.effects("ZADD z INCR 1.5 a", "ZADD z incr 2 a");
        t.run("ZADD z NX INCR 1 a").nil();
        t.run("ZADD z GT INCR -1 a").nil();
        t.run("ZADD z LT INCR 1 a").nil();
        t.run("ZADD z XX INCR 1 b").nil();
        t.effects();
        t.run("ZADD z GT INCR 1 a").replies(4.5);
        t.run("ZADD z LT INCR -1 a").replies(3.5);
        t.run("ZADD z NX INCR 7 b").replies(7.0);
        t.run("ZADD z inf c").replies(1);
        t.forget();
        t.run("ZADD z INCR -inf c").fails("ERR resulting score is not a number (NaN)");
        t.run("ZADD z NX INCR -inf c").nil();
        t.effects();
        t.run("ZSCORE z c").replies(INF);
    }

    @Test
    void zincrbyAdds() {
        EngineFixture t = new EngineFixture();
        t.run("ZINCRBY z 2 a").replies(2.0);
        t.run("ZINCRBY z -0.5 a").replies(1.5);
        t.run("ZINCRBY z +inf a").replies(INF);
        t.run("ZINCRBY z 1 a").replies(INF);
        t.run("ZINCRBY z -inf a").fails("ERR resulting score is not a number (NaN)");
        t.events("zincr:z", "zincr:z", "zincr:z");
        t.effects("ZINCRBY z 2 a", "ZINCRBY z -0.5 a", "ZINCRBY z +inf a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ZADD z 1 a 2                | ERR syntax error
            ZADD z NX XX                | ERR syntax error
            ZADD z NX CH                | ERR syntax error
            ZADD z NX XX 1 a            | ERR XX and NX options at the same time are not compatible
            ZADD z NX XX GT x a         | ERR XX and NX options at the same time are not compatible
            ZADD z NX GT 1 a            | ERR GT, LT, and/or NX options at the same time are not compatible
            ZADD z LT NX 1 a            | ERR GT, LT, and/or NX options at the same time are not compatible
            ZADD z GT LT x a            | ERR GT, LT, and/or NX options at the same time are not compatible
            ZADD z INCR 1 a 2 b         | ERR INCR option supports a single increment-element pair
            ZADD z INCR x a y b         | ERR INCR option supports a single increment-element pair
            ZADD z 1 a x b              | ERR value is not a valid float
            ZADD z nan a                | ERR value is not a valid float
            ZADD z 1e400 a              | ERR value is not a valid float
            ZADD z "" a                 | ERR value is not a valid float
            ZADD z " 1" a               | ERR value is not a valid float
            ZADD z "1 " a               | ERR value is not a valid float
            ZADD z (1 a                 | ERR value is not a valid float
            ZADD s x a                  | ERR value is not a valid float
            ZADD s 1 a                  | WRONGTYPE Operation against a key holding the wrong kind of value
            ZADD s XX 1 a               | WRONGTYPE Operation against a key holding the wrong kind of value
            ZINCRBY z x a               | ERR value is not a valid float
            ZINCRBY z NX 1              | ERR syntax error
            ZINCRBY z CH INCR           | ERR syntax error
            ZADD z 1                    | ERR wrong number of arguments for 'zadd' command
            ZRANK z a b                 | ERR syntax error
            ZRANK s a b                 | ERR syntax error
            ZRANK z a WITHSCORE b       | ERR wrong number of arguments for 'zrank' command
            ZREVRANK z a b c            | ERR wrong number of arguments for 'zrevrank' command
            ZPOPMIN z -1                | ERR value is out of range, must be positive
            ZPOPMAX z x                 | ERR value is out of range, must be positive
            ZPOPMAX s -1                | ERR value is out of range, must be positive
            ZPOPMIN z 1 2               | ERR syntax error
            ZPOPMIN s 0                 | WRONGTYPE Operation against a key holding the wrong kind of value
            ZMPOP 0 z MIN               | ERR numkeys should be greater than 0
            ZMPOP x z MIN               | ERR numkeys should be greater than 0
            ZMPOP 2 z MIN               | ERR syntax error
            ZMPOP 1 z foo               | ERR syntax error
            ZMPOP 1 z MIN COUNT         | ERR syntax error
            ZMPOP 1 z MIN COUNT 0       | ERR count should be greater than 0
            ZMPOP 1 z MIN COUNT x y     | ERR count should be greater than 0
            ZMPOP 1 z MIN COUNT 1 COUNT 1 | ERR syntax error
            ZMPOP 9223372036854775807 z MIN | ERR syntax error
            ZMPOP 2 s z MAX             | WRONGTYPE Operation against a key holding the wrong kind of value
            """)
    void mistakesLeaveEverythingAsItIs(String command, String error) {
        EngineFixture t = new EngineFixture();
        t.run("SET s text");
        t.run("ZADD z 1 a");
        t.forget();
        t.run(command).fails(error);
        t.effects();
        t.events();
        t.run("ZRANGE z 0 -1 WITHSCORES").array(List.of("a", 1.0));
        t.run("DBSIZE").replies(2);
    }

    @Test
    void scoresAreReadAsStrtodReadsThem() {
        EngineFixture t = new EngineFixture();
        t.run("ZADD z 0x10 hex .5 half 5. five 1e-400x bad").fails(NOT_A_FLOAT);
        t.run("EXISTS z").replies(0);
        t.run("ZADD z 0x10 hex .5 half 5. five +3 three -INF low Infinity high 17179869184.25 big")
                .replies(7);
        t.run("ZMSCORE z hex half five three low high big").array(16.0, 0.5, 5.0, 3.0, -INF, INF, 17179869184.25);
    }

    // ---- removing

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zremRemovesAndTheLastOneTakesTheKeyAlong(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZREM z a").replies(0);
        t.run("ZADD z 1 a 2 b 3 c");
        t.forget();
        t.run("ZREM z x").replies(0);
        t.effects();
        t.run("ZREM z a x a b").replies(2);
        t.events("zrem:z");
        t.effects("ZREM z a x a b");
        t.run("ZREM z c d").replies(1);
        t.events("zrem:z", "del:z");
        t.effects("ZREM z c d");
        t.run("EXISTS z").replies(0);
    }

    // ---- reading

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void scoresAndRanksAreFound(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZSCORE z a").nil();
        t.run("ZMSCORE z a b").array(null, null);
        t.run("ZCARD z").replies(0);
        t.run("ZRANK z a").nil();
        t.run("ZREVRANK z a WITHSCORE").nil();
        t.run("ZADD z 1 b 1 a 3 c -2.5 d");
        t.run("ZCARD z").replies(4);
        t.run("ZSCORE z d").replies(-2.5);
        t.run("ZSCORE z x").nil();
        t.run("ZMSCORE z a x c").array(1.0, null, 3.0);
        t.run("ZRANK z d").replies(0);
        t.run("ZRANK z a").replies(1);
        t.run("ZRANK z b").replies(2);
        t.run("ZRANK z x").nil();
        t.run("ZREVRANK z b").replies(1);
        t.run("ZREVRANK z c withscore").array(0, 3.0);
        t.run("ZRANK z d WITHSCORE").array(0, -2.5);
        t.run("ZRANK z x WITHSCORE").nil();
    }

    // ---- popping

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void popsTakeFromTheEnds(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZPOPMIN z").array();
        t.run("ZPOPMAX z 3").array();
        t.run("ZADD z 1 a 2 b 3 c 4 d 5 e");
        t.forget();
        t.run("ZPOPMIN z 0").array();
        t.effects();
        t.events();
        t.run("ZPOPMIN z").array("a", 1.0);
        t.run("ZPOPMAX z").array("e", 5.0);
        t.run("ZPOPMIN z 1").array(List.of("b", 2.0));
        t.events("zpopmin:z", "zpopmax:z", "zpopmin:z");
        t.effects("ZPOPMIN z", "ZPOPMAX z", "ZPOPMIN z 1");
        t.run("ZPOPMAX z 10").array(List.of("d", 4.0), List.of("c", 3.0));
        t.events("zpopmax:z", "del:z");
        t.effects("ZPOPMAX z 10");
        t.run("EXISTS z").replies(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zmpopTakesFromTheFirstKeyThatHasSome(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZMPOP 2 y z MIN").nil();
        t.run("ZADD z 1 a 2 b 3 c 4 d");
        t.forget();
        t.run("ZMPOP 2 y z MIN").array("z", List.of(List.of("a", 1.0)));
        t.run("ZMPOP 1 z max COUNT 2").array("z", List.of(List.of("d", 4.0), List.of("c", 3.0)));
        t.run("ZMPOP 2 z z MAX count 10").array("z", List.of(List.of("b", 2.0)));
        t.events("zpopmin:z", "zpopmax:z", "zpopmax:z", "del:z");
        t.effects("ZPOPMIN z 1", "ZPOPMAX z 2", "ZPOPMAX z 1");
        t.run("SET s text");
        t.run("ZADD z 1 a");
        t.run("ZMPOP 2 z s MIN").array("z", List.of(List.of("a", 1.0)));
    }

    // ---- at random, in steps

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zrandmemberChoosesMembers(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZRANDMEMBER z").nil();
        t.run("ZRANDMEMBER z 5").array();
        for (int i = 0; i < 60; i++) {
            t.run("ZADD z " + i + " m" + i).replies(1);
        }
        t.run("ZRANDMEMBER z 0").array();
        for (int count : new int[] {1, 2, 7, 19, 20, 21, 45, 59, 60, 1000}) {
            List<?> members = (List<?>) t.run("ZRANDMEMBER z " + count).value();
            assertThat(members).hasSize(Math.min(60, count)).doesNotHaveDuplicates();
            List<?> pairs =
                    (List<?>) t.run("ZRANDMEMBER z -" + count + " WITHSCORES").value();
            assertThat(pairs).hasSize(count).allSatisfy(pair -> {
                List<?> parts = (List<?>) pair;
                assertThat(parts.get(0)).isEqualTo("m" + ((Double) parts.get(1)).intValue());
            });
        }
        TreeSet<Object> seen = new TreeSet<>();
        TreeSet<Object> seenOfFew = new TreeSet<>();
        TreeSet<Object> seenOfMany = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            seen.add(t.run("ZRANDMEMBER z").value());
            seenOfFew.addAll((List<?>) t.run("ZRANDMEMBER z 2").value());
            seenOfMany.addAll((List<?>) t.run("ZRANDMEMBER z 30").value());
        }
        assertThat(seen).hasSize(60);
        assertThat(seenOfFew).hasSize(60);
        assertThat(seenOfMany).hasSize(60);
        t.forget();
        t.effects();
    }

    @Test
    void zrandmemberRefusesWhatIsNoCount() {
        EngineFixture t = new EngineFixture();
        t.run("SET s text");
        t.run("ZADD z 1 a");
        t.run("ZRANDMEMBER z x").fails(NOT_AN_INTEGER);
        t.run("ZRANDMEMBER z -9223372036854775808")
                .fails("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
        t.run("ZRANDMEMBER z 1 foo").fails("ERR syntax error");
        t.run("ZRANDMEMBER z x foo").fails(NOT_AN_INTEGER);
        t.run("ZRANDMEMBER z 1 WITHSCORES foo").fails("ERR syntax error");
        t.run("ZRANDMEMBER z 9223372036854775807 WITHSCORES").fails("ERR value is out of range");
        t.run("ZRANDMEMBER s").fails(WRONGTYPE);
        t.run("ZRANDMEMBER s 1").fails(WRONGTYPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {LISTPACK, SKIPLIST})
    void zscanSeesAllThatStays(String encoding) {
        EngineFixture t = new EngineFixture(encoding);
        t.run("ZSCAN z 0").array("0", List.of());
        t.run("ZSCAN z 7 foo").array("0", List.of());
        int members = encoding.equals(SKIPLIST) ? 3000 : 100;
        for (int i = 0; i < members; i++) {
            t.run("ZADD z " + i + " stays" + i + " 5 goes" + i);
        }
        TreeSet<Object> seen = new TreeSet<>();
        String cursor = "0";
        int step = 0;
        do {
            List<?> reply = (List<?>) t.run("ZSCAN z " + cursor + " COUNT 20").value();
            cursor = (String) reply.get(0);
            List<?> found = (List<?>) reply.get(1);
            for (int i = 0; i < found.size(); i += 2) {
                String member = (String) found.get(i);
                if (member.startsWith("stays")) {
                    assertThat(found.get(i + 1)).isEqualTo(member.substring(5));
                    seen.add(member);
                }
            }
            t.run("ZREM z goes" + step++);
            t.run("ZADD z " + step + " new" + step);
        } while (!cursor.equals("0"));
        assertThat(seen).hasSize(members);
        t.run("ZSCAN z 0 MATCH stays7 COUNT 100000").array("0", List.of("stays7", "7"));
    }

    @Test
    void zscanShowsScoresAsStrings() {
        EngineFixture t = new EngineFixture();
        t.run("ZADD small 0.1 a 3 b -inf c");
        t.run("ZSCAN small 0").array("0", List.of("c", "-inf", "a", "0.1", "b", "3"));
        t.run("CONFIG SET zset-max-listpack-entries 0");
        t.run("ZADD big 0.1 a");
        t.run("ZSCAN big 0").array("0", List.of("a", "0.10000000000000001"));
    }

    @Test
    void zscanChecksInTheOrderOfRedis() {
        EngineFixture t = new EngineFixture();
        t.run("SET s text");
        t.run("ZADD z 1 a");
        t.run("ZSCAN s x").fails("ERR invalid cursor");
        t.run("ZSCAN s 0 foo").fails(WRONGTYPE);
        t.run("ZSCAN z 0 foo").fails("ERR syntax error");
        t.run("ZSCAN z 0 COUNT 0").fails("ERR syntax error");
        t.run("ZSCAN z 0 COUNT x").fails(NOT_AN_INTEGER);
        t.run("ZSCAN z 0 MATCH b*").array("0", List.of());
    }

    // ---- all of them

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ZADD s 1 a",
                "ZINCRBY s 1 a",
                "ZREM s a",
                "ZSCORE s a",
                "ZMSCORE s a",
                "ZCARD s",
                "ZRANK s a",
                "ZREVRANK s a WITHSCORE",
                "ZPOPMIN s",
                "ZPOPMAX s 2",
                "ZMPOP 1 s MIN",
                "ZRANDMEMBER s",
                "ZSCAN s 0"
            })
    void otherTypesAreRefused(String command) {
        EngineFixture t = new EngineFixture();
        t.run("SET s text");
        t.forget();
        t.run(command).fails(WRONGTYPE);
        t.effects();
        t.events();
        t.run("GET s").replies("text");
    }

    @Test
    void encodingsChangeAtRedisThresholds() {
        EngineFixture t = new EngineFixture();
        for (int i = 0; i < 128; i++) {
            t.run("ZADD z " + i + " m" + i);
        }
        t.run("OBJECT ENCODING z").replies("listpack");
        t.run("ZADD z 5 m5 6 m7");
        t.run("OBJECT ENCODING z").replies("listpack");
        t.run("ZADD z 5 more");
        t.run("OBJECT ENCODING z").replies("skiplist");
        t.run("ZREMRANGEBYRANK z 0 120");
        t.run("OBJECT ENCODING z").replies("skiplist");
        t.run("ZADD y 1 " + "x".repeat(64));
        t.run("OBJECT ENCODING y").replies("listpack");
        t.run("ZADD y 1 " + "x".repeat(65));
        t.run("OBJECT ENCODING y").replies("skiplist");
    }
}
