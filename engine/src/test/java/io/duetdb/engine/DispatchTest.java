package io.duetdb.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.TestConnection;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands between a request and its command: batches, checks, the gate through which replies leave. */
class DispatchTest {
    private final EngineFixture t = new EngineFixture();
    private final TestConnection connection = new TestConnection();

    private static Argv[] batch(String... lines) {
        Argv[] batch = new Argv[lines.length];
        for (int i = 0; i < lines.length; i++) {
            batch[i] = Argv.of(EngineFixture.words(lines[i]));
        }
        return batch;
    }

    @Test
    void aBatchAnswersEveryRequestInOrder() {
        Client client = t.engine().connect(connection);
        List<String> lines = new ArrayList<>();
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < Engine.BATCH_MAX; i++) {
            if (i == 10) {
                lines.add("NOPE x");
                expected.add(new Failure("ERR unknown command 'NOPE', with args beginning with: 'x' "));
            } else if (i == 11) {
                lines.add("GET");
                expected.add(new Failure("ERR wrong number of arguments for 'get' command"));
            } else if (i == 12) {
                lines.add("CONFIG NOPE");
                expected.add(new Failure("ERR unknown subcommand 'NOPE'. Try CONFIG HELP."));
            } else if (i % 2 == 0) {
                lines.add("SET k" + i + " v" + i);
                expected.add("OK");
            } else {
                lines.add("GET k" + (i - 1));
                expected.add(i == 13 ? null : "v" + (i - 1));
            }
        }
        assertThat(t.engine().execute(client, batch(lines.toArray(new String[0])), lines.size()))
                .isEqualTo(Engine.BATCH_MAX);
        assertThat(connection.takeAll()).isEqualTo(expected);
    }

    @Test
    void aLongerBatchIsCut() {
        Client client = t.engine().connect(connection);
        String[] lines = new String[Engine.BATCH_MAX + 5];
        java.util.Arrays.fill(lines, "PING");
        assertThat(t.engine().execute(client, batch(lines), lines.length)).isEqualTo(Engine.BATCH_MAX);
    }

    @Test
    void selectInABatchHoldsForWhatFollows() {
        Client client = t.engine().connect(connection);
        t.engine().execute(client, batch("SET k zero", "SELECT 1", "GET k", "SET k one", "SELECT 0", "GET k"), 6);
        assertThat(connection.takeAll()).isEqualTo(java.util.Arrays.asList("OK", "OK", null, "OK", "OK", "zero"));
        assertThat(t.effectLog().databases()).containsExactly(0, 1);
    }

    @Test
    void repliesOfATurnLeaveAtItsEnd() {
        Client client = t.engine().connect(connection);
        t.engine().execute(client, batch("PING", "PING"), 2);
        assertThat(connection.released()).isZero();
        t.engine().beforeSleep();
        assertThat(connection.released()).isEqualTo(2);
    }

    @Test
    void repliesWaitForTheEffectsTheyMayDependOn() {
        Client client = t.engine().connect(connection);
        TestConnection readerConnection = new TestConnection();
        Client reader = t.engine().connect(readerConnection);
        t.effectLog().safeUpTo(0);
        t.engine().execute(client, batch("SET k 1"), 1);
        t.engine().beforeSleep();
        assertThat(connection.released()).as("not written yet").isZero();
        t.engine().execute(reader, batch("GET k"), 1);
        t.engine().beforeSleep();
        assertThat(readerConnection.released())
                .as("saw what is not written yet")
                .isZero();
        t.engine().execute(client, batch("SET k 2", "PING"), 2);
        t.engine().beforeSleep();

        t.effectLog().safeUpTo(1);
        t.engine().beforeSleep();
        assertThat(connection.released()).as("of the first turn").isEqualTo(1);
        assertThat(readerConnection.released()).isEqualTo(1);
        t.effectLog().safeUpTo(2);
        t.engine().beforeSleep();
        assertThat(connection.released()).isEqualTo(3);
    }

    @Test
    void whatTheReadOnlyTokenMayNotDoIsRefused() {
        Client client = t.engine().connectRest(connection, true);
        t.run("SET k v");
        for (String line :
                List.of("SET k w", "DEL k", "FLUSHALL", "KEYS *", "CONFIG GET maxmemory", "INFO", "DEBUG HELP")) {
            t.engine().execute(client, batch(line), 1);
            String name = line.startsWith("CONFIG") ? "config|get" : line.split(" ")[0].toLowerCase();
            assertThat(connection.take())
                    .isEqualTo(new Failure(
                            "NOPERM this user has no permissions to run the '" + name + "' command or its subcommand"));
        }
        t.engine().execute(client, batch("GET k", "EXISTS k", "PING"), 3);
        assertThat(connection.takeAll()).containsExactly("v", 1L, "PONG");
    }

    @Test
    void writesBeyondTheLimitAreRefusedAndChangeNothing() {
        EngineFixture small = new EngineFixture(1, 3L << 20, Host.NONE);
        String value = "x".repeat(4000);
        Failure oom = new Failure("OOM command not allowed when used memory > 'maxmemory'.");
        int stored = 0;
        while (!small.run("SET k" + stored + " " + value).value().equals(oom)) {
            stored++;
        }
        assertThat(stored).isGreaterThan(300);
        long used = small.engine().usedBytes();
        small.forget();
        for (String line : List.of("SET k0 " + value, "APPEND k0 x", "INCR n", "MSET a 1 b 2")) {
            assertThat(small.run(line).value()).isEqualTo(oom);
        }
        assertThat(small.engine().usedBytes()).isEqualTo(used);
        small.effects();
        small.events();
        small.run("GET k0").replies(value);
        small.run("DBSIZE").replies(stored);
        for (int i = 0; i < 100; i++) {
            small.run("DEL k" + i).replies(1);
        }
        small.turn();
        small.run("SET k0 " + value).replies("OK");
    }

    @Test
    void aBrowsersRequestEndsTheConnection() {
        for (String line : List.of("POST / HTTP/1.1", "Host: localhost")) {
            List<String> log = new ArrayList<>();
            EngineFixture hosted = new EngineFixture(1, 64L << 20, new Host() {
                @Override
                public void log(String message) {
                    log.add(message);
                }
            });
            TestConnection browser = new TestConnection();
            Client client = hosted.engine().connect(browser);
            assertThat(hosted.engine().execute(client, batch("PING", line, "SET k v"), 3))
                    .isEqualTo(2);
            assertThat(browser.aborted()).isTrue();
            assertThat(client.closing()).isTrue();
            assertThat(browser.pending()).as("no word for it").isEqualTo(1);
            hosted.run("GET k").nil();
            assertThat(log).singleElement().asString().contains("SECURITY ATTACK");
        }
    }

    @Test
    void expiryOnTheWayIsAnEffectBeforeTheCommands() {
        t.run("SET k v EX 10");
        t.forget();
        t.engine().beforeSleep();
        t.run("DEBUG SET-ACTIVE-EXPIRE 0");
        t.advance(11, SECONDS);
        t.run("SETNX k w").replies(1);
        t.effects("MULTI", "DEL k", "SETNX k w", "EXEC");
    }
}
