// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One of the slowest requests of a run and what else happened then.
 *
 * <p>Threading: immutable.
 *
 * @param rank 1 is the slowest
 * @param dueNs offset of its intended send time
 * @param command its command
 * @param connection number of its connection, from 0
 * @param responseNs from the intended send time to the reply, or its age when there was none
 * @param serviceNs from the actual send
 * @param latenessNs from the intended to the actual send
 * @param answered false when it was lost
 * @param generatorHiccupNs the longest hiccup of the generator while it was under way
 * @param serverHiccupNs the same of the server's processors, -1 when not recorded
 * @param disturbances names of the disturbances then, joined by {@code +}
 * @param serverNote what the server did then where that is visible (collector, SLOWLOG, snapshot), may be empty
 */
@JsonPropertyOrder({
    "rank",
    "dueNs",
    "command",
    "connection",
    "responseNs",
    "serviceNs",
    "latenessNs",
    "answered",
    "generatorHiccupNs",
    "serverHiccupNs",
    "disturbances",
    "serverNote"
})
public record SlowRequest(
        int rank,
        long dueNs,
        String command,
        int connection,
        long responseNs,
        long serviceNs,
        long latenessNs,
        boolean answered,
        long generatorHiccupNs,
        long serverHiccupNs,
        String disturbances,
        String serverNote) {}
