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
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link IntervalLogWriter} wrote, one interval in memory at a time: those of a long run with many tags are
 * more than fit.
 *
 * <p>Threading: one thread.
 */
public final class IntervalLogReader implements AutoCloseable {
    private final Path file;
    private final HistogramLogReader reader;

    IntervalLogReader(Path file) throws IOException {
        this.file = file;
        this.reader = new HistogramLogReader(file.toFile());
    }

    /** The next interval in the order written, whose histogram is the caller's; null after the last. */
    public @Nullable IntervalHistogram next() throws IOException {
        EncodableHistogram next = reader.nextIntervalHistogram();
        if (next == null) {
            return null;
        }
        if (!(next instanceof Histogram histogram)) {
            throw new IOException(file + " has a line that is no histogram of whole numbers");
        }
        String tag = histogram.getTag() == null ? Series.TOTAL_RESPONSE : histogram.getTag();
        double startMs = histogram.getStartTimeStamp() - reader.getStartTimeSec() * 1_000;
        double endMs = histogram.getEndTimeStamp() - reader.getStartTimeSec() * 1_000;
        return new IntervalHistogram(tag, Math.round(startMs) * 1_000_000, Math.round(endMs) * 1_000_000, histogram);
    }

    @Override
    public void close() {
        reader.close();
    }

    static void forEach(Path file, Consumer<IntervalHistogram> visitor) throws IOException {
        try (IntervalLogReader reader = new IntervalLogReader(file)) {
            IntervalHistogram next;
            while ((next = reader.next()) != null) {
                visitor.accept(next);
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
