// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.report.Page.Key;
import io.redistill.harness.report.Page.Tile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The page of one run. */
public final class RunReport {
    private static final Key[] LATENCY_KEYS = {
        new Key("red", "max"),
        new Key("amber", "p99.9"),
        new Key("green", "p99"),
        new Key("blue", "p50"),
        new Key("block violet", "hiccup of the generator"),
        new Key("block orange", "hiccup on the server's processors"),
        new Key("block grey", "disturbance")
    };

    private RunReport() {}

    /**
     * Reads a finished run and writes its page beside it.
     *
     * @return the file written
     */
    public static Path write(RunFolder folder) throws IOException {
        Path file = folder.path().resolve(RunFolder.REPORT);
        Files.writeString(file, html(RunData.read(folder)));
        return file;
    }

    /** The page. */
    public static String html(RunData run) {
        RunRecord record = run.record();
        Page page = new Page(titleOf(record));
        page.quiet(RunTables.load(record.configuration()));
        addValidity(page, record, "");
        page.tiles(tiles(run)).paragraph(inWords(run));
        page.section(
                "Percentiles",
                "Each step to the right is one nine more: at 99.9 % stands the time that one request in a thousand"
                        + " exceeded. In the shaded part fewer than 20 requests lie beyond, and the line is chance.");
        page.plot(
                new PercentileChart()
                        .add("blue", "response", run.response())
                        .add("orange dashed", "service", run.service())
                        .chart(),
                new Key("blue", "response time, from when the request was due"),
                new Key("orange", "service time, from when it was sent"));
        addTimeLines(page, run, "");
        page.section("Figures", "Percentiles with fewer than 10 samples beyond them are in brackets: chance.")
                .table(RunTables.percentiles(record));
        page.section("Slowest requests", "What happened at the same time may be the cause, and need not be.")
                .table(RunTables.slowest(record));
        page.section("How it was measured", "")
                .table(RunTables.counts(record))
                .folded("Generator", RunTables.generator(record))
                .folded("Server", RunTables.server(record.server()))
                .folded("Machine", RunTables.environment(record.environment()))
                .folded("Options", RunTables.options(record.configuration()));
        return page.html();
    }

    static String titleOf(RunRecord record) {
        return record.server().name() + " at " + record.configuration().target();
    }

    /** Says first of all whether the figures may be used. */
    static void addValidity(Page page, RunRecord record, String of) {
        if (!record.validity().valid()) {
            page.banner("", "INVALID" + of, record.validity().reasons());
        }
        List<String> warnings = new ArrayList<>();
        if (!record.end().equals(RunRecord.COMPLETE)) {
            warnings.add("The run did not come to its end: " + record.end());
        }
        if (!record.configuration().loop().equals(RunConfiguration.OPEN_LOOP)) {
            warnings.add("The next request waited for the last reply ("
                    + record.configuration().loop()
                    + "): what users would have sent during a stall is missing from all figures.");
        }
        warnings.addAll(record.validity().warnings());
        if (!warnings.isEmpty()) {
            page.banner("warn", "To be known" + of, warnings);
        }
    }

    static void addTimeLines(Page page, RunData run, String of) {
        TimeLine timeLine = new TimeLine(run);
        String worst = timeLine.joined() > 1 ? " Each point is the worst of " + timeLine.joined() + " seconds." : "";
        page.section(
                "Response times over time" + of,
                "A peak with a hiccup bar as high as itself is not the server's: that machine did not run then."
                        + worst);
        page.plot(timeLine.latency(), LATENCY_KEYS);
        page.section("Throughput" + of, "Replies below what was due: the server, or the generator, did not keep up.")
                .plot(timeLine.throughput());
        if (timeLine.hasReads()) {
            page.section("Hit ratio" + of, "").plot(timeLine.hitRatio());
        }
        if (timeLine.hasServerCpu()) {
            page.section("Processor time of the server" + of, "In cores.").plot(timeLine.serverCpu());
        }
    }

    private static List<Tile> tiles(RunData run) {
        RunRecord record = run.record();
        List<Tile> tiles = new ArrayList<>();
        Series response = record.series(Series.TOTAL_RESPONSE);
        for (double percentile : new double[] {50, 99, 99.9, 99.99, 100}) {
            Series.PercentileValue value = response.at(percentile);
            tiles.add(new Tile(
                    value.enough() ? Units.time(value.valueNs()) : "(" + Units.time(value.valueNs()) + ")",
                    value.enough() ? Units.percentile(percentile) : Units.percentile(percentile) + ", too few samples",
                    false));
        }
        RunRecord.Counts counts = record.counts();
        tiles.add(new Tile(Units.count(counts.repliesPerSecond()), "replies a second", false));
        if (counts.hits() + counts.misses() > 0) {
            tiles.add(new Tile(Units.share(counts.hitRatio()), "of the keys read were found", false));
        }
        if (!Double.isNaN(record.server().cpuNsPerCommand())) {
            tiles.add(new Tile(
                    Units.time(record.server().cpuNsPerCommand()), "processor time of the server per command", false));
        }
        tiles.add(new Tile(Units.count(counts.errors()), "error replies", counts.errors() > 0));
        tiles.add(new Tile(Units.count(counts.lost()), "requests without a reply", counts.lost() > 0));
        return tiles;
    }

    private static String inWords(RunData run) {
        Histogram response = run.response();
        if (response.getTotalCount() == 0) {
            return "No request was answered.";
        }
        StringBuilder text = new StringBuilder("Half of the requests were answered within ");
        text.append(Units.time(response.getValueAtPercentile(50))).append(", 99 in 100 within ");
        text.append(Units.time(response.getValueAtPercentile(99)));
        if (response.getTotalCount() >= 10_000) {
            text.append(", 999 in 1000 within ").append(Units.time(response.getValueAtPercentile(99.9)));
        }
        return text.append("; the slowest of ")
                .append(Units.count(response.getTotalCount()))
                .append(" took ")
                .append(Units.time(response.getMaxValue()))
                .append('.')
                .toString();
    }
}
