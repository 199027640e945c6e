package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.WireConnection;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionCommandsTest {
    private static final String OOM = "OOM command not allowed when used memory > 'maxmemory'.";

    private final EngineFixture t = new EngineFixture("enable-debug-command=yes");
    private final EngineFixture.Other other = t.other();

    private void queue(String... lines) {
        t.run("MULTI").replies("OK");
        for (String line : lines) {
            t.run(line).replies("QUEUED");
        }
    }

    private String info(String field) {
        String all = (String) other.run("INFO clients").value();
        int at = all.indexOf(field + ":");
        return all.substring(at, all.indexOf('\r', at));
    }

    private String ownLine() {
        String all = (String) other.run("CLIENT LIST").value();
        return all.substring(0, all.indexOf('\n'));
    }

    // ---- queue and run

    @Test
    void whatIsQueuedRunsAtExec() {
        queue("SET a 1", "INCR a", "GET a");
        other.run("GET a").nil();
        t.run("EXEC").array("OK", 2, "2");
        t.run("EXEC").fails("ERR EXEC without MULTI");
        t.run("GET a").replies("2");
    }

    @Test
    void anErrorAtRunningStopsAndUndoesNothing() {
        queue("SET a x", "INCR a", "LPUSH a 1", "SET b 2");
        t.run("EXEC")
                .array(
                        "OK",
                        new Failure("ERR value is not an integer or out of range"),
                        new Failure("WRONGTYPE Operation against a key holding the wrong kind of value"),
                        "OK");
    }

    @Test
    void aRequestThatCannotBeQueuedSpoilsTheWhole() {
        for (String bad : List.of("NOPE", "GET", "CLIENT NOPE", "SHUTDOWN NOSAVE")) {
            queue("SET a 1");
            assertThat(t.run(bad).value()).isInstanceOf(Failure.class);
            t.run("GET a").replies("QUEUED");
            t.run("EXEC").fails("EXECABORT Transaction discarded because of previous errors.");
            t.run("GET a").nil();
        }
        t.run("MULTI").replies("OK");
        t.run("SHUTDOWN NOSAVE").fails("ERR Command not allowed inside a transaction");
        t.run("DISCARD").replies("OK");
    }

    @Test
    void nestingIsRefusedAndSpoilsNothing() {
        queue("SET a 1");
        t.run("MULTI").fails("ERR MULTI calls can not be nested");
        t.run("WATCH a").fails("ERR WATCH inside MULTI is not allowed");
        t.run("EXEC").array("OK");
    }

    @Test
    void execOfTheWrongFormEndsTheTransaction() {
        String aborted = "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command";
        t.run("EXEC x").fails(aborted);
        queue("SET a 1");
        t.run("EXEC x").fails(aborted);
        t.run("EXEC").fails("ERR EXEC without MULTI");
    }

    @Test
    void discardForgetsAll() {
        t.run("DISCARD").fails("ERR DISCARD without MULTI");
        t.run("WATCH a");
        queue("SET a 1");
        t.run("DISCARD").replies("OK");
        t.run("GET a").nil();
        assertThat(info("watching_clients")).isEqualTo("watching_clients:0");
    }

    @Test
    void nothingQueuedIsAnEmptyArray() {
        t.run("MULTI");
        t.run("EXEC").array();
    }

    @Test
    void selectAndHelloActInside() throws Exception {
        queue("SET k 0", "SELECT 3", "SET k 3", "GET k");
        t.run("EXEC").array("OK", "OK", "OK", "3");
        t.run("GET k").replies("3");
        t.run("SELECT 0");
        t.run("GET k").replies("0");

        WireConnection wire = new WireConnection();
        Client client = t.engine().connect(wire);
        Argv[] batch = {
            Argv.of("MULTI"), Argv.of("HGETALL", "h"), Argv.of("HELLO", "3"), Argv.of("HGETALL", "h"), Argv.of("EXEC")
        };
        for (int i = 0; i < 4; i++) {
            t.engine().execute(client, new Argv[] {batch[i]}, 1);
            wire.take();
        }
        t.engine().execute(client, new Argv[] {batch[4]}, 1);
        List<?> replies = (List<?>) wire.take();
        assertThat(replies.get(0)).isEqualTo(List.of());
        assertThat(replies.get(2)).isEqualTo(java.util.Map.of());
    }

    @Test
    void monitorAndCommandsThatWaitAreRefusedOrDontWait() {
        queue("MONITOR", "WAIT 0 0", "PING");
        t.run("EXEC").array(new Failure("ERR MONITOR isn't allowed for DENY BLOCKING client"), 0, "PONG");
    }

    @Test
    void resetQuitAndTheEndOfTheConnectionForgetAll() {
        t.run("WATCH a b");
        queue("SET a 1");
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:2");
        t.run("RESET").replies("RESET");
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:0");
        t.run("EXEC").fails("ERR EXEC without MULTI");

        EngineFixture.Other third = t.other();
        third.run("WATCH a c");
        third.run("MULTI");
        third.run("SET a 1");
        assertThat(info("watching_clients")).isEqualTo("watching_clients:1");
        third.run("QUIT").replies("OK");
        t.engine().disconnect(third.client());
        assertThat(info("watching_clients")).isEqualTo("watching_clients:0");
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:0");
        t.run("GET a").nil();
    }

    @Test
    void aTransactionThatClosesItsOwnClientRunsToItsEnd() {
        EngineFixture.Other client = t.other();
        client.run("WATCH k");
        client.run("MULTI");
        client.run("CLIENT KILL ID " + client.client().id() + " SKIPME no").replies("QUEUED");
        client.run("SET a 1");
        client.run("EXEC").array(1, "OK");
        assertThat(client.connection().closing()).isTrue();
        assertThat(client.start("PING")).isFalse();
        t.run("GET a").replies("1");
    }

    @Test
    void aClientThatAnotherClosesQueuesInVain() {
        EngineFixture.Other client = t.other();
        client.run("WATCH k");
        client.run("MULTI");
        client.run("SET a 1");
        t.run("CLIENT KILL ID " + client.client().id()).replies(1);
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:0");
        assertThat(client.start("EXEC")).isFalse();
        t.run("GET a").nil();
    }

    @Test
    void repliesThatAreNotWantedDontCome() {
        assertThat(other.start("MULTI")).isTrue();
        other.start("CLIENT REPLY OFF");
        other.start("SET a 1");
        assertThat(other.connection().takeAll()).containsExactly("OK", "QUEUED", "QUEUED");
        other.start("EXEC");
        other.start("PING");
        assertThat(other.connection().takeAll()).isEmpty();
        t.run("GET a").replies("1");
        other.start("MULTI");
        other.start("CLIENT REPLY ON");
        other.start("GET a");
        other.start("EXEC");
        assertThat(other.connection().takeAll()).containsExactly(List.of("OK", "1"));
        other.start("CLIENT REPLY SKIP");
        other.start("MULTI");
        other.start("PING");
        assertThat(other.connection().takeAll()).containsExactly("QUEUED");
    }

    @Test
    void queuesHaveALimitTogether() {
        Argv[] big = {Argv.of("ECHO".getBytes(), new byte[16 << 20])};
        EngineFixture.Other first = t.other();
        first.run("MULTI");
        t.engine().execute(first.client(), big, 1);
        t.engine().execute(first.client(), big, 1);
        EngineFixture.Other second = t.other();
        second.run("MULTI");
        t.engine().execute(second.client(), big, 1);
        t.engine().execute(second.client(), big, 1);
        assertThat(second.connection().aborted()).isTrue();
        assertThat(second.connection().takeAll()).hasSize(1);
        t.engine().disconnect(second.client());
        t.engine().execute(first.client(), big, 1);
        assertThat(first.connection().aborted()).isFalse();
        assertThat(first.connection().takeAll()).hasSize(3); // what the other had queued is forgotten
    }

    // ---- watched keys

    @Test
    void aChangedKeyStopsTheTransaction() {
        t.run("WATCH k j k").replies("OK");
        other.run("SET k 1");
        queue("SET a 1");
        t.run("EXEC").nil();
        t.run("GET a").nil();
        queue("SET a 1");
        t.run("EXEC").array("OK");
    }

    @Test
    void onesOwnChangeBeforeMultiCountsToo() {
        t.run("WATCH k");
        t.run("SET k 1");
        queue("PING");
        t.run("EXEC").nil();
    }

    @Test
    void anErrorOfQueueingGoesBeforeAChangedKey() {
        t.run("WATCH k");
        t.run("SET k 1");
        queue("PING");
        t.run("NOPE");
        t.run("EXEC").fails("EXECABORT Transaction discarded because of previous errors.");
        queue("PING");
        t.run("EXEC").array("PONG");
    }

    @Test
    void unwatchForgetsWhatHappened() {
        t.run("UNWATCH").replies("OK");
        t.run("WATCH k");
        other.run("SET k 1");
        t.run("UNWATCH").replies("OK");
        queue("PING");
        t.run("EXEC").array("PONG");
        t.run("WATCH k");
        queue("UNWATCH", "PING");
        other.run("SET k 2");
        t.run("EXEC").nil();
    }

    @Test
    void keysOfAnotherDatabaseAreOthers() {
        t.run("WATCH k");
        other.run("SELECT 1");
        other.run("SET k 1");
        queue("PING");
        t.run("EXEC").array("PONG");
        t.run("SELECT 1");
        t.run("WATCH k");
        t.run("SELECT 0");
        other.run("SET k 2");
        queue("PING");
        t.run("EXEC").nil();
    }

    @Test
    void manyMayWatchOneKey() {
        EngineFixture.Other[] watchers = new EngineFixture.Other[1000];
        for (int i = 0; i < watchers.length; i++) {
            watchers[i] = t.other();
            watchers[i].run("WATCH k own" + i);
        }
        assertThat(info("watching_clients")).isEqualTo("watching_clients:1000");
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:1001");
        t.run("SET own7 v");
        assertThat(info("watching_clients")).isEqualTo("watching_clients:999");
        t.run("SET k v");
        assertThat(info("total_watched_keys")).isEqualTo("total_watched_keys:0");
        watchers[999].run("MULTI");
        watchers[999].run("EXEC").nil();
    }

    @Test
    void aKeyWhoseTimeIsOverWhileItIsWatchedIsChanged() {
        t.run("SET k v PX 50");
        t.run("WATCH k");
        queue("PING");
        t.advance(51, MILLISECONDS); // nobody has met it when EXEC comes
        t.run("EXEC").nil();

        t.run("SET k v PX 50");
        t.run("WATCH k");
        t.advance(51, MILLISECONDS);
        t.turn(); // the background has met it
        queue("PING");
        t.run("EXEC").nil();
    }

    @Test
    void aKeyWhoseTimeWasOverBeforeIsAbsentAndStaysSo() {
        t.run("DEBUG SET-ACTIVE-EXPIRE 0");
        for (String line : List.of("GET k", "DEL k", "FLUSHALL", "FLUSHDB", "PING")) {
            t.run("SET k v PX 50");
            t.advance(51, MILLISECONDS);
            t.run("WATCH k");
            other.run(line);
            queue("PING");
            t.run("EXEC").array("PONG");
        }
        t.run("SET k v PX 50");
        t.advance(51, MILLISECONDS);
        t.run("WATCH k");
        other.run("SET k w");
        queue("PING");
        t.run("EXEC").nil();
        t.run("SET k v PX 50");
        t.run("WATCH k");
        t.advance(51, MILLISECONDS);
        other.run("FLUSHALL");
        queue("PING");
        t.run("EXEC").nil();
    }

    @Test
    void databasesThatAreEmptiedOrSwappedChangeTheKeysTheyHave() {
        t.run("SET k v");
        for (String line : List.of("FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "SWAPDB 1 0")) {
            t.run("SET k v");
            t.run("WATCH k");
            EngineFixture.Other absent = t.other();
            absent.run("WATCH nosuch");
            other.run(line);
            queue("PING");
            t.run("EXEC").nil();
            absent.run("MULTI");
            absent.run("EXEC").array();
        }
        t.run("FLUSHALL");
        t.run("SET k v");
        t.run("SELECT 1");
        t.run("WATCH k"); // not there yet
        other.run("SWAPDB 0 0");
        other.run("SWAPDB 1 0");
        queue("PING");
        t.run("EXEC").nil();
    }

    @Test
    void anEarlierStateOfTheKeyspaceSpoilsAll() {
        try (var before = t.engine().freeze()) {
            t.run("WATCH k");
            t.engine().rollBack(before);
            queue("PING");
            t.run("EXEC").nil();
        }
    }

    // ---- effects and events

    @Test
    void severalEffectsBelongTogetherAndOneStandsAlone() {
        queue("SET a 1", "GET a", "INCR a", "SELECT 2", "SET b 1");
        t.run("EXEC");
        assertThat(t.effectLog().databases()).containsExactly(0, 0, 0, 2, 2);
        t.effects("MULTI", "SET a 1", "INCR a", "SET b 1", "EXEC");
        queue("GET b", "SET b 2", "LPUSH b 1");
        t.run("EXEC");
        t.effects("SET b 2");
        queue("GET b");
        t.run("EXEC");
        t.run("MULTI");
        t.run("EXEC");
        t.effects();
    }

    @Test
    void itsWritesAreTheClients() {
        queue("GET a", "SET a 1", "GET a");
        t.run("EXEC");
        assertThat(t.client().writeOffset()).isEqualTo(t.engine().offset()).isPositive();
    }

    @Test
    void eventsComeAsTheCommandsRun() {
        queue("SET a 1 EX 100", "DEL a");
        t.events();
        t.run("EXEC");
        t.events("set:a", "expire:a", "del:a");
    }

    // ---- what is checked again at EXEC

    @Test
    void withoutRoomNothingIsQueuedAndNoWriteRuns() {
        queue("SET a 1");
        other.run("CONFIG SET maxmemory 1").replies("OK");
        t.run("GET a").fails(OOM);
        t.run("EXEC").fails("EXECABORT Transaction discarded because of: " + OOM);
        other.run("CONFIG SET maxmemory 0");
        queue("SET a 1");
        other.run("CONFIG SET maxmemory 1");
        t.run("EXEC").fails("EXECABORT Transaction discarded because of: " + OOM);
        t.run("EXEC").fails("ERR EXEC without MULTI");
        other.run("CONFIG SET maxmemory 0");
        queue("GET a");
        other.run("CONFIG SET maxmemory 1");
        t.run("EXEC").array((Object) null);
        other.run("CONFIG SET maxmemory 0");
        queue("CONFIG SET maxmemory 1", "SET a 1", "DEL a");
        t.run("EXEC").array("OK", new Failure(OOM), 0);
    }

    @Test
    void aPauseOfWritesHoldsATransactionThatWrites() {
        other.run("MULTI");
        other.run("SET a 1");
        queue("GET a");
        EngineFixture.Other third = t.other();
        third.run("CLIENT PAUSE 1000 WRITE");
        t.run("EXEC").array((Object) null);
        assertThat(other.start("EXEC")).isTrue();
        t.turn();
        assertThat(other.connection().pending()).isZero();
        t.advance(1, SECONDS).turn();
        assertThat(other.connection().take()).isEqualTo(List.of("OK"));
    }

    @Test
    void whileLoadingOnlyWhatMayRunThenRuns() {
        queue("ECHO x");
        t.engine().beginLoading();
        t.run("EXEC").array("x");
        t.run("MULTI").replies("OK");
        t.run("GET a").fails("LOADING Redis is loading the dataset in memory");
        t.run("EXEC").fails("EXECABORT Transaction discarded because of previous errors.");
        t.engine().endLoading();
        queue("GET a");
        t.engine().beginLoading();
        t.run("EXEC")
                .fails("EXECABORT Transaction discarded because of: LOADING Redis is loading the dataset in memory");
        t.engine().endLoading();
    }

    @Test
    void aStrangerHasNoTransactions() {
        EngineFixture closed = new EngineFixture("requirepass=secret");
        closed.run("MULTI").fails("NOAUTH Authentication required.");
        closed.run("DISCARD").fails("NOAUTH Authentication required.");
        closed.run("EXEC").fails("EXECABORT Transaction discarded because of: NOAUTH Authentication required.");
    }

    // ---- who looks on

    @Test
    void monitorShowsCommandsWhenTheyRun() {
        EngineFixture.Other m = t.other();
        String when = "1700000000.000000 [0 127.0.0.1:50000] ";
        m.run("MONITOR");
        queue("SET a 1", "GET a");
        assertThat(m.connection().takeAll()).containsExactly(when + "\"MULTI\"");
        t.run("EXEC").array("OK", "1");
        assertThat(m.connection().takeAll())
                .containsExactly(when + "\"SET\" \"a\" \"1\"", when + "\"GET\" \"a\"", when + "\"EXEC\"");
        queue();
        t.run("EXEC x");
        assertThat(m.connection().takeAll()).containsExactly(when + "\"MULTI\"", when + "\"EXEC\" \"x\"");
    }

    @Test
    void theSlowlogHasWhatRanButNotExec() {
        t.run("CONFIG SET slowlog-log-slower-than 0");
        t.run("SLOWLOG RESET");
        queue("SET a 1", "GET a");
        t.run("EXEC");
        List<?> entries = (List<?>) t.run("SLOWLOG GET").value();
        assertThat(entries.stream().map(e -> (Object) ((List<?>) e).get(3)).toList())
                .containsExactly(
                        List.of("GET", "a"), List.of("SET", "a", "1"), List.of("MULTI"), List.of("SLOWLOG", "RESET"));
    }

    @Test
    void commandsCountWhenTheyRun() {
        queue("GET a", "INCR a");
        t.run("GET").fails("ERR wrong number of arguments for 'get' command");
        t.run("DISCARD");
        String before = (String) t.run("INFO commandstats").value();
        assertThat(before).contains("cmdstat_get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0");
        queue("GET a", "LPUSH a 1", "GET a");
        t.run("EXEC");
        String after = (String) t.run("INFO commandstats").value();
        assertThat(after).contains("cmdstat_get:calls=2,", "cmdstat_lpush:calls=1,", "cmdstat_exec:calls=1,");
        assertThat(after).contains("failed_calls=1");
    }

    @Test
    void clientListShowsTheTransaction() {
        assertThat(ownLine()).contains(" flags=N ", " multi=-1 watch=0 ");
        t.run("WATCH a b");
        assertThat(ownLine()).contains(" flags=N ", " multi=-1 watch=2 ", " multi-mem=0 ");
        queue("SET a 1", "GET a");
        assertThat(ownLine())
                .contains(" flags=x ", " multi=2 watch=2 ", " cmd=get ")
                .doesNotContain("multi-mem=0 ");
        other.run("SET b 1");
        assertThat(ownLine()).contains(" flags=xd ", " multi=2 watch=0 ");
        t.run("DISCARD");
        queue("CLIENT INFO");
        List<?> replies = (List<?>) t.run("EXEC").value();
        assertThat((String) replies.get(0)).contains(" flags=x ", " multi=1 watch=0 ", " cmd=exec ");
        assertThat(ownLine()).contains(" flags=N ", " multi=-1 watch=0 ");
    }
}
