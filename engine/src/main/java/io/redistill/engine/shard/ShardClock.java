// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

/**
 * Where a shard's time comes from: the system's clocks in production, the test's hand in tests.
 *
 * <p>Threading: any thread.
 */
public interface ShardClock {
    /** The system's clocks. */
    ShardClock SYSTEM = new ShardClock() {
        @Override
        public long epochMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    };

    /** Wall-clock time, ms since the epoch: what deadlines are compared with. */
    long epochMs();

    /** Monotonic time, ns from an arbitrary origin: what durations are measured with. */
    long monotonicNs();
}
