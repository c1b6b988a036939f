// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import io.redistill.harness.report.RunSeries;
import io.redistill.harness.statistics.Comparison;
import io.redistill.harness.statistics.IntervalCounts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How sure a verdict must be: options of all commands that compare. */
public final class ComparisonOptions {
    @Option(
            names = "--margin",
            paramLabel = "PERCENT",
            converter = PercentConverter.class,
            description =
                    "Difference that counts as none, e.g. 3%%. Default: 2%% of four and more pairs of runs, 5%% of"
                            + " fewer, which do not show how much runs differ by themselves.")
    private @Nullable Double margin;

    @Option(
            names = "--confidence",
            paramLabel = "PERCENT",
            defaultValue = "98%",
            converter = PercentConverter.class,
            description = "Confidence of all intervals together, 50%% to 99.99%%. Default: ${DEFAULT-VALUE}.")
    private double confidence;

    @Option(
            names = "--resampling-seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the bootstrap: the same gives the same result. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** Compares the second side with the first. */
    Comparison compare(RunSeries first, RunSeries second) {
        List<IntervalCounts> firstIntervals = first.responseIntervals();
        List<IntervalCounts> secondIntervals = second.responseIntervals();
        double least = margin == null ? Comparison.defaultMargin(firstIntervals, secondIntervals) : margin;
        return Comparison.of(firstIntervals, secondIntervals, seed, confidence, least);
    }

    /** What is wrong with the values, or empty. */
    public String refusal() {
        if (confidence < 0.5 || confidence > 0.9999) {
            return "--confidence=" + confidence * 100 + "% is not between 50% and 99.99%";
        }
        return margin != null && margin > 10 ? "--margin=" + margin * 100 + "% is not between 0% and 1000%" : "";
    }

    /** Reads {@code 3%} as 0.03. */
    static final class PercentConverter implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                if (text.endsWith("%")) {
                    double share = Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
                    if (share >= 0 && share < Double.POSITIVE_INFINITY) {
                        return share;
                    }
                }
            } catch (NumberFormatException e) {
                // Refused below, together with what has no percent sign.
            }
            throw new TypeConversionException("'" + text + "' is no share in percent of 0% or more, e.g. 3%");
        }
    }
}
