package io.duetdb.persistence.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DEBUG RELOAD where others are in the midst of something. */
class ReloadTest {
    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void withinATransactionAndWithClientsThatWait(String appendOnly) {
        PersistenceFixture t = new PersistenceFixture("appendonly=" + appendOnly, "enable-debug-command=yes").start();
        PersistenceFixture.Other other = t.other();
        PersistenceFixture.Other watcher = t.other();
        t.run("SET a 1 EX 1000");
        t.run("HSET h f 1");
        t.run("HPEXPIRE h 100000 FIELDS 1 f");
        Sent waits = other.send("BLPOP queue 0");
        watcher.run("WATCH a");
        t.run("MULTI");
        t.run("RPUSH l 1 2");
        t.run("DEBUG RELOAD");
        t.run("LPOP l");
        t.run("APPEND a 2");
        t.run("EXEC").replies(List.of(2L, "OK", "1", 2L));
        assertThat(waits.left()).isFalse();
        t.run("RPUSH queue x").replies(1);
        waits.replies(List.of("queue", "x"));
        watcher.run("MULTI");
        watcher.run("GET a");
        watcher.run("EXEC").nil();
        t.run("MGET a").replies(List.of("12"));
        t.run("LRANGE l 0 -1").replies(List.of("2"));
        String digest = t.digest();
        if (appendOnly.equals("no")) {
            t.run("SAVE").replies("OK");
        }
        t.crash(SimDisk.Survival.ALL).start();
        assertThat(t.digest()).isEqualTo(digest);
    }
}
