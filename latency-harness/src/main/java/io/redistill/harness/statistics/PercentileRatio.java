// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

/**
 * One percentile of two series.
 *
 * @param percentile 0 to 100
 * @param firstNs its value in all of the first series
 * @param secondNs its value in all of the second
 * @param ratio second to first: above 1, the second is slower; of paired runs, the geometric mean of their ratios
 * @param low lower end of the confidence interval of the ratio, NaN without a verdict
 * @param high its upper end
 * @param firstBeyond how many latencies of the first series lie beyond the percentile
 * @param secondBeyond how many of the second
 * @param verdict of the second series
 * @param reason why there is no verdict, else empty
 */
public record PercentileRatio(
        double percentile,
        long firstNs,
        long secondNs,
        double ratio,
        double low,
        double high,
        long firstBeyond,
        long secondBeyond,
        Verdict verdict,
        String reason) {}
