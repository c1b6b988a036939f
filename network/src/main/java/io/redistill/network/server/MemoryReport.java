// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.Engine;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.reply.RespValue;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.store.Database;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Where the memory is, for INFO, MEMORY STATS, MEMORY DOCTOR and MEMORY MALLOC-STATS.
 *
 * <p>What Redis's allocator does, the arenas of the shards and the space of large values do here: <i>allocated</i> are
 * blocks and large values in use, <i>active</i> with the runs that the blocks are in, <i>resident</i> with all that the
 * system may hold for them. The <i>dataset</i> is what keys and values take, the <i>overhead</i> the rest of what counts
 * against the limit.
 *
 * <p>Source: the Redis command reference as of 7.0. Threading: any thread; figures of others are of some moment ago.
 */
final class MemoryReport {
    /** What MEMORY DOCTOR calls next to nothing, and a difference not worth a word. */
    private static final long SMALL_BYTES = 5 << 20;

    private static final long WORTH_MENTIONING_BYTES = 10 << 20;

    private final Engine engine;
    private final long startupBytes;

    final long usedBytes;
    final long peakBytes;
    final long residentBytes;
    final long largeBytes;
    final long blockBytes;
    final long activeBytes;
    final long allocatorResidentBytes;
    final long indexBytes;
    final long expiryBytes;

    /**
     * Looks at everything now.
     *
     * @param startupBytes what was used before there were any data
     */
    MemoryReport(Engine engine, long startupBytes) {
        this.engine = engine;
        this.startupBytes = startupBytes;
        usedBytes = engine.usedBytes();
        peakBytes = Math.max(usedBytes, engine.budget().peakBytes());
        residentBytes = processResidentBytes();
        largeBytes = LargeBlock.usedBytes();
        blockBytes = sum(Shard::blockBytes);
        activeBytes = sum(Shard::activeBytes) + largeBytes;
        allocatorResidentBytes = sum(Shard::residentBytes) + largeBytes + LargeBlock.reserveBytes();
        expiryBytes = sum(shard -> shard.databases().sum(Database::expiryBytes));
        indexBytes = sum(shard -> shard.databases().sum(Database::indexBytes)) - expiryBytes;
    }

    long startupBytes() {
        return startupBytes;
    }

    /** Blocks and large values in use. */
    long allocatedBytes() {
        return blockBytes + largeBytes;
    }

    long datasetBytes() {
        long arenaIndexBytes = sum(shard -> shard.databases().sum(Database::indexArenaBytes));
        return Math.max(0, allocatedBytes() - arenaIndexBytes);
    }

    long overheadBytes() {
        return Math.max(0, usedBytes - datasetBytes());
    }

    /** Percentage of what is used beyond the start. */
    double datasetPercentage() {
        long beyondStart = usedBytes - startupBytes;
        return beyondStart <= 0 ? 0 : Math.min(100, datasetBytes() * 100.0 / beyondStart);
    }

    static double ratio(long bytes, long of) {
        return of == 0 ? 1 : (double) bytes / of;
    }

    double fragmentation() {
        return ratio(residentBytes, Math.max(1, usedBytes));
    }

    private long sum(ToLongFunction<Shard> count) {
        long sum = 0;
        for (int i = 0; i < engine.shardCount(); i++) {
            sum += count.applyAsLong(engine.shard(i));
        }
        return sum;
    }

    private long sum(int database, ToLongFunction<Database> count) {
        return sum(shard -> {
            Database used = shard.databases().used(database);
            return used == null ? 0 : count.applyAsLong(used);
        });
    }

    private static long processResidentBytes() {
        try {
            String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
            return Long.parseLong(pages) * 4096;
        } catch (IOException noProcFileSystem) {
            return 0;
        }
    }

    // ---- replies

    /** The reply of MEMORY STATS. */
    RespValue stats() {
        List<RespValue> pairs = new ArrayList<>();
        add(pairs, "peak.allocated", peakBytes);
        add(pairs, "total.allocated", usedBytes);
        add(pairs, "startup.allocated", startupBytes);
        for (String none : List.of(
                "replication.backlog",
                "clients.slaves",
                "clients.normal",
                "cluster.links",
                "aof.buffer",
                "lua.caches",
                "functions.caches")) {
            add(pairs, none, 0);
        }
        for (int i = 0; i < engine.config().databases(); i++) {
            if (sum(i, Database::size) > 0) {
                List<RespValue> parts = new ArrayList<>();
                long expiry = sum(i, Database::expiryBytes);
                add(parts, "overhead.hashtable.main", sum(i, Database::indexBytes) - expiry);
                add(parts, "overhead.hashtable.expires", expiry);
                add(parts, "overhead.hashtable.slot-to-keys", 0);
                pairs.add(RespValue.bulk("db." + i));
                pairs.add(RespValue.map(parts));
            }
        }
        long keys = sum(Shard::keys);
        add(pairs, "overhead.total", overheadBytes());
        add(pairs, "keys.count", keys);
        add(pairs, "keys.bytes-per-key", keys == 0 ? 0 : Math.max(0, usedBytes - startupBytes) / keys);
        add(pairs, "dataset.bytes", datasetBytes());
        add(pairs, "dataset.percentage", datasetPercentage());
        add(pairs, "peak.percentage", usedBytes * 100.0 / Math.max(1, peakBytes));
        add(pairs, "allocator.allocated", allocatedBytes());
        add(pairs, "allocator.active", activeBytes);
        add(pairs, "allocator.resident", allocatorResidentBytes);
        add(pairs, "allocator-fragmentation.ratio", ratio(activeBytes, allocatedBytes()));
        add(pairs, "allocator-fragmentation.bytes", activeBytes - allocatedBytes());
        add(pairs, "allocator-rss.ratio", ratio(allocatorResidentBytes, activeBytes));
        add(pairs, "allocator-rss.bytes", allocatorResidentBytes - activeBytes);
        add(pairs, "rss-overhead.ratio", ratio(residentBytes, allocatorResidentBytes));
        add(pairs, "rss-overhead.bytes", residentBytes - allocatorResidentBytes);
        add(pairs, "fragmentation", fragmentation());
        add(pairs, "fragmentation.bytes", residentBytes - usedBytes);
        return RespValue.map(pairs);
    }

    private static void add(List<RespValue> pairs, String name, long value) {
        pairs.add(RespValue.bulk(name));
        pairs.add(RespValue.integer(value));
    }

    private static void add(List<RespValue> pairs, String name, double value) {
        pairs.add(RespValue.bulk(name));
        pairs.add(RespValue.real(value));
    }

    /** The reply of MEMORY DOCTOR: Redis's words where there is nothing to report, else what applies here. */
    RespValue doctor() {
        if (usedBytes < SMALL_BYTES) {
            return text(
                    "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in"
                            + " these conditions. Please, leave for your mission on Earth and fill it with some data. The new"
                            + " Sam and I will be back to our programming as soon as I finished rebooting.\n");
        }
        StringBuilder issues = new StringBuilder();
        if (peakBytes > usedBytes * 3 / 2) {
            issues.append(" * Peak memory: In the past this instance used more than 150% the memory that is currently"
                    + " using. What was freed has gone back to the system or will soon.\n\n");
        }
        if (activeBytes > allocatedBytes() * 11 / 10 && activeBytes - allocatedBytes() > WORTH_MENTIONING_BYTES) {
            issues.append(
                    " * High allocator fragmentation: The runs of the arenas have an external fragmentation greater"
                            + " than 1.1. Entries are being moved together if they can be; fields of hashes stay where they"
                            + " are.\n\n");
        }
        if (allocatorResidentBytes > activeBytes * 11 / 10
                && allocatorResidentBytes - activeBytes > WORTH_MENTIONING_BYTES) {
            issues.append(
                    " * High allocator RSS overhead: More than 1.1 times of what is in use is held for new data. You"
                            + " can try the MEMORY PURGE command to give it back.\n\n");
        }
        if (usedBytes > engine.budget().settings().maxMemoryBytes()) {
            issues.append(
                    " * Over the limit: More than maxmemory is used, and what may be evicted, if anything, has not"
                            + " been evicted yet.\n\n");
        }
        if (issues.isEmpty()) {
            return text(
                    "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this"
                            + " base.\n");
        }
        return text("Sam, I detected a few issues in this Redis instance memory implants:\n\n" + issues
                + "I'm here to keep you safe, Sam. I want to help you.\n");
    }

    /** The reply of MEMORY MALLOC-STATS: a line for each place that memory is in. */
    RespValue mallocStats() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < engine.shardCount(); i++) {
            Shard shard = engine.shard(i);
            lines.append(String.format(
                    Locale.ROOT,
                    "shard %d: blocks %d, runs %d, resident %d, segments %d bytes; %d entries moved\n",
                    i,
                    shard.blockBytes(),
                    shard.activeBytes(),
                    shard.residentBytes(),
                    shard.heldBytes(),
                    shard.compactor().movedCount()));
        }
        lines.append(String.format(
                Locale.ROOT, "large values: %d, reserve %d bytes\n", largeBytes, LargeBlock.reserveBytes()));
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        lines.append(String.format(
                Locale.ROOT, "Java heap: used %d, committed %d bytes\n", heap.getUsed(), heap.getCommitted()));
        return text(lines.toString());
    }

    private static RespValue text(String text) {
        return RespValue.verbatim("txt", text);
    }
}
