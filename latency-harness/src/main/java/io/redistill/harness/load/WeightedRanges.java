// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Whole numbers drawn from weighted ranges, each range evenly: sizes of values, times to live. Written as {@code 256},
 * {@code 16-1024} or {@code 64:80,1024-2048:15,16384:5}, where the number behind the colon is the weight.
 *
 * <p>Threading: immutable.
 */
public final class WeightedRanges {
    private final long[] lowest;
    private final long[] highest;
    private final double[] upTo;

    private WeightedRanges(List<long[]> ranges, List<Double> weights) {
        int count = ranges.size();
        lowest = new long[count];
        highest = new long[count];
        upTo = new double[count];
        double total = weights.stream().mapToDouble(Double::doubleValue).sum();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            lowest[i] = ranges.get(i)[0];
            highest[i] = ranges.get(i)[1];
            sum += weights.get(i);
            upTo[i] = sum / total;
        }
    }

    /**
     * Reads ranges.
     *
     * @param text as above
     * @param number reads one number of a range
     * @throws IllegalArgumentException when the text is none of that
     */
    public static WeightedRanges parse(String text, ToLongFunction<String> number) {
        List<long[]> ranges = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] rangeAndWeight = part.strip().split(":", -1);
            String[] ends = rangeAndWeight[0].split("-", -1);
            long from = number.applyAsLong(ends[0]);
            long to = number.applyAsLong(ends[ends.length - 1]);
            double weight = rangeAndWeight.length == 1 ? 1 : weight(rangeAndWeight[1]);
            if (rangeAndWeight.length > 2 || ends.length > 2 || from < 0 || to < from || !(weight > 0)) {
                throw new IllegalArgumentException("'" + part + "' is not N, N-M or N-M:WEIGHT with N at most M");
            }
            ranges.add(new long[] {from, to});
            weights.add(weight);
        }
        return new WeightedRanges(ranges, weights);
    }

    private static double weight(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no weight", e);
        }
    }

    /** The next number. */
    public long next(RandomStream random) {
        int range = 0;
        if (upTo.length > 1) {
            double unit = random.unit();
            while (range < upTo.length - 1 && unit >= upTo[range]) {
                range++;
            }
        }
        long span = highest[range] - lowest[range];
        return span == 0 ? lowest[range] : lowest[range] + random.below(span + 1);
    }

    /** The greatest number that can be drawn. */
    public long greatest() {
        long greatest = 0;
        for (long end : highest) {
            greatest = Math.max(greatest, end);
        }
        return greatest;
    }
}
