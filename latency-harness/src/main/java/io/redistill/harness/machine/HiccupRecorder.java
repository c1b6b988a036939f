// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import net.openhft.affinity.Affinity;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does nothing but sleep a little and note how much later it woke: what the machine, the kernel and this JVM
 * do to any thread (Gil Tene's jHiccup). Hiccups above a millisecond are kept with their times, the latest
 * {@value #MOST_KEPT}.
 *
 * <p>Threading: the thread's own; reading methods from one other thread.
 */
public final class HiccupRecorder implements AutoCloseable {
    /** How long it sleeps where it has a processor to itself, ns. */
    public static final long SLEEP_NS = 1_000_000;

    /**
     * And where it has not: a wake-up takes 14 us, a thousand a second more than a hundredth of the processor, while a
     * stop shorter than this is mostly missed.
     */
    public static final long SPARING_SLEEP_NS = 10_000_000;

    private static final long WORTH_KEEPING_NS = 1_000_000;
    private static final int MOST_KEPT = 65_536;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(1, 3_600_000_000_000L, 3);
    private final long[] keptEndNs = new long[MOST_KEPT];
    private final long[] keptLengthNs = new long[MOST_KEPT];
    private final long sleepNs;
    private final Thread thread;
    private volatile int keptCount;
    private volatile boolean closed;
    private final Deque<Histogram> recycled = new ArrayDeque<>();

    /**
     * Starts the thread.
     *
     * @param cpus processors to pin it to, or null for wherever the system puts it
     * @param sleepNs how long it sleeps each time
     */
    public HiccupRecorder(String name, @Nullable BitSet cpus, long sleepNs) {
        this.sleepNs = sleepNs;
        thread = new Thread(() -> run(cpus), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(@Nullable BitSet cpus) {
        if (cpus != null) {
            Affinity.setAffinity(cpus);
        }
        long shortestNs = Long.MAX_VALUE;
        long lastNs = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(sleepNs);
            long nowNs = System.nanoTime();
            long tookNs = nowNs - lastNs;
            // What the shortest sleep takes beyond its length is the timer's, no hiccup.
            shortestNs = Math.min(shortestNs, Math.max(tookNs, sleepNs));
            long hiccupNs = Math.max(0, tookNs - shortestNs);
            recorder.recordValue(Math.min(hiccupNs, 3_600_000_000_000L));
            if (hiccupNs >= WORTH_KEEPING_NS) {
                int slot = keptCount % MOST_KEPT;
                keptEndNs[slot] = nowNs;
                keptLengthNs[slot] = hiccupNs;
                keptCount = keptCount + 1; // one writer
            }
            lastNs = System.nanoTime();
        }
    }

    /** Hiccups since the last call; the caller's until it recycles it. */
    public Histogram interval() {
        return recorder.getIntervalHistogram(recycled.poll());
    }

    /** Takes back what {@link #interval} gave. */
    public void recycle(Histogram interval) {
        recycled.add(interval);
    }

    /** The longest kept hiccup that overlaps a time, both ends of the same clock as {@code System.nanoTime}. */
    public long longestBetween(long fromNs, long toNs) {
        int count = keptCount;
        long longestNs = 0;
        for (int i = Math.max(0, count - MOST_KEPT); i < count; i++) {
            int slot = i % MOST_KEPT;
            if (keptEndNs[slot] - fromNs >= 0 && keptEndNs[slot] - keptLengthNs[slot] - toNs <= 0) {
                longestNs = Math.max(longestNs, keptLengthNs[slot]);
            }
        }
        return longestNs;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
