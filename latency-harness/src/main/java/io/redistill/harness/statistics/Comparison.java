// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Compares the latencies of two series of runs, percentile by percentile.
 *
 * <p>With at least {@value PairResampling#FEWEST_PAIRS} runs on both sides, which must then be as many, made in turns and
 * in this order, the bootstrap draws pairs of runs; otherwise it draws blocks of intervals. The confidence interval is
 * the measured ratio, as a logarithm, plus and minus the standard error of the draws times the quantile of Student's
 * distribution: plain percentiles of the draws are too narrow where there are few parts to draw from. The confidence holds
 * for all percentiles together (Bonferroni), so that one of six does not come out as different by chance.
 *
 * <p>Threading: one thread.
 *
 * @param ratios of all percentiles asked for
 * @param pairs pairs of runs that were drawn from, 0 when blocks of intervals were
 * @param confidence of all intervals together, below 1
 * @param margin relative difference that counts as none
 */
public record Comparison(List<PercentileRatio> ratios, int pairs, double confidence, double margin) {
    /** Percentiles that are compared. */
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 99.999);

    /**
     * With paired runs and without: one run a side cannot show how much runs differ from each other, so a
     * difference must be larger to be believed.
     */
    private static final double MARGIN_OF_PAIRS = 0.02;

    private static final double MARGIN_OF_BLOCKS = 0.05;

    /** Of all intervals together, unless another is asked for. */
    private static final double CONFIDENCE = 0.98;

    /** Latencies beyond a percentile below which its value is chance. */
    private static final long FEWEST_BEYOND = 20;

    /** The same of each paired run: there are several, and their spread is known. */
    private static final long FEWEST_BEYOND_IN_RUN = 10;

    /** Intervals that must have latencies as high as a percentile, unless it is the work of one or two incidents. */
    private static final int FEWEST_INTERVALS_REACHING = 5;

    private static final int DRAWS = 1_000;

    public Comparison {
        ratios = List.copyOf(ratios);
    }

    /**
     * Compares with the default margin.
     *
     * @param first runs in order of time, at least one
     * @param second likewise
     * @param seed of the draws: the same for the same result
     */
    public static Comparison of(List<IntervalCounts> first, List<IntervalCounts> second, long seed) {
        return of(first, second, seed, CONFIDENCE, defaultMargin(first, second));
    }

    /** The margin that suits the number of runs. */
    public static double defaultMargin(List<IntervalCounts> first, List<IntervalCounts> second) {
        return paired(first, second) ? MARGIN_OF_PAIRS : MARGIN_OF_BLOCKS;
    }

    private static boolean paired(List<IntervalCounts> first, List<IntervalCounts> second) {
        return first.size() == second.size() && first.size() >= PairResampling.FEWEST_PAIRS;
    }

    /**
     * Compares.
     *
     * @param first runs in order of time, at least one
     * @param second likewise
     * @param seed of the draws: the same for the same result
     * @param confidence of all intervals together, above 0.5 and below 1
     * @param margin relative difference that counts as none, from 0
     */
    public static Comparison of(
            List<IntervalCounts> first, List<IntervalCounts> second, long seed, double confidence, double margin) {
        if (!(confidence > 0.5 && confidence < 1) || !(margin >= 0)) {
            throw new IllegalArgumentException("confidence=" + confidence + " is not above 0.5 and below 1, or margin="
                    + margin + " is not 0 or more");
        }
        boolean paired = paired(first, second);
        IntervalCounts allFirst = IntervalCounts.joined(first);
        IntervalCounts allSecond = IntervalCounts.joined(second);
        List<Double> judged = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            String reason = paired ? whyNotPaired(first, second, percentile) : whyNot(allFirst, allSecond, percentile);
            reasons.add(reason);
            if (reason.isEmpty()) {
                judged.add(percentile);
            }
        }
        double[] percentiles = judged.stream().mapToDouble(Double::doubleValue).toArray();
        List<PercentileRatio> ratios = new ArrayList<>();
        Interval[] intervals = new Interval[0];
        if (percentiles.length > 0) {
            Resampling resampling = paired
                    ? new PairResampling(first, second, percentiles)
                    : new BlockResampling(allFirst, allSecond, percentiles);
            intervals = intervals(resampling, (1 - confidence) / percentiles.length, new SplittableRandom(seed));
        }
        int next = 0;
        for (int i = 0; i < PERCENTILES.size(); i++) {
            double percentile = PERCENTILES.get(i);
            long firstNs = allFirst.percentile(percentile);
            long secondNs = allSecond.percentile(percentile);
            Interval interval = reasons.get(i).isEmpty()
                    ? intervals[next++]
                    : new Interval((double) secondNs / firstNs, Double.NaN, Double.NaN);
            ratios.add(new PercentileRatio(
                    percentile,
                    firstNs,
                    secondNs,
                    interval.ratio,
                    interval.low,
                    interval.high,
                    beyond(allFirst, percentile),
                    beyond(allSecond, percentile),
                    interval.verdict(margin),
                    reasons.get(i)));
        }
        return new Comparison(ratios, paired ? first.size() : 0, confidence, margin);
    }

    private static long beyond(IntervalCounts counts, double percentile) {
        return (long) (counts.count() * (1 - percentile / 100) + 1e-6);
    }

    private static String whyNotPaired(List<IntervalCounts> first, List<IntervalCounts> second, double percentile) {
        long fewest = Long.MAX_VALUE;
        for (List<IntervalCounts> runs : List.of(first, second)) {
            for (IntervalCounts run : runs) {
                fewest = Math.min(fewest, beyond(run, percentile));
            }
        }
        return fewest >= FEWEST_BEYOND_IN_RUN
                ? ""
                : "a run has " + fewest + " samples beyond it, " + FEWEST_BEYOND_IN_RUN + " are needed";
    }

    private static String whyNot(IntervalCounts first, IntervalCounts second, double percentile) {
        for (IntervalCounts side : List.of(first, second)) {
            long beyond = beyond(side, percentile);
            if (beyond < FEWEST_BEYOND) {
                return beyond + " samples beyond it, " + FEWEST_BEYOND + " are needed";
            }
            if (side.intervals() < BlockResampling.FEWEST_INTERVALS) {
                return side.intervals() + " intervals, " + BlockResampling.FEWEST_INTERVALS + " are needed";
            }
            int reaching = side.intervalsReaching(side.percentile(percentile));
            if (reaching < FEWEST_INTERVALS_REACHING) {
                return "it was reached in " + reaching + " of " + side.intervals() + " intervals, "
                        + FEWEST_INTERVALS_REACHING + " are needed";
            }
        }
        return "";
    }

    /** Intervals that each miss the truth with a given probability. */
    private static Interval[] intervals(Resampling resampling, double missed, SplittableRandom random) {
        double[] measured = resampling.logRatios();
        double[] sum = new double[measured.length];
        double[] draw = new double[measured.length];
        for (int i = 0; i < DRAWS; i++) {
            resampling.draw(random, draw);
            for (int p = 0; p < draw.length; p++) {
                double deviation = draw[p] - measured[p];
                sum[p] += deviation * deviation;
            }
        }
        double reach = StudentT.quantile(missed / 2, resampling.degreesOfFreedom())
                * Math.sqrt(resampling.varianceCorrection());
        Interval[] intervals = new Interval[measured.length];
        for (int p = 0; p < measured.length; p++) {
            double half = reach * Math.sqrt(sum[p] / DRAWS);
            intervals[p] =
                    new Interval(Math.exp(measured[p]), Math.exp(measured[p] - half), Math.exp(measured[p] + half));
        }
        return intervals;
    }

    /** Of all percentiles together. */
    public Verdict verdict() {
        return Verdict.of(ratios.stream().map(PercentileRatio::verdict).toList());
    }

    /** The relative difference of a judged percentile from which it would not have been called the same. */
    public double detectable(PercentileRatio ratio) {
        return (1 + margin) * Math.sqrt(ratio.high() / ratio.low()) - 1;
    }

    private record Interval(double ratio, double low, double high) {
        Verdict verdict(double margin) {
            if (Double.isNaN(low)) {
                return Verdict.NONE;
            }
            if (low > 1 + margin) {
                return Verdict.WORSE;
            }
            return high < 1 / (1 + margin) ? Verdict.BETTER : Verdict.SAME;
        }
    }
}
