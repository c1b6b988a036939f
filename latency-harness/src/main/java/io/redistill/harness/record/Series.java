// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;

/**
 * One histogram of a run in figures; the histogram itself lies in the {@code .hgrm} and {@code .hlog} files under the
 * same tag.
 *
 * <p>Threading: immutable.
 *
 * @param tag {@link #TOTAL_RESPONSE}, {@link #TOTAL_SERVICE}, {@link #LATENESS}, {@link #GENERATOR_HICCUP},
 *     {@link #SERVER_HICCUP}, or a command with {@link #response} or {@link #service}
 * @param count samples
 * @param overflow samples beyond the range, counted in the topmost bucket
 * @param minNs smallest sample, 0 when there is none
 * @param meanNs mean of the samples; never a mean of percentiles
 * @param maxNs largest sample, to three digits
 * @param percentiles of {@link #PERCENTILES}, ascending
 */
public record Series(
        String tag,
        long count,
        long overflow,
        long minNs,
        double meanNs,
        long maxNs,
        List<PercentileValue> percentiles) {
    /** Response times (from the intended send time) of all commands; the untagged lines of the {@code .hlog}. */
    public static final String TOTAL_RESPONSE = "response";
    /** Service times (from the actual send) of all commands. */
    public static final String TOTAL_SERVICE = "service";
    /** How late requests were sent. */
    public static final String LATENESS = "lateness";
    /** How late an otherwise idle thread beside the generator woke. */
    public static final String GENERATOR_HICCUP = "hiccup.generator";
    /** The same on the processors of a server that the harness started. */
    public static final String SERVER_HICCUP = "hiccup.server";

    public static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 99.999, 100.0);

    /** With fewer samples beyond a percentile its figure is shown and no verdict rests on it. */
    public static final long FEWEST_BEYOND = 10;

    /** Tag of the response times of a command, as {@code GET.response}. */
    public static String response(String command) {
        return command + "." + TOTAL_RESPONSE;
    }

    /** Tag of the service times of a command, as {@code GET.service}. */
    public static String service(String command) {
        return command + "." + TOTAL_SERVICE;
    }

    /** Figures of a histogram. */
    public static Series of(String tag, AbstractHistogram histogram, long overflow) {
        List<PercentileValue> values = new ArrayList<>();
        long count = histogram.getTotalCount();
        for (double percentile : PERCENTILES) {
            values.add(PercentileValue.of(percentile, histogram));
        }
        return new Series(
                tag,
                count,
                overflow,
                count == 0 ? 0 : histogram.getMinValue(),
                count == 0 ? 0 : histogram.getMean(),
                histogram.getMaxValue(),
                List.copyOf(values));
    }

    /** The figure at one of {@link #PERCENTILES}. */
    public PercentileValue at(double percentile) {
        return percentiles.stream()
                .filter(value -> value.percentile() == percentile)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("percentile=" + percentile + " is none of "
                        + percentiles.stream().map(PercentileValue::percentile).toList()));
    }

    /**
     * A percentile with what it rests on.
     *
     * @param percentile 0 to 100; 100 is the maximum
     * @param valueNs the value that this share of samples did not exceed
     * @param samplesBeyond samples of a greater value, the maximum's own sample counted for 100
     * @param enough whether a verdict may rest on it: at least {@link Series#FEWEST_BEYOND} beyond; for the maximum,
     *     whether there is any sample
     */
    public record PercentileValue(double percentile, long valueNs, long samplesBeyond, boolean enough) {
        /** The figure of a histogram at a percentile. */
        public static PercentileValue of(double percentile, AbstractHistogram histogram) {
            long count = histogram.getTotalCount();
            if (percentile == 100) {
                return new PercentileValue(percentile, histogram.getMaxValue(), Math.min(count, 1), count > 0);
            }
            long beyond = (long) Math.floor(count * (100 - percentile) / 100 + 1e-6);
            return new PercentileValue(
                    percentile, histogram.getValueAtPercentile(percentile), beyond, beyond >= FEWEST_BEYOND);
        }
    }
}
