package io.duetdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.EffectLog;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.TestConnection;
import org.junit.jupiter.api.Test;

/** When replies leave: at the end of the turn, earlier when they are many, never before what they depend on is safe. */
class ReplyGateTest {
    private final EffectLog effects = new EffectLog();
    private final Engine engine =
            new Engine(EngineOptions.of(new Settings(Engine.settings()), new ManualClock(), 1, 64L << 20)
                    .withPropagator(effects));
    private final TestConnection connection = new TestConnection();
    private final Client client = engine.connect(connection);

    private void run(String... words) {
        assertThat(engine.execute(client, new Argv[] {Argv.of(words)}, 1)).isEqualTo(1);
    }

    @Test
    void repliesLeaveWhenTheTurnEnds() {
        run("SET", "k", "v");
        run("GET", "k");
        assertThat(connection.released()).isZero();
        engine.beforeSleep();
        assertThat(connection.released()).isEqualTo(2);
    }

    @Test
    void manyRepliesLeaveBeforeTheTurnEnds() {
        connection.leaveEarlyFrom(2);
        run("PING");
        assertThat(connection.released()).isZero();
        run("PING");
        assertThat(connection.released()).isEqualTo(2);
        run("PING");
        assertThat(connection.released()).isEqualTo(2);
        engine.beforeSleep();
        assertThat(connection.released()).isEqualTo(3);
    }

    @Test
    void nothingLeavesEarlyThatDependsOnAnEffectWhichIsNotSafe() {
        connection.leaveEarlyFrom(1);
        effects.safeUpTo(0);
        run("PING");
        assertThat(connection.released()).isEqualTo(1);
        run("SET", "k", "v");
        run("GET", "k");
        assertThat(connection.released()).isEqualTo(1);
        engine.beforeSleep();
        assertThat(connection.released()).as("held by offset").isEqualTo(1);
        run("PING"); // would be free by itself, but order holds
        assertThat(connection.released()).isEqualTo(1);
        engine.beforeSleep();
        effects.safeUpTo(1);
        engine.beforeSleep();
        assertThat(connection.released()).isEqualTo(4);
    }
}
