package io.duetdb.engine.commands;

import static io.duetdb.engine.kit.Waiting.WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Waiting clients and transactions: none waits within one, and none is served before its end. */
class BlockingTransactionTest {
    private final EngineFixture t = new EngineFixture();
    private final Waiting waiting = new Waiting(t);

    private List<?> exec(String... commands) {
        t.run("MULTI").replies("OK");
        for (String command : commands) {
            t.run(command).replies("QUEUED");
        }
        return (List<?>) t.run("EXEC").value();
    }

    @Test
    void withinATransactionNobodyWaits() {
        List<Object> nothing = new ArrayList<>(Arrays.asList(null, null, null, null, null, null));
        assertThat(exec(
                        "BLPOP q 0",
                        "BLMOVE q w LEFT LEFT 0",
                        "BRPOPLPUSH q w 0",
                        "BLMPOP 0 1 q LEFT",
                        "BZPOPMIN q 0",
                        "BZMPOP 0 1 q MIN"))
                .isEqualTo(nothing);
        assertThat(exec("RPUSH q a b", "BLPOP q 0", "BLMOVE q w LEFT LEFT 0", "BLPOP w x"))
                .isEqualTo(
                        List.of(2L, List.of("q", "a"), "b", new Failure("ERR timeout is not a float or out of range")));
        t.effects("MULTI", "RPUSH q a b", "LPOP q", "LMOVE q w LEFT LEFT", "EXEC");
    }

    /** As redis-server 7.0.15 does: a key that is of a type nobody waits for is not noted yet. */
    @Test
    void keysAreServedInTheOrderInWhichTheyBecameOfAnAwaitedType() {
        int min = waiting.begin("BZPOPMIN z1 0");
        int max = waiting.begin("BZPOPMAX z2 0");
        t.forget();
        exec("RPUSH z2 x", "ZADD z1 1 a", "DEL z2", "ZADD z2 2 b");
        t.effects("MULTI", "RPUSH z2 x", "ZADD z1 1 a", "DEL z2", "ZADD z2 2 b", "EXEC", "ZPOPMIN z1", "ZPOPMAX z2");
        assertThat(waiting.reply(min)).isEqualTo(List.of("z1", "a", 1.0));
        assertThat(waiting.reply(max)).isEqualTo(List.of("z2", "b", 2.0));

        waiting.begin("BLPOP other 0");
        waiting.send(min, "BZPOPMIN z1 0");
        waiting.send(max, "BZPOPMAX z2 0");
        t.forget();
        exec("RPUSH z2 x", "ZADD z1 1 a", "DEL z2", "ZADD z2 2 b");
        t.effects("MULTI", "RPUSH z2 x", "ZADD z1 1 a", "DEL z2", "ZADD z2 2 b", "EXEC", "ZPOPMAX z2", "ZPOPMIN z1");
    }

    @Test
    void aTransactionServesAtItsEnd() {
        int one = waiting.begin("BLPOP k 0");
        assertThat(exec("RPUSH k 1", "DEL k")).isEqualTo(List.of(1L, 1L));
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        assertThat(exec("RPUSH k 1", "DEL k", "SET k s")).isEqualTo(List.of(1L, 1L, "OK"));
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.forget();
        assertThat(exec("DEL k", "RPUSH k 5", "LPUSH k 4")).isEqualTo(List.of(1L, 1L, 2L));
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "4"));
        t.effects("MULTI", "DEL k", "RPUSH k 5", "LPUSH k 4", "EXEC", "LPOP k");
    }

    @Test
    void keysAreServedInTheOrderInWhichTheyBecameReady() {
        int b = waiting.begin("BLMOVE b d LEFT RIGHT 0");
        int a = waiting.begin("BLMOVE a d LEFT RIGHT 0");
        exec("RPUSH a 1", "RPUSH b 2");
        assertThat(waiting.reply(a)).isEqualTo("1");
        assertThat(waiting.reply(b)).isEqualTo("2");
        t.run("LRANGE d 0 -1").array("1", "2");
    }

    @Test
    void ofSeveralReadyKeysACommandTakesItsOwnFirst() {
        int both = waiting.begin("BLPOP a b 0");
        int second = waiting.begin("BLPOP b 0");
        int first = waiting.begin("BLPOP a 0");
        exec("RPUSH b 1", "RPUSH a 2");
        assertThat(waiting.reply(both)).isEqualTo(List.of("a", "2"));
        assertThat(waiting.reply(second)).isEqualTo(List.of("b", "1"));
        assertThat(waiting.reply(first)).isEqualTo(WAITS);
    }

    @Test
    void aPauseThatATransactionBeginsIsWaitedFor() {
        int one = waiting.begin("BLPOP k 0");
        int brief = waiting.begin("BLPOP k 0.2");
        assertThat(exec("RPUSH k 1", "CLIENT PAUSE 300 WRITE")).isEqualTo(List.of(1L, "OK"));
        t.turn();
        t.run("LLEN k").replies(1);
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.advance(200, TimeUnit.MILLISECONDS).turn();
        assertThat(waiting.reply(brief)).isNull();
        assertThat(t.engine().nextDutyInMs()).isEqualTo(100);
        t.advance(100, TimeUnit.MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "1"));
        assertThat(waiting.connection(one).resumes()).isEqualTo(1);
    }

    @Test
    void whoIsUnblockedOrKilledInATransactionGetsNothingOfIt() {
        int one = waiting.begin("BLPOP k 0");
        int two = waiting.begin("BLPOP k 0");
        assertThat(exec(
                        "RPUSH k v",
                        "CLIENT UNBLOCK " + waiting.id(one),
                        "CLIENT UNBLOCK " + waiting.id(one),
                        "CLIENT KILL ID " + waiting.id(two)))
                .isEqualTo(List.of(1L, 1L, 0L, 1L));
        assertThat(waiting.reply(one)).isNull();
        t.run("LLEN k").replies(1);
    }

    @Test
    void whoIsUnblockedByWishIsNoLongerShownAsBlocked() {
        int one = waiting.begin("BLPOP k 0");
        int two = waiting.begin("BLPOP k 0");
        String list = "CLIENT LIST ID " + waiting.id(one) + " " + waiting.id(two);
        List<?> shown = exec(list, "RPUSH k v", list, "CLIENT UNBLOCK " + waiting.id(one), list, "INFO clients");
        assertThat(flags(shown.get(0))).containsExactly("b", "b");
        assertThat(flags(shown.get(2))).as("served at the end").containsExactly("b", "b");
        assertThat(flags(shown.get(4))).containsExactly("u", "b");
        assertThat(String.valueOf(shown.get(5))).contains("blocked_clients:1\r\n");
        t.turn();
        assertThat(flags(t.run(list).value())).containsExactly("N", "N");
    }

    private static List<String> flags(@Nullable Object lines) {
        return Pattern.compile(" flags=([a-zA-Z]+) ")
                .matcher(String.valueOf(lines))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void whoIsUnblockedAndKilledIsNotAnswered() {
        int one = waiting.begin("BLPOP k 0");
        exec("CLIENT UNBLOCK " + waiting.id(one), "CLIENT KILL ID " + waiting.id(one));
        assertThat(waiting.connection(one).pending()).isZero();
        t.turn();
    }

    @Test
    void servingSpoilsWhoWatches() {
        waiting.begin("BLMOVE k d LEFT LEFT 0");
        t.run("WATCH d").replies("OK");
        EngineFixture.Other other = t.other();
        other.run("RPUSH k a");
        t.run("MULTI");
        t.run("PING");
        t.run("EXEC").nil();
    }
}
