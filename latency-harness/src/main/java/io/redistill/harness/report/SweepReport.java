// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.Bound;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.report.Page.Key;
import io.redistill.harness.report.Page.Table;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** The page of a sweep: latency against rate. */
public final class SweepReport {
    private static final int HEIGHT = 400;

    /** The knee: p99 has grown by this factor over the lowest of all rates. */
    private static final double KNEE = 2;

    /**
     * One run.
     *
     * @param rate asked for, requests a second
     * @param repliesPerSecond reached
     * @param kept whether the bounds were kept
     * @param remark what is said of it in the table
     */
    public record Point(
            long rate,
            double repliesPerSecond,
            long p50Ns,
            long p99Ns,
            long p999Ns,
            long maxNs,
            boolean kept,
            String remark) {}

    private SweepReport() {}

    /**
     * The page.
     *
     * @param sample the record of one run
     * @param points all runs in order
     * @param highestKept 0 when none was, or not yet
     * @param inWords what was found
     */
    public static String html(
            RunRecord sample, List<Bound> bounds, List<Point> points, long highestKept, String inWords) {
        Page page = new Page("Rate against latency: " + RunReport.titleOf(sample));
        page.banner(highestKept > 0 ? "good" : "", inWords, List.of());
        List<Point> byRate =
                points.stream().sorted(Comparator.comparingLong(Point::rate)).toList();
        OptionalDouble knee = knee(byRate);
        page.section(
                "Response times by rate",
                "One point for each run."
                        + (knee.isPresent()
                                ? " The knee is the highest rate before p99 exceeds twice its lowest value: beyond it requests"
                                        + " queue."
                                : ""));
        page.plot(
                chart(byRate, bounds, highestKept, knee),
                new Key("amber", "p99.9"),
                new Key("green", "p99"),
                new Key("blue", "p50"),
                new Key("red", "bound"));
        Table table = new Table("rate asked for", "replies a second", "p50", "p99", "p99.9", "max", "<bound");
        for (Point point : points) {
            table.styledRow(
                    point.kept ? "better" : "worse",
                    Units.count(point.rate),
                    Units.count(point.repliesPerSecond),
                    Units.time(point.p50Ns),
                    Units.time(point.p99Ns),
                    Units.time(point.p999Ns),
                    Units.time(point.maxNs),
                    point.remark);
        }
        page.section("Runs", "In the order in which they were made.").table(table);
        page.section("How it was measured", "")
                .quiet("The first run: " + RunTables.load(sample.configuration()))
                .folded("Generator", RunTables.generator(sample))
                .folded("Server", RunTables.server(sample.server()))
                .folded("Machine", RunTables.environment(sample.environment()))
                .folded("Options", RunTables.options(sample.configuration()));
        return page.html();
    }

    /** Empty while latency does not rise. */
    static OptionalDouble knee(List<Point> byRate) {
        long lowest = byRate.stream().mapToLong(Point::p99Ns).min().orElse(0);
        long firstBeyond = byRate.stream()
                .filter(point -> point.p99Ns > lowest * KNEE)
                .filter(point ->
                        byRate.stream().noneMatch(other -> other.rate >= point.rate && other.p99Ns <= lowest * KNEE))
                .mapToLong(Point::rate)
                .min()
                .orElse(0);
        return byRate.stream()
                .filter(point -> point.rate < firstBeyond)
                .mapToDouble(Point::rate)
                .max();
    }

    private static Chart chart(List<Point> byRate, List<Bound> bounds, long highestKept, OptionalDouble knee) {
        double low = byRate.stream().mapToDouble(Point::p50Ns).min().orElse(1_000);
        double high = byRate.stream().mapToDouble(Point::p999Ns).max().orElse(1_000_000);
        for (Bound bound : bounds) {
            low = Math.min(low, bound.limitNs());
            high = Math.max(high, bound.limitNs());
        }
        double highestRate = byRate.stream().mapToDouble(Point::rate).max().orElse(1);
        Chart chart = new Chart(
                "Response times by rate",
                "requests a second, as asked for",
                Scale.linear(0, highestRate * 1.05, Units::count),
                Scale.logarithmic(low * 0.7, high * 1.4, Units::time),
                HEIGHT);
        for (Bound bound : bounds) {
            chart.level("red dashed", bound.limitNs(), bound.name() + " " + Units.time(bound.limitNs()));
        }
        if (highestKept > 0) {
            chart.mark("green", highestKept, "kept: " + Units.count(highestKept) + "/s", 0);
        }
        knee.ifPresent(rate -> chart.mark("grey dashed", rate, "knee: " + Units.count(rate) + "/s", 1));
        add(chart, byRate, "blue", "p50", Point::p50Ns);
        add(chart, byRate, "green", "p99", Point::p99Ns);
        add(chart, byRate, "amber", "p99.9", Point::p999Ns);
        return chart;
    }

    private static void add(
            Chart chart, List<Point> byRate, String style, String label, ToDoubleFunction<Point> latency) {
        double[] rates = byRate.stream().mapToDouble(Point::rate).toArray();
        double[] latencies = byRate.stream().mapToDouble(latency).toArray();
        List<String> texts = byRate.stream()
                .map(point -> Units.count(point.rate) + "/s: " + label + " " + Units.time(latency.applyAsDouble(point))
                        + "\n" + point.remark)
                .toList();
        chart.line(style, label, rates, latencies).points(style, rates, latencies, texts);
    }
}
