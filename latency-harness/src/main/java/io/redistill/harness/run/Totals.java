// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.record.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Sums of interval sets: those of one second over all threads, or those of the whole run. All histograms are made at the
 * start and emptied for reuse.
 *
 * <p>Threading: the coordinator.
 */
final class Totals {
    final Histogram response = IntervalSet.histogram();
    final Histogram service = IntervalSet.histogram();
    final Histogram lateness = IntervalSet.histogram();
    long due;
    long sent;
    long replies;
    long errors;
    long lost;
    long hits;
    long misses;
    long reconnects;
    long underWay;
    long blocked;
    long bytesSent;
    long bytesReceived;
    long busyNs;

    private final List<CommandTemplate> commands;
    private final Histogram[] responses;
    private final Histogram[] services;
    private final long[] responseOverflow;
    private final long[] serviceOverflow;
    private long latenessOverflow;

    Totals(List<CommandTemplate> commands) {
        this.commands = commands;
        responses = new Histogram[commands.size()];
        services = new Histogram[commands.size()];
        responseOverflow = new long[commands.size()];
        serviceOverflow = new long[commands.size()];
        for (int i = 0; i < responses.length; i++) {
            responses[i] = IntervalSet.histogram();
            services[i] = IntervalSet.histogram();
        }
    }

    void add(IntervalSet set) {
        for (int i = 0; i < responses.length; i++) {
            addUp(set.response(i), responses[i], response);
            addUp(set.service(i), services[i], service);
            responseOverflow[i] += set.responseOverflow(i);
            serviceOverflow[i] += set.serviceOverflow(i);
        }
        if (set.lateness().getTotalCount() > 0) {
            lateness.add(set.lateness());
        }
        latenessOverflow += set.latenessOverflow();
        due += set.due;
        sent += set.sent;
        replies += set.replies;
        errors += set.errors;
        lost += set.lost;
        hits += set.hits;
        misses += set.misses;
        reconnects += set.reconnects;
        underWay += set.underWay;
        blocked += set.blocked;
        bytesSent += set.bytesSent;
        bytesReceived += set.bytesReceived;
        busyNs += set.busyNs;
    }

    private static void addUp(Histogram from, Histogram one, Histogram all) {
        if (from.getTotalCount() > 0) {
            one.add(from);
            all.add(from);
        }
    }

    void clear() {
        response.reset();
        service.reset();
        lateness.reset();
        for (int i = 0; i < responses.length; i++) {
            responses[i].reset();
            services[i].reset();
            responseOverflow[i] = 0;
            serviceOverflow[i] = 0;
        }
        latenessOverflow = 0;
        due = 0;
        sent = 0;
        replies = 0;
        errors = 0;
        lost = 0;
        hits = 0;
        misses = 0;
        reconnects = 0;
        underWay = 0;
        blocked = 0;
        bytesSent = 0;
        bytesReceived = 0;
        busyNs = 0;
    }

    /** All histograms by tag; borrowed. */
    Map<String, Histogram> histograms() {
        Map<String, Histogram> all = new LinkedHashMap<>();
        all.put(Series.TOTAL_RESPONSE, response);
        all.put(Series.TOTAL_SERVICE, service);
        for (int i = 0; i < responses.length; i++) {
            all.put(Series.response(commands.get(i).name()), responses[i]);
            all.put(Series.service(commands.get(i).name()), services[i]);
        }
        all.put(Series.LATENESS, lateness);
        return all;
    }

    /** Figures of all histograms. */
    List<Series> series() {
        List<Series> series = new ArrayList<>();
        series.add(Series.of(Series.TOTAL_RESPONSE, response, sum(responseOverflow)));
        series.add(Series.of(Series.TOTAL_SERVICE, service, sum(serviceOverflow)));
        for (int i = 0; i < responses.length; i++) {
            String name = commands.get(i).name();
            series.add(Series.of(Series.response(name), responses[i], responseOverflow[i]));
            series.add(Series.of(Series.service(name), services[i], serviceOverflow[i]));
        }
        series.add(Series.of(Series.LATENESS, lateness, latenessOverflow));
        return series;
    }

    private static long sum(long[] numbers) {
        long sum = 0;
        for (long number : numbers) {
            sum += number;
        }
        return sum;
    }
}
