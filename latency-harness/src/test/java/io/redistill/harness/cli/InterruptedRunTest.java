// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.support.FakeServer;
import io.redistill.harness.support.HarnessProcess;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user has who ends a run with Ctrl-C: here SIGTERM, which takes the same way and no shell ignores. */
class InterruptedRunTest {
    @TempDir
    Path directory;

    @Test
    void shouldWriteAndTellWhatItHas() throws Exception {
        Path output = directory.resolve("run");
        CountDownLatch enough = new CountDownLatch(200);
        try (FakeServer server = new FakeServer(
                command -> {
                    enough.countDown();
                    return "$-1\r\n";
                },
                0)) {
            Process run = HarnessProcess.run(server, output, "--warm-up=0").start();
            try (BufferedReader out = run.inputReader(StandardCharsets.UTF_8)) {
                assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
                run.toHandle().destroy(); // that of the process closes its streams
                String text = out.lines().collect(Collectors.joining("\n"));
                assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
                RunRecord record = RunFolder.open(output).readSummary();
                assertThat(record.end()).isEqualTo(RunRecord.INTERRUPTED);
                assertThat(record.counts().replies()).isBetween(100L, 30_000L);
                assertThat(output.resolve(RunFolder.REPORT)).isNotEmptyFile();
                assertThat(text).contains(RunRecord.INTERRUPTED, "written to " + output);
            } finally {
                run.destroyForcibly();
            }
        }
    }
}
