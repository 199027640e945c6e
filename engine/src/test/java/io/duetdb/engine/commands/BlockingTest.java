package io.duetdb.engine.commands;

import static io.duetdb.engine.kit.Waiting.WAITS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.Waiting;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How waiting for keys goes: who is served when, and all the other ways in which it ends. */
class BlockingTest {
    private final EngineFixture t = new EngineFixture();
    private final Waiting waiting = new Waiting(t);

    // ---- who is served

    @Test
    void firstComeFirstServed() {
        int a = waiting.begin("BLPOP k 0");
        int b = waiting.begin("BLPOP other k 0");
        int c = waiting.begin("BLPOP k 0");
        t.run("RPUSH k 1");
        assertThat(waiting.reply(a)).isEqualTo(List.of("k", "1"));
        waiting.send(a, "BLPOP k 0");
        t.run("RPUSH k 2 3 4 5");
        assertThat(waiting.reply(b)).isEqualTo(List.of("k", "2"));
        assertThat(waiting.reply(c)).isEqualTo(List.of("k", "3"));
        assertThat(waiting.reply(a)).isEqualTo(List.of("k", "4"));
        t.run("LRANGE k 0 -1").array("5");
        assertThat(info("total_blocking_keys")).isZero();
    }

    @Test
    void whicheverKeyIsReadyServes() {
        int one = waiting.begin("BLPOP k1 k2 k3 0");
        t.run("RPUSH k3 3");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k3", "3"));
        waiting.send(one, "BLPOP k1 k2 k3 0");
        t.run("RPUSH k1 1");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k1", "1"));
        t.run("DBSIZE").replies(0);
    }

    @Test
    void aKeyThatGotAnotherTypeIsPassedOver() {
        int list = waiting.begin("BLPOP k1 k2 0");
        int lists = waiting.begin("BLMPOP 0 2 k1 k2 LEFT");
        int zset = waiting.begin("BZPOPMIN k1 z 0");
        int zsets = waiting.begin("BZMPOP 0 2 k1 z MAX");
        t.run("SET k1 v");
        t.run("RPUSH k2 x y");
        assertThat(waiting.reply(list)).isEqualTo(List.of("k2", "x"));
        assertThat(waiting.reply(lists)).isEqualTo(List.of("k2", List.of("y")));
        t.run("ZADD z 1 m 2 n");
        assertThat(waiting.reply(zset)).isEqualTo(List.of("z", "m", 1.0));
        assertThat(waiting.reply(zsets)).isEqualTo(List.of("z", List.of(List.of("n", 2.0))));
    }

    @Test
    void aKeyThatStandsTwiceCountsOnce() {
        int one = waiting.begin("BLPOP k k k 0");
        assertThat(info("total_blocking_keys")).isEqualTo(1);
        t.run("RPUSH k a b");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "a"));
        t.run("LLEN k").replies(1);
    }

    @Test
    void databasesAreApart() {
        int one = waiting.begin("SELECT 1");
        waiting.reply(one);
        waiting.send(one, "BLPOP k 0");
        t.run("RPUSH k zero");
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.forget();
        t.run("MOVE k 1").replies(1);
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "zero"));
        assertThat(t.effectLog().databases()).containsExactly(0, 1);
    }

    // ---- what makes a key ready

    private void serves(String... commands) {
        int one = waiting.begin(commands[0]);
        for (int i = 1; i < commands.length; i++) {
            assertThat(waiting.reply(one)).as("before " + commands[i]).isEqualTo(WAITS);
            assertThat(t.run(commands[i]).value()).isNotInstanceOf(Failure.class);
        }
        assertThat(waiting.reply(one)).as(String.join("; ", commands)).isNotEqualTo(WAITS);
        t.run("FLUSHALL");
    }

    @Test
    void whateverMakesAList() {
        serves("BLPOP k 0", "LPUSH k a");
        serves("BLPOP k 0", "RPUSH k a");
        serves("BLPOP k 0", "RPUSH s a", "RENAME s k");
        serves("BLPOP k 0", "RPUSH s a", "RENAMENX s k");
        serves("BLPOP k 0", "SET k v", "RPUSH s a", "RENAME s k");
        serves("BLPOP k 0", "RPUSH s a", "COPY s k");
        serves("BLPOP k 0", "SET k v", "RPUSH s a", "COPY s k REPLACE");
        serves("BLPOP k 0", "RPUSH s a", "LMOVE s k LEFT LEFT");
        serves("BLPOP k 0", "RPUSH s a", "RPOPLPUSH s k");
        serves("BLPOP k 0", "RPUSH s a", "BLMOVE s k LEFT LEFT 0");
        serves("BLPOP k 0", "RPUSH s 3 1 2", "SORT s STORE k");
        serves("BLPOP k 0", "SET k v", "RPUSH s 3 1 2", "SORT s STORE k");
        serves("BLPOP k 0", "SET k v", "UNLINK k", "RPUSH k a");
        serves("BLPOP k 0", "ZADD k 1 m", "ZREM k m", "RPUSH k a");
        serves("BLPOP k 0", "HSET k f v", "DEL k", "LPUSHX k a", "LPUSH k a");
    }

    @Test
    void whateverMakesASortedSet() {
        serves("BZPOPMIN k 0", "ZADD k 1 m");
        serves("BZPOPMAX k 0", "ZADD k INCR 1 m");
        serves("BZPOPMIN k 0", "ZINCRBY k 2 m");
        serves("BZPOPMIN k 0", "ZADD s 1 m", "ZUNIONSTORE k 1 s");
        serves("BZPOPMIN k 0", "ZADD s 1 m", "ZINTERSTORE k 1 s");
        serves("BZPOPMIN k 0", "ZADD s 1 m", "ZDIFFSTORE k 1 s");
        serves("BZPOPMIN k 0", "ZADD s 1 m", "ZRANGESTORE k s 0 -1");
        serves("BZPOPMIN k 0", "SET k v", "ZADD s 1 m", "ZRANGESTORE k s 0 -1");
        serves("BZPOPMIN k 0", "ZADD s 1 m", "RENAME s k");
        serves("BZMPOP 0 1 k MIN", "ZADD s 1 m", "COPY s k");
    }

    @Test
    void aSwapOfDatabases() {
        int one = waiting.begin("BLPOP k 0");
        int other = waiting.begin("SELECT 1");
        waiting.reply(other);
        waiting.send(other, "BLPOP l 0");
        t.run("RPUSH l 0");
        t.run("SELECT 1");
        t.run("RPUSH k 1");
        t.run("SWAPDB 0 1").replies("OK");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "1"));
        assertThat(waiting.reply(other)).isEqualTo(List.of("l", "0"));
    }

    @Test
    void expiryOfAnotherTypeLeavesTheKeyFree() {
        int one = waiting.begin("BLPOP k 0");
        t.run("SET k v PX 10");
        t.advance(20, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.run("RPUSH k a").replies(1);
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "a"));
    }

    @Test
    void aListWhoseTimeIsOverServesNobody() {
        t.run("RPUSH s a");
        t.run("PEXPIRE s 10");
        int one = waiting.begin("BLPOP k 0");
        t.advance(20, MILLISECONDS);
        t.run("RENAME s k").fails("ERR no such key");
        t.turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
    }

    @Test
    void flushedAndRolledBack() {
        int one = waiting.begin("BLPOP k 0");
        try (Snapshot empty = t.engine().freeze()) {
            t.run("RPUSH x a");
            t.run("FLUSHALL");
            assertThat(waiting.reply(one)).isEqualTo(WAITS);
            t.engine().rollBack(empty);
        }
        t.turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.run("RPUSH k a");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "a"));
    }

    // ---- time

    @Test
    void timeoutsAreExactAndTheLoopIsAskedToWakeForThem() {
        int late = waiting.begin("BLPOP k 2");
        int early = waiting.begin("BLPOP k 0.5");
        assertThat(t.engine().nextDutyInMs()).isEqualTo(500);
        t.advance(499, MILLISECONDS).turn();
        assertThat(t.engine().nextDutyInMs()).isEqualTo(1);
        assertThat(waiting.reply(early)).isEqualTo(WAITS);
        t.advance(1, MILLISECONDS).turn();
        assertThat(waiting.reply(early)).isNull();
        assertThat(waiting.connection(early).resumes()).isEqualTo(1);
        assertThat(t.engine().nextDutyInMs()).isEqualTo(1500);
        t.advance(100, SECONDS).turn();
        assertThat(waiting.reply(late)).isNull();
        assertThat(t.engine().nextDutyInMs()).isEqualTo(-1);
    }

    @Test
    void whoseTimeIsOverGetsNothingEvenIfNobodyHasToldHim() {
        int one = waiting.begin("BLPOP k 1");
        t.advance(1, SECONDS);
        t.run("RPUSH k a").replies(1);
        assertThat(waiting.reply(one)).isNull();
        t.run("LLEN k").replies(1);
    }

    @Test
    void aTimeoutIsCountedFromTheFirstRun() {
        int one = waiting.begin("BLMOVE k d LEFT LEFT 1");
        int two = waiting.begin("BLPOP k 1");
        t.advance(600, MILLISECONDS);
        t.run("RPUSH k a");
        assertThat(waiting.reply(one)).isEqualTo("a");
        assertThat(waiting.reply(two)).isEqualTo(WAITS);
        t.advance(400, MILLISECONDS).turn();
        assertThat(waiting.reply(two)).isNull();
    }

    @Test
    void theNextRequestsRunBehindTheReply() {
        EngineFixture.Other other = t.other();
        Argv[] batch = {Argv.of("BLPOP", "k", "0"), Argv.of("RPUSH", "o", "1"), Argv.of("PING")};
        assertThat(t.engine().execute(other.client(), batch, 3)).isEqualTo(1);
        t.engine().beforeSleep();
        t.run("EXISTS o").replies(0);
        assertThat(t.engine().execute(other.client(), new Argv[] {batch[1], batch[2]}, 2))
                .isZero();
        t.run("RPUSH k a");
        assertThat(t.engine().nextDutyInMs()).as("somebody may go on").isZero();
        assertThat(other.connection().take()).isEqualTo(List.of("k", "a"));
        t.turn();
        assertThat(other.connection().resumes()).isEqualTo(1);
        assertThat(t.engine().execute(other.client(), new Argv[] {batch[1], batch[2]}, 2))
                .isEqualTo(2);
        assertThat(other.connection().takeAll()).containsExactly(1L, "PONG");
    }

    // ---- other ends

    @Test
    void unblockedByWish() {
        int one = waiting.begin("BLPOP k 0");
        String unblock = "CLIENT UNBLOCK " + waiting.id(one);
        t.run(unblock).replies(1);
        assertThat(waiting.reply(one)).isNull();
        t.run(unblock).replies(0);
        waiting.send(one, "BLMOVE k d LEFT LEFT 0");
        t.run(unblock + " TIMEOUT").replies(1);
        assertThat(waiting.reply(one)).isNull();
        waiting.send(one, "BZPOPMIN k 0");
        t.run(unblock + " error").replies(1);
        assertThat(waiting.reply(one)).isEqualTo(new Failure("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
        t.run("RPUSH k a").replies(1);
        t.run("LLEN k").replies(1);
        t.run("CLIENT UNBLOCK 999").replies(0);
        t.run("CLIENT UNBLOCK x").fails("ERR value is not an integer or out of range");
        t.run("CLIENT UNBLOCK x FOO").fails("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        assertThat((String) t.run("INFO errorstats").value()).contains("errorstat_UNBLOCKED:count=1");
    }

    @Test
    void aPauseIsNoBlock() {
        t.run("CLIENT PAUSE 1000 WRITE");
        int one = waiting.begin("BLPOP k 0");
        t.run("CLIENT UNBLOCK " + waiting.id(one)).replies(0);
        t.run("CLIENT UNPAUSE");
        t.turn();
        t.run("CLIENT UNBLOCK " + waiting.id(one)).replies(1);
        assertThat(waiting.reply(one)).isNull();
    }

    @Test
    void nothingIsTakenForWhoIsGone() {
        int gone = waiting.begin("BLPOP k 0");
        int killed = waiting.begin("BLPOP k 5");
        int there = waiting.begin("BLPOP k 0");
        waiting.disconnect(gone);
        t.run("CLIENT KILL ID " + waiting.id(killed)).replies(1);
        assertThat(waiting.connection(killed).aborted()).isTrue();
        t.forget();
        t.run("RPUSH k a");
        assertThat(waiting.reply(there)).isEqualTo(List.of("k", "a"));
        t.effects("RPUSH k a", "LPOP k");
        t.advance(10, SECONDS).turn();
        assertThat(waiting.connection(killed).pending()).isZero();
        assertThat(info("blocked_clients") + info("total_blocking_keys") + info("clients_in_timeout_table"))
                .isZero();
    }

    @Test
    void whoGoesAfterBeingServedIsNotResumed() {
        int one = waiting.begin("BLPOP k 0");
        t.run("RPUSH k a");
        waiting.disconnect(one);
        assertThat(t.engine().resume()).isNull();
    }

    // ---- pauses

    @Test
    void aPushBeforeAPauseHasServedAlready() {
        int one = waiting.begin("BLPOP k 0");
        t.run("RPUSH k a");
        t.run("CLIENT PAUSE 1000");
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "a"));
    }

    @Test
    void aPushDuringAPauseServesBehindIt() {
        int one = waiting.begin("BLPOP k 0");
        t.run("CLIENT PAUSE 1000 WRITE");
        int push = waiting.begin("RPUSH k a");
        t.turn();
        assertThat(waiting.reply(one)).isEqualTo(WAITS);
        t.advance(1, SECONDS).turn();
        assertThat(waiting.reply(push)).isEqualTo(1L);
        assertThat(waiting.reply(one)).isEqualTo(List.of("k", "a"));
    }

    @Test
    void timeGoesOnDuringAPause() {
        int one = waiting.begin("BLPOP k 0.3");
        t.run("CLIENT PAUSE 1000 ALL");
        assertThat(t.engine().nextDutyInMs()).isEqualTo(300);
        t.advance(300, MILLISECONDS).turn();
        assertThat(waiting.reply(one)).isNull();
    }

    // ---- what is shown

    @Test
    void muteClientsGetNothing() {
        int off = waiting.begin("CLIENT REPLY OFF");
        int skip = waiting.begin("CLIENT REPLY SKIP");
        waiting.send(off, "BLPOP k 0");
        waiting.send(skip, "BLPOP k 0");
        t.run("RPUSH k a b").replies(2);
        t.run("EXISTS k").replies(0);
        assertThat(waiting.reply(off)).isEqualTo(WAITS);
        assertThat(waiting.reply(skip)).isEqualTo(WAITS);
        waiting.send(skip, "PING");
        assertThat(waiting.reply(skip)).isEqualTo("PONG");
    }

    @Test
    void clientsAndKeysAreCounted() {
        int one = waiting.begin("BLPOP a b 0");
        waiting.begin("BLPOP b c 7");
        assertThat(info("blocked_clients")).isEqualTo(2);
        assertThat(info("clients_in_timeout_table")).isEqualTo(1);
        assertThat(info("total_blocking_keys")).isEqualTo(3);
        assertThat(info("total_blocking_keys_on_nokey")).isZero();
        assertThat((String) t.run("CLIENT LIST ID " + waiting.id(one)).value())
                .contains(" flags=b ")
                .contains(" cmd=blpop ");
        t.run("RPUSH b x y");
        assertThat(info("blocked_clients") + info("clients_in_timeout_table") + info("total_blocking_keys"))
                .isZero();
        assertThat((String) t.run("CLIENT LIST ID " + waiting.id(one)).value()).contains(" flags=N ");
    }

    @Test
    void aCommandIsCalledOnceWhenItHasBeenAnswered() {
        int one = waiting.begin("BLPOP k 0");
        int two = waiting.begin("BLPOP k 1");
        assertThat(stats("blpop")).isEqualTo("calls=0");
        t.run("RPUSH k a");
        assertThat(stats("blpop")).isEqualTo("calls=1");
        t.advance(1, SECONDS).turn();
        assertThat(stats("blpop")).isEqualTo("calls=2");
        waiting.reply(one);
        waiting.reply(two);
        waiting.send(one, "BLPOP k x");
        assertThat((String) t.run("INFO commandstats").value()).containsPattern("blpop:calls=3,.*failed_calls=1");
    }

    private String stats(String command) {
        String all = (String) t.run("INFO commandstats").value();
        int at = all.indexOf("cmdstat_" + command + ":");
        return at < 0 ? "calls=0" : all.substring(all.indexOf(':', at) + 1, all.indexOf(',', at));
    }

    @Test
    void monitorShowsTheRequestWhenItComes() {
        EngineFixture.Other monitor = t.other();
        monitor.run("MONITOR");
        waiting.begin("BLPOP k 0");
        t.run("RPUSH k a");
        List<Object> lines = monitor.connection().takeAll();
        assertThat(lines).hasSize(2);
        assertThat((String) lines.get(0)).endsWith("\"BLPOP\" \"k\" \"0\"");
        assertThat((String) lines.get(1)).endsWith("\"RPUSH\" \"k\" \"a\"");
    }

    @Test
    void theSlowlogGetsTheTimeOfAllRunsAndNotOfTheWaiting() {
        t.run("CONFIG SET slowlog-log-slower-than 1000");
        int one = waiting.begin("BLPOP k 0");
        t.advance(5, SECONDS);
        t.run("RPUSH k a");
        waiting.reply(one);
        t.run("SLOWLOG LEN").replies(0);
    }

    @Test
    void whatStandsInTheWayOfACommandIsLookedAtAgain() {
        t.run("RPUSH s a");
        int move = waiting.begin("BLMOVE k d LEFT LEFT 0");
        int pop = waiting.begin("BLPOP k 0");
        t.run("CONFIG SET maxmemory 1").replies("OK");
        t.run("RENAME s k").replies("OK");
        assertThat(waiting.reply(move))
                .isEqualTo(new Failure("OOM command not allowed when used memory > 'maxmemory'."));
        assertThat(waiting.reply(pop)).isEqualTo(List.of("k", "a"));
    }

    private long info(String field) {
        String all = (String) t.run("INFO clients").value();
        int at = all.indexOf("\n" + field + ":") + field.length() + 2;
        return Long.parseLong(all.substring(at, all.indexOf('\r', at)));
    }
}
