// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.HarnessRun;
import io.redistill.harness.SimulatedRun;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCommandTest {
    @TempDir
    Path directory;

    private Path path(String name) {
        return directory.resolve(name);
    }

    @Test
    void shouldHaveThePercentilesOfAllRequests() throws IOException {
        new SimulatedRun(1).seconds(6).perSecond(300).startedAtEpochMs(100_000).write(path("a"));
        new SimulatedRun(2)
                .seconds(5)
                .perSecond(200)
                .medianNs(500_000)
                .startedAtEpochMs(102_300)
                .write(path("b"));
        HarnessRun run = HarnessRun.of("merge", "--output", path("all"), path("b"), path("a"));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Histogram expected = RunFolder.open(path("a")).readTotal(Series.TOTAL_RESPONSE);
        expected.add(RunFolder.open(path("b")).readTotal(Series.TOTAL_RESPONSE));
        RunFolder all = RunFolder.open(path("all"));
        RunRecord record = all.readSummary();
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            assertThat(record.series(Series.TOTAL_RESPONSE).at(percentile).valueNs())
                    .isEqualTo(expected.getValueAtPercentile(percentile));
        }
        assertThat(all.readTotal(Series.TOTAL_RESPONSE)).isEqualTo(expected);
        assertThat(record.counts().replies()).isEqualTo(2_800);
        assertThat(record.counts().measuredNs()).isEqualTo(7_000_000_000L);
        assertThat(record.configuration().ratePerSecond()).isEqualTo(500);
        assertThat(record.configuration().connections()).isEqualTo(100);
        // The second began 2.3 s after the first: two whole seconds.
        List<SecondRow> rows = all.readSeconds();
        assertThat(rows.stream().map(SecondRow::replies)).containsExactly(300L, 300L, 500L, 500L, 500L, 500L, 200L);
        assertThat(all.path().resolve("report.html")).exists();
        assertThat(all.path().resolve("response.hgrm")).exists();
    }

    @Test
    void shouldBeInvalidWhenOneIs() throws IOException {
        new SimulatedRun(1).seconds(2).write(path("a"));
        new SimulatedRun(2).seconds(2).invalid().write(path("b"));
        assertThat(HarnessRun.of("merge", "-o", path("all"), path("a"), path("b"))
                        .exitCode())
                .isEqualTo(3);
        assertThat(RunFolder.open(path("all")).readSummary().validity().reasons())
                .allSatisfy(reason -> assertThat(reason).startsWith("generator "));
    }

    @Test
    void shouldRefuseWhatDidNotRunTogether() throws IOException {
        new SimulatedRun(1).seconds(2).startedAtEpochMs(1_000).write(path("a"));
        new SimulatedRun(2).seconds(2).startedAtEpochMs(9_000).write(path("b"));
        new SimulatedRun(3)
                .seconds(2)
                .startedAtEpochMs(1_000)
                .option("mix", "SET:1")
                .write(path("c"));
        assertRefused("did not overlap in time", path("a"), path("b"));
        assertRefused("mix: GET:1,SET:1 and SET:1", path("a"), path("c"));
        assertRefused("is no folder of a run", path("a"), directory);
        assertRefused("requires at least 2 values", path("a"));
        HarnessRun withoutOutput = HarnessRun.of("merge", path("a"), path("b"));
        assertThat(withoutOutput.exitCode()).isEqualTo(2);
        assertThat(withoutOutput.err()).contains("Missing required option: '--output=FOLDER'");
    }

    private void assertRefused(String message, Path... folders) {
        Object[] arguments = new Object[folders.length + 3];
        arguments[0] = "merge";
        arguments[1] = "--output";
        arguments[2] = path("all");
        System.arraycopy(folders, 0, arguments, 3, folders.length);
        HarnessRun run = HarnessRun.of(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(path("all")).doesNotExist();
    }
}
