// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

/** Time for a generator: the system's in measurements, the test's own in tests. */
@FunctionalInterface
public interface HarnessClock {
    /** The system's monotonic clock. */
    HarnessClock SYSTEM = System::nanoTime;

    /** Nanoseconds from an arbitrary origin. */
    long nowNs();
}
