// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import java.util.concurrent.locks.LockSupport;

/** Time for a generator: the system's in measurements, the test's own in tests. */
public interface HarnessClock {
    /** The system's monotonic clock. It sleeps while there is much time and spins for the rest, which costs a core. */
    HarnessClock SYSTEM = new HarnessClock() {
        /** A sleeping thread may be late by about this much. */
        private static final long SPIN_NS = 100_000;

        @Override
        public long nowNs() {
            return System.nanoTime();
        }

        @Override
        public void awaitNs(long timeNs) {
            long leftNs;
            while ((leftNs = timeNs - System.nanoTime()) > 0) {
                if (leftNs > SPIN_NS) {
                    LockSupport.parkNanos(leftNs - SPIN_NS);
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    };

    /** Nanoseconds from an arbitrary origin. */
    long nowNs();

    /** Returns when {@link #nowNs} has reached a time, at once if it is past. */
    void awaitNs(long timeNs);
}
