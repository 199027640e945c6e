package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.kit.SimDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The machine dies at every call that a tool makes of the disk: the data that was there is still somewhere, whole, and the
 * same command line, run again, does what was asked for.
 */
final class ToolCrashTest {
    private static final long SEED = 4711;
    private static final String[] THEN = {"SET then 1", "RPUSH l a b"};
    private static final String[] NOW = {"SET now 1", "SET more 2"};

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ManualClock clock = new ManualClock();
    private final ToolKit words = new ToolKit();

    /** A tool's work on a disk. */
    private interface Work {
        void run(Workshop shop) throws Exception;
    }

    private Workshop shop(SimDisk disk) {
        return new Workshop(
                ToolKit::settings,
                clock,
                disk,
                7,
                128L << 20,
                Meter.NONE,
                words.outside().log());
    }

    private SimDisk disk(boolean appendOnly) {
        ToolKit kit = new ToolKit();
        kit.folder("/old");
        kit.folder("/data/backups");
        kit.disk.put("/old/dump.rdb", kit.rdb(THEN));
        kit.disk.put("/data/backups/old.rdb", kit.rdb(THEN));
        if (appendOnly) {
            kit.appendOnly(
                    kit.rdb("SET now 1"),
                    ToolKit.aof("SELECT 0", "#TS:" + (kit.clock.nowMs() / 1000 + 10), "SET more 2"));
        } else {
            kit.disk.put("/data/dump.rdb", kit.rdb(NOW));
        }
        return kit.disk.after(SimDisk.Survival.ALL, random);
    }

    private String digest(SimDisk disk, String path) {
        try {
            return RdbFiles.digest(
                    new FileSource(shop(disk), path, false).read().engine());
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Digests of all data that lies in the folder or was put aside. */
    private List<String> kept(SimDisk disk) throws Exception {
        List<String> found = new ArrayList<>();
        found.add(digest(disk, "/data"));
        for (String name : disk.list("/data/backups")) {
            if (name.startsWith("replaced-")) {
                found.add(digest(disk, "/data/backups/" + name));
            }
        }
        return found;
    }

    /** What must be so of a disk after a crash, or after the work was done. */
    private interface Promise {
        void check(SimDisk after, String what) throws Exception;
    }

    private void everywhere(boolean appendOnly, String wanted, Work work, Promise nothingIsLost) throws Exception {
        SimDisk.Survival[] kinds = SimDisk.Survival.values();
        int rounds = Boolean.getBoolean("duet.long") ? kinds.length : 2;
        int points = 0;
        boolean crashed = true;
        for (int n = 1; crashed; n++) {
            for (int round = 0; round < rounds; round++) {
                SimDisk.Survival how = kinds[(n + round) % kinds.length];
                SimDisk disk = disk(appendOnly);
                disk.crashAt(disk.calls() + n);
                crashed = false;
                try {
                    work.run(shop(disk));
                } catch (SimDisk.Crash crash) {
                    crashed = true;
                    points++;
                }
                SimDisk after = disk.after(how, random);
                String what = "seed " + SEED + ", call " + n + ", " + how + ": " + after.files();
                nothingIsLost.check(after, what);
                clock.advance(1, TimeUnit.MINUTES);
                work.run(shop(after));
                assertThat(digest(after, "/data")).as(what).isEqualTo(wanted);
                nothingIsLost.check(after, what);
            }
        }
        assertThat(points).isGreaterThan(12 * rounds);
    }

    private void everywhere(boolean appendOnly, String wanted, Work work) throws Exception {
        String now = words.digestOf(NOW);
        everywhere(
                appendOnly,
                wanted,
                work,
                (after, what) -> assertThat(kept(after)).as(what).contains(now));
    }

    private static Transfer.Import how(boolean appendOnly) {
        Transfer.Import how = new Transfer.Import();
        how.appendOnly = appendOnly;
        how.replace = true;
        return how;
    }

    @Test
    void anImportInPlaceOfASnapshot() throws Exception {
        everywhere(false, words.digestOf(THEN), shop -> new Transfer(shop).importFiles("/old", how(false)));
    }

    @Test
    void anImportInPlaceOfAnAppendOnlyFile() throws Exception {
        everywhere(true, words.digestOf(THEN), shop -> new Transfer(shop).importFiles("/old", how(true)));
    }

    @Test
    void aBackupThatBecomesTheData() throws Exception {
        everywhere(false, words.digestOf(THEN), shop -> restore(shop, "no").backup("old"));
        everywhere(true, words.digestOf(THEN), shop -> restore(shop, "yes").backup("old"));
    }

    @Test
    void aMomentThatIsGoneBackTo() throws Exception {
        long untilS = words.clock.nowMs() / 1000 + 5;
        String now = words.digestOf(NOW);
        String wanted = words.digestOf("SET now 1");
        everywhere(true, wanted, shop -> restore(shop, "yes").toTime(untilS), (after, what) -> {
            boolean aside = after.files().stream().anyMatch(path -> path.contains(".incr.aof.from-"));
            assertThat(digest(after, "/data")).as(what).isIn(now, aside ? wanted : now);
        });
    }

    private static Restore restore(Workshop shop, String appendOnly) {
        return new Restore(shop.outside(ToolKit.settings("appendonly=" + appendOnly)), Meter.NONE);
    }
}
