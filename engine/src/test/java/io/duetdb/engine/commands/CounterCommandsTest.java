package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.util.Random;
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

    @Test
    void incrbyfloatPropagatesTheValueItCameTo() {
        t.run("SET k 10.50 EX 100");
        t.forget();
        t.run("INCRBYFLOAT k 0.1").replies("10.6");
        t.run("INCRBYFLOAT k -5").replies("5.6");
        t.run("INCRBYFLOAT fresh 3.0e3").replies("3000");
        t.effects("SET k 10.6 KEEPTTL", "SET k 5.6 KEEPTTL", "SET fresh 3000 KEEPTTL");
        t.events("incrbyfloat:k", "incrbyfloat:k", "incrbyfloat:fresh");
        t.run("TTL k").replies(100);
        t.run("OBJECT ENCODING fresh").replies("embstr");
        t.run("INCR fresh").replies(3001);
        t.run("OBJECT ENCODING fresh").replies("int");
        t.run("INCRBYFLOAT fresh 1").replies("3002");
    }

    @Test
    void incrbyfloatRefusesAndLeavesTheKey() {
        t.run("SET k abc");
        t.run("SET n 1");
        t.run("SET inf inf");
        t.forget();
        for (String value : new String[] {"x", "\"\"", "\" 1\"", "\"1 \"", "nan", "1e5000", "1\\x00"}) {
            t.run("INCRBYFLOAT n \"" + value.replace("\"", "") + "\"").fails("ERR value is not a valid float");
        }
        t.run("INCRBYFLOAT k 1").fails("ERR value is not a valid float");
        t.run("INCRBYFLOAT n inf").fails("ERR increment would produce NaN or Infinity");
        t.run("INCRBYFLOAT inf 1").fails("ERR increment would produce NaN or Infinity");
        t.run("INCRBYFLOAT inf -inf").fails("ERR increment would produce NaN or Infinity");
        t.run("INCRBYFLOAT fresh inf").fails("ERR increment would produce NaN or Infinity");
        t.run("MGET k n inf fresh").array("abc", "1", "inf", null);
        t.effects();
        t.events();
    }

    @Test
    void incrbyfloatPrintsAsARealServerDoes() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        Random random = new Random(13);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int i = 0; i < 5000; i++) {
                String command = (random.nextInt(5) == 0 ? "SET k " : "INCRBYFLOAT k ") + number(random);
                assertThat(t.run(command).value()).as(command).isEqualTo(redis.run(command));
                if (i % 50 == 0) {
                    t.run("GET k").replies(redis.run("GET k"));
                    t.run("OBJECT ENCODING k").replies(redis.run("OBJECT ENCODING k"));
                }
            }
        }
    }

    private static String number(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Long.toString(random.nextLong());
            case 1 -> Double.toString(random.nextGaussian());
            case 2 -> random.nextInt(1000) + "." + random.nextInt(1000);
            case 3 -> random.nextInt() + "e" + (random.nextInt(60) - 40);
            case 4 ->
                Double.toString(Double.longBitsToDouble(random.nextLong())).replace("NaN", "nan");
            case 5 -> "0.0000000" + random.nextInt(1_000_000_000);
            case 6 -> "-" + random.nextInt(100) + ".";
            default -> Long.toString(random.nextInt(100) - 50);
        };
    }
}
