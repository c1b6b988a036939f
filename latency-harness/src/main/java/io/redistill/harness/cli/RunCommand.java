// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import io.redistill.harness.record.RunRecord;
import io.redistill.harness.run.PlanBuilder;
import io.redistill.harness.run.Progress;
import io.redistill.harness.run.RunOptions;
import io.redistill.harness.run.RunPlan;
import io.redistill.harness.run.RunSummary;
import io.redistill.harness.run.Runner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code harness run}: one run against one server. */
@Command(
        name = "run",
        mixinStandardHelpOptions = false,
        sortOptions = false,
        description = "Sends requests on a schedule and records how late their replies are.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  harness run --prefill --rate 50k --duration 30s",
            "  harness run --port 7000 --arrivals poisson --rate 20k --commands GET=9,SET=1 --key-distribution zipf",
            "  harness run --loop ping-pong --commands GET --duration 5s",
            "  harness run --socket /run/redis.sock --arrivals burst --burst-size 500 --burst-every 50ms",
            "  harness run --rate 10k --disturb bgsave@5s --disturb info@10s+5s/100ms",
            "",
            "Exit codes: 0 fine, 1 the run ended early or could not be made, 2 wrong options, 3 INVALID."
        })
public final class RunCommand implements Callable<Integer> {
    private static final String HIDDEN = "***";
    private static final long WRITING_SECONDS = 30;

    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(names = "--help", usageHelp = true, description = "This text.")
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    RunCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunPlan plan;
        Runner runner;
        Progress progress;
        try {
            plan = new PlanBuilder(options).build(argumentsWithoutPassword(), values());
            progress = new Progress(spec.commandLine().getErr(), plan.quiet());
            runner = new Runner(plan, progress);
        } catch (IllegalArgumentException | IOException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        RunRecord record = runAndTell(runner);
        if (!record.end().equals(RunRecord.COMPLETE)) {
            return ExitCode.MISSED;
        }
        return record.validity().valid() ? ExitCode.FINE : ExitCode.INVALID;
    }

    /** What is wrong with the options that were parsed, or empty; nothing is run. */
    String refusal() {
        try {
            new PlanBuilder(options).build(argumentsWithoutPassword(), values());
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Ctrl-C ends the measured part; the process ends when the folder is written and the summary printed. */
    private RunRecord runAndTell(Runner runner) throws IOException, InterruptedException {
        CountDownLatch written = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    runner.stop();
                    try {
                        if (!written.await(WRITING_SECONDS, TimeUnit.SECONDS)) {
                            System.err.println("harness: gave up writing after " + WRITING_SECONDS + " s");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            RunRecord record = runner.run();
            spec.commandLine()
                    .getOut()
                    .print(RunSummary.text(
                            record, "written to " + runner.folder().path()));
            spec.commandLine().getOut().flush();
            return record;
        } finally {
            written.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending by that very hook.
            }
        }
    }

    private List<String> argumentsWithoutPassword() {
        List<String> arguments =
                new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        String password = value("--password");
        arguments.replaceAll(argument -> password.isEmpty() || !argument.contains(password) ? argument : HIDDEN);
        return arguments;
    }

    private String value(String option) {
        Object value = spec.findOption(option).getValue();
        return value == null ? "" : value.toString();
    }

    private Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        for (OptionSpec option : spec.options()) {
            Object value = option.getValue();
            if (!option.usageHelp()) {
                String text = value == null ? "" : value.toString();
                String name = option.longestName().replaceFirst("^-+", "");
                values.put(name, name.equals("password") && !text.isEmpty() ? HIDDEN : text);
            }
        }
        return values;
    }
}
