// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import java.util.Locale;

/** Figures as people read them: three digits and a unit. */
public final class Units {
    private static final String[] TIME_UNITS = {"ns", "us", "ms", "s"};
    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Units() {}

    /** A time, e.g. {@code 812 us} or {@code 1.25 ms}. */
    public static String time(double ns) {
        return scaled(ns, 1_000, TIME_UNITS);
    }

    /** A length in bytes, e.g. {@code 1.5 MiB}. */
    public static String bytes(double bytes) {
        return scaled(bytes, 1_024, BYTE_UNITS);
    }

    /** A whole number with its thousands apart, e.g. {@code 50,000}. */
    public static String count(double number) {
        return String.format(Locale.ROOT, "%,d", Math.round(number));
    }

    /** A share, e.g. {@code 99.3 %}. */
    public static String share(double ratio) {
        return digits(ratio * 100) + " %";
    }

    /** A percentile, e.g. {@code p99.9}; 100 is {@code max}. */
    public static String percentile(double percentile) {
        return percentile == 100 ? "max" : "p" + plain(percentile);
    }

    /** A number without digits that say nothing: {@code 99.9}, {@code 50}. */
    public static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static String scaled(double value, double step, String[] units) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        int unit = 0;
        // What would be printed as 1000 belongs to the next unit.
        while (unit < units.length - 1 && Math.abs(value) >= step - 0.5) {
            value /= step;
            unit++;
        }
        return digits(value) + " " + units[unit];
    }

    /** Three digits, and no zeros behind the point. */
    static String digits(double value) {
        double size = Math.abs(value);
        int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return decimals == 0 ? text : text.replaceFirst("\\.?0+$", "");
    }
}
