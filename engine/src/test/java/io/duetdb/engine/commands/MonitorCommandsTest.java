package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorCommandsTest {
    private static final String WHEN = "1700000000.000000 [0 127.0.0.1:50000] ";

    private final EngineFixture t = new EngineFixture();
    private final EngineFixture.Other m = t.other();

    private List<Object> told() {
        return m.connection().takeAll();
    }

    @Test
    void everyCommandIsShownAsItWasSent() {
        m.run("MONITOR").replies("OK");
        t.run("SET a \"x y\"").replies("OK");
        t.run("set k \"a\\\"b\\\\\\n\\r\\t\\x07\\x08\\x00\\xff\\x1b\"");
        t.run("SELECT 3");
        assertThat(told())
                .containsExactly(
                        WHEN + "\"SET\" \"a\" \"x y\"",
                        WHEN + "\"set\" \"k\" \"a\\\"b\\\\\\n\\r\\t\\a\\b\\x00\\xff\\x1b\"",
                        WHEN.replace("[0", "[3") + "\"SELECT\" \"3\"");
        assertThat(m.connection().released()).as("it leaves with the turn").isEqualTo(4);
    }

    @Test
    void secretsAreNot() {
        m.run("MONITOR");
        t.run("AUTH foo");
        t.run("AUTH foo bar");
        t.run("HELLO 3 AUTH a b SETNAME x");
        t.run("HELLO 2 SETNAME AUTH");
        assertThat(told())
                .containsExactly(
                        WHEN + "\"AUTH\" \"(redacted)\"",
                        WHEN + "\"AUTH\" \"(redacted)\" \"(redacted)\"",
                        WHEN + "\"HELLO\" \"3\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"x\"",
                        WHEN + "\"HELLO\" \"2\" \"SETNAME\" \"AUTH\"");
    }

    @Test
    void whatDidNotRunAndWhatAdministersIsNotShown() {
        m.run("MONITOR");
        t.run("NOPE");
        t.run("GET");
        t.run("CONFIG GET maxmemory");
        t.run("CLIENT LIST");
        t.run("INCR x");
        assertThat(told()).containsExactly(WHEN + "\"INCR\" \"x\"");
    }

    @Test
    void itSeesItselfBehindItsReplyAndMayNotTouchKeys() {
        m.run("MONITOR");
        assertThat(m.start("PING")).isTrue();
        assertThat(told()).containsExactly("PONG", WHEN + "\"PING\"");
        m.run("GET a").fails("ERR Replica can't interact with the keyspace");
        assertThat(m.start("MONITOR")).isTrue();
        assertThat(told()).isEmpty();
        assertThat((String) t.run("CLIENT LIST").value()).contains("flags=O ");
    }

    @Test
    void resetAndTheEndOfTheConnectionEndIt() {
        m.run("MONITOR");
        m.run("RESET").replies("RESET");
        t.run("PING");
        assertThat(told()).isEmpty();
        m.run("GET a").nil();
        m.run("MONITOR");
        t.engine().disconnect(m.client());
        t.run("PING");
        assertThat(told()).isEmpty();
        EngineFixture.Other quitter = t.other();
        quitter.run("MONITOR");
        quitter.run("QUIT").replies("OK");
        assertThat(quitter.connection().takeAll()).isEmpty();
    }

    @Test
    void withoutRepliesThereIsNothingToShow() {
        assertThat(m.start("CLIENT REPLY OFF")).isTrue();
        assertThat(m.start("MONITOR")).isTrue();
        t.run("PING");
        assertThat(told()).isEmpty();
        assertThat(m.start("CLIENT REPLY ON")).isTrue();
        assertThat(told()).containsExactly("OK", WHEN + "\"CLIENT\" \"REPLY\" \"ON\"");
    }
}
