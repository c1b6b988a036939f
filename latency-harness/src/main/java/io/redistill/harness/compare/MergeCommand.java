// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import io.redistill.harness.cli.ExitCode;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness merge}: what several generators saw together. */
@Command(
        name = "merge",
        description = {
            "Joins the folders of generators that ran at the same time against one server into one folder, which all other"
                    + " commands read. Histograms are added, second by second of the wall clock, so that percentiles are"
                    + " those of all requests; seconds are aligned to the nearest whole one.",
            "Exit code: 0 joined, 2 usage, 3 joined, and one of the runs is INVALID."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  harness merge --output all generator-1 generator-2 generator-3"})
public final class MergeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Parameters(arity = "2..*", paramLabel = "FOLDER", description = "Folders of runs, two and more.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FOLDER",
            description = "New folder for the joined run.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "This text.")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        List<MergedRuns.Part> parts = new ArrayList<>();
        for (Path path : paths) {
            try {
                RunFolder folder = RunFolder.open(path);
                parts.add(new MergedRuns.Part(folder, folder.readSummary()));
            } catch (IOException e) {
                throw refused(String.valueOf(e.getMessage()));
            }
        }
        parts.sort(Comparator.comparingLong(part -> part.record().startedAtEpochMs()));
        List<String> differences = ConfigurationCheck.differences(
                parts.stream().map(MergedRuns.Part::record).toList(),
                List.of("rate", "connections", "threads", "pin", "seed"));
        if (!differences.isEmpty()) {
            throw refused("the runs were not asked for the same:\n  " + String.join("\n  ", differences));
        }
        MergedRuns runs = new MergedRuns(parts);
        if (!runs.overlap()) {
            throw refused("the runs did not overlap in time: merge is for generators that ran together");
        }
        RunRecord record = runs.writeTo(RunFolder.create(output));
        spec.commandLine().getOut().println(parts.size() + " runs joined in " + output);
        return record.validity().valid() ? ExitCode.FINE : ExitCode.INVALID;
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
