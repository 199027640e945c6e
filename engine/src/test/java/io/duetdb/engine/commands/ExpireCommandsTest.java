package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpireCommandsTest {
    private final EngineFixture t = new EngineFixture();
    private final long now = t.clock().nowMs();

    @Test
    void expirePropagatesAnAbsoluteTime() {
        t.run("SET k v");
        t.forget();
        t.run("EXPIRE k 10").replies(1);
        t.run("PEXPIRE k 10 XX").replies(1);
        t.run("EXPIREAT k " + (now / 1000 + 3)).replies(1);
        t.run("PEXPIREAT k " + (now + 3)).replies(1);
        t.effects(
                "PEXPIREAT k " + (now + 10_000),
                "PEXPIREAT k " + (now + 10),
                "PEXPIREAT k " + (now / 1000 + 3) * 1000,
                "PEXPIREAT k " + (now + 3));
        t.events("expire:k", "expire:k", "expire:k", "expire:k");
    }

    @Test
    void aDeadlineThatIsOverDeletes() {
        for (String command : List.of(
                "EXPIRE k 0", "EXPIRE k -1", "PEXPIRE k 0", "EXPIREAT k 1", "PEXPIREAT k " + now, "PEXPIREAT k -5")) {
            t.run("SET k v");
            t.forget();
            t.run(command).replies(1);
            t.effects("DEL k");
            t.events("del:k");
            t.run("EXISTS k").replies(0);
        }
    }

    @Test
    void withoutAKeyNothingHappens() {
        t.run("EXPIRE k 10").replies(0);
        t.run("PERSIST k").replies(0);
        t.run("TTL k").replies(-2);
        t.run("PTTL k").replies(-2);
        t.run("EXPIRETIME k").replies(-2);
        t.run("PEXPIRETIME k").replies(-2);
        t.effects();
        t.events();
    }

    @Test
    void whatIsLeftIsRoundedToSeconds() {
        t.run("SET k v");
        t.run("TTL k").replies(-1);
        t.run("PTTL k").replies(-1);
        t.run("EXPIRETIME k").replies(-1);
        t.run("PEXPIRETIME k").replies(-1);
        t.run("PEXPIRE k 1499");
        t.run("TTL k").replies(1);
        t.run("PTTL k").replies(1499);
        t.run("PEXPIRE k 1500");
        t.run("TTL k").replies(2);
        t.run("PEXPIRETIME k").replies(now + 1500);
        t.run("EXPIRETIME k").replies((now + 2000) / 1000);
        t.advance(1500, MILLISECONDS).run("PTTL k").replies(0);
        t.run("TTL k").replies(0);
        t.advance(1, MILLISECONDS).run("PTTL k").replies(-2);
    }

    @ParameterizedTest
    @CsvSource({
        // present time to live (0 = none), condition, asked for, reply
        "0,NX,10,1", "20,NX,10,0", "0,XX,10,0", "20,XX,10,1", "0,GT,10,0", "20,GT,10,0", "20,GT,20,0",
        "20,GT,30,1", "0,LT,10,1", "20,LT,10,1", "20,LT,20,0", "20,LT,30,0", "20,XX gt,30,1", "0,xx LT,30,0"
    })
    void conditionsCompareWithThePresentDeadline(int present, String condition, int wanted, int reply) {
        t.run(present == 0 ? "SET k v" : "SET k v EX " + present);
        t.forget();
        t.run("EXPIRE k " + wanted + " " + condition).replies(reply);
        t.run("TTL k").replies(reply == 1 ? wanted : present == 0 ? -1 : present);
        if (reply == 1) {
            t.effects("PEXPIREAT k " + (now + wanted * 1000L));
            t.events("expire:k");
        } else {
            t.effects();
            t.events();
        }
    }

    @Test
    void conditionsAreCheckedBeforeNumberAndKey() {
        t.run("EXPIRE k x NX GT").fails("ERR NX and XX, GT or LT options at the same time are not compatible");
        t.run("EXPIRE k x GT LT").fails("ERR GT and LT options at the same time are not compatible");
        t.run("EXPIRE k x NX foo GT").fails("ERR Unsupported option foo");
        t.run("EXPIRE k x \"a\\x00b\"").fails("ERR Unsupported option a");
        t.run("EXPIRE k x").fails("ERR value is not an integer or out of range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXPIRE k 9223372036854776",
                "EXPIRE k -9223372036854776",
                "PEXPIRE k 9223372036854775807",
                "EXPIREAT k 9223372036854776",
                "EXPIRE k 9223372036854775"
            })
    void impossibleTimesAreRefused(String command) {
        String name = command.substring(0, command.indexOf(' ')).toLowerCase(java.util.Locale.ROOT);
        t.run("SET k v");
        t.run(command).fails("ERR invalid expire time in '" + name + "' command");
        t.run("TTL k").replies(-1);
    }

    @Test
    void theFarthestDeadlineIsKept() {
        t.run("SET k v");
        t.run("PEXPIREAT k 9223372036854775807").replies(1);
        t.run("PEXPIRETIME k").replies(Long.MAX_VALUE);
        t.advance(1000, MINUTES).turn();
        t.run("GET k").replies("v");
    }

    @Test
    void persistRemovesTheTimeToLive() {
        t.run("SET k v EX 10");
        t.forget();
        t.run("PERSIST k").replies(1);
        t.run("PERSIST k").replies(0);
        t.effects("PERSIST k");
        t.events("persist:k");
        t.advance(11, SECONDS).run("GET k").replies("v");
    }

    @Test
    void theCycleExpiresInTheOrderOfDeadlinesAndGivesTheMemoryBackWithinASecond() {
        Random random = new Random(7);
        t.turn();
        long empty = t.engine().usedBytes();
        List<long[]> deadlines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            long ms = 1 + random.nextInt(60_000);
            deadlines.add(new long[] {now + ms, i});
            t.run("SET key:" + i + " " + "x".repeat(random.nextInt(200)) + "v PX " + (1 + random.nextInt(1_000_000)));
            t.run("PEXPIRE key:" + i + " " + ms).replies(1);
        }
        deadlines.sort(Comparator.comparingLong(d -> d[0]));
        t.forget();
        List<String> expired = new ArrayList<>();
        for (int second = 1; second <= 61; second++) {
            for (int i = 0; i < 20; i++) {
                t.advance(50, MILLISECONDS).turn();
                expired.addAll(t.effectLog().take());
            }
            long due = now + second * 1000L - 1000;
            assertThat(expired.size()).isGreaterThanOrEqualTo((int)
                    deadlines.stream().filter(d -> d[0] < due).count());
        }
        t.run("DBSIZE").replies(0);
        assertThat(expired).hasSize(10_000);
        long last = 0;
        long[] byKey = new long[10_000];
        for (long[] d : deadlines) {
            byKey[(int) d[1]] = d[0];
        }
        for (String effect : expired) {
            long at = byKey[Integer.parseInt(effect.substring("DEL key:".length()))];
            assertThat(at).isGreaterThanOrEqualTo(last);
            last = at;
        }
        for (int i = 0; i < 100; i++) {
            t.advance(10, MILLISECONDS).turn();
        }
        assertThat(t.engine().usedBytes()).isLessThanOrEqualTo(empty + 64 * 1024);
    }

    @Test
    void aJumpOfTheClockExpiresWhatIsOverAndNothingElse() {
        t.run("SET near v EX 10");
        t.run("SET far v EX 1000000");
        t.forget();
        t.clock().jumpTo(now + 500_000_000L);
        for (int i = 0; i < 100; i++) {
            t.turn();
        }
        t.effects("DEL near");
        t.run("TTL far").replies(1_000_000 - 500_000);
        t.clock().jumpTo(now - 100_000);
        t.turn();
        t.run("TTL far").replies(1_000_100);
        t.run("SET near v EX 10").replies("OK");
        t.clock().jumpTo(now - 100_000 + 10_000);
        t.turn();
        t.run("PTTL near").replies(0);
        t.advance(1, MILLISECONDS).turn();
        t.run("EXISTS near far").replies(1);
        t.clock().jumpTo(now + 1_000_000_001L);
        for (int i = 0; i < 1000; i++) {
            t.turn();
        }
        t.run("DBSIZE").replies(0);
    }
}
