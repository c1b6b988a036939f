// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.HarnessRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What 'run' refuses, the commands that call it refuse before they start anything. */
class InProcessRunTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseUnknownOptionsAndValuesOfRun() {
        for (String[] wrong : new String[][] {
            {"--colour=red", "Unknown option: '--colour=red'"},
            {"--duration=long", "'long' is no time"},
            {"--arrivals=never", "--arrivals"}
        }) {
            Path output = directory.resolve("sweep");
            HarnessRun sweep = HarnessRun.of("sweep", "--slo", "p50=1ms", "--output", output, wrong[0]);
            assertThat(sweep.exitCode()).isEqualTo(2);
            assertThat(sweep.err()).contains(wrong[1]);
            HarnessRun duel =
                    HarnessRun.of("duel", "--server", "x %PORT%", "--other", "y %PORT%", "--output", output, wrong[0]);
            assertThat(duel.exitCode()).isEqualTo(2);
            assertThat(duel.err()).contains(wrong[1]);
            assertThat(output).doesNotExist();
        }
    }
}
