package io.duetdb.persistence.aof;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that stays full for long: what waits for it, how soon it is noticed that there is room, what needs none. */
class FullDiskTest {
    private static PersistenceFixture start(String policy) {
        return new PersistenceFixture("appendonly=yes", "appendfsync=" + policy)
                .start()
                .settle();
    }

    private static void fill(PersistenceFixture t) {
        t.disk().faults(call -> call.kind() == Kind.FILE_WRITE ? SimDisk.Fault.NO_SPACE : null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"everysec", "always"})
    void whatWaitsDoesNotBecomeMoreWithEachAttempt(String policy) {
        PersistenceFixture t = start(policy);
        for (int i = 0; i < 200; i++) {
            t.run("SET mortal" + i + " 1 PX " + (10_000 + 2000 * i));
        }
        fill(t);
        Sent withheld = t.send("SET b 2");
        t.settle();
        int most = 0;
        for (int i = 0; i < 200; i++) {
            t.clock().advance(2, SECONDS);
            t.turn();
            most = Math.max(most, t.workers().waiting());
            t.settle();
        }
        assertThat(most).as("steps of an attempt").isBetween(2, 4);
        t.disk().heal();
        t.advance(2, SECONDS);
        withheld.replies("OK");
        t.run("SET c 3").replies("OK");
        String digest = t.digest();
        t.stop();
        t.start();
        assertThat(t.digest()).isEqualTo(digest);
        t.run("MGET b c").replies(List.of("2", "3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"everysec", "always", "no"})
    void withinTwoSecondsOfRoomItGoesOn(String policy) {
        PersistenceFixture t = start(policy);
        for (int i = 0; i < 12; i++) {
            fill(t);
            Sent withheld = t.send("SET k " + i);
            t.advance(20_000 + 300 * i, MILLISECONDS);
            assertThat(t.info("aof_last_write_status")).isEqualTo("err");
            t.disk().heal();
            t.advance(1800, MILLISECONDS);
            assertThat(t.info("aof_last_write_status")).as("%d", i).isEqualTo("ok");
            withheld.replies("OK");
        }
    }

    /** A second after a write its checksum is due, and by then others have filled the disk. */
    @Test
    void withoutRoomForAChecksumWhatIsWrittenIsForcedAllTheSame() throws Exception {
        PersistenceFixture t = start("everysec");
        t.advance(2, SECONDS);
        t.run("SET a 1");
        t.settle();
        t.send("SET b 2").replies("OK");
        fill(t);
        t.advance(5, SECONDS);
        assertThat(t.info("aof_last_write_status")).isEqualTo("ok");
        assertThat(t.persistence().durableOffset()).isEqualTo(t.engine().offset());
        assertThat(t.log()).noneMatch(line -> line.startsWith("warning: Writing the append-only file failed"));
        t.disk().heal();
        t.run("SET c 3");
        t.settle();
        t.send("SET d 4").replies("OK");
        fill(t);
        t.persistence().keep(false);
        t.crash(SimDisk.Survival.NONE).start();
        t.run("MGET a b c d").replies(List.of("1", "2", "3", "4"));
    }

    @Test
    void whatCameMeanwhileIsWrittenAtTheEnd() throws Exception {
        PersistenceFixture t = start("everysec");
        t.run("SET mortal 1 PX 1000");
        fill(t);
        t.send("SET b 2");
        t.advance(3, SECONDS);
        t.disk().heal();
        t.persistence().keep(false);
        String digest = t.digest();
        t.crash(SimDisk.Survival.NONE).start();
        assertThat(t.digest()).isEqualTo(digest);
        t.run("GET b").replies("2");
        t.run("EXISTS mortal").replies(0);
    }
}
