package io.duetdb.engine.commands;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.api.Storage;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.keyspace.Database;
import java.util.EnumSet;
import java.util.Set;

/**
 * The text of INFO. Fields have Redis' names and meanings; its own stand in the places where Redis has others. What means
 * nothing here is left out, but for what dashboards read without asking: that is shown as it is of a Redis that doesn't
 * use it. Memory is in {@link InfoMemory}, counters are in {@link InfoCounters}.
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
        LATENCYSTATS("Latencystats"),
        CLUSTER("Cluster"),
        KEYSPACE("Keyspace");

        /** What is shown without arguments. */
        static final Set<Section> DEFAULT = Set.copyOf(EnumSet.complementOf(EnumSet.of(COMMANDSTATS, LATENCYSTATS)));

        private final String title;

        Section(String title) {
            this.title = title;
        }
    }

    private static final String NO_REPLICATION_ID = "0".repeat(40);

    private final Services services;
    private final Host host;
    private final InfoLines out = new InfoLines();
    private final InfoCounters counters;

    /** A report of these services' present state. */
    InfoReport(Services services) {
        this.services = services;
        this.host = services.host();
        this.counters = new InfoCounters(services, out);
    }

    /** The wanted sections; empty when none is wanted. */
    String text(Set<Section> wanted) {
        for (Section section : Section.values()) {
            if (wanted.contains(section)) {
                out.title(section.title);
                section(section);
            }
        }
        return out.toString();
    }

    private void section(Section section) {
        switch (section) {
            case SERVER -> server();
            case CLIENTS -> clients();
            case MEMORY -> InfoMemory.report(services, out);
            case PERSISTENCE -> persistence();
            case STATS -> counters.stats();
            case REPLICATION -> replication();
            case CPU -> cpu();
            case MODULES -> {}
            case COMMANDSTATS -> counters.commandStats();
            case ERRORSTATS -> counters.errorStats();
            case LATENCYSTATS -> counters.latencyStats();
            case CLUSTER -> out.line("cluster_enabled", 0);
            case KEYSPACE -> keyspace();
        }
    }

    private void server() {
        long uptime = services.clock().uptimeMs() / 1000;
        long tcpPort = host.figure(Figure.TCP_PORT, 0);
        long restPort = host.figure(Figure.REST_PORT, 0);
        out.line("redis_version", Versions.REDIS);
        out.line("duet_version", Versions.DUET);
        out.line("redis_git_sha1", "00000000");
        out.line("redis_git_dirty", 0);
        out.line("redis_build_id", "duet-" + Versions.DUET);
        out.line("redis_mode", "standalone");
        out.line("os", host.text(Host.Text.OS));
        out.line("arch_bits", 64);
        out.line("jvm", host.text(Host.Text.JVM));
        out.line("monotonic_clock", host.text(Host.Text.MONOTONIC_CLOCK));
        out.line("multiplexing_api", host.text(Host.Text.TRANSPORT));
        out.line("process_id", host.figure(Figure.PROCESS_ID, 0));
        out.line("process_supervised", "no");
        out.line("run_id", services.runId());
        out.line("tcp_port", tcpPort);
        out.line("rest_port", restPort);
        out.line("server_time_usec", services.clock().wallUs());
        out.line("uptime_in_seconds", uptime);
        out.line("uptime_in_days", uptime / 86_400);
        setting("hz", "hz");
        setting("configured_hz", "hz");
        out.line("lru_clock", services.clock().wallMs() / 1000 & 0xFFFFFF);
        out.line("executable", host.text(Host.Text.EXECUTABLE));
        out.line("config_file", host.text(Host.Text.CONFIG_FILE));
        out.line("io_threads_active", 0);
        int listener = 0;
        if (tcpPort > 0) {
            out.line("listener" + listener++, "name=tcp" + addresses("bind") + ",port=" + tcpPort);
        }
        if (restPort > 0) {
            out.line("listener" + listener, "name=rest" + addresses("rest-bind") + ",port=" + restPort);
        }
    }

    /** A line for a setting, when this server has it. */
    private void setting(String field, String name) {
        if (services.settings().find(name) != null) {
            out.line(field, services.settings().text(name));
        }
    }

    private String addresses(String setting) {
        if (services.settings().find(setting) == null) {
            return "";
        }
        StringBuilder s = new StringBuilder();
        for (String address : services.settings().text(setting).strip().split(" +")) {
            s.append(",bind=").append(address);
        }
        return s.toString();
    }

    private void clients() {
        out.line("connected_clients", services.clients().count());
        out.zeros("cluster_connections");
        out.line("maxclients", services.settings().number(EngineSettings.MAXCLIENTS));
        out.line("blocked_clients", services.clients().blocked());
        out.line("tracking_clients", services.tracking().clients());
        out.line("pubsub_clients", services.pubsub().clients());
        out.line("watching_clients", services.watched().watching());
        out.line("clients_in_timeout_table", services.blocked().timeouts());
        out.line("client_recent_max_input_buffer", services.clients().pendingInputMax());
        out.line("client_recent_max_output_buffer", services.clients().pendingOutputMax());
        out.line("total_watched_keys", services.watched().keys());
        out.line("total_blocking_keys", services.blocked().keys());
        out.line("total_blocking_keys_on_nokey", services.blocked().keysForAnything());
    }

    private void persistence() {
        Storage storage = host.storage();
        if (storage != Storage.NONE) {
            storage.info(out::line);
            return;
        }
        long startedAt = (services.clock().wallMs() - services.clock().uptimeMs()) / 1000;
        out.zeros("loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age");
        out.line("current_fork_perc", "0.00");
        out.zeros("current_save_keys_processed", "current_save_keys_total");
        out.line("rdb_changes_since_last_save", services.stats().changes);
        out.zeros("rdb_bgsave_in_progress");
        out.line("rdb_last_save_time", startedAt);
        out.line("rdb_last_bgsave_status", "ok");
        out.line("rdb_last_bgsave_time_sec", -1);
        out.line("rdb_current_bgsave_time_sec", -1);
        out.zeros("rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded");
        out.zeros("aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled");
        out.line("aof_last_rewrite_time_sec", -1);
        out.line("aof_current_rewrite_time_sec", -1);
        out.line("aof_last_bgrewrite_status", "ok");
        out.zeros("aof_rewrites", "aof_rewrites_consecutive_failures");
        out.line("aof_last_write_status", "ok");
        out.zeros("aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size");
    }

    private void replication() {
        out.line("role", "master");
        out.line("connected_slaves", 0);
        out.line("master_failover_state", "no-failover");
        out.line("master_replid", services.runId());
        out.line("master_replid2", NO_REPLICATION_ID);
        out.line("master_repl_offset", services.effects().offset());
        out.line("second_repl_offset", -1);
        out.zeros("repl_backlog_active");
        setting("repl_backlog_size", "repl-backlog-size");
        out.zeros("repl_backlog_first_byte_offset", "repl_backlog_histlen");
    }

    private void cpu() {
        out.seconds("used_cpu_sys", host.figure(Figure.CPU_SYSTEM_US, 0));
        out.seconds("used_cpu_user", host.figure(Figure.CPU_USER_US, 0));
        out.seconds("used_cpu_sys_children", 0);
        out.seconds("used_cpu_user_children", 0);
        out.seconds("used_cpu_sys_main_thread", host.figure(Figure.THREAD_SYSTEM_US, 0));
        out.seconds("used_cpu_user_main_thread", host.figure(Figure.THREAD_USER_US, 0));
    }

    private void keyspace() {
        for (int i = 0; i < services.keyspace().count(); i++) {
            Database db = services.keyspace().db(i);
            if (db.size() > 0) {
                out.line(
                        "db" + i, "keys=" + db.size() + ",expires=" + db.sizeWithTtl() + ",avg_ttl=" + db.averageTtl());
            }
        }
    }
}
