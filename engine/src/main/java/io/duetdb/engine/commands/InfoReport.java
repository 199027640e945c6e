package io.duetdb.engine.commands;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.stats.ErrorStats;
import io.duetdb.engine.stats.Stats;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The text of INFO. Fields have Redis' names where they mean the same; what means nothing here is left out rather than
 * shown as zero, except a few that tools read without asking whether they are there.
 */
final class InfoReport {
    /** Sections in the order in which they are shown. */
    enum Section {
        SERVER("Server"),
        CLIENTS("Clients"),
        MEMORY("Memory"),
        PERSISTENCE("Persistence"),
        STATS("Stats"),
        REPLICATION("Replication"),
        CPU("CPU"),
        MODULES("Modules"),
        COMMANDSTATS("Commandstats"),
        ERRORSTATS("Errorstats"),
        CLUSTER("Cluster"),
        KEYSPACE("Keyspace");

        /** What is shown without arguments. */
        static final Set<Section> DEFAULT = Set.copyOf(EnumSet.complementOf(EnumSet.of(COMMANDSTATS)));

        private final String title;

        Section(String title) {
            this.title = title;
        }
    }

    private static final long KB = 1024;

    private final Services services;
    private final Stats stats;
    private final Host host;
    private final StringBuilder out = new StringBuilder();

    /** A report of these services' present state. */
    InfoReport(Services services) {
        this.services = services;
        this.stats = services.stats();
        this.host = services.host();
    }

    /** The wanted sections; empty when none is wanted. */
    String text(Set<Section> wanted) {
        for (Section section : Section.values()) {
            if (wanted.contains(section)) {
                if (out.length() > 0) {
                    out.append("\r\n");
                }
                out.append("# ").append(section.title).append("\r\n");
                section(section);
            }
        }
        return out.toString();
    }

    private void section(Section section) {
        switch (section) {
            case SERVER -> server();
            case CLIENTS -> clients();
            case MEMORY -> memory();
            case PERSISTENCE -> persistence();
            case STATS -> stats();
            case REPLICATION -> replication();
            case CPU -> cpu();
            case MODULES -> {}
            case COMMANDSTATS -> commandStats();
            case ERRORSTATS -> errorStats();
            case CLUSTER -> line("cluster_enabled", 0);
            case KEYSPACE -> keyspace();
        }
    }

    private void server() {
        long uptime = services.clock().uptimeMs() / 1000;
        line("redis_version", Versions.REDIS);
        line("duet_version", Versions.DUET);
        line("redis_mode", "standalone");
        line("os", host.text(Host.Text.OS));
        line("arch_bits", 64);
        line("jvm", host.text(Host.Text.JVM));
        line("multiplexing_api", host.text(Host.Text.TRANSPORT));
        line("process_id", host.figure(Figure.PROCESS_ID, 0));
        line("run_id", services.runId());
        line("tcp_port", host.figure(Figure.TCP_PORT, 0));
        line("rest_port", host.figure(Figure.REST_PORT, 0));
        line("server_time_usec", services.clock().wallUs());
        line("uptime_in_seconds", uptime);
        line("uptime_in_days", uptime / 86_400);
        line("executable", host.text(Host.Text.EXECUTABLE));
        line("config_file", host.text(Host.Text.CONFIG_FILE));
    }

    private void clients() {
        line("connected_clients", services.clients().count());
        line("cluster_connections", 0);
        line("maxclients", services.settings().number(EngineSettings.MAXCLIENTS));
        line("blocked_clients", 0);
    }

    private void memory() {
        long used = services.keyspace().usedBytes();
        long peak = Math.max(used, stats.usedBytesPeak);
        long resident = host.figure(Figure.RESIDENT_BYTES, services.keyspace().heldBytes());
        bytes("used_memory", used);
        bytes("used_memory_rss", resident);
        bytes("used_memory_peak", peak);
        line("used_memory_peak_perc", decimal(100.0 * used / Math.max(1, peak)) + "%");
        bytes("total_system_memory", host.figure(Figure.SYSTEM_MEMORY_BYTES, 0));
        bytes("maxmemory", services.settings().number(EngineSettings.MAXMEMORY));
        line("maxmemory_policy", services.settings().text(EngineSettings.MAXMEMORY_POLICY));
        line("mem_fragmentation_ratio", decimal((double) resident / Math.max(1, used)));
        line("mem_fragmentation_bytes", resident - used);
        line("mem_allocator", "duet-pages");
        line("pages_limit", services.keyspace().limitBytes());
        line("pages_held", services.keyspace().heldBytes());
        line("heap_used", host.figure(Figure.HEAP_USED_BYTES, 0));
        line("heap_max", host.figure(Figure.HEAP_MAX_BYTES, 0));
        line("collector_runs", host.figure(Figure.COLLECTOR_RUNS, 0));
        line("collector_time_us", host.figure(Figure.COLLECTOR_TIME_US, 0));
    }

    private void persistence() {
        line("loading", 0);
        line("async_loading", 0);
        line("rdb_changes_since_last_save", services.effects().offset());
        line("rdb_bgsave_in_progress", 0);
        line("aof_enabled", 0);
        line("aof_rewrite_in_progress", 0);
    }

    private void stats() {
        line("total_connections_received", stats.connectionsReceived);
        line("total_commands_processed", stats.commandsProcessed);
        line("instantaneous_ops_per_sec", stats.opsPerSecond(services.clock().monotonicNs()));
        line("total_net_input_bytes", host.figure(Figure.NET_INPUT_BYTES, 0));
        line("total_net_output_bytes", host.figure(Figure.NET_OUTPUT_BYTES, 0));
        line("rejected_connections", stats.connectionsRejected);
        line("expired_keys", stats.expiredKeys);
        line("evicted_keys", stats.evictedKeys);
        line("keyspace_hits", stats.keyspaceHits);
        line("keyspace_misses", stats.keyspaceMisses);
        line("pubsub_channels", 0);
        line("pubsub_patterns", 0);
        line("latest_fork_usec", 0);
        line("total_forks", 0);
        line("unexpected_error_replies", stats.unexpectedErrors);
        line("total_error_replies", stats.errors().total());
        line("loop_turns", stats.turns);
        line("loop_turn_max_us", stats.turnMaxNs / 1000);
        line("loop_turn_p99_us", Math.min(stats.turnMaxNs, stats.turnQuantileNs(0.99)) / 1000);
    }

    private void replication() {
        line("role", "master");
        line("connected_slaves", 0);
        line("master_replid", services.runId());
        line("master_repl_offset", services.effects().offset());
    }

    private void cpu() {
        line("used_cpu_sys", seconds(host.figure(Figure.CPU_SYSTEM_US, 0)));
        line("used_cpu_user", seconds(host.figure(Figure.CPU_USER_US, 0)));
    }

    private void commandStats() {
        for (Command command : services.table().byId()) {
            CommandStats c = stats.command(command.id());
            if (c.calls + c.rejected + c.failed > 0) {
                long us = c.timeNs / 1000;
                String each = c.calls == 0 ? "0.00" : decimal(c.timeNs / 1000.0 / c.calls);
                line(
                        "cmdstat_" + command.name(),
                        "calls=" + c.calls + ",usec=" + us + ",usec_per_call=" + each + ",rejected_calls=" + c.rejected
                                + ",failed_calls=" + c.failed);
            }
        }
    }

    private void errorStats() {
        ErrorStats errors = stats.errors();
        for (int i = 0; i < errors.size(); i++) {
            line("errorstat_" + errors.code(i), "count=" + errors.count(i));
        }
    }

    private void keyspace() {
        for (int i = 0; i < services.keyspace().count(); i++) {
            Database db = services.keyspace().db(i);
            if (db.size() > 0) {
                line("db" + i, "keys=" + db.size() + ",expires=" + db.sizeWithTtl() + ",avg_ttl=" + db.averageTtl());
            }
        }
    }

    // ---- lines

    private void line(String name, String value) {
        out.append(name).append(':').append(value).append("\r\n");
    }

    private void line(String name, long value) {
        out.append(name).append(':').append(value).append("\r\n");
    }

    /** A number of bytes, and again for people. */
    private void bytes(String name, long value) {
        line(name, value);
        line(name + "_human", human(value));
    }

    private static String human(long value) {
        if (value < KB) {
            return value + "B";
        }
        double scaled = value;
        int unit = -1;
        while (scaled >= KB && unit < 4) {
            scaled /= KB;
            unit++;
        }
        return decimal(scaled) + "KMGTP".charAt(unit);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String seconds(long us) {
        return String.format(Locale.ROOT, "%d.%06d", us / 1_000_000, us % 1_000_000);
    }
}
