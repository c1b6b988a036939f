// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import io.redistill.harness.compare.CompareCommand;
import io.redistill.harness.compare.MergeCommand;
import io.redistill.harness.duel.DuelCommand;
import io.redistill.harness.sweep.SweepCommand;
import io.redistill.harness.trace.TraceCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The harness's command. Its subcommands are in its annotation; each is a {@code Callable<Integer>} that answers an
 * {@link ExitCode}.
 */
@Command(
        name = "harness",
        mixinStandardHelpOptions = true,
        version = "Redistill latency harness",
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures how late the replies of a Redis-compatible server are.",
        subcommands = {
            RunCommand.class,
            CompareCommand.class,
            SweepCommand.class,
            DuelCommand.class,
            MergeCommand.class,
            TraceCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run
    private CommandSpec spec;

    Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line with all subcommands, as {@link #main} runs it. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true) // the last one counts, so that scripts can append
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler(Main::fail);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    /** What is wrong with the options, in one line. */
    private static int refuse(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("harness: " + e.getMessage());
        command.getErr().println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** What went wrong in one line; a trace only for a fault of ours. */
    private static int fail(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof RuntimeException) {
            e.printStackTrace(err);
        } else {
            err.println("harness: " + e.getMessage());
        }
        return ExitCode.MISSED;
    }
}
