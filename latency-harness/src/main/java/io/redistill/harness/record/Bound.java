// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A promise on response times, e.g. {@code p99.9=1ms}: that share of requests is answered within that time.
 *
 * @param percentile one of {@link Series#PERCENTILES}
 * @param limitNs longest time that keeps it, above 0
 */
public record Bound(double percentile, long limitNs) {
    private static final Pattern TEXT = Pattern.compile(
            "(?:p(?<percentile>[0-9.]+)|(?<max>max))=(?<number>[0-9]+(?:\\.[0-9]+)?)(?<unit>ns|us|ms|s)");

    /**
     * Reads {@code p99.9=1ms} or {@code max=20ms}.
     *
     * @throws IllegalArgumentException with what is allowed
     */
    public static Bound parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no bound: give a percentile and a time in ns, us, ms"
                    + " or s, e.g. p99.9=1ms or max=20ms");
        }
        double percentile = matcher.group("max") != null ? 100 : number(matcher.group("percentile"));
        if (!Series.PERCENTILES.contains(percentile)) {
            throw new IllegalArgumentException("'" + text + "': the percentile is none of "
                    + Series.PERCENTILES.stream().map(Bound::name).collect(Collectors.joining(", ")));
        }
        double unitNs = switch (matcher.group("unit")) {
            case "ns" -> 1;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            default -> 1e9;
        };
        long limitNs = Math.round(Double.parseDouble(matcher.group("number")) * unitNs);
        if (limitNs < 1) {
            throw new IllegalArgumentException("'" + text + "': the time is not above 0");
        }
        return new Bound(percentile, limitNs);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // Several points: refused as no percentile.
            return Double.NaN;
        }
    }

    /** Its percentile in a run. */
    public Series.PercentileValue valueIn(RunRecord run) {
        return run.series(Series.TOTAL_RESPONSE).at(percentile);
    }

    /** Whether a run kept it, however few its samples. */
    public boolean isKeptBy(RunRecord run) {
        return valueIn(run).valueNs() <= limitNs;
    }

    /** The percentile as written, e.g. {@code p99.9}. */
    public String name() {
        return name(percentile);
    }

    private static String name(double percentile) {
        return percentile == 100
                ? "max"
                : "p"
                        + (percentile == Math.rint(percentile)
                                ? Long.toString((long) percentile)
                                : Double.toString(percentile));
    }
}
