// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import java.io.File;
import java.util.BitSet;
import java.util.Collection;
import net.openhft.affinity.Affinity;
import net.openhft.affinity.impl.LinuxHelper;

/**
 * Keeps processors free for the threads that are pinned to them.
 *
 * <p>Threading: to be used while a process starts, by one thread.
 */
public final class Processors {
    private static final File TASKS = new File("/proc/self/task");

    private Processors() {}

    /**
     * Moves all threads that the process has now, those of the JVM too, and with them whatever they will start, to other
     * processors than these. Does nothing where there are no others, and on systems other than Linux. Threads that are to
     * be on these processors must be pinned afterwards.
     */
    public static void leave(Collection<Integer> cpus) {
        String[] tasks = TASKS.list();
        if (cpus.isEmpty() || tasks == null) {
            return;
        }
        BitSet others = Affinity.getAffinity();
        cpus.forEach(others::clear);
        if (others.isEmpty()) {
            return;
        }
        for (String task : tasks) {
            try {
                LinuxHelper.sched_setaffinity(Integer.parseInt(task), others);
            } catch (RuntimeException gone) {
                // A thread that has ended meanwhile.
            }
        }
    }
}
