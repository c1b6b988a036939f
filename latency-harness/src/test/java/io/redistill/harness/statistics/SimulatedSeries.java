// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Latencies as servers show them: log-normal, with a level that drifts from second to second (each depends on the one
 * before), pauses that make a part of a second slow, and a difference from run to run.
 */
final class SimulatedSeries {
    private final Random random;
    private final double drift;
    private final double betweenRuns;

    /**
     * @param drift standard deviation of the level's logarithm from second to second
     * @param betweenRuns the same from run to run
     */
    SimulatedSeries(long seed, double drift, double betweenRuns) {
        random = new Random(seed);
        this.drift = drift;
        this.betweenRuns = betweenRuns;
    }

    List<IntervalCounts> runs(int runs, int seconds, int perSecond, double factor) {
        List<IntervalCounts> series = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            series.add(run(seconds, perSecond, factor));
        }
        return series;
    }

    IntervalCounts run(int seconds, int perSecond, double factor) {
        List<Histogram> intervals = new ArrayList<>();
        double ofRun = random.nextGaussian() * betweenRuns;
        double level = random.nextGaussian() * drift;
        for (int second = 0; second < seconds; second++) {
            Histogram interval = new Histogram(1_000_000_000L, 2);
            level = 0.7 * level + Math.sqrt(1 - 0.7 * 0.7) * drift * random.nextGaussian();
            double pausedShare = random.nextInt(4) == 0 ? 0.01 * random.nextDouble() : 0;
            for (int i = 0; i < perSecond; i++) {
                double ns = 50_000 * Math.exp(ofRun + level + 0.25 * random.nextGaussian());
                if (random.nextDouble() < pausedShare) {
                    ns += 2_000_000 * random.nextDouble();
                }
                interval.recordValue((long) (ns * factor));
            }
            intervals.add(interval);
        }
        return IntervalCounts.of(intervals);
    }
}
