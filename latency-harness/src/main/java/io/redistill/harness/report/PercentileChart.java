// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** Latency by percentile, up to the maximum, with as much room for each nine as for the one before. */
final class PercentileChart {
    private static final int HEIGHT = 380;
    private static final int POINTS_PER_HALVING = 20;

    /** Beyond so few samples a percentile is chance. */
    private static final long FEW = 20;

    private record Distribution(String style, String label, Histogram histogram) {}

    private final List<Distribution> distributions = new ArrayList<>();

    PercentileChart add(String style, String label, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            distributions.add(new Distribution(style, label, histogram));
        }
        return this;
    }

    Chart chart() {
        double highest = 10;
        double low = Double.MAX_VALUE;
        double high = 1;
        long fewest = Long.MAX_VALUE;
        for (Distribution distribution : distributions) {
            Histogram histogram = distribution.histogram;
            highest = Math.max(highest, histogram.getTotalCount());
            fewest = Math.min(fewest, histogram.getTotalCount());
            low = Math.min(low, Math.max(1, histogram.getMinNonZeroValue()));
            high = Math.max(high, histogram.getMaxValue());
        }
        low = Math.min(low, high); // nothing may have been recorded
        Scale nines = Scale.nines(highest);
        Scale latency = Scale.logarithmic(low * 0.9, high * 1.15, Units::time);
        Chart chart = new Chart(
                "Latency by percentile", "share of requests that were at least as fast", nines, latency, HEIGHT);
        if (!distributions.isEmpty() && highest > (double) fewest / FEW) {
            chart.band(
                    "few",
                    Math.max(1, (double) fewest / FEW),
                    highest,
                    "fewer than " + FEW + " samples lie beyond these percentiles: their values are chance");
        }
        for (Distribution distribution : distributions) {
            add(chart, distribution);
        }
        for (double value = 10; value <= highest; value *= 10) {
            chart.hover(value / 1.6, value * 1.6, texts(100 - 100 / value));
        }
        return chart;
    }

    private static void add(Chart chart, Distribution distribution) {
        List<double[]> points = new ArrayList<>();
        long count = distribution.histogram.getTotalCount();
        for (HistogramIterationValue value : distribution.histogram.percentiles(POINTS_PER_HALVING)) {
            double beyond = 1 - value.getPercentileLevelIteratedTo() / 100;
            // The last sample stands where one in all lies beyond it.
            points.add(new double[] {1 / Math.max(beyond, 1.0 / count), value.getValueIteratedTo()});
        }
        double[] xs = points.stream().mapToDouble(point -> point[0]).toArray();
        double[] ys = points.stream().mapToDouble(point -> point[1]).toArray();
        chart.line(distribution.style, distribution.label, xs, ys);
    }

    private String texts(double percentile) {
        double rounded = Math.round(percentile * 1e7) / 1e7;
        StringBuilder text = new StringBuilder(Units.percentile(rounded));
        for (Distribution distribution : distributions) {
            text.append('\n').append(distribution.label).append(": ");
            text.append(Units.time(distribution.histogram.getValueAtPercentile(rounded)));
        }
        return text.toString();
    }
}
