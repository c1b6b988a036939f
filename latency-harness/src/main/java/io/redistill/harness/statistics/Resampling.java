// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.SplittableRandom;

/** A way to draw what might have been measured instead: both series anew from what was measured. */
interface Resampling {
    /** Logarithms of the ratios of the second to the first series' percentiles, as measured. */
    double[] logRatios();

    /** The same of a random draw. */
    void draw(SplittableRandom random, double[] logRatios);

    /** Degrees of freedom of the variance of the draws. */
    double degreesOfFreedom();

    /** By how much that variance falls short, since the parts drawn from are the measured ones: n / (n - 1). */
    double varianceCorrection();

    /** Of two latencies; 0, which no request takes, counts as the clock's 1. */
    static double logRatio(long firstNs, long secondNs) {
        return Math.log((double) Math.max(1, secondNs) / Math.max(1, firstNs));
    }
}
