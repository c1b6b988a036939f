// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

/**
 * What the generator cost and what stood in its way, during the measured part.
 *
 * <p>Threading: immutable.
 *
 * @param clock source of the time stamps
 * @param clockCostNs what reading it costs
 * @param clockResolutionNs smallest step seen between two readings
 * @param cpuNs processor time of the generator threads; spinning is part of it
 * @param costPerRequestNs time that a generator thread needs to send a request and take its reply, waiting excluded
 * @param busyShare share of the time of the busiest generator thread that was not waiting, 0 to 1
 * @param allocatedBytes bytes allocated by the generator threads in the measured part
 * @param involuntarySwitches times a generator thread was taken off its processor, -1 when unknown
 * @param stealNs time that the hypervisor took from the machine, -1 when unknown
 * @param hiccupMaxNs longest hiccup
 * @param pinnedTo processors of the generator threads, e.g. {@code "1"}, or {@code "not pinned"}
 */
public record GeneratorRecord(
        String clock,
        double clockCostNs,
        long clockResolutionNs,
        long cpuNs,
        double costPerRequestNs,
        double busyShare,
        long allocatedBytes,
        long involuntarySwitches,
        long stealNs,
        long hiccupMaxNs,
        String pinnedTo) {}
