// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
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
            CommandLine.ParseResult parsed = Main.commandLine().parseArgs(words(options));
            return ((RunCommand) parsed.subcommand().commandSpec().userObject()).refusal();
        } catch (ParameterException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public RunRecord run(List<String> options, Path output) throws IOException {
        List<String> all = new ArrayList<>(options);
        all.add("--output");
        all.add(output.toString());
        // The caller sums up; the live line of progress goes to the other stream.
        int exitCode =
                Main.commandLine().setOut(new PrintWriter(Writer.nullWriter())).execute(words(all));
        if (!Files.exists(output.resolve(RunFolder.SUMMARY))) {
            throw new IOException("the run left no record, exit code " + exitCode);
        }
        return RunFolder.open(output).readSummary();
    }

    private static String[] words(List<String> options) {
        List<String> words = new ArrayList<>(List.of(RUN));
        words.addAll(options);
        return words.toArray(new String[0]);
    }
}
