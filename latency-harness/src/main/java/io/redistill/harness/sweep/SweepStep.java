// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.sweep;

import io.redistill.harness.record.Bound;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.report.Units;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of a sweep.
 *
 * @param rate asked for, requests a second
 * @param repliesPerSecond reached
 * @param p50Ns response time
 * @param p99Ns response time
 * @param p999Ns response time
 * @param maxNs response time
 * @param outcome whether all bounds were kept
 * @param reasons why not; empty when they were
 * @param enough whether the samples suffice to say so of every bound
 * @param folder of the run, inside the sweep's
 */
record SweepStep(
        long rate,
        double repliesPerSecond,
        long p50Ns,
        long p99Ns,
        long p999Ns,
        long maxNs,
        RateSearch.Outcome outcome,
        List<String> reasons,
        boolean enough,
        String folder) {
    /** Replies must be at least this share of what was due. */
    private static final double LEAST_ANSWERED = 0.99;

    static SweepStep of(long rate, RunRecord run, List<Bound> bounds, String folder) {
        List<String> reasons = new ArrayList<>(run.validity().reasons());
        RateSearch.Outcome outcome = RateSearch.Outcome.INVALID;
        if (run.validity().valid()) {
            reasons.addAll(missed(run, bounds));
            outcome = reasons.isEmpty() ? RateSearch.Outcome.KEPT : RateSearch.Outcome.MISSED;
        }
        Series response = run.series(Series.TOTAL_RESPONSE);
        return new SweepStep(
                rate,
                run.counts().repliesPerSecond(),
                response.at(50).valueNs(),
                response.at(99).valueNs(),
                response.at(99.9).valueNs(),
                response.maxNs(),
                outcome,
                reasons,
                bounds.stream().allMatch(bound -> bound.valueIn(run).enough()),
                folder);
    }

    /** The outcome and its reasons in words. */
    String remark() {
        String word = switch (outcome) {
            case KEPT -> "kept";
            case MISSED -> "missed: ";
            case INVALID -> "INVALID: ";
        };
        return word + String.join("; ", reasons) + (enough ? "" : " (too few samples)");
    }

    private static List<String> missed(RunRecord run, List<Bound> bounds) {
        List<String> reasons = new ArrayList<>();
        for (Bound bound : bounds) {
            Series.PercentileValue value = bound.valueIn(run);
            if (!bound.isKeptBy(run)) {
                reasons.add(
                        bound.name() + " is " + Units.time(value.valueNs()) + ", above " + Units.time(bound.limitNs()));
            }
        }
        RunRecord.Counts counts = run.counts();
        if (counts.replies() < counts.due() * LEAST_ANSWERED) {
            reasons.add(Units.count(counts.replies()) + " replies to " + Units.count(counts.due()) + " requests");
        }
        if (!run.end().equals(RunRecord.COMPLETE)) {
            reasons.add("the run ended early: " + run.end());
        }
        return reasons;
    }
}
