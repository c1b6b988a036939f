// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import java.util.Locale;

/** Numbers as people write them on a command line. */
public final class Quantities {
    private Quantities() {}

    /** A time: {@code 100us}, {@code 5ms}, {@code 2.5s}, {@code 1m}; 0 needs no unit. */
    public static long durationNs(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        String unit = stripped.replaceFirst("^[0-9.]+", "");
        double factor = switch (unit) {
            case "ns" -> 1;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3_600e9;
            case "" -> 0;
            default -> Double.NaN;
        };
        double number = number(stripped, unit);
        if (Double.isNaN(factor) || Double.isNaN(number) || (factor == 0 && number != 0) || number * factor > 1e17) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no time: a number with ns, us, ms, s, m or h is, as 500ms");
        }
        return Math.round(number * factor);
    }

    /** A count: {@code 5000}, {@code 50k}, {@code 1.5m}; k is 1,000 and m is 1,000,000. */
    public static long count(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        String unit = stripped.replaceFirst("^[0-9.]+", "");
        double factor = switch (unit) {
            case "" -> 1;
            case "k" -> 1e3;
            case "m" -> 1e6;
            case "g" -> 1e9;
            default -> Double.NaN;
        };
        double product = number(stripped, unit) * factor;
        if (Double.isNaN(product) || product > 1e15 || product != Math.rint(product)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no count: a whole number is, with k or m behind it or not");
        }
        return (long) product;
    }

    /** A length in bytes: {@code 100}, {@code 16k}, {@code 16kb}, {@code 1mb}; k is 1,024. */
    public static long bytes(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        String unit = stripped.replaceFirst("^[0-9]+", "");
        long factor = switch (unit) {
            case "", "b" -> 1;
            case "k", "kb" -> 1 << 10;
            case "m", "mb" -> 1 << 20;
            default -> -1;
        };
        double number = number(stripped, unit);
        if (factor < 0 || Double.isNaN(number) || number * factor > 512 << 20) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no length: bytes up to 512mb are, with k, kb, m or mb");
        }
        return (long) number * factor;
    }

    private static double number(String text, String unit) {
        try {
            return Double.parseDouble(text.substring(0, text.length() - unit.length()));
        } catch (NumberFormatException e) {
            return Double.NaN; // the caller says what is allowed
        }
    }
}
