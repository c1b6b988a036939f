// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.SecondRow;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The seconds of a run as columns of a plot. A long run has several seconds in a column: counts are added, and of latencies
 * the worst second stands for its column, since percentiles of seconds can be neither added nor averaged.
 *
 * <p>Threading: immutable.
 */
final class Columns {
    private static final int MOST = 480;

    private final List<SecondRow> seconds;
    private final int joined;
    private final int count;

    Columns(List<SecondRow> seconds) {
        this.seconds = seconds;
        joined = Math.max(1, (seconds.size() + MOST - 1) / MOST);
        count = (seconds.size() + joined - 1) / joined;
    }

    int count() {
        return count;
    }

    /** Seconds in a column. */
    int joined() {
        return joined;
    }

    /** Offset at which a column begins, in seconds. */
    double start(int column) {
        return (double) column * joined;
    }

    /** Offset at which it ends. */
    double end(int column) {
        return Math.min((double) (column + 1) * joined, seconds.size());
    }

    /** The middles of all columns. */
    double[] middles() {
        return each(column -> (start(column) + end(column)) / 2);
    }

    List<SecondRow> rows(int column) {
        return seconds.subList(column * joined, Math.min((column + 1) * joined, seconds.size()));
    }

    /** The highest value of each column; NaN where no second has one above 0. */
    double[] worst(ToLongFunction<SecondRow> value) {
        return each(column -> {
            long worst = rows(column).stream().mapToLong(value).max().orElse(0);
            return worst > 0 ? worst : Double.NaN;
        });
    }

    /** The sum of each column. */
    double[] sum(ToLongFunction<SecondRow> value) {
        return each(column -> rows(column).stream().mapToLong(value).sum());
    }

    /** The sum of each column, by second. */
    double[] perSecond(ToLongFunction<SecondRow> value) {
        double[] perSecond = sum(value);
        for (int column = 0; column < count; column++) {
            perSecond[column] /= end(column) - start(column);
        }
        return perSecond;
    }

    private double[] each(ToDoubleFunction<Integer> value) {
        double[] values = new double[count];
        for (int column = 0; column < count; column++) {
            values[column] = value.applyAsDouble(column);
        }
        return values;
    }
}
