// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import org.HdrHistogram.Histogram;

/**
 * What one generator thread recorded in one interval. Recording allocates nothing and never fails: what lies beyond the
 * range is counted and recorded as the longest time.
 *
 * <p>Threading: owned by the generator thread until it is handed over, then by the coordinator until it comes back
 * through {@link #clear}.
 */
public final class IntervalSet {
    /** Ten minutes; anything longer is an overflow. */
    public static final long LONGEST_NS = 600_000_000_000L;

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram[] response;
    private final Histogram[] service;
    private final long[] responseOverflow;
    private final long[] serviceOverflow;
    private final Histogram lateness = histogram();
    private long latenessOverflow;

    /** Offset of its beginning; negative in the warm-up. */
    public long startNs;
    /** Offset of its end, set when it is handed over. */
    public long endNs;
    /** Requests due that the thread took from its schedule. */
    public long due;
    /** Requests of the warm-up taken from the schedule. */
    public long warmUp;
    /** Requests written to their connections. */
    public long sent;
    /** Replies, errors included. */
    public long replies;
    /** Error replies. */
    public long errors;
    /** Requests of the measured part that never had a reply. */
    public long lost;
    /** Keys read and found. */
    public long hits;
    /** Keys read and not found. */
    public long misses;
    /** Connections that broke. */
    public long reconnects;
    /** Requests sent and not answered at the end of the interval. */
    public long underWay;
    /** Replies to requests of the warm-up that came in the measured part. */
    public long strays;
    /** Times that the schedule waited because a connection had too many requests. */
    public long blocked;
    /** Time that the thread did not wait. */
    public long busyNs;
    /** Bytes to connections. */
    public long bytesSent;
    /** Bytes from connections. */
    public long bytesReceived;

    /** Makes an empty set for so many commands. */
    public IntervalSet(int commands) {
        response = new Histogram[commands];
        service = new Histogram[commands];
        responseOverflow = new long[commands];
        serviceOverflow = new long[commands];
        for (int i = 0; i < commands; i++) {
            response[i] = histogram();
            service[i] = histogram();
        }
    }

    /** A histogram of the range and resolution of all times here. */
    public static Histogram histogram() {
        return new Histogram(1, LONGEST_NS, SIGNIFICANT_DIGITS);
    }

    /** Empties the set for another interval. */
    public void clear() {
        for (int i = 0; i < response.length; i++) {
            response[i].reset();
            service[i].reset();
            responseOverflow[i] = 0;
            serviceOverflow[i] = 0;
        }
        lateness.reset();
        latenessOverflow = 0;
        due = 0;
        warmUp = 0;
        sent = 0;
        replies = 0;
        errors = 0;
        lost = 0;
        hits = 0;
        misses = 0;
        reconnects = 0;
        underWay = 0;
        strays = 0;
        blocked = 0;
        busyNs = 0;
        bytesSent = 0;
        bytesReceived = 0;
    }

    void recordTimes(int command, long responseNs, long serviceNs) {
        responseOverflow[command] += record(response[command], responseNs);
        if (serviceNs >= 0) { // a request that was never sent has none
            serviceOverflow[command] += record(service[command], serviceNs);
        }
    }

    void recordLateness(long ns) {
        latenessOverflow += record(lateness, ns);
    }

    private static long record(Histogram histogram, long ns) {
        if (ns > LONGEST_NS) {
            histogram.recordValue(LONGEST_NS);
            return 1;
        }
        histogram.recordValue(Math.max(ns, 0));
        return 0;
    }

    /** Adds the response times of all commands. */
    public void addResponsesTo(Histogram all) {
        for (Histogram one : response) {
            all.add(one);
        }
    }

    public Histogram response(int command) {
        return response[command];
    }

    public Histogram service(int command) {
        return service[command];
    }

    public long responseOverflow(int command) {
        return responseOverflow[command];
    }

    public long serviceOverflow(int command) {
        return serviceOverflow[command];
    }

    public Histogram lateness() {
        return lateness;
    }

    public long latenessOverflow() {
        return latenessOverflow;
    }
}
