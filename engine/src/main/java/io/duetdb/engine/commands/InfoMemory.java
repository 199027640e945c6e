package io.duetdb.engine.commands;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.config.EngineSettings;

/**
 * INFO memory. What Redis says of its allocator is said of pages: allocated are the blocks, active the pages in use,
 * resident what the Java heap gave for pages.
 */
final class InfoMemory {
    private InfoMemory() {}

    /** Writes the section's lines. */
    static void report(Services services, InfoLines out) {
        MemoryFigures f = MemoryFigures.of(services);
        Host host = services.host();
        out.bytes("used_memory", f.used());
        out.bytes("used_memory_rss", f.resident());
        out.bytes("used_memory_peak", f.peak());
        out.line("used_memory_peak_perc", InfoLines.decimal(100.0 * f.used() / f.peak()) + "%");
        out.line("used_memory_overhead", f.overhead());
        out.line("used_memory_startup", f.startup());
        out.line("used_memory_dataset", f.dataset());
        out.line("used_memory_dataset_perc", InfoLines.decimal(f.datasetPercent()) + "%");
        out.line("allocator_allocated", f.blocks());
        out.line("allocator_active", f.used());
        out.line("allocator_resident", f.held());
        out.zeros("allocator_muzzy");
        out.bytes("total_system_memory", host.figure(Figure.SYSTEM_MEMORY_BYTES, 0));
        out.bytes("used_memory_lua", 0);
        out.zeros("used_memory_vm_eval", "used_memory_scripts_eval", "number_of_cached_scripts");
        out.zeros("number_of_functions", "number_of_libraries", "used_memory_vm_functions");
        out.bytes("used_memory_vm_total", 0);
        out.zeros("used_memory_functions");
        out.bytes("used_memory_scripts", 0);
        out.bytes("maxmemory", services.settings().number(EngineSettings.MAXMEMORY));
        out.line("maxmemory_policy", services.settings().text(EngineSettings.MAXMEMORY_POLICY));
        out.ratio("allocator_frag_ratio", f.fragmentation());
        out.line("allocator_frag_bytes", f.used() - f.blocks());
        out.ratio("allocator_rss_ratio", f.heldRatio());
        out.line("allocator_rss_bytes", f.held() - f.used());
        out.ratio("rss_overhead_ratio", f.residentRatio());
        out.line("rss_overhead_bytes", f.resident() - f.held());
        out.ratio("mem_fragmentation_ratio", (double) f.resident() / f.used());
        out.line("mem_fragmentation_bytes", f.resident() - f.used());
        out.zeros("mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers");
        out.zeros("mem_clients_slaves");
        out.line("mem_clients_normal", services.clients().memory().total());
        out.zeros("mem_cluster_links", "mem_aof_buffer");
        out.line("mem_allocator", "duet-pages");
        out.zeros("mem_overhead_db_hashtable_rehashing", "active_defrag_running");
        out.zeros("lazyfree_pending_objects", "lazyfreed_objects");
        out.line("pages_limit", services.keyspace().limitBytes());
        out.line("pages_held", f.held());
        out.line("heap_used", host.figure(Figure.HEAP_USED_BYTES, 0));
        out.line("heap_max", host.figure(Figure.HEAP_MAX_BYTES, 0));
        out.line("collector_runs", host.figure(Figure.COLLECTOR_RUNS, 0));
        out.line("collector_time_us", host.figure(Figure.COLLECTOR_TIME_US, 0));
    }
}
