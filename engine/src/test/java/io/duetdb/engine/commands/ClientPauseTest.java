package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** CLIENT PAUSE delays and doesn't refuse. */
class ClientPauseTest {
    private final EngineFixture t = new EngineFixture();
    private final EngineFixture.Other a = t.other();
    private final EngineFixture.Other b = t.other();

    private Object later(EngineFixture.Other client) {
        t.turn();
        return client.connection().pending() == 0
                ? "waits"
                : client.connection().take();
    }

    @Test
    void writesWaitForTheEndOfThePauseAndReadsDoNot() {
        t.run("CLIENT PAUSE 1000 WRITE").replies("OK");
        assertThat(a.start("SET k 1")).isTrue();
        assertThat(a.start("SET k 2")).as("waits in its connection").isFalse();
        b.run("GET k").nil();
        b.run("SET k").fails("ERR wrong number of arguments for 'set' command");
        assertThat((String) b.run("CLIENT LIST").value()).contains(" flags=b ").contains(" cmd=set ");
        assertThat((String) b.run("INFO clients").value()).contains("blocked_clients:1\r\n");
        assertThat(t.engine().nextDutyInMs()).isEqualTo(1000);
        t.advance(999, TimeUnit.MILLISECONDS);
        assertThat(later(a)).isEqualTo("waits");
        assertThat(t.engine().nextDutyInMs()).isEqualTo(1);
        t.advance(1, TimeUnit.MILLISECONDS);
        assertThat(later(a)).isEqualTo("OK");
        assertThat(a.connection().resumes()).isEqualTo(1);
        assertThat(a.start("SET k 2")).isTrue();
        b.run("GET k").replies("2");
        t.effects("SET k 1", "SET k 2");
    }

    @Test
    void everythingWaitsInAPauseOfAll() {
        t.run("CLIENT PAUSE 1000").replies("OK");
        a.start("PING");
        b.start("CLIENT UNPAUSE");
        assertThat(later(a)).isEqualTo("waits");
        assertThat(later(b)).isEqualTo("waits");
        t.advance(1, TimeUnit.SECONDS);
        assertThat(later(a)).isEqualTo("PONG");
        assertThat(b.connection().take()).isEqualTo("OK");
    }

    @Test
    void requestsGoOnInTheOrderInWhichTheyCame() {
        t.run("CLIENT PAUSE 1000 WRITE");
        b.start("APPEND k b");
        a.start("APPEND k a");
        t.run("CLIENT UNPAUSE").replies("OK");
        assertThat(later(a)).isEqualTo(2L);
        assertThat(b.connection().take()).isEqualTo(1L);
        t.run("GET k").replies("ba");
    }

    @Test
    void aPauseIsNeverShortenedBySomebodyElse() {
        t.run("CLIENT PAUSE 1000 WRITE");
        b.run("CLIENT PAUSE 10 WRITE").replies("OK");
        t.advance(500, TimeUnit.MILLISECONDS);
        a.start("SET k v");
        assertThat(later(a)).isEqualTo("waits");
        b.run("CLIENT PAUSE 9223372036854775807 WRITE").replies("OK");
        t.advance(500, TimeUnit.DAYS);
        assertThat(later(a)).isEqualTo("waits");
        b.run("CLIENT UNPAUSE");
        assertThat(later(a)).isEqualTo("OK");
    }

    @Test
    void aClientThatIsGoneOrKilledIsForgotten() {
        t.run("CLIENT PAUSE 1000 WRITE");
        a.start("SET k a");
        b.start("SET k b");
        EngineFixture.Other c = t.other();
        c.start("SET k c");
        t.engine().disconnect(a.client());
        t.run("CLIENT KILL ID " + b.client().id()).replies(1);
        t.advance(1, TimeUnit.SECONDS);
        assertThat(later(c)).isEqualTo("OK");
        t.effects("SET k c");
    }

    @Test
    void nothingExpiresByItselfMeanwhile() {
        t.run("SET k v PX 100");
        t.run("CLIENT PAUSE 1000 WRITE");
        t.forget();
        t.advance(500, TimeUnit.MILLISECONDS);
        t.turn();
        t.effects();
        t.advance(500, TimeUnit.MILLISECONDS);
        t.turn();
        t.effects("DEL k");
    }

    @Test
    void theRestOfAPipelineWaitsWithTheFirst() {
        t.run("CLIENT PAUSE 1000 WRITE");
        Argv[] batch = {Argv.of("PING"), Argv.of("SET", "k", "1"), Argv.of("GET", "k")};
        assertThat(t.engine().execute(a.client(), batch, 3)).isEqualTo(2);
        assertThat(a.connection().take()).isEqualTo("PONG");
        t.engine().beforeSleep();
        t.run("CLIENT UNPAUSE");
        assertThat(later(a)).isEqualTo("OK");
        assertThat(a.start("GET k")).isTrue();
        assertThat(a.connection().take()).isEqualTo("1");
    }

    @Test
    void muteClientsStayMute() {
        a.start("CLIENT REPLY OFF");
        b.start("CLIENT REPLY SKIP");
        t.run("CLIENT PAUSE 1000 WRITE");
        a.start("SET k 1");
        b.start("APPEND k 2");
        t.run("CLIENT UNPAUSE");
        t.turn();
        assertThat(a.connection().pending()).isZero();
        assertThat(b.connection().pending()).isZero();
        b.run("GET k").replies("12");
    }

    @Test
    void argumentsAreCheckedAsRedisDoes() {
        t.run("CLIENT PAUSE x").fails("ERR timeout is not an integer or out of range");
        t.run("CLIENT PAUSE -1").fails("ERR timeout is negative");
        t.run("CLIENT PAUSE x foo").fails("ERR CLIENT PAUSE mode must be WRITE or ALL");
        t.run("CLIENT PAUSE 1 WRITE x")
                .fails("ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.");
        assertThat(t.run("CLIENT UNPAUSE x").value()).isInstanceOf(Failure.class);
    }
}
