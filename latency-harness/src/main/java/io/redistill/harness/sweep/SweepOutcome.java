// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.sweep;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.harness.cli.ExitCode;
import io.redistill.harness.record.Bound;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.report.SweepReport;
import io.redistill.harness.report.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A sweep, finished or not, in all its outputs.
 *
 * @param bounds what had to be kept
 * @param steps all runs in order
 * @param result null while it goes on
 * @param sample the record of one run, for what all have in common
 */
record SweepOutcome(List<Bound> bounds, List<SweepStep> steps, RateSearch.@Nullable Result result, RunRecord sample) {
    static final String PAGE = "sweep.html";
    static final String JSON = "sweep.json";

    void write(Path folder) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bounds", bounds);
        json.put("result", result);
        json.put("steps", steps);
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(folder.resolve(JSON).toFile(), json);
        Files.writeString(folder.resolve(PAGE), html());
    }

    private String html() {
        List<SweepReport.Point> points = steps.stream()
                .map(step -> new SweepReport.Point(
                        step.rate(),
                        step.repliesPerSecond(),
                        step.p50Ns(),
                        step.p99Ns(),
                        step.p999Ns(),
                        step.maxNs(),
                        step.outcome() == RateSearch.Outcome.KEPT,
                        step.remark()))
                .toList();
        return SweepReport.html(sample, bounds, points, result == null ? 0 : result.highestKept(), inWords());
    }

    /** 1 when the lowest rate misses or less than enough was found; 3 when nothing can be said of the server. */
    int exitCode(long atLeast) {
        if (result == null || result.highestKept() == 0) {
            return result != null && !result.generatorLimited() ? ExitCode.MISSED : ExitCode.INVALID;
        }
        if (restsOnTooFew()) {
            return ExitCode.INVALID;
        }
        return result.highestKept() >= atLeast ? ExitCode.FINE : ExitCode.MISSED;
    }

    private boolean restsOnTooFew() {
        return result != null
                && steps.stream()
                        .filter(step -> step.rate() == result.highestKept())
                        .noneMatch(SweepStep::enough);
    }

    /** What was found, in one sentence. */
    String inWords() {
        String promise = bounds.stream()
                .map(bound -> bound.name() + " within " + Units.time(bound.limitNs()))
                .collect(Collectors.joining(" and "));
        if (result == null) {
            return "The search for the highest rate with " + promise + " goes on";
        }
        if (result.highestKept() == 0) {
            return result.generatorLimited()
                    ? "The generator cannot keep the lowest rate of " + Units.count(result.lowestMissed())
                            + "/s: nothing was learned of the server"
                    : "The lowest rate of " + Units.count(result.lowestMissed()) + "/s already misses " + promise;
        }
        String kept = Units.count(result.highestKept()) + "/s is the highest rate measured with " + promise
                + (restsOnTooFew() ? " (INVALID: too few samples to say so, make the runs longer)" : "");
        String missed = Units.count(result.lowestMissed()) + "/s";
        return switch (result.end()) {
            case ALL_KEPT -> kept + "; it is the highest allowed, the server may keep more";
            case MOST_RUNS ->
                kept + "; no run was left to look further" + (result.lowestMissed() > 0 ? " below " + missed : "");
            case FOUND, NONE_KEPT ->
                result.generatorLimited()
                        ? kept + "; at " + missed
                                + " the generator could not keep its schedule, the server may keep more"
                        : kept + "; " + missed + " misses it";
        };
    }
}
