package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

class InfoCommandsTest {
    private final EngineFixture t = new EngineFixture();

    /** A field of INFO everything, or null. */
    static String field(EngineFixture t, String name) {
        for (String line : ((String) t.run("INFO everything").value()).split("\r\n")) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1);
            }
        }
        return null;
    }

    private String info(String arguments) {
        return (String) t.run("INFO " + arguments).value();
    }

    @Test
    void sectionsComeByNameInOneOrder() {
        t.run("SET k v");
        assertThat(info("keyspace foo REPLICATION"))
                .matches(
                        "(?s)# Replication\r\nrole:master\r\nconnected_slaves:0\r\n.*\r\n\r\n# Keyspace\r\ndb0:.*\r\n");
        assertThat(info("foo")).isEmpty();
        assertThat(info("\"\"")).isEmpty();
        assertThat(info("")).contains("# Server").doesNotContain("# Commandstats");
        assertThat(info("default")).contains("# Server", "# Errorstats").doesNotContain("# Commandstats");
        assertThat(info("all")).contains("# Commandstats", "# Keyspace");
        assertThat(info("everything")).contains("# Commandstats", "# Cluster\r\ncluster_enabled:0\r\n");
    }

    @Test
    void versionsAreRedisAndOurs() {
        assertThat(field(t, "redis_version")).isEqualTo("7.4.2");
        assertThat(field(t, "duet_version")).isNotEmpty();
        assertThat(field(t, "run_id")).isEqualTo(t.engine().runId()).hasSize(40);
    }

    @Test
    void uptimeFollowsTheClockGiven() {
        assertThat(field(t, "uptime_in_seconds")).isEqualTo("0");
        t.advance(90_000, SECONDS).turn();
        assertThat(field(t, "uptime_in_seconds")).isEqualTo("90000");
        assertThat(field(t, "uptime_in_days")).isEqualTo("1");
    }

    @Test
    void processFiguresComeFromTheHost() {
        Host host = new Host() {
            @Override
            public long figure(Figure figure, long fallback) {
                return figure == Figure.RESIDENT_BYTES ? 3L << 20 : figure == Figure.CPU_USER_US ? 1_234_567 : fallback;
            }
        };
        EngineFixture hosted = new EngineFixture(1, 64L << 20, host);
        assertThat(field(hosted, "used_memory_rss")).isEqualTo("3145728");
        assertThat(field(hosted, "used_memory_rss_human")).isEqualTo("3.00M");
        assertThat(field(hosted, "used_cpu_user")).isEqualTo("1.234567");
        assertThat(field(hosted, "used_memory"))
                .isEqualTo(Long.toString(hosted.engine().usedBytes()));
    }

    @Test
    void keysWithATimeToLiveAreCountedExactly() {
        t.run("SET a 1");
        t.run("SET b 1 EX 100");
        t.run("SET c 1 PX 300000");
        keyspace("keys=3,expires=2", 200_000);
        t.run("SET b 2");
        keyspace("keys=3,expires=1", 300_000);
        t.run("SET c 2 KEEPTTL");
        keyspace("keys=3,expires=1", 300_000);
        t.run("SET c 2 EX 50");
        keyspace("keys=3,expires=1", 50_000);
        t.run("GETDEL c");
        assertThat(info("keyspace")).isEqualTo("# Keyspace\r\ndb0:keys=2,expires=0,avg_ttl=0\r\n");
        t.run("SET b 1 EX 10");
        t.advance(11, SECONDS).turn();
        assertThat(info("keyspace")).isEqualTo("# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n");
    }

    private void keyspace(String counts, long ttl) {
        String[] parts = info("keyspace").strip().split(",avg_ttl=");
        assertThat(parts[0]).endsWith("db0:" + counts);
        assertThat(Long.parseLong(parts[1])).isBetween(ttl - 1024, ttl + 1024);
    }

    @Test
    void viewsAndRollBacksKeepTheCountOfTheirTime() {
        t.run("SET a 1 EX 100");
        var view = t.engine().freeze();
        t.run("SET b 1 EX 100");
        t.run("SET a 1");
        keyspace("keys=2,expires=1", 100_000);
        t.engine().rollBack(view);
        keyspace("keys=1,expires=1", 100_000);
        view.close();
    }

    @Test
    void commandsAndErrorsAreCounted() {
        t.run("CONFIG RESETSTAT");
        t.run("SET k v");
        t.run("INCR k");
        t.run("INCR");
        t.run("NOPE");
        t.run("SET k v NX GT");
        String info = info("commandstats errorstats stats");
        assertThat(info)
                .contains("cmdstat_incr:calls=1,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=1\r\n")
                .contains("errorstat_ERR:count=4\r\n")
                .contains("total_error_replies:4\r\n");
    }

    @Test
    void operationsPerSecondAreThoseOfTheLastWholeSecond() {
        t.turn();
        for (int i = 0; i < 10; i++) {
            t.run("PING");
        }
        t.advance(1, SECONDS).turn();
        assertThat(field(t, "instantaneous_ops_per_sec")).isEqualTo("10");
        t.advance(5, SECONDS);
        assertThat(field(t, "instantaneous_ops_per_sec")).isEqualTo("0");
    }
}
