// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.duel;

import io.redistill.harness.cli.ExitCode;
import io.redistill.harness.cli.InProcessRun;
import io.redistill.harness.cli.OptionCheck;
import io.redistill.harness.cli.RunCaller;
import io.redistill.harness.cli.RunOptions;
import io.redistill.harness.compare.ComparisonOptions;
import io.redistill.harness.compare.ComparisonOutcome;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.report.RunSeries;
import io.redistill.harness.report.Units;
import io.redistill.harness.server.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code harness duel}: which of two servers answers sooner on this machine? */
@Command(
        name = "duel",
        description = {
            "Runs two servers in turns on this machine and compares them: the verdict is on --server, --other is what it"
                    + " is compared with. Every run has a freshly started server, alone on the machine, so that what differs"
                    + " from start to start is part of the comparison; who is first changes from pair to pair. All options"
                    + " of 'harness run' that do not name a server are taken and passed on.",
            "Exit code: 0 same or better, 1 worse or a server failed, 2 usage, 3 no verdict."
        },
        footer = {
            "",
            "Examples:",
            "  harness duel --server './redistill --port %%PORT%%' --other 'redis-server --port %%PORT%%' \\",
            "      --server-cpus 0 --rate 20000 --duration 20s",
            "  harness duel --server 'redis-server --port %%PORT%% --io-threads 2' \\",
            "      --other 'redis-server --port %%PORT%%' --pairs 9 --rate 50000"
        })
public final class DuelCommand implements Callable<Integer> {
    private static final int MOST_PAIRS = 1_000;
    private static final int MOST_TRIES = 100;

    /** Where runs go that were made again. */
    private static final String INVALID = "invalid";

    /** Set for each run from the server that was started. */
    private static final List<String> OWN_OPTIONS =
            List.of("-h", "--host", "-p", "--port", "-s", "--socket", "--server-pid");

    private final RunCaller caller;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Option(
            names = "--server",
            required = true,
            paramLabel = "COMMAND",
            description = "Starts the server that is judged; %%PORT%% in it becomes its port.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private String server;

    @Option(
            names = "--other",
            required = true,
            paramLabel = "COMMAND",
            description = "Starts the server that it is compared with.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private String other;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "7",
            description =
                    "Runs of each server. From 4 on, their spread is part of the verdict. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(
            names = "--tries",
            paramLabel = "N",
            defaultValue = "10",
            description = "A run whose generator was late is made again at once until so many were made, 1 to "
                    + MOST_TRIES + "; the INVALID ones are kept in a folder of that name. When one stays INVALID,"
                    + " there is no verdict, and the others are made once. Default: ${DEFAULT-VALUE}.")
    private int tries;

    @Option(
            names = "--server-cpus",
            paramLabel = "LIST",
            defaultValue = "",
            description = "Processors of both servers, as taskset takes them, e.g. 0 or 0-3,6. Default: all.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private String serverCpus;

    @Option(
            names = "--ready-within",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long a server may take to answer PING, 1 to 3600. Default: ${DEFAULT-VALUE}.")
    private int readyWithinSeconds;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            defaultValue = "duel",
            description = "New folder for the page, the figures, all runs and the servers' output. Default:"
                    + " ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private Path output;

    @Mixin
    private ComparisonOptions comparison = new ComparisonOptions();

    @Option(names = "--help", usageHelp = true, description = "This text.")
    private boolean help;

    /** A run that stays INVALID leaves the duel without a verdict. */
    private boolean stayedInvalid;

    @Unmatched
    private List<String> forRun = new ArrayList<>();

    public DuelCommand() {
        this(new InProcessRun());
    }

    DuelCommand(RunCaller caller) {
        this.caller = caller;
    }

    @Override
    public Integer call() throws IOException {
        refuseWhatIsNotAllowed();
        Path folder = RunFolder.create(output).path();
        Side judged = new Side(server, Files.createDirectory(folder.resolve("server")));
        Side reference = new Side(other, Files.createDirectory(folder.resolve("other")));
        try {
            for (int pair = 1; pair <= pairs; pair++) {
                Side first = pair % 2 == 1 ? judged : reference;
                run(first, pair);
                run(first == judged ? reference : judged, pair);
                if (pair < pairs) {
                    // After each pair, so that an interrupted duel leaves what it has.
                    compare(reference, judged).write(folder.resolve(ComparisonOutcome.PAGE));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.MISSED;
        }
        ComparisonOutcome outcome = compare(reference, judged);
        outcome.write(folder.resolve(ComparisonOutcome.PAGE));
        PrintWriter out = spec.commandLine().getOut();
        outcome.print(out);
        out.println("page: " + folder.resolve(ComparisonOutcome.PAGE));
        out.flush();
        return outcome.exitCode();
    }

    private void run(Side side, int number) throws IOException, InterruptedException {
        String name = String.format(Locale.ROOT, "run-%02d", number);
        int most = stayedInvalid ? 1 : tries;
        for (int made = 1; ; made++) {
            RunRecord run = runOnce(side, name);
            print(side, name, run);
            if (run.end().equals(RunRecord.INTERRUPTED)) {
                throw new InterruptedException("run " + number);
            }
            // Errors and a server that went away are no reason to ask it again.
            if (run.validity().valid()
                    || run.counts().errors() > 0
                    || !run.end().equals(RunRecord.COMPLETE)) {
                return;
            }
            if (made == most) {
                stayedInvalid = true;
                return;
            }
            Path invalid = Files.createDirectories(output.resolve(INVALID));
            Files.move(side.folder.resolve(name), invalid.resolve(side.folder.getFileName() + "-" + name + "-" + made));
        }
    }

    private RunRecord runOnce(Side side, String name) throws IOException, InterruptedException {
        Path log = side.folder.resolve(name + ".log");
        try (ServerProcess process =
                ServerProcess.start(side.command, serverCpus, log, Duration.ofSeconds(readyWithinSeconds))) {
            return caller.run(optionsFor(process), side.folder.resolve(name));
        }
    }

    private void print(Side side, String name, RunRecord run) {
        Series response = run.series(Series.TOTAL_RESPONSE);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%-8s%-8s p50 %s  p99 %s  p99.9 %s  max %s%s%n",
                side.folder.getFileName(),
                name,
                Units.time(response.at(50).valueNs()),
                Units.time(response.at(99).valueNs()),
                Units.time(response.at(99.9).valueNs()),
                Units.time(response.maxNs()),
                run.validity().valid()
                        ? ""
                        : "  INVALID: " + String.join("; ", run.validity().reasons()));
        out.flush();
    }

    private List<String> optionsFor(ServerProcess process) {
        List<String> own = new ArrayList<>(List.of(
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(process.port()),
                "--server-pid",
                Long.toString(process.pid())));
        if (!serverCpus.isEmpty()) {
            // For the hiccups there.
            own.addAll(List.of("--server-cpus", serverCpus));
        }
        return new RunOptions(forRun).with(own.toArray(new String[0]));
    }

    private ComparisonOutcome compare(Side reference, Side judged) throws IOException {
        return ComparisonOutcome.of(
                RunSeries.read(reference.command, reference.folder),
                RunSeries.read(judged.command, judged.folder),
                comparison);
    }

    private void refuseWhatIsNotAllowed() {
        OptionCheck check = new OptionCheck(spec);
        for (String[] command : new String[][] {{"--server", server}, {"--other", other}}) {
            check.refuseUnless(
                    command[1].contains(ServerProcess.PORT),
                    command[0] + "='" + command[1] + "' has no " + ServerProcess.PORT + ", where its port goes");
        }
        check.refuseUnlessBetween("--pairs", pairs, 1, MOST_PAIRS);
        check.refuseUnlessBetween("--tries", tries, 1, MOST_TRIES);
        check.refuseUnlessBetween("--ready-within", readyWithinSeconds, 1, 3_600);
        check.refuseUnless(
                serverCpus.isEmpty() || serverCpus.matches("[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*"),
                "--server-cpus=" + serverCpus + " is no list of processors, e.g. 0 or 0-3,6");
        check.refuseIf(comparison.refusal());
        RunOptions runOptions = new RunOptions(forRun);
        for (String own : OWN_OPTIONS) {
            check.refuseUnless(!runOptions.names(own), own + " is set by duel itself, from the server that it started");
        }
        check.refuseIf(caller.refusal(runOptions.with("--port", "1")));
    }

    private record Side(String command, Path folder) {}
}
