// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.RunRecord;
import io.redistill.harness.report.Page.Key;
import io.redistill.harness.report.Page.Table;
import io.redistill.harness.statistics.Comparison;
import io.redistill.harness.statistics.PercentileRatio;
import io.redistill.harness.statistics.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page of two sides. */
public final class ComparisonReport {
    private static final Key FIRST = new Key("blue", "first");
    private static final Key SECOND = new Key("orange", "second");
    private static final int RATIO_HEIGHT = 260;
    private static final int RUNS_HEIGHT = 240;

    private ComparisonReport() {}

    /**
     * The page.
     *
     * @param invalid why there is no verdict, or empty
     * @param warnings what was not alike
     */
    public static String html(
            RunSeries first, RunSeries second, Comparison comparison, List<String> invalid, List<String> warnings) {
        Page page = new Page(second.name() + " compared with " + first.name());
        page.quiet(RunTables.load(first.runs().get(0).record().configuration()));
        addVerdict(page, comparison, invalid);
        if (!warnings.isEmpty()) {
            page.banner("warn", "Not alike", warnings);
        }
        page.quiet("First: " + describe(first)).quiet("Second: " + describe(second));
        page.section(
                "Second to first",
                "Each point is the ratio of a percentile, the line its confidence interval. To the right of the grey"
                        + " stretch, which counts as no difference, the second is slower; a line that touches the stretch"
                        + " shows no difference. A percentile without a line has too few samples.");
        page.plot(ratioChart(comparison));
        page.table(ratioTable(comparison)).paragraph(method(comparison) + ".");
        page.section(
                "Percentiles",
                "Response times of all runs of a side. In the shaded part fewer than 20 requests lie beyond.");
        page.plot(
                new PercentileChart()
                        .add("blue", "first", first.response())
                        .add("orange", "second", second.response())
                        .chart(),
                FIRST,
                SECOND);
        if (first.runs().size() > 1 || second.runs().size() > 1) {
            addRuns(page, first, second);
        }
        page.section("Runs", "").table(runTable(first, second));
        if (first.runs().size() == 1 && second.runs().size() == 1) {
            RunReport.addTimeLines(page, first.runs().get(0), ", first");
            RunReport.addTimeLines(page, second.runs().get(0), ", second");
        }
        RunRecord sample = first.runs().get(0).record();
        page.section("How it was measured", "")
                .folded("Server, first", RunTables.server(sample.server()))
                .folded(
                        "Server, second",
                        RunTables.server(second.runs().get(0).record().server()))
                .folded("Machine", RunTables.environment(sample.environment()))
                .folded("Generator, first run", RunTables.generator(sample))
                .folded("Options", RunTables.options(sample.configuration()));
        return page.html();
    }

    /** How the verdict came about, in one sentence without a full stop. */
    public static String method(Comparison comparison) {
        return String.format(
                Locale.ROOT,
                "bootstrap over %s, confidence %s of all intervals together, differences within %s count as none",
                comparison.pairs() > 0 ? comparison.pairs() + " pairs of runs" : "blocks of seconds",
                Units.share(comparison.confidence()),
                Units.share(comparison.margin()));
    }

    private static void addVerdict(Page page, Comparison comparison, List<String> invalid) {
        if (!invalid.isEmpty()) {
            page.banner("", "INVALID: no verdict", invalid);
            return;
        }
        List<String> lines = new ArrayList<>();
        for (PercentileRatio ratio : comparison.ratios()) {
            if (ratio.verdict() == Verdict.WORSE || ratio.verdict() == Verdict.BETTER) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%s is %s: %s against %s, ratio %.3f (%.3f to %.3f)",
                        Units.percentile(ratio.percentile()),
                        ratio.verdict().word(),
                        Units.time(ratio.secondNs()),
                        Units.time(ratio.firstNs()),
                        ratio.ratio(),
                        ratio.low(),
                        ratio.high()));
            } else if (ratio.verdict() == Verdict.SAME) {
                lines.add(Units.percentile(ratio.percentile()) + " shows no difference; one of "
                        + Units.share(comparison.detectable(ratio)) + " would have been seen");
            }
        }
        Verdict verdict = comparison.verdict();
        switch (verdict) {
            case WORSE -> page.banner("", "The second is worse", lines);
            case BETTER -> page.banner("good", "The second is better", lines);
            case SAME -> page.banner("good", "Both are the same", lines);
            case NONE -> page.banner("warn", "No verdict: too few samples", lines);
        }
    }

    private static String describe(RunSeries side) {
        RunRecord record = side.runs().get(0).record();
        return side.name() + ": " + RunReport.titleOf(record) + ", "
                + side.runs().size() + (side.runs().size() == 1 ? " run" : " runs");
    }

    private static Chart ratioChart(Comparison comparison) {
        double low = 0.9;
        double high = 1.1;
        List<String> names = new ArrayList<>();
        for (PercentileRatio ratio : comparison.ratios()) {
            names.add(Units.percentile(ratio.percentile()));
            // A comparison with NaN is false: without a verdict only the ratio counts.
            low = Math.min(low, ratio.low() < ratio.ratio() ? ratio.low() : ratio.ratio());
            high = Math.max(high, ratio.high() > ratio.ratio() ? ratio.high() : ratio.ratio());
        }
        low = Math.max(low, 0.01);
        high = Math.min(high, 100);
        Scale scale = high / low > 4
                ? Scale.logarithmic(low * 0.95, high * 1.05, Units::digits)
                : Scale.linear(low - 0.02, high + 0.02, Units::digits);
        Chart chart = new Chart(
                "Ratio of each percentile, second to first",
                "ratio, second to first",
                scale,
                Scale.rows(names),
                RATIO_HEIGHT);
        chart.band("band", 1 / (1 + comparison.margin()), 1 + comparison.margin(), "counts as no difference");
        for (int row = 0; row < names.size(); row++) {
            PercentileRatio ratio = comparison.ratios().get(row);
            String style = switch (ratio.verdict()) {
                case WORSE -> "red";
                case BETTER -> "green";
                case SAME -> "blue";
                case NONE -> "grey";
            };
            if (ratio.verdict() != Verdict.NONE) {
                chart.line(style, "", new double[] {ratio.low(), ratio.high()}, new double[] {row, row});
            }
            chart.points(
                    style,
                    new double[] {ratio.ratio()},
                    new double[] {row},
                    List.of(names.get(row) + ": " + Units.digits(ratio.ratio()) + ", "
                            + ratio.verdict().word()));
        }
        return chart;
    }

    private static Table ratioTable(Comparison comparison) {
        Table table = new Table(
                "<percentile", "first", "second", "ratio", "interval", "samples beyond", "shows from", "<second is");
        for (PercentileRatio ratio : comparison.ratios()) {
            boolean judged = ratio.verdict() != Verdict.NONE;
            table.styledRow(
                    ratio.verdict().word(),
                    Units.percentile(ratio.percentile()),
                    Units.time(ratio.firstNs()),
                    Units.time(ratio.secondNs()),
                    String.format(Locale.ROOT, "%.3f", ratio.ratio()),
                    judged ? String.format(Locale.ROOT, "%.3f to %.3f", ratio.low(), ratio.high()) : "",
                    Units.count(ratio.firstBeyond()) + " and " + Units.count(ratio.secondBeyond()),
                    judged ? Units.share(comparison.detectable(ratio)) : "",
                    judged ? ratio.verdict().word() : "no verdict: " + ratio.reason());
        }
        return table;
    }

    private static void addRuns(Page page, RunSeries first, RunSeries second) {
        page.section("Run by run", "In order of time; runs of the same number were made one after the other.");
        int most = Math.max(first.runs().size(), second.runs().size());
        for (double percentile : new double[] {50, 99, 99.9}) {
            double[] firstNs = percentiles(first, percentile);
            double[] secondNs = percentiles(second, percentile);
            double low = Double.MAX_VALUE;
            double high = 1;
            for (double[] values : new double[][] {firstNs, secondNs}) {
                for (double value : values) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
            String name = Units.percentile(percentile);
            Chart chart = new Chart(
                    name + " of each run",
                    name + " of each run",
                    Scale.linear(0.5, most + 0.5, Units::plain),
                    high > 3 * low
                            ? Scale.logarithmic(low * 0.8, high * 1.25, Units::time)
                            : Scale.linear(low * 0.9, high * 1.1, Units::time),
                    RUNS_HEIGHT);
            addRunLine(chart, FIRST, firstNs);
            addRunLine(chart, SECOND, secondNs);
            page.plot(chart, FIRST, SECOND);
        }
    }

    private static void addRunLine(Chart chart, Key key, double[] values) {
        double[] numbers = new double[values.length];
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            numbers[i] = i + 1;
            texts.add(key.meaning() + ", run " + (i + 1) + ": " + Units.time(values[i]));
        }
        chart.line(key.style() + " thin", key.meaning(), numbers, values).points(key.style(), numbers, values, texts);
    }

    private static double[] percentiles(RunSeries side, double percentile) {
        return side.runs().stream()
                .mapToDouble(run -> Math.max(1, run.response().getValueAtPercentile(percentile)))
                .toArray();
    }

    private static Table runTable(RunSeries first, RunSeries second) {
        Table table = new Table(
                "<side",
                "p50",
                "p99",
                "p99.9",
                "max",
                "replies a second",
                "hit ratio",
                "server CPU per command",
                "server memory",
                "errors",
                "lost",
                "<valid");
        addRunRows(table, "first", first);
        addRunRows(table, "second", second);
        return table;
    }

    private static void addRunRows(Table table, String side, RunSeries series) {
        for (RunData run : series.runs()) {
            RunRecord record = run.record();
            RunRecord.Counts counts = record.counts();
            table.row(
                    side,
                    Units.time(run.response().getValueAtPercentile(50)),
                    Units.time(run.response().getValueAtPercentile(99)),
                    Units.time(run.response().getValueAtPercentile(99.9)),
                    Units.time(run.response().getMaxValue()),
                    Units.count(counts.repliesPerSecond()),
                    Double.isNaN(counts.hitRatio()) ? "" : Units.share(counts.hitRatio()),
                    Units.time(record.server().cpuNsPerCommand()),
                    RunTables.known(
                            record.server().rssEndBytes(),
                            Units.bytes(record.server().rssEndBytes())),
                    Units.count(counts.errors()),
                    Units.count(counts.lost()),
                    record.validity().valid() ? "yes" : "INVALID");
        }
    }
}
