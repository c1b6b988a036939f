// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.HarnessRun;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(strings = {"compare", "sweep", "duel", "merge", "trace"})
    void shouldHelpWithExamples(String command) {
        HarnessRun run = HarnessRun.of(command, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Usage: harness " + command, "Exit code:", "Examples:", "  harness " + command);
        // Percent signs that were escaped twice, or not at all.
        assertThat(run.out()).doesNotContain("%%", "${", "%n");
    }
}
