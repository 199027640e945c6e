package io.duetdb.persistence.aof;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While nothing can be appended, who only reads is answered, whatever time does to the data meanwhile. */
class ReadsWhileFailingTest {
    private static final int KEYS = 30;

    @ParameterizedTest
    @CsvSource({"everysec, FILE_WRITE", "always, FILE_WRITE", "everysec, FILE_FORCE", "always, FILE_FORCE"})
    void readsGoOnThoughKeysExpire(String policy, Kind failing) {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=" + policy)
                .start()
                .settle();
        t.run("SET kept 1");
        for (int i = 0; i < KEYS; i++) {
            t.run("SET mortal" + i + " 1 PX " + (10_000 + 100 * i));
        }
        t.disk().faults(call -> call.kind() == failing ? SimDisk.Fault.IO_ERROR : null);
        Sent withheld = t.send("SET b 2");
        t.advance(3, SECONDS);
        assertThat(t.info("aof_last_write_status")).isEqualTo("err");
        t.advance(6, SECONDS);
        PersistenceFixture.Other reader = t.other();
        for (int i = 0; i < 5 * KEYS; i++) {
            t.clock().advance(40, MILLISECONDS);
            Sent lazily = reader.send("GET mortal" + i / 3 % KEYS);
            assertThat(lazily.left())
                    .as("a read of what may be overdue, at %d", i)
                    .isTrue();
            Sent read = reader.send("GET kept");
            assertThat(read.left()).as("a read, at %d", i).isTrue();
            read.replies("1");
        }
        reader.send("EXISTS mortal0 mortal" + (KEYS - 1)).replies(0);
        t.disk().heal();
        t.advance(10, SECONDS);
        assertThat(t.info("aof_last_write_status")).isEqualTo("ok");
        withheld.replies("OK");
        t.crash(SimDisk.Survival.ALL).start();
        t.run("MGET kept b").replies(List.of("1", "2"));
        t.run("DBSIZE").replies(2);
    }
}
