package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryCommandsTest {
    private final EngineFixture t = new EngineFixture();

    private long usage(String key) {
        return (Long) t.run("MEMORY USAGE " + key).value();
    }

    @Test
    void usageCountsEntryAndChunks() {
        t.run("SET k v");
        assertThat(usage("k")).isBetween(16L, 64L);
        t.run("SET big x");
        t.run("SETRANGE big 100000 x");
        long sparse = usage("big");
        t.run(EngineFixture.words("SET big")[0], "big".getBytes(), new byte[100_000]);
        assertThat(usage("big")).isBetween(100_000L, 110_000L).isGreaterThanOrEqualTo(sparse);
        t.run("MEMORY USAGE nope").nil();
    }

    @Test
    void usageChecksItsOptionsFirst() {
        t.run("SET k v");
        long bytes = usage("k");
        t.run("MEMORY USAGE k SAMPLES 0").replies(bytes);
        t.run("MEMORY USAGE k samples 5 SAMPLES 1").replies(bytes);
        t.run("MEMORY USAGE nope SAMPLES -1").fails("ERR syntax error");
        t.run("MEMORY USAGE nope SAMPLES").fails("ERR syntax error");
        t.run("MEMORY USAGE nope FOO 1").fails("ERR syntax error");
        t.run("MEMORY USAGE nope SAMPLES a").fails("ERR value is not an integer or out of range");
        t.run("MEMORY USAGE").fails("ERR wrong number of arguments for 'memory|usage' command");
    }

    @Test
    void usageIsNoAccess() {
        t.run("SET k v");
        t.run("MEMORY USAGE k");
        assertThat(InfoCommandsTest.field(t, "keyspace_hits")).isEqualTo("0");
    }

    @Test
    void statsHaveRedisNames() {
        t.run("SELECT 3");
        t.run("SET k v");
        Map<?, ?> stats = (Map<?, ?>) t.run("MEMORY STATS").value();
        assertThat(stats).hasSize(28);
        assertThat(stats.get("keys.count")).isEqualTo(1L);
        assertThat((Long) stats.get("total.allocated")).isGreaterThanOrEqualTo((Long) stats.get("startup.allocated"));
        assertThat(stats.get("db.3")).asString().contains("overhead.hashtable.main");
        assertThat(stats.get("fragmentation")).isInstanceOf(Double.class);
    }

    @Test
    void theRestAnswers() {
        assertThat(t.run("MEMORY DOCTOR").value()).asString().startsWith("Hi Sam, this instance is empty");
        t.run("DEBUG POPULATE 100000");
        assertThat(t.run("MEMORY DOCTOR").value()).asString().startsWith("Hi Sam, I can't find any memory issue");
        t.run("FLUSHALL");
        t.run("DEBUG POPULATE 50000 x 100");
        assertThat(t.run("MEMORY MALLOC-STATS").value()).asString().contains("page size: 16384");
        t.run("MEMORY PURGE").replies("OK");
        t.run("MEMORY FOO").fails("ERR unknown subcommand 'FOO'. Try MEMORY HELP.");
    }
}
