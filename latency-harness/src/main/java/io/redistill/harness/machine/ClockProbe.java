// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

/**
 * What reading the clock of the time stamps costs.
 *
 * @param source name of the clock, with the kernel's source behind it
 * @param costNs mean cost of a reading
 * @param resolutionNs smallest step seen between two readings
 */
public record ClockProbe(String source, double costNs, long resolutionNs) {
    private static final int READINGS = 200_000;

    /** Measures, in some ten milliseconds, best of five. */
    public static ClockProbe measure() {
        double bestNs = Double.MAX_VALUE;
        long smallestStepNs = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long startNs = System.nanoTime();
            long lastNs = startNs;
            for (int i = 0; i < READINGS; i++) {
                long nowNs = System.nanoTime();
                if (nowNs > lastNs) {
                    smallestStepNs = Math.min(smallestStepNs, nowNs - lastNs);
                }
                lastNs = nowNs;
            }
            bestNs = Math.min(bestNs, (lastNs - startNs) / (double) READINGS);
        }
        return new ClockProbe(
                "System.nanoTime (CLOCK_MONOTONIC; kernel clock source "
                        + SystemFiles.line("/sys/devices/system/clocksource/clocksource0/current_clocksource") + ")",
                bestNs,
                smallestStepNs);
    }
}
