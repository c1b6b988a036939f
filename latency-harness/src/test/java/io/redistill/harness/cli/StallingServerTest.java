// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.support.CommandLineRun;
import io.redistill.harness.support.FakeServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole harness over the loopback, against a server that stands still for 100 ms of each second: one request in ten
 * is due then and waits up to 100 ms, so that p95 is 50, p99 is 90 and p99.9 is 99 ms.
 */
class StallingServerTest {
    private static final long STALL_NS = 100_000_000;
    private static final double MILLISECOND_NS = 1e6;
    private static final int ATTEMPTS = 5;

    @TempDir
    Path directory;

    /** Real time on a machine that may be busy: the best of a few attempts counts. */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"constant, 1", "constant, 100", "poisson, 1", "poisson, 100"})
    void shouldFindTheStallWithinTwoMilliseconds(String arrivals, int connections) throws IOException {
        double bestMs = Double.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && bestMs > 2; attempt++) {
            RunRecord record = run(
                    "run-" + attempt,
                    "-d",
                    "10s",
                    "-w",
                    "1s",
                    "-r",
                    "2000",
                    "--arrivals",
                    arrivals,
                    "-c",
                    Integer.toString(connections));
            Series response = record.series(Series.TOTAL_RESPONSE);
            bestMs = Math.min(
                    bestMs, Math.max(off(response, 95, 50), Math.max(off(response, 99, 90), off(response, 99.9, 99))));
        }
        assertThat(bestMs).isLessThanOrEqualTo(2);
    }

    private static double off(Series response, double percentile, double expectedMs) {
        return Math.abs(response.at(percentile).valueNs() / MILLISECOND_NS - expectedMs);
    }

    /** The quick version: with room for a busy machine, the open loop sees the stall and the closed one does not. */
    @Test
    void shouldShowTheStallInAnOpenLoopAndHideItInAClosedOne() throws IOException {
        RunRecord open = run("open", "-d", "2s", "-w", "200ms", "-r", "1000", "-c", "10");
        assertThat(open.series(Series.TOTAL_RESPONSE).count()).isEqualTo(2_000);
        assertThat(open.series(Series.TOTAL_RESPONSE).at(99).valueNs() / MILLISECOND_NS)
                .isGreaterThan(60);
        RunRecord closed = run("closed", "-d", "2s", "-w", "200ms", "--loop", "ping-pong");
        long stalls = 3; // that many seconds begin in two of them
        long count = closed.series(Series.TOTAL_RESPONSE).count();
        double hidden = 100 - 100.0 * (stalls + 1) / count;
        assertThat(hidden).isGreaterThan(99);
        assertThat(closed.series(Series.TOTAL_RESPONSE).at(99).valueNs() / MILLISECOND_NS)
                .isLessThan(50);
        assertThat((double) closed.series(Series.TOTAL_RESPONSE).maxNs()).isGreaterThan(90 * MILLISECOND_NS);
    }

    private RunRecord run(String name, String... more) throws IOException {
        try (FakeServer server = FakeServer.empty(STALL_NS)) {
            Path output = directory.resolve(name);
            CommandLineRun.of(
                    List.of("run", "-q", "-p", server.port(), "-o", output.toString(), "--commands", "GET"), more);
            return RunFolder.open(output).readSummary();
        }
    }
}
