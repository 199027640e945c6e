package io.duetdb.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.ManualClock;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Fault;
import io.duetdb.persistence.kit.SimDisk.Survival;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The n-th call of the system fails, for every n of a life: nothing acknowledged is lost, and it heals by itself. */
final class FaultTest {
    private static final int STEP = Boolean.getBoolean("duet.long") ? 1 : 2;
    private static final String KEY = "counter";

    private final String[] values = {"appendonly=yes", "appendfsync=", "save=", "auto-aof-rewrite-percentage=0"};
    private final List<Sent> waiting = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private String where = "";
    private long acknowledged;
    private long refusals;
    private Fault fault;

    @ParameterizedTest
    @CsvSource({
        "always, NO_SPACE, false",
        "always, NO_SPACE, true",
        "always, IO_ERROR, false",
        "always, IO_ERROR, true",
        "everysec, NO_SPACE, false",
        "everysec, NO_SPACE, true",
        "everysec, IO_ERROR, false",
        "everysec, IO_ERROR, true"
    })
    void whicheverCallFailsNothingIsLostAndItHeals(String policy, Fault kind, boolean sticky) {
        values[1] = "appendfsync=" + policy;
        fault = kind;
        long calls = life(Long.MAX_VALUE / 2, sticky);
        assertThat(refusals).as("writes refused without a fault").isZero();
        long runs = 0;
        for (long n = 1; n <= calls; n += sticky ? STEP : 1) {
            life(n, sticky);
            runs++;
        }
        System.out.printf(
                "D12: %s, %s %s: each of %,d calls failed in its turn, %,d writes refused, 0 lost, all healed%n",
                policy, kind, sticky ? "for good" : "once", runs, refusals);
        if (sticky) {
            assertThat(refusals).isPositive();
        }
    }

    /** One life whose n-th call fails. Returns the number of its calls until the fault ended. */
    private long life(long n, boolean sticky) {
        where = values[1] + " " + fault + (sticky ? " from call " : " at call ") + n;
        waiting.clear();
        acknowledged = 0;
        SimDisk disk = new SimDisk();
        PersistenceFixture t = new PersistenceFixture(n, disk, new ManualClock(), values);
        disk.failAt(n, fault, sticky);
        String refused = t.tryStart();
        if (refused != null) {
            assertThat(refused).as(where).contains(words());
            disk.heal();
            t.start();
        }
        script(t);
        long calls = disk.calls();
        ledger(t);
        SimDisk killed = disk.after(Survival.ALL, random);
        PersistenceFixture next = new PersistenceFixture(1, killed, new ManualClock(), values).start();
        assertThat(counter(next)).as("after a kill, " + where).isGreaterThanOrEqualTo(acknowledged);

        disk.heal();
        t.advance(5, TimeUnit.SECONDS);
        ledger(t);
        assertThat(waiting).as("replies that never left, " + where).allMatch(Sent::broken);
        Sent write = t.run("INCR " + KEY);
        assertThat(write.failed())
                .as(() -> "5 s after the fault: " + write.value() + ", " + where + "\n" + String.join("\n", t.log()))
                .isFalse();
        t.advance(1200, TimeUnit.MILLISECONDS);
        assertThat(t.persistence().durableOffset())
                .as("durable, " + where)
                .isGreaterThanOrEqualTo(t.engine().offset());
        String digest = t.digest();
        assertThat(t.bug()).as(where).isNull();
        t.crash(Survival.NONE).start();
        assertThat(t.digest()).as("after a power cut, " + where).isEqualTo(digest);
        return calls;
    }

    private void script(PersistenceFixture t) {
        PersistenceFixture.Other reader = t.other();
        for (int i = 0; i < 24; i++) {
            waiting.add(t.send("INCR " + KEY));
            if (i % 3 != 0) {
                t.settle();
            }
            if (i == 6 || i == 15) {
                t.send("BGREWRITEAOF");
            }
            if (i % 6 == 4) {
                t.advance(700, TimeUnit.MILLISECONDS);
            }
            if (i % 3 == 0) {
                continue; // the next write comes while this one is on its way to the disk
            }
            Sent read = reader.send("GET nothing");
            t.settle();
            assertThat(read.left())
                    .as(() -> "a read is answered, " + where + "\n" + String.join("\n", t.log()))
                    .isTrue();
            ledger(t);
        }
    }

    private String words() {
        return fault == Fault.NO_SPACE ? "No space left on device" : "Input/output error";
    }

    /** Looks at the replies that have left: numbers that were acknowledged, or refusals that name the cause. */
    private void ledger(PersistenceFixture t) {
        waiting.removeIf(sent -> {
            if (!sent.left()) {
                return false;
            }
            if (sent.value() instanceof Long number) {
                acknowledged = Math.max(acknowledged, number);
            } else {
                refusals++;
                assertThat(String.valueOf(sent.value())).as(where).contains("MISCONF Errors writing to the AOF file: ");
                assertThat(String.valueOf(sent.value())).as(where).contains(words());
            }
            return true;
        });
        assertThat(t.bug()).as(where).isNull();
    }

    private static long counter(PersistenceFixture t) {
        Object value = t.run("GET " + KEY).value();
        return value == null ? 0 : Long.parseLong(String.valueOf(value));
    }

    @Test
    void aFullDiskRefusesWritesServesReadsAndGoesOnWhenThereIsSpace() {
        for (String policy : List.of("always", "everysec")) {
            String[] settings = {"appendonly=yes", "appendfsync=" + policy, "save="};
            PersistenceFixture t = new PersistenceFixture(settings).start();
            PersistenceFixture.Other other = t.other();
            t.disk().capacity(8_000);
            long written = 0;
            Sent last = t.send("RPUSH l first");
            t.settle();
            while (last.left() && written < 200) {
                written++;
                last = t.send("RPUSH l " + "x".repeat(100));
                t.settle();
            }
            assertThat(written).as("writes that found room, " + policy).isBetween(10L, 100L);
            t.advance(1, TimeUnit.SECONDS);
            assertThat(last.left()).as("the reply of what is not written").isFalse();
            other.run("RPUSH l y").fails("MISCONF Errors writing to the AOF file: No space left on device");
            other.run("DEL l").fails("MISCONF Errors writing to the AOF file: No space left on device");
            other.run("EXISTS l").replies(1);
            assertThat(t.info("aof_last_write_status")).isEqualTo("err");
            SimDisk killed = t.disk().after(Survival.ALL, random);
            killed.capacity(Long.MAX_VALUE);
            PersistenceFixture next = new PersistenceFixture(1, killed, new ManualClock(), settings).start();
            assertThat((Long) next.run("LLEN l").value())
                    .as("elements after a kill")
                    .isGreaterThanOrEqualTo(written);

            t.disk().capacity(1 << 20);
            t.advance(2, TimeUnit.SECONDS);
            last.replies((int) written + 1);
            other.run("RPUSH l z").replies((int) written + 2);
            assertThat(t.info("aof_last_write_status")).isEqualTo("ok");
            t.advance(1100, TimeUnit.MILLISECONDS);
            String digest = t.digest();
            t.crash(Survival.NONE).start();
            assertThat(t.digest()).isEqualTo(digest);
        }
    }
}
