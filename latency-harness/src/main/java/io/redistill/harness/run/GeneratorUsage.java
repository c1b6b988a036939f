// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import com.sun.management.ThreadMXBean;
import io.redistill.harness.machine.ProcessUsage;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What the generator threads have used so far.
 *
 * @param cpuNs processor time
 * @param allocatedBytes bytes allocated on the heap
 * @param involuntarySwitches times taken off a processor, -1 when unknown
 * @param stealNs time that the hypervisor took from the machine, -1 when unknown
 */
record GeneratorUsage(long cpuNs, long allocatedBytes, long involuntarySwitches, long stealNs) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static GeneratorUsage of(List<GeneratorThread> threads) {
        long cpuNs = 0;
        long bytes = 0;
        long switches = 0;
        for (GeneratorThread thread : threads) {
            cpuNs += Math.max(0, THREADS.getThreadCpuTime(thread.id()));
            bytes += Math.max(0, THREADS.getThreadAllocatedBytes(thread.id()));
            switches += thread.involuntarySwitches();
        }
        return new GeneratorUsage(cpuNs, bytes, Math.max(-1, switches), ProcessUsage.stealNs());
    }

    GeneratorUsage since(GeneratorUsage before) {
        return new GeneratorUsage(
                cpuNs - before.cpuNs,
                allocatedBytes - before.allocatedBytes,
                involuntarySwitches < 0 || before.involuntarySwitches < 0
                        ? -1
                        : involuntarySwitches - before.involuntarySwitches,
                stealNs < 0 || before.stealNs < 0 ? -1 : stealNs - before.stealNs);
    }
}
