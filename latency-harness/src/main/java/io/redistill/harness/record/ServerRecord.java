// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.Map;

/**
 * What was learned of the server. Everything is optional: a target need not understand INFO.
 *
 * <p>Threading: immutable.
 *
 * @param name what it calls itself with its version, e.g. {@code redis 7.0.15}, or {@code unknown}
 * @param commandLine how it runs, when it is a process of this machine, else empty
 * @param pid its process, or -1 when it is not of this machine
 * @param cpuSource {@code proc}, {@code INFO} or {@code unknown}
 * @param cpuNs processor time in the measured part, -1 when unknown
 * @param cpuNsPerCommand the same divided by the replies, NaN when unknown
 * @param involuntarySwitches times one of its threads was taken off its processor, -1 when unknown
 * @param rssStartBytes resident memory at the start of the measured part, -1 when unknown
 * @param rssEndBytes at its end
 * @param hitRatio share of the keys read that were found, NaN when none was read
 * @param info what INFO answered after the run, by field; empty when it did not
 */
public record ServerRecord(
        String name,
        String commandLine,
        long pid,
        String cpuSource,
        long cpuNs,
        double cpuNsPerCommand,
        long involuntarySwitches,
        long rssStartBytes,
        long rssEndBytes,
        double hitRatio,
        Map<String, String> info) {}
