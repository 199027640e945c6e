package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterCommandsTest {
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";

    private final EngineFixture t = new EngineFixture();

    @Test
    void countersStartAtZeroAndPropagateVerbatim() {
        t.run("INCR k").replies(1);
        t.run("INCRBY k 41").replies(42);
        t.run("DECR k").replies(41);
        t.run("DECRBY k -9").replies(50);
        t.run("DECR fresh").replies(-1);
        t.effects("INCR k", "INCRBY k 41", "DECR k", "DECRBY k -9", "DECR fresh");
        t.events("incrby:k", "incrby:k", "incrby:k", "incrby:k", "incrby:fresh");
        t.run("GET k").replies("50");
    }

    @Test
    void overflowLeavesTheValue() {
        t.run("SET k 9223372036854775807");
        t.run("INCR k").fails("ERR increment or decrement would overflow");
        t.run("GET k").replies("9223372036854775807");
        t.run("SET k -9223372036854775808");
        t.run("DECR k").fails("ERR increment or decrement would overflow");
        t.run("INCRBY k 9223372036854775807").replies(-1);
        t.run("DECRBY k -9223372036854775808").fails("ERR decrement would overflow");
        t.run("DECRBY k 9223372036854775807").replies(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "x",
                "\" 1\"",
                "1.0",
                "01",
                "+1",
                "-0",
                "9223372036854775808",
                "1234567890123456789012345"
            })
    void whatIsNoIntegerIsRefused(String value) {
        t.run("SET k " + value);
        t.run("INCR k").fails(NOT_AN_INTEGER);
        t.run("INCRBY fresh " + value).fails(NOT_AN_INTEGER);
        t.run("DECRBY fresh " + value).fails(NOT_AN_INTEGER);
        t.run("GET fresh").nil();
    }

    @Test
    void anAppendedNumberIsANumberAgain() {
        t.run("SET k 1");
        t.run("APPEND k 0");
        t.run("INCR k").replies(11);
        t.run("GET k").replies("11");
    }

    @Test
    void countingKeepsTheTimeToLive() {
        t.run("SET k 1 EX 1");
        t.run("INCR k").replies(2);
        t.run("SET s 01 EX 1");
        t.advance(2, SECONDS).run("INCR k").replies(1);
        t.run("INCR s").replies(1);
    }
}
