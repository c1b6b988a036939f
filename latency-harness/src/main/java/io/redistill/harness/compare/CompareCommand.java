// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import io.redistill.harness.cli.OptionCheck;
import io.redistill.harness.report.RunSeries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness compare}: is the second slower than the first? */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the response times of finished runs: ratios of percentiles with confidence intervals, and a"
                    + " verdict on the second. With four and more runs a side, made in turns, pairs of runs are resampled,"
                    + " otherwise blocks of seconds.",
            "Exit code: 0 same or better, 1 worse, 2 usage or another configuration, 3 no verdict (a run is INVALID, or"
                    + " the samples are too few)."
        },
        footer = {
            "",
            "Examples:",
            "  harness compare before after",
            "  harness compare --margin 3%% --output report.html duel/server duel/other"
        })
public final class CompareCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FIRST", description = "Folder of a run, or of several runs of one server.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "The same of what is judged.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path second;

    @Option(
            names = "--output",
            paramLabel = "FILE.html",
            defaultValue = ComparisonOutcome.PAGE,
            description = "The page; the same as JSON lies beside it. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path output;

    @Option(
            names = "--allow-difference",
            paramLabel = "OPTION",
            split = ",",
            description = "Options of the runs that may differ, e.g. connections,rate. Otherwise runs of different"
                    + " configurations are refused.")
    private List<String> allowed = List.of();

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Override
    public Integer call() throws IOException {
        OptionCheck check = new OptionCheck(spec);
        check.refuseUnless(output.toString().endsWith(".html"), "--output=" + output + " does not end with .html");
        check.refuseIf(options.refusal());
        RunSeries firstRuns = read(first);
        RunSeries secondRuns = read(second);
        List<String> differences =
                ConfigurationCheck.differences(ComparisonOutcome.recordsOf(firstRuns, secondRuns), allowed);
        check.refuseUnless(
                differences.isEmpty(),
                "the runs were not asked for the same (--allow-difference compares them nevertheless):\n  "
                        + String.join("\n  ", differences));
        ComparisonOutcome outcome = ComparisonOutcome.of(firstRuns, secondRuns, options);
        outcome.write(output);
        outcome.print(spec.commandLine().getOut());
        spec.commandLine().getOut().println("page: " + output);
        return outcome.exitCode();
    }

    private RunSeries read(Path path) {
        try {
            return RunSeries.read(path.toString(), path);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
