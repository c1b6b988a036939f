// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A server in a process of its own that says, for each line it is given, how many bytes of heap each of its threads has
 * allocated so far; the thread that answers does not count. Ends with its input.
 */
final class AllocationProbe {
    private AllocationProbe() {}

    public static void main(String[] arguments) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        try (TestServer server =
                        TestServer.shards(Integer.parseInt(arguments[0])).start();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            System.out.println("port " + server.port());
            while (lines.readLine() != null) {
                System.out.println(allocated(threads, self));
            }
        }
    }

    /** As in {@code core-0=123 Finalizer=0}. */
    private static String allocated(ThreadMXBean threads, long self) {
        List<String> figures = new ArrayList<>();
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != self && bytes[i] >= 0) {
                String name = threads.getThreadInfo(ids[i]).getThreadName();
                figures.add(name.replace(' ', '_') + "#" + ids[i] + "=" + bytes[i]);
            }
        }
        return String.join(" ", figures);
    }
}
