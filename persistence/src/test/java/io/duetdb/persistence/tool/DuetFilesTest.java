package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tools on the files of a server of Duet, which ran, rewrote, crashed or was stopped. */
final class DuetFilesTest {
    private static final long SEED = 20261121;

    private final SplittableRandom random = new SplittableRandom(SEED);

    private static Workshop shop(PersistenceFixture t, SimDisk disk) {
        ToolKit kit = new ToolKit();
        return new Workshop(
                ToolKit::settings,
                t.clock(),
                disk,
                7,
                128L << 20,
                Meter.NONE,
                kit.outside().log());
    }

    private String command() {
        int n = random.nextInt(40);
        return switch (random.nextInt(7)) {
            case 0 -> "SET k" + n + " " + random.nextInt();
            case 1 -> "RPUSH l" + n + " a b " + random.nextInt();
            case 2 -> "SADD s" + n + " " + random.nextInt(100);
            case 3 -> "ZADD z" + n + " " + random.nextInt(100) + " m" + random.nextInt(9);
            case 4 -> "HSET h" + n + " f" + random.nextInt(9) + " " + random.nextInt();
            case 5 -> "DEL k" + n;
            default -> "PEXPIRE l" + n + " 1000000000";
        };
    }

    private static String digest(Workshop shop, String path) throws Exception {
        return RdbFiles.digest(new FileSource(shop, path, false).read().engine());
    }

    @Test
    void whatAServerLeftIsWholeAndComesOutAsItWas() throws Exception {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=always").start();
        for (int i = 0; i < 600; i++) {
            t.run(command());
            if (i == 300) {
                t.run("BGREWRITEAOF");
                t.settle();
            }
        }
        String digest = t.digest();
        for (SimDisk.Survival how : SimDisk.Survival.values()) {
            SimDisk left = t.disk().after(how, random);
            String seed = "seed " + SEED + ", " + how;
            Workshop shop = shop(t, left);
            CheckReport report = new Check(shop, true).of("/data");
            assertThat(report.state()).as(seed + "\n" + report.text()).isNotEqualTo(CheckReport.State.DAMAGED);
            assertThat(digest(shop, "/data")).as(seed).isEqualTo(digest);
            new Transfer(shop).export("/data", "/data/out.rdb", 10, false, false);
            assertThat(digest(shop, "/data/out.rdb")).as(seed).isEqualTo(digest);
        }
    }

    @Test
    void aServerGoesBackToEachSecondOfItsPast() throws Exception {
        PersistenceFixture t =
                new PersistenceFixture("appendonly=yes", "appendfsync=always", "aof-timestamp-enabled=yes").start();
        List<String> past = new ArrayList<>();
        List<Long> seconds = new ArrayList<>();
        for (int s = 0; s < 12; s++) {
            for (int i = 0; i < 20; i++) {
                t.run(command());
            }
            t.run("MULTI");
            t.run(command());
            t.run(command());
            t.run("EXEC");
            past.add(t.digest());
            seconds.add(t.clock().nowMs() / 1000);
            t.clock().advance(3, TimeUnit.SECONDS);
            t.settle();
        }
        t.stop();
        for (int s = 0; s < past.size(); s++) {
            SimDisk left = t.disk().after(SimDisk.Survival.ALL, random);
            Workshop shop = shop(t, left);
            String said =
                    new Restore(shop.outside(ToolKit.settings("appendonly=yes")), Meter.NONE).toTime(seconds.get(s));
            assertThat(digest(shop, "/data")).as("seed " + SEED + ": " + said).isEqualTo(past.get(s));
            assertThat(new Check(shop, false).of("/data").state()).as(said).isEqualTo(CheckReport.State.WHOLE);
        }
    }

    @Test
    void checkAgreesWithTheStartOnEveryDamagedFile() throws Exception {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=always").start();
        for (int i = 0; i < 30; i++) {
            t.run(command());
        }
        t.stop();
        String path = "/data/appendonlydir/appendonly.aof.1.incr.aof";
        byte[] whole = t.disk().bytes(path);
        int rounds = Boolean.getBoolean("duet.long") ? 3000 : 150;
        for (int round = 0; round < rounds; round++) {
            byte[] bent = bent(whole);
            SimDisk left = t.disk().after(SimDisk.Survival.ALL, random);
            left.put(path, bent);
            Workshop shop = shop(t, left);
            CheckReport report = new Check(shop, false).of("/data");
            boolean starts;
            try {
                starts = !digest(shop, "/data").isEmpty();
            } catch (ToolException refused) {
                starts = false;
            }
            String what = String.format(Locale.ROOT, "seed %d, round %d%n%s", SEED, round, report.text());
            assertThat(report.state() == CheckReport.State.DAMAGED).as(what).isEqualTo(!starts);
            if (!starts) {
                assertThat(report.choices()).as(what).hasSize(3);
                assertThat(report.choices().get(0).keeps()).as(what).contains(" by ");
            }
        }
    }

    private byte[] bent(byte[] whole) {
        byte[] bent = whole.clone();
        int at = random.nextInt(whole.length);
        switch (random.nextInt(4)) {
            case 0 -> bent[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bent = Arrays.copyOf(whole, at);
            case 2 -> bent = Arrays.copyOf(Arrays.copyOf(whole, at), whole.length);
            default -> Arrays.fill(bent, at, Math.min(whole.length, at + 20), (byte) 'x');
        }
        return bent;
    }
}
