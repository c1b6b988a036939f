// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.List;

/**
 * A finished run as {@code summary.json} holds it. All times are nanoseconds; offsets are counted from the start of the
 * measured part, so that the warm-up has negative ones; percentiles are 0 to 100.
 *
 * <p>Threading: immutable.
 *
 * @param formatVersion {@link #FORMAT_VERSION} of the harness that wrote it
 * @param harness version and commit of the harness
 * @param startedAtEpochMs wall clock at offset 0
 * @param end how the run ended: {@code "complete"}, {@code "interrupted"}, or the reason of an early end
 * @param configuration what was asked for
 * @param validity whether the figures may be used
 * @param counts what was sent and what came back
 * @param series all histograms of the run, by tag; {@link Series#TOTAL_RESPONSE} is always there
 * @param disturbances what was done to the server or seen on the machine during the measured part
 * @param slowest the slowest requests, slowest first
 * @param generator what the generator itself cost and how it was disturbed
 * @param server what was learned of the server
 * @param environment the machine and the JVM
 */
public record RunRecord(
        int formatVersion,
        Harness harness,
        long startedAtEpochMs,
        String end,
        RunConfiguration configuration,
        Validity validity,
        Counts counts,
        List<Series> series,
        List<Disturbance> disturbances,
        List<SlowRequest> slowest,
        GeneratorRecord generator,
        ServerRecord server,
        Environment environment) {
    /** Raised when a reader of older folders would misread what is written. */
    public static final int FORMAT_VERSION = 1;

    public static final String COMPLETE = "complete";
    public static final String INTERRUPTED = "interrupted";

    /** The series of a tag. */
    public Series series(String tag) {
        return series.stream()
                .filter(series -> series.tag().equals(tag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no series " + tag + " in this run"));
    }

    /**
     * Which harness wrote the record.
     *
     * @param version version of the harness, or {@code "unknown"}
     * @param commit commit of its sources, or {@code "unknown"}
     */
    public record Harness(String version, String commit) {}

    /**
     * Whether figures of a run may be used.
     *
     * @param valid false makes every output say INVALID
     * @param reasons why not, in whole sentences; empty when valid
     * @param warnings what a reader should know and does not make a run invalid (no steady state, few samples)
     */
    public record Validity(boolean valid, List<String> reasons, List<String> warnings) {}

    /**
     * Numbers of requests of the measured part.
     *
     * @param due requests whose intended send time lay in the measured part
     * @param sent those of them that were sent
     * @param replies replies to them, error replies included
     * @param errors error replies; never in a histogram
     * @param lost sent or due and not answered when the drain ended; in the histograms with their age
     * @param hits keys read and found
     * @param misses keys read and not found
     * @param reconnects connections that broke and were made again
     * @param warmUpRequests requests of the warm-up, which nothing else counts
     * @param measuredNs length of the measured part, drain excluded
     * @param drainNs how long the end waited for replies
     * @param bytesSent bytes written to sockets (before TLS), warm-up included
     * @param bytesReceived bytes read from sockets (after TLS), warm-up included
     * @param firstError text of the first error reply, or an empty text
     */
    public record Counts(
            long due,
            long sent,
            long replies,
            long errors,
            long lost,
            long hits,
            long misses,
            long reconnects,
            long warmUpRequests,
            long measuredNs,
            long drainNs,
            long bytesSent,
            long bytesReceived,
            String firstError) {
        /** Replies per second of the measured part. */
        public double repliesPerSecond() {
            return measuredNs == 0 ? 0 : replies * 1e9 / measuredNs;
        }

        /** Share of keys read that were found, or NaN when none was read. */
        public double hitRatio() {
            return (double) hits / (hits + misses);
        }
    }
}
