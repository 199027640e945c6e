package io.duetdb.truth.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations in which both sides must say the same: what chance rarely brings about, and what it once found. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TalkScriptsTest {
    private static TalkMachine machine;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        machine = new TalkMachine(1, null);
    }

    @AfterAll
    static void stop() throws Exception {
        if (machine != null) {
            machine.close();
        }
    }

    /** Does what lines say on both sides; where Duet lacks a command, nothing. */
    private static void same(String... lines) throws Exception {
        List<Act> acts = new ArrayList<>();
        Set<String> known = TalkMachine.known();
        for (String line : lines) {
            Act act = Act.parse(line);
            assumeTrue(act.steps().stream().allMatch(step -> known.contains(Templates.name(step.text()))));
            acts.add(act);
        }
        try (Conversation conversation = machine.open()) {
            Conversation.Difference difference = conversation.run(acts);
            assertThat(difference == null ? "" : difference.text()).isEmpty();
        }
    }

    @Test
    void everybodyHearsTheirOwnSpelling() throws Exception {
        same(
                "0> SUBSCRIBE a b",
                "1> SUBSCRIBE a",
                "1> PSUBSCRIBE a*",
                "4> PSUBSCRIBE * a",
                "2> PUBLISH a hello",
                "1> PUBLISH a own",
                "0> PING",
                "1> PING",
                "0> GET a",
                "4!",
                "2> PUBLISH a hello");
    }

    @Test
    void ownNewsAreToldBehindTheCommandAndAsItIsThen() throws Exception {
        same(
                "4> HELLO 3",
                "0> CLIENT TRACKING ON REDIRECT @id4",
                "0> GET b",
                "0> SET b 1",
                "1> CLIENT TRACKING ON",
                "1> GET a",
                "0> SET a 1",
                "1> MULTI ; FLUSHALL ; CLIENT TRACKING ON REDIRECT @id4 ; EXEC",
                "1> SET c 1 ; CLIENT TRACKING OFF ; GET c ; DEL c");
    }

    @Test
    void nothingMoreIsQueuedOnceItIsInVain() throws Exception {
        same("1> WATCH n", "1> APPEND n x", "1> MULTI", "1> LPUSH l2 x", "0> CLIENT LIST", "1> EXEC", "0> EXISTS l2");
    }

    @Test
    void whoWaitsIsServedInTheOrderOfWaiting() throws Exception {
        same(
                "2> BLPOP a b 0",
                "3> BLPOP b 0",
                "1> BLPOP a 0",
                "0> RPUSH b 1 2",
                "0> RPUSH a 3",
                "2> BRPOPLPUSH a a 0 ; PING",
                "0> LPUSH a x",
                "3~ BLPOP a nothing 0.002",
                "0> LRANGE a 0 -1");
    }

    @Test
    void aWatchedKeyThatExpiresRefusesTheTransaction() throws Exception {
        same(
                "0> SET a 1",
                "0> WATCH a",
                "1~ PEXPIRE a 2",
                "0> MULTI ; SET b 1 ; EXEC",
                "0> GET b",
                "0> WATCH a",
                "0> MULTI ; GET a ; EXEC");
    }
}
