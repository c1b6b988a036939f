// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process or thread of this machine has used so far, from {@code /proc}.
 *
 * @param cpuNs processor time of all its living threads, -1 when unknown
 * @param rssBytes resident memory, -1 when unknown
 * @param involuntarySwitches times a thread of it was taken off its processor, -1 when unknown
 */
public record ProcessUsage(long cpuNs, long rssBytes, long involuntarySwitches) {
    private static final long KILOBYTE = 1_024;

    /** Of a process. */
    public static ProcessUsage of(long pid) {
        String directory = "/proc/" + pid;
        long cpuNs = 0;
        long switches = 0;
        String[] tasks = new File(directory + "/task").list();
        if (tasks == null) {
            return new ProcessUsage(-1, -1, -1);
        }
        for (String task : tasks) {
            cpuNs += Math.max(0, cpuNs(directory + "/task/" + task));
            switches += Math.max(0, switches(directory + "/task/" + task));
        }
        long kilobytes = SystemFiles.number(SystemFiles.field(directory + "/status", "VmRSS"));
        return new ProcessUsage(cpuNs, kilobytes < 0 ? -1 : kilobytes * KILOBYTE, switches);
    }

    /** Involuntary switches of a thread of this process, -1 when unknown. */
    public static long switchesOfThread(String threadDirectory) {
        return switches(threadDirectory);
    }

    /** The calling thread's directory below {@code /proc}, or an empty text. */
    public static String currentThreadDirectory() {
        try {
            return Path.of("/proc/thread-self").toRealPath().toString();
        } catch (java.io.IOException e) {
            return ""; // no such thing here: switches stay unknown
        }
    }

    /** How a process was called, or an empty text. */
    public static String commandLine(long pid) {
        List<String> lines = SystemFiles.lines("/proc/" + pid + "/cmdline");
        return lines.isEmpty() ? "" : lines.get(0).replace('\0', ' ').strip();
    }

    public static boolean exists(long pid) {
        return Files.isDirectory(Path.of("/proc/" + pid));
    }

    /** Time that the hypervisor took from this machine since it started, -1 when unknown. */
    public static long stealNs() {
        String[] fields = SystemFiles.line("/proc/stat").split("\\s+");
        if (!fields[0].equals("cpu") || fields.length < 9) {
            return -1;
        }
        return SystemFiles.number(fields[8]) * 10_000_000L; // USER_HZ is 100 on every Linux that runs Java
    }

    /** schedstat counts in ns; it lacks where the kernel was built without. */
    private static long cpuNs(String task) {
        return SystemFiles.number(SystemFiles.line(task + "/schedstat"));
    }

    private static long switches(String task) {
        return SystemFiles.number(SystemFiles.field(task + "/status", "nonvoluntary_ctxt_switches"));
    }
}
