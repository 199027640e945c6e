package io.duetdb.persistence.aof;

import static io.duetdb.persistence.aof.AofFiles.FOLDER;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rewrites: what BGREWRITEAOF answers, which files there are at each step, what a crash or a failure leaves. */
class RewriteTest {
    private static final String STARTED = "Background append only file rewriting started";
    private static final String SCHEDULED = "Background append only file rewriting scheduled";

    /** Every list that took the place of another. */
    private static List<String> manifests(PersistenceFixture t) {
        List<String> all = new ArrayList<>();
        t.disk().watch(call -> {
            if (call.kind() == Kind.RENAME && call.path().contains("manifest")) {
                all.add(AofFiles.manifest(t.disk()));
            }
        });
        return all;
    }

    @Test
    void theListsAreThoseOfRedis() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("SET a b");
        List<String> manifests = manifests(t);
        t.run("BGREWRITEAOF").replies(STARTED);
        t.run("BGREWRITEAOF").fails("ERR Background append only file rewriting already in progress");
        t.settle();
        assertThat(manifests).containsExactly("""
                        file appendonly.aof.1.base.rdb seq 1 type b
                        file appendonly.aof.1.incr.aof seq 1 type i
                        file appendonly.aof.2.incr.aof seq 2 type i
                        """, """
                        file appendonly.aof.2.base.rdb seq 2 type b
                        file appendonly.aof.1.incr.aof seq 1 type h
                        file appendonly.aof.1.base.rdb seq 1 type h
                        file appendonly.aof.2.incr.aof seq 2 type i
                        """, """
                        file appendonly.aof.2.base.rdb seq 2 type b
                        file appendonly.aof.2.incr.aof seq 2 type i
                        """);
        assertThat(t.disk().files())
                .containsExactlyInAnyOrder(
                        FOLDER + "appendonly.aof.manifest",
                        FOLDER + "appendonly.aof.2.base.rdb",
                        FOLDER + "appendonly.aof.2.incr.aof");
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        assertThat(t.info("aof_last_bgrewrite_status")).isEqualTo("ok");
    }

    @Test
    void supersededFilesStayWhereAskedFor() {
        PersistenceFixture t = PersistenceFixture.appending("aof-disable-auto-gc=yes");
        t.run("BGREWRITEAOF");
        t.settle();
        t.run("BGREWRITEAOF");
        t.settle();
        assertThat(AofFiles.manifest(t.disk())).isEqualTo("""
                        file appendonly.aof.3.base.rdb seq 3 type b
                        file appendonly.aof.2.incr.aof seq 2 type h
                        file appendonly.aof.2.base.rdb seq 2 type h
                        file appendonly.aof.1.incr.aof seq 1 type h
                        file appendonly.aof.1.base.rdb seq 1 type h
                        file appendonly.aof.3.incr.aof seq 3 type i
                        """);
        t.crash(SimDisk.Survival.ALL);
        new PersistenceFixture(2, t.disk(), t.clock(), "appendonly=yes").start().settle();
        assertThat(AofFiles.manifest(t.disk())).isEqualTo("""
                        file appendonly.aof.3.base.rdb seq 3 type b
                        file appendonly.aof.3.incr.aof seq 3 type i
                        """);
    }

    @Test
    void withoutAppendingOnlyABaseIsWritten() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.run("SET a b");
        t.run("BGREWRITEAOF").replies(STARTED);
        t.settle();
        assertThat(AofFiles.manifest(t.disk())).isEqualTo("file appendonly.aof.1.base.rdb seq 1 type b\n");
        assertThat(t.info("aof_enabled")).isEqualTo("0");
        assertThat(t.info("aof_current_size")).isNull();
    }

    @Test
    void itIsScheduledInATransactionAndBehindASnapshot() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("MULTI");
        t.run("BGREWRITEAOF");
        t.run("EXEC").replies(List.of(SCHEDULED));
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        t.send("BGSAVE");
        t.send("BGREWRITEAOF").replies(SCHEDULED);
        assertThat(t.info("aof_rewrite_scheduled")).isEqualTo("1");
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("2");
        assertThat(t.info("aof_rewrite_scheduled")).isEqualTo("0");
    }

    @Test
    void writesGoOnMeanwhile() {
        for (String policy : List.of("everysec", "always")) {
            PersistenceFixture t = PersistenceFixture.appending("appendfsync=" + policy);
            for (int i = 0; i < 100; i++) {
                t.send("SET k" + i + " a");
            }
            t.send("BGREWRITEAOF");
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sent.add(t.send("SET k" + i + " b"));
                t.step();
                t.send("INCR n");
                t.turn();
            }
            t.settle();
            assertThat(sent).allMatch(Sent::left);
            assertThat(t.info("aof_rewrites")).isEqualTo("1");
            String digest = t.digest();
            t.crash(SimDisk.Survival.ALL).start();
            assertThat(t.digest()).isEqualTo(digest);
            t.run("GET n").replies("200");
        }
    }

    @Test
    void growthStartsItByItself() {
        PersistenceFixture t = PersistenceFixture.appending("auto-aof-rewrite-min-size=1kb");
        for (int i = 0; i < 20; i++) {
            t.send("SET k " + "x".repeat(100));
        }
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        assertThat(Long.parseLong(t.info("aof_current_size"))).isLessThan(1500);
        t.settings().set("auto-aof-rewrite-percentage", "0");
        for (int i = 0; i < 50; i++) {
            t.run("SET k " + "x".repeat(100));
        }
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
    }

    @Test
    void failuresPutTheNextAttemptOff() {
        PersistenceFixture t = PersistenceFixture.appending("auto-aof-rewrite-min-size=1kb");
        t.disk()
                .faults(call -> call.path().contains("temp-appendonly.aof.base") && call.kind() == Kind.CREATE
                        ? SimDisk.Fault.NO_SPACE
                        : null);
        for (int i = 0; i < 30; i++) {
            t.run("SET k " + "x".repeat(100));
            t.settle();
        }
        assertThat(t.info("aof_rewrites_consecutive_failures")).isEqualTo("3");
        assertThat(t.info("aof_last_bgrewrite_status")).isEqualTo("err");
        t.run("SET k v").replies("OK");
        t.disk().heal();
        t.advance(50, SECONDS);
        t.run("SET k v");
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("0");
        t.advance(1, MINUTES);
        t.run("SET k v");
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        assertThat(t.info("aof_rewrites_consecutive_failures")).isEqualTo("0");
    }

    @Test
    void withoutRoomItIsRefused() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.run("SET a " + "x".repeat(100_000));
        long used = t.disk().files().stream()
                .mapToLong(f -> t.disk().bytes(f).length)
                .sum();
        t.disk().capacity(used + 2000);
        t.run("BGREWRITEAOF")
                .fails("ERR Can't execute an AOF background rewriting."
                        + " Please check the server logs for more information.");
        assertThat(t.log()).anyMatch(line -> line.contains("aof-rewrite-space-check no"));
    }

    @Test
    void emptyingEverythingBeginsItOnceMore() {
        PersistenceFixture t = PersistenceFixture.appending();
        for (int i = 0; i < 1000; i++) {
            t.run("SET k" + i + " v");
        }
        t.send("BGREWRITEAOF");
        while (t.info("aof_rewrites").equals("0") && !t.workers().names().contains("aof-rewrite")) {
            t.step();
            t.turn();
        }
        t.run("FLUSHALL");
        t.run("SET last 1");
        t.settle();
        t.settle();
        assertThat(t.info("aof_last_bgrewrite_status")).isEqualTo("ok");
        assertThat(Long.parseLong(t.info("aof_current_size"))).isLessThan(1000);
        t.crash(SimDisk.Survival.ALL).start();
        t.run("DBSIZE").replies(1);
    }

    // ---- crashes and failures, at each step

    /** A life: writes, a rewrite with writes beside it. What was acknowledged is counted. */
    private static final class Life {
        final PersistenceFixture t;
        int acknowledged;
        private final List<Sent> sent = new ArrayList<>();

        Life(PersistenceFixture t) {
            this.t = t;
        }

        void write(int n) {
            for (int i = 0; i < n; i++) {
                sent.add(t.send("RPUSH l " + sent.size()));
                look();
            }
        }

        void look() {
            while (acknowledged < sent.size() && sent.get(acknowledged).left()) {
                acknowledged++;
            }
        }

        void rewrite() {
            write(20);
            t.send("BGREWRITEAOF");
            for (int i = 0; i < 40; i++) {
                t.step();
                write(1);
            }
            while (t.step()) {
                t.turn();
                look();
            }
            write(5);
        }
    }

    @Test
    void aCrashAtAnyStepLosesNothingAcknowledged() {
        for (String policy : List.of("always", "everysec")) {
            int states = 0;
            for (long n = 1; ; n++) {
                boolean crashed = true;
                for (SimDisk.Survival survival : SimDisk.Survival.values()) {
                    if (policy.equals("everysec") && survival != SimDisk.Survival.ALL) {
                        continue;
                    }
                    PersistenceFixture t = new PersistenceFixture(
                                    n,
                                    new SimDisk(),
                                    new io.duetdb.engine.kit.ManualClock(),
                                    "appendonly=yes",
                                    "appendfsync=" + policy)
                            .start()
                            .settle();
                    Life life = new Life(t);
                    t.disk().crashAt(n);
                    try {
                        life.rewrite();
                        crashed = false;
                    } catch (SimDisk.Crash crash) {
                        life.look();
                    }
                    String where = policy + ", call " + n + ", " + survival;
                    t.crash(survival).start();
                    int found = ((Long) t.run("LLEN l").value()).intValue();
                    assertThat(found).as(where).isBetween(life.acknowledged, life.sent.size() + 1);
                    for (int i = 0; i < found; i += 7) {
                        assertThat(t.run("LINDEX l " + i).value()).as(where).isEqualTo("" + i);
                    }
                    states++;
                }
                if (!crashed) {
                    break;
                }
            }
            assertThat(states).isGreaterThan(40);
        }
    }

    @Test
    void aFailureAtAnyStepLosesNothingAndHeals() {
        for (SimDisk.Fault fault : SimDisk.Fault.values()) {
            for (boolean sticky : new boolean[] {false, true}) {
                for (long n = 1; ; n++) {
                    PersistenceFixture t =
                            PersistenceFixture.appending("appendfsync=" + (n % 2 == 0 ? "always" : "everysec"));
                    Life life = new Life(t);
                    long before = t.disk().calls();
                    t.disk().failAt(n, fault, sticky);
                    life.rewrite();
                    boolean reached = t.disk().calls() - before >= n;
                    t.disk().heal();
                    t.advance(10, SECONDS);
                    String where =
                            fault + (sticky ? " sticky" : "") + ", call " + n + "\n" + String.join("\n", t.log());
                    assertThat(t.info("aof_last_write_status")).as(where).isEqualTo("ok");
                    t.other().run("SET after 1").replies("OK");
                    t.advance(2, SECONDS);
                    life.look();
                    int acknowledged = 0;
                    for (Sent one : life.sent) {
                        assertThat(one.left()).as(where).isTrue();
                        acknowledged += one.failed() ? 0 : 1;
                    }
                    t.crash(SimDisk.Survival.NONE).start();
                    assertThat(t.run("LLEN l").value()).as(where).isEqualTo((long) acknowledged);
                    t.run("GET after").replies("1");
                    if (!reached) {
                        break;
                    }
                }
            }
        }
    }
}
