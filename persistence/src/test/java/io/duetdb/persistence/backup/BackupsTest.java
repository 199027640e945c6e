package io.duetdb.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Backups that a running server makes by itself. The clock of the tests begins at 2023-11-14 22:13:20 UTC. */
final class BackupsTest {
    private static List<String> backups(PersistenceFixture t) throws IOException {
        return t.disk().exists("/data/backups") ? t.disk().list("/data/backups") : List.of();
    }

    @Test
    void oneIsMadeWhenItIsDueAndHoldsWhatWasThereThen() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=hourly").start();
        t.run("SET k v");
        t.pass(40, TimeUnit.MINUTES).settle();
        assertThat(backups(t)).isEmpty();
        t.pass(6 * 60 + 40, TimeUnit.SECONDS).settle();
        assertThat(backups(t)).containsExactly("auto-20231114T230000Z.rdb");
        assertThat(RdbFiles.check(t.disk().bytes("/data/backups/auto-20231114T230000Z.rdb")))
                .isEqualTo(1);
        assertThat(t.log()).anyMatch(line -> line.startsWith("notice: Backup auto-20231114T230000Z: 1 key,"));
        t.pass(1, TimeUnit.HOURS).settle();
        assertThat(backups(t)).containsExactly("auto-20231114T230000Z.rdb", "auto-20231115T000000Z.rdb");
    }

    @Test
    void whatIsWrittenMeanwhileIsNotInIt() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=every 1h").start();
        t.run("SET before 1");
        t.pass(1, TimeUnit.HOURS);
        t.send("SET after 1");
        t.settle();
        String name = backups(t).get(0);
        assertThat(RdbFiles.check(t.disk().bytes("/data/backups/" + name))).isEqualTo(1);
    }

    @Test
    void onlyTheSchedulesOwnAreRemovedBeyondTheNumberKept() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=every 1h", "backup-keep=2");
        t.disk().makeFolder("/data/backups");
        t.disk().put("/data/backups/mine.rdb", new byte[] {1});
        t.start();
        for (int i = 0; i < 5; i++) {
            t.pass(1, TimeUnit.HOURS).settle();
        }
        assertThat(backups(t)).containsExactly("auto-20231115T021320Z.rdb", "auto-20231115T031320Z.rdb", "mine.rdb");
    }

    @Test
    void oneThatWasMissedIsMadeUpForOnceAfterTheStart() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=every 6h").start();
        t.pass(6, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(1);
        t.stop();
        t.clock().advance(3, TimeUnit.DAYS);
        t.start().settle();
        assertThat(backups(t)).hasSize(2);
        t.pass(5, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(2);
        t.pass(1, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(3);
    }

    @Test
    void aFailureIsToldAndTriedAgainSoon() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=hourly").start();
        t.disk().capacity(0);
        t.pass(47, TimeUnit.MINUTES).settle();
        assertThat(t.log())
                .anyMatch(line -> line.startsWith("warning: Backup auto-20231114T230020Z could not be made"));
        assertThat(backups(t)).noneMatch(name -> name.endsWith(".rdb"));
        assertThat(t.info("backup_last_status")).isEqualTo("err");
        t.disk().heal();
        t.disk().capacity(Long.MAX_VALUE);
        t.pass(5, TimeUnit.MINUTES).settle();
        assertThat(backups(t)).containsExactly("auto-20231114T230520Z.rdb");
        assertThat(t.info("backup_last_status")).isEqualTo("ok");
        assertThat(t.info("backups_made")).isEqualTo("1");
    }

    @Test
    void infoSaysWhenTheNextIsDueWhereThereIsASchedule() {
        PersistenceFixture t = new PersistenceFixture().start();
        assertThat(t.info("backup_last_status")).isNull();
        t.run("CONFIG SET backup-schedule \"every 1h\"").replies("OK");
        assertThat(t.info("backup_next_in_seconds")).isEqualTo("3600");
        assertThat(t.info("backup_in_progress")).isEqualTo("0");
        t.pass(1, TimeUnit.HOURS);
        assertThat(t.info("backup_in_progress")).isEqualTo("1");
        t.settle();
        assertThat(t.info("backup_in_progress")).isEqualTo("0");
    }

    @Test
    void aCrashInTheMiddleLeavesNothingThatLooksLikeABackup() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=every 1h").start();
        t.run("SET k v");
        t.pass(1, TimeUnit.HOURS);
        t.disk().crashAt(t.disk().calls() + 4);
        try {
            t.settle();
        } catch (SimDisk.Crash crash) {
            // as planned
        }
        t.crash(SimDisk.Survival.ALL).start().settle();
        for (String name : backups(t)) {
            assertThat(RdbFiles.check(t.disk().bytes("/data/backups/" + name)))
                    .as(name)
                    .isNotNegative();
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotPutBackupsOffForYears() throws IOException {
        PersistenceFixture t = new PersistenceFixture("backup-schedule=daily 03:00").start();
        t.clock().jumpTo(t.clock().nowMs() - TimeUnit.DAYS.toMillis(3650));
        t.settle();
        t.pass(24, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(1);
    }

    @Test
    void itCanBeSwitchedOnAndOffWhileTheServerRuns() throws IOException {
        PersistenceFixture t = new PersistenceFixture().start();
        t.pass(2, TimeUnit.DAYS).settle();
        assertThat(backups(t)).isEmpty();
        t.run("CONFIG SET backup-schedule \"every 1h\"").replies("OK");
        t.pass(1, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(1);
        t.run("CONFIG SET backup-schedule \"\"").replies("OK");
        t.pass(5, TimeUnit.HOURS).settle();
        assertThat(backups(t)).hasSize(1);
    }
}
