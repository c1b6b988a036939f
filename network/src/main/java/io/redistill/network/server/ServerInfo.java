// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.Engine;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.shard.CommandStatistics;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.network.NetworkServer;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.connection.ServerCommands;
import io.redistill.network.server.settings.ProductVersion;
import io.redistill.network.server.settings.ServerSettings;
import io.redistill.snapshot.LoadProgress;
import io.redistill.snapshot.SnapshotStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The text of INFO: the sections and field names of Redis 7.0, as far as there is something to report.
 *
 * <p>Threading: any thread; counters of others are of some moment ago.
 */
final class ServerInfo {
    private static final List<String> DEFAULT_SECTIONS =
            List.of("server", "clients", "memory", "persistence", "stats", "replication", "cpu", "cluster", "keyspace");
    private static final String COMMAND_STATISTICS = "commandstats";

    private final NetworkServer server;
    private final ServerSettings settings;
    private final Persistence persistence;
    private final long startedNs = System.nanoTime();
    private final String runId = runId();
    private final @Nullable HiccupRecorder hiccups;
    private final long startupBytes;

    ServerInfo(
            NetworkServer server, ServerSettings settings, Persistence persistence, @Nullable HiccupRecorder hiccups) {
        this.persistence = persistence;
        this.server = server;
        this.hiccups = hiccups;
        this.settings = settings;
        startupBytes = server.engine().usedBytes();
    }

    private static String runId() {
        byte[] random = new byte[20];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The sections asked for, or the default ones; unknown names add nothing, as in Redis. */
    String text(List<String> asked) {
        Set<String> sections = new LinkedHashSet<>();
        for (String name : asked) {
            switch (name.toLowerCase(Locale.ROOT)) {
                case "all", "everything" -> {
                    sections.addAll(DEFAULT_SECTIONS);
                    sections.add(COMMAND_STATISTICS);
                }
                case "default" -> sections.addAll(DEFAULT_SECTIONS);
                default -> sections.add(name.toLowerCase(Locale.ROOT));
            }
        }
        if (asked.isEmpty()) {
            sections.addAll(DEFAULT_SECTIONS);
        }
        List<String> texts = new ArrayList<>();
        for (String section : List.of(
                "server",
                "clients",
                "memory",
                "persistence",
                "stats",
                "replication",
                "cpu",
                COMMAND_STATISTICS,
                "cluster",
                "keyspace")) {
            if (sections.contains(section)) {
                texts.add(section(section));
            }
        }
        return String.join("\r\n", texts);
    }

    private String section(String name) {
        Section section = new Section(name);
        switch (name) {
            case "server" -> server(section);
            case "clients" -> clients(section);
            case "memory" -> memory(section);
            case "persistence" -> persistence(section);
            case "stats" -> statistics(section);
            case "replication" -> replication(section);
            case "cpu" -> cpu(section);
            case COMMAND_STATISTICS -> commandStatistics(section);
            case "cluster" -> section.add("cluster_enabled", 0);
            default -> keyspace(section);
        }
        return section.toString();
    }

    private void server(Section section) {
        long uptimeSeconds = (System.nanoTime() - startedNs) / 1_000_000_000L;
        section.add("redis_version", ServerCommands.REDIS_VERSION)
                .add("redistill_version", ProductVersion.version())
                .add("redis_mode", "standalone")
                .add(
                        "os",
                        System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                                + System.getProperty("os.arch"))
                .add("arch_bits", 64)
                .add("multiplexing_api", server.transportName())
                .add("java_version", Runtime.version().toString())
                .add("process_id", ProcessHandle.current().pid())
                .add("run_id", runId)
                .add("tcp_port", server.boundPort())
                .add("server_time_usec", System.currentTimeMillis() * 1000)
                .add("uptime_in_seconds", uptimeSeconds)
                .add("uptime_in_days", uptimeSeconds / 86_400)
                .add("shards", server.engine().shardCount())
                .add("event_loops", server.loops().size())
                .add("placement", lowerCase(server.threadConfig().placement()))
                .add("wait_mode", lowerCase(server.threadConfig().waitMode()));
    }

    /** What Redis says without replicas; clients and exporters ask for the offset. */
    private void replication(Section section) {
        section.add("role", "master")
                .add("connected_slaves", 0)
                .add("master_failover_state", "no-failover")
                .add("master_replid", runId)
                .add("master_replid2", "0".repeat(runId.length()))
                .add("master_repl_offset", 0)
                .add("second_repl_offset", -1)
                .add("repl_backlog_active", 0)
                .add("repl_backlog_size", 0)
                .add("repl_backlog_first_byte_offset", 0)
                .add("repl_backlog_histlen", 0);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void clients(Section section) {
        section.add("connected_clients", server.clients().count())
                .add("cluster_connections", 0)
                .add("maxclients", server.clients().maxConnections())
                .add("blocked_clients", 0);
    }

    private void memory(Section section) {
        Engine engine = server.engine();
        MemoryReport memory = memoryReport();
        EvictionSettings eviction = engine.budget().settings();
        long allocated = memory.allocatedBytes();
        long active = memory.activeBytes;
        long resident = memory.allocatorResidentBytes;
        human(section, "used_memory", memory.usedBytes);
        human(section, "used_memory_rss", memory.residentBytes);
        human(section, "used_memory_peak", memory.peakBytes);
        section.add("used_memory_peak_perc", fixed(memory.usedBytes * 100.0 / Math.max(1, memory.peakBytes)) + "%")
                .add("used_memory_overhead", memory.overheadBytes())
                .add("used_memory_startup", memory.startupBytes())
                .add("used_memory_dataset", memory.datasetBytes())
                .add("used_memory_dataset_perc", fixed(memory.datasetPercentage()) + "%")
                .add("allocator_allocated", allocated)
                .add("allocator_active", active)
                .add("allocator_resident", resident);
        human(section, "total_system_memory", settings.systemMemoryBytes());
        human(section, "used_memory_lua", 0);
        human(section, "used_memory_scripts", 0);
        section.add("number_of_cached_scripts", 0)
                .add("number_of_functions", 0)
                .add("number_of_libraries", 0)
                .add("used_memory_index", memory.indexBytes)
                .add("used_memory_expiry", memory.expiryBytes)
                .add("used_memory_large_values", memory.largeBytes)
                .add("arena_used_bytes", memory.blockBytes)
                .add("arena_held_bytes", sum(Shard::heldBytes))
                .add(
                        "heap_used_bytes",
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        human(section, "maxmemory", eviction.maxMemoryBytes());
        section.add("maxmemory_policy", eviction.policy().text())
                .add("allocator_frag_ratio", fixed(MemoryReport.ratio(active, allocated)))
                .add("allocator_frag_bytes", active - allocated)
                .add("allocator_rss_ratio", fixed(MemoryReport.ratio(resident, active)))
                .add("allocator_rss_bytes", resident - active)
                .add("rss_overhead_ratio", fixed(MemoryReport.ratio(memory.residentBytes, resident)))
                .add("rss_overhead_bytes", memory.residentBytes - resident)
                .add("mem_fragmentation_ratio", fixed(memory.fragmentation()))
                .add("mem_fragmentation_bytes", memory.residentBytes - memory.usedBytes)
                .add("mem_not_counted_for_evict", 0)
                .add("mem_replication_backlog", 0)
                .add("mem_total_replication_buffers", 0)
                .add("mem_clients_slaves", 0)
                .add("mem_clients_normal", 0)
                .add("mem_cluster_links", 0)
                .add("mem_aof_buffer", 0)
                .add("mem_allocator", "arena")
                .add("active_defrag_running", sum(shard -> shard.compactor().isRunning() ? 1 : 0) > 0 ? 1 : 0)
                .add("lazyfree_pending_objects", sum(shard -> shard.databases().sum(Database::pendingCount)))
                .add("lazyfreed_objects", sum(shard -> shard.databases().sum(Database::lazilyFreedCount)));
    }

    /** Where the memory is now. */
    MemoryReport memoryReport() {
        return new MemoryReport(server.engine(), startupBytes);
    }

    private static void human(Section section, String name, long bytes) {
        section.add(name, bytes).add(name + "_human", human(bytes));
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private void persistence(Section section) {
        SnapshotStatus status = persistence.status();
        LoadProgress load = persistence.progress();
        boolean loading = persistence.isLoading();
        section.add("loading", loading ? 1 : 0)
                .add("async_loading", 0)
                .add("current_cow_peak", status.inProgress() ? status.peakHeldBytes() : 0)
                .add("current_cow_size", status.heldBytes())
                .add("current_cow_size_age", 0)
                .add("current_fork_perc", "0.00")
                .add("current_save_keys_processed", status.entries())
                .add("current_save_keys_total", status.totalEntries())
                .add("rdb_changes_since_last_save", status.changesSinceLast())
                .add("rdb_bgsave_in_progress", status.inProgress() ? 1 : 0)
                .add("rdb_last_save_time", status.lastSaveMs() / 1000)
                .add("rdb_last_bgsave_status", status.lastOk() ? "ok" : "err")
                .add("rdb_last_bgsave_time_sec", status.lastSeconds())
                .add("rdb_current_bgsave_time_sec", status.currentSeconds())
                .add("rdb_saves", status.saves())
                .add("rdb_last_cow_size", status.inProgress() ? 0 : status.peakHeldBytes())
                .add("rdb_last_load_keys_expired", load.expiredKeys())
                .add("rdb_last_load_keys_loaded", load.loadedKeys())
                .add("aof_enabled", 0)
                .add("aof_rewrite_in_progress", 0)
                .add("aof_rewrite_scheduled", 0)
                .add("aof_last_rewrite_time_sec", -1)
                .add("aof_current_rewrite_time_sec", -1)
                .add("aof_last_bgrewrite_status", "ok")
                .add("aof_rewrites", 0)
                .add("aof_rewrites_consecutive_failures", 0)
                .add("aof_last_write_status", "ok")
                .add("aof_last_cow_size", 0)
                .add("module_fork_in_progress", 0)
                .add("module_fork_last_cow_size", 0)
                .add("snapshot_budget_bytes", status.budgetBytes())
                .add("snapshot_entries_ahead", status.entriesAhead())
                .add("snapshot_walk_pauses", status.walkPauses())
                .add("snapshot_longest_slice_us", longestSliceNs() / 1000)
                .add("snapshot_last_file_bytes", status.fileBytes())
                .add("snapshot_last_failure", oneLine(status.lastFailure()));
        if (loading) {
            section.add("loading_start_time", load.startedMs() / 1000)
                    .add("loading_total_bytes", load.totalBytes())
                    .add("loading_rdb_used_mem", 0)
                    .add("loading_loaded_bytes", load.loadedBytes())
                    .add("loading_loaded_perc", String.format(Locale.ROOT, "%.2f", load.share() * 100))
                    .add("loading_eta_seconds", load.etaSeconds());
        }
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "" : text.replaceAll("[\\r\\n]+", " ");
    }

    private long longestSliceNs() {
        long longest = 0;
        for (int i = 0; i < server.engine().shardCount(); i++) {
            longest = Math.max(longest, server.engine().shard(i).longestCutSliceNs());
        }
        return longest;
    }

    private void statistics(Section section) {
        long commands = 0;
        for (CommandStatistics each : allStatistics()) {
            for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
                commands += each.calls(opcode);
            }
        }
        long inputBytes = 0;
        long outputBytes = 0;
        long refusedClaims = 0;
        long outputDisconnections = 0;
        long queryDisconnections = 0;
        long faults = sum(Shard::internalErrors);
        for (ConnectionLoop loop : server.loops()) {
            inputBytes += loop.netInputBytes();
            outputBytes += loop.netOutputBytes();
            outputDisconnections += loop.outputLimitDisconnections();
            queryDisconnections += loop.queryLimitDisconnections();
            refusedClaims += loop.publisher().refusedClaims();
            faults += loop.faults();
        }
        section.add("total_connections_received", server.clients().receivedCount())
                .add("total_commands_processed", commands)
                .add("total_net_input_bytes", inputBytes)
                .add("total_net_output_bytes", outputBytes)
                .add("rejected_connections", server.clients().rejectedCount())
                .add("client_query_buffer_limit_disconnections", queryDisconnections)
                .add("client_output_buffer_limit_disconnections", outputDisconnections)
                .add("expired_keys", sum(shard -> shard.databases().sum(Database::expiredCount)))
                .add("expired_keys_active", sum(shard -> shard.databases().sum(ServerInfo::activelyExpired)))
                .add("expired_keys_lazy", sum(shard -> shard.databases().sum(Database::lazilyExpiredCount)))
                .add("expire_lag_ms", expireLagText())
                .add("evicted_keys", sum(Shard::evictedCount))
                .add("active_defrag_hits", sum(shard -> shard.compactor().movedCount()))
                .add("keyspace_hits", sum(Shard::hits))
                .add("keyspace_misses", sum(Shard::misses))
                .add(
                        "total_error_replies",
                        allStatistics().stream()
                                .mapToLong(CommandStatistics::errorReplies)
                                .sum())
                .add("hiccup_us", hiccupText())
                .add("internal_errors", faults)
                .add("ring_full_refusals", refusedClaims);
    }

    /** How late an idle thread woke up, in microseconds; see {@link HiccupRecorder}. */
    private String hiccupText() {
        if (hiccups == null) {
            return "off";
        }
        return text(hiccups.read());
    }

    private static long activelyExpired(Database database) {
        return database.expiredCount() - database.lazilyExpiredCount();
    }

    /** How long after their deadlines keys were removed, in milliseconds, whether something looked for them or not. */
    private String expireLagText() {
        Histogram all = new Histogram(2);
        for (int i = 0; i < server.engine().shardCount(); i++) {
            server.engine().shard(i).databases().forEachUsed(database -> {
                Histogram lag = database.expireLag();
                if (lag != null) {
                    all.add(lag.copy());
                }
            });
        }
        return text(all);
    }

    private static String text(Histogram histogram) {
        return "samples=" + histogram.getTotalCount() + ",p50=" + histogram.getValueAtPercentile(50) + ",p99="
                + histogram.getValueAtPercentile(99) + ",p99.9=" + histogram.getValueAtPercentile(99.9) + ",max="
                + histogram.getMaxValue();
    }

    private static void cpu(Section section) {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            section.add("used_cpu_sys", ticks(fields[12])).add("used_cpu_user", ticks(fields[11]));
        } catch (IOException noProcFileSystem) {
            // Not Linux: the section stays empty.
            return;
        }
    }

    /** Clock ticks, of which Linux shows a hundred a second on every architecture, as seconds. */
    private static String ticks(String count) {
        return String.format(Locale.ROOT, "%.6f", Long.parseLong(count) / 100.0);
    }

    private void commandStatistics(Section section) {
        List<CommandStatistics> all = allStatistics();
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            long calls = 0;
            long timeNs = 0;
            long failed = 0;
            long rejected = 0;
            for (CommandStatistics each : all) {
                calls += each.calls(opcode);
                timeNs += each.timeNs(opcode);
                failed += each.failedCalls(opcode);
                rejected += each.rejectedCalls(opcode);
            }
            if (calls + rejected > 0) {
                section.add(
                        "cmdstat_" + CommandTable.spec(opcode).fullName(),
                        String.format(
                                Locale.ROOT,
                                "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                                calls,
                                timeNs / 1000,
                                calls == 0 ? 0.0 : timeNs / 1000.0 / calls,
                                rejected,
                                failed));
            }
        }
    }

    private void keyspace(Section section) {
        for (int i = 0; i < server.engine().config().databases(); i++) {
            int number = i;
            long keys = sum(shard -> count(shard, number, Database::size));
            if (keys > 0) {
                section.add(
                        "db" + number,
                        "keys=" + keys + ",expires=" + sum(shard -> count(shard, number, Database::volatileCount))
                                + ",avg_ttl=0");
            }
        }
    }

    private static long count(Shard shard, int number, ToLongFunction<Database> count) {
        Database database = shard.databases().used(number);
        return database == null ? 0 : count.applyAsLong(database);
    }

    private List<CommandStatistics> allStatistics() {
        List<CommandStatistics> all = new ArrayList<>();
        for (int i = 0; i < server.engine().shardCount(); i++) {
            all.add(server.engine().shard(i).statistics());
        }
        server.loops().forEach(loop -> all.add(loop.statistics()));
        return all;
    }

    private long sum(ToLongFunction<Shard> count) {
        long sum = 0;
        for (int i = 0; i < server.engine().shardCount(); i++) {
            sum += count.applyAsLong(server.engine().shard(i));
        }
        return sum;
    }

    /** Bytes as Redis prints them: {@code 1.50M}. */
    private static String human(long bytes) {
        String[] units = {"B", "K", "M", "G", "T"};
        if (bytes < 1024) {
            return bytes + units[0];
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f", value) + units[unit];
    }

    /** One section: a title, then a line for each field. */
    private static final class Section {
        private final StringBuilder text = new StringBuilder();

        Section(String name) {
            String title =
                    name.equals("cpu") ? "CPU" : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
            text.append("# ").append(title).append("\r\n");
        }

        Section add(String field, Object value) {
            text.append(field).append(':').append(value).append("\r\n");
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
