// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.harness.HarnessRun;
import io.redistill.harness.SimulatedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareCommandTest {
    @TempDir
    Path directory;

    private Path first;
    private Path second;
    private Path page;

    @BeforeEach
    void name() {
        first = directory.resolve("first");
        second = directory.resolve("second");
        page = directory.resolve("page.html");
    }

    @Test
    void shouldCallTheSameServerSame() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).port(7777).write(second);
        HarnessRun run = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("verdict: same", "p99.99", "no verdict: 2 samples beyond it, 20 are needed");
        assertThat(Files.readString(page))
                .contains("Both are the same", "Response times over time, first", "Response times over time, second")
                .doesNotContain("http://", "https://", "NaN");
        JsonNode json = new JsonMapper().readTree(directory.resolve("page.json").toFile());
        assertThat(json.at("/verdict").asText()).isEqualTo("same");
        assertThat(json.at("/comparison/ratios/0/percentile").asDouble()).isEqualTo(50);
        assertThat(json.at("/comparison/ratios/0/ratio").asDouble()).isBetween(0.95, 1.05);
    }

    @Test
    void shouldFindTenPercentBothWays() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).medianNs(66_000).write(second);
        HarnessRun worse = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(worse.exitCode()).isEqualTo(1);
        assertThat(worse.out()).contains("verdict: worse");
        assertThat(Files.readString(page)).contains("The second is worse", "p50 is worse");
        HarnessRun better = HarnessRun.of("compare", "--output", page, second, first);
        assertThat(better.exitCode()).isZero();
        assertThat(better.out()).contains("verdict: better");
    }

    @Test
    void shouldTakeTheMarginForNoDifference() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).medianNs(66_000).write(second);
        assertThat(HarnessRun.of("compare", "--output", page, "--margin", "20%", first, second)
                        .out())
                .contains("verdict: same", "differences within 20 % count as none");
    }

    @Test
    void shouldPairTheRunsOfFolders() throws IOException {
        for (int i = 1; i <= 4; i++) {
            new SimulatedRun(i).seconds(5).startedAtEpochMs(1_000L * i).write(first.resolve("run-" + i));
            new SimulatedRun(10 + i).seconds(5).startedAtEpochMs(1_000L * i).write(second.resolve("run-" + i));
        }
        HarnessRun run = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("bootstrap over 4 pairs of runs");
        assertThat(Files.readString(page)).contains("Run by run", "4 runs");
    }

    @Test
    void shouldGiveNoVerdictOnInvalidRuns() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).medianNs(200_000).invalid().write(second);
        HarnessRun run = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).contains("INVALID: " + second + ": lateness p99.9 is 31 %", "verdict: no verdict");
        assertThat(Files.readString(page)).contains("INVALID: no verdict");
    }

    @Test
    void shouldGiveNoVerdictOnTooFewSeconds() throws IOException {
        new SimulatedRun(1).seconds(3).write(first);
        new SimulatedRun(2).seconds(3).write(second);
        HarnessRun run = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).contains("no verdict: 3 intervals, 10 are needed");
    }

    @Test
    void shouldRefuseRunsOfAnotherConfiguration() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).option("connections", "10").option("ttl", "5s").write(second);
        HarnessRun run = HarnessRun.of("compare", "--output", page, first, second);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("connections: 50 and 10", "ttl: (not set) and 5s", "--allow-difference");
        assertThat(page).doesNotExist();
        assertThat(HarnessRun.of("compare", "--output", page, "--allow-difference", "connections,ttl", first, second)
                        .exitCode())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--margin 3 | '3' is no share in percent of 0% or more, e.g. 3%",
                "--margin=-3% | '-3%' is no share in percent",
                "--margin 2000% | --margin=2000.0% is not between 0% and 1000%",
                "--confidence 100% | --confidence=100.0% is not between 50% and 99.99%",
                "--confidence 10% | --confidence=10.0% is not between 50% and 99.99%",
                "--resampling-seed x | 'x' is not a long",
                "--output page.pdf | --output=page.pdf does not end with .html",
                "--colour red | Unknown option"
            })
    void shouldSayWhatIsAllowed(String options, String message) throws IOException {
        new SimulatedRun(1).seconds(1).write(first);
        Object[] arguments = ("compare " + options + " " + first + " " + first).split(" ");
        HarnessRun run = HarnessRun.of(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void shouldNameWhatIsNoRun() {
        HarnessRun run = HarnessRun.of("compare", directory, directory);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(directory + " is no folder of a run: it has no summary.json");
    }

    @Test
    void shouldGiveTheSameResultForTheSameSeedOnly() throws IOException {
        new SimulatedRun(1).write(first);
        new SimulatedRun(2).write(second);
        String once = HarnessRun.of("compare", "--output", page, first, second).out();
        assertThat(HarnessRun.of("compare", "--output", page, first, second).out())
                .isEqualTo(once);
        assertThat(HarnessRun.of("compare", "--output", page, "--resampling-seed", "5", first, second)
                        .out())
                .isNotEqualTo(once);
        assertThat(HarnessRun.of("compare", "--output", page, "--confidence", "60%", first, second)
                        .out())
                .isNotEqualTo(once);
    }
}
