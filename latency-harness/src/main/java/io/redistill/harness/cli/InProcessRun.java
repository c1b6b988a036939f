// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs the generator in this process: its code is warm from the second run on. */
public final class InProcessRun implements RunCaller {
    private static final String RUN = "run";

    @Override
    public String refusal(List<String> options) {
        try {
            command().parseArgs(options.toArray(new String[0]));
            return "";
        } catch (ParameterException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public RunRecord run(List<String> options, Path output) throws IOException {
        List<String> arguments = new ArrayList<>(options);
        arguments.add("--output");
        arguments.add(output.toString());
        int exitCode = command().execute(arguments.toArray(new String[0]));
        if (!Files.exists(output.resolve(RunFolder.SUMMARY))) {
            throw new IOException("the run left no record, exit code " + exitCode);
        }
        return RunFolder.open(output).readSummary();
    }

    private static CommandLine command() {
        CommandLine run = Main.commandLine().getSubcommands().get(RUN);
        if (run == null) {
            throw new IllegalStateException("there is no command " + RUN);
        }
        return run;
    }
}
