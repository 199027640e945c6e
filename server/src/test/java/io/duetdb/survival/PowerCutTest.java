package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * D4, D5, D6: the power is cut at any moment, under load, also in the midst of rewrites, and comes back: what was
 * acknowledged is there under {@code always}, under {@code everysec} all but the last second; transactions are whole or
 * absent, and the start needs nobody's help. {@code -Dduet.long=true}: 100 cuts each, a quarter of an hour.
 */
@Timeout(3600)
final class PowerCutTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int CUTS = LONG ? 100 : 5;
    private static final int CONNECTIONS = 16;
    private static final long LOST_MS_MAX = 2000;
    private static final long LOST_MS_USUAL = 1000;
    private static final int BULK_KEYS = 5000;
    private static final int BULK_BYTES = 200;

    @TempDir
    Path place;

    @TempDir
    Path logs;

    private final long seed = Long.getLong("duet.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void underAlwaysNothingThatWasAcknowledgedIsGone() throws Exception {
        try (LoopDisk disk = LoopDisk.mounted(place);
                Child child = child(disk, "always", "--auto-aof-rewrite-min-size", "16mb")) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            long after = 0;
            child.start();
            for (int cut = 0; cut < CUTS; cut++) {
                String context = "always, seed " + seed + ", cut " + cut;
                load.begin();
                load.awaitMs(random.nextInt(20, 1000));
                LoopDisk.Cut power = cut(disk, child, load, context);
                child.start();
                after += load.verify(context, power.beganNs()).steps();
            }
            System.out.println(
                    "[D4] always: " + CUTS + " power cuts, " + load.acknowledged() + " steps acknowledged, 0 lost; "
                            + after + " more answered after the cut began and gone (seed " + seed + ")");
        }
    }

    @Test
    void underEverysecAboutTheLastSecondIsGone() throws Exception {
        try (LoopDisk disk = LoopDisk.mounted(place);
                Child child = child(disk, "everysec", "--auto-aof-rewrite-min-size", "16mb")) {
            Load load = new Load(child, CONNECTIONS - 3, seed);
            Losses losses = new Losses();
            child.start();
            for (int cut = 0; cut < CUTS; cut++) {
                String context = "everysec, seed " + seed + ", cut " + cut;
                load.begin();
                load.awaitMs(random.nextInt(1200, 2800));
                LoopDisk.Cut power = cut(disk, child, load, context);
                child.start();
                losses.add(load.verifyPrefixes(context), power.doneNs(), context);
            }
            System.out.println("[D5] everysec: " + losses.told(load) + " (seed " + seed + ")");
            losses.assertUsuallyShort();
        }
    }

    @Test
    void inTheMidstOfRewritesItIsTheSame() throws Exception {
        try (LoopDisk disk = LoopDisk.mounted(place);
                Child child = child(
                        disk,
                        "always",
                        "--auto-aof-rewrite-percentage",
                        "1",
                        "--auto-aof-rewrite-min-size",
                        "1")) { // one rewrite after the other
            Load load = new Load(child, CONNECTIONS - 3, seed);
            Losses losses = new Losses();
            Lists lists = new Lists();
            child.start();
            fill(child);
            for (int cut = 0; cut < CUTS; cut++) {
                boolean always = cut % 2 == 0;
                String context = "rewrites, " + (always ? "always" : "everysec") + ", seed " + seed + ", cut " + cut;
                if (!always) {
                    set(child, "everysec");
                }
                load.begin();
                load.awaitMs(always ? random.nextInt(20, 1000) : random.nextInt(500, 2000));
                LoopDisk.Cut power = cut(disk, child, load, context);
                lists.add(disk.folder().resolve("appendonlydir"));
                child.start();
                if (always) {
                    load.verify(context, power.beganNs());
                } else {
                    losses.add(load.verifyPrefixes(context), power.doneNs(), context);
                }
                try (RespClient client = child.connect()) {
                    assertThat((Long) client.run("DBSIZE")).as(context).isGreaterThanOrEqualTo(BULK_KEYS);
                }
            }
            System.out.println("[D6] rewrites: " + CUTS + " power cuts, under always 0 lost; under everysec "
                    + losses.told(load) + "; " + lists.told() + " (seed " + seed + ")");
            losses.assertUsuallyShort();
        }
    }

    private Child child(LoopDisk disk, String policy, String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", policy));
        all.addAll(List.of(settings));
        return new Child(disk.folder(), logs, all.toArray(new String[0])).java("-Xmx128m");
    }

    /** Cuts the power under load, and brings it back when the server is gone. Returns when it was cut. */
    private static LoopDisk.Cut cut(LoopDisk disk, Child child, Load load, String context) throws Exception {
        assertThat(load.refusal()).as(context).isNull();
        LoopDisk.Cut cut = disk.cut(load::stopLooking); // who can't write any more shows what could not be kept
        child.kill();
        load.end();
        disk.again();
        return cut;
    }

    private static void set(Child child, String policy) throws IOException {
        try (RespClient client = child.connect()) {
            assertThat(client.run("CONFIG SET appendfsync " + policy)).isEqualTo("OK");
        }
    }

    /** So much that a base takes a while to write. */
    private void fill(Child child) throws IOException {
        byte[] value = new byte[BULK_BYTES];
        try (RespClient client = child.connect()) {
            for (int i = 0; i < BULK_KEYS; i++) {
                random.nextBytes(value);
                client.send(EngineFixture.words(
                        "SET bulk:" + i + " " + HexFormat.of().formatHex(value)));
            }
            client.flush();
            for (int i = 0; i < BULK_KEYS; i++) {
                assertThat(client.read()).isEqualTo("OK");
            }
        }
    }

    /** How much the cuts under everysec took. */
    private static final class Losses {
        private final List<Long> ms = new ArrayList<>();
        private long steps;

        void add(Load.Loss loss, long cutNs, String context) {
            long lostMs = loss.steps() == 0 ? 0 : Math.max(0, (cutNs - loss.oldestNs()) / 1_000_000);
            assertThat(lostMs).as("ms lost: %s", context).isLessThanOrEqualTo(LOST_MS_MAX);
            ms.add(lostMs);
            steps += loss.steps();
        }

        String told(Load load) {
            Collections.sort(ms);
            return ms.size() + " power cuts, " + (load.acknowledged() + steps) + " steps acknowledged, " + steps
                    + " lost; oldest lost before the cut, ms: least " + ms.get(0) + ", median " + part(50)
                    + ", 95 % " + part(95) + ", most " + part(100) + "; over " + LOST_MS_USUAL + " ms " + overUsual();
        }

        private long part(int percent) {
            return ms.get(Math.max(0, (ms.size() * percent + 99) / 100 - 1));
        }

        private long overUsual() {
            return ms.stream().filter(one -> one > LOST_MS_USUAL).count();
        }

        /** At most one of twenty; of fewer than twenty nothing can be said. */
        void assertUsuallyShort() {
            if (ms.size() >= 20) {
                assertThat(overUsual()).as("cuts that took more than a second").isLessThanOrEqualTo(ms.size() / 20);
            }
        }
    }

    /** Where in a rewrite the cuts came, by what they left. */
    private static final class Lists {
        private int between;
        private int superseded;
        private int replaced;
        private int cuts;

        void add(Path folder) throws IOException {
            List<String> lines = Files.readAllLines(folder.resolve("appendonly.aof.manifest"));
            cuts++;
            if (lines.stream().filter(line -> line.endsWith(" type i")).count() > 1) {
                between++;
            }
            if (lines.stream().anyMatch(line -> line.endsWith(" type h"))) {
                superseded++;
            }
            if (Files.exists(folder.resolve("temp-appendonly.aof.manifest"))) {
                replaced++;
            }
        }

        String told() {
            return "of " + cuts + " lists left " + between + " named two increments or more, " + superseded
                    + " superseded files, beside " + replaced + " lay the next one";
        }
    }
}
