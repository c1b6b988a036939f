// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moving-block bootstrap (Künsch 1989): a series is put together anew from blocks of neighbouring intervals, beginning
 * anywhere, since neighbours depend on each other; a draw of single intervals would promise more than is known. Blocks are
 * the square root of the number of intervals long, and at most a fifth of it.
 *
 * <p>Threading: one thread.
 */
final class BlockResampling implements Resampling {
    /** Fewer blocks would leave nothing to draw from. */
    private static final int FEWEST_BLOCKS = 5;

    /** Below this many intervals in a series its blocks are too short or too few. */
    static final int FEWEST_INTERVALS = 10;

    private final double[] percentiles;
    private final Side first;
    private final Side second;

    BlockResampling(IntervalCounts first, IntervalCounts second, double[] percentiles) {
        this.percentiles = percentiles;
        this.first = new Side(first);
        this.second = new Side(second);
    }

    @Override
    public double[] logRatios() {
        double[] logRatios = new double[percentiles.length];
        for (int i = 0; i < percentiles.length; i++) {
            logRatios[i] = Resampling.logRatio(
                    first.counts.percentile(percentiles[i]), second.counts.percentile(percentiles[i]));
        }
        return logRatios;
    }

    @Override
    public void draw(SplittableRandom random, double[] logRatios) {
        first.draw(random);
        second.draw(random);
        for (int i = 0; i < percentiles.length; i++) {
            logRatios[i] = Resampling.logRatio(first.percentile(percentiles[i]), second.percentile(percentiles[i]));
        }
    }

    @Override
    public double degreesOfFreedom() {
        // Not their sum: one of the series may carry all of the variance.
        return Math.min(first.blocks(), second.blocks()) - 1;
    }

    @Override
    public double varianceCorrection() {
        double blocks = Math.min(first.blocks(), second.blocks());
        return blocks / (blocks - 1);
    }

    private static final class Side {
        final IntervalCounts counts;
        private final int blockLength;
        private final long[] sum;
        private long count;

        Side(IntervalCounts counts) {
            this.counts = counts;
            int intervals = counts.intervals();
            blockLength = Math.max(1, Math.min((int) Math.ceil(Math.sqrt(intervals)), intervals / FEWEST_BLOCKS));
            sum = new long[counts.valueCount()];
        }

        double blocks() {
            return (double) counts.intervals() / blockLength;
        }

        void draw(SplittableRandom random) {
            Arrays.fill(sum, 0);
            int left = counts.intervals();
            while (left > 0) {
                int length = Math.min(blockLength, left);
                int from = random.nextInt(counts.intervals());
                // Circular, so that every interval is drawn as often as the others.
                int end = Math.min(from + length, counts.intervals());
                counts.addTo(sum, from, end);
                counts.addTo(sum, 0, length - (end - from));
                left -= length;
            }
            count = 0;
            for (long ofValue : sum) {
                count += ofValue;
            }
        }

        long percentile(double percentile) {
            return counts.percentile(sum, count, percentile);
        }
    }
}
