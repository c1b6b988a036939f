// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    /** Finding what is there is tried less often than not finding what is not: the first hardly ever fails. */
    private static final int PLANTED_TRIALS = 40;

    private static final int EQUAL_TRIALS = 100;

    @Test
    void shouldCallOneRunASideOfTheSameServerSame() {
        assertThat(trialsWith(EQUAL_TRIALS, Verdict.SAME, seed -> {
                    SimulatedSeries simulated = new SimulatedSeries(seed, 0.03, 0.01);
                    return Comparison.of(simulated.runs(1, 60, 500, 1), simulated.runs(1, 60, 500, 1), seed);
                }))
                .isGreaterThanOrEqualTo(95);
    }

    @Test
    void shouldFindTenPercentInOneRunASide() {
        for (double factor : new double[] {1.1, 1 / 1.1}) {
            assertThat(trialsWith(PLANTED_TRIALS, factor > 1 ? Verdict.WORSE : Verdict.BETTER, seed -> {
                        SimulatedSeries simulated = new SimulatedSeries(seed, 0.01, 0.005);
                        return Comparison.of(simulated.runs(1, 60, 500, 1), simulated.runs(1, 60, 500, factor), seed);
                    }))
                    .isGreaterThanOrEqualTo(38);
        }
    }

    @Test
    void shouldCallPairedRunsOfTheSameServerSame() {
        assertThat(trialsWith(EQUAL_TRIALS, Verdict.SAME, seed -> {
                    SimulatedSeries simulated = new SimulatedSeries(seed, 0.03, 0.05);
                    return Comparison.of(simulated.runs(9, 10, 500, 1), simulated.runs(9, 10, 500, 1), seed);
                }))
                .isGreaterThanOrEqualTo(95);
    }

    @Test
    void shouldFindTenPercentInPairedRuns() {
        for (double factor : new double[] {1.1, 1 / 1.1}) {
            assertThat(trialsWith(PLANTED_TRIALS, factor > 1 ? Verdict.WORSE : Verdict.BETTER, seed -> {
                        SimulatedSeries simulated = new SimulatedSeries(seed, 0.02, 0.01);
                        return Comparison.of(simulated.runs(9, 10, 500, 1), simulated.runs(9, 10, 500, factor), seed);
                    }))
                    .isGreaterThanOrEqualTo(38);
        }
    }

    @Test
    void shouldSayNothingOfPercentilesWithTooFewSamples() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0);
        Comparison comparison = Comparison.of(simulated.runs(1, 20, 50, 1), simulated.runs(1, 20, 50, 3), 1);
        PercentileRatio p99 = ratio(comparison, 99);
        assertThat(p99.verdict()).isEqualTo(Verdict.NONE);
        assertThat(p99.low()).isNaN();
        assertThat(p99.reason()).isEqualTo("10 samples beyond it, 20 are needed");
        assertThat(ratio(comparison, 50).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(comparison.verdict()).isEqualTo(Verdict.WORSE);
    }

    @Test
    void shouldSayNothingOfAPercentileThatIsTheWorkOfOneIncident() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0);
        List<IntervalCounts> calm = simulated.runs(1, 60, 500, 1);
        List<IntervalCounts> stalled =
                List.of(simulated.run(58, 1_000, 1), simulated.run(1, 1_000, 1_000), simulated.run(1, 1_000, 1));
        Comparison comparison = Comparison.of(calm, stalled, 1);
        assertThat(ratio(comparison, 99).verdict()).isEqualTo(Verdict.NONE);
        assertThat(ratio(comparison, 99).reason()).isEqualTo("it was reached in 1 of 60 intervals, 5 are needed");
        assertThat(ratio(comparison, 50).verdict()).isEqualTo(Verdict.SAME);
    }

    @Test
    void shouldSayNothingAtAllWithTooFewIntervals() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0);
        Comparison comparison = Comparison.of(simulated.runs(1, 9, 1_000, 1), simulated.runs(1, 9, 1_000, 2), 1);
        assertThat(comparison.verdict()).isEqualTo(Verdict.NONE);
        assertThat(ratio(comparison, 50).reason()).isEqualTo("9 intervals, 10 are needed");
        assertThat(ratio(comparison, 50).ratio()).isBetween(1.8, 2.2);
    }

    @Test
    void shouldPairOnlyFourAndMoreRuns() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0.01);
        assertThat(Comparison.of(simulated.runs(4, 5, 500, 1), simulated.runs(4, 5, 500, 1), 1)
                        .pairs())
                .isEqualTo(4);
        assertThat(Comparison.of(simulated.runs(3, 5, 500, 1), simulated.runs(3, 5, 500, 1), 1)
                        .pairs())
                .isZero();
        assertThat(Comparison.of(simulated.runs(4, 5, 500, 1), simulated.runs(5, 5, 500, 1), 1)
                        .pairs())
                .isZero();
    }

    @Test
    void shouldGiveTheSameResultForTheSameSeed() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0.01);
        List<IntervalCounts> first = simulated.runs(1, 30, 500, 1);
        List<IntervalCounts> second = simulated.runs(1, 30, 500, 1);
        assertThat(Comparison.of(first, second, 7)).isEqualTo(Comparison.of(first, second, 7));
        assertThat(Comparison.of(first, second, 7)).isNotEqualTo(Comparison.of(first, second, 8));
    }

    @Test
    void shouldBeWiderWithMoreConfidence() {
        SimulatedSeries simulated = new SimulatedSeries(1, 0.01, 0.01);
        List<IntervalCounts> first = simulated.runs(1, 30, 500, 1);
        List<IntervalCounts> second = simulated.runs(1, 30, 500, 1);
        PercentileRatio wide = ratio(Comparison.of(first, second, 7, 0.99, 0), 50);
        PercentileRatio narrow = ratio(Comparison.of(first, second, 7, 0.9, 0), 50);
        assertThat(wide.low()).isLessThan(narrow.low());
        assertThat(wide.high()).isGreaterThan(narrow.high());
        assertThatThrownBy(() -> Comparison.of(first, second, 7, 1, 0)).hasMessageContaining("confidence=1.0");
    }

    private static int trialsWith(int trials, Verdict verdict, LongFunction<Comparison> trial) {
        int with = 0;
        for (long seed = 1; seed <= trials; seed++) {
            if (trial.apply(seed).verdict() == verdict) {
                with++;
            }
        }
        return with;
    }

    private static PercentileRatio ratio(Comparison comparison, double percentile) {
        return comparison.ratios().stream()
                .filter(ratio -> ratio.percentile() == percentile)
                .findFirst()
                .orElseThrow();
    }
}
