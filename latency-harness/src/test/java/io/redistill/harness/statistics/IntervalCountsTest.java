// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalCountsTest {
    private final Histogram all = new Histogram(2_000_000_000L, 2);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_024, 1_025, 2_049, 3_000})
    void shouldHaveThePercentilesOfAllIntervals(int intervals) {
        IntervalCounts counts = IntervalCounts.of(histograms(intervals));
        assertThat(counts.count()).isEqualTo(all.getTotalCount());
        assertThat(counts.intervals())
                .isEqualTo(intervals <= 1_024 ? intervals : intervals == 1_025 ? 513 : intervals == 2_049 ? 513 : 750);
        for (double percentile : new double[] {0, 1, 50, 90, 99, 99.9, 99.99, 100}) {
            assertThat(counts.percentile(percentile)).isEqualTo(all.getValueAtPercentile(percentile));
        }
    }

    @Test
    void shouldJoinRuns() {
        IntervalCounts joined =
                IntervalCounts.joined(List.of(IntervalCounts.of(histograms(5)), IntervalCounts.of(histograms(3))));
        assertThat(joined.intervals()).isEqualTo(8);
        assertThat(joined.count()).isEqualTo(all.getTotalCount());
        assertThat(joined.percentile(99)).isEqualTo(all.getValueAtPercentile(99));
    }

    @Test
    void shouldAddStretchesOfIntervals() {
        IntervalCounts counts = IntervalCounts.of(histograms(5));
        long[] sum = new long[counts.valueCount()];
        counts.addTo(sum, 0, 2);
        counts.addTo(sum, 2, 5);
        assertThat(counts.percentile(sum, counts.count(), 99.9)).isEqualTo(all.getValueAtPercentile(99.9));
    }

    private List<Histogram> histograms(int count) {
        Random random = new Random(count);
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Histogram histogram = new Histogram(2_000_000_000L, 2);
            for (int j = random.nextInt(50); j > 0; j--) {
                histogram.recordValue((long) Math.exp(random.nextDouble() * 20));
            }
            all.add(histogram);
            histograms.add(histogram);
        }
        return histograms;
    }
}
