package io.duetdb.engine.commands;

import static io.duetdb.engine.kit.Waiting.WAITS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.Waiting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BLPOP and its like: replies, effects and events of each, waiting or not. How waiting goes is in BlockingTest. */
class BlockingListCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();
    private final Waiting waiting = new Waiting(t);

    @Test
    void whatThereIsIsTakenAtOnce() {
        t.run("RPUSH k a b c d e");
        t.forget();
        t.run("BLPOP none k 0").array("k", "a");
        t.run("BRPOP k none 1.5").array("k", "e");
        t.run("BLMOVE k to right LEFT 0").replies("d");
        t.run("BRPOPLPUSH k to 0").replies("c");
        t.run("BLMPOP 0 2 none k LEFT COUNT 5").array("k", List.of("b"));
        t.effects("LPOP k", "RPOP k", "LMOVE k to right LEFT", "RPOPLPUSH k to", "LPOP k 1");
        t.events("lpop:k", "rpop:k", "lpush:to", "rpop:k", "lpush:to", "rpop:k", "lpop:k", "del:k");
        t.run("LRANGE to 0 -1").array("c", "d");
    }

    @Test
    void whoWaitsIsServedByAPush() {
        int first = waiting.begin("BLPOP k 0");
        int second = waiting.begin("BRPOP k 0");
        assertThat(waiting.reply(first)).isEqualTo(WAITS);
        t.forget();
        t.run("RPUSH k a b c").replies(3);
        assertThat(waiting.reply(first)).isEqualTo(List.of("k", "a"));
        assertThat(waiting.reply(second)).isEqualTo(List.of("k", "c"));
        t.effects("RPUSH k a b c", "LPOP k", "RPOP k");
        t.events("rpush:k", "lpop:k", "rpop:k");
        t.run("LRANGE k 0 -1").array("b");
    }

    @Test
    void whatIsMovedServesOthersBehindThoseWhoWereThere() {
        int move = waiting.begin("BLMOVE k d LEFT RIGHT 0");
        int rotate = waiting.begin("BRPOPLPUSH k d 0");
        int pop = waiting.begin("BLPOP d 0");
        t.forget();
        t.run("RPUSH k a b c");
        assertThat(waiting.reply(move)).isEqualTo("a");
        assertThat(waiting.reply(rotate)).isEqualTo("c");
        assertThat(waiting.reply(pop)).isEqualTo(List.of("d", "c"));
        t.effects("RPUSH k a b c", "LMOVE k d LEFT RIGHT", "RPOPLPUSH k d", "LPOP d");
        t.events("rpush:k", "rpush:d", "lpop:k", "lpush:d", "rpop:k", "lpop:d");
    }

    @Test
    void severalAreTakenAtOnce() {
        int one = waiting.begin("BRPOPLPUSH k k 0");
        int other = waiting.begin("BRPOPLPUSH k k 0");
        int all = waiting.begin("BLMPOP 0 2 o k LEFT COUNT 5");
        t.forget();
        t.run("RPUSH k a b c");
        assertThat(waiting.reply(one)).isEqualTo("c");
        assertThat(waiting.reply(other)).isEqualTo("b");
        assertThat(waiting.reply(all)).isEqualTo(List.of("k", List.of("b", "c", "a")));
        t.effects("RPUSH k a b c", "RPOPLPUSH k k", "RPOPLPUSH k k", "LPOP k 3");
        t.events("rpush:k", "lpush:k", "rpop:k", "lpush:k", "rpop:k", "lpop:k", "del:k");
    }

    @Test
    void anElementGoesThroughAChain() {
        int ab = waiting.begin("BLMOVE a b LEFT LEFT 0");
        int bc = waiting.begin("BLMOVE b c LEFT LEFT 0");
        int ca = waiting.begin("BLMOVE c a LEFT LEFT 0");
        int again = waiting.begin("BLMOVE a b LEFT LEFT 0");
        int pop = waiting.begin("BLPOP b 0");
        t.forget();
        t.run("RPUSH a 1");
        assertThat(List.of(waiting.reply(ab), waiting.reply(bc), waiting.reply(ca), waiting.reply(again)))
                .isEqualTo(List.of("1", "1", "1", "1"));
        assertThat(waiting.reply(pop)).isEqualTo(List.of("b", "1"));
        t.effects(
                "RPUSH a 1",
                "LMOVE a b LEFT LEFT",
                "LMOVE b c LEFT LEFT",
                "LMOVE c a LEFT LEFT",
                "LMOVE a b LEFT LEFT",
                "LPOP b");
        t.run("DBSIZE").replies(0);
    }

    @Test
    void aDestinationOfAnotherTypeFailsOnlyWhoWantedToMoveThere() {
        int move = waiting.begin("BLMOVE s d LEFT LEFT 0");
        int pop = waiting.begin("BLPOP s 0");
        t.run("SET d v");
        t.forget();
        t.run("RPUSH s x");
        assertThat(waiting.reply(move)).isEqualTo(new Failure(WRONGTYPE));
        assertThat(waiting.reply(pop)).isEqualTo(List.of("s", "x"));
        t.effects("RPUSH s x", "LPOP s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BLPOP k 0.1",
                "BRPOP k 0.1",
                "BLMOVE k d LEFT LEFT 0.1",
                "BRPOPLPUSH k d 0.1",
                "BLMPOP 0.1 1 k LEFT"
            })
    void whenTheTimeIsOverTheAnswerIsNothing(String command) {
        int one = waiting.begin(command);
        t.advance(99, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.advance(1, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isNull();
        t.run("RPUSH k a");
        t.run("LLEN k").replies(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BLPOP k; wrong number of arguments for 'blpop' command",
                "BLPOP k x; timeout is not a float or out of range",
                "BLPOP k \"\"; timeout is not a float or out of range",
                "BLPOP k \" 1\"; timeout is not a float or out of range",
                "BLPOP k nan; timeout is not a float or out of range",
                "BLPOP k 1e-5000; timeout is not a float or out of range",
                "BLPOP k -1; timeout is negative",
                "BLPOP k -0.0011; timeout is negative",
                "BLPOP k -inf; timeout is negative",
                "BLPOP k -1e300; timeout is negative",
                "BLPOP k inf; timeout is out of range",
                "BLPOP k 1e300; timeout is out of range",
                "BLPOP k 9223372036854775807; timeout is out of range",
                "BLPOP k 9223372036854775; timeout is out of range",
                "BRPOP s nope; timeout is not a float or out of range",
                "BLMOVE a b LEFT X nope; syntax error",
                "BLMOVE a b Y RIGHT nope; syntax error",
                "BLMOVE s b LEFT RIGHT nope; timeout is not a float or out of range",
                "BRPOPLPUSH s b nope; timeout is not a float or out of range",
                "BRPOPLPUSH s b -1; timeout is negative",
                "BLMPOP nope 0 k LEFT; numkeys should be greater than 0",
                "BLMPOP nope x k LEFT; numkeys should be greater than 0",
                "BLMPOP nope 5 k LEFT; syntax error",
                "BLMPOP nope 1 k foo; syntax error",
                "BLMPOP nope 1 k LEFT COUNT; syntax error",
                "BLMPOP nope 1 k LEFT COUNT 1 COUNT 2; syntax error",
                "BLMPOP nope 1 k LEFT COUNT 1 X; syntax error",
                "BLMPOP nope 1 k LEFT COUNT 0; count should be greater than 0",
                "BLMPOP nope 1 s LEFT; timeout is not a float or out of range",
                "BLMPOP -1 1 s LEFT; timeout is negative"
            })
    void argumentsAreCheckedInRedisOrder(String command, String error) {
        t.run("SET s v");
        t.run(command).fails("ERR " + error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BLPOP none s 0", "BLMOVE s d LEFT LEFT 0", "BRPOPLPUSH s d 0", "BLMPOP 0 2 none s LEFT"})
    void aKeyOfAnotherTypeIsAnError(String command) {
        t.run("SET s v");
        t.run(command).fails(WRONGTYPE);
    }

    @Test
    void aDestinationIsNotLookedAtWithoutASource() {
        t.run("SET d v");
        int one = waiting.begin("BLMOVE none d LEFT LEFT 0");
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.run("RPUSH l a");
        t.run("BLMOVE l d LEFT LEFT 0").fails(WRONGTYPE);
    }

    @ParameterizedTest
    @CsvSource({"0.0005, 1", "1e-20, 1", "0.01, 10", "0x1, 1000", "0x.8p1, 1000", "+1, 1000", "1.0001, 1001", "2, 2000"
    })
    void timeoutsAreRoundedUpToMs(String timeout, long ms) {
        waiting.begin("BLPOP k " + timeout);
        assertThat(t.engine().nextDutyInMs()).isEqualTo(ms);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "0.0", "-0.0000001", "0e5", "9000000000000000"})
    void someTimeoutsAreForEver(String timeout) {
        int one = waiting.begin("BLPOP k " + timeout);
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        assertThat(t.engine().nextDutyInMs()).isEqualTo(-1);
    }
}
