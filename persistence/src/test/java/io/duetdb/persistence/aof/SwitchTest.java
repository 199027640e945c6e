package io.duetdb.persistence.aof;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.kit.ManualClock;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import io.duetdb.persistence.kit.SimDisk.Survival;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The append-only file is switched on and off while the process runs, ends and crashes. */
class SwitchTest {
    private static final String LONG = "x".repeat(100);

    /** A process whose file was switched on: a client writes to what no list names yet, the base is to be written. */
    private static PersistenceFixture begun() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.run("SET a 1");
        t.send("CONFIG SET appendonly yes").replies("OK");
        t.workers().step("aof-writer");
        t.send("SET b 2").replies("OK");
        return t;
    }

    @Test
    void theEndWaitsForTheFirstBase() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.run("SET a 1");
        t.send("CONFIG SET appendonly yes").replies("OK");
        t.send("SET b 2").replies("OK");
        t.stop();
        t.with("appendonly=yes").start();
        t.run("MGET a b").replies(List.of("1", "2"));

        t = begun();
        t.stop();
        t.with("appendonly=yes").start();
        t.run("MGET a b").replies(List.of("1", "2"));
    }

    @Test
    void anEndInTheTurnOfTheSwitchLosesNothing() throws IOException {
        PersistenceFixture t = new PersistenceFixture().start();
        t.execute("SET a 1");
        t.execute("CONFIG SET appendonly yes");
        t.execute("SET b 2");
        t.persistence().keep(false);
        t.crash(Survival.NONE).with("appendonly=yes").start();
        t.run("MGET a b").replies(List.of("1", "2"));
    }

    @Test
    void anEndIsRefusedWhileTheFirstBaseCannotBeWritten() throws IOException {
        PersistenceFixture t = begun();
        assertThat(t.persistence().begins()).isTrue();
        t.disk()
                .faults(call -> call.path().contains("temp-appendonly.aof.base") && call.kind() == Kind.CREATE
                        ? SimDisk.Fault.NO_SPACE
                        : null);
        assertThatThrownBy(() -> t.persistence().keep(false))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the append-only file was switched on and could not be begun: ")
                .hasMessageEndingWith("No space left on device");
        t.send("SET c 3").replies("OK");
        t.disk().heal();
        t.persistence().keep(false);
        assertThat(t.persistence().begins()).isFalse();
        t.crash(Survival.NONE).with("appendonly=yes").start();
        t.run("MGET a b c").replies(List.of("1", "2", "3"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Survival.class,
            names = {"ALL", "NONE", "SUBSET", "TORN"})
    void aCrashWhileItIsBegunLeavesWhatWasThereBefore(Survival survival) {
        boolean ended = false;
        for (int n = 1; !ended; n++) {
            PersistenceFixture t = new PersistenceFixture(n, new SimDisk(), new ManualClock()).start();
            t.run("SET a 1");
            t.run("SAVE").replies("OK");
            t.disk().crashAt(n);
            try {
                t.send("CONFIG SET appendonly yes");
                t.workers().step("aof-writer");
                t.turn();
                t.send("SET b " + LONG);
                t.settle();
                t.send("SET c " + LONG);
                t.settle();
                ended = true;
            } catch (SimDisk.Crash crash) {
                ended = false;
            }
            t.crash(survival).with("appendonly=yes");
            String refused = t.tryStart();
            assertThat(refused).as("crash at call %d", n).isNull();
            t.run("GET a").replies("1");
            t.run("SET d 4");
            String digest = t.digest();
            t.stop();
            t.start();
            assertThat(t.digest()).as("crash at call %d", n).isEqualTo(digest);
        }
    }

    @Test
    void switchedOffWhileItIsBegunItLeavesNothing() {
        PersistenceFixture t = begun();
        t.send("SET c " + LONG).replies("OK");
        t.send("CONFIG SET appendonly no").replies("OK");
        t.settle();
        assertThat(t.disk().files()).containsExactly(AofFiles.FOLDER + "appendonly.aof.manifest");
        t.run("SAVE").replies("OK");
        t.stop();
        t.with("appendonly=yes").start();
        t.run("MGET a b").replies(List.of("1", "2"));
    }

    @Test
    void offAndOnAgainItIsBegunOnceMore() {
        for (int steps = 0; steps < 6; steps++) {
            PersistenceFixture t = begun();
            for (int i = 0; i < steps; i++) {
                t.step();
            }
            t.send("CONFIG SET appendonly no").replies("OK");
            t.send("SET c 3").replies("OK");
            t.send("CONFIG SET appendonly yes").replies("OK");
            t.send("SET d 4").replies("OK");
            t.settle();
            t.run("SET e 5").replies("OK");
            t.advance(3, SECONDS);
            assertThat(t.persistence().durableOffset()).isEqualTo(t.engine().offset());
            assertThat(AofFiles.manifest(t.disk()).lines())
                    .as("after %d steps", steps)
                    .hasSize(2);
            assertThat(t.disk().files()).as("after %d steps", steps).hasSize(3);
            t.crash(Survival.NONE).with("appendonly=yes").start();
            t.run("MGET a b c d e").replies(List.of("1", "2", "3", "4", "5"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void howeverItIsSwitchedAStartFindsWhatWasAcknowledged(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PersistenceFixture t = new PersistenceFixture(seed, new SimDisk(), new ManualClock()).start();
        List<Sent> sent = new ArrayList<>();
        int compared = 0;
        for (int i = 0; i < 300; i++) {
            switch (random.nextInt(14)) {
                case 0, 1 -> sent.add(t.send("CONFIG SET appendonly yes"));
                case 2 -> sent.add(t.send("CONFIG SET appendonly no"));
                case 3 -> t.send("BGREWRITEAOF");
                case 4 -> sent.add(t.send(random.nextInt(4) == 0 ? "FLUSHALL" : "SWAPDB 0 1"));
                case 5 -> {
                    t.clock().advance(random.nextInt(400), MILLISECONDS);
                    t.turn();
                }
                case 6, 7, 8, 9 -> {
                    t.step();
                    t.turn();
                }
                default -> sent.add(t.send("RPUSH l" + random.nextInt(3) + " " + i));
            }
            boolean holds = t.info("aof_enabled").equals("1")
                    && !t.persistence().begins()
                    && t.info("aof_buffer_length").equals("0"); // what was answered while it began is written, too
            if (random.nextInt(4) == 0 && sent.stream().allMatch(Sent::left)) {
                SimDisk image = t.disk().after(Survival.ALL, t.random());
                PersistenceFixture next = new PersistenceFixture(1, image, new ManualClock(), "appendonly=yes");
                assertThat(next.tryStart()).as("seed %d, at %d", seed, i).isNull();
                if (holds) {
                    assertThat(next.digest()).as("seed %d, at %d", seed, i).isEqualTo(t.digest());
                    compared++;
                }
            }
        }
        assertThat(compared).isPositive();
        t.settle();
        assertThat(sent).allMatch(Sent::left);
        t.stop();
    }

    /** As Redis 7.2 has it; the client would wait for ever. */
    @Test
    void whoWaitsForTheDiskIsToldWhenItIsSwitchedOff() {
        PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=no").start();
        PersistenceFixture.Other other = t.other();
        other.run("SET a 1");
        Sent waits = other.send("WAITAOF 1 0 0");
        assertThat(waits.left()).isFalse();
        t.run("CONFIG SET appendonly no").replies("OK");
        waits.fails("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
        other.run("GET a").replies("1");
    }

    @Test
    void theFileIsNotLoadedAgainBeforeItIsBegun() {
        PersistenceFixture t = new PersistenceFixture("enable-debug-command=yes").start();
        t.run("SET a 1");
        t.send("CONFIG SET appendonly yes").replies("OK");
        t.run("DEBUG LOADAOF").replies("OK");
        t.run("GET a").replies("1");
    }
}
