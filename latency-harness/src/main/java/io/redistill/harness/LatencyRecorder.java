// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import org.HdrHistogram.Histogram;

/**
 * Two times of every request: <em>response time</em>, from when it was due to its reply, and <em>service time</em>, from
 * when it was sent. While the server keeps up they are equal; when requests queue at the sender only the first tells what
 * a user would have waited. Averages are not offered, since they hide what is looked for.
 *
 * <p>A value beyond the range is recorded as its upper end and counted, so that it keeps its rank among the percentiles:
 * where {@link #overflowCount} is not 0, that end means "this or more".
 *
 * <p>Threading: one thread.
 */
public final class LatencyRecorder {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram responseNs;
    private final Histogram serviceNs;
    private long overflowCount;

    /**
     * Without values.
     *
     * @param longestNs upper end of the range, from 2
     */
    public LatencyRecorder(long longestNs) {
        responseNs = new Histogram(longestNs, SIGNIFICANT_DIGITS);
        serviceNs = new Histogram(longestNs, SIGNIFICANT_DIGITS);
    }

    /** Records one request; times are of one clock. */
    public void record(long dueNs, long sentNs, long repliedNs) {
        if (sentNs - dueNs < 0 || repliedNs - sentNs < 0) {
            throw new IllegalArgumentException(
                    "dueNs=" + dueNs + ", sentNs=" + sentNs + ", repliedNs=" + repliedNs + " are not in this order");
        }
        if (record(responseNs, repliedNs - dueNs)) {
            overflowCount++;
        }
        record(serviceNs, repliedNs - sentNs);
    }

    private static boolean record(Histogram histogram, long valueNs) {
        long longest = histogram.getHighestTrackableValue();
        histogram.recordValue(Math.min(valueNs, longest));
        return valueNs > longest;
    }

    /** Requests recorded, those beyond the range included. */
    public long count() {
        return responseNs.getTotalCount();
    }

    /** Requests whose response time lies beyond the range. */
    public long overflowCount() {
        return overflowCount;
    }

    /** The response time that this share of all requests did not exceed, to three digits; the maximum at 100. */
    public long responseNs(double percentile) {
        return responseNs.getValueAtPercentile(percentile);
    }

    /** The same of service times. */
    public long serviceNs(double percentile) {
        return serviceNs.getValueAtPercentile(percentile);
    }

    /** A copy of all response times, to be logged or merged with others. */
    public Histogram responseTimes() {
        return responseNs.copy();
    }

    /** A copy of all service times. */
    public Histogram serviceTimes() {
        return serviceNs.copy();
    }
}
