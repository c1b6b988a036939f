// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import io.redistill.harness.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code harness run} as other subcommands use it. */
public interface RunCaller {
    /**
     * Checks options without running.
     *
     * @return what is wrong with them, or empty
     */
    String refusal(List<String> options);

    /**
     * Makes one run.
     *
     * @param options of {@code harness run}, without {@code --output}
     * @param output a new folder for its results
     * @return its record, also of a run that is invalid or ended early
     * @throws IOException when there is no record; the reason was printed
     */
    RunRecord run(List<String> options, Path output) throws IOException;
}
