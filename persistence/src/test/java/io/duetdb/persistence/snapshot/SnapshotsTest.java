package io.duetdb.persistence.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Workers;
import io.duetdb.persistence.kit.BentDisk;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Fault;
import io.duetdb.persistence.kit.SimDisk.Kind;
import io.duetdb.persistence.kit.SimDisk.Survival;
import io.duetdb.rdb.RdbFormatException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots on a simulated disk: what is written when, what is told of it, and what a failure or crash leaves. */
class SnapshotsTest {
    private static final String FILE = SimDisk.HOME + "/dump.rdb";
    private static final String UNFINISHED = SimDisk.HOME + "/temp-dump.rdb";
    private static final String MISCONF =
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to"
                    + " persist to disk. Commands that may modify the data set are disabled, because this instance is"
                    + " configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error"
                    + " option). Please check the Redis logs for details about the RDB error.";

    private final PersistenceFixture t = new PersistenceFixture();

    private static String digest(byte[] file) {
        EngineFixture u = new EngineFixture();
        RdbFiles.load(u.engine(), file);
        return RdbFiles.digest(u.engine());
    }

    private static String digest(PersistenceFixture t) {
        return digest(t.disk().bytes(FILE));
    }

    private void info(String field, Object value) {
        assertThat(t.info(field)).as(field).isEqualTo(String.valueOf(value));
    }

    // ---- by command

    @Test
    void saveReturnsWhenTheFileLasts() {
        t.boot();
        t.run("SET k v");
        t.run("HSET h f v");
        info("rdb_changes_since_last_save", 2);
        t.advance(3, TimeUnit.SECONDS);
        t.run("SAVE").replies("OK");
        assertThat(digest(t.disk().durableBytes(FILE))).isEqualTo(t.digest());
        assertThat(digest(t.disk().after(Survival.NONE, t.random()).bytes(FILE)))
                .isEqualTo(t.digest());
        assertThat(t.disk().files()).containsExactly(FILE);
        info("rdb_changes_since_last_save", 0);
        info("rdb_saves", 1);
        info("rdb_last_bgsave_time_sec", -1);
        t.run("LASTSAVE").replies(t.clock().wallUs() / 1_000_000);
        info("rdb_last_save_time", t.clock().wallUs() / 1_000_000);
        assertThat(t.workers().open()).doesNotContain("duet-snapshot");
    }

    @Test
    void aWorkerGivesWayEachHalfMillisecond() {
        AtomicInteger gaveWay = new AtomicInteger();
        t.between(
                plain -> new SlowDisk(plain, t.clock()),
                plain -> new Workers() {
                    @Override
                    public Worker worker(String name) {
                        return plain.worker(name);
                    }

                    @Override
                    public void giveWay() {
                        gaveWay.incrementAndGet();
                    }
                },
                plain -> plain);
        t.boot();
        t.run("CONFIG SET rdbcompression no");
        t.run("SET k " + "v".repeat(2 * SlowDisk.MS_BYTES));
        t.run("BGSAVE").replies("Background saving started");
        t.settle();
        assertThat(digest(t)).isEqualTo(t.digest());
        assertThat(gaveWay.get()).isBetween(3, 4);
    }

    /** Time passes while it writes: a MB takes 1 ms. */
    private static final class SlowDisk extends BentDisk {
        static final int MS_BYTES = 1 << 20;

        private final ManualClock clock;

        SlowDisk(Disk disk, ManualClock clock) {
            super(disk);
            this.clock = clock;
        }

        @Override
        protected DiskFile bend(DiskFile file, String path) {
            return new BentFile(file) {
                @Override
                public int write(byte[] bytes, int offset, int length) throws IOException {
                    clock.advance(1_000_000L * length / MS_BYTES, TimeUnit.NANOSECONDS);
                    return super.write(bytes, offset, length);
                }
            };
        }
    }

    @Test
    void theFileSaysWhatItIs() {
        t.boot();
        t.run("SET k " + "v".repeat(1000));
        t.run("SAVE");
        String file = new String(t.disk().bytes(FILE), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(file)
                .startsWith("REDIS0010")
                .contains("redis-ver", "redis-bits", "ctime", "used-mem", "aof-base", "duet-offset")
                .hasSizeLessThan(300);
        t.run("CONFIG SET rdbcompression no");
        t.run("SAVE");
        assertThat(t.disk().bytes(FILE)).hasSizeGreaterThan(1000);
        t.run("HSET h f v");
        t.run("HEXPIRE h 100 FIELDS 1 f");
        t.run("SAVE");
        assertThat(new String(t.disk().bytes(FILE), 0, 9, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("REDIS0012");
    }

    @Test
    void bgsaveSavesTheMomentOfTheCommand() {
        t.boot();
        for (int i = 0; i < 1000; i++) {
            t.run("SET key:" + i + " " + i);
        }
        String digest = t.digest();
        t.run("BGSAVE").replies("Background saving started");
        t.send("SET later 1").replies("OK");
        t.send("BGSAVE").fails("ERR Background save already in progress");
        t.send("BGSAVE SCHEDULE").fails("ERR Background save already in progress");
        t.send("SAVE").fails("ERR Background save already in progress");
        info("rdb_bgsave_in_progress", 1);
        info("current_save_keys_total", 1000);
        info("rdb_current_bgsave_time_sec", 0);
        info("rdb_changes_since_last_save", 1001);
        t.clock().advance(2, TimeUnit.SECONDS);
        t.settle();
        info("rdb_bgsave_in_progress", 0);
        info("current_save_keys_total", 0);
        info("rdb_last_bgsave_status", "ok");
        info("rdb_last_bgsave_time_sec", 2);
        info("rdb_current_bgsave_time_sec", -1);
        info("rdb_changes_since_last_save", 1);
        info("rdb_saves", 1);
        assertThat(digest(t)).isEqualTo(digest).isNotEqualTo(t.digest());
        assertThat(t.log()).contains("notice: Background saving terminated with success");
        t.run("BGSAVE x").fails("ERR syntax error");
        t.run("BGSAVE SCHEDULE x").fails("ERR syntax error");
    }

    @Test
    void bgsaveInATransactionBeginsBehindIt() {
        t.boot();
        t.run("MULTI");
        t.run("SET a 1");
        t.run("BGSAVE");
        t.run("SET b 1");
        assertThat(t.run("EXEC").value()).isEqualTo(List.of("OK", "Background saving scheduled", "OK"));
        t.settle();
        assertThat(digest(t)).isEqualTo(t.digest());
    }

    @Test
    void aLongSaveTellsHowFarItIs() {
        t.boot();
        for (int i = 0; i < 20; i++) {
            t.run("SET key:" + i + " " + "x".repeat(30_000) + i);
        }
        t.run("CONFIG SET rdbcompression no");
        t.disk().watch(call -> {
            if (call.kind() == Kind.FILE_WRITE) {
                t.pass(11, TimeUnit.SECONDS);
            }
        });
        t.run("BGSAVE");
        t.settle();
        assertThat(t.log())
                .anyMatch(line -> line.matches("notice: Background saving: .* % .*of 20 keys.*MB written.*"));
    }

    // ---- save points

    @Test
    void savePointsSave() {
        PersistenceFixture p = new PersistenceFixture("save=10 3 100 1").boot();
        p.run("SET a 1");
        p.run("SET b 1");
        p.advance(50, TimeUnit.SECONDS);
        assertThat(p.disk().exists(FILE)).isFalse();
        p.run("SET c 1");
        p.settle();
        assertThat(digest(p)).isEqualTo(p.digest());
        p.run("MSET a 1 b 2 c 3 d 4");
        p.advance(9, TimeUnit.SECONDS);
        assertThat(digest(p)).isNotEqualTo(p.digest());
        p.advance(2, TimeUnit.SECONDS);
        assertThat(digest(p)).isEqualTo(p.digest());
        p.run("SET e 1");
        p.advance(98, TimeUnit.SECONDS);
        assertThat(digest(p)).isNotEqualTo(p.digest());
        p.advance(3, TimeUnit.SECONDS);
        assertThat(digest(p)).isEqualTo(p.digest());
        assertThat(p.info("rdb_saves")).isEqualTo("3");
        assertThat(p.log()).anyMatch(line -> line.contains("changes in") && line.endsWith("Saving..."));
        p.run("CONFIG SET save \"\"").replies("OK");
        p.run("MSET a 1 b 2 c 3 d 4");
        p.advance(500, TimeUnit.SECONDS);
        assertThat(p.info("rdb_saves")).isEqualTo("3");
        p.run("CONFIG SET save \"1 1\"").replies("OK");
        p.settle();
        assertThat(p.info("rdb_saves")).isEqualTo("4");
    }

    @Test
    void theClockOfTheWallDoesNotMatterToSavePoints() {
        ManualClock clock = new ManualClock();
        PersistenceFixture p = new PersistenceFixture(1, new SimDisk(), clock, "save=10 1").boot();
        p.run("SET a 1");
        clock.jumpTo(clock.nowMs() - 1_000_000);
        p.advance(11, TimeUnit.SECONDS);
        assertThat(p.info("rdb_saves")).isEqualTo("1");
    }

    // ---- failures

    @Test
    void aFailureRefusesWritesUntilOneSucceeds() {
        PersistenceFixture p = new PersistenceFixture("save=10 1").boot();
        p.run("SET a 1");
        p.run("SAVE").replies("OK");
        byte[] old = p.disk().bytes(FILE);
        p.run("SET a 2");
        p.disk().faults(call -> call.kind() == Kind.FILE_FORCE ? Fault.IO_ERROR : null);
        p.run("SAVE").fails("ERR");
        assertThat(p.info("rdb_last_bgsave_status")).isEqualTo("ok");
        p.run("SET b 1").replies("OK");
        p.run("BGSAVE").replies("Background saving started");
        p.settle();
        assertThat(p.info("rdb_last_bgsave_status")).isEqualTo("err");
        assertThat(p.disk().bytes(FILE)).isEqualTo(old);
        assertThat(p.disk().files()).containsExactly(FILE);
        assertThat(p.log()).anyMatch(line -> line.startsWith("warning: Background saving error: "));
        for (String write : List.of("SET c 1", "DEL a", "FLUSHALL", "PING", "INCR n", "PING hello")) {
            p.run(write).fails(MISCONF);
        }
        p.run("GET a").replies("2");
        p.run("ECHO x").replies("x");
        p.run("PUBLISH a b").replies(0);
        p.run("MULTI").replies("OK");
        p.run("SET a 1").fails(MISCONF);
        p.run("EXEC").fails("EXECABORT Transaction discarded because of previous errors.");
        p.run("CONFIG SET stop-writes-on-bgsave-error no").replies("OK");
        p.run("PING").replies("PONG");
        p.run("CONFIG SET stop-writes-on-bgsave-error yes").replies("OK");
        p.run("PING").fails(MISCONF);
        long tries = Long.parseLong(p.info("rdb_saves"));
        p.disk().heal();
        p.advance(4, TimeUnit.SECONDS);
        assertThat(p.info("rdb_saves")).isEqualTo(Long.toString(tries));
        p.advance(8, TimeUnit.SECONDS);
        assertThat(p.info("rdb_last_bgsave_status")).isEqualTo("ok");
        p.run("PING").replies("PONG");
        p.run("SET c 1").replies("OK");
    }

    @Test
    void withoutSavePointsAFailureRefusesNothing() {
        t.boot();
        t.run("SET a 1");
        t.disk().capacity(10);
        t.run("BGSAVE");
        t.settle();
        info("rdb_last_bgsave_status", "err");
        assertThat(t.disk().files()).isEmpty();
        t.run("SET a 2").replies("OK");
        t.run("PING").replies("PONG");
        t.disk().capacity(Long.MAX_VALUE);
        t.run("SAVE").replies("OK");
        info("rdb_last_bgsave_status", "ok");
    }

    @Test
    void whatADeadProcessBeganIsNoHindrance() {
        t.disk().put(UNFINISHED, new byte[] {1, 2, 3});
        t.boot();
        t.run("SET a 1");
        t.run("SAVE").replies("OK");
        assertThat(t.disk().files()).containsExactly(FILE);
        assertThat(digest(t)).isEqualTo(t.digest());
    }

    // ---- FLUSHALL, and the end

    @Test
    void flushallGivesUpWhatIsOnItsWay() {
        t.boot();
        t.run("SET a 1");
        t.run("SAVE");
        byte[] old = t.disk().bytes(FILE);
        t.run("SET b 1");
        t.run("BGSAVE");
        t.send("FLUSHALL").replies("OK");
        t.settle();
        info("rdb_bgsave_in_progress", 0);
        info("rdb_last_bgsave_status", "ok");
        assertThat(t.disk().bytes(FILE)).isEqualTo(old);
        assertThat(t.disk().files()).containsExactly(FILE);

        PersistenceFixture p = new PersistenceFixture("save=1000 1000").boot();
        p.run("SET a 1");
        p.run("BGSAVE");
        p.send("FLUSHALL").replies("OK");
        p.settle();
        assertThat(RdbFiles.check(p.disk().bytes(FILE))).isZero();
        assertThat(p.info("rdb_changes_since_last_save")).isEqualTo("0");
        assertThat(p.info("rdb_saves")).isEqualTo("1");
    }

    @Test
    void theEndSavesInPlaceOfWhatIsOnItsWay() throws IOException {
        PersistenceFixture p = new PersistenceFixture("save=1000 1000").boot();
        p.run("SET a 1");
        p.run("BGSAVE");
        p.send("SET b 1");
        String digest = p.digest();
        p.disk().faults(call -> call.kind() == Kind.RENAME ? Fault.IO_ERROR : null);
        assertThatThrownBy(() -> p.persistence().keep(true)).isInstanceOf(IOException.class);
        p.disk().heal();
        p.run("PING").replies("PONG");
        p.persistence().keep(true);
        assertThat(digest(p)).isEqualTo(digest);
        p.stop();
    }

    @Test
    void aSnapshotThatIsTakenBackFails() {
        PersistenceFixture p = new PersistenceFixture("maxmemory=4mb").boot();
        for (int i = 0; i < 400; i++) {
            p.run("SET key:" + i + " " + "x".repeat(4000));
        }
        boolean[] once = {true};
        p.disk().watch(call -> {
            if (call.kind() == Kind.FILE_WRITE && once[0]) {
                once[0] = false;
                for (int i = 0; i < 400; i++) {
                    p.execute("SETRANGE key:" + i + " 0 " + i);
                }
                for (int i = 0; i < 400; i++) {
                    p.execute("SET more:" + i + " " + "y".repeat(4000));
                }
            }
        });
        p.run("CONFIG SET rdbcompression no");
        p.run("BGSAVE");
        p.settle();
        assertThat(p.info("rdb_last_bgsave_status")).isEqualTo("err");
        assertThat(p.log()).anyMatch(line -> line.startsWith("warning: ") && line.contains("memory ran out"));
        assertThat(p.disk().files()).isEmpty();
    }

    @Test
    void aReloadThatFailsLeavesTheData() {
        t.start();
        t.run("SET k v");
        t.run("SAVE");
        t.run("SET k w");
        t.run("DEBUG RELOAD NOSAVE NOFLUSH").fails("ERR Error trying to load the RDB dump, check server logs.");
        t.run("GET k").replies("w");
        assertThat(t.log()).anyMatch(line -> line.contains("the key \"k\" of database 0: it is there already"));
        t.run("WATCH k").replies("OK");
        t.other().run("DEBUG RELOAD").replies("OK");
        t.run("MULTI").replies("OK");
        t.run("GET k");
        t.run("EXEC").nil();
    }

    // ---- crashes

    /** Whatever call of the system is the last one, the file is the old one or the new one. */
    @ParameterizedTest
    @EnumSource(Survival.class)
    void aCrashLeavesTheOldFileOrTheNew(Survival survival) {
        SplittableRandom random = new SplittableRandom(survival.ordinal());
        int states = 0;
        for (int at = 1; ; at++) {
            PersistenceFixture p = new PersistenceFixture(at, new SimDisk(), new ManualClock()).boot();
            for (int i = 0; i < 30; i++) {
                p.run("SET key:" + i + " " + "x".repeat(20_000) + i);
            }
            p.run("CONFIG SET rdbcompression no");
            p.run("SAVE");
            String before = p.digest();
            p.run("SET new 1");
            String after = p.digest();
            p.disk().crashAt(at);
            boolean done;
            try {
                p.run(at % 2 == 0 ? "SAVE" : "BGSAVE");
                p.settle();
                done = true;
            } catch (SimDisk.Crash crash) {
                done = false;
            }
            if (done) {
                break;
            }
            for (int i = 0; i < 5; i++) {
                byte[] found = p.disk().after(survival, random).bytes(FILE);
                assertThat(found).as("survival %s, call %d", survival, at).isNotNull();
                try {
                    assertThat(digest(found))
                            .as("survival %s, call %d", survival, at)
                            .isIn(before, after);
                } catch (RdbFormatException e) {
                    throw new AssertionError("survival " + survival + ", call " + at, e);
                }
                states++;
            }
        }
        assertThat(states).isGreaterThan(30);
    }

    @Test
    void theBaseOfAnAppendOnlyFileSaysSo() throws IOException {
        List<String> found = new java.util.ArrayList<>();
        t.boot();
        try (Snapshot view = t.engine().freeze()) {
            assertThat(view.size(0)).isZero();
        }
        t.run("SET a 1");
        t.run("SAVE");
        io.duetdb.rdb.RdbFileReader reader = io.duetdb.rdb.RdbFileReader.of(
                new io.duetdb.rdb.RdbBytes(t.disk().bytes(FILE), 0, t.disk().bytes(FILE).length),
                new io.duetdb.rdb.RdbFileReader.Target() {
                    @Override
                    public void aux(byte[] name, int nameLength, byte[] value, int valueLength) {
                        found.add(new String(name, 0, nameLength) + "=" + new String(value, 0, valueLength));
                    }

                    @Override
                    public void key(
                            int db,
                            byte[] key,
                            int n,
                            long at,
                            long idle,
                            int frequency,
                            int type,
                            io.duetdb.rdb.RdbReader value) {
                        value.value(type, io.duetdb.rdb.RdbSink.NOTHING);
                    }
                });
        boolean more = true;
        while (more) {
            more = reader.next();
        }
        assertThat(found).contains("aof-base=0", "duet-offset=" + t.engine().offset());
    }
}
