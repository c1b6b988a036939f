// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import io.redistill.harness.cli.RunCaller;
import io.redistill.harness.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Takes the place of the generator: each run is written as a given function makes it. */
public final class SimulatedRuns implements RunCaller {
    private final BiFunction<Integer, List<String>, SimulatedRun> run;
    private final List<List<String>> calls = new ArrayList<>();

    /** From the number of the run, from 1, and its options. */
    public SimulatedRuns(BiFunction<Integer, List<String>, SimulatedRun> run) {
        this.run = run;
    }

    @Override
    public String refusal(List<String> options) {
        return options.contains("--wrong") ? "Unknown option: '--wrong'" : "";
    }

    @Override
    public RunRecord run(List<String> options, Path output) throws IOException {
        calls.add(List.copyOf(options));
        return run.apply(calls.size(), options)
                .startedAtEpochMs(1_000L * calls.size())
                .write(output);
    }

    /** Options of all runs so far. */
    public List<List<String>> calls() {
        return calls;
    }

    /** The value that follows an option. */
    public static String value(List<String> options, String option) {
        return options.get(options.indexOf(option) + 1);
    }
}
