package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowlogCommandsTest {
    private final EngineFixture t = new EngineFixture("slowlog-log-slower-than=0");

    private static final String PEER = "127.0.0.1:50000";

    private List<?> entries(String line) {
        return (List<?>) t.run(line).value();
    }

    @Test
    void everyCommandIsThereWhenThereIsNoThreshold() {
        t.run("CLIENT SETNAME bob");
        t.run("SET k v");
        t.run("NOPE");
        t.run("GET");
        t.run("SLOWLOG LEN").replies(2);
        assertThat(entries("SLOWLOG GET 2"))
                .isEqualTo(List.of(
                        List.of(2L, 1_700_000_000L, 0L, List.of("SLOWLOG", "LEN"), PEER, "bob"),
                        List.of(1L, 1_700_000_000L, 0L, List.of("SET", "k", "v"), PEER, "bob")));
        t.run("SLOWLOG RESET").replies("OK");
        assertThat(entries("SLOWLOG GET -1")).hasSize(1);
    }

    @Test
    void longRequestsAreCut() {
        t.run("SET k " + "x".repeat(200));
        StringBuilder mset = new StringBuilder("MSET");
        for (int i = 0; i < 20; i++) {
            mset.append(" k").append(i).append(" v");
        }
        t.run(mset.toString());
        List<?> all = entries("SLOWLOG GET");
        List<?> arguments = (List<?>) ((List<?>) all.get(0)).get(3);
        assertThat(arguments).hasSize(32);
        assertThat(arguments.get(31)).isEqualTo("... (10 more arguments)");
        arguments = (List<?>) ((List<?>) all.get(1)).get(3);
        assertThat(arguments.get(2)).isEqualTo("x".repeat(128) + "... (72 more bytes)");
    }

    @Test
    void secretsAreNotKept() {
        t.run("AUTH x y");
        t.run("HELLO 3 AUTH a b");
        t.run("CONFIG SET maxclients 100 requirepass s");
        t.run("CONFIG SET requirepass \"\"");
        List<Object> seen = new ArrayList<>();
        entries("SLOWLOG GET -1").forEach(e -> seen.add(((List<?>) e).get(3)));
        assertThat(seen)
                .containsExactly(
                        List.of("CONFIG", "SET", "requirepass", "(redacted)"),
                        List.of("CONFIG", "SET", "maxclients", "100", "requirepass", "(redacted)"),
                        List.of("HELLO", "3", "AUTH", "(redacted)", "(redacted)"),
                        List.of("AUTH", "(redacted)", "(redacted)"));
    }

    @Test
    void theNumberOfEntriesIsLimited() {
        for (int i = 0; i < 20; i++) {
            t.run("ECHO " + i);
        }
        assertThat(entries("SLOWLOG GET")).hasSize(10);
        t.run("CONFIG SET slowlog-max-len 2");
        t.run("SLOWLOG LEN").replies(2);
        t.run("CONFIG SET slowlog-max-len 0");
        t.run("SLOWLOG LEN").replies(0);
        t.run("CONFIG SET slowlog-log-slower-than -1 slowlog-max-len 10");
        t.run("PING");
        t.run("SLOWLOG LEN").replies(0);
        t.run("SLOWLOG GET x").fails("ERR count should be greater than or equal to -1");
        t.run("SLOWLOG GET -2").fails("ERR count should be greater than or equal to -1");
        t.run("SLOWLOG GET 1 2")
                .fails("ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.");
    }

    @Test
    void aGroupOfCheapCommandsIsJudgedTogetherAndOneStandsForIt() {
        t.run("CONFIG SET slowlog-log-slower-than 1000");
        t.run("SLOWLOG RESET");
        t.clock().ticking(TimeUnit.MICROSECONDS.toNanos(600)); // each reading of the clock
        Argv[] batch = {Argv.of("PING"), Argv.of("ECHO", "the big one"), Argv.of("ECHO", "small")};
        t.engine().execute(t.client(), batch, 3);
        t.connection().takeAll();
        t.clock().ticking(0);
        t.engine().beforeSleep();
        t.run("SLOWLOG LEN").replies(0);
        t.clock().ticking(TimeUnit.MILLISECONDS.toNanos(2));
        t.engine().execute(t.client(), batch, 3);
        t.connection().takeAll();
        t.clock().ticking(0);
        t.engine().beforeSleep();
        List<?> all = entries("SLOWLOG GET");
        assertThat(all).hasSize(1);
        assertThat(((List<?>) all.get(0)).subList(2, 4)).isEqualTo(List.of(2000L, List.of("ECHO", "the big one")));
    }
}
