// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

import io.redistill.harness.record.Environment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/** Describes machine and JVM. */
public final class EnvironmentProbe {
    private static final String CPUS = "/sys/devices/system/cpu/";

    private EnvironmentProbe() {}

    /** What is known now. */
    public static Environment read() {
        Properties java = System.getProperties();
        List<String> siblings = siblings();
        return new Environment(
                host(),
                SystemFiles.field("/proc/cpuinfo", "model name"),
                siblings.isEmpty() ? Runtime.getRuntime().availableProcessors() : cpuCount(),
                Runtime.getRuntime().availableProcessors(),
                SystemFiles.field("/proc/thread-self/status", "Cpus_allowed_list"),
                SystemFiles.line(CPUS + "isolated"),
                siblings,
                SystemFiles.line(CPUS + "cpu0/cpufreq/scaling_governor"),
                SystemFiles.line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
                chosen(SystemFiles.line("/sys/kernel/mm/transparent_hugepage/enabled")),
                java.getProperty("os.name") + " " + java.getProperty("os.version") + " " + java.getProperty("os.arch"),
                virtualization(),
                memoryBytes(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                java.getProperty("java.vm.name") + " " + java.getProperty("java.vm.version") + " ("
                        + java.getProperty("java.vendor") + ")",
                List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return Environment.UNKNOWN;
        }
    }

    private static int cpuCount() {
        int count = 0;
        while (Files.exists(Path.of(CPUS + "cpu" + count))) {
            count++;
        }
        return count;
    }

    private static List<String> siblings() {
        TreeSet<String> groups = new TreeSet<>();
        for (int i = 0; i < cpuCount(); i++) {
            groups.add(SystemFiles.line(CPUS + "cpu" + i + "/topology/thread_siblings_list"));
        }
        return new ArrayList<>(groups);
    }

    /** Of {@code always [madvise] never} the one in brackets. */
    private static String chosen(String text) {
        int open = text.indexOf('[');
        int close = text.indexOf(']');
        return open >= 0 && close > open ? text.substring(open + 1, close) : text;
    }

    private static String virtualization() {
        boolean hypervisor = (" " + SystemFiles.field("/proc/cpuinfo", "flags") + " ").contains(" hypervisor ");
        String product = SystemFiles.line("/sys/class/dmi/id/product_name");
        return (hypervisor ? "virtual machine" : "no hypervisor flag")
                + (product.equals(Environment.UNKNOWN) ? "" : ", " + product);
    }

    private static long memoryBytes() {
        long kilobytes = SystemFiles.number(SystemFiles.field("/proc/meminfo", "MemTotal"));
        return kilobytes < 0 ? -1 : kilobytes * 1_024;
    }
}
