// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import io.redistill.harness.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * The harness called as a user calls it.
 *
 * @param exitCode what the process would answer
 * @param out what it printed
 * @param err what it complained of
 */
public record HarnessRun(int exitCode, String out, String err) {
    public static HarnessRun of(Object... arguments) {
        return of(Main.commandLine(), arguments);
    }

    /** With a command line that was changed for the test. */
    public static HarnessRun of(CommandLine commandLine, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int exitCode = commandLine
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        return new HarnessRun(exitCode, out.toString(), err.toString());
    }
}
