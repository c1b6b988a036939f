// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.List;

/**
 * The machine and the JVM of the generator. Texts that could not be had are {@code unknown}.
 *
 * <p>Threading: immutable.
 *
 * @param host name of the machine
 * @param cpuModel as {@code /proc/cpuinfo} says
 * @param cpus processors of the machine
 * @param availableCpus processors that the JVM may use
 * @param affinity processors that the process may run on, e.g. {@code 0-3}
 * @param isolatedCpus {@code isolcpus} of the kernel, may be empty
 * @param smtSiblings groups of logical processors that share a core, e.g. {@code 0,4}; one per line of the kernel's
 * @param governor frequency governor
 * @param clockSource the kernel's clock source
 * @param transparentHugePages the kernel's setting
 * @param kernel name and release of the operating system
 * @param virtualization hypervisor flag and product name where they show
 * @param memoryBytes memory of the machine, -1 when unknown
 * @param loadAverage load average of the last minute before the run, NaN when unknown
 * @param jvm name and version of the JVM
 * @param jvmFlags arguments of the JVM
 */
public record Environment(
        String host,
        String cpuModel,
        int cpus,
        int availableCpus,
        String affinity,
        String isolatedCpus,
        List<String> smtSiblings,
        String governor,
        String clockSource,
        String transparentHugePages,
        String kernel,
        String virtualization,
        long memoryBytes,
        double loadAverage,
        String jvm,
        List<String> jvmFlags) {
    public static final String UNKNOWN = "unknown";
}
