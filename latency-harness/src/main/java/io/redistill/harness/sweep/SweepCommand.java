// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.sweep;

import io.redistill.harness.cli.InProcessRun;
import io.redistill.harness.cli.OptionCheck;
import io.redistill.harness.cli.RunCaller;
import io.redistill.harness.cli.RunOptions;
import io.redistill.harness.record.Bound;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.report.Units;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.Unmatched;

/** {@code harness sweep}: how much can the server take? */
@Command(
        name = "sweep",
        description = {
            "Finds the highest rate at which a server keeps a bound, and plots latency against rate. The rate is doubled"
                    + " from --from until the bound is missed, then the gap is halved until it is as narrow as"
                    + " --resolution. All options of 'harness run' but --rate are taken and passed on.",
            "Exit code: 0 found, 1 the lowest rate misses the bound or less than --at-least was found, 2 usage, 3 the"
                    + " generator cannot keep the lowest rate, or the samples are too few."
        },
        footer = {
            "",
            "Examples:",
            "  harness sweep --slo p99.9=1ms --port 6379 --duration 20s",
            "  harness sweep --slo p50=200us --slo p99.9=2ms --from 5000 --to 200000 --at-least 50000 --port 6380"
        })
public final class SweepCommand implements Callable<Integer> {
    private static final int MOST_TRIES = 10;

    private final RunCaller caller;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Option(
            names = "--slo",
            required = true,
            paramLabel = "PERCENTILE=TIME",
            converter = BoundConverter.class,
            description = "The bound, e.g. p99.9=1ms or max=20ms; several must all be kept.")
    private List<Bound> bounds = List.of();

    @Option(
            names = "--from",
            paramLabel = "RATE",
            defaultValue = "1000",
            description = "Lowest rate, requests a second. Default: ${DEFAULT-VALUE}.")
    private long from;

    @Option(
            names = "--to",
            paramLabel = "RATE",
            defaultValue = "1000000",
            description = "Highest rate. Default: ${DEFAULT-VALUE}.")
    private long to;

    @Option(
            names = "--resolution",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description = "Gap between a rate that keeps the bound and one that misses it at which the search ends."
                    + " Default: ${DEFAULT-VALUE}.")
    private double resolutionPercent;

    @Option(
            names = "--most-runs",
            paramLabel = "N",
            defaultValue = "30",
            description = "The search ends after so many runs. Default: ${DEFAULT-VALUE}.")
    private int mostRuns;

    @Option(
            names = "--tries",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Runs at a rate before it counts as missed, 1 to " + MOST_TRIES + ". Default: ${DEFAULT-VALUE}.")
    private int tries;

    @Option(
            names = "--at-least",
            paramLabel = "RATE",
            defaultValue = "0",
            description = "Exit code 1 when the highest rate found is below this.")
    private long atLeast;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            defaultValue = "sweep",
            description = "New folder for the page, the figures and all runs. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "This text.")
    private boolean help;

    @Unmatched
    private List<String> forRun = new ArrayList<>();

    public SweepCommand() {
        this(new InProcessRun());
    }

    SweepCommand(RunCaller caller) {
        this.caller = caller;
    }

    @Override
    public Integer call() throws IOException {
        refuseWhatIsNotAllowed();
        Path folder = RunFolder.create(output).path();
        PrintWriter out = spec.commandLine().getOut();
        List<SweepStep> steps = new ArrayList<>();
        List<RunRecord> samples = new ArrayList<>();
        RateSearch search = new RateSearch(from, to, resolutionPercent / 100, mostRuns, tries);
        RateSearch.Result result = search.run(rate -> {
            String name = String.format(Locale.ROOT, "run-%02d-at-%d", steps.size() + 1, rate);
            RunRecord run = caller.run(atRate(rate), folder.resolve(name));
            SweepStep step = SweepStep.of(rate, run, bounds, name);
            steps.add(step);
            samples.add(run);
            out.printf(
                    Locale.ROOT,
                    "%12s/s  p50 %s  p99 %s  p99.9 %s  %s%n",
                    Units.count(rate),
                    Units.time(step.p50Ns()),
                    Units.time(step.p99Ns()),
                    Units.time(step.p999Ns()),
                    step.remark());
            out.flush();
            // After each run, so that an interrupted sweep leaves what it has.
            new SweepOutcome(bounds, steps, null, samples.get(0)).write(folder);
            return step.outcome();
        });
        SweepOutcome outcome = new SweepOutcome(bounds, steps, result, samples.get(0));
        outcome.write(folder);
        out.println(outcome.inWords() + ".");
        out.println("page: " + folder.resolve(SweepOutcome.PAGE));
        out.flush();
        return outcome.exitCode(atLeast);
    }

    private List<String> atRate(long rate) {
        return new RunOptions(forRun).with("--rate", Long.toString(rate));
    }

    private void refuseWhatIsNotAllowed() {
        OptionCheck check = new OptionCheck(spec);
        check.refuseUnless(
                from >= 1 && from <= to, "--from=" + from + " and --to=" + to + " are not 1 or more in this order");
        check.refuseUnless(to <= 1_000_000_000, "--to=" + to + " is above 1000000000");
        check.refuseUnless(
                resolutionPercent >= 0.1 && resolutionPercent <= 100,
                "--resolution=" + resolutionPercent + " is not between 0.1 and 100");
        check.refuseUnlessBetween("--most-runs", mostRuns, 1, 1_000);
        check.refuseUnlessBetween("--tries", tries, 1, MOST_TRIES);
        check.refuseUnless(atLeast >= 0, "--at-least=" + atLeast + " is below 0");
        check.refuseUnless(
                !new RunOptions(forRun).names("-r", "--rate"), "--rate is what sweep looks for: use --from and --to");
        check.refuseIf(caller.refusal(atRate(from)));
    }

    static final class BoundConverter implements ITypeConverter<Bound> {
        @Override
        public Bound convert(String text) {
            try {
                return Bound.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
