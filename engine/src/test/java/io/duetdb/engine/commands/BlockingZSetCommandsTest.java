package io.duetdb.engine.commands;

import static io.duetdb.engine.kit.Waiting.WAITS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.Waiting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BZPOPMIN and its like: replies, effects and events of each, waiting or not. */
class BlockingZSetCommandsTest {
    private final EngineFixture t = new EngineFixture();
    private final Waiting waiting = new Waiting(t);

    @Test
    void whatThereIsIsTakenAtOnce() {
        t.run("ZADD z 1.5 a 2 b 3 c 4 d");
        t.forget();
        t.run("BZPOPMIN none z 0").array("z", "a", 1.5);
        t.run("BZPOPMAX z none 0").array("z", "d", 4.0);
        t.run("BZMPOP 0 2 none z MIN COUNT 10").array("z", List.of(List.of("b", 2.0), List.of("c", 3.0)));
        t.effects("ZPOPMIN z", "ZPOPMAX z", "ZPOPMIN z 2");
        t.events("zpopmin:z", "zpopmax:z", "zpopmin:z", "del:z");
    }

    @Test
    void whoWaitsIsServedByAnAddition() {
        int min = waiting.begin("BZPOPMIN z 0");
        int max = waiting.begin("BZPOPMAX z 0");
        int two = waiting.begin("BZMPOP 0 1 z MIN COUNT 2");
        assertThat(waiting.reply(min)).isEqualTo(WAITS);
        t.forget();
        t.run("ZADD z 1 a 2 b 3 c 4 d").replies(4);
        assertThat(waiting.reply(min)).isEqualTo(List.of("z", "a", 1.0));
        assertThat(waiting.reply(max)).isEqualTo(List.of("z", "d", 4.0));
        assertThat(waiting.reply(two)).isEqualTo(List.of("z", List.of(List.of("b", 2.0), List.of("c", 3.0))));
        t.effects("ZADD z 1 a 2 b 3 c 4 d", "ZPOPMIN z", "ZPOPMAX z", "ZPOPMIN z 2");
        t.events("zadd:z", "zpopmin:z", "zpopmax:z", "zpopmin:z", "del:z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BZPOPMIN z 0.05", "BZPOPMAX z 0.05", "BZMPOP 0.05 1 z MAX"})
    void whenTheTimeIsOverTheAnswerIsNothing(String command) {
        int one = waiting.begin(command);
        t.advance(49, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.advance(1, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isNull();
    }

    @Test
    void listsServeNobodyWhoWaitsForSortedSets() {
        int zset = waiting.begin("BZPOPMIN k 0");
        int list = waiting.begin("BLPOP k 0");
        t.run("RPUSH k a b");
        assertThat(waiting.reply(zset)).isEqualTo(WAITS);
        assertThat(waiting.reply(list)).isEqualTo(List.of("k", "a"));
        t.run("DEL k");
        t.run("ZADD k 1 m");
        assertThat(waiting.reply(zset)).isEqualTo(List.of("k", "m", 1.0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BZPOPMIN z; ERR wrong number of arguments for 'bzpopmin' command",
                "BZPOPMIN s nope; ERR timeout is not a float or out of range",
                "BZPOPMAX s -1; ERR timeout is negative",
                "BZPOPMAX s inf; ERR timeout is out of range",
                "BZPOPMIN none s 0; WRONGTYPE Operation against a key holding the wrong kind of value",
                "BZMPOP nope 0 z MIN; ERR numkeys should be greater than 0",
                "BZMPOP nope 9 z MIN; ERR syntax error",
                "BZMPOP nope 1 z FOO; ERR syntax error",
                "BZMPOP nope 1 z MIN COUNT; ERR syntax error",
                "BZMPOP nope 1 z MIN COUNT 0; ERR count should be greater than 0",
                "BZMPOP nope 1 s MIN; ERR timeout is not a float or out of range",
                "BZMPOP -1 1 s MIN; ERR timeout is negative",
                "BZMPOP 0 2 none s MAX; WRONGTYPE Operation against a key holding the wrong kind of value"
            })
    void argumentsAreCheckedInRedisOrder(String command, String error) {
        t.run("SET s v");
        t.run(command).fails(error);
    }
}
