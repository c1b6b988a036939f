// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.store.IndexKind;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Fills one shard with 16-byte keys and values, one command a turn, and prints how long single commands took: CPU time of
 * the shard's thread, which other processes cannot lengthen, and elapsed time, in which every stop of any kind shows. Both
 * count what is done for growth: splits of the index, new segments of the arena and their page faults. A few keys go to
 * another engine before, as in the warm-up of the server; compilation goes on and shows in elapsed time only.
 *
 * <p>Usage: {@code GrowthProbe [KEYS [extendible|striped]]}, 10,000,000 and extendible by default.
 */
public final class GrowthProbe {
    private static final int WARM_UP_KEYS = 5_000;
    private static final int VALUE_BYTES = 16;
    private static final long MEMORY_BYTES = 8L << 30;
    private static final double NS_PER_US = 1_000;

    /** Commands that took longer are printed one by one. */
    private static final long LONG_NS = 2_000_000;

    private GrowthProbe() {}

    public static void main(String[] arguments) {
        int keys = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000_000;
        IndexKind index =
                arguments.length > 1 ? IndexKind.valueOf(arguments[1].toUpperCase(Locale.ROOT)) : IndexKind.EXTENDIBLE;
        try (InProcessEngine engine = new InProcessEngine(index, MEMORY_BYTES, WARM_UP_KEYS, VALUE_BYTES)) {
            fill(engine, WARM_UP_KEYS, new Histogram(3), new Histogram(3), Long.MAX_VALUE);
        }
        Histogram cpu = new Histogram(3);
        Histogram elapsed = new Histogram(3);
        long collectionsMs = collectionTimeMs();
        try (InProcessEngine engine = new InProcessEngine(index, MEMORY_BYTES, keys, VALUE_BYTES)) {
            fill(engine, keys, cpu, elapsed, LONG_NS);
            print("CPU time of a SET, us", cpu);
            print("elapsed time of a SET, us", elapsed);
            System.out.println("collections: " + (collectionTimeMs() - collectionsMs) + " ms, keys: "
                    + engine.database().size());
        }
    }

    private static void fill(InProcessEngine engine, int keys, Histogram cpu, Histogram elapsed, long longNs) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        CommandSpec set = CommandTable.spec(Opcode.SET);
        for (int i = 0; i < keys; i++) {
            engine.add(set, i);
            long cpuNs = threads.getCurrentThreadCpuTime();
            long startNs = System.nanoTime();
            engine.publishAndTurn();
            long endNs = System.nanoTime();
            long tookNs = threads.getCurrentThreadCpuTime() - cpuNs;
            cpu.recordValue(tookNs);
            elapsed.recordValue(endNs - startNs);
            if (tookNs > longNs) {
                System.out.printf(Locale.ROOT, "key %,d: %.1f us of CPU%n", i, tookNs / NS_PER_US);
            }
            engine.takeBack();
        }
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
