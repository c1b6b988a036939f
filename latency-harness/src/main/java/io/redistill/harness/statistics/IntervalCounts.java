// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * The latencies of one run, interval by interval, as counts over the values that occur in it. The counts of any stretch of
 * intervals are the difference of two rows, so that a resampled run is put together from a few rows, not from its values.
 *
 * <p>Threading: immutable.
 */
public final class IntervalCounts {
    private final long[] values;
    /** {@code [i][v]}: how many of the first i intervals' latencies are {@code values[v]}. */
    private final long[][] countsBefore;

    private IntervalCounts(long[] values, long[][] countsBefore) {
        this.values = values;
        this.countsBefore = countsBefore;
    }

    /** The intervals of a run in order of time. */
    public static IntervalCounts of(List<Histogram> intervals) {
        Builder builder = new Builder();
        intervals.forEach(builder::add);
        return builder.build();
    }

    /** Several runs, one after the other, as one. */
    static IntervalCounts joined(List<IntervalCounts> runs) {
        if (runs.size() == 1) {
            return runs.get(0);
        }
        long[] values = runs.stream()
                .flatMapToLong(run -> Arrays.stream(run.values))
                .distinct()
                .sorted()
                .toArray();
        int rows = runs.stream().mapToInt(IntervalCounts::intervals).sum();
        long[][] before = new long[rows + 1][values.length];
        int row = 0;
        for (IntervalCounts run : runs) {
            for (int i = 0; i < run.intervals(); i++, row++) {
                before[row + 1] = before[row].clone();
                for (int v = 0; v < run.values.length; v++) {
                    before[row + 1][Arrays.binarySearch(values, run.values[v])] +=
                            run.countsBefore[i + 1][v] - run.countsBefore[i][v];
                }
            }
        }
        return new IntervalCounts(values, before);
    }

    /** The value that this share of all latencies does not exceed; 0 without latencies. */
    long percentile(double percentile) {
        return percentile(countsBefore[intervals()], count(), percentile);
    }

    /** The same of other counts of these values. */
    long percentile(long[] counts, long count, double percentile) {
        long rank = Math.max(1, (long) Math.ceil(Math.nextDown(percentile / 100 * count)));
        long seen = 0;
        for (int v = 0; v < counts.length; v++) {
            seen += counts[v];
            if (seen >= rank) {
                return values[v];
            }
        }
        return 0;
    }

    /** How many distinct values occur. */
    int valueCount() {
        return values.length;
    }

    /** Intervals, those that were joined counted as one. */
    public int intervals() {
        return countsBefore.length - 1;
    }

    /** Adds the counts of the intervals from one to another, the second excluded. */
    void addTo(long[] sum, int fromInterval, int toInterval) {
        long[] from = countsBefore[fromInterval];
        long[] to = countsBefore[toInterval];
        for (int v = 0; v < sum.length; v++) {
            sum[v] += to[v] - from[v];
        }
    }

    /** Latencies recorded in all intervals. */
    public long count() {
        long count = 0;
        for (long ofValue : countsBefore[intervals()]) {
            count += ofValue;
        }
        return count;
    }

    /** How many intervals have a latency of at least this value. */
    int intervalsReaching(long value) {
        int reaching = 0;
        for (int i = 0; i < intervals(); i++) {
            for (int v = values.length - 1; v >= 0 && values[v] >= value; v--) {
                if (countsBefore[i + 1][v] > countsBefore[i][v]) {
                    reaching++;
                    break;
                }
            }
        }
        return reaching;
    }

    /**
     * Takes the intervals of a run one after the other.
     *
     * <p>Threading: one thread.
     */
    public static final class Builder {
        /**
         * More intervals than this are joined with their neighbours, two by two. That bounds memory and does no harm:
         * blocks are longer.
         */
        private static final int MOST_INTERVALS = 1_024;

        private final List<Row> rows = new ArrayList<>();
        private int joined = 1;
        private int inLastRow;

        private record Row(long[] values, long[] counts) {}

        /** Adds the next interval, which may be empty; the histogram is not kept. */
        public void add(Histogram interval) {
            LongStream.Builder values = LongStream.builder();
            LongStream.Builder counts = LongStream.builder();
            for (HistogramIterationValue value : interval.recordedValues()) {
                values.add(value.getValueIteratedTo());
                counts.add(value.getCountAtValueIteratedTo());
            }
            Row row = new Row(values.build().toArray(), counts.build().toArray());
            if (!rows.isEmpty() && inLastRow < joined) {
                rows.set(rows.size() - 1, sum(rows.get(rows.size() - 1), row));
                inLastRow++;
                return;
            }
            if (rows.size() == MOST_INTERVALS) {
                for (int i = 0; i < MOST_INTERVALS / 2; i++) {
                    rows.set(i, sum(rows.get(2 * i), rows.get(2 * i + 1)));
                }
                rows.subList(MOST_INTERVALS / 2, MOST_INTERVALS).clear();
                joined *= 2;
            }
            rows.add(row);
            inLastRow = 1;
        }

        private static Row sum(Row first, Row second) {
            long[] values = LongStream.concat(Arrays.stream(first.values), Arrays.stream(second.values))
                    .sorted()
                    .distinct()
                    .toArray();
            long[] counts = new long[values.length];
            addTo(values, counts, first);
            addTo(values, counts, second);
            return new Row(values, counts);
        }

        private static void addTo(long[] values, long[] counts, Row row) {
            for (int i = 0; i < row.values.length; i++) {
                counts[Arrays.binarySearch(values, row.values[i])] += row.counts[i];
            }
        }

        public IntervalCounts build() {
            long[] values = rows.stream()
                    .flatMapToLong(row -> Arrays.stream(row.values))
                    .sorted()
                    .distinct()
                    .toArray();
            long[][] before = new long[rows.size() + 1][];
            before[0] = new long[values.length];
            for (int i = 0; i < rows.size(); i++) {
                before[i + 1] = before[i].clone();
                addTo(values, before[i + 1], rows.get(i));
            }
            return new IntervalCounts(values, before);
        }
    }
}
