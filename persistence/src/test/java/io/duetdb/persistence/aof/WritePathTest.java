package io.duetdb.persistence.aof;

import static io.duetdb.persistence.aof.AofFiles.increment;
import static io.duetdb.persistence.aof.AofFiles.requests;
import static io.duetdb.persistence.aof.AofFiles.withoutChecksums;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written and forced when, and which replies leave when. */
class WritePathTest {
    private static final String FILE = increment(1);

    /** Counts how often a file is forced. */
    private static int[] forces(PersistenceFixture t) {
        int[] count = {0};
        t.disk()
                .watch(call -> count[0] +=
                        call.kind() == Kind.FILE_FORCE && call.path().equals(FILE) ? 1 : 0);
        return count;
    }

    /** Has the next force of the file fail, and says whether it has. */
    private static boolean[] failOneForce(PersistenceFixture t) {
        boolean[] failed = {false};
        t.disk().faults(call -> {
            boolean now = call.kind() == Kind.FILE_FORCE && call.path().equals(FILE) && !failed[0];
            failed[0] |= now;
            return now ? SimDisk.Fault.IO_ERROR : null;
        });
        return failed;
    }

    @Test
    void aNewDatabaseHasABaseAndAnIncrement() {
        PersistenceFixture t = PersistenceFixture.appending();
        assertThat(AofFiles.manifest(t.disk()))
                .isEqualTo("file appendonly.aof.1.base.rdb seq 1 type b\n"
                        + "file appendonly.aof.1.incr.aof seq 1 type i\n");
        assertThat(AofFiles.text(t.disk(), FILE)).isEqualTo("#DC1:0:00000000:0\r\n");
    }

    @Test
    void everysecRepliesLeaveBehindTheWrite() {
        PersistenceFixture t = PersistenceFixture.appending();
        int[] forces = forces(t);
        t.advance(2, SECONDS);
        Sent sent = t.send("SET k v");
        assertThat(sent.left()).isTrue();
        assertThat(withoutChecksums(t.disk(), FILE)).isEqualTo(requests("SELECT 0", "SET k v"));
        assertThat(forces[0]).isZero();
        t.settle();
        assertThat(forces[0]).isEqualTo(1);
    }

    @Test
    void aDatabaseIsSelectedWhereItChanges() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("SET a 1");
        t.run("SET b 2");
        t.run("SELECT 3");
        t.run("SET c 3");
        t.run("SELECT 0");
        t.run("MULTI");
        t.run("SET d 4");
        t.run("INCR d");
        t.run("EXEC");
        assertThat(withoutChecksums(t.disk(), FILE))
                .isEqualTo(requests(
                        "SELECT 0",
                        "SET a 1",
                        "SET b 2",
                        "SELECT 3",
                        "SET c 3",
                        "SELECT 0",
                        "MULTI",
                        "SET d 4",
                        "INCR d",
                        "EXEC"));
    }

    @Test
    void timesAreWrittenWhereAskedFor() {
        PersistenceFixture t = PersistenceFixture.appending("aof-timestamp-enabled=yes");
        long first = t.clock().wallUs() / 1_000_000;
        t.run("SET a 1");
        t.run("SET b 2");
        t.advance(2, SECONDS);
        t.run("SET c 3");
        assertThat(withoutChecksums(t.disk(), FILE))
                .isEqualTo("#TS:" + first + "\r\n" + requests("SELECT 0", "SET a 1", "SET b 2") + "#TS:"
                        + t.clock().wallUs() / 1_000_000 + "\r\n" + requests("SET c 3"));
    }

    @Test
    void everysecForcesOnceASecondByTheMonotonicClock() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.settle();
        int[] forces = forces(t);
        for (int i = 0; i < 100; i++) {
            t.run("INCR n");
            t.advance(100, MILLISECONDS);
        }
        assertThat(forces[0]).isBetween(9, 11);
        int before = forces[0];
        t.advance(5, SECONDS);
        assertThat(forces[0] - before).as("nothing new to force").isLessThanOrEqualTo(1);
    }

    @Test
    void everysecForcesMuchAtATenthOfASecondSoThatNoForceIsLong() {
        PersistenceFixture t = PersistenceFixture.appending();
        String write = "SET k " + "x".repeat(1 << 20);
        t.advance(2, SECONDS);
        t.run("SET k v");
        t.settle();
        int[] forces = forces(t);
        for (int i = 0; i < 10; i++) {
            t.run(write);
        }
        t.settle();
        assertThat(forces[0]).as("too soon").isZero();
        t.advance(150, MILLISECONDS);
        t.run("SET k v");
        t.settle();
        assertThat(forces[0]).as("10 MB after 150 ms").isEqualTo(1);
        t.advance(150, MILLISECONDS);
        t.run("SET k v");
        t.settle();
        assertThat(forces[0]).as("a few bytes after 150 ms").isEqualTo(1);
    }

    @Test
    void checksumsStandEvery4KbBeforeEachForceAndBehindWhatIsAsLongAsASector() {
        PersistenceFixture t = PersistenceFixture.appending("aof-timestamp-enabled=no");
        t.advance(2, SECONDS);
        t.run("SET k " + "x".repeat(1000));
        t.settle();
        assertThat(AofFiles.checksums(t.disk(), FILE)).hasSize(2);
        for (int i = 0; i < 20; i++) {
            t.send("SET k " + "x".repeat(400));
        }
        assertThat(AofFiles.checksums(t.disk(), FILE)).hasSize(4);
        t.send("SET k " + "x".repeat(500));
        t.send("SET k " + "x".repeat(500));
        assertThat(AofFiles.checksums(t.disk(), FILE)).hasSize(6);
        withoutChecksums(t.disk(), FILE);
        t.stop();
        String text = AofFiles.text(t.disk(), FILE);
        assertThat(text.substring(text.lastIndexOf("#DC1:"))).endsWith("\r\n").hasSizeLessThan(Annotation.BYTES_MAX);
    }

    @Test
    void checksumsCanBeLeftOut() {
        PersistenceFixture t = PersistenceFixture.appending("aof-checksum=no");
        t.run("SET k " + "x".repeat(10_000));
        t.stop();
        assertThat(AofFiles.checksums(t.disk(), FILE)).isEmpty();
    }

    @Test
    void alwaysHoldsRepliesUntilTheDiskHasThem() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=always");
        Sent sent = t.send("SET k v");
        assertThat(sent.left()).isFalse();
        Sent seen = t.other().send("GET k");
        assertThat(seen.left()).as("a reply that saw it").isFalse();
        while (t.step()) {
            t.turn();
        }
        assertThat(sent.left()).isTrue();
        assertThat(seen.left()).isTrue();
        t.crash(SimDisk.Survival.NONE).start();
        t.run("GET k").replies("v");
    }

    @Test
    void whatIsQueuedMeanwhileIsForcedAsOne() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=always");
        int[] forces = forces(t);
        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(t.send("SET k" + i + " v"));
        }
        while (t.step()) {
            t.turn();
        }
        assertThat(all).allMatch(Sent::left);
        assertThat(forces[0])
                .as("the first alone, all that came meanwhile as one")
                .isEqualTo(2);
    }

    @Test
    void whileForcingIsUnderWayTheWriterTakesOver() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.advance(2, SECONDS);
        t.send("SET a 1");
        assertThat(t.workers().names()).containsExactly("aof-fsync");
        Sent held = t.send("SET c 3");
        assertThat(held.left()).isFalse();
        assertThat(t.workers().step("aof-writer")).isTrue();
        t.turn();
        assertThat(held.left()).isTrue();
        assertThat(t.info("aof_pending_bio_fsync")).isEqualTo("1");
        t.settle();
        assertThat(t.info("aof_pending_bio_fsync")).isEqualTo("0");
        assertThat(t.send("SET d 4").left()).as("back to writing at once").isTrue();
        assertThat(t.info("aof_delayed_fsync")).isEqualTo("0");
    }

    @Test
    void whileForcingIsStuckRepliesWait() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.advance(2, SECONDS);
        t.send("SET a 1");
        t.clock().advance(2100, MILLISECONDS);
        Sent late = t.send("SET b 2");
        t.workers().step("aof-writer");
        t.turn();
        assertThat(late.left()).isFalse();
        assertThat(t.info("aof_delayed_fsync")).isEqualTo("1");
        t.workers().step("aof-fsync");
        t.turn();
        assertThat(late.left()).isTrue();
    }

    @Test
    void aFullDiskRefusesWritesServesReadsAndHeals() {
        for (String policy : List.of("everysec", "always", "no")) {
            PersistenceFixture t = PersistenceFixture.appending("appendfsync=" + policy);
            t.run("SET a 1");
            t.disk().faults(call -> call.kind() == Kind.FILE_WRITE ? SimDisk.Fault.NO_SPACE : null);
            Sent withheld = t.send("SET b 2");
            t.settle();
            assertThat(withheld.left()).as(policy).isFalse();
            PersistenceFixture.Other other = t.other();
            other.send("SET c 3").fails("MISCONF Errors writing to the AOF file: No space left on device");
            other.send("PING").fails("MISCONF Errors writing to the AOF file: No space left on device");
            other.send("GET a").replies("1");
            assertThat(t.info("aof_last_write_status")).isEqualTo("err");
            t.advance(30, SECONDS);
            assertThat(withheld.left()).isFalse();
            other.send("GET a").replies("1");
            t.disk().heal();
            t.advance(5, SECONDS);
            withheld.replies("OK");
            assertThat(t.info("aof_last_write_status")).isEqualTo("ok");
            other.run("SET c 3").replies("OK");
            t.crash(SimDisk.Survival.ALL).start();
            t.run("MGET a b c").replies(List.of("1", "2", "3"));
        }
    }

    @Test
    void aShortWriteIsTakenBack() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("SET a 1");
        int before = t.disk().bytes(FILE).length;
        long used = t.disk().files().stream()
                .mapToLong(f -> t.disk().bytes(f).length)
                .sum();
        t.disk().capacity(used + 30);
        Sent withheld = t.send("SET b " + "x".repeat(100));
        assertThat(t.disk().bytes(FILE)).hasSize(before);
        t.disk().capacity(Long.MAX_VALUE);
        t.advance(5, SECONDS);
        withheld.replies("OK");
        withoutChecksums(t.disk(), FILE);
    }

    @Test
    void afterAFailedForceEverythingIsWrittenAnew() {
        for (String policy : List.of("everysec", "always")) {
            PersistenceFixture t = PersistenceFixture.appending("appendfsync=" + policy);
            t.run("SET a 1");
            t.advance(2, SECONDS);
            boolean[] failed = failOneForce(t);
            Sent sent = t.send("SET b 2");
            while (!failed[0]) {
                t.clock().advance(100, MILLISECONDS);
                t.step();
                t.turn();
            }
            t.turn();
            t.other().send("SET c 3").fails("MISCONF Errors writing to the AOF file: Input/output error");
            t.advance(2, SECONDS);
            assertThat(sent.left()).as(policy).isTrue();
            t.run("SET c 3").replies("OK");
            assertThat(AofFiles.manifest(t.disk()))
                    .isEqualTo("file appendonly.aof.2.base.rdb seq 2 type b\n"
                            + "file appendonly.aof.2.incr.aof seq 2 type i\n");
            t.advance(2, SECONDS);
            t.crash(SimDisk.Survival.NONE).start();
            t.run("MGET a b c").replies(List.of("1", "2", "3"));
        }
    }

    @Test
    void anOrderlyEndBehindAFailedForceWritesEverythingAnewFirst() throws IOException {
        for (boolean before : List.of(true, false)) { // the force before the end fails, or the one at the end itself
            PersistenceFixture t = PersistenceFixture.appending("appendfsync=everysec");
            t.advance(2, SECONDS);
            boolean[] failed = failOneForce(t);
            t.send("SET a 1");
            if (before) {
                t.step();
                t.turn();
                assertThat(t.info("aof_last_write_status")).isEqualTo("err");
            }
            t.persistence().close();
            assertThat(failed[0]).isTrue();
            t.crash(SimDisk.Survival.NONE).start();
            t.run("GET a").replies("1");
        }
    }

    @Test
    void afterAFailedForceTheProcessEndsWhereThatIsAskedFor() {
        for (String policy : List.of("everysec", "always")) {
            PersistenceFixture t = PersistenceFixture.appending("appendfsync=" + policy, "aof-fsync-error=exit");
            t.run("SET a 1");
            t.advance(2, SECONDS);
            t.disk().faults(call -> call.kind() == Kind.FILE_FORCE ? SimDisk.Fault.IO_ERROR : null);
            assertThat(t.persistence().fatal()).isNull();
            Sent sent = t.send("SET b 2");
            t.clock().advance(1, SECONDS);
            t.step();
            t.turn();
            assertThat(t.persistence().fatal()).as(policy).startsWith("As aof-fsync-error says, Duet ends.");
            assertThat(sent.left())
                    .as("with always nobody may believe that it lasts")
                    .isEqualTo(policy.equals("everysec"));
        }
    }

    @Test
    void theFileIsSwitchedOnAndOffWhileRunning() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.run("SET a 1");
        t.settings().set("appendonly", "yes");
        t.run("SET b 2");
        t.settle();
        t.run("SET c 3");
        assertThat(AofFiles.manifest(t.disk()))
                .isEqualTo("file appendonly.aof.1.base.rdb seq 1 type b\n"
                        + "file appendonly.aof.1.incr.aof seq 1 type i\n");
        assertThat(withoutChecksums(t.disk(), FILE)).contains(requests("SET c 3"));
        t.settings().set("appendonly", "no");
        t.run("SET d 4");
        assertThat(withoutChecksums(t.disk(), FILE)).doesNotContain("SET\r\n$1\r\nd");
        t.settings().set("appendonly", "yes");
        t.settle();
        t.run("SET e 5");
        assertThat(AofFiles.manifest(t.disk()))
                .isEqualTo("file appendonly.aof.2.base.rdb seq 2 type b\n"
                        + "file appendonly.aof.2.incr.aof seq 2 type i\n");
        t.advance(2, SECONDS);
        t.crash(SimDisk.Survival.NONE);
        PersistenceFixture next = new PersistenceFixture(3, t.disk(), t.clock(), "appendonly=yes").start();
        next.run("MGET a b c d e").replies(List.of("1", "2", "3", "4", "5"));
    }

    @Test
    void theFileCannotBeSwitchedOnWhereTheFolderCannotBeMade() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.disk().faults(call -> call.kind() == Kind.MAKE_FOLDER ? SimDisk.Fault.IO_ERROR : null);
        t.run("CONFIG SET appendonly yes")
                .fails("ERR CONFIG SET failed (possibly related to argument 'appendonly')"
                        + " - Unable to turn on AOF. Check server logs.");
        assertThat(t.info("aof_enabled")).isEqualTo("0");
        t.run("SET a 1").replies("OK");
    }

    @Test
    void thePolicyChangesWhileRunning() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("SET a 1");
        t.settings().set("appendfsync", "always");
        Sent held = t.send("SET b 2");
        assertThat(held.left()).isFalse();
        t.settle();
        assertThat(held.left()).isTrue();
        t.settings().set("appendfsync", "no");
        assertThat(t.send("SET c 3").left()).isTrue();
        t.advance(5, SECONDS);
        t.settings().set("appendfsync", "always");
        Sent read = t.send("GET c");
        t.settle();
        read.replies("3");
        t.crash(SimDisk.Survival.NONE).start();
        t.run("MGET a b c").replies(List.of("1", "2", "3"));
    }

    @Test
    void moreThanMayWaitIsWrittenBeforeAnybodyIsServed() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=always");
        String big = "x".repeat(1 << 20);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 66; i++) {
            sent.add(t.send("SET k " + big));
        }
        assertThat(t.info("aof_delayed_fsync")).isEqualTo("1");
        assertThat(sent.get(63).left()).isTrue();
        t.settle();
        assertThat(sent).allMatch(Sent::left);
        assertThat(t.info("aof_buffer_length")).isEqualTo("0");
    }

    @Test
    void aRewriteMayStopForcing() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=always", "no-appendfsync-on-rewrite=yes");
        t.run("SET a 1");
        t.send("BGREWRITEAOF");
        while (!AofFiles.manifest(t.disk()).contains("2.incr")
                || t.workers().names().contains("aof-writer")) {
            t.workers().step("aof-writer");
            t.turn();
        }
        assertThat(t.send("SET b 2").left())
                .as("nothing is forced while the base is written")
                .isTrue();
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        t.crash(SimDisk.Survival.NONE).start();
        t.run("MGET a b").replies(List.of("1", "2"));
    }

    @Test
    void queuedRepliesWaitForNothing() {
        PersistenceFixture t = PersistenceFixture.appending("aof-ack=queued");
        t.disk().faults(call -> call.kind() == Kind.FILE_WRITE ? SimDisk.Fault.NO_SPACE : null);
        assertThat(t.send("SET a 1").left()).isTrue();
        t.send("SET b 2").fails("MISCONF Errors writing to the AOF file: No space left on device");
    }
}
