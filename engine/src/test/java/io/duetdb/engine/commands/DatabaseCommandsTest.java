package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

class DatabaseCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void dbsizeCountsKeys() {
        t.run("DBSIZE").replies(0);
        t.run("MSET a 1 b 2 a 3");
        t.run("DBSIZE").replies(2);
    }

    @Test
    void flushesPropagateEvenWhenThereWasNothing() {
        t.run("FLUSHDB").replies("OK");
        t.run("FLUSHALL async").replies("OK");
        t.run("SET k v");
        t.run("FLUSHALL SYNC").replies("OK");
        t.run("FLUSHDB ASYNC").replies("OK");
        t.run("DBSIZE").replies(0);
        t.effects("FLUSHDB", "FLUSHALL async", "SET k v", "FLUSHALL SYNC", "FLUSHDB ASYNC");
        t.events("set:k");
        t.run("FLUSHALL foo").fails("ERR syntax error");
        t.run("FLUSHDB SYNC ASYNC").fails("ERR syntax error");
    }

    @Test
    void afterAFlushUsageIsBackToTheEmptyFigure() {
        t.turn();
        long empty = t.engine().usedBytes();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3000; i++) {
                t.run("SET key:" + i + " " + "x".repeat(i % 700) + (i % 3 == 0 ? " EX 1000" : ""));
            }
            t.run("SET big " + "y".repeat(300_000));
            t.run("APPEND big " + "z".repeat(100_000));
            t.run("SET " + "k".repeat(70_000) + " " + "z".repeat(100_000));
            assertThat(t.engine().usedBytes()).isGreaterThan(empty + 500_000);
            t.run("FLUSHALL");
            for (int i = 0; i < 10_000 && t.engine().usedBytes() > empty; i++) {
                t.turn();
            }
            assertThat(t.engine().usedBytes()).isEqualTo(empty);
        }
    }

    @Test
    void flushdbEmptiesOneDatabaseAndGivesItsMemoryBack() {
        t.run("SELECT 2");
        t.run("SET stays " + "x".repeat(5000) + " EX 100");
        t.turn();
        long before = t.engine().usedBytes();
        t.run("SELECT 1");
        for (int i = 0; i < 3000; i++) {
            t.run("SET key:" + i + " " + "x".repeat(i % 5000) + (i % 2 == 0 ? " EX 1000" : ""));
        }
        t.forget();
        t.run("FLUSHDB").replies("OK");
        t.effects("FLUSHDB");
        t.run("DBSIZE").replies(0);
        t.run("SET key:0 again").replies("OK");
        t.run("DEL key:0").replies(1);
        for (int i = 0; i < 5000; i++) {
            t.turn();
        }
        assertThat(t.engine().usedBytes()).isLessThan(before + (128 << 10));
        t.run("SELECT 2");
        t.run("STRLEN stays").replies(5000);
        t.run("TTL stays").replies(100);
        t.run("FLUSHALL").replies("OK");
        t.run("DBSIZE").replies(0);
    }

    @Test
    void swapdbChangesTheContentsWithTheirTimesToLive() {
        t.run("SET a 0 EX 10");
        t.run("SET b 0");
        t.run("SELECT 5");
        t.run("SET c 5 EX 20");
        t.forget();
        EngineFixture.Other other = t.other();
        t.run("SWAPDB 0 5").replies("OK");
        assertThat(t.effectLog().databases()).containsExactly(5);
        t.effects("SWAPDB 0 5");
        t.events();
        t.run("MGET a b c").array("0", "0", null);
        other.run("MGET a b c").array(null, null, "5");
        t.run("SET d 5 EX 30"); // filed while swapped
        t.run("SWAPDB 5 5").replies("OK");
        t.forget();
        t.advance(11, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(5);
        t.effects("DEL a");
        t.events("expired:a");
        t.run("SWAPDB 5 1").replies("OK");
        t.forget();
        t.advance(10, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(0);
        t.effects("DEL c");
        t.advance(10, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(1);
        t.effects("DEL d");
        t.run("DBSIZE").replies(0);
        other.run("DBSIZE").replies(0);
        t.run("SELECT 1");
        t.run("KEYS *").array("b");
        t.run("FLUSHALL");
        t.run("SET k v PX 10");
        t.forget();
        t.advance(1, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(1);
        t.effects("DEL k");
    }

    @Test
    void swapdbWantsTwoDatabases() {
        t.run("SWAPDB x 0").fails("ERR invalid first DB index");
        t.run("SWAPDB 0 99999999999").fails("ERR invalid second DB index");
        t.run("SWAPDB 0 16").fails("ERR DB index is out of range");
        t.run("SWAPDB -1 0").fails("ERR DB index is out of range");
        t.effects();
    }

    @Test
    void viewsAndRollBacksKnowWhichDatabaseWasWhich() throws Exception {
        t.run("SET a 0 EX 10");
        t.run("SELECT 1");
        t.run("SET b 1 EX 20");
        try (var snapshot = t.engine().freeze()) {
            byte[] before = snapshot.digest();
            t.run("SWAPDB 0 1");
            t.run("SET c 1");
            assertThat(snapshot.digest()).isEqualTo(before);
            t.engine().rollBack(snapshot);
        }
        t.run("MGET a b c").array(null, "1", null);
        t.forget();
        t.advance(11, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(0);
        t.effects("DEL a");
        t.advance(10, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(1);
        t.effects("DEL b");
    }
}
