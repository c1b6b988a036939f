// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.io.OutputStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Writes interval histograms as HdrHistogram's {@code HistogramLogProcessor} reads them. Values are nanoseconds, the
 * maximum column milliseconds. Response times of all commands carry no tag, so that a reader which knows no tags finds
 * them; everything else is tagged as in {@link Series}. The warm-up is not written.
 *
 * <p>Threading: one thread.
 */
public final class IntervalLogWriter implements AutoCloseable {
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    private final HistogramLogWriter writer;
    private final long startedAtEpochMs;

    /**
     * Writes the head of a log.
     *
     * @param out closed with this
     */
    public IntervalLogWriter(OutputStream out, long startedAtEpochMs, String comment) {
        this.writer = new HistogramLogWriter(out);
        this.startedAtEpochMs = startedAtEpochMs;
        writer.outputLogFormatVersion();
        comment.lines().forEach(writer::outputComment);
        writer.outputComment("[Values are nanoseconds; Interval_Max is in milliseconds]");
        writer.outputStartTime(startedAtEpochMs);
        writer.setBaseTime(startedAtEpochMs);
        writer.outputBaseTime(startedAtEpochMs);
        writer.outputLegend();
    }

    /** Writes one line; the histogram's own time stamps and tag are overwritten. */
    public void write(String tag, long startNs, long endNs, Histogram histogram) {
        histogram.setTag(tag.equals(Series.TOTAL_RESPONSE) ? null : tag);
        histogram.setStartTimeStamp(startedAtEpochMs + startNs / 1_000_000);
        histogram.setEndTimeStamp(startedAtEpochMs + endNs / 1_000_000);
        writer.outputIntervalHistogram(startNs / 1e9, endNs / 1e9, histogram, NANOSECONDS_PER_MILLISECOND);
    }

    @Override
    public void close() {
        writer.close();
    }
}
