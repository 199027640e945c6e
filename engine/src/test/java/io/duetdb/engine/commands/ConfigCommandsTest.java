package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigCommandsTest {
    private static final String FAILED = "ERR CONFIG SET failed (possibly related to argument '";

    private final EngineFixture t = new EngineFixture();

    @Test
    void getFindsNamesAndPatternsOnceEach() {
        t.run("CONFIG GET databases").replies(Map.of("databases", "16"));
        t.run("CONFIG GET MAXMEMORY maxmemory max*-policy nope")
                .replies(Map.of("MAXMEMORY", "0", "maxmemory-policy", "noeviction"));
        t.run("CONFIG GET nope").replies(Map.of());
        assertThat((Map<?, ?>) t.run("CONFIG GET *").value()).hasSizeGreaterThan(5);
        t.run("CONFIG GET").fails("ERR wrong number of arguments for 'config|get' command");
    }

    @Test
    void setTakesEffectAtOnce() {
        t.run("CONFIG SET maxmemory 100mb").replies("OK");
        t.run("CONFIG GET maxmemory").replies(Map.of("maxmemory", "104857600"));
        assertThat(t.engine().memoryLimitBytes()).isEqualTo(100L << 20);
        t.run("CONFIG SET maxmemory 0").replies("OK");
        assertThat(t.engine().memoryLimitBytes()).isEqualTo(256L << 20);
    }

    @Test
    void setIsAllOrNothing() {
        t.run("CONFIG SET maxmemory 100mb maxclients 0")
                .fails(FAILED + "maxclients') - argument must be between 1 and 4294967295 inclusive");
        t.run("CONFIG GET maxmemory").replies(Map.of("maxmemory", "0"));
        assertThat(t.engine().memoryLimitBytes()).isEqualTo(256L << 20);
        t.run("CONFIG SET maxmemory 1mb y 2").fails("ERR Unknown option or number of arguments for CONFIG SET - 'y'");
        t.run("CONFIG GET maxmemory").replies(Map.of("maxmemory", "0"));
        t.run("CONFIG SET maxmemory 100mb maxclients 5").replies("OK");
        t.run("CONFIG GET maxcl*s").replies(Map.of("maxclients", "5"));
    }

    @Test
    void aLimitBelowWhatIsUsedRefusesWritesUntilItIsRaised() {
        t.run("SET k v").replies("OK");
        t.run("CONFIG SET maxmemory 1").replies("OK");
        t.run("SET k w").fails("OOM command not allowed when used memory > 'maxmemory'.");
        t.run("GET k").replies("v");
        t.run("CONFIG SET maxmemory 0").replies("OK");
        t.run("SET k w").replies("OK");
    }

    @Test
    void refusalsReadAsRedis() {
        t.run("CONFIG SET x y").fails("ERR Unknown option or number of arguments for CONFIG SET - 'x'");
        t.run("CONFIG SET maxmemory x").fails(FAILED + "maxmemory') - argument must be a memory value");
        t.run("CONFIG SET maxmemory -1").fails(FAILED + "maxmemory') - argument must be a memory value");
        t.run("CONFIG SET maxmemory 100tb").fails(FAILED + "maxmemory') - argument must be a memory value");
        t.run("CONFIG SET maxmemory 1 MAXMEMORY 2").fails(FAILED + "MAXMEMORY') - duplicate parameter");
        t.run("CONFIG SET databases 3").fails(FAILED + "databases') - can't set immutable config");
        t.run("CONFIG SET enable-debug-command yes")
                .fails(FAILED + "enable-debug-command') - can't set immutable config");
        t.run("CONFIG SET maxclients abc").fails(FAILED + "maxclients') - argument couldn't be parsed into an integer");
        t.run("CONFIG SET maxmemory").fails("ERR wrong number of arguments for 'config|set' command");
        t.run("CONFIG SET maxmemory 1 bar").fails("ERR syntax error");
    }

    @Test
    void whatIsNotThereYetSaysWhy() {
        t.run("CONFIG SET maxmemory-policy noeviction").replies("OK");
        t.run("CONFIG SET maxmemory-policy allkeys-lru")
                .fails(FAILED
                        + "maxmemory-policy') - argument must be 'noeviction': keys are not evicted, commands that"
                        + " add data are refused at the limit; give keys a time to live, or more memory");
    }

    @Test
    void anOlderNameIsTheSameSetting() {
        t.run("CONFIG SET hash-max-ziplist-entries 7").replies("OK");
        t.run("CONFIG GET hash-max-*-entries")
                .replies(Map.of("hash-max-listpack-entries", "7", "hash-max-ziplist-entries", "7"));
        t.run("CONFIG SET HASH-max-ziplist-entries x")
                .fails(FAILED + "hash-max-ziplist-entries') - argument couldn't be parsed into an integer");
        t.run("CONFIG SET busy-reply-threshold 1 lua-time-limit 2").replies("OK");
        t.run("CONFIG GET busy-reply-threshold").replies(Map.of("busy-reply-threshold", "2"));
    }

    @Test
    void settingsOfManyWordsAreShownAsRedisShowsThem() {
        t.run("CONFIG SET latency-tracking-info-percentiles \"50.0 99.990 100\"")
                .replies("OK");
        t.run("CONFIG GET latency-tracking-info-percentiles")
                .replies(Map.of("latency-tracking-info-percentiles", "50 99.99 100"));
        t.run("CONFIG SET latency-tracking-info-percentiles \"0.1234567891 50\"")
                .replies("OK");
        t.run("CONFIG GET latency-tracking-info-percentiles")
                .replies(Map.of("latency-tracking-info-percentiles", "0.123457 50"));
        t.run("CONFIG SET notify-keyspace-events KQ")
                .fails(FAILED + "notify-keyspace-events') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }

    @Test
    void resetStatStartsCountingAnew() {
        t.run("GET nope");
        assertThat(InfoCommandsTest.field(t, "keyspace_misses")).isEqualTo("1");
        t.run("CONFIG RESETSTAT").replies("OK");
        assertThat(InfoCommandsTest.field(t, "keyspace_misses")).isEqualTo("0");
        t.run("CONFIG REWRITE").fails("ERR The server is running without a config file");
    }
}
