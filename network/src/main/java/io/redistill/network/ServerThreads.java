// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import net.openhft.affinity.Affinity;

/**
 * Makes the threads of event loops and shards: named, known to Netty, and on their processors.
 *
 * <p>Threading: immutable.
 */
final class ServerThreads {
    private final String namePrefix;
    private final Thread.UncaughtExceptionHandler atDeath;

    /**
     * The maker of a server's threads.
     *
     * @param namePrefix what their names begin with
     * @param atDeath is told when one of them dies of an exception: what is left cannot serve all keys any more
     */
    ServerThreads(String namePrefix, Thread.UncaughtExceptionHandler atDeath) {
        this.namePrefix = namePrefix;
        this.atDeath = atDeath;
    }

    /** Makes thread {@code number} of a kind, which runs on one of the processors in turn, or anywhere if there are none. */
    ThreadFactory named(String kind, int number, List<Integer> cpus) {
        String name = namePrefix + kind + "-" + number;
        return task -> {
            Runnable pinned = task;
            if (!cpus.isEmpty()) {
                int cpu = cpus.get(number % cpus.size());
                pinned = () -> {
                    pin(cpu);
                    task.run();
                };
            }
            Thread thread = new FastThreadLocalThread(pinned, name);
            thread.setUncaughtExceptionHandler(atDeath);
            return thread;
        };
    }

    /**
     * Finds out on the calling thread whether threads can be on these processors.
     *
     * @throws IOException when one of them is not for this process; the message names it
     */
    static void check(List<Integer> cpus) throws IOException {
        if (cpus.isEmpty()) {
            return;
        }
        BitSet before = Affinity.getAffinity();
        try {
            for (int cpu : cpus) {
                check(cpu);
            }
        } finally {
            Affinity.setAffinity(before);
        }
    }

    private static void check(int cpu) throws IOException {
        try {
            pin(cpu);
        } catch (RuntimeException e) {
            throw new IOException(
                    "cannot run on processor " + cpu + ", which this machine or container does not have", e);
        }
    }

    private static void pin(int cpu) {
        Affinity.setAffinity(cpu);
    }
}
