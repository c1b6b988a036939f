// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.target;

import io.redistill.harness.machine.ProcessUsage;
import io.redistill.harness.record.Environment;
import io.redistill.harness.record.ServerRecord;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server uses: from {@code /proc} when it is a process of this machine, else from the {@code used_cpu_*} fields
 * of INFO. A server that does not know INFO is watched no further.
 *
 * <p>Threading: {@link #usage} by any thread; the rest by one.
 */
public final class ServerWatch {
    private final ControlConnection control;
    private final long pid;
    private final Map<String, String> infoAtStart;
    private @Nullable ProcessUsage start;
    private @Nullable ProcessUsage end;
    private double infoCpuStart = Double.NaN;
    private double infoCpuEnd = Double.NaN;

    /**
     * Finds the server's process.
     *
     * @param givenPid its process, or -1 to take it from INFO when the target is on this machine
     */
    public ServerWatch(ControlConnection control, Target target, long givenPid) throws IOException {
        this.control = control;
        infoAtStart = infoOrNothing();
        long told = parse(infoAtStart.get("process_id"));
        pid = givenPid > 0 ? givenPid : target.local() && told > 0 && ProcessUsage.exists(told) ? told : -1;
    }

    private static long parse(@Nullable String number) {
        try {
            return number == null ? -1 : Long.parseLong(number.strip());
        } catch (NumberFormatException e) {
            return -1; // not a process of ours then
        }
    }

    private Map<String, String> infoOrNothing() throws IOException {
        try {
            return control.info();
        } catch (IOException e) {
            if (isConnectionLoss(e)) {
                throw e;
            }
            if (String.valueOf(e.getMessage()).startsWith("NOAUTH")) {
                throw new IOException("the server wants a password (--password): " + e.getMessage(), e);
            }
            return Map.of(); // it does not know INFO, or may not be asked
        }
    }

    private static boolean isConnectionLoss(IOException e) {
        String message = e.getMessage();
        return message == null || message.startsWith("the server") || message.startsWith("no answer");
    }

    /** Usage now; all fields -1 when the server is not of this machine. */
    public ProcessUsage usage() {
        return pid < 0 ? new ProcessUsage(-1, -1, -1) : ProcessUsage.of(pid);
    }

    public void markStart() {
        start = usage();
        infoCpuStart = infoCpuSeconds();
    }

    public void markEnd() {
        end = usage();
        infoCpuEnd = infoCpuSeconds();
    }

    private double infoCpuSeconds() {
        if (pid >= 0 || infoAtStart.isEmpty()) {
            return Double.NaN;
        }
        try {
            Map<String, String> cpu = control.info("cpu");
            return Double.parseDouble(cpu.getOrDefault("used_cpu_user", "x"))
                    + Double.parseDouble(cpu.getOrDefault("used_cpu_sys", "x"));
        } catch (IOException | NumberFormatException e) {
            return Double.NaN; // unknown is what the record then says
        }
    }

    /** The record of the server, after the run. */
    public ServerRecord record(long replies, double hitRatio) {
        Map<String, String> info = infoAtStart;
        try {
            info = control.info();
        } catch (IOException e) {
            // It died or does not know INFO: what it said before the run is all there is.
        }
        ProcessUsage unknown = new ProcessUsage(-1, -1, -1);
        ProcessUsage from = start == null ? unknown : start;
        ProcessUsage to = end == null ? unknown : end;
        boolean proc = from.cpuNs() >= 0 && to.cpuNs() >= from.cpuNs();
        boolean byInfo = !proc && infoCpuEnd >= infoCpuStart;
        long cpuNs = proc ? to.cpuNs() - from.cpuNs() : byInfo ? (long) ((infoCpuEnd - infoCpuStart) * 1e9) : -1;
        return new ServerRecord(
                name(info),
                pid < 0 ? "" : ProcessUsage.commandLine(pid),
                pid,
                proc ? "proc" : byInfo ? "INFO" : Environment.UNKNOWN,
                cpuNs,
                cpuNs < 0 || replies == 0 ? Double.NaN : (double) cpuNs / replies,
                proc ? to.involuntarySwitches() - from.involuntarySwitches() : -1,
                from.rssBytes(),
                to.rssBytes(),
                hitRatio,
                info);
    }

    private static String name(Map<String, String> info) {
        for (String product : new String[] {"redistill", "valkey", "dragonfly", "garnet", "keydb", "redis"}) {
            String version = info.get(product + "_version");
            if (version != null) {
                return product + " " + version;
            }
        }
        return Environment.UNKNOWN;
    }
}
