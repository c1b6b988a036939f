// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * An axis: where a value lies and which values are marked.
 *
 * <p>Threading: immutable.
 */
final class Scale {
    private static final int TICKS = 6;

    private final double low;
    private final double high;
    private final boolean logarithmic;
    private final List<Tick> ticks;

    record Tick(double value, String label) {}

    private Scale(double low, double high, boolean logarithmic, List<Tick> ticks) {
        this.low = low;
        this.high = high;
        this.logarithmic = logarithmic;
        this.ticks = List.copyOf(ticks);
    }

    /** Evenly divided, marked at 1, 2 or 5 times a power of ten. */
    static Scale linear(double low, double high, DoubleFunction<String> label) {
        double top = high > low ? high : low + 1;
        double step = Math.pow(10, Math.floor(Math.log10((top - low) / TICKS)));
        for (double factor : new double[] {2, 2.5, 2}) {
            if ((top - low) / step > TICKS) {
                step *= factor;
            }
        }
        List<Tick> ticks = new ArrayList<>();
        // Plus 0, since the upper neighbour of -1e-9 is minus 0.
        for (double i = Math.ceil(low / step - 1e-9) + 0.0; i * step <= top + step * 1e-9; i++) {
            ticks.add(new Tick(i * step, label.apply(i * step)));
        }
        return new Scale(low, top, false, ticks);
    }

    /** Logarithmic, marked at powers of ten, and between them where there are few. */
    static Scale logarithmic(double low, double high, DoubleFunction<String> label) {
        double bottom = Math.max(low, 1e-9);
        double top = Math.max(high, bottom * 1.5);
        double decades = Math.log10(top / bottom);
        double[] steps = decades <= 1.2
                ? new double[] {1, 1.5, 2, 3, 4, 5, 7}
                : decades <= 3 ? new double[] {1, 2, 5} : new double[] {1};
        List<Tick> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(bottom)); Math.pow(10, exponent) <= top; exponent++) {
            for (double step : steps) {
                double value = step * Math.pow(10, exponent);
                if (value >= bottom * (1 - 1e-9) && value <= top * (1 + 1e-9)) {
                    ticks.add(new Tick(value, label.apply(value)));
                }
            }
        }
        return new Scale(bottom, top, true, ticks);
    }

    /** For {@code 1 / (1 - share)}: each nine takes as much room as the one before. */
    static Scale nines(double highest) {
        List<Tick> ticks = new ArrayList<>(List.of(new Tick(1, "0 %"), new Tick(2, "50 %")));
        String label = "90";
        for (double value = 10; value <= highest * (1 + 1e-9); value *= 10) {
            ticks.add(new Tick(value, label + " %"));
            label = label.equals("90") ? "99" : label.equals("99") ? "99.9" : label + "9";
        }
        return new Scale(1, Math.max(highest, 10), true, ticks);
    }

    /** For names, the first at the upper end; the value of each is its place among them, from 0. */
    static Scale rows(List<String> names) {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ticks.add(new Tick(i, names.get(i)));
        }
        return new Scale(names.size() - 0.5, -0.5, false, ticks);
    }

    /** From 0 at the lower to 1 at the upper end; what lies beyond an end is put there. */
    double position(double value) {
        double position = logarithmic
                ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
                : (value - low) / (high - low);
        return Math.max(0, Math.min(1, position));
    }

    List<Tick> ticks() {
        return ticks;
    }
}
