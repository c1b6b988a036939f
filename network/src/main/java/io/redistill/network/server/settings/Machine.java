// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What there is to share out.
 *
 * <p>Threading: immutable.
 *
 * @param memoryBytes the memory of the machine, or of the container where that is less
 * @param processors the processors that this process may use; follows a container's quota
 * @param openFiles how many files and sockets this process may have open; {@link Long#MAX_VALUE} where nobody says
 */
record Machine(long memoryBytes, int processors, long openFiles) {
    /** More than any machine has: the "unlimited" of cgroup v1 is a number just below 2^63. */
    private static final long UNLIMITED = Long.MAX_VALUE;

    static Machine detect() {
        Path root = Path.of("/");
        return new Machine(memoryBytes(root), Runtime.getRuntime().availableProcessors(), openFiles(root));
    }

    /** The limit that holds for this process; the JVM has already raised it as far as it may. */
    static long openFiles(Path root) {
        for (String line : lines(root.resolve("proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring("Max open files".length()).strip().split(" +")[0];
                return soft.equals("unlimited") ? UNLIMITED : Long.parseLong(soft);
            }
        }
        return UNLIMITED;
    }

    /** The memory as the files below {@code root} tell it; the launcher reads the same ones. */
    static long memoryBytes(Path root) {
        long limit = totalMemory(root.resolve("proc/meminfo"));
        // A container usually sees its own cgroup at the top of the mount; a service of the host finds itself by path.
        limit = Math.min(limit, number(root.resolve("sys/fs/cgroup/memory.max")));
        limit = Math.min(limit, number(root.resolve("sys/fs/cgroup/memory/memory.limit_in_bytes")));
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            if (line.startsWith("0::/")) {
                limit = Math.min(limit, limitOnTheWay(root.resolve("sys/fs/cgroup"), line.substring(4), "memory.max"));
            } else if (line.indexOf(":memory:/") > 0) {
                String group = line.substring(line.indexOf(":memory:/") + 9);
                Path mount = root.resolve("sys/fs/cgroup/memory");
                limit = Math.min(limit, limitOnTheWay(mount, group, "memory.limit_in_bytes"));
            }
        }
        return limit == UNLIMITED ? systemMemory() : limit;
    }

    private static long limitOnTheWay(Path mount, String group, String file) {
        long limit = UNLIMITED;
        Path directory = mount;
        for (String name : group.split("/")) {
            if (name.isEmpty() || name.equals("..")) {
                return limit;
            }
            directory = directory.resolve(name);
            limit = Math.min(limit, number(directory.resolve(file)));
        }
        return limit;
    }

    private static long totalMemory(Path meminfo) {
        for (String line : lines(meminfo)) {
            if (line.startsWith("MemTotal:")) {
                String number = line.substring("MemTotal:".length(), line.length() - " kB".length());
                return Long.parseLong(number.strip()) * 1024;
            }
        }
        return UNLIMITED;
    }

    /** The number in a file; unlimited when there is no file or it says so. */
    private static long number(Path file) {
        for (String line : lines(file)) {
            try {
                return Long.parseLong(line.strip());
            } catch (NumberFormatException e) {
                return UNLIMITED; // "max"
            }
        }
        return UNLIMITED;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of(); // As if the file were not there: some kernels refuse on reading.
        }
    }

    /** For systems without /proc. */
    private static long systemMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
