// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * How late a thread that does nothing else wakes up: what stops the whole process (collections and other safepoints,
 * the system's scheduler, the hypervisor) shows here, whatever the commands are.
 *
 * <p>After G. Tene's jHiccup. A stop that is longer than the interval is recorded as the thread saw it and also at each
 * interval within, as if the thread had tried then (HdrHistogram's correction of coordinated omission).
 *
 * <p>Threading: the recorder's own thread writes; {@link #read} any thread.
 */
final class HiccupRecorder {
    private static final long HIGHEST_US = TimeUnit.MINUTES.toMicros(10);
    private static final int DIGITS = 2;

    private final AtomicHistogram lateUs = new AtomicHistogram(HIGHEST_US, DIGITS);
    private final long intervalNs;
    private final LongSupplier clockNs;

    /**
     * A recorder that does not run yet.
     *
     * @param intervalNs how long it sleeps each time
     */
    HiccupRecorder(long intervalNs, LongSupplier clockNs) {
        this.intervalNs = intervalNs;
        this.clockNs = clockNs;
    }

    /** Starts the thread, which ends with the process. */
    void start() {
        Thread thread = new Thread(this::run, "hiccups");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (true) {
            long due = clockNs.getAsLong() + intervalNs;
            LockSupport.parkNanos(intervalNs);
            record(clockNs.getAsLong() - due);
        }
    }

    void record(long lateNs) {
        long us = Math.min(HIGHEST_US, Math.max(0, TimeUnit.NANOSECONDS.toMicros(lateNs)));
        lateUs.recordValueWithExpectedInterval(us, TimeUnit.NANOSECONDS.toMicros(intervalNs));
    }

    /** What was recorded so far, in microseconds. */
    Histogram read() {
        return lateUs.copy();
    }

    void reset() {
        lateUs.reset();
    }
}
