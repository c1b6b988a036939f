// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One second of a run: a line of {@code seconds.csv}. Latencies belong to the second in which the reply came, as in the
 * {@code .hlog}; warm-up seconds have negative numbers and are in no other figure of the run.
 *
 * <p>Threading: immutable.
 *
 * @param second number of the second, 0 is the first measured one
 * @param due requests due in it
 * @param sent requests sent in it
 * @param replies replies in it, errors included
 * @param errors error replies in it
 * @param hits keys read and found
 * @param misses keys read and not found
 * @param reconnects connections made again
 * @param underWay requests sent and not answered at its end
 * @param p50Ns response time
 * @param p99Ns response time
 * @param p999Ns response time
 * @param maxNs response time
 * @param serviceP50Ns service time
 * @param serviceP99Ns service time
 * @param serviceMaxNs service time
 * @param latenessP99Ns lateness of the generator
 * @param latenessMaxNs lateness of the generator
 * @param generatorHiccupMaxNs longest hiccup of the generator
 * @param serverHiccupMaxNs longest hiccup on the server's processors, -1 when not recorded
 * @param serverCpuNs processor time that the server took, -1 when unknown
 * @param serverRssBytes resident memory of the server, -1 when unknown
 * @param stealNs time that the hypervisor took from this machine, -1 when unknown
 * @param disturbances names of the disturbances of this second, joined by {@code +}
 */
@JsonPropertyOrder({
    "second",
    "due",
    "sent",
    "replies",
    "errors",
    "hits",
    "misses",
    "reconnects",
    "underWay",
    "p50Ns",
    "p99Ns",
    "p999Ns",
    "maxNs",
    "serviceP50Ns",
    "serviceP99Ns",
    "serviceMaxNs",
    "latenessP99Ns",
    "latenessMaxNs",
    "generatorHiccupMaxNs",
    "serverHiccupMaxNs",
    "serverCpuNs",
    "serverRssBytes",
    "stealNs",
    "disturbances"
})
public record SecondRow(
        int second,
        long due,
        long sent,
        long replies,
        long errors,
        long hits,
        long misses,
        long reconnects,
        long underWay,
        long p50Ns,
        long p99Ns,
        long p999Ns,
        long maxNs,
        long serviceP50Ns,
        long serviceP99Ns,
        long serviceMaxNs,
        long latenessP99Ns,
        long latenessMaxNs,
        long generatorHiccupMaxNs,
        long serverHiccupMaxNs,
        long serverCpuNs,
        long serverRssBytes,
        long stealNs,
        String disturbances) {}
