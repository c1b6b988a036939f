// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunRecord.Counts;
import io.redistill.harness.record.RunRecord.Validity;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import io.redistill.harness.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether the figures of a run may be used, and what a reader should know of them. */
final class Verdict {
    /** Lateness of the generator at p99.9, as a share of the reported p99.9, from which on it is not the server's time. */
    private static final double MOST_LATENESS = 0.1;
    /** Share of error replies from which on it is not the intended work. */
    private static final double MOST_ERRORS = 0.001;
    /** First and last third of a steady run differ by less. */
    private static final double STEADY_MEDIAN = 0.25;

    private static final double STEADY_THROUGHPUT = 0.05;

    private Verdict() {}

    static Validity judge(
            RunConfiguration configuration, Counts counts, List<Series> series, List<SecondRow> rows, long blocked) {
        List<String> reasons = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Series response = find(series, Series.TOTAL_RESPONSE);
        Series lateness = find(series, Series.LATENESS);
        if (response.count() == 0) {
            reasons.add("no request of the measured part was answered without an error");
        }
        long late = lateness.at(99.9).valueNs();
        long reported = response.at(99.9).valueNs();
        if (lateness.count() > 0 && late > MOST_LATENESS * reported) {
            reasons.add("the generator was late: lateness p99.9 " + Units.time(late)
                    + " exceeds 10 % of the reported p99.9 " + Units.time(reported));
        }
        if (counts.errors() > MOST_ERRORS * Math.max(1, counts.replies())) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "%d of %d replies are errors (more than 0.1 %%), the first: %s",
                    counts.errors(),
                    counts.replies(),
                    counts.firstError()));
        }
        if (counts.lost() > 0) {
            warnings.add(counts.lost() + " requests had no reply; they are recorded with their age at the end");
        }
        if (counts.reconnects() > 0) {
            warnings.add(counts.reconnects() + " connections broke");
        }
        if (blocked > 0) {
            warnings.add("the schedule waited for connections with too many requests; intended times were kept");
        }
        if (response.count() > 0 && !response.at(99.9).enough()) {
            warnings.add("too few samples for a verdict on p99.9: " + response.count());
        }
        steadiness(rows, warnings);
        if (!configuration.loop().equals(RunConfiguration.OPEN_LOOP)) {
            warnings.add(
                    configuration.loop()
                            + ": a request waits for the reply before it, so that stalls are under-reported (coordinated omission)");
        }
        return new Validity(reasons.isEmpty(), List.copyOf(reasons), List.copyOf(warnings));
    }

    private static Series find(List<Series> series, String tag) {
        return series.stream().filter(one -> one.tag().equals(tag)).findFirst().orElseThrow();
    }

    /** Medians of the first and the last third of the measured seconds. */
    private static void steadiness(List<SecondRow> rows, List<String> warnings) {
        List<SecondRow> measured =
                rows.stream().filter(row -> row.second() >= 0).toList();
        int third = measured.size() / 3;
        if (third < 2) {
            warnings.add("too short to tell whether it was steady");
            return;
        }
        List<SecondRow> first = measured.subList(0, third);
        List<SecondRow> last = measured.subList(measured.size() - third, measured.size());
        double medians = ratio(median(last, true), median(first, true));
        double replies = ratio(median(last, false), median(first, false));
        if (Math.abs(medians - 1) > STEADY_MEDIAN || Math.abs(replies - 1) > STEADY_THROUGHPUT) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "not steady: from the first third to the last p50 changed by %+.0f %%, throughput by %+.0f %%",
                    100 * (medians - 1),
                    100 * (replies - 1)));
        }
    }

    private static double ratio(double a, double b) {
        return b == 0 ? 1 : a / b;
    }

    private static double median(List<SecondRow> rows, boolean latency) {
        long[] sorted = rows.stream()
                .mapToLong(row -> latency ? row.p50Ns() : row.replies())
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }
}
