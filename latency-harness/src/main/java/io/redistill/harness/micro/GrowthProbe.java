// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.Engine;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.shard.CommandPublisher;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.shard.SleepGate;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Fills one shard with 16-byte keys and values, one command a turn, and prints how long single commands took: CPU time of
 * the shard's thread, which other processes cannot lengthen, and elapsed time, in which every stop of any kind shows. Both
 * count what is done for growth: splits of the index, new segments of the arena and their page faults. A cold JVM is part
 * of it: compilation shows in elapsed time only.
 *
 * <p>Usage: {@code GrowthProbe [KEYS [extendible|striped]]}, 10,000,000 and extendible by default.
 */
public final class GrowthProbe {
    private static final int TEXT_BYTES = 16;
    private static final double NS_PER_US = 1_000;

    private GrowthProbe() {}

    public static void main(String[] arguments) {
        int keys = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000_000;
        IndexKind index =
                arguments.length > 1 ? IndexKind.valueOf(arguments[1].toUpperCase(Locale.ROOT)) : IndexKind.EXTENDIBLE;
        Engine engine = new Engine(
                new EngineConfig(
                        1,
                        1,
                        64,
                        8L << 30,
                        index,
                        EngineConfig.DEFAULT_STRIPES,
                        HashLimits.defaults(),
                        EngineConfig.DEFAULT_DATABASES,
                        7,
                        ShardClock.SYSTEM,
                        true,
                        false),
                new SleepGate(() -> {}));
        Histogram cpu = new Histogram(3);
        Histogram elapsed = new Histogram(3);
        long collectionsMs = collectionTimeMs();
        fill(engine, keys, cpu, elapsed);
        print("CPU time of a SET, us", cpu);
        print("elapsed time of a SET, us", elapsed);
        System.out.println("collections: " + (collectionTimeMs() - collectionsMs) + " ms, keys: "
                + engine.shard(0).databases().get(0).size());
        engine.close();
    }

    private static void fill(Engine engine, int keys, Histogram cpu, Histogram elapsed) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        CommandSpec set = CommandTable.spec(Opcode.SET);
        CommandPublisher publisher = engine.publisher(0);
        Shard shard = engine.shard(0);
        NativeText text = new NativeText();
        RequestBatch batch = new RequestBatch(done -> {}, 1, NativeReplyChunk::new);
        long name = text.copy("SET");
        long key = text.copy("k".repeat(TEXT_BYTES));
        long value = text.copy("v".repeat(TEXT_BYTES));
        for (long i = 0; i < keys; i++) {
            Memory.putLong(key, i * 0x9e3779b97f4a7c15L);
            Memory.putLong(key + Long.BYTES, i);
            batch.addArgument(name, 3);
            batch.addArgument(key, TEXT_BYTES);
            batch.addArgument(value, TEXT_BYTES);
            publisher.commit(batch, set, 0, 0);
            batch.seal();
            long cpuNs = threads.getCurrentThreadCpuTime();
            long startNs = System.nanoTime();
            publisher.publish(batch);
            while (shard.turn() > 0) {}
            long endNs = System.nanoTime();
            cpu.recordValue(threads.getCurrentThreadCpuTime() - cpuNs);
            elapsed.recordValue(endNs - startNs);
            batch.releaseInput();
            batch.reset();
        }
        batch.reply(0).release();
        text.free();
    }

    private static long collectionTimeMs() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private static void print(String what, Histogram histogram) {
        System.out.printf(
                Locale.ROOT,
                "%s: p50 %.1f, p99.9 %.1f, p99.99 %.1f, p99.999 %.1f, max %.1f%n",
                what,
                histogram.getValueAtPercentile(50) / NS_PER_US,
                histogram.getValueAtPercentile(99.9) / NS_PER_US,
                histogram.getValueAtPercentile(99.99) / NS_PER_US,
                histogram.getValueAtPercentile(99.999) / NS_PER_US,
                histogram.getMaxValue() / NS_PER_US);
    }
}
