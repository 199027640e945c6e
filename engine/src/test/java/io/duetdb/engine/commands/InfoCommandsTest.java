package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import java.util.HashSet;
import java.util.Set;
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

    /** What redis_exporter turns into metrics, and RedisInsight shows, of a lonely server of 7.2 without modules. */
    private static final String DASHBOARDS = """
            redis_version redis_build_id redis_mode os process_id run_id tcp_port uptime_in_seconds uptime_in_days
            config_file io_threads_active connected_clients blocked_clients maxclients tracking_clients
            clients_in_timeout_table total_blocking_keys total_blocking_keys_on_nokey
            client_recent_max_input_buffer client_recent_max_output_buffer
            allocator_active allocator_allocated allocator_resident allocator_frag_ratio allocator_frag_bytes
            allocator_rss_ratio allocator_rss_bytes used_memory used_memory_human used_memory_rss used_memory_peak
            used_memory_peak_human used_memory_lua used_memory_vm_eval used_memory_scripts_eval used_memory_overhead
            used_memory_startup used_memory_dataset number_of_cached_scripts number_of_functions number_of_libraries
            used_memory_vm_functions used_memory_scripts used_memory_functions used_memory_vm_total maxmemory
            maxmemory_policy mem_fragmentation_ratio mem_fragmentation_bytes mem_clients_slaves mem_clients_normal
            mem_cluster_links mem_aof_buffer mem_replication_backlog mem_not_counted_for_evict total_system_memory
            active_defrag_running lazyfree_pending_objects lazyfreed_objects mem_allocator
            loading async_loading rdb_changes_since_last_save rdb_bgsave_in_progress rdb_last_save_time
            rdb_last_bgsave_status rdb_last_bgsave_time_sec rdb_current_bgsave_time_sec rdb_saves rdb_last_cow_size
            rdb_last_load_keys_expired rdb_last_load_keys_loaded aof_enabled aof_rewrite_in_progress
            aof_rewrite_scheduled aof_last_rewrite_time_sec aof_current_rewrite_time_sec aof_last_cow_size
            aof_last_bgrewrite_status aof_last_write_status module_fork_in_progress module_fork_last_cow_size
            current_eviction_exceeded_time pubsub_channels pubsub_patterns pubsubshard_channels latest_fork_usec
            tracking_total_keys tracking_total_items tracking_total_prefixes total_connections_received
            total_commands_processed instantaneous_ops_per_sec instantaneous_input_kbps instantaneous_output_kbps
            rejected_connections total_net_input_bytes total_net_output_bytes total_net_repl_input_bytes
            total_net_repl_output_bytes expired_keys expired_stale_perc expired_time_cap_reached_count
            expire_cycle_cpu_milliseconds evicted_keys evicted_clients evicted_scripts total_eviction_exceeded_time
            keyspace_hits keyspace_misses eventloop_cycles eventloop_duration_sum eventloop_duration_cmd_sum
            acl_access_denied_auth acl_access_denied_cmd acl_access_denied_key acl_access_denied_channel
            migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits active_defrag_misses
            active_defrag_key_hits active_defrag_key_misses unexpected_error_replies total_error_replies
            dump_payload_sanitizations io_threaded_reads_processed io_threaded_writes_processed
            total_reads_processed total_writes_processed sync_full
            sync_partial_ok sync_partial_err role connected_slaves master_replid master_repl_offset second_repl_offset
            repl_backlog_active repl_backlog_first_byte_offset repl_backlog_histlen used_cpu_sys used_cpu_user
            used_cpu_sys_children used_cpu_user_children used_cpu_sys_main_thread used_cpu_user_main_thread
            cluster_enabled
            """;

    @Test
    void whatDashboardsReadIsThere() {
        Set<String> names = new HashSet<>();
        for (String line : info("everything").split("\r\n")) {
            if (line.contains(":")) {
                assertThat(names.add(line.split(":")[0])).as("once: %s", line).isTrue();
            }
        }
        assertThat(names).contains(DASHBOARDS.strip().split("\\s+"));
    }

    @Test
    void figuresOfMemoryAddUp() {
        t.run("DEBUG POPULATE 10000");
        long used = number("used_memory");
        assertThat(number("used_memory_overhead") + number("used_memory_dataset"))
                .isEqualTo(used);
        assertThat(number("allocator_allocated")).isLessThanOrEqualTo(used);
        assertThat(number("allocator_resident")).isGreaterThanOrEqualTo(used);
        assertThat(number("used_memory_startup")).isLessThan(used);
        assertThat(number("used_memory_peak")).isGreaterThanOrEqualTo(used);
    }

    private long number(String name) {
        return Long.parseLong(field(t, name));
    }

    @Test
    void networkRatesAreMeansSinceTheLastQuestion() {
        long[] bytes = {0};
        Host host = new Host() {
            @Override
            public long figure(Figure figure, long fallback) {
                return figure == Figure.NET_INPUT_BYTES ? bytes[0] : fallback;
            }
        };
        EngineFixture hosted = new EngineFixture(1, 64L << 20, host);
        assertThat(field(hosted, "instantaneous_input_kbps")).isEqualTo("0.00");
        bytes[0] = 10 * 1024;
        hosted.advance(4, SECONDS).turn();
        assertThat(field(hosted, "instantaneous_input_kbps")).isEqualTo("2.50");
        assertThat(field(hosted, "instantaneous_input_kbps")).isEqualTo("2.50");
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

    @Test
    void latencyIsShownByPercentiles() {
        t.run("GET k");
        assertThat(info("latencystats"))
                .containsPattern("latency_percentiles_usec_get:p50=[0-9.]+,p99=[0-9.]+,p99.9=[0-9.]+\r\n");
    }
}
