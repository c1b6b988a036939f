// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.harness.cli.ExitCode;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.report.ComparisonReport;
import io.redistill.harness.report.RunSeries;
import io.redistill.harness.report.Units;
import io.redistill.harness.statistics.Comparison;
import io.redistill.harness.statistics.PercentileRatio;
import io.redistill.harness.statistics.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A comparison made, in all its outputs.
 *
 * @param first what is compared with
 * @param second what the verdict is about
 * @param comparison their ratios
 * @param invalid why there is no verdict whatever the ratios say; empty when there is one
 * @param warnings what was not alike
 */
public record ComparisonOutcome(
        RunSeries first, RunSeries second, Comparison comparison, List<String> invalid, List<String> warnings) {
    /** Name of the page in a folder of results. */
    public static final String PAGE = "comparison.html";

    /** Compares two sides of the same configuration. */
    public static ComparisonOutcome of(RunSeries first, RunSeries second, ComparisonOptions options) {
        List<String> invalid = new ArrayList<>(first.invalidReasons());
        invalid.addAll(second.invalidReasons());
        return new ComparisonOutcome(
                first,
                second,
                options.compare(first, second),
                invalid,
                ConfigurationCheck.warnings(recordsOf(first, second)));
    }

    static List<RunRecord> recordsOf(RunSeries first, RunSeries second) {
        return Stream.of(first, second)
                .flatMap(side -> side.runs().stream())
                .map(run -> run.record())
                .toList();
    }

    /** The verdict, none when a run is invalid. */
    public Verdict verdict() {
        return invalid.isEmpty() ? comparison.verdict() : Verdict.NONE;
    }

    /** 1 when worse; 3 when nothing can be said. */
    public int exitCode() {
        return switch (verdict()) {
            case BETTER, SAME -> ExitCode.FINE;
            case WORSE -> ExitCode.MISSED;
            case NONE -> ExitCode.INVALID;
        };
    }

    /**
     * Writes the page, and beside it the same as JSON.
     *
     * @param page its name ends with {@code .html}
     */
    public void write(Path page) throws IOException {
        Files.writeString(page, ComparisonReport.html(first, second, comparison, invalid, warnings));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("first", first.name());
        json.put("second", second.name());
        json.put("verdict", verdict().word());
        json.put("invalid", invalid);
        json.put("warnings", warnings);
        json.put("comparison", comparison);
        String name = page.getFileName().toString();
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(
                        page.resolveSibling(name.replaceFirst("\\.html$", ".json"))
                                .toFile(),
                        json);
    }

    /** Prints the ratios and the verdict. */
    public void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%-9s%12s%12s%9s%20s  %s%n", "", "first", "second", "ratio", "interval", "second is");
        for (PercentileRatio ratio : comparison.ratios()) {
            boolean judged = ratio.verdict() != Verdict.NONE;
            out.printf(
                    Locale.ROOT,
                    "%-9s%12s%12s%9.3f%20s  %s%n",
                    Units.percentile(ratio.percentile()),
                    Units.time(ratio.firstNs()),
                    Units.time(ratio.secondNs()),
                    ratio.ratio(),
                    judged ? String.format(Locale.ROOT, "%.3f to %.3f", ratio.low(), ratio.high()) : "",
                    judged ? ratio.verdict().word() : "no verdict: " + ratio.reason());
        }
        out.println("first:  " + first.name());
        out.println("second: " + second.name());
        invalid.forEach(reason -> out.println("INVALID: " + reason));
        warnings.forEach(warning -> out.println("not alike: " + warning));
        out.println("verdict: " + verdict().word() + " (" + ComparisonReport.method(comparison) + ")");
        out.flush();
    }
}
