// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** Reads what {@link IntervalLogWriter} wrote. */
final class IntervalLogReader {
    private IntervalLogReader() {}

    /** One interval in memory at a time: those of a long run with many tags are more than fit. */
    static void forEach(Path file, Consumer<IntervalHistogram> visitor) throws IOException {
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            EncodableHistogram next;
            while ((next = reader.nextIntervalHistogram()) != null) {
                if (!(next instanceof Histogram histogram)) {
                    throw new IOException(file + " has a line that is no histogram of whole numbers");
                }
                String tag = histogram.getTag() == null ? Series.TOTAL_RESPONSE : histogram.getTag();
                double startMs = histogram.getStartTimeStamp() - reader.getStartTimeSec() * 1_000;
                double endMs = histogram.getEndTimeStamp() - reader.getStartTimeSec() * 1_000;
                visitor.accept(new IntervalHistogram(
                        tag, Math.round(startMs) * 1_000_000, Math.round(endMs) * 1_000_000, histogram));
            }
        }
    }

    static List<IntervalHistogram> read(Path file) throws IOException {
        List<IntervalHistogram> intervals = new ArrayList<>();
        forEach(file, intervals::add);
        return intervals;
    }

    static Histogram total(Path file, String tag) throws IOException {
        Histogram total = new Histogram(3);
        forEach(file, interval -> {
            if (interval.tag().equals(tag)) {
                total.add(interval.histogram());
                // Tells a tag without samples from one that is not there.
                total.setTag(tag);
            }
        });
        if (total.getTag() == null) {
            throw new IOException("no interval has the tag " + tag);
        }
        return total;
    }
}
