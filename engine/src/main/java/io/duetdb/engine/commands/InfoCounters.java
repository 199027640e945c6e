package io.duetdb.engine.commands;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.pubsub.Kind;
import io.duetdb.engine.stats.CommandStats;
import io.duetdb.engine.stats.ErrorStats;
import io.duetdb.engine.stats.LatencyHistogram;
import io.duetdb.engine.stats.Stats;
import java.util.Locale;
import java.util.StringJoiner;

/** What INFO counts: stats, commandstats, errorstats, latencystats. */
final class InfoCounters {
    private final Services services;
    private final Stats stats;
    private final InfoLines out;

    /** Writes to {@code out}. */
    InfoCounters(Services services, InfoLines out) {
        this.services = services;
        this.stats = services.stats();
        this.out = out;
    }

    /** Section stats. */
    void stats() {
        Host host = services.host();
        long now = services.clock().monotonicNs();
        long in = host.figure(Figure.NET_INPUT_BYTES, 0);
        long sent = host.figure(Figure.NET_OUTPUT_BYTES, 0);
        out.line("total_connections_received", stats.connectionsReceived);
        out.line("total_commands_processed", stats.commandsProcessed);
        out.line("instantaneous_ops_per_sec", stats.opsPerSecond(now));
        out.line("total_net_input_bytes", in);
        out.line("total_net_output_bytes", sent);
        out.zeros("total_net_repl_input_bytes", "total_net_repl_output_bytes");
        out.ratio("instantaneous_input_kbps", stats.inputRate().perSecond(now, in) / 1024);
        out.ratio("instantaneous_output_kbps", stats.outputRate().perSecond(now, sent) / 1024);
        out.ratio("instantaneous_input_repl_kbps", 0);
        out.ratio("instantaneous_output_repl_kbps", 0);
        out.line("rejected_connections", stats.connectionsRejected);
        out.zeros("sync_full", "sync_partial_ok", "sync_partial_err");
        out.line("expired_keys", stats.expiredKeys);
        out.ratio("expired_stale_perc", 0); // the wheel knows what is due, there is nothing to guess from samples
        out.zeros("expired_time_cap_reached_count");
        out.line("expire_cycle_cpu_milliseconds", stats.backgroundNs / 1_000_000);
        out.line("evicted_keys", stats.evictedKeys);
        out.line("evicted_clients", stats.evictedClients);
        out.zeros("evicted_scripts", "total_eviction_exceeded_time");
        out.zeros("current_eviction_exceeded_time");
        out.line("keyspace_hits", stats.keyspaceHits);
        out.line("keyspace_misses", stats.keyspaceMisses);
        out.line("pubsub_channels", services.pubsub().count(Kind.CHANNEL));
        out.line("pubsub_patterns", services.pubsub().count(Kind.PATTERN));
        out.line("pubsubshard_channels", services.pubsub().count(Kind.SHARD));
        out.zeros("latest_fork_usec", "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys");
        out.zeros("active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits", "active_defrag_key_misses");
        out.zeros("total_active_defrag_time", "current_active_defrag_time");
        out.line("tracking_total_keys", services.tracking().keys());
        out.line("tracking_total_items", services.tracking().items());
        out.line("tracking_total_prefixes", services.tracking().prefixes());
        out.line("unexpected_error_replies", stats.unexpectedErrors);
        out.line("total_error_replies", stats.errors().total());
        out.zeros("dump_payload_sanitizations", "io_threaded_reads_processed", "io_threaded_writes_processed");
        out.line("total_reads_processed", host.figure(Figure.NET_READS, 0));
        out.line("total_writes_processed", host.figure(Figure.NET_WRITES, 0));
        out.line("acl_access_denied_auth", errors("WRONGPASS"));
        out.line("acl_access_denied_cmd", errors("NOPERM"));
        out.zeros("acl_access_denied_key", "acl_access_denied_channel");
        out.line("eventloop_cycles", stats.turns);
        out.line("eventloop_duration_sum", stats.turnSumNs / 1000);
        out.line("eventloop_duration_cmd_sum", commandsUs());
        double turns = stats.turnRate().perSecond(now, stats.turns);
        double turnNs = stats.turnTimeRate().perSecond(now, stats.turnSumNs);
        out.line("instantaneous_eventloop_cycles_per_sec", Math.round(turns));
        out.line("instantaneous_eventloop_duration_usec", turns == 0 ? 0 : Math.round(turnNs / turns / 1000));
        out.line("loop_turn_max_us", stats.turnMaxNs / 1000);
        out.line("loop_turn_p99_us", Math.min(stats.turnMaxNs, stats.turnQuantileNs(0.99)) / 1000);
        out.line("loop_turns", stats.turns);
    }

    /** How often an error of this code was replied. */
    private long errors(String code) {
        ErrorStats errors = stats.errors();
        for (int i = 0; i < errors.size(); i++) {
            if (errors.code(i).equals(code)) {
                return errors.count(i);
            }
        }
        return 0;
    }

    private long commandsUs() {
        long ns = 0;
        for (Command command : services.table().byId()) {
            ns += stats.command(command.id()).timeNs;
        }
        return ns / 1000;
    }

    /** Section commandstats: a line for each command that was called or refused. */
    void commandStats() {
        for (Command command : services.table().byId()) {
            CommandStats c = stats.command(command.id());
            if (c.calls + c.rejected + c.failed > 0) {
                long us = c.timeNs / 1000;
                String each = c.calls == 0 ? "0.00" : InfoLines.decimal(c.timeNs / 1000.0 / c.calls);
                out.line(
                        "cmdstat_" + command.name(),
                        "calls=" + c.calls + ",usec=" + us + ",usec_per_call=" + each + ",rejected_calls=" + c.rejected
                                + ",failed_calls=" + c.failed);
            }
        }
    }

    /** Section errorstats: a line for each code that was replied. */
    void errorStats() {
        ErrorStats errors = stats.errors();
        for (int i = 0; i < errors.size(); i++) {
            out.line("errorstat_" + errors.code(i), "count=" + errors.count(i));
        }
    }

    /** Section latencystats: what time the wanted shares of a command's calls stayed under, µs. */
    void latencyStats() {
        String wanted = services.settings().text(EngineSettings.LATENCY_PERCENTILES);
        for (Command command : services.table().byId()) {
            LatencyHistogram histogram = stats.command(command.id()).histogram();
            if (histogram != null && !wanted.isBlank()) {
                out.line("latency_percentiles_usec_" + command.name(), percentiles(histogram, wanted));
            }
        }
    }

    private static String percentiles(LatencyHistogram histogram, String wanted) {
        StringJoiner all = new StringJoiner(",");
        for (String percent : wanted.trim().split(" +")) {
            double us = histogram.quantileNs(Double.parseDouble(percent) / 100) / 1000.0;
            all.add("p" + percent + String.format(Locale.ROOT, "=%.3f", us));
        }
        return all.toString();
    }
}
