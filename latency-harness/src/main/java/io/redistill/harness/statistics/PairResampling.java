// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bootstrap over pairs of runs that were made in turns: the ratio of each pair is one observation, and pairs are drawn
 * with replacement. What differs from run to run (memory layout, compilation, neighbours on the machine) is in the ratios
 * themselves, which blocks of one run cannot show. The estimate is the geometric mean of the pairs' ratios.
 *
 * <p>Threading: one thread.
 */
final class PairResampling implements Resampling {
    /** With fewer pairs their spread says next to nothing. */
    static final int FEWEST_PAIRS = 4;

    /** {@code [pair][percentile]}. */
    private final double[][] logRatios;

    PairResampling(List<IntervalCounts> first, List<IntervalCounts> second, double[] percentiles) {
        logRatios = new double[Math.min(first.size(), second.size())][percentiles.length];
        for (int pair = 0; pair < logRatios.length; pair++) {
            for (int i = 0; i < percentiles.length; i++) {
                logRatios[pair][i] = Resampling.logRatio(
                        first.get(pair).percentile(percentiles[i]),
                        second.get(pair).percentile(percentiles[i]));
            }
        }
    }

    @Override
    public double[] logRatios() {
        double[] mean = new double[logRatios[0].length];
        for (double[] ofPair : logRatios) {
            add(mean, ofPair);
        }
        divide(mean);
        return mean;
    }

    @Override
    public void draw(SplittableRandom random, double[] mean) {
        Arrays.fill(mean, 0);
        for (int i = 0; i < logRatios.length; i++) {
            add(mean, logRatios[random.nextInt(logRatios.length)]);
        }
        divide(mean);
    }

    private static void add(double[] sum, double[] summand) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += summand[i];
        }
    }

    private void divide(double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= logRatios.length;
        }
    }

    @Override
    public double degreesOfFreedom() {
        return logRatios.length - 1;
    }

    @Override
    public double varianceCorrection() {
        return logRatios.length / (logRatios.length - 1.0);
    }
}
