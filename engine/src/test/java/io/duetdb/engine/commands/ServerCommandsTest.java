package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.TestConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerCommandsTest {
    @Test
    void timeIsTheClocks() {
        EngineFixture t = new EngineFixture();
        t.run("TIME").array("1700000000", "0");
        t.advance(1234, MILLISECONDS);
        t.run("TIME").array("1700000001", "234000");
        t.run("TIME x").fails("ERR wrong number of arguments for 'time' command");
    }

    @Test
    void shutdownIsTheHostsAndHasNoReply() {
        List<String> calls = new ArrayList<>();
        Host host = new Host() {
            @Override
            public void shutdown(boolean save, boolean force) {
                calls.add(save + " " + force);
            }
        };
        EngineFixture t = new EngineFixture(1, 64L << 20, host);
        for (String line : List.of("SHUTDOWN", "SHUTDOWN SAVE", "shutdown nosave now force")) {
            TestConnection connection = new TestConnection();
            var client = t.engine().connect(connection);
            Argv[] batch = {Argv.of(EngineFixture.words(line)), Argv.of("PING")};
            assertThat(t.engine().execute(client, batch, 2)).isEqualTo(1);
            assertThat(connection.pending()).isZero();
            assertThat(connection.closing()).isTrue();
        }
        assertThat(calls).containsExactly("false false", "true false", "false true");
        t.run("SHUTDOWN FOO").fails("ERR syntax error");
        t.run("SHUTDOWN SAVE NOSAVE").fails("ERR syntax error");
        t.run("SHUTDOWN ABORT NOW").fails("ERR syntax error");
        t.run("SHUTDOWN ABORT").fails("ERR No shutdown in progress.");
    }

    @Test
    void anEmbeddedInstanceIsNotShutDownByACommand() {
        new EngineFixture()
                .run("SHUTDOWN")
                .fails("ERR SHUTDOWN is not available: this instance is embedded, close it from the program");
    }
}
