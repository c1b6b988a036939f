// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.SecondRow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The plots of one run over time. */
final class TimeLine {
    private static final int LATENCY_HEIGHT = 340;
    private static final int NAME_ROWS = 3;
    private static final int OTHER_HEIGHT = 190;
    private static final String X_TITLE = "seconds from the start of the measured part";

    private final Columns columns;
    private final List<SecondRow> seconds;
    private final List<Disturbance> disturbances;
    private final Scale time;

    TimeLine(RunData run) {
        seconds = run.seconds();
        columns = new Columns(seconds);
        disturbances = run.record().disturbances();
        time = Scale.linear(0, seconds.size(), Units::plain);
    }

    /** Seconds that share a column, whose worst is shown. */
    int joined() {
        return columns.joined();
    }

    Chart latency() {
        double[] p50 = columns.worst(SecondRow::p50Ns);
        double[] max = columns.worst(SecondRow::maxNs);
        double low = least(Arrays.stream(p50)) * 0.6;
        Scale scale = Scale.logarithmic(low, Math.max(greatest(Arrays.stream(max)), low * 4) * 1.2, Units::time);
        Chart chart = new Chart("Response times by second", X_TITLE, time, scale, LATENCY_HEIGHT);
        addDisturbances(chart);
        addNames(chart);
        addHiccups(chart, "hiccup", "generator", SecondRow::generatorHiccupMaxNs);
        addHiccups(chart, "server-hiccup", "server's processors", SecondRow::serverHiccupMaxNs);
        double[] middles = columns.middles();
        chart.line("red thin", "max", middles, max)
                .line("amber", "p99.9", middles, columns.worst(SecondRow::p999Ns))
                .line("green", "p99", middles, columns.worst(SecondRow::p99Ns))
                .line("blue", "p50", middles, p50);
        addHovers(chart);
        return chart;
    }

    Chart throughput() {
        double[] due = columns.perSecond(SecondRow::due);
        double[] replies = columns.perSecond(SecondRow::replies);
        double high = greatest(Stream.of(due, replies).flatMapToDouble(Arrays::stream));
        Chart chart = new Chart(
                "Requests and replies by second",
                X_TITLE,
                time,
                Scale.linear(0, high * 1.1, Units::count),
                OTHER_HEIGHT);
        addDisturbances(chart);
        chart.line("grey dashed", "due", columns.middles(), due).line("blue", "replies", columns.middles(), replies);
        double[] errors = columns.perSecond(SecondRow::errors);
        if (Arrays.stream(errors).anyMatch(value -> value > 0)) {
            chart.line("red", "errors", columns.middles(), errors);
        }
        addHovers(chart);
        return chart;
    }

    boolean hasReads() {
        return seconds.stream().anyMatch(row -> row.hits() + row.misses() > 0);
    }

    Chart hitRatio() {
        double[] hits = columns.sum(SecondRow::hits);
        double[] misses = columns.sum(SecondRow::misses);
        double[] share = new double[hits.length];
        for (int i = 0; i < share.length; i++) {
            // 0 / 0 is NaN, a gap.
            share[i] = hits[i] / (hits[i] + misses[i]) * 100;
        }
        Chart chart = new Chart(
                "Hit ratio by second",
                X_TITLE,
                time,
                Scale.linear(0, 100, percent -> Units.plain(percent) + " %"),
                OTHER_HEIGHT);
        addDisturbances(chart);
        return chart.line("green", "hits", columns.middles(), share);
    }

    boolean hasServerCpu() {
        return seconds.stream().anyMatch(row -> row.serverCpuNs() > 0);
    }

    Chart serverCpu() {
        double[] cores = columns.perSecond(row -> Math.max(0, row.serverCpuNs()));
        for (int i = 0; i < cores.length; i++) {
            cores[i] /= 1e9;
        }
        Chart chart = new Chart(
                "Processor time of the server by second",
                X_TITLE,
                time,
                Scale.linear(0, Math.max(greatest(Arrays.stream(cores)) * 1.1, 1), Units::digits),
                OTHER_HEIGHT);
        addDisturbances(chart);
        return chart.line("violet", "cores", columns.middles(), cores);
    }

    private void addDisturbances(Chart chart) {
        for (Disturbance disturbance : disturbances) {
            String text = disturbance.name() + " at " + Units.digits(disturbance.startNs() / 1e9) + " s for "
                    + Units.time(disturbance.endNs() - disturbance.startNs());
            chart.band(
                    "band",
                    disturbance.startNs() / 1e9,
                    disturbance.endNs() / 1e9,
                    disturbance.detail().isEmpty() ? text : text + "\n" + disturbance.detail());
        }
    }

    /** The name stands once where a disturbance begins, not at each of a row of them. */
    private void addNames(Chart chart) {
        double gap = seconds.size() / 10.0;
        Map<String, Double> lastOfName = new HashMap<>();
        double[] lastInRow = new double[NAME_ROWS];
        Arrays.fill(lastInRow, -gap);
        for (Disturbance disturbance : disturbances) {
            double start = disturbance.startNs() / 1e9;
            if (start - lastOfName.getOrDefault(disturbance.name(), -gap) < gap) {
                continue;
            }
            int row = 0;
            while (row < NAME_ROWS - 1 && start - lastInRow[row] < gap) {
                row++;
            }
            chart.mark("grey thin", start, disturbance.name(), row);
            lastInRow[row] = start;
            lastOfName.put(disturbance.name(), start);
        }
    }

    private void addHiccups(Chart chart, String style, String of, ToLongFunction<SecondRow> value) {
        double[] worst = columns.worst(value);
        for (int column = 0; column < columns.count(); column++) {
            if (worst[column] > 0) {
                chart.bar(
                        style,
                        columns.start(column),
                        columns.end(column),
                        worst[column],
                        "hiccup of the " + of + ": " + Units.time(worst[column]));
            }
        }
    }

    private void addHovers(Chart chart) {
        for (int column = 0; column < columns.count(); column++) {
            String text = columns.rows(column).stream().map(TimeLine::text).collect(Collectors.joining("\n\n"));
            chart.hover(columns.start(column), columns.end(column), text);
        }
    }

    private static String text(SecondRow row) {
        StringBuilder text = new StringBuilder("second ").append(row.second());
        text.append("\np50 ").append(Units.time(row.p50Ns())).append(", p99 ").append(Units.time(row.p99Ns()));
        text.append(", p99.9 ")
                .append(Units.time(row.p999Ns()))
                .append(", max ")
                .append(Units.time(row.maxNs()));
        text.append("\n").append(Units.count(row.due())).append(" due, ").append(Units.count(row.replies()));
        text.append(" replies, ").append(Units.count(row.errors())).append(" errors, ");
        text.append(Units.count(row.underWay())).append(" under way at its end");
        text.append("\nlateness of the generator: p99 ").append(Units.time(row.latenessP99Ns()));
        text.append(", max ").append(Units.time(row.latenessMaxNs()));
        text.append("\nhiccup: generator ").append(Units.time(row.generatorHiccupMaxNs()));
        if (row.serverHiccupMaxNs() >= 0) {
            text.append(", server's processors ").append(Units.time(row.serverHiccupMaxNs()));
        }
        if (row.stealNs() > 0) {
            text.append("\nstolen by the hypervisor: ").append(Units.time(row.stealNs()));
        }
        return row.disturbances().isEmpty()
                ? text.toString()
                : text.append("\ndisturbed: ").append(row.disturbances()).toString();
    }

    private static double least(DoubleStream values) {
        return values.filter(value -> value > 0).min().orElse(1_000);
    }

    private static double greatest(DoubleStream values) {
        return values.filter(value -> value > 0).max().orElse(1);
    }
}
