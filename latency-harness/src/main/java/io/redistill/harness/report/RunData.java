// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import io.redistill.harness.statistics.IntervalCounts;
import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * All that a page shows of one run.
 *
 * @param record its summary
 * @param seconds its measured seconds, in order
 * @param responseIntervals its response times, interval by interval
 * @param response all of them together
 * @param service service times of the run
 */
public record RunData(
        RunRecord record,
        List<SecondRow> seconds,
        IntervalCounts responseIntervals,
        Histogram response,
        Histogram service) {
    /** Reads a folder. */
    public static RunData read(RunFolder folder) throws IOException {
        IntervalCounts.Builder responseIntervals = new IntervalCounts.Builder();
        Histogram response = new Histogram(3);
        Histogram service = new Histogram(3);
        folder.forEachInterval(interval -> {
            if (interval.tag().equals(Series.TOTAL_RESPONSE)) {
                responseIntervals.add(interval.histogram());
                response.add(interval.histogram());
            } else if (interval.tag().equals(Series.TOTAL_SERVICE)) {
                service.add(interval.histogram());
            }
        });
        return new RunData(
                folder.readSummary(),
                folder.readSeconds().stream().filter(row -> row.second() >= 0).toList(),
                responseIntervals.build(),
                response,
                service);
    }
}
